// From a plan to statements: loops around fused nests, accumulators, calls of kernels, memory.
import {
  addDims,
  constantDim,
  multiplyDims,
  productOfDims,
  sameShape,
  symbolDim,
  type Dim,
} from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import { createBinder } from './bind.ts';
import type { Axis, Finish, Nest, Plan, StoreOp } from './computation.ts';
import type { Emitter } from './emitter.ts';
import { fuse, type Fusion, type Item, type Tree } from './fuse.ts';
import { variablesOf } from './entry.ts';
import { linear } from './index-map.ts';
import { kernelStatement } from './kernel-pattern.ts';
import { readsOf, writesOf } from './planner.ts';
import { isBool, scalarsBelow, type Index, type Scalar } from './scalar.ts';
import { openScope, rootScope, type Scope } from './scope.ts';
import type { Argument, Branch, Statement } from './statement.ts';
import { sameMemory, type Target } from './target.ts';
import type { Unit } from './unit.ts';

/** Where a target lies in generated code. */
export type Location =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'array'; readonly name: string; readonly axes: readonly number[] }
  | { readonly kind: 'csr'; readonly name: string };

/** What lowering shares over a whole unit. */
export interface Lowering {
  readonly unit: Unit;
  readonly locations: Map<Target, Location>;
  /** Names of loop variables. */
  readonly variables: Map<string, string>;
  /** Letters for loops, and for loops over the entries of a compressed row. */
  readonly letters: readonly string[];
  readonly rowLetters: readonly string[];
  /** Functions of the runtime that are called. */
  readonly calls: Set<string>;
  /** Whether oracle calls are counted. */
  readonly counted: boolean;
  /** Whether products and sums of vectors are calls of the runtime; else they are loops. */
  readonly vectorCalls: boolean;
  readonly arrayName: (wish: string) => string;
  /** Takes memory for an array that a place writes; false where it must be made where it is first written. */
  readonly allocate: (name: string, length: Dim) => boolean;
  /** A size symbol that a `compress` defines. */
  readonly defineSize: (symbol: string, array: string, columns: number, scope: Scope) => void;
}

export interface Lowered {
  readonly statements: readonly Statement[];
  readonly outputs: readonly Scalar[];
}

