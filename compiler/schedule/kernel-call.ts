// Operations that a function of the runtime carries out: dense linear algebra, sorting, draws. Each takes whole arrays and writes whole arrays.
import {
  addDims,
  constantDim,
  multiplyDims,
  productOfDims,
  scaleDim,
  type Dim,
} from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Distribution, Node, Op } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { inputsOf, postorder } from '../tensor/visit.ts';
import { position, text, type Emitter } from './emitter.ts';
import { denseCopy } from './entry.ts';
import { hintOf } from './materialize.ts';
import type { Planner } from './planner.ts';
import { isCompressed } from './sparse.ts';
import type { Scalar } from './scalar.ts';
import type { Argument } from './statement.ts';
import type { Target } from './target.ts';

/** A call: the function, how much scratch memory it needs, and its arguments after the results and before the scratch. */
interface Kernel {
  readonly name: string;
  readonly sizes: readonly Argument[];
  readonly work: Dim | undefined;
}

type KernelRule<O extends Op> = (node: Node<O>) => Kernel;

const square = (n: Dim): Dim => multiplyDims(n, n);

interface MatrixSizes {
  readonly batch: readonly Argument[];
  readonly rows: Dim;
  readonly columns: Dim;
}

function matrixSizes({ type: { shape } }: Node): MatrixSizes {
  const leading = shape.slice(0, -2);
  return {
    batch: leading.length === 0 ? [] : [position(productOfDims(leading))],
    rows: shape[shape.length - 2],
    columns: shape[shape.length - 1],
  };
}

/** Entries before, along and after an axis. */
function axisSizes({ type: { shape } }: Node, axis: number): readonly Argument[] {
  return [shape.slice(0, axis), [shape[axis]], shape.slice(axis + 1)].map((dims) =>
    position(productOfDims(dims)),
  );
}

type KernelOp =
  | 'cholesky'
  | 'triangularSolve'
  | 'solve'
  | 'leastSquares'
  | 'qr'
  | 'eigh'
  | 'svd'
  | 'logabsdet'
  | 'expm'
  | 'sort'
  | 'argsort';

const kernels: { readonly [O in KernelOp]: KernelRule<O> } = {
  cholesky: ({ args: [A] }) => {
    const { rows, batch } = matrixSizes(A);
    return { name: 'cholesky', sizes: [position(rows), ...batch], work: undefined };
  },
  triangularSolve: ({ args: [, B], attributes: { lower, transposed } }) => {
    const { rows, columns, batch } = matrixSizes(B);
    const sizes = [rows, columns].map(position);
    const flags = [text(String(lower)), text(String(transposed))];
    return { name: 'triangularSolve', sizes: [...sizes, ...flags, ...batch], work: undefined };
  },
  solve: ({ args: [, B], attributes: { positiveDefinite } }) => {
    const { rows, columns, batch } = matrixSizes(B);
    return {
      name: positiveDefinite ? 'solvePositiveDefinite' : 'solve',
      sizes: [position(rows), position(columns), ...batch],
      work: positiveDefinite ? square(rows) : addDims(square(rows), rows),
    };
  },
  leastSquares: ({ args: [A, B] }) => {
    const { rows, columns, batch } = matrixSizes(A);
    const right = matrixSizes(B).columns;
    const work = addDims(
      addDims(multiplyDims(rows, columns), multiplyDims(rows, right)),
      addDims(square(columns), scaleDim(columns, 4)),
    );
    return {
      name: 'leastSquares',
      sizes: [position(rows), position(columns), position(right), ...batch],
      work,
    };
  },
  qr: ({ args: [A] }) => {
    const { rows, columns, batch } = matrixSizes(A);
    return {
      name: 'qr',
      sizes: [position(rows), position(columns), ...batch],
      work: addDims(multiplyDims(rows, columns), columns),
    };
  },
  eigh: ({ args: [A] }) => {
    const { rows, batch } = matrixSizes(A);
    return { name: 'eigh', sizes: [position(rows), ...batch], work: rows };
  },
  svd: ({ args: [A] }) => {
    const { rows, columns, batch } = matrixSizes(A);
    const work = addDims(
      multiplyDims(rows, columns),
      addDims(addDims(square(rows), square(columns)), addDims(rows, columns)),
    );
    return { name: 'svd', sizes: [position(rows), position(columns), ...batch], work };
  },
  logabsdet: ({ args: [A] }) => {
    const { rows, batch } = matrixSizes(A);
    return {
      name: 'logabsdet',
      sizes: [position(rows), ...batch],
      work: addDims(square(rows), rows),
    };
  },
  expm: ({ args: [A] }) => {
    const { rows, batch } = matrixSizes(A);
    return {
      name: 'expm',
      sizes: [position(rows), ...batch],
      work: addDims(scaleDim(square(rows), 7), rows),
    };
  },
  sort: ({ args: [x], attributes: { axis, descending } }) => ({
    name: 'sort',
    sizes: [...axisSizes(x, axis), text(String(descending))],
    work: scaleDim(x.type.shape[axis], 3),
  }),
  argsort: ({ args: [x], attributes: { axis, descending } }) => ({
    name: 'argsort',
    sizes: [...axisSizes(x, axis), text(String(descending))],
    work: scaleDim(x.type.shape[axis], 3),
  }),
};

