// Turns a node into computations of its own: the loop nests or the kernel call that fill its target.
import { addDims, constantDim, constantValue, subtractDims, type Dim } from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import type { Axis, StoreOp } from './computation.ts';
import { constantEntries } from './cost.ts';
import { addressed, contractionIndex, splitsIntoEntries } from './entry.ts';
import { linear } from './index-map.ts';
import { isAdditive, isSum, unrolled } from './additive.ts';
import { unrolledTerms } from './inline.ts';
import { isImplicit, planImplicit } from './implicit.ts';
import { kernelCall, kernelParts } from './kernel-call.ts';
import { orderLoops } from './loop-order.ts';
import { matrixProduct } from './matrix-product.ts';
import { constantIndices, variableIndex, type Planner } from './planner.ts';
import { planRegions } from './regions.ts';
import { isCompressed } from './sparse.ts';
import type { Index, Scalar } from './scalar.ts';
import {
  sparseContract,
  sparseCopy,
  sparseReduce,
  materializeSparse,
} from './sparse-computation.ts';
import { sameMemory, type Target } from './target.ts';

export function materialize(planner: Planner, node: Node): Target {
  const { unit } = planner;
  if (isOp(node, 'part')) return planner.ensureParts(node.args[0])[node.attributes.index];
  if (isOp(node, 'input') || isOp(node, 'parameter'))
    throw new InternalError(`nothing stands for the ${node.op} ${node.attributes.name}`);
  if (isOp(node, 'loop') || isOp(node, 'while') || isOp(node, 'cond'))
    return planner.ensureParts(node)[0];
  if (isImplicit(node)) return planImplicit(planner, node);
  if (isOp(node, 'literal')) return literalTarget(planner, node);
  if (isCompressed(node)) return materializeSparse(planner, node);
  const kernel = kernelCall(planner, node);
  if (kernel !== undefined) return kernel;
  if (splitsIntoEntries(node)) return fromEntries(planner, node);
  const target = targetFor(planner, node);
  unit.filling.add(node.id);
  fill(planner, target, node);
  unit.filling.delete(node.id);
  return target;
}

/** The target that a node is to be computed into. */
function targetFor(planner: Planner, node: Node): Target {
  const { unit } = planner;
  const wish = unit.wishes.get(node.id);
  if (wish?.target !== undefined) return wish.target;
  return unit.newTarget({
    hint: wish?.name ?? hintOf(planner, node),
    exact: wish?.name !== undefined,
    shape: node.type.shape,
    bool: isTruth(node),
  });
}

/** A scalar that is certainly written as a truth value. */
const isTruth = (node: Node): boolean =>
  node.type.shape.length === 0 &&
  ((isOp(node, 'unary') && node.attributes.fn === 'not') ||
    (isOp(node, 'binary') && node.type.element === 'bool'));

export function materializeParts(planner: Planner, node: Node): readonly Target[] {
  if (isOp(node, 'loop') || isOp(node, 'while') || isOp(node, 'cond'))
    return planRegions(planner, node);
  return kernelParts(planner, node);
}

export const hintOf = (planner: Planner, node: Node): string => planner.unit.hint(node) ?? 'v';

/** Adds the computations that fill a fresh target with a node. */
function fill(planner: Planner, target: Target, node: Node): void {
  switch (node.op) {
    case 'reduce':
      if (unrolledTerms(node) !== undefined) break;
      if (sparseReduce(planner, target, node)) return;
      return fillReduce(planner, target, node);
    case 'contract':
      if (unrolledTerms(node) !== undefined) break;
      if (sparseContract(planner, target, node)) return;
      if (matrixProduct(planner, target, node)) return;
      return fillContract(planner, target, node);
    case 'argreduce':
      return fillArgReduce(planner, target, node);
    case 'cumulate':
      return fillCumulate(planner, target, node);
    case 'put':
      return fillPut(planner, target, node);
    default:
  }
  if (isAdditive(planner.unit, node)) return fillAdditive(planner, target, node);
  assign(planner, target, node, (index) => index);
}

export interface LoopSpace {
  readonly loops: readonly Axis[];
  readonly variables: readonly string[];
  readonly index: readonly Index[];
}