export function lower(lowering: Lowering, plan: Plan, letters: readonly string[] = []): Lowered {
  const { unit, locations } = lowering;
  const fusion = fuse(unit, plan, plan.closing);
  const root = rootScope(letters);
  const writers = firstWriters(plan);
  const accumulators = new Map<Nest, Accumulator>();
  const pending = new Map<Target, { readonly name: string; readonly length: Dim }>();
  const fresh = new Set<string>();
  locate(lowering, plan, fusion);
  const binder = createBinder(lowering, fusion, plan);

  if (lowering.counted)
    for (const { kind, times } of plan.counts)
      root.statements.push({ kind: 'count', oracle: kind, times });
  emitTrees(fusion.trees, root);
  const outputs = plan.outputs.map((x) => binder.bind(x, root, true));
  return { statements: root.statements, outputs };

  function emitTrees(trees: readonly Tree[], scope: Scope): void {
    for (const tree of trees) {
      if (scope === root) for (const target of writtenIn(tree)) takeMemory(target);
      if (tree.kind === 'loop') emitLoop(tree, scope);
      else if (tree.kind === 'leaf') emitLeaf(tree.nest, scope);
      else if (tree.computation.kind === 'finish') emitFinish(tree.computation, scope);
      else tree.computation.emit(emitterFor(scope));
      for (const target of writtenIn(tree)) binder.forget(target);
    }
  }

  function takeMemory(target: Target): void {
    const wanted = pending.get(target);
    if (wanted === undefined) return;
    pending.delete(target);
    fresh.add(wanted.name);
    root.statements.push({ kind: 'allocate', ...wanted });
  }

  function emitLoop(tree: Extract<Tree, { kind: 'loop' }>, scope: Scope): void {
    const { items, axis } = tree;
    if (items.length === 1 && kernel(items[0], scope)) return;
    const begun = items.filter((item) => begin(item, scope));
    const row = axis.row;
    const name = nameLoop(axis, scope);
    const inside = openScope(scope, axis.variable, name);
    const bounds = row === undefined ? undefined : rowBounds(row, scope);
    emitTrees(tree.body, inside);
    scope.statements.push({
      kind: 'for',
      variable: name,
      from: bounds === undefined ? unit.pool.number(0) : bounds.from,
      to: bounds === undefined ? unit.pool.index(axis.extent) : bounds.to,
      body: inside.statements,
    });
    for (const item of begun) end(item, scope);
  }

  function rowBounds(
    { matrix, at }: NonNullable<Axis['row']>,
    scope: Scope,
  ): { readonly from: Scalar; readonly to: Scalar } {
    const next = binder.index(addOne(at));
    const here = binder.index(at);
    const { pool } = unit;
    return {
      from: binder.bind(pool.sparse(matrix, 'rowStart', here), scope),
      to: binder.bind(pool.sparse(matrix, 'rowStart', next), scope),
    };
  }

  function nameLoop(axis: Axis, scope: Scope): string {
    const name = letterFor(scope, axis.row === undefined ? lowering.letters : lowering.rowLetters);
    lowering.variables.set(axis.variable, name);
    return name;
  }

  /** A letter that no loop around has. */
  function letterFor(scope: Scope, wishes: readonly string[]): string {
    return (
      wishes.find((wish) => !scope.letters.includes(wish)) ?? unit.names.fresh(wishes[0] ?? 'i')
    );
  }

  /** Before the first loop that does not run along the target: the accumulator. */
  function begin({ nest, rest }: Item, scope: Scope): boolean {
    if (nest.op === 'set' || accumulators.has(nest)) return false;
    const sequential = nest.op === 'cumsum' || nest.op === 'cumprod';
    const arg = nest.op === 'argmax' || nest.op === 'argmin';
    if ((sequential || arg) && rest.length > 1) return false;
    if (!sequential && !arg && nest.at.some((index) => index.key === rest[0].variable))
      return false;
    if (sequential) {
      const name = unit.names.fresh(nest.op === 'cumsum' ? 'total' : 'product');
      declare(name, nest.op === 'cumsum' ? 0 : 1, scope);
      accumulators.set(nest, { kind: 'running', name });
      return false;
    }
    if (writers.get(nest.target) !== nest) {
      accumulators.set(nest, { kind: 'added' });
      return false;
    }
    const open = nest.at.map((index) =>
      variablesOf(unit, index).some((v) => rest.some(({ variable }) => variable === v)),
    );
    if (open.every((o) => !o)) {
      beginScalar(nest, scope);
      return true;
    }
    fillWith(nest, open, identities[reduceOf(nest.op)], scope);
    accumulators.set(nest, { kind: 'added' });
    return false;
  }

  function beginScalar(nest: Nest, scope: Scope): void {
    const location = locations.get(nest.target);
    const name = location?.kind === 'scalar' ? location.name : unit.names.fresh(nest.target.hint);
    if (nest.op === 'argmax' || nest.op === 'argmin') {
      const best = unit.names.fresh('best');
      declare(best, nest.op === 'argmax' ? -Infinity : Infinity, scope);
      declare(name, 0, scope);
      accumulators.set(nest, { kind: 'extremum', best, name });
      return;
    }
    declare(name, identities[reduceOf(nest.op)], scope);
    accumulators.set(nest, { kind: 'scalar', name });
  }

  function declare(name: string, value: number, scope: Scope): void {
    scope.statements.push({ kind: 'let', name, value: unit.pool.number(value) });
  }

  /** After the loops: what was accumulated goes where it belongs. */
  function end({ nest }: Item, scope: Scope): void {
    const accumulator = accumulators.get(nest);
    if (accumulator === undefined || !('name' in accumulator)) return;
    const location = locations.get(nest.target);
    if (location?.kind === 'scalar') return;
    storeTo(nest.target, nest.at, '=', unit.pool.name(accumulator.name), scope);
  }

  function fillWith(nest: Nest, open: readonly boolean[], value: number, scope: Scope): void {
    const location = arrayOf(nest.target);
    const { shape } = nest.target;
    if (value === 0 && scope === root && fresh.has(location.name)) return;
    const kept = location.axes;
    const first = kept.findIndex((axis) => open[axis]);
    if (!kept.slice(first).every((axis) => open[axis])) return fillLoops(nest, open, value, scope);
    const length = productOfDims(kept.slice(first).map((axis) => shape[axis]));
    const args: Argument[] = [{ kind: 'value', value: unit.pool.number(value) }];
    if (first > 0) {
      const start = multiplyDims(
        linear(
          kept.slice(0, first).map((axis) => binder.index(nest.at[axis])),
          kept.slice(0, first).map((axis) => shape[axis]),
        ),
        length,
      );
      args.push({ kind: 'position', at: start });
      args.push({ kind: 'position', at: addDims(start, length) });
    }
    scope.statements.push({
      kind: 'call',
      call: { kind: 'call', name: 'fill', args, on: location.name },
    });
  }

  /** Fills an array along some of its axes. */
  function fillLoops(nest: Nest, open: readonly boolean[], value: number, scope: Scope): void {
    let inside = scope;
    const loops: { readonly name: string; readonly extent: Dim; readonly scope: Scope }[] = [];
    const at = nest.at.map((index, axis) => {
      if (!open[axis]) return index;
      const variable = unit.variable();
      const name = letterFor(inside, lowering.letters);
      lowering.variables.set(variable, name);
      inside = openScope(inside, variable, name);
      loops.push({ name, extent: nest.target.shape[axis], scope: inside });
      return symbolDim(variable);
    });
    storeTo(nest.target, at, '=', unit.pool.number(value), inside);
    for (const { name, extent, scope: body } of loops.reverse())
      (body.parent ?? scope).statements.push({
        kind: 'for',
        variable: name,
        from: unit.pool.number(0),
        to: unit.pool.index(extent),
        body: body.statements,
      });
  }

  function emitLeaf(nest: Nest, scope: Scope): void {
    const { pool } = unit;
    const accumulator = accumulators.get(nest);
    const location = locations.get(nest.target);
    if (definesConstant(nest, accumulator)) {
      const name = location?.kind === 'scalar' ? location.name : nest.target.hint;
      const known = binder.define(nest.value, scope, name);
      if (known.kind === 'name') locations.set(nest.target, { kind: 'scalar', name: known.name });
      return;
    }
    const value = binder.bind(nest.value, scope, true);
    if (accumulator?.kind === 'scalar') {
      accumulate(accumulator.name, nest.op, value, scope);
      return;
    }
    if (accumulator?.kind === 'extremum') {
      const kept = binder.bind(nest.value, scope);
      const better =
        nest.op === 'argmax'
          ? pool.binary('lt', pool.name(accumulator.best), kept)
          : pool.binary('lt', kept, pool.name(accumulator.best));
      const along = nest.loops[nest.loops.length - 1].variable;
      scope.statements.push({
        kind: 'if',
        condition: better,
        then: [
          { kind: 'assign', name: accumulator.best, op: '=', value: kept },
          {
            kind: 'assign',
            name: accumulator.name,
            op: '=',
            value: pool.index(binder.index(symbolDim(along))),
          },
        ],
        otherwise: [],
      });
      return;
    }
    if (accumulator?.kind === 'running') {
      const op = nest.op === 'cumsum' ? '+=' : '*=';
      scope.statements.push({ kind: 'assign', name: accumulator.name, op, value });
      const total = pool.name(accumulator.name);
      if (location?.kind === 'scalar')
        scope.statements.push({ kind: 'const', name: location.name, value: total });
      else storeTo(nest.target, nest.at, '=', total, scope);
      return;
    }
    const first = writers.get(nest.target) === nest;
    if (location?.kind === 'scalar' && nest.target.given === undefined) {
      if (first) {
        const kind = rewritten(plan, nest.target) ? 'let' : 'const';
        scope.statements.push({
          kind,
          name: location.name,
          value,
          numeric: !nest.target.bool,
        });
      } else accumulate(location.name, nest.op, value, scope);
      return;
    }
    if (nest.op === 'set' || (first && accumulator === undefined)) {
      storeTo(nest.target, nest.at, '=', value, scope);
      return;
    }
    addTo(nest, value, scope);
  }

  /** A scalar that is written here alone: a constant, and the name of its value. */
  function definesConstant({ target, op, value }: Nest, accumulator: unknown): boolean {
    if (accumulator !== undefined || op !== 'set' || target.given !== undefined) return false;
    if (locations.get(target)?.kind !== 'scalar' || target.replaces !== undefined) return false;
    return target.bool === isBool(binder.resolve(value)) && !rewritten(plan, target);
  }

  /** name op= value */
  function accumulate(name: string, op: StoreOp, value: Scalar, scope: Scope): void {
    const { pool } = unit;
    const fn = op === 'set' ? undefined : reduceOf(op);
    if (fn === undefined) scope.statements.push({ kind: 'assign', name, op: '=', value });
    else if (fn === 'sum') {
      const negative = value.kind === 'unary' && value.fn === 'neg';
      scope.statements.push({
        kind: 'assign',
        name,
        op: negative ? '-=' : '+=',
        value: negative ? value.x : value,
      });
    } else if (fn === 'prod') scope.statements.push({ kind: 'assign', name, op: '*=', value });
    else if (fn === 'max' || fn === 'min')
      scope.statements.push({
        kind: 'assign',
        name,
        op: '=',
        value: pool.binary(fn, pool.name(name), value),
      });
    else
      scope.statements.push({
        kind: 'if',
        condition: fn === 'any' ? value : pool.unary('not', value),
        then: [{ kind: 'assign', name, op: '=', value: pool.number(fn === 'any' ? 1 : 0) }],
        otherwise: [],
      });
  }

  /** target[at] op= value */
  function addTo(nest: Nest, value: Scalar, scope: Scope): void {
    const { pool } = unit;
    const fn = reduceOf(nest.op);
    if (fn === 'sum') {
      const negative = value.kind === 'unary' && value.fn === 'neg';
      storeTo(nest.target, nest.at, negative ? '-=' : '+=', negative ? value.x : value, scope);
      return;
    }
    if (fn === 'prod') {
      storeTo(nest.target, nest.at, '*=', value, scope);
      return;
    }
    // What is there now is read here and nowhere earlier: it changes from turn to turn.
    const { array, at } = binder.position(nest.target, nest.at, scope);
    const before = pool.load(array, at, nest.target);
    const combined =
      fn === 'max' || fn === 'min'
        ? pool.binary(fn, before, value)
        : pool.binary(fn === 'any' ? 'or' : 'and', before, value);
    storeTo(nest.target, nest.at, '=', combined, scope);
  }

  function storeTo(
    target: Target,
    at: readonly Index[],
    op: '=' | '+=' | '-=' | '*=',
    value: Scalar,
    scope: Scope,
  ): void {
    const location = locations.get(target);
    if (location?.kind === 'scalar') {
      scope.statements.push({ kind: 'assign', name: location.name, op, value });
      return;
    }
    const place = binder.position(target, at, scope);
    const change = op === '=' ? changeOf(value, place) : undefined;
    scope.statements.push({
      kind: 'store',
      array: place.array,
      at: place.at,
      op: change?.op ?? op,
      value: change?.value ?? value,
    });
  }

  /** All at once: values that a store before them would change are taken first. */
  function emitFinish({ stores }: Finish, scope: Scope): void {
    const written = stores.map(({ target }) => target);
    const values = stores.map((store, k) => {
      const earlier = written.slice(0, k);
      const changed = earlier
        .flatMap(sameMemory)
        .some((target) => binder.reads(store.value, target));
      return changed ? binder.name(store.value, scope, `${store.target.hint}Next`) : undefined;
    });
    stores.forEach(({ target, at, value }, k) =>
      storeTo(target, at, '=', values[k] ?? binder.bind(value, scope, true), scope),
    );
  }

  function kernel(item: Item, scope: Scope): boolean {
    if (!lowering.vectorCalls) return false;
    const { nest } = item;
    const first = writers.get(nest.target) === nest;
    const found = kernelStatement({
      lowering,
      binder,
      item,
      scope,
      first,
      started: accumulators.has(nest),
    });
    return found;
  }

  function arrayOf(target: Target): Extract<Location, { kind: 'array' }> {
    const location = locations.get(target);
    if (location?.kind === 'array') return location;
    throw new InternalError(`${target.hint} is no array`);
  }

  function emitterFor(scope: Scope): Emitter {
    return {
      push: (statement) => scope.statements.push(statement),
      branch: (names, statement) => {
        const before = scope.statements.at(-1);
        const joined = before?.kind === 'if' ? joinBranches(before, statement) : undefined;
        if (joined !== undefined) scope.statements.pop();
        for (const name of names) scope.statements.push({ kind: 'declare', name });
        scope.statements.push(joined ?? statement);
      },
      call: (name, args) => {
        if (name !== '[]') lowering.calls.add(name);
        return { kind: 'call', name, args };
      },
      array: (target) => {
        const location = locations.get(target);
        if (location === undefined) throw new InternalError(`${target.hint} lies nowhere`);
        return { kind: 'array', name: location.name };
      },
      value: (x) => binder.bind(x, scope),
      size: (dim) => ({ kind: 'position', at: dim }),
      inner: (inner, letter) =>
        lower(lowering, inner, letter === undefined ? scope.letters : [...scope.letters, letter]),
      letter: () =>
        letterFor(
          scope,
          ['k', ...lowering.letters].filter((l) => lowering.letters.includes(l)),
        ),
      nameVariable: (variable, name) => lowering.variables.set(variable, name),
      nameOf: (target) => locations.get(target)?.name ?? target.hint,
      defineSize: (symbol, array, columns) => lowering.defineSize(symbol, array, columns, scope),
    };
  }

  /** Gives every target of the plan its place; arrays get their memory. */
  function locate(shared: Lowering, of: Plan, { bound }: Fusion): void {
    for (const computation of of.computations)
      for (const target of writesOf(computation)) locateTarget(shared, target, bound.get(target));
  }

  function locateTarget(
    shared: Lowering,
    target: Target,
    bound: ReadonlySet<number> | undefined,
  ): void {
    if (locations.has(target)) return;
    const under = target.replaces === undefined ? undefined : locations.get(target.replaces);
    if (under !== undefined) {
      locations.set(target, under);
      return;
    }
    if (target.given !== undefined) {
      locations.set(target, givenLocation(target));
      return;
    }
    const axes = target.shape.map((_, axis) => axis).filter((axis) => !(bound?.has(axis) ?? false));
    if (axes.length === 0 && !target.boxed) {
      locations.set(target, { kind: 'scalar', name: unit.names.fresh(target.hint) });
      return;
    }
    const replaced = inPlace(unit, plan, fusion, target);
    const there = replaced === undefined ? undefined : locations.get(replaced);
    if (there?.kind === 'array') {
      locations.set(target, there);
      return;
    }
    const name = target.exact ? target.hint : lowering.arrayName(target.hint);
    locations.set(target, { kind: 'array', name, axes });
    const length = axes.map((axis) => target.shape[axis]).reduce(multiplyDims, constantDim(1));
    if (!shared.allocate(name, length)) pending.set(target, { name, length });
  }
}

