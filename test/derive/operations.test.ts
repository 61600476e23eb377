// Every operation has a case here, or a reason why it needs none.
import { describe, test } from 'vitest';
import { symbolDim } from '../../compiler/tensor/dim.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import type { Node, Op } from '../../compiler/tensor/ir.ts';
import { checkCase, numbers, type Case } from './check.ts';

const random = (count: number, seed = 3): readonly number[] => {
  const next = numbers(seed);
  return Array.from({ length: count }, () => Math.round(next() * 2000) / 1000);
};

const make = (
  name: string,
  shape: readonly number[],
  build: Case['build'],
  more: Partial<Case> = {},
): Case => ({
  name,
  shape,
  point: random(shape.reduce((a, b) => a * b, 1)),
  build,
  ...more,
});

/** Makes a linear program's test see second derivatives too. */
const cubed = (g: Graph, x: Node): Node => g.mul(g.mul(x, x), x);

/** A positive definite matrix of x. */
const definite = (g: Graph, x: Node): Node => {
  const [n] = x.type.shape;
  return g.add(g.contract(x, x, [[1, 1]]), g.eye(n));
};

/** Far from singular. */
const regular = (g: Graph, x: Node): Node => g.add(x, g.mul(4, g.eye(x.type.shape[0])));

const stackOf = (g: Graph, x: Node): Node =>
  g.stack([regular(g, x), g.transpose(regular(g, g.sin(x)))]);

