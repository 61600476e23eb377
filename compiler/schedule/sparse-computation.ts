// Computations on compressed matrices: products and sums row by row, without a transpose; whole matrices by functions of the runtime.
import type { Dim } from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { BinaryFn, Node } from '../tensor/ir.ts';
import type { Axis } from './computation.ts';
import { position, text } from './emitter.ts';
import { addNest, assignValue, hintOf, spaceOf } from './materialize.ts';
import { variableIndex, type Planner } from './planner.ts';
import { indexOf, isCompressed, sparseView, type SparseEntry, type SparseView } from './sparse.ts';
import type { Index } from './scalar.ts';
import type { Argument } from './statement.ts';
import type { Target } from './target.ts';

/** The view of a compressed node; its structure is stored first where no operand has it. */
export function viewOf(planner: Planner, node: Node): SparseView {
  const found = sparseView(context(planner), node);
  if (found !== undefined) return found;
  planner.ensure(node);
  const stored = sparseView(context(planner), node);
  if (stored === undefined) throw new InternalError(`no compressed form of ${node.op}`);
  return stored;
}

const context = (planner: Planner): Parameters<typeof sparseView>[0] => ({
  pool: planner.unit.pool,
  stored: (node) => {
    if (!isCompressed(node)) return undefined;
    const held = planner.unit.targets.get(node.id);
    if (held !== undefined) return held.storage === 'csr' ? held : undefined;
    return needsStructure(node) ? planner.ensure(node) : undefined;
  },
  entry: planner.entry,
});

/** Operations whose result has a structure of its own. */
function needsStructure(node: Node): boolean {
  switch (node.op) {
    case 'slice':
    case 'pad':
    case 'concat':
    case 'gather':
    case 'contract':
    case 'loop':
    case 'while':
    case 'cond':
    case 'part':
      return true;
    default:
      return false;
  }
}

interface RowLoops {
  readonly loops: readonly Axis[];
  readonly entry: SparseEntry;
}

/** Loops over the stored entries, row by row. */
function rowLoops(planner: Planner, view: SparseView, node: Node): RowLoops {
  const { unit } = planner;
  const [rows, columns] = view.transposed
    ? [node.type.shape[1], node.type.shape[0]]
    : node.type.shape;
  const row = unit.variable();
  const inRow = unit.variable();
  const [i, p] = [variableIndex(row), variableIndex(inRow)];
  const column = unit.pool.sparse(view.base, 'column', p);
  return {
    loops: [
      { variable: row, extent: rows, row: undefined },
      { variable: inRow, extent: columns, row: { matrix: view.base, at: i } },
    ],
    entry: { i, p, j: unit.pool.asIndex(column) },
  };
}

/** Sums over rows, columns or all of a compressed matrix. */
export function sparseReduce(planner: Planner, target: Target, node: Node<'reduce'>): boolean {
  const [x] = node.args;
  if (!isCompressed(x) || node.attributes.fn !== 'sum') return false;
  const view = viewOf(planner, x);
  const { loops, entry } = rowLoops(planner, view, x);
  const at = indexOf(view, entry).filter((_, axis) => !node.attributes.axes.includes(axis));
  const value = planner.inLoops(
    loops.map(({ variable }) => variable),
    () => view.value(entry),
  );
  addNest(planner, target, { op: 'sum', loops, at, value, fixed: true });
  return true;
}