/** Two branches, one right after the other, on one truth value that does not change between them. */
function joinBranches(first: Branch, second: Branch): Branch | undefined {
  const { condition } = first;
  if (condition !== second.condition || condition.kind !== 'name' || !condition.bool)
    return undefined;
  return {
    ...first,
    then: [...first.then, ...second.then],
    otherwise: [...first.otherwise, ...second.otherwise],
  };
}

/** A target whose entries this one replaces one by one, each read for the last time as it is overwritten. */
function inPlace(unit: Unit, plan: Plan, fusion: Fusion, target: Target): Target | undefined {
  if (fusion.bound.has(target) || target.boxed || target.exact) return undefined;
  const [nest, another] = plan.computations.filter((c) => writesOf(c).includes(target));
  if (another !== undefined || nest.kind !== 'nest' || nest.op !== 'set') return undefined;
  const keys = keysOf(nest.at);
  const reads = scalarsBelow(unit.pool, [nest.value]);
  return [...readsOf(unit, nest)].find((old) => {
    if (old.given !== undefined || plan.kept.has(old) || fusion.bound.has(old)) return false;
    if (!sameShape(old.shape, target.shape)) return false;
    // What has a name of its own keeps it.
    if (target.hint !== 'v' && target.hint !== old.hint) return false;
    if (!plan.computations.some((c) => writesOf(c).includes(old))) return false;
    const exact = reads.every(
      (x) => !('target' in x) || x.target !== old || (x.kind === 'read' && keysOf(x.at) === keys),
    );
    return exact && plan.computations.every((c) => c === nest || !readsOf(unit, c).has(old));
  });
}