const cases: { readonly [O in Op]: readonly Case[] | string } = {
  input: 'every case differentiates by an input',
  parameter: 'the cases of regions differentiate by parameters',
  constant: 'a leaf',
  literal: 'a leaf',
  size: 'a leaf',
  iota: 'a leaf',
  unary: 'elementwise.test.ts',
  binary: 'elementwise.test.ts',
  select: [
    make('select', [4], (g, x) => g.select(g.lt(x, 0), cubed(g, x), g.sin(x))),
    make('select, one side', [4], (g, x) => g.select(g.lt(x, 0), 1, g.sin(x))),
    make('select, other side', [2, 2], (g, x) => g.select(g.lt(x, 0.2), g.exp(x), x)),
  ],
  stop: 'its own test below',
  oracle: [make('oracle', [3], (g, x) => g.mul(g.oracle(g.sin(x), 'values', 'f'), x))],
  broadcast: [
    make('scalar', [], (g, x) => g.sin(g.broadcastTo(x, [3, 2]))),
    make('rows', [3], (g, x) => g.sin(g.broadcastTo(x, [3, 2], [0]))),
    make('columns', [3], (g, x) => cubed(g, g.broadcastTo(x, [2, 3, 2], [1]))),
  ],
  transpose: [
    make('matrix', [2, 3], (g, x) => g.mul(g.sin(g.transpose(x)), g.transpose(cubed(g, x)))),
    make('three axes', [2, 3, 2], (g, x) => cubed(g, g.transpose(x, [1, 2, 0]))),
  ],
  reshape: [
    make('flatten', [2, 3], (g, x) => g.sin(g.flatten(x))),
    make('fold', [6], (g, x) => g.contract(g.reshape(x, [2, 3]), g.reshape(x, [3, 2]), [[1, 0]])),
  ],
  slice: [
    make('block', [3, 4], (g, x) => cubed(g, g.slice(x, [1, 0], [2, 3]))),
    make('of a vector', [5], (g, x) => g.mul(g.slice(x, [0], [3]), g.sin(g.slice(x, [2], [3])))),
    make('blocks of a vector', [6], (g, x) =>
      g.matmul(g.reshape(g.slice(x, [0], [4]), [2, 2]), cubed(g, g.slice(x, [4], [2]))),
    ),
  ],
  pad: [
    make('matrix', [2, 2], (g, x) => cubed(g, g.add(g.pad(x, [1, 0], [4, 3]), 1))),
    make('slice put back', [4], (g, x) => g.mul(x, g.pad(g.sin(g.slice(x, [1], [2])), [1], [4]))),
  ],
  reverse: [make('reverse', [2, 3], (g, x) => g.mul(x, g.sin(g.reverse(x, 1))))],
  concat: [
    make('both', [3], (g, x) => g.concat([cubed(g, x), g.sin(x)], 0)),
    make('one moving', [2, 2], (g, x) =>
      cubed(g, g.concat([g.ones([2, 1]), x, g.zeros([2, 2])], 1)),
    ),
    make('gap', [2], (g, x) => cubed(g, g.concat([x, g.ones([1]), g.exp(x), g.ones([1])], 0))),
  ],
  gather: [
    make('vector', [4], (g, x) => cubed(g, g.gather(x, [g.literal([3, 0, 3])]))),
    make('rows', [3, 2], (g, x) => g.sin(g.gather(x, [g.literal([2, 0])], [0]))),
    make('columns', [3, 2], (g, x) => g.sin(g.gather(x, [g.literal([1, 1, 0])], [1]))),
    make('pairs', [3, 2], (g, x) =>
      cubed(g, g.gather(x, [g.literal([1, 2]), g.literal([1, 0])], [0, 1])),
    ),
    make('scalar index', [3, 2], (g, x) => cubed(g, g.gather(x, [1], [1]))),
    make('matrix of indices', [3, 2], (g, x) =>
      cubed(g, g.gather(x, [g.literal([1, 2, 0, 1], [2, 2])], [0])),
    ),
  ],
  scatter: [
    make('vector', [3], (g, x) => g.sin(g.scatter(x, [g.literal([3, 0, 3])], [4]))),
    make('rows', [2, 2], (g, x) => cubed(g, g.scatter(x, [g.literal([2, 0])], [3, 2], [0]))),
    make('columns', [2, 3], (g, x) => cubed(g, g.scatter(x, [g.literal([2, 0])], [3, 4], [1]))),
    make('pairs', [2], (g, x) =>
      cubed(g, g.scatter(x, [g.literal([2, 0]), g.literal([1, 1])], [3, 2], [0, 1])),
    ),
  ],
  put: [
    make('both', [4], (g, x) =>
      cubed(g, g.put(x, g.sin(g.slice(x, [1], [2])), [g.literal([3, 0])])),
    ),
    make('value', [2], (g, x) => cubed(g, g.put(g.ones([3]), x, [g.literal([2, 0])]))),
    make('row', [3, 2], (g, x) => cubed(g, g.put(x, g.at(g.exp(x), 0, 2), [1], [0]))),
    make('column', [3, 2], (g, x) => cubed(g, g.put(x, g.at(g.exp(x), 1, 1), [0], [1]))),
    make('array', [3], (g, x) => cubed(g, g.put(x, 2, [1]))),
  ],
  compress: [
    make('filtered', [4], (g, x) => {
      const positions = g.compress(g.lt(g.literal([1, -1, -2, 3]), 0), symbolDim('k'));
      return cubed(g, g.gather(x, [g.at(positions, 1, 0)], [0]));
    }),
  ],
  reduce: [
    make('sum', [2, 3], (g, x) => g.sum(cubed(g, x), [1])),
    make('sum of all', [2, 3], (g, x) => g.sin(g.sum(g.square(x)))),
    make('prod', [4], (g, x) => g.prod(x)),
    make('prod along', [2, 3], (g, x) => g.prod(g.sin(x), [1])),
    make('prod of middle', [2, 3, 2], (g, x) => g.prod(x, [0, 2]), { second: 1e-6 }),
    make('max', [5], (g, x) => g.maxOver(cubed(g, x))),
    make('max along', [3, 2], (g, x) => g.mul(g.maxOver(x, [0]), g.minOver(g.sin(x), [0]))),
    make('min of all', [3, 2], (g, x) => g.square(g.minOver(x))),
    make('any', [3], (g, x) => g.mul(x, g.broadcastTo(g.any(g.lt(x, 0)), [3]))),
    make('all', [3], (g, x) => g.mul(x, g.broadcastTo(g.all(g.lt(x, 5)), [3]))),
    make('mean', [2, 3], (g, x) => g.mean(cubed(g, x), [0])),
  ],
  argreduce: [
    make('argmax', [4], (g, x) => g.square(g.gather(x, [g.argmax(x, 0)]))),
    make('argmin', [4], (g, x) => g.square(g.gather(x, [g.argmin(x, 0)]))),
  ],
  cumulate: [
    make('sum', [2, 3], (g, x) => g.cumsum(cubed(g, x), 1)),
    make('sum back', [3, 2], (g, x) => g.cumsum(cubed(g, x), 0, true)),
    make('prod', [4], (g, x) => g.cumprod(x, 0)),
    make('prod back', [2, 3], (g, x) => g.cumprod(x, 1, true)),
    make('prod of rows', [3, 2], (g, x) => g.cumprod(g.sin(x), 0)),
    make('prod with zeros', [4], (g, x) => g.cumprod(x, 0), { point: [1.3, 0, 2, 0] }),
  ],
  sort: [
    make('vector', [5], (g, x) => g.mul(g.sort(cubed(g, x), 0), g.literal([1, 2, 3, 4, 5]))),
    make('rows', [3, 4], (g, x) => cubed(g, g.sort(x, 1, true)), { point: random(12, 9) }),
  ],
  argsort: [make('argsort', [4], (g, x) => g.sin(g.gather(cubed(g, x), [g.argsort(x, 0)])))],
  contract: [
    make('square', [3, 3], (g, x) => g.matmul(x, x)),
    make('gram', [2, 3], (g, x) => g.contract(x, x, [[0, 0]])),
    make('quadratic', [3], (g, x) => {
      const A = g.literal(random(9, 5), [3, 3]);
      return g.dot(x, g.matmul(A, x));
    }),
    make('batched', [2, 3, 2], (g, x) => g.contract(g.sin(x), x, [[2, 2]], [[0, 0]])),
    make('batched, other axes', [2, 3, 2], (g, x) =>
      g.contract(g.literal(random(12, 6), [3, 2, 2]), cubed(g, x), [[1, 0]], [[0, 1]]),
    ),
    make('left and batched', [2, 3, 2], (g, x) =>
      g.contract(cubed(g, x), g.literal(random(12, 6), [3, 2, 2]), [[0, 1]], [[1, 0]]),
    ),
    make('two sums', [2, 3], (g, x) =>
      g.contract(g.literal(random(12, 6), [3, 2, 2]), x, [
        [0, 1],
        [2, 0],
      ]),
    ),
    make('two sums, left', [2, 3], (g, x) =>
      g.contract(g.sin(x), g.literal(random(12, 6), [3, 2, 2]), [
        [0, 1],
        [1, 0],
      ]),
    ),
    make('outer', [3], (g, x) => g.outer(g.sin(x), x)),
    make('diagonal', [3], (g, x) => g.contract(x, g.sin(x), [], [[0, 0]])),
  ],
  cholesky: [
    make('matrix', [3, 3], (g, x) => g.cholesky(definite(g, x))),
    make('batched', [2, 2], (g, x) => g.cholesky(g.stack([definite(g, x), definite(g, g.sin(x))]))),
  ],
  triangularSolve: [
    make('lower', [3, 3], (g, x) =>
      g.triangularSolve(regular(g, x), g.sin(x), { lower: true, transposed: false }),
    ),
    make('lower, transposed', [3, 3], (g, x) =>
      g.triangularSolve(regular(g, x), g.at(x, 0, 1), { lower: true, transposed: true }),
    ),
    make('upper', [3, 3], (g, x) =>
      g.triangularSolve(regular(g, x), g.sin(x), { lower: false, transposed: false }),
    ),
    make('upper, transposed, batched', [2, 2], (g, x) =>
      g.triangularSolve(stackOf(g, x), stackOf(g, x), { lower: false, transposed: true }),
    ),
  ],
  solve: [
    make('matrix', [3, 3], (g, x) => g.solve(regular(g, x), g.sin(x))),
    make('vector', [3, 3], (g, x) => g.solve(regular(g, x), g.at(x, 1, 0))),
    make('positive definite', [3, 3], (g, x) => g.solve(definite(g, x), x, true)),
    make('batched', [2, 2], (g, x) => g.solve(stackOf(g, x), stackOf(g, g.sin(x)))),
    make('linear in B', [3, 2], (g, x) =>
      g.solve(regular(g, g.literal(random(9, 5), [3, 3])), cubed(g, x)),
    ),
  ],
  leastSquares: [
    make('tall', [4, 2], (g, x) => g.leastSquares(x, g.sin(x))),
    make('wide', [2, 4], (g, x) => g.leastSquares(x, g.sin(g.at(x, 1, 2)))),
    make('square', [3, 3], (g, x) => g.leastSquares(regular(g, x), x)),
    make('linear in B', [4, 2], (g, x) =>
      g.leastSquares(g.literal(random(12, 5), [4, 3]), cubed(g, x)),
    ),
  ],
  qr: [
    make('tall', [4, 2], (g, x) => joined(g, g.qr(x))),
    make('square', [3, 3], (g, x) => joined(g, g.qr(regular(g, x)))),
    make('wide', [2, 3], (g, x) => joined(g, g.qr(x))),
    make('one part', [3, 2], (g, x) => g.qr(x)[1]),
  ],
  eigh: [
    make('values', [3, 3], (g, x) => g.eigh(g.add(x, g.transpose(x)))[0]),
    make('vectors', [3, 3], (g, x) => {
      const [w, V] = g.eigh(definite(g, x));
      return g.contract(g.mul(V, g.broadcastTo(g.log(w), [3, 3], [1])), V, [[1, 1]]);
    }),
    make('batched', [2, 2], (g, x) => g.eigh(g.stack([definite(g, x), definite(g, g.cos(x))]))[0]),
  ],
  svd: [
    make('values', [3, 2], (g, x) => g.svd(x)[1]),
    make('square', [3, 3], (g, x) => polar(g, regular(g, x))),
    make('tall', [4, 2], (g, x) => polar(g, x)),
    make('wide', [2, 4], (g, x) => polar(g, x)),
  ],
  logabsdet: [
    make('matrix', [3, 3], (g, x) =>
      joined(
        g,
        g.logabsdet(regular(g, x)).map((y) => g.reshape(y, [1, 1])),
      ),
    ),
    make('batched', [2, 2], (g, x) => g.logabsdet(stackOf(g, x))[0]),
  ],
  expm: [
    make('matrix', [3, 3], (g, x) => g.expm(x)),
    make('batched', [2, 2], (g, x) => g.expm(g.stack([x, g.sin(x)]))),
  ],
  part: 'the cases of factorisations and loops',
  loop: 'regions.test.ts',
  while: 'regions.test.ts',
  cond: 'regions.test.ts',
  root: 'regions.test.ts',
  fixpoint: 'regions.test.ts',
  minimizer: 'regions.test.ts',
  draw: [
    make('normal', [2], (g, x) => drawn(g, 'normal', [g.at(x, 0, 0), g.exp(g.at(x, 0, 1))])),
    make('uniform', [2], (g, x) => drawn(g, 'uniform', [g.at(x, 0, 0), g.exp(g.at(x, 0, 1))])),
    make('exponential', [3], (g, x) => drawn(g, 'exponential', [g.exp(x)])),
    make('laplace', [3], (g, x) => drawn(g, 'laplace', [x, g.exp(x)])),
    make('gamma by its rate', [3], (g, x) => drawn(g, 'gamma', [2, g.exp(x)])),
  ],
  sample: 'positions have no derivative',
};

function drawn(
  g: Graph,
  distribution: 'normal' | 'uniform' | 'exponential' | 'laplace' | 'gamma',
  parameters: Parameters<Graph['draw']>[1],
): Node {
  return g.draw(distribution, parameters, { site: 1, shape: [3], counters: [1] });
}

/** All results in one vector. */
const joined = (g: Graph, parts: readonly Node[]): Node => g.concat(parts.map(g.flatten), 0);

/** U V' with weights: does not depend on the signs of singular vectors. */
const polar = (g: Graph, A: Node): Node => {
  const [U, s, V] = g.svd(A);
  return g.contract(g.mul(U, g.broadcastTo(g.log(s), U.type.shape, [1])), V, [[1, 1]]);
};

for (const [op, found] of Object.entries<readonly Case[] | string>(cases)) {
  if (typeof found === 'string') continue;
  describe(op, () => {
    for (const testCase of found) test(testCase.name, () => checkCase(testCase));
  });
}