function kernelOf(node: Node): Kernel | undefined {
  switch (node.op) {
    case 'cholesky':
      return kernels.cholesky(node);
    case 'triangularSolve':
      return kernels.triangularSolve(node);
    case 'solve':
      return kernels.solve(node);
    case 'leastSquares':
      return kernels.leastSquares(node);
    case 'qr':
      return kernels.qr(node);
    case 'eigh':
      return kernels.eigh(node);
    case 'svd':
      return kernels.svd(node);
    case 'logabsdet':
      return kernels.logabsdet(node);
    case 'expm':
      return kernels.expm(node);
    case 'sort':
      return kernels.sort(node);
    case 'argsort':
      return kernels.argsort(node);
    default:
      return undefined;
  }
}

/** The target of a node with one result that a kernel computes. */
export function kernelCall(planner: Planner, node: Node): Target | undefined {
  if (node.op === 'draw' || node.op === 'sample') return planDraw(planner, node);
  if (node.op === 'compress') return planCompress(planner, node);
  return kernelOf(node) === undefined ? undefined : kernelParts(planner, node)[0];
}

/** The targets of all results of a node that a kernel computes. */
export function kernelParts(planner: Planner, node: Node): readonly Target[] {
  const { unit } = planner;
  if (isOp(node, 'eigh') && !asksForVectors(planner, node)) return [eigenvaluesOnly(planner, node)];
  if (isOp(node, 'solve') && isFactoredApart(planner, node))
    return [solvedByFactors(planner, node)];
  const kernel = kernelOf(node);
  if (kernel === undefined) throw new InternalError(`nothing computes ${node.op}`);
  if (isOp(node, 'solve') && changesWithNumbers(node.args[0])) return [solvedAgain(planner, node)];
  const results = node.results.map(({ shape }, k) =>
    unit.newTarget({
      ...nameOfResult(planner, node, k),
      shape,
      boxed: shape.length === 0,
    }),
  );
  const args = node.args.map((arg) =>
    isCompressed(arg) ? denseCopy(planner, arg) : planner.ensure(arg),
  );
  const work =
    kernel.work === undefined ? [] : [unit.newTarget({ hint: 'work', shape: [kernel.work] })];
  addCall(planner, {
    name: kernel.name,
    writes: [...results, ...work],
    reads: args,
    args: (emitter) => [
      ...results.map(emitter.array),
      ...args.map(emitter.array),
      ...kernel.sizes.slice(0, sizesBeforeWork(kernel)),
      ...work.map(emitter.array),
      ...kernel.sizes.slice(sizesBeforeWork(kernel)),
    ],
    scalars: [],
  });
  return results;
}

/** The name that the array of a result must have, or a suggestion. */
function nameOfResult(
  { unit }: Planner,
  node: Node,
  index: number,
): { readonly hint: string; readonly exact: boolean } {
  const asked =
    node.results.length === 1
      ? node
      : unit.placement.order.find(
          (user) => isOp(user, 'part') && user.args[0] === node && user.attributes.index === index,
        );
  const name = asked === undefined ? undefined : unit.wishes.get(asked.id)?.name;
  const hint = name ?? (asked === undefined ? undefined : unit.hint(asked));
  return {
    hint: hint ?? unit.hint(node) ?? resultNames[node.op]?.[index] ?? 'v',
    exact: name !== undefined,
  };
}

/** Whether the matrix of a system is known before the right side, or belongs to several systems: then its factors are kept. */
function isFactoredApart({ unit: { placement }, place }: Planner, node: Node<'solve'>): boolean {
  const [A] = node.args;
  return (
    placement.placeOf(A) !== place ||
    placement.order.filter((other) => isOp(other, 'solve') && other.args[0] === A).length > 1
  );
}

