// One entry of a node as a scalar expression: index maps go through arrangement, elementwise operations are written out, the rest is read.
import {
  addDims,
  constantDim,
  constantValue,
  subtractDims,
  symbolsOf,
  type Dim,
} from '../tensor/dim.ts';
import type { BinaryFn, Node, ReduceFn } from '../tensor/ir.ts';
import { isAdditive, isSum, unrolled } from './additive.ts';
import { constantEntry } from '../tensor/shape.ts';
import { constantEntries, ownCost } from './cost.ts';
import { linear, reshapeIndex } from './index-map.ts';
import { constantIndices, type Planner } from './planner.ts';
import { isInline, unrolledTerms } from './inline.ts';
import { postorderOutsideWhere } from '../tensor/visit.ts';
import { softThresholdOf } from './patterns.ts';
import { isCompressed } from './sparse.ts';
import { isLoopVariable, type Index, type Scalar } from './scalar.ts';
import type { Target } from './target.ts';
import type { Unit } from './unit.ts';

export function entryOf(planner: Planner, node: Node, index: readonly Index[]): Scalar {
  const { unit } = planner;
  const { pool } = unit;
  const held = unit.targets.get(node.id);
  if (held !== undefined && held.storage === 'dense') return pool.read(held, index);
  const loopIndex = unit.indices.get(node.id);
  if (loopIndex !== undefined) return pool.index(loopIndex);
  if (isCompressed(node)) return pool.read(denseCopy(planner, node), index);
  const constant = index.every((i) => constantValue(i) !== undefined);
  if (constant && splitsIntoEntries(node)) return splitEntry(planner, node, index);
  if (mustMaterialize(planner, node, index, constant)) return read(planner, node, index);
  const made = written(planner, node, index);
  const hint = unit.hint(node);
  if (hint !== undefined && !unit.scalarHints.has(made.id)) unit.scalarHints.set(made.id, hint);
  return made;
}

/** Inline only entry by entry: with a known index they need no test. */
const isInlineByEntry = (node: Node): boolean =>
  node.op === 'concat' ||
  node.op === 'pad' ||
  (node.op === 'put' && node.args.slice(2).every((index) => index.type.shape.length === 0));

function mustMaterialize(
  planner: Planner,
  node: Node,
  index: readonly Index[],
  constant: boolean,
): boolean {
  if (planner.unit.filling.has(node.id)) return false;
  if (planner.unit.anchors.has(node)) return true;
  const small = (constantEntries(node) ?? Infinity) <= unrolled;
  if (constant && small && isInlineByEntry(node)) return false;
  if (!isInline(node)) return true;
  if (!constant && isSum(node) && isAdditive(planner.unit, node)) return true;
  const { placement } = planner.unit;
  const cost = costOf(planner.unit, node);
  const elsewhere = placement.placeOf(node) !== planner.place;
  const isCalled = (called: Node): boolean =>
    !passesOn(called) && planner.unit.hint(called) !== undefined;
  if (node.type.shape.length === 0)
    return (
      elsewhere &&
      cost >= 1 &&
      !planner.unit.isOfPositions(node) &&
      (!isTrivial(node) || isCalled(node))
    );
  if (constant && small) return elsewhere && cost >= 1 && planner.unit.targets.has(node.id);
  // What is repeated or taken out of a larger array is left to that array.
  if (cost < 1 || node.op === 'broadcast' || node.op === 'slice') return false;
  if (expanded(planner, index)) return cost >= 20 || !planner.unit.isOfPositions(node);
  return (elsewhere && cost >= 2) || (cost >= 3 && placement.uses(node) >= 2);
}

/** Whether the node certainly gets an array of its own, however its entries are asked for. */
export function isKept(unit: Unit, node: Node): boolean {
  if (node.type.shape.length === 0 || !isInline(node) || unit.isOfPositions(node)) return false;
  if (node.op === 'broadcast' || node.op === 'slice') return false;
  if ((constantEntries(node) ?? Infinity) <= unrolled || unit.targets.has(node.id)) return false;
  return costOf(unit, node) >= 3 && unit.placement.uses(node) >= 2;
}

/** Gives an entry of its argument as it is. */
const passesOn = ({ op }: Node): boolean =>
  op === 'stop' || op === 'oracle' || op === 'reshape' || op === 'slice' || op === 'gather';

/** Not worth a name: an entry of its argument, its negative or its negation, a constant multiple. */
function isTrivial(node: Node): boolean {
  if (node.op === 'unary') return node.attributes.fn === 'neg' || node.attributes.fn === 'not';
  if (node.op !== 'binary') return passesOn(node);
  const { fn } = node.attributes;
  return (fn === 'mul' && isOneConstant(node.args)) || (fn === 'div' && isNumber(node.args[1]));
}

