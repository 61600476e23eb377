// Upper bounds for the largest singular value of a given matrix, lower bounds for the smallest, as expressions evaluated once data is in.
//
// Where forming the smaller Gram matrix is cheap its eigenvalues are used, which is exact but for rounding. Otherwise the upper bound comes from the
// Lanczos method: from a random start its largest Ritz value θ after k steps satisfies θ >= (1 - ε) λmax but for a probability of at most
// 1.648 √n exp(-√ε (2k - 1)) (Kuczyński & Woźniakowski 1992, theorem 4.2), so θ/(1 - ε) is a bound. Here k = 24, and ε is such that the probability is 1e-8:
// 0.22 for 500 columns, 0.3 for a million. A step costs as much as an iteration of a gradient method, so many more would cost more than most runs. The squared
// Frobenius norm is a bound without exception. Both need only products with A, which stays as sparse as it is.
import { constantDim, constantValue, multiplyDims, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { numbersIn } from './numbers.ts';

/** Gram matrices are formed up to this size and for at most this many products. */
export const gramSize = 512;
export const gramWork = 2e8;
/** For the largest eigenvalue alone up to this one: beyond it 24 products cost less. */
const largestSize = 200;
const lanczosSteps = 24;
const lanczosRisk = 1e-8;
/** Rounding in the eigenvalues of a Gram matrix, relative to the largest. */
const gramRounding = 1e-11;

const isOne = (dim: Dim): boolean => constantValue(dim) === 1;

/** Whether the Gram matrix over `inner` of a matrix [outer, inner] is cheap: known at once, or a condition on sizes. */
function gramIsCheap(
  graph: Graph,
  inner: Dim,
  outer: Dim,
  most: number = gramSize,
): boolean | Node {
  const work = multiplyDims(multiplyDims(inner, inner), outer);
  const [size, products] = [constantValue(inner), constantValue(work)];
  if (size !== undefined && products !== undefined) return size <= most && products <= gramWork;
  if (size !== undefined && size > most) return false;
  return graph.and(graph.le(graph.size(inner), most), graph.le(graph.size(work), gramWork));
}

const choose = (
  graph: Graph,
  when: boolean | Node,
  then: () => Node,
  otherwise: () => Node,
): Node => {
  if (typeof when === 'boolean') return when ? then() : otherwise();
  return graph.cond(
    when,
    () => [then()],
    () => [otherwise()],
  )[0];
};

/** Gram matrix over the columns, A'A, or over the rows, AA', batched over leading axes. */
function gram(graph: Graph, matrix: Node, over: 'columns' | 'rows'): Node {
  const rank = matrix.type.shape.length;
  const axis = over === 'columns' ? rank - 2 : rank - 1;
  const batch = matrix.type.shape.slice(0, -2).map((_, k): readonly [number, number] => [k, k]);
  return graph.contract(matrix, matrix, [[axis, axis]], batch);
}

/** At least the largest singular value squared of a matrix (or of each of a batch of them). */
export function largestSquared(graph: Graph, matrix: Node): Node {
  if (isOp(matrix, 'transpose') && matrix.attributes.permutation.join() === '1,0')
    return largestSquared(graph, matrix.args[0]);
  const shape = matrix.type.shape;
  const [rows, columns] = [shape[shape.length - 2], shape[shape.length - 1]];
  if (isOne(rows) || isOne(columns)) return rowNorms(graph, matrix);
  const cheap = (): Node => productBound(graph, matrix);
  if (matrix.type.storage === 'csr') return cheap();
  const eigen = (over: 'columns' | 'rows') => (): Node =>
    graph.maxOver(graph.eigh(gram(graph, matrix, over))[0]);
  return choose(graph, gramIsCheap(graph, columns, rows, largestSize), eigen('columns'), () =>
    choose(graph, gramIsCheap(graph, rows, columns, largestSize), eigen('rows'), cheap),
  );
}

/** A matrix of one row or one column: its norm. */
function rowNorms(graph: Graph, matrix: Node): Node {
  const rank = matrix.type.shape.length;
  const norms = graph.sum(graph.square(matrix), [rank - 2, rank - 1]);
  return norms.type.shape.length === 0 ? norms : graph.maxOver(norms);
}

function productBound(graph: Graph, matrix: Node): Node {
  const { min } = numbersIn(graph);
  const rank = matrix.type.shape.length;
  const squares = graph.sum(graph.square(matrix), [rank - 2, rank - 1]);
  const frobenius = squares.type.shape.length === 0 ? squares : graph.maxOver(squares);
  if (rank !== 2) return frobenius;
  const ritz = largestRitzValue(graph, matrix);
  return min(frobenius, graph.div(ritz, graph.sub(1, lanczosLoss(graph, matrix.type.shape[1]))));
}

/** By how much, relative to it, the largest eigenvalue may be above the largest Ritz value: ε = (log(1.648 √n / risk) / (2k - 1))². */
function lanczosLoss(graph: Graph, columns: Dim): Node {
  const exponent = graph.log(graph.mul(1.648 / lanczosRisk, graph.sqrt(graph.size(columns))));
  return graph.square(graph.div(exponent, 2 * lanczosSteps - 1));
}

/** The largest eigenvalue of the tridiagonal matrix that Lanczos' method makes of A'A (Golub & Van Loan 2013, algorithm 10.1.1). */
function largestRitzValue(graph: Graph, matrix: Node): Node {
  const columns = matrix.type.shape[1];
  const apply = (v: Node): Node => graph.transposedMatvec(matrix, graph.matvec(matrix, v));
  const start = scattered(graph, columns);
  const unit = graph.div(start, norm(graph, start));
  const { stacked } = graph.loop(
    constantDim(lanczosSteps),
    [graph.full(0, [columns]), unit, graph.constant(0)],
    (_, before, now, coupling) => {
      const image = apply(now);
      const middle = graph.dot(now, image);
      const rest = graph.sub(graph.sub(image, graph.mul(middle, now)), graph.mul(coupling, before));
      const beside = norm(graph, rest);
      return {
        next: [now, graph.div(rest, graph.max(beside, 1e-300)), beside],
        stacked: [middle, beside],
      };
    },
  );
  const [diagonal, besides] = stacked;
  const last = lanczosSteps - 1;
  const shape = [constantDim(lanczosSteps), constantDim(lanczosSteps)];
  const coupled = graph.diagonalMatrix(
    graph.sliceAxis(besides, 0, constantDim(0), constantDim(last)),
  );
  const below = graph.pad(coupled, [constantDim(1), constantDim(0)], shape);
  const above = graph.pad(coupled, [constantDim(0), constantDim(1)], shape);
  const tridiagonal = graph.add(graph.diagonalMatrix(diagonal), graph.add(below, above));
  return graph.maxOver(graph.eigh(tridiagonal)[0]);
}

const norm = (graph: Graph, v: Node): Node => graph.sqrt(graph.sumsq(v));

/** Numbers without a pattern, always the same: a start that no structure of a matrix is likely to be at right angles to. */
function scattered(graph: Graph, length: Dim): Node {
  const place = graph.add(graph.iota(length), 1);
  return graph.cos(graph.mul(2.399963229728653, graph.square(place)));
}

/** At most the smallest singular value squared of a matrix with at least as many rows as columns; 0 where that is not cheap to know. */
export function smallestSquared(graph: Graph, matrix: Node): Node {
  const { zero } = numbersIn(graph);
  const shape = matrix.type.shape;
  const [rows, columns] = [shape[shape.length - 2], shape[shape.length - 1]];
  if (matrix.type.storage === 'csr') return zero;
  const [fewer, more] = [constantValue(rows), constantValue(columns)];
  if (fewer !== undefined && more !== undefined && fewer < more) return zero;
  return choose(
    graph,
    gramIsCheap(graph, columns, rows),
    () => graph.max(smallestEigenvalue(graph, gram(graph, matrix, 'columns')), 0),
    () => zero,
  );
}

/** The smallest eigenvalue of a symmetric matrix less what rounding can do. */
export function smallestEigenvalue(graph: Graph, symmetric: Node): Node {
  const [values] = graph.eigh(symmetric);
  const rounding = graph.mul(gramRounding, graph.maxOver(graph.abs(values)));
  return graph.sub(graph.minOver(values), rounding);
}

/** At least the largest absolute value of an eigenvalue of a symmetric matrix: exact where that is cheap. */
export function symmetricNorm(graph: Graph, symmetric: Node): Node {
  const { sqrt } = numbersIn(graph);
  const [size] = symmetric.type.shape;
  if (symmetric.type.storage === 'csr') return sqrt(largestSquared(graph, symmetric));
  return choose(
    graph,
    gramIsCheap(graph, size, size, largestSize),
    () => largestEigenvalueSize(graph, symmetric),
    () => sqrt(productBound(graph, symmetric)),
  );
}

/** The largest absolute value of an eigenvalue of a symmetric matrix. */
export const largestEigenvalueSize = (graph: Graph, symmetric: Node): Node =>
  graph.maxOver(graph.abs(graph.eigh(symmetric)[0]));