function solvedByFactors(planner: Planner, node: Node<'solve'>): Target {
  const { unit } = planner;
  const [A, B] = node.args;
  const { positiveDefinite } = node.attributes;
  const { rows, columns, batch } = matrixSizes(B);
  const factors = planner.ensureFactors(A, positiveDefinite);
  const [{ shape }] = node.results;
  const result = unit.newTarget({ ...nameOfResult(planner, node, 0), shape });
  const right = isCompressed(B) ? denseCopy(planner, B) : planner.ensure(B);
  addCall(planner, {
    name: positiveDefinite ? 'solveCholesky' : 'solveFactored',
    writes: [result],
    reads: [factors, right],
    args: (emitter) => [
      emitter.array(result),
      emitter.array(factors),
      emitter.array(right),
      position(rows),
      position(columns),
      ...batch,
    ],
    scalars: [],
  });
  return result;
}

/** Whether a matrix of data changes with a few numbers at most, as with the penalty of ADMM: often it is the one of the iteration before. */
function changesWithNumbers(A: Node): boolean {
  const changing = inputsOf([A]).filter(
    ({ attributes: { role } }) => role !== 'data' && role !== 'param' && role !== 'set',
  );
  return (
    changing.length > 0 &&
    A.free.length === 0 &&
    changing.every(
      ({ type, attributes: { role } }) => role === 'state' && type.shape.length === 0,
    ) &&
    postorder([A]).every((inner) => !isOp(inner, 'draw') && !isOp(inner, 'sample'))
  );
}

/** A system that keeps its factors, and uses them again while the matrix is the same. */
function solvedAgain(planner: Planner, node: Node<'solve'>): Target {
  const { unit } = planner;
  const [A, B] = node.args;
  const { rows, columns, batch } = matrixSizes(B);
  const leading = productOfDims(A.type.shape.slice(0, -2));
  const [{ shape }] = node.results;
  const result = unit.newTarget({ ...nameOfResult(planner, node, 0), shape });
  const matrix = isCompressed(A) ? denseCopy(planner, A) : planner.ensure(A);
  const right = isCompressed(B) ? denseCopy(planner, B) : planner.ensure(B);
  const kept = unit.newTarget({
    hint: 'factored',
    shape: [
      multiplyDims(leading, addDims(scaleDim(square(rows), 2), addDims(rows, constantDim(1)))),
    ],
  });
  addCall(planner, {
    name: 'solveAgain',
    writes: [result, kept],
    reads: [matrix, right],
    args: (emitter) => [
      emitter.array(result),
      emitter.array(matrix),
      emitter.array(right),
      position(rows),
      position(columns),
      emitter.array(kept),
      ...batch,
    ],
    scalars: [],
  });
  return result;
}

/** The factors of a matrix: Cholesky's L, or LU with the rows exchanged. */
export function factorsOf(planner: Planner, A: Node, positiveDefinite: boolean): Target {
  const { rows, batch } = matrixSizes(A);
  const leading = A.type.shape.slice(0, -2);
  const size = positiveDefinite ? square(rows) : addDims(square(rows), rows);
  const factors = planner.unit.newTarget({
    hint: positiveDefinite ? 'L' : 'LU',
    shape: [multiplyDims(productOfDims(leading), size)],
  });
  const matrix = isCompressed(A) ? denseCopy(planner, A) : planner.ensure(A);
  addCall(planner, {
    name: positiveDefinite ? 'cholesky' : 'factor',
    writes: [factors],
    reads: [matrix],
    args: (emitter) => [emitter.array(factors), emitter.array(matrix), position(rows), ...batch],
    scalars: [],
  });
  return factors;
}

/** Whether someone asks for the eigenvectors. */
const asksForVectors = (planner: Planner, node: Node<'eigh'>): boolean =>
  planner.unit.placement.order.some(
    (user) => isOp(user, 'part') && user.args[0] === node && user.attributes.index === 1,
  );

function eigenvaluesOnly(planner: Planner, node: Node<'eigh'>): Target {
  const { unit } = planner;
  const [A] = node.args;
  const { rows, batch } = matrixSizes(A);
  const [{ shape }] = node.results;
  const result = unit.newTarget({ ...nameOfResult(planner, node, 0), shape });
  const matrix = isCompressed(A) ? denseCopy(planner, A) : planner.ensure(A);
  const work = unit.newTarget({ hint: 'work', shape: [addDims(square(rows), rows)] });
  addCall(planner, {
    name: 'eigenvalues',
    writes: [result, work],
    reads: [matrix],
    args: (emitter) => [
      emitter.array(result),
      emitter.array(matrix),
      position(rows),
      emitter.array(work),
      ...batch,
    ],
    scalars: [],
  });
  return result;
}

/** Textbook names of results. */
export const resultNames: { readonly [O in Op]?: readonly string[] } = {
  cholesky: ['L'],
  triangularSolve: ['solution'],
  solve: ['solution'],
  leastSquares: ['solution'],
  qr: ['Q', 'R'],
  eigh: ['w', 'V'],
  svd: ['U', 'sigma', 'V'],
  logabsdet: ['logDet', 'signDet'],
  expm: ['E'],
  sort: ['sorted'],
  argsort: ['order'],
};

