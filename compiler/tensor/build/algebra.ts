// Builders of products and dense linear algebra.
import type { Core } from '../graph.ts';
import { InternalError } from '../internal-error.ts';
import type { Attributes, Node, OracleKind } from '../ir.ts';
import { printType, toDim, toShape, type DimLike } from '../type.ts';
import type { Arithmetic, Operand } from './arithmetic.ts';
import type { Arrangement } from './arrangement.ts';

export interface DrawOptions {
  readonly site: number;
  readonly shape: readonly DimLike[];
  readonly counters: readonly Operand[];
  readonly stream?: 'run' | 'data';
}

export interface Algebra {
  readonly contract: (
    a: Node,
    b: Node,
    sum: Attributes['contract']['sum'],
    batch?: Attributes['contract']['batch'],
  ) => Node;
  /** The sum of products of all entries; equal shapes. */
  readonly dot: (a: Node, b: Node) => Node;
  /** The sum of squares. */
  readonly sumsq: (x: Node) => Node;
  /** The product as the language reads `*`: matrix or vector with matrix or vector over the last axis of a and the first of b. */
  readonly matmul: (a: Node, b: Node) => Node;
  readonly matvec: (A: Node, x: Node) => Node;
  /** A' x without the transpose. */
  readonly transposedMatvec: (A: Node, x: Node) => Node;
  /** Entry (i, j) = a[i] * b[j]. */
  readonly outer: (a: Node, b: Node) => Node;
  readonly eye: (size: DimLike) => Node;
  /** The matrix with this diagonal. */
  readonly diagonalMatrix: (d: Node) => Node;
  /** The diagonal of a square matrix. */
  readonly diagonal: (A: Node) => Node;
  readonly trace: (A: Node) => Node;
  readonly cholesky: (A: Node) => Node;
  /** B a vector or a matrix. */
  readonly triangularSolve: (L: Node, B: Node, options: Attributes['triangularSolve']) => Node;
  readonly solve: (A: Node, B: Node, positiveDefinite?: boolean) => Node;
  readonly leastSquares: (A: Node, B: Node) => Node;
  readonly qr: (A: Node) => readonly [Node, Node];
  readonly eigh: (A: Node) => readonly [Node, Node];
  readonly svd: (A: Node) => readonly [Node, Node, Node];
  readonly logabsdet: (A: Node) => readonly [Node, Node];
  readonly expm: (A: Node) => Node;
  /** Result `index`; the node itself where it has one result. */
  readonly part: (node: Node, index: number) => Node;
  readonly parts: (node: Node) => readonly Node[];
  readonly oracle: (x: Node, kind: OracleKind, name: string, times?: DimLike) => Node;
  readonly draw: (
    distribution: Attributes['draw']['distribution'],
    parameters: readonly Operand[],
    options: DrawOptions,
  ) => Node;
  readonly sample: (
    population: DimLike,
    count: DimLike,
    site: number,
    counters: readonly Operand[],
  ) => Node;
}

export function algebra(core: Core, sums: Arithmetic, arranged: Arrangement): Algebra {
  const { make } = core;
  const { constant, select, eq, iota } = sums;
  const { broadcastTo, reshape, gather, expandAxis } = arranged;
  const node = (x: Operand): Node => (typeof x === 'number' ? constant(x) : x);

  const part = (of: Node, index: number): Node =>
    of.results.length === 1 && index === 0 ? of : make('part', { index }, [of]);
  const parts = (of: Node): readonly Node[] => of.results.map((_, index) => part(of, index));

  const contract: Algebra['contract'] = (a, b, sum, batch = []) =>
    make('contract', { batch, sum }, [a, b]);

  /** Linear solvers take matrices; a vector goes in and out as one column. */
  const onMatrices = (B: Node, rank: number, apply: (B: Node) => Node): Node => {
    if (B.type.shape.length === rank) return apply(B);
    const column = apply(expandAxis(B, B.type.shape.length));
    return reshape(column, column.type.shape.slice(0, -1));
  };
  const rank = (A: Node): number => A.type.shape.length;

  const onDiagonal = (size: DimLike): Node => {
    const shape = [size, size];
    return eq(broadcastTo(iota(size), shape, [0]), broadcastTo(iota(size), shape, [1]));
  };

  const diagonal = (A: Node): Node => {
    const positions = iota(A.type.shape[0]);
    return gather(A, [positions, positions], [0, 1], true);
  };

  const three = (of: Node): readonly [Node, Node, Node] => [part(of, 0), part(of, 1), part(of, 2)];
  const two = (of: Node): readonly [Node, Node] => [part(of, 0), part(of, 1)];

  return {
    contract,
    part,
    parts,
    diagonal,
    dot: (a, b) =>
      contract(
        a,
        b,
        a.type.shape.map((_, k) => [k, k]),
      ),
    sumsq: (x) => sums.sum(sums.square(x)),
    matmul: (a, b) => {
      if (rank(a) === 0 || rank(b) === 0) return sums.mul(a, b);
      return contract(a, b, [[rank(a) - 1, 0]]);
    },
    matvec: (A, x) => {
      requireMatrix(A);
      return contract(A, x, [[1, 0]]);
    },
    transposedMatvec: (A, x) => {
      requireMatrix(A);
      return contract(A, x, [[0, 0]]);
    },
    outer: (a, b) => contract(a, b, []),
    eye: (size) => select(onDiagonal(size), 1, 0),
    diagonalMatrix: (d) => {
      const [size] = d.type.shape;
      return select(onDiagonal(size), broadcastTo(d, [size, size], [0]), 0);
    },
    trace: (A) => sums.sum(diagonal(A)),
    cholesky: (A) => make('cholesky', {}, [A]),
    triangularSolve: (L, B, options) =>
      onMatrices(B, rank(L), (right) => make('triangularSolve', options, [L, right])),
    solve: (A, B, positiveDefinite = false) =>
      onMatrices(B, rank(A), (right) => make('solve', { positiveDefinite }, [A, right])),
    leastSquares: (A, B) => onMatrices(B, rank(A), (right) => make('leastSquares', {}, [A, right])),
    qr: (A) => two(make('qr', {}, [A])),
    eigh: (A) => two(make('eigh', {}, [A])),
    svd: (A) => three(make('svd', {}, [A])),
    logabsdet: (A) => two(make('logabsdet', {}, [A])),
    expm: (A) => make('expm', {}, [A]),
    oracle: (x, kind, name, times = 1) => make('oracle', { kind, name, times: toDim(times) }, [x]),
    draw: (distribution, parameters, { site, shape, counters, stream = 'run' }) =>
      make(
        'draw',
        { distribution, site, parameters: parameters.length, shape: toShape(shape), stream },
        [...parameters.map(node), ...counters.map(node)],
      ),
    sample: (population, count, site, counters) =>
      make(
        'sample',
        { site, population: toDim(population), count: toDim(count) },
        counters.map(node),
      ),
  };
}

function requireMatrix(A: Node): void {
  if (A.type.shape.length !== 2)
    throw new InternalError(`a matrix is needed, not ${printType(A.type)}`);
}
