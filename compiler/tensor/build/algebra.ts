// Builders of products and dense linear algebra.
import { InternalError } from '../internal-error.ts';
import type { Attributes, Node, OracleKind } from '../ir.ts';
import { printType, toDim, toShape, type DimLike } from '../type.ts';
import type { Operand } from './arithmetic.ts';
import { ArrangementBuilder } from './arrangement.ts';

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

/** Arithmetic and arrangement with products and linear algebra. */
export class AlgebraBuilder extends ArrangementBuilder implements Algebra {
  readonly part: Algebra['part'] = (of, index) =>
    of.results.length === 1 && index === 0 ? of : this.make('part', { index }, [of]);
  readonly parts: Algebra['parts'] = (of) => of.results.map((_, index) => this.part(of, index));

  readonly contract: Algebra['contract'] = (a, b, sum, batch = []) =>
    this.make('contract', { batch, sum }, [a, b]);

  /** Linear solvers take matrices; a vector goes in and out as one column. */
  private onMatrices(B: Node, rank: number, apply: (B: Node) => Node): Node {
    if (B.type.shape.length === rank) return apply(B);
    const column = apply(this.expandAxis(B, B.type.shape.length));
    return this.reshape(column, column.type.shape.slice(0, -1));
  }

  private onDiagonal(size: DimLike): Node {
    const shape = [size, size];
    return this.eq(
      this.broadcastTo(this.iota(size), shape, [0]),
      this.broadcastTo(this.iota(size), shape, [1]),
    );
  }

  private two(of: Node): readonly [Node, Node] {
    return [this.part(of, 0), this.part(of, 1)];
  }

  readonly diagonal: Algebra['diagonal'] = (A) => {
    const positions = this.iota(A.type.shape[0]);
    return this.gather(A, [positions, positions], [0, 1], true);
  };
  readonly dot: Algebra['dot'] = (a, b) =>
    this.contract(
      a,
      b,
      a.type.shape.map((_, k) => [k, k]),
    );
  readonly sumsq: Algebra['sumsq'] = (x) => this.sum(this.square(x));
  readonly matmul: Algebra['matmul'] = (a, b) => {
    if (rank(a) === 0 || rank(b) === 0) return this.mul(a, b);
    return this.contract(a, b, [[rank(a) - 1, 0]]);
  };
  readonly matvec: Algebra['matvec'] = (A, x) => {
    requireMatrix(A);
    return this.contract(A, x, [[1, 0]]);
  };
  readonly transposedMatvec: Algebra['transposedMatvec'] = (A, x) => {
    requireMatrix(A);
    return this.contract(A, x, [[0, 0]]);
  };
  readonly outer: Algebra['outer'] = (a, b) => this.contract(a, b, []);
  readonly eye: Algebra['eye'] = (size) => this.select(this.onDiagonal(size), 1, 0);
  readonly diagonalMatrix: Algebra['diagonalMatrix'] = (d) => {
    const [size] = d.type.shape;
    return this.select(this.onDiagonal(size), this.broadcastTo(d, [size, size], [0]), 0);
  };
  readonly trace: Algebra['trace'] = (A) => this.sum(this.diagonal(A));
  readonly cholesky: Algebra['cholesky'] = (A) => this.make('cholesky', {}, [A]);
  readonly triangularSolve: Algebra['triangularSolve'] = (L, B, options) =>
    this.onMatrices(B, rank(L), (right) => this.make('triangularSolve', options, [L, right]));
  readonly solve: Algebra['solve'] = (A, B, positiveDefinite = false) =>
    this.onMatrices(B, rank(A), (right) => this.make('solve', { positiveDefinite }, [A, right]));
  readonly leastSquares: Algebra['leastSquares'] = (A, B) =>
    this.onMatrices(B, rank(A), (right) => this.make('leastSquares', {}, [A, right]));
  readonly qr: Algebra['qr'] = (A) => this.two(this.make('qr', {}, [A]));
  readonly eigh: Algebra['eigh'] = (A) => this.two(this.make('eigh', {}, [A]));
  readonly svd: Algebra['svd'] = (A) => {
    const made = this.make('svd', {}, [A]);
    return [this.part(made, 0), this.part(made, 1), this.part(made, 2)];
  };
  readonly logabsdet: Algebra['logabsdet'] = (A) => this.two(this.make('logabsdet', {}, [A]));
  readonly expm: Algebra['expm'] = (A) => this.make('expm', {}, [A]);
  readonly oracle: Algebra['oracle'] = (x, kind, name, times = 1) =>
    this.make('oracle', { kind, name, times: toDim(times) }, [x]);
  readonly draw: Algebra['draw'] = (
    distribution,
    parameters,
    { site, shape, counters, stream = 'run' },
  ) =>
    this.make(
      'draw',
      { distribution, site, parameters: parameters.length, shape: toShape(shape), stream },
      [...parameters.map(this.node), ...counters.map(this.node)],
    );
  readonly sample: Algebra['sample'] = (population, count, site, counters) =>
    this.make(
      'sample',
      { site, population: toDim(population), count: toDim(count) },
      counters.map(this.node),
    );
}

const rank = (A: Node): number => A.type.shape.length;

function requireMatrix(A: Node): void {
  if (A.type.shape.length !== 2)
    throw new InternalError(`a matrix is needed, not ${printType(A.type)}`);
}
