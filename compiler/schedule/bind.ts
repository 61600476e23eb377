// Scalars as they are written: targets become names and array entries, common and invariant parts become constants before their use.
import {
  addDims,
  constantDim,
  multiplyDims,
  symbolDim,
  symbolsOf,
  type Dim,
} from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Plan } from './computation.ts';
import { binaryCost, unaryCost } from './cost.ts';
import type { Fusion } from './fuse.ts';
import { linear } from './index-map.ts';
import type { Lowering } from './lower.ts';
import { scalarsOf, writesOf } from './planner.ts';
import {
  isAtom,
  isBool,
  isLoopVariable,
  operandsOfScalar,
  scalarsBelow,
  squareOf,
  type Index,
  type Scalar,
} from './scalar.ts';
import { scopeAt, type Scope } from './scope.ts';
import type { Target } from './target.ts';

export interface Binder {
  /** The scalar as it may stand in the block now; parts of it may become constants before. `root`: it is all of a statement's value. */
  readonly bind: (x: Scalar, scope: Scope, root?: boolean) => Scalar;
  /** As `bind`, as a constant of its own. */
  readonly name: (x: Scalar, scope: Scope, hint: string) => Scalar;
  /** Makes the value known under a name from here on, by a constant of that name; another name where it has one already. */
  readonly define: (x: Scalar, scope: Scope, name: string) => Scalar;
  /** An index with the variables of the fused loops. */
  readonly index: (index: Index) => Index;
  /** Where an entry of an array lies. */
  readonly position: (
    target: Target,
    at: readonly Index[],
    scope: Scope,
  ) => { readonly array: string; readonly at: Index };
  readonly reads: (x: Scalar, target: Target) => boolean;
  /** A scalar with names and array entries for targets, nothing bound yet. */
  readonly resolve: (x: Scalar) => Scalar;
  /** How deep in the loops something is known. */
  readonly depth: (x: Scalar, scope: Scope) => number;
  readonly place: (x: Scalar, scope: Scope) => Scalar;
  /** What has been read of the array is known no longer: it has been written. */
  readonly forget: (target: Target) => void;
}