/** Scratch memory comes last but for the optional number of matrices. */
const sizesBeforeWork = ({ sizes, name }: Kernel): number =>
  Math.min(sizes.length, arity[name] ?? sizes.length);

/** How many sizes a kernel takes without the number of matrices. */
const arity: Readonly<Record<string, number>> = {
  cholesky: 1,
  triangularSolve: 4,
  solve: 2,
  solvePositiveDefinite: 2,
  leastSquares: 3,
  qr: 2,
  eigh: 1,
  svd: 2,
  logabsdet: 1,
  expm: 1,
  sort: 4,
  argsort: 4,
};

interface CallPlan {
  readonly name: string;
  readonly writes: readonly Target[];
  readonly reads: readonly Target[];
  readonly scalars: readonly Scalar[];
  readonly args: (emitter: Emitter) => readonly Argument[];
}

export function addCall(planner: Planner, { name, writes, reads, scalars, args }: CallPlan): void {
  planner.add({
    kind: 'opaque',
    id: planner.unit.nextId(),
    writes,
    reads,
    scalars,
    emit: (emitter) => emitter.push({ kind: 'call', call: emitter.call(name, args(emitter)) }),
  });
}

function planDraw(planner: Planner, node: Node<'draw'> | Node<'sample'>): Target {
  const { unit } = planner;
  const result = unit.newTarget({
    hint: hintOf(planner, node),
    shape: node.type.shape,
    boxed: node.type.shape.length === 0,
  });
  if (node.op === 'sample') {
    const { site, population } = node.attributes;
    const counters = node.args.map((arg) => planner.entry(arg, []));
    addCall(planner, {
      name: 'sample',
      writes: [result],
      reads: [],
      scalars: counters,
      args: (emitter) => [
        text('random'),
        text(String(site)),
        list(counters.map((x) => ({ kind: 'value', value: emitter.value(x) }))),
        emitter.array(result),
        position(population),
      ],
    });
    return result;
  }
  const { distribution, site, parameters, stream } = node.attributes;
  const given = node.args.slice(0, parameters).map((arg) => ({
    target: arg.type.shape.length === 0 ? undefined : planner.ensure(arg),
    value: arg.type.shape.length === 0 ? planner.entry(arg, []) : undefined,
  }));
  const counters = node.args.slice(parameters).map((arg) => planner.entry(arg, []));
  const last = node.type.shape.at(-1) ?? constantDim(1);
  const choices = node.args[0]?.type.shape.at(-1);
  addCall(planner, {
    name: 'draw',
    writes: [result],
    reads: given.flatMap(({ target }) => (target === undefined ? [] : [target])),
    scalars: [...counters, ...given.flatMap(({ value }) => (value === undefined ? [] : [value]))],
    args: (emitter) => [
      text(stream === 'data' ? 'dataRandom' : 'random'),
      text(`'${distribution}'`),
      text(String(site)),
      list(counters.map((x) => ({ kind: 'value', value: emitter.value(x) }))),
      emitter.array(result),
      list(
        given.map(({ target, value }): Argument =>
          target !== undefined
            ? emitter.array(target)
            : { kind: 'value', value: emitter.value(value ?? unit.pool.number(0)) },
        ),
      ),
      ...(byRows.has(distribution) ? [position(last)] : []),
      ...(distribution === 'categorical' && choices !== undefined
        ? [position(last), position(choices)]
        : []),
    ],
  });
  return result;
}

/** Distributions that draw whole rows. */
const byRows: ReadonlySet<Distribution> = new Set<Distribution>(['dirichlet', 'permutation']);

const list = (items: readonly Argument[]): Argument => ({
  kind: 'call',
  name: '[]',
  args: items,
});

/** The positions of the true entries; defines the size of the result, so it is done where memory may still be taken. */
function planCompress(planner: Planner, node: Node<'compress'>): Target {
  const { unit } = planner;
  const [mask] = node.args;
  const source = planner.ensure(mask);
  const { length } = node.attributes;
  const name = unit.wishes.get(node.id)?.name ?? unit.names.fresh(unit.hint(node) ?? 'positions');
  const result = unit.newTarget({
    hint: name,
    shape: node.type.shape,
    given: { kind: 'array', name },
  });
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: [result],
    reads: [source],
    scalars: [],
    emit: (emitter) => {
      const shape = list(mask.type.shape.map((dim) => emitter.size(dim)));
      const call = emitter.call('compress', [emitter.array(source), shape]);
      emitter.push({ kind: 'const', name, value: call });
      emitter.defineSize(length.key, name, mask.type.shape.length);
    },
  });
  return result;
}