/** Loops over a shape; axes of one entry need none. */
export function spaceOf(planner: Planner, shape: readonly Dim[]): LoopSpace {
  const loops: Axis[] = [];
  const index = shape.map((extent) => {
    if (constantValue(extent) === 1) return constantDim(0);
    const variable = planner.unit.variable();
    loops.push({ variable, extent, row: undefined });
    return variableIndex(variable);
  });
  return { loops, variables: loops.map(({ variable }) => variable), index };
}

export interface NestOptions {
  readonly op: StoreOp;
  readonly loops: readonly Axis[];
  readonly at: readonly Index[];
  readonly value: Scalar;
  /** Keeps the order of the loops as it is. */
  readonly fixed?: boolean;
}

export function addNest(
  planner: Planner,
  target: Target,
  { op, loops, at, value, fixed = false }: NestOptions,
): void {
  const ordered = fixed ? loops : orderLoops(planner.unit, loops, at, value);
  planner.add({
    kind: 'nest',
    id: planner.unit.nextId(),
    target,
    op,
    loops: ordered,
    at,
    value,
  });
}

/** target[place(index)] = node[index] for all indices; pieces of a concatenation by themselves. */
export function assign(
  planner: Planner,
  target: Target,
  node: Node,
  place: (index: readonly Index[]) => readonly Index[],
): void {
  const { shape } = node.type;
  if (planner.unit.targets.has(node.id) && !isCompressed(node))
    return assignLoops(planner, target, node, place);
  const total = constantEntries(node);
  // An array without entries still needs its place; a piece of one adds nothing.
  if (total === 0)
    return target.shape.some((dim) => constantValue(dim) === 0)
      ? assignLoops(planner, target, node, place)
      : undefined;
  if (total !== undefined && total <= unrolled && shape.length > 0) {
    const indices = constantIndices(shape.map((dim) => constantValue(dim) ?? 0));
    const values = indices.map((index) => planner.entry(node, index));
    const [first] = values;
    if (values.length > 2 && first.kind === 'number' && values.every((value) => value === first))
      return assignValue(planner, target, shape, place, first);
    indices.forEach((index, k) =>
      addNest(planner, target, { op: 'set', loops: [], at: place(index), value: values[k] }),
    );
    return;
  }
  if (isOp(node, 'concat') && !isCompressed(node)) {
    let start: Dim = constantDim(0);
    for (const arg of node.args) {
      const from = start;
      const { axis } = node.attributes;
      assign(planner, target, arg, (index) =>
        place(index.map((i, k) => (k === axis ? addDims(i, from) : i))),
      );
      start = addDims(start, arg.type.shape[axis]);
    }
    return;
  }
  if (isOp(node, 'pad')) {
    const { before } = node.attributes;
    assignValue(planner, target, shape, place, planner.unit.pool.number(0));
    return assign(planner, target, node.args[0], (index) =>
      place(index.map((i, axis) => addDims(i, before[axis]))),
    );
  }
  if (isOp(node, 'reshape') && shape.length === 1 && !isCompressed(node.args[0])) {
    const [x] = node.args;
    return assign(planner, target, x, (index) => place([linear(index, x.type.shape)]));
  }
  assignLoops(planner, target, node, place);
}

function assignLoops(
  planner: Planner,
  target: Target,
  node: Node,
  place: (index: readonly Index[]) => readonly Index[],
): void {
  const { loops, variables, index } = spaceOf(planner, node.type.shape);
  const value = planner.inLoops(variables, () => planner.entry(node, index));
  addNest(planner, target, { op: 'set', loops, at: place(index), value });
}

export function assignValue(
  planner: Planner,
  target: Target,
  shape: readonly Dim[],
  place: (index: readonly Index[]) => readonly Index[],
  value: Scalar,
): void {
  const { loops, index } = spaceOf(planner, shape);
  addNest(planner, target, { op: 'set', loops, at: place(index), value });
}

/** One scalar an entry, and the array that collects them. */
function fromEntries(planner: Planner, node: Node): Target {
  const { unit } = planner;
  const hint = hintOf(planner, node);
  const indices = constantIndices(node.type.shape.map((dim) => constantValue(dim) ?? 0));
  const entries = indices.map((index, k) => {
    const target = unit.newTarget({ hint: `${hint}${k}`, shape: [] });
    fillEntry(planner, target, node, index);
    return target;
  });
  unit.entries.set(node.id, entries);
  const array = unit.newTarget({ hint, shape: node.type.shape });
  indices.forEach((at, k) =>
    addNest(planner, array, { op: 'set', loops: [], at, value: unit.pool.read(entries[k], []) }),
  );
  return array;
}