export function createBinder(lowering: Lowering, fusion: Fusion, plan: Plan): Binder {
  const { unit, locations } = lowering;
  const { pool } = unit;
  const resolved = new Map<number, Scalar>();
  const depths = new Map<string, number>();
  /** Of scalars, as long as that of no name changes. */
  let scalarDepths = new WeakMap<Scope, Map<number, number>>();
  const lengths = new Map<number, number>();
  /** Where what was read of an array is known by a name, by the array. */
  const holders = new Map<string, { readonly scope: Scope; readonly id: number }[]>();
  const arraysBelow = new Map<number, ReadonlySet<string>>();
  for (const [target, level] of fusion.level) {
    const location = locations.get(target);
    if (location?.kind === 'scalar') depths.set(location.name, level);
  }

  const mapIndex = (index: Index, scalar: (x: Scalar) => Scalar): Index => {
    let sum: Dim = constantDim(0);
    for (const { coefficient, symbols } of index.monomials) {
      let product: Dim = constantDim(coefficient);
      for (const symbol of symbols) product = multiplyDims(product, mapSymbol(symbol, scalar));
      sum = addDims(sum, product);
    }
    return sum;
  };

  const mapSymbol = (symbol: string, scalar: (x: Scalar) => Scalar): Index => {
    if (isLoopVariable(symbol)) return symbolDim(fusion.renamed.get(symbol) ?? symbol);
    if (!isAtom(symbol)) return symbolDim(symbol);
    const atom = pool.atom(symbol);
    if (atom === undefined) throw new InternalError(`no scalar ${symbol}`);
    return pool.asIndex(scalar(atom));
  };

  const index = (at: Index): Index => mapIndex(at, resolve);

  function resolve(x: Scalar): Scalar {
    const known = resolved.get(x.id);
    if (known !== undefined) return known;
    const made = resolveNew(x);
    resolved.set(x.id, made);
    resolved.set(made.id, made);
    const hint = unit.scalarHints.get(x.id);
    if (hint !== undefined && !unit.scalarHints.has(made.id)) unit.scalarHints.set(made.id, hint);
    return made;
  }

  function resolveNew(x: Scalar): Scalar {
    switch (x.kind) {
      case 'number':
      case 'name':
        return x;
      case 'index':
        return pool.index(index(x.index));
      case 'read':
        return entryOf(x.target, x.at.map(index));
      case 'flat':
        return pool.load(arrayName(x.target), index(x.at), x.target);
      case 'sparse':
        return pool.load(`${csrName(x.target)}.${x.part}`, index(x.at), x.target);
      case 'load':
        return pool.load(x.array, index(x.at), x.target);
      case 'unary':
        return pool.unary(x.fn, resolve(x.x));
      case 'checked':
        return pool.checked(resolve(x.x), x.size, x.place);
      case 'binary':
        return pool.binary(x.fn, resolve(x.x), resolve(x.y));
      case 'select':
        return pool.select(resolve(x.condition), resolve(x.x), resolve(x.y));
    }
  }

  function entryOf(target: Target, at: readonly Index[]): Scalar {
    const location = locations.get(target);
    if (location === undefined) throw new InternalError(`${target.hint} lies nowhere`);
    if (location.kind === 'scalar') return pool.name(location.name, target.bool);
    if (location.kind === 'csr') return pool.load(`${location.name}.data`, at[0], target);
    return pool.load(location.name, within(target, location.axes, at), target);
  }

  const within = (target: Target, axes: readonly number[], at: readonly Index[]): Index =>
    linear(
      axes.map((axis) => at[axis]),
      axes.map((axis) => target.shape[axis]),
    );

  const arrayName = (target: Target): string => {
    const location = locations.get(target);
    if (location?.kind === 'array') return location.name;
    throw new InternalError(`${target.hint} is no array`);
  };
  const csrName = (target: Target): string => {
    const location = locations.get(target);
    if (location?.kind === 'csr') return location.name;
    throw new InternalError(`${target.hint} is not compressed`);
  };

  const uses = countUses();
  const planned = plannedNames();

  /** The names of values that computations of this place define as constants. */
  function plannedNames(): Map<number, string> {
    const names = new Map<number, string>();
    const written = plan.computations.flatMap(writesOf);
    const isWrittenOnce = (target: Target): boolean =>
      target.given === undefined &&
      target.replaces === undefined &&
      written.filter((other) => other === target).length === 1;
    for (const c of plan.computations) {
      if (c.kind !== 'nest' || c.op !== 'set' || c.target.shape.length > 0) continue;
      if (!isWrittenOnce(c.target)) continue;
      const location = locations.get(c.target);
      const value = resolve(c.value);
      if (location?.kind === 'scalar' && isBool(value) === c.target.bool && !names.has(value.id))
        names.set(value.id, location.name);
    }
    return names;
  }

  /** How often each scalar is an operand, or a whole value, in the place. */
  function countUses(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    const add = (x: Scalar): void => void counts.set(x.id, (counts.get(x.id) ?? 0) + 1);
    const roots = [...plan.computations.flatMap((c) => scalarsOf(unit, c)), ...plan.outputs].map(
      resolve,
    );
    for (const x of scalarsBelow(pool, roots)) {
      const squared = squareOf(x);
      (squared === undefined ? operandsOfScalar(pool, x) : [squared]).forEach(add);
    }
    roots.forEach(add);
    return counts;
  }

  function depth(x: Scalar, scope: Scope): number {
    if (scope.depth === 0) return 0;
    let found = scalarDepths.get(scope);
    if (found === undefined) scalarDepths.set(scope, (found = new Map()));
    const before = found.get(x.id);
    if (before !== undefined) return before;
    const made = newDepth(x, scope);
    found.set(x.id, made);
    return made;
  }

  function newDepth(x: Scalar, scope: Scope): number {
    switch (x.kind) {
      case 'number':
        return 0;
      case 'name':
        return Math.min(depths.get(x.name) ?? 0, scope.depth);
      case 'index':
        return indexDepth(x.index, scope);
      case 'load':
        return Math.max(indexDepth(x.at, scope), fusion.level.get(x.target) ?? 0);
      default:
        return operandsOfScalar(pool, x).reduce(
          (d, operand) => Math.max(d, depth(operand, scope)),
          0,
        );
    }
  }

  function indexDepth(at: Index, scope: Scope): number {
    return symbolsOf(at).reduce((d, symbol) => {
      if (isLoopVariable(symbol)) return Math.max(d, variableDepth(symbol, scope));
      const atom = pool.atom(symbol);
      return atom === undefined ? d : Math.max(d, depth(atom, scope));
    }, 0);
  }

  function variableDepth(variable: string, scope: Scope): number {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent)
      if (at.variable === variable) return at.depth;
    return 0;
  }

  function known(x: Scalar, scope: Scope): Scalar | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const name = at.names.get(x.id);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  const isWorthHoisting = (x: Scalar): boolean =>
    x.kind === 'load' || (costOfScalar(x) >= 1 && !isSignOfName(x));

  /** -x and !x, where x has a name or gets one. */
  const isSignOfName = (x: Scalar): boolean =>
    x.kind === 'unary' &&
    (x.fn === 'neg' || x.fn === 'not') &&
    (costOfScalar(x.x) === 0 || (uses.get(x.x.id) ?? 0) >= 2);

  function place(x: Scalar, scope: Scope, root = false): Scalar {
    if (x.kind === 'number') return x;
    const name = known(x, scope);
    if (name !== undefined || x.kind === 'name') return name ?? x;
    const at = Math.min(depth(x, scope), scope.depth);
    const outside = at < scope.depth && isWorthHoisting(x);
    const shared = (uses.get(x.id) ?? 0) >= 2 && costOfScalar(x) >= 1 && !isSignOfName(x);
    if (outside || shared) return bound(x, scopeAt(scope, at), hintFor(x));
    const made = rebuilt(x, scope);
    if (root || lengthOf(made) <= longest || costOfScalar(x) === 0) return made;
    return bound(x, scope, hintFor(x), made);
  }

  /** Makes the scalar a constant of the block. */
  function bound(x: Scalar, scope: Scope, hint: string, made = rebuilt(x, scope)): Scalar {
    const before = known(x, scope);
    if (before !== undefined) return before;
    // A value that is to be a constant of its own has its name already.
    const reserved = planned.get(x.id);
    planned.delete(x.id);
    return declared(x, scope, reserved ?? unit.names.fresh(hint), made);
  }

  function define(given: Scalar, scope: Scope, name: string): Scalar {
    const x = resolve(given);
    const own = pool.name(name, isBool(x));
    const before = x.kind === 'name' ? place(x, scope) : known(x, scope);
    const at = Math.min(depth(x, scope), scope.depth);
    const found =
      before ??
      (at < scope.depth && isWorthHoisting(x)
        ? declared(x, scopeAt(scope, at), name)
        : declared(x, scope, name));
    if (found !== own) scope.names.set(own.id, found);
    return found;
  }

  function declared(x: Scalar, scope: Scope, name: string, made = rebuilt(x, scope)): Scalar {
    const scalar = pool.name(name, isBool(made));
    scope.statements.push({ kind: 'const', name, value: made });
    scope.names.set(x.id, scalar);
    for (const array of arraysOf(x)) {
      const held = holders.get(array);
      if (held === undefined) holders.set(array, [{ scope, id: x.id }]);
      else held.push({ scope, id: x.id });
    }
    if ((depths.get(name) ?? 0) !== scope.depth) scalarDepths = new WeakMap();
    depths.set(name, scope.depth);
    lengths.set(scalar.id, name.length);
    return scalar;
  }

  /** The arrays that a scalar reads. */
  function arraysOf(x: Scalar): ReadonlySet<string> {
    const before = arraysBelow.get(x.id);
    if (before !== undefined) return before;
    const below = operandsOfScalar(pool, x).map(arraysOf);
    const own = x.kind === 'load' ? [x.array] : [];
    const [first, ...others] = below.filter(({ size }) => size > 0);
    const made =
      first !== undefined && others.every((set) => set === first) && own.length === 0
        ? first
        : new Set([...own, ...below.flatMap((set) => [...set])]);
    arraysBelow.set(x.id, made);
    return made;
  }

  function forget(target: Target): void {
    const location = locations.get(target);
    if (location?.kind !== 'array') return;
    for (const { scope, id } of holders.get(location.name) ?? []) scope.names.delete(id);
    holders.delete(location.name);
  }

  /** The same with its operands placed. */
  function rebuilt(x: Scalar, scope: Scope): Scalar {
    const inner = (operand: Scalar): Scalar => place(operand, scope);
    switch (x.kind) {
      case 'number':
      case 'name':
        return x;
      case 'index':
        return pool.index(mapIndex(x.index, inner));
      case 'load':
        return pool.load(x.array, mapIndex(x.at, inner), x.target);
      case 'unary':
        return pool.unary(x.fn, inner(x.x));
      case 'checked':
        return pool.checked(inner(x.x), x.size, x.place);
      case 'binary':
        return pool.binary(x.fn, inner(x.x), inner(x.y));
      case 'select':
        return pool.select(inner(x.condition), inner(x.x), inner(x.y));
      case 'read':
      case 'flat':
      case 'sparse':
        throw new InternalError('a read that was not resolved');
    }
  }

  function lengthOf(x: Scalar): number {
    const before = lengths.get(x.id);
    if (before !== undefined) return before;
    const own = x.kind === 'number' ? 3 : x.kind === 'name' ? x.name.length : ownLength(x);
    const length = operandsOfScalar(pool, x).reduce((sum, operand) => sum + lengthOf(operand), own);
    lengths.set(x.id, length);
    return length;
  }

  const hintFor = (x: Scalar): string => unit.scalarHints.get(x.id) ?? plainHint(x);

  const bind = (x: Scalar, scope: Scope, root = false): Scalar => place(resolve(x), scope, root);

  return {
    bind,
    define,
    index,
    resolve,
    depth,
    place,
    forget,
    name: (x, scope, hint) => bound(resolve(x), scope, hint),
    reads: (x, target) =>
      scalarsBelow(pool, [x]).some((part) => 'target' in part && part.target === target),
    position: (target, at, scope) => {
      const location = locations.get(target);
      const indices = at.map((i) => mapIndex(index(i), (atom) => place(atom, scope)));
      if (location?.kind === 'csr') return { array: `${location.name}.data`, at: indices[0] };
      if (location?.kind !== 'array') throw new InternalError(`${target.hint} is no array`);
      return { array: location.name, at: within(target, location.axes, indices) };
    },
  };
}