const isNumber = (node: Node): boolean => constantEntry(node) !== undefined;
const isOneConstant = (nodes: readonly Node[]): boolean => nodes.some(isNumber);

/** Whether a loop around would evaluate the same entry again and again. */
function expanded(planner: Planner, index: readonly Index[]): boolean {
  const mentioned = new Set(index.flatMap((i) => variablesOf(planner.unit, i)));
  return planner.loops().some((variable) => !mentioned.has(variable));
}

/** Loop variables that an index depends on, through atoms too. */
export function variablesOf(unit: Unit, index: Index): readonly string[] {
  return symbolsOf(index).flatMap((symbol) => {
    if (isLoopVariable(symbol)) return [symbol];
    const atom = unit.pool.atom(symbol);
    return atom === undefined ? [] : variablesOfScalar(unit, atom);
  });
}

export function variablesOfScalar(unit: Unit, x: Scalar): readonly string[] {
  switch (x.kind) {
    case 'number':
    case 'name':
      return [];
    case 'index':
      return variablesOf(unit, x.index);
    case 'read':
      return x.at.flatMap((index) => variablesOf(unit, index));
    case 'flat':
    case 'sparse':
    case 'load':
      return variablesOf(unit, x.at);
    case 'unary':
    case 'checked':
      return variablesOfScalar(unit, x.x);
    case 'binary':
      return [...variablesOfScalar(unit, x.x), ...variablesOfScalar(unit, x.y)];
    case 'select':
      return [x.condition, x.x, x.y].flatMap((part) => variablesOfScalar(unit, part));
  }
}

const tooMuch = 1e6;

/** Cost of one entry written out; what is kept somewhere costs nothing. */
export function costOf(unit: Unit, node: Node): number {
  const known = unit.costs.get(node.id);
  if (known !== undefined) return known;
  for (const below of postorderOutsideWhere([node], ({ id }) => !unit.costs.has(id)))
    unit.costs.set(below.id, costOverArguments(unit, below));
  return unit.costs.get(node.id) ?? 0;
}

function costOverArguments(unit: Unit, node: Node): number {
  const held = unit.targets.has(node.id) || !isInline(node);
  const terms = unrolledTerms(node) ?? 1;
  const below = node.args.reduce((sum, arg) => {
    const cost = unit.costs.get(arg.id) ?? 0;
    const kept = cost >= 3 && arg.type.shape.length > 0 && unit.placement.uses(arg) >= 2;
    return sum + (kept ? 0 : cost);
  }, 0);
  if (held) return 0;
  // A number that is repeated is worked out once, before the loops.
  if (node.op === 'broadcast' && node.args[0].type.shape.length === 0) return 0;
  return Math.min(tooMuch, terms > 1 ? terms * (below + 1) : ownCost(node) + below);
}

const mostEntries = 8;

/** Reductions to a handful of entries become one scalar an entry. */
export function splitsIntoEntries(node: Node): boolean {
  if (node.op !== 'reduce' && node.op !== 'contract') return false;
  if (node.type.shape.length === 0 || unrolledTerms(node) !== undefined) return false;
  if (node.args.some(isCompressed)) return false;
  if (node.op === 'contract' && node.attributes.sum.length === 0) return false;
  const entries = constantEntries(node);
  return entries !== undefined && entries > 0 && entries <= mostEntries;
}

function splitEntry(planner: Planner, node: Node, index: readonly Index[]): Scalar {
  const at = constantValue(linear(index, node.type.shape)) ?? 0;
  planner.ensure(node);
  const entries = planner.unit.entries.get(node.id);
  return entries === undefined
    ? read(planner, node, index)
    : planner.unit.pool.read(entries[at], []);
}

const read = (planner: Planner, node: Node, index: readonly Index[]): Scalar =>
  planner.unit.pool.read(planner.ensure(node), index);

/** A dense array with the entries of a compressed matrix. */
export function denseCopy(planner: Planner, node: Node): Target {
  const known = planner.unit.copies.get(node.id);
  if (known !== undefined) return known;
  return planner.ensureCopy(node);
}