function fillEntry(planner: Planner, target: Target, node: Node, index: readonly Index[]): void {
  if (isOp(node, 'reduce')) {
    const [x] = node.args;
    const { axes, fn } = node.attributes;
    const inner = spaceOf(
      planner,
      axes.map((axis) => x.type.shape[axis]),
    );
    const at: Index[] = [];
    axes.forEach((axis, k) => (at[axis] = inner.index[k]));
    let next = 0;
    x.type.shape.forEach((_, axis) => {
      if (!axes.includes(axis)) at[axis] = index[next++];
    });
    const value = planner.inLoops(inner.variables, () => planner.entry(x, at));
    addNest(planner, target, { op: fn, loops: inner.loops, at: [], value });
    return;
  }
  if (isOp(node, 'contract')) {
    const [a, b] = node.args;
    const inner = spaceOf(
      planner,
      node.attributes.sum.map(([axis]) => a.type.shape[axis]),
    );
    const [left, right] = contractionIndex(node, index, inner.index);
    const value = planner.inLoops(inner.variables, () =>
      planner.unit.pool.binary('mul', planner.entry(a, left), planner.entry(b, right)),
    );
    addNest(planner, target, { op: 'sum', loops: inner.loops, at: [], value });
  }
}

function fillReduce(planner: Planner, target: Target, node: Node<'reduce'>): void {
  const [x] = node.args;
  const { axes, fn } = node.attributes;
  const space = spaceOf(planner, x.type.shape);
  const value = planner.inLoops(space.variables, () => planner.entry(x, space.index));
  addNest(planner, target, {
    op: fn,
    loops: space.loops,
    at: space.index.filter((_, axis) => !axes.includes(axis)),
    value,
  });
}

function fillContract(planner: Planner, target: Target, node: Node<'contract'>): void {
  const [a, b] = node.args;
  const outer = spaceOf(planner, node.type.shape);
  const inner = spaceOf(
    planner,
    node.attributes.sum.map(([axis]) => a.type.shape[axis]),
  );
  const [left, right] = contractionIndex(node, outer.index, inner.index);
  const value = planner.inLoops([...outer.variables, ...inner.variables], () =>
    planner.unit.pool.binary('mul', planner.entry(a, left), planner.entry(b, right)),
  );
  addNest(planner, target, {
    op: node.attributes.sum.length === 0 ? 'set' : 'sum',
    loops: [...outer.loops, ...inner.loops],
    at: outer.index,
    value,
  });
}

function fillArgReduce(planner: Planner, target: Target, node: Node<'argreduce'>): void {
  const [x] = node.args;
  const { axis, fn } = node.attributes;
  const space = spaceOf(planner, x.type.shape);
  const value = planner.inLoops(space.variables, () => planner.entry(x, space.index));
  const along = space.index[axis];
  const last = space.loops.filter(({ variable }) => variable === along.key);
  const others = space.loops.filter(({ variable }) => variable !== along.key);
  if (last.length === 0) {
    const at = space.index.filter((_, k) => k !== axis);
    addNest(planner, target, { op: 'set', loops: others, at, value: planner.unit.pool.number(0) });
    return;
  }
  addNest(planner, target, {
    op: fn,
    loops: [...others, ...last],
    at: space.index.filter((_, k) => k !== axis),
    value,
    fixed: true,
  });
}

function fillCumulate(planner: Planner, target: Target, node: Node<'cumulate'>): void {
  const [x] = node.args;
  const { axis, fn, reverse } = node.attributes;
  const space = spaceOf(planner, x.type.shape);
  const along = space.index[axis];
  const at = space.index.map((i, k) =>
    k === axis && reverse ? subtractDims(subtractDims(x.type.shape[axis], constantDim(1)), i) : i,
  );
  const value = planner.inLoops(space.variables, () => planner.entry(x, at));
  const last = space.loops.filter(({ variable }) => variable === along.key);
  const others = space.loops.filter(({ variable }) => variable !== along.key);
  addNest(planner, target, {
    op: last.length === 0 ? 'set' : fn === 'sum' ? 'cumsum' : 'cumprod',
    loops: [...others, ...last],
    at,
    value,
    fixed: true,
  });
}