/** Longer parts of an expression get a name. */
const longest = 60;

const ownLength = (x: Scalar): number => {
  switch (x.kind) {
    case 'load':
      return x.array.length + 2 + x.at.key.length;
    case 'index':
      return x.index.key.length;
    case 'unary':
      return x.fn === 'neg' ? 1 : 8;
    case 'binary':
      return 3;
    case 'select':
      return 6;
    default:
      return 4;
  }
};

export function costOfScalar(x: Scalar): number {
  switch (x.kind) {
    case 'unary':
      return unaryCost[x.fn];
    case 'binary':
      return x.fn === 'soft' ? 4 : binaryCost[x.fn];
    case 'select':
    case 'checked':
      return 1;
    case 'number':
    case 'name':
    case 'index':
    case 'load':
    case 'read':
    case 'flat':
    case 'sparse':
      return 0;
  }
}

/** A name for a part of an expression that has none of its own. */
function plainHint(x: Scalar): string {
  switch (x.kind) {
    case 'load':
      return `${x.array.split('.')[0]}${/^\d+$/.test(x.at.key) ? x.at.key : 'At'}`;
    case 'unary':
      return unaryHints.get(x.fn) ?? 'v';
    case 'checked':
      return 'at';
    case 'binary':
      return x.fn === 'sub' ? 'd' : x.fn === 'div' ? 'ratio' : 'v';
    default:
      return 'v';
  }
}

const unaryHints: ReadonlyMap<string, string> = new Map([
  ['sqrt', 'root'],
  ['abs', 'size'],
  ['exp', 'e'],
  ['sigmoid', 'share'],
]);
