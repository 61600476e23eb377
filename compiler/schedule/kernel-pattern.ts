// Innermost loops that are a product of two vectors, a multiple of one added to another, a copy or a fill: one call each.
import { constantValue, subtractDims, symbolDim, symbolsOf, type Dim } from '../tensor/dim.ts';
import type { Binder } from './bind.ts';
import type { Axis, Nest } from './computation.ts';
import { variablesOf, variablesOfScalar } from './entry.ts';
import type { Item } from './fuse.ts';
import type { Location, Lowering } from './lower.ts';
import type { Index, Scalar } from './scalar.ts';
import type { Scope } from './scope.ts';
import type { Argument } from './statement.ts';

interface Site {
  readonly lowering: Lowering;
  readonly binder: Binder;
  readonly item: Item;
  readonly scope: Scope;
  /** The nest is the first to write its target. */
  readonly first: boolean;
  /** Its accumulator has been set up already. */
  readonly started: boolean;
}

/** Writes the call; false where the loop is none of these. */
export function kernelStatement(site: Site): boolean {
  const { item } = site;
  if (item.rest.length > 1) return fillAll(site);
  if (item.rest.length !== 1) return false;
  const [axis] = item.rest;
  if (axis.row !== undefined || isShort(axis)) return false;
  const { nest } = item;
  if (nest.op === 'sum') return dotStatement(site, axis) || axpyStatement(site, axis);
  return nest.op === 'set' && fillStatement(site, axis);
}

const isShort = ({ extent }: Axis): boolean => (constantValue(extent) ?? Infinity) <= 4;

interface Vector {
  readonly array: string;
  /** Where it begins. */
  readonly at: Index;
}

/** A load that steps by one with the loop. */
function vectorOf(x: Scalar, axis: Axis): Vector | undefined {
  if (x.kind !== 'load') return undefined;
  const at = offsetOf(x.at, axis);
  return at === undefined ? undefined : { array: x.array, at };
}

/** The index without the loop variable, where that stands in it once as such. */
function offsetOf(index: Index, { variable }: Axis): Index | undefined {
  const with1 = index.monomials.filter(({ symbols }) => symbols.includes(variable));
  const [only] = with1;
  if (with1.length !== 1 || only.coefficient !== 1 || only.symbols.length !== 1) return undefined;
  return subtractDims(index, symbolDim(variable));
}

const isFixed = ({ lowering, binder }: Site, x: Scalar, axis: Axis, scope: Scope): boolean =>
  binder.depth(x, scope) <= scope.depth && !mentions(lowering, x, axis);

function mentions(lowering: Lowering, x: Scalar, axis: Axis): boolean {
  switch (x.kind) {
    case 'number':
    case 'name':
      return false;
    case 'index':
      return variablesOf(lowering.unit, x.index).includes(axis.variable);
    case 'load':
    case 'flat':
    case 'sparse':
      return variablesOf(lowering.unit, x.at).includes(axis.variable);
    case 'read':
      return x.at.some((i) => variablesOf(lowering.unit, i).includes(axis.variable));
    case 'unary':
    case 'checked':
      return mentions(lowering, x.x, axis);
    case 'binary':
      return mentions(lowering, x.x, axis) || mentions(lowering, x.y, axis);
    case 'select':
      return [x.condition, x.x, x.y].some((part) => mentions(lowering, part, axis));
  }
}

const vectorArguments = ({ array, at }: Vector): readonly Argument[] => [
  { kind: 'array', name: array },
  { kind: 'position', at },
];

/** sum over j of a[j]*b[j] */
function dotStatement(site: Site, axis: Axis): boolean {
  const { lowering, binder, item, scope, first, started } = site;
  const { nest } = item;
  if (!first || started || nest.at.some((index) => mentionsIndex(lowering, index, axis)))
    return false;
  const value = binder.resolve(nest.value);
  if (value.kind !== 'binary' || value.fn !== 'mul') return false;
  const [a, b] = [vectorOf(value.x, axis), vectorOf(value.y, axis)];
  if (a === undefined || b === undefined) return false;
  lowering.calls.add('dot');
  const call: Argument & { readonly kind: 'call' } = {
    kind: 'call',
    name: 'dot',
    args: [...vectorArguments(a), ...vectorArguments(b), { kind: 'position', at: axis.extent }],
  };
  const location = lowering.locations.get(nest.target);
  if (location?.kind === 'scalar')
    scope.statements.push({ kind: 'const', name: location.name, value: call });
  else {
    const { array, at } = binder.position(nest.target, nest.at, scope);
    scope.statements.push({ kind: 'store', array, at, op: '=', value: call });
  }
  return true;
}

const mentionsIndex = (lowering: Lowering, index: Index, axis: Axis): boolean =>
  variablesOf(lowering.unit, index).includes(axis.variable);