/** A copy with the addressed part replaced. */
function fillPut(planner: Planner, target: Target, node: Node<'put'>): void {
  const [x, value, ...positions] = node.args;
  const { axes } = node.attributes;
  const held = planner.unit.targets.get(x.id);
  const there = held !== undefined && sameMemory(target).includes(held);
  if (!there) assign(planner, target, x, (index) => index);
  const space = spaceOf(planner, value.type.shape);
  planner.inLoops(space.variables, () => {
    const at = addressed(planner, node, x.type.shape, axes, positions, space.index, false);
    addNest(planner, target, {
      op: 'set',
      loops: space.loops,
      at,
      value: planner.entry(value, space.index),
      fixed: true,
    });
  });
}

interface SignedTerm {
  readonly node: Node;
  readonly sign: 1 | -1;
}

function fillAdditive(planner: Planner, target: Target, node: Node): void {
  const { pool } = planner.unit;
  const terms = termsOf(planner, node, 1, true);
  const plain = terms.filter(({ node: term }) => !isOp(term, 'pad') && !isOp(term, 'scatter'));
  const added = terms.filter((term) => !plain.includes(term));
  const space = spaceOf(planner, node.type.shape);
  const signed = (x: Scalar, sign: 1 | -1): Scalar => (sign === 1 ? x : pool.unary('neg', x));
  const value = planner.inLoops(space.variables, () =>
    plain
      .map((term) => signed(planner.entry(term.node, space.index), term.sign))
      .reduce((sum, x) => pool.binary('add', sum, x), pool.number(0)),
  );
  addNest(planner, target, { op: 'set', loops: space.loops, at: space.index, value });
  for (const { node: term, sign } of added) {
    if (isOp(term, 'pad')) {
      const [x] = term.args;
      const inner = spaceOf(planner, x.type.shape);
      const { before } = term.attributes;
      addNest(planner, target, {
        op: 'sum',
        loops: inner.loops,
        at: inner.index.map((i, axis) => addDims(i, before[axis])),
        value: signed(
          planner.inLoops(inner.variables, () => planner.entry(x, inner.index)),
          sign,
        ),
      });
    }
    if (isOp(term, 'scatter')) {
      const [updates, ...positions] = term.args;
      const inner = spaceOf(planner, updates.type.shape);
      planner.inLoops(inner.variables, () => {
        const at = addressed(
          planner,
          term,
          term.type.shape,
          term.attributes.axes,
          positions,
          inner.index,
          false,
        );
        addNest(planner, target, {
          op: 'sum',
          loops: inner.loops,
          at,
          value: signed(planner.entry(updates, inner.index), sign),
          fixed: true,
        });
      });
    }
  }
}

function termsOf(planner: Planner, node: Node, sign: 1 | -1, top: boolean): readonly SignedTerm[] {
  const open = top || (planner.unit.placement.uses(node) === 1 && isAdditive(planner.unit, node));
  if (!open || !isSum(node)) return [{ node, sign }];
  const flipped = sign === 1 ? -1 : 1;
  if (node.op === 'unary') return termsOf(planner, node.args[0], flipped, false);
  const minus = node.op === 'binary' && node.attributes.fn === 'sub';
  return [
    ...termsOf(planner, node.args[0], sign, false),
    ...termsOf(planner, node.args[1], minus ? flipped : sign, false),
  ];
}

function literalTarget(planner: Planner, node: Node<'literal'>): Target {
  const { unit } = planner;
  const name = unit.wishes.get(node.id)?.name ?? unit.names.fresh(unit.hint(node) ?? 'table');
  const target = unit.newTarget({
    hint: name,
    shape: node.type.shape,
    given: { kind: 'array', name },
  });
  unit.literals.set(node.id, { target, values: node.attributes.values });
  return target;
}

/** The dense copy of a compressed node. */
export const materializeCopy = (planner: Planner, node: Node): Target => sparseCopy(planner, node);