/** Products with a compressed matrix on one side. */
export function sparseContract(planner: Planner, target: Target, node: Node<'contract'>): boolean {
  const [a, b] = node.args;
  const { batch, sum } = node.attributes;
  if (entryProduct(planner, target, node)) return true;
  const left = isCompressed(a);
  if (!left && !isCompressed(b)) return false;
  if (batch.length > 0 || sum.length === 0) return false;
  const [matrix, other] = left ? [a, b] : [b, a];
  const pairs = sum.map(([p, q]) => (left ? [p, q] : [q, p]));
  const view = viewOf(planner, matrix);
  const { loops, entry } = rowLoops(planner, view, matrix);
  const place = indexOf(view, entry);
  const free = other.type.shape.filter((_, axis) => !pairs.some(([, q]) => q === axis));
  const rest = spaceOf(planner, free);
  const there: Index[] = [];
  for (const [p, q] of pairs) there[q] = place[p];
  let next = 0;
  other.type.shape.forEach((_, axis) => {
    there[axis] ??= rest.index[next++];
  });
  const kept = place.filter((_, axis) => !pairs.some(([p]) => p === axis));
  const at = left ? [...kept, ...rest.index] : [...rest.index, ...kept];
  const all = [...loops, ...rest.loops];
  const value = planner.inLoops(
    all.map(({ variable }) => variable),
    () => planner.unit.pool.binary('mul', view.value(entry), planner.entry(other, there)),
  );
  addNest(planner, target, { op: 'sum', loops: all, at, value, fixed: true });
  return true;
}

/** Two matrices of one structure, entry by entry, and summed: all of them, by rows or by columns. */
function entryProduct(planner: Planner, target: Target, node: Node<'contract'>): boolean {
  const [a, b] = node.args;
  if (!isCompressed(a) || !isCompressed(b)) return false;
  const { batch, sum } = node.attributes;
  const pairs = [...batch, ...sum];
  if (sum.length === 0 || pairs.length !== 2) return false;
  const [left, right] = [viewOf(planner, a), viewOf(planner, b)];
  const crossed = pairs.every(([p, q]) => p !== q);
  if (left.base !== right.base || (left.transposed !== right.transposed) !== crossed) return false;
  if (!crossed && pairs.some(([p, q]) => p !== q)) return false;
  const { loops, entry } = rowLoops(planner, left, a);
  const place = indexOf(left, entry);
  const value = planner.inLoops(
    loops.map(({ variable }) => variable),
    () => planner.unit.pool.binary('mul', left.value(entry), right.value(entry)),
  );
  const at = batch.map(([p]) => place[p]);
  addNest(planner, target, { op: 'sum', loops, at, value, fixed: true });
  return true;
}

/** All entries, zeros included, as a dense array. */
export function sparseCopy(planner: Planner, node: Node): Target {
  const view = viewOf(planner, node);
  const target = planner.unit.newTarget({
    hint: `${hintOf(planner, node)}Dense`,
    shape: node.type.shape,
  });
  assignValue(planner, target, node.type.shape, (index) => index, planner.unit.pool.number(0));
  const { loops, entry } = rowLoops(planner, view, node);
  const value = planner.inLoops(
    loops.map(({ variable }) => variable),
    () => view.value(entry),
  );
  addNest(planner, target, { op: 'set', loops, at: indexOf(view, entry), value, fixed: true });
  return target;
}

/** A compressed matrix of its own: by a function of the runtime that takes others apart. */
export function materializeSparse(planner: Planner, node: Node): Target {
  const { unit } = planner;
  const own = needsStructure(node) || node.op === 'transpose';
  const view = own ? undefined : sparseView(context(planner), node);
  const name = unit.names.fresh(unit.hint(node) ?? 'S');
  const compressed = (wish: string, shape: readonly Dim[]): Target =>
    unit.newTarget({ hint: wish, shape, storage: 'csr', given: { kind: 'csr', name: wish } });
  const target = compressed(name, node.type.shape);
  if (view !== undefined && !view.transposed) {
    storeView(planner, target, name, node, view);
    return target;
  }
  if (view !== undefined) {
    const along = unit.names.fresh(`${name}Along`);
    const stored = compressed(along, node.type.shape.toReversed());
    storeView(planner, stored, along, node, view);
    const args = (array: (t: Target) => Argument): readonly Argument[] => [array(stored)];
    callFor(planner, target, name, { name: 'sparseTranspose', reads: [stored], args });
    return target;
  }
  callFor(planner, target, name, structureCall(planner, node));
  return target;
}