const keysOf = (at: readonly Index[]): string => at.map(({ key }) => key).join();

/** x[i] = x[i] + v is written x[i] += v. */
function changeOf(
  value: Scalar,
  { array, at }: { readonly array: string; readonly at: Index },
): { readonly op: '+=' | '-='; readonly value: Scalar } | undefined {
  if (value.kind !== 'binary' || (value.fn !== 'add' && value.fn !== 'sub')) return undefined;
  const { x, y } = value;
  if (x.kind !== 'load' || x.array !== array || x.at.key !== at.key) return undefined;
  return { op: value.fn === 'add' ? '+=' : '-=', value: y };
}

export function givenLocation(target: Target): Location {
  const { given, shape } = target;
  if (given === undefined) throw new InternalError(`${target.hint} is not given`);
  if (given.kind === 'scalar') return { kind: 'scalar', name: given.name };
  if (given.kind === 'csr') return { kind: 'csr', name: given.name };
  return { kind: 'array', name: given.name, axes: shape.map((_, axis) => axis) };
}

type Accumulator =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'extremum'; readonly name: string; readonly best: string }
  | { readonly kind: 'running'; readonly name: string }
  | { readonly kind: 'added' };

type Reduction = 'sum' | 'prod' | 'max' | 'min' | 'any' | 'all';