/** The entry written out in terms of the arguments. */
function written(planner: Planner, node: Node, index: readonly Index[]): Scalar {
  const { pool } = planner.unit;
  const entry = (arg: Node, at: readonly Index[] = index): Scalar => planner.entry(arg, at);
  switch (node.op) {
    case 'constant':
      return pool.number(node.attributes.value);
    case 'size':
      return pool.index(node.attributes.dim);
    case 'iota':
      return pool.index(addDims(node.attributes.start, index[0]));
    case 'literal': {
      const at = constantValue(linear(index, node.type.shape));
      return at === undefined
        ? read(planner, node, index)
        : pool.number(node.attributes.values[at]);
    }
    case 'unary':
      return pool.unary(node.attributes.fn, entry(node.args[0]));
    case 'binary': {
      const soft = softThresholdOf(node);
      if (soft === undefined)
        return binaryOf(planner, node, entry(node.args[0]), entry(node.args[1]));
      const threshold = entry(soft.threshold);
      if (!planner.unit.scalarHints.has(threshold.id))
        planner.unit.scalarHints.set(threshold.id, 'threshold');
      return pool.binary('soft', entry(soft.z), threshold);
    }
    case 'select':
      return pool.select(entry(node.args[0]), entry(node.args[1]), entry(node.args[2]));
    case 'stop':
    case 'oracle':
      return entry(node.args[0]);
    case 'broadcast':
      return entry(
        node.args[0],
        node.attributes.axes.map((axis) => index[axis]),
      );
    case 'transpose': {
      const at: Index[] = [];
      node.attributes.permutation.forEach((axis, k) => (at[axis] = index[k]));
      return entry(node.args[0], at);
    }
    case 'reshape': {
      const [x] = node.args;
      const at = reshapeIndex(index, node.type.shape, x.type.shape);
      if (at !== undefined) return entry(x, at);
      const target = isCompressed(x) ? denseCopy(planner, x) : planner.ensure(x);
      planner.keep(target);
      return pool.flat(target, linear(index, node.type.shape));
    }
    case 'slice':
      return entry(
        node.args[0],
        index.map((i, axis) => addDims(i, node.attributes.start[axis])),
      );
    case 'reverse': {
      const { axis } = node.attributes;
      const last = subtractDims(node.type.shape[axis], constantDim(1));
      return entry(
        node.args[0],
        index.map((i, k) => (k === axis ? subtractDims(last, i) : i)),
      );
    }
    case 'gather':
      return entry(node.args[0], gatheredIndex(planner, node, index));
    case 'concat':
      return concatEntry(planner, node, index);
    case 'pad':
      return padEntry(planner, node, index);
    case 'put':
      return putEntry(planner, node, index);
    case 'reduce':
      return reducedEntry(planner, node, index);
    case 'contract':
      return contractedEntry(planner, node, index);
    default:
      return read(planner, node, index);
  }
}

/** Whole numbers are exact: x + 1 - 1 is x. */
function binaryOf(planner: Planner, node: Node<'binary'>, x: Scalar, y: Scalar): Scalar {
  const { pool } = planner.unit;
  const { fn } = node.attributes;
  const whole = node.args.every(({ type }) => type.element === 'int');
  if (!whole || (fn !== 'add' && fn !== 'sub')) return pool.binary(fn, x, y);
  const [base, before] = shifted(x);
  if (y.kind !== 'number' || before === 0) return pool.binary(fn, x, y);
  const shift = before + (fn === 'add' ? y.value : -y.value);
  return pool.binary('add', base, pool.number(shift));
}

/** x + c as x and c. */
function shifted(x: Scalar): readonly [Scalar, number] {
  if (x.kind !== 'binary' || x.y.kind !== 'number') return [x, 0];
  if (x.fn === 'add') return [x.x, x.y.value];
  return x.fn === 'sub' ? [x.x, -x.y.value] : [x, 0];
}

/** The index into the array that a gather takes from. */
export function gatheredIndex(
  planner: Planner,
  node: Node<'gather'>,
  index: readonly Index[],
): readonly Index[] {
  const [x, ...positions] = node.args;
  const { axes, inBounds } = node.attributes;
  return addressed(planner, node, x.type.shape, axes, positions, index, inBounds);
}

/** The full index of an array for an index laid out as `gather` gives it: first that of the positions, then the other axes. */
export function addressed(
  planner: Planner,
  node: Node,
  shape: readonly Dim[],
  axes: readonly number[],
  positions: readonly Node[],
  index: readonly Index[],
  inBounds: boolean,
): readonly Index[] {
  const { pool, places } = planner.unit;
  const rank = positions[0].type.shape.length;
  const at: Index[] = [];
  axes.forEach((axis, k) => {
    const position = planner.entry(positions[k], index.slice(0, rank));
    const safe = inBounds || isWithin(pool.asIndex(position), shape[axis]);
    at[axis] = pool.asIndex(
      safe ? position : pool.checked(position, shape[axis], places.numberOf(node)),
    );
  });
  let next = rank;
  shape.forEach((_, axis) => {
    if (!axes.includes(axis)) at[axis] = index[next++];
  });
  return at;
}

/** Certainly a position of an axis of this size. */
function isWithin(position: Index, size: Dim): boolean {
  const [at, extent] = [constantValue(position), constantValue(size)];
  return at !== undefined && extent !== undefined && at >= 0 && at < extent;
}