/** Whether a position holds a value that changes along the axis: outside the loop it has no meaning. */
const isComputedAlong = ({ unit }: Lowering, index: Index, axis: Axis): boolean =>
  symbolsOf(index).some((symbol) => {
    const atom = unit.pool.atom(symbol);
    return atom !== undefined && variablesOfScalar(unit, atom).includes(axis.variable);
  });

/** y[j] += alpha*a[j] */
function axpyStatement(site: Site, axis: Axis): boolean {
  const { lowering, binder, item, scope } = site;
  const { nest } = item;
  const out = storedVector(site, nest, axis);
  if (out === undefined) return false;
  if (site.first && !site.started) return false;
  const { pool } = lowering.unit;
  const value = binder.resolve(nest.value);
  const negative = value.kind === 'unary' && value.fn === 'neg';
  const inner = negative ? value.x : value;
  const parts = factors(inner).find(
    ([factor, vector]) =>
      isFixed(site, factor, axis, scope) && vectorOf(vector, axis) !== undefined,
  );
  if (parts === undefined) return false;
  const [factor, loaded] = parts;
  const vector = vectorOf(loaded, axis);
  if (vector === undefined) return false;
  lowering.calls.add('axpy');
  const alpha = binder.place(negative ? pool.unary('neg', factor) : factor, scope);
  scope.statements.push({
    kind: 'call',
    call: {
      kind: 'call',
      name: 'axpy',
      args: [
        { kind: 'value', value: alpha },
        ...vectorArguments(vector),
        ...vectorArguments(out),
        { kind: 'position', at: axis.extent },
      ],
    },
  });
  return true;

  function factors(x: Scalar): readonly (readonly [Scalar, Scalar])[] {
    if (x.kind === 'load') return [[pool.number(1), x]];
    if (x.kind === 'binary' && x.fn === 'mul')
      return [
        [x.x, x.y],
        [x.y, x.x],
      ];
    return [];
  }
}

function storedVector(site: Site, nest: Nest, axis: Axis): Vector | undefined {
  const { lowering, binder, scope } = site;
  const location = lowering.locations.get(nest.target);
  if (location?.kind !== 'array' || nest.at.some((index) => isComputedAlong(lowering, index, axis)))
    return undefined;
  const { array, at } = binder.position(nest.target, nest.at, scope);
  const offset = offsetOf(at, axis);
  return offset === undefined ? undefined : { array, at: offset };
}

/** A constant in all of an array of several axes. */
function fillAll({ lowering, item, scope }: Site): boolean {
  const { nest, rest } = item;
  const location = lowering.locations.get(nest.target);
  if (nest.op !== 'set' || nest.value.kind !== 'number' || location?.kind !== 'array') return false;
  const { shape } = nest.target;
  const whole =
    location.axes.length === shape.length &&
    shape.every((extent, k) => {
      const along = rest.find(({ variable }) => variable === nest.at[k].key);
      return along === undefined
        ? constantValue(extent) === 1
        : along.row === undefined && along.extent.key === extent.key;
    });
  if (!whole) return false;
  scope.statements.push({
    kind: 'call',
    call: {
      kind: 'call',
      name: 'fill',
      on: location.name,
      args: [{ kind: 'value', value: nest.value }],
    },
  });
  return true;
}

/** y.fill(c), y.set(x): whole arrays only. */
function fillStatement(site: Site, axis: Axis): boolean {
  const { lowering, binder, item, scope } = site;
  const { nest } = item;
  const location = lowering.locations.get(nest.target);
  if (location?.kind !== 'array' || !isWhole(site, nest, axis, location)) return false;
  const value = binder.resolve(nest.value);
  if (value.kind === 'load') {
    const from = vectorOf(value, axis);
    const source = lowering.locations.get(value.target);
    if (from === undefined || constantValue(from.at) !== 0 || source?.kind !== 'array')
      return false;
    const length = source.axes.map((k) => value.target.shape[k]);
    if (length.length !== 1 || length[0].key !== axis.extent.key) return false;
    scope.statements.push({
      kind: 'call',
      call: {
        kind: 'call',
        name: 'set',
        on: location.name,
        args: [{ kind: 'array', name: from.array }],
      },
    });
    return true;
  }
  if (mentions(lowering, value, axis)) return false;
  const filled = binder.place(value, scope);
  scope.statements.push({
    kind: 'call',
    call: {
      kind: 'call',
      name: 'fill',
      on: location.name,
      args: [{ kind: 'value', value: filled }],
    },
  });
  return true;
}

function isWhole(
  site: Site,
  nest: Nest,
  axis: Axis,
  location: Extract<Location, { kind: 'array' }>,
): boolean {
  const stored = storedVector(site, nest, axis);
  if (stored === undefined || constantValue(stored.at) !== 0) return false;
  const length = location.axes.reduce<Dim | undefined>(
    (sum, k) => (sum === undefined ? nest.target.shape[k] : undefined),
    undefined,
  );
  return length !== undefined && length.key === axis.extent.key;
}