function reduceOf(op: StoreOp): Reduction {
  switch (op) {
    case 'sum':
    case 'prod':
    case 'max':
    case 'min':
    case 'any':
    case 'all':
      return op;
    case 'set':
    case 'argmax':
    case 'argmin':
    case 'cumsum':
    case 'cumprod':
      throw new InternalError(`${op} does not accumulate`);
  }
}

const identities: { readonly [R in Reduction]: number } = {
  sum: 0,
  prod: 1,
  max: -Infinity,
  min: Infinity,
  any: 0,
  all: 1,
};

/** All targets that a tree writes. */
function writtenIn(tree: Tree): readonly Target[] {
  switch (tree.kind) {
    case 'loop':
      return tree.items.map(({ nest }) => nest.target);
    case 'leaf':
      return [tree.nest.target];
    case 'whole':
      return writesOf(tree.computation);
  }
}

/** The computation that writes a target first. */
function firstWriters(plan: Plan): ReadonlyMap<Target, unknown> {
  const found = new Map<Target, unknown>();
  for (const c of plan.computations)
    for (const target of writesOf(c)) if (!found.has(target)) found.set(target, c);
  return found;
}

/** Whether a scalar is written again after it has been declared. */
const rewritten = (plan: Plan, target: Target): boolean =>
  plan.computations.filter((c) => writesOf(c).includes(target)).length > 1;

const addOne = (index: Index): Index => addDims(index, constantDim(1));