function concatEntry(planner: Planner, node: Node<'concat'>, index: readonly Index[]): Scalar {
  const { pool } = planner.unit;
  const { axis } = node.attributes;
  let start: Dim = constantDim(0);
  const parts = node.args.map((arg) => {
    const from = start;
    start = addDims(start, arg.type.shape[axis]);
    return { arg, from, end: start };
  });
  const position = pool.index(index[axis]);
  return (
    parts.reduceRight<Scalar | undefined>((otherwise, { arg, from, end }) => {
      if (constantValue(arg.type.shape[axis]) === 0) return otherwise;
      const inside = pool.binary('lt', position, pool.index(end));
      if (inside.kind === 'number' && inside.value === 0) return otherwise;
      const before = pool.binary('lt', position, pool.index(from));
      if (before.kind === 'number' && before.value === 1) return otherwise;
      const value = planner.entry(
        arg,
        index.map((i, k) => (k === axis ? subtractDims(i, from) : i)),
      );
      return otherwise === undefined ? value : pool.select(inside, value, otherwise);
    }, undefined) ?? pool.number(0)
  );
}

function padEntry(planner: Planner, node: Node<'pad'>, index: readonly Index[]): Scalar {
  const { pool } = planner.unit;
  const [x] = node.args;
  const { before } = node.attributes;
  let inside: Scalar = pool.number(1);
  index.forEach((i, axis) => {
    const end = addDims(before[axis], x.type.shape[axis]);
    const both = pool.binary(
      'and',
      pool.binary('le', pool.index(before[axis]), pool.index(i)),
      pool.binary('lt', pool.index(i), pool.index(end)),
    );
    inside = pool.binary('and', inside, both);
  });
  if (inside.kind === 'number' && inside.value === 0) return pool.number(0);
  const value = planner.entry(
    x,
    index.map((i, axis) => subtractDims(i, before[axis])),
  );
  return pool.select(inside, value, pool.number(0));
}

/** With scalar positions only. */
function putEntry(planner: Planner, node: Node<'put'>, index: readonly Index[]): Scalar {
  const { pool } = planner.unit;
  const [x, value, ...positions] = node.args;
  const { axes } = node.attributes;
  let here: Scalar = pool.number(1);
  const at = addressed(
    planner,
    node,
    x.type.shape,
    axes,
    positions,
    index.filter((_, axis) => !axes.includes(axis)),
    false,
  );
  for (const axis of axes)
    here = pool.binary(
      'and',
      here,
      pool.binary('eq', pool.index(index[axis]), pool.index(at[axis])),
    );
  const rest = index.filter((_, axis) => !axes.includes(axis));
  return pool.select(here, planner.entry(value, rest), planner.entry(x, index));
}

const folds: { readonly [F in ReduceFn]: BinaryFn } = {
  sum: 'add',
  prod: 'mul',
  max: 'max',
  min: 'min',
  any: 'or',
  all: 'and',
};

function reducedEntry(planner: Planner, node: Node<'reduce'>, index: readonly Index[]): Scalar {
  const { pool } = planner.unit;
  const [x] = node.args;
  const { axes, fn } = node.attributes;
  const extents = axes.map((axis) => constantValue(x.type.shape[axis]) ?? 0);
  return constantIndices(extents)
    .map((inner) => {
      const at: Index[] = [];
      axes.forEach((axis, k) => (at[axis] = inner[k]));
      let next = 0;
      x.type.shape.forEach((_, axis) => {
        if (!axes.includes(axis)) at[axis] = index[next++];
      });
      return planner.entry(x, at);
    })
    .reduce((sum, term) => pool.binary(folds[fn], sum, term));
}

function contractedEntry(
  planner: Planner,
  node: Node<'contract'>,
  index: readonly Index[],
): Scalar {
  const { pool } = planner.unit;
  const [a, b] = node.args;
  const { sum } = node.attributes;
  const extents = sum.map(([axis]) => constantValue(a.type.shape[axis]) ?? 0);
  return constantIndices(extents)
    .map((inner) => {
      const [left, right] = contractionIndex(node, index, inner);
      return pool.binary('mul', planner.entry(a, left), planner.entry(b, right));
    })
    .reduce((total, term) => pool.binary('add', total, term));
}

/** Indices into both arguments for an index of the result and one of the summed axes. */
export function contractionIndex(
  node: Node<'contract'>,
  index: readonly Index[],
  inner: readonly Index[],
): readonly [readonly Index[], readonly Index[]] {
  const [a, b] = node.args;
  const { batch, sum } = node.attributes;
  const left: Index[] = [];
  const right: Index[] = [];
  batch.forEach(([p, q], k) => {
    left[p] = index[k];
    right[q] = index[k];
  });
  sum.forEach(([p, q], k) => {
    left[p] = inner[k];
    right[q] = inner[k];
  });
  let next = batch.length;
  a.type.shape.forEach((_, axis) => {
    left[axis] ??= index[next++];
  });
  b.type.shape.forEach((_, axis) => {
    right[axis] ??= index[next++];
  });
  return [left, right];
}