/** A compressed matrix that a function of the runtime gives. */
function callFor(planner: Planner, target: Target, name: string, call: StructureCall): void {
  planner.add({
    kind: 'opaque',
    id: planner.unit.nextId(),
    writes: [target],
    reads: call.reads,
    scalars: [],
    emit: (emitter) =>
      emitter.push({
        kind: 'const',
        name,
        value: emitter.call(call.name, call.args(emitter.array)),
      }),
  });
}

/** The structure of another matrix with new values. */
function storeView(
  planner: Planner,
  target: Target,
  name: string,
  node: Node,
  view: SparseView,
): void {
  const { unit } = planner;
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: [target],
    reads: [view.base],
    scalars: [],
    emit: (emitter) =>
      emitter.push({
        kind: 'const',
        name,
        value: emitter.call('sparseStructure', [emitter.array(view.base)]),
      }),
  });
  const { loops, entry } = rowLoops(planner, view, node);
  const value = planner.inLoops(
    loops.map(({ variable }) => variable),
    () => view.value(entry),
  );
  addNest(planner, target, { op: 'set', loops, at: [entry.p], value, fixed: true });
}

interface StructureCall {
  readonly name: string;
  readonly reads: readonly Target[];
  readonly args: (array: (target: Target) => Argument) => readonly Argument[];
}

function structureCall(planner: Planner, node: Node): StructureCall {
  if (node.op === 'binary') return combination(planner, node);
  if (node.op === 'gather') return rowsCall(planner, node);
  const reads = node.args.map((arg) => planner.ensure(arg));
  const [first] = reads;
  const sizes = (dims: readonly Dim[]): Argument => list(dims.map(position));
  switch (node.op) {
    case 'transpose':
      return { name: 'sparseTranspose', reads, args: (array) => [array(first)] };
    case 'slice': {
      const block = [sizes(node.attributes.start), sizes(node.attributes.size)];
      return { name: 'sparseSlice', reads, args: (array) => [array(first), ...block] };
    }
    case 'pad': {
      const block = [sizes(node.attributes.before), sizes(node.attributes.shape)];
      return { name: 'sparsePad', reads, args: (array) => [array(first), ...block] };
    }
    case 'concat': {
      const axis = text(String(node.attributes.axis));
      return { name: 'sparseConcat', reads, args: (array) => [list(reads.map(array)), axis] };
    }
    case 'contract': {
      const [[p, q]] = node.attributes.sum;
      const flags = [text(String(p === 0)), text(String(q === 1))];
      return { name: 'sparseProduct', reads, args: (array) => [...reads.map(array), ...flags] };
    }
    default:
      throw new InternalError(`no compressed form of ${node.op}`);
  }
}

const list = (items: readonly Argument[]): Argument => ({ kind: 'call', name: '[]', args: items });

/** Two structures entry by entry. */
function combination(planner: Planner, node: Node<'binary'>): StructureCall {
  const sign = signs.get(node.attributes.fn);
  if (sign === undefined || !node.args.every(isCompressed))
    throw new InternalError(`no compressed form of ${node.attributes.fn}`);
  const reads = node.args.map((arg) => planner.ensure(arg));
  return {
    name: 'sparseCombine',
    reads,
    args: (array) => [...reads.map(array), text(`(x, y) => ${sign}`)],
  };
}

const signs: ReadonlyMap<BinaryFn, string> = new Map<BinaryFn, string>([
  ['add', 'x + y'],
  ['sub', 'x - y'],
  ['mul', 'x * y'],
  ['max', 'Math.max(x, y)'],
  ['min', 'Math.min(x, y)'],
  ['ne', 'Number(x !== y)'],
  ['lt', 'Number(x < y)'],
  ['and', 'Number(x !== 0 && y !== 0)'],
  ['or', 'Number(x !== 0 || y !== 0)'],
]);

/** Rows of a compressed matrix by position. */
function rowsCall(planner: Planner, node: Node<'gather'>): StructureCall {
  const [A, positions] = node.args.map((arg) => planner.ensure(arg));
  const place = text(String(planner.unit.places.numberOf(node)));
  return {
    name: 'sparseRows',
    reads: [A, positions],
    args: (array) => [array(A), array(positions), place],
  };
}
