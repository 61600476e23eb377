// Random scalar expressions of two variables, built by hand with the graph builder: what the calculus of structure is tested on.
import type { Graph } from '../../compiler/tensor/graph.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { interpretScalar } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import type { Assumptions } from '../../compiler/problem/facts/calculus.ts';
import { interval, type Interval } from '../../compiler/problem/facts/interval.ts';

/** mulberry32: numbers in [0, 1) from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface RandomProgram {
  readonly graph: Graph;
  /** A vector of 3 and a scalar. */
  readonly x: Node;
  readonly s: Node;
  readonly expression: Node;
  readonly assumptions: Assumptions;
  /** A random point within the bounds: x, then s. */
  readonly point: () => readonly number[];
  readonly at: (point: readonly number[], node?: Node) => number;
}

export const dimension = 4;

const boxes: readonly Interval[] = [
  interval(-Infinity, Infinity),
  interval(-1, 2),
  interval(0, Infinity),
  interval(0.25, 3),
  interval(-2, 0),
];

export function randomProgram(seed: number, depth = 3): RandomProgram {
  const random = randomFrom(seed);
  const graph = createGraph();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const x = graph.input('x', 'variable', realType([3]));
  const s = graph.input('s', 'variable', realType([]));
  const lambda = graph.input('lambda', 'param', realType([]));
  const mu = graph.input('mu', 'param', realType([]));
  const w = graph.input('w', 'data', realType([3]));
  const [boxX, boxS] = [pick(boxes), pick(boxes)];
  const numbers = (count: number): number[] =>
    Array.from({ length: count }, () => Math.round(40 * random() - 20) / 10);
  const values = { lambda: 2 * random(), mu: 4 * random() - 2, w: numbers(3) };
  const wIsPositive = random() < 0.5;
  const given = wIsPositive ? values.w.map(Math.abs) : values.w;
  const assumptions: Assumptions = {
    ranges: new Map([
      [x, boxX],
      [s, boxS],
      [lambda, interval(0, Infinity)],
      ...(wIsPositive ? [[w, interval(0, Infinity)] as const] : []),
    ]),
    semidefinite: new Set(),
  };

  const matrix = (): Node => graph.literal(numbers(9), [3, 3]);
  const affine = (): Node => {
    const base = pick([x, x, graph.matvec(matrix(), x), graph.full(s, [3])]);
    return pick([
      () => base,
      () => graph.sub(base, graph.literal(numbers(3))),
      () => graph.neg(base),
      () => graph.mul(pick([0.5, -2, 3]), base),
      () => graph.mul(w, base),
      () => graph.add(base, graph.mul(s, pick([1, -1, 0.5]))),
      () => graph.mul(lambda, base),
    ])();
  };
  const scalarAffine = (): Node =>
    pick([
      () => s,
      () => graph.at(x, 0, pick([0, 1, 2])),
      () => graph.dot(w, x),
      () => graph.sum(x),
      () => graph.sub(s, graph.at(x, 0, 1)),
      () => graph.add(graph.mul(2, s), 1),
    ])();

  const unary = [
    'abs',
    'sqrt',
    'exp',
    'log',
    'log1p',
    'expm1',
    'sin',
    'cos',
    'tanh',
    'sigmoid',
    'softplus',
    'atan',
    'erf',
    'sinh',
    'cosh',
    'xlogx',
    'asin',
    'acos',
    'cbrt',
    'tan',
    'sign',
    'floor',
    'lgamma',
  ] as const;
  const powers = [2, 2, 2, 3, 4, 0.5, 1.5, 2.5, -1, -2, -0.5];

  /** Entry by entry on vectors or scalars alike; `leaf` gives operands of the shape. */
  const entrywise = (level: number, operand: (level: number) => Node, constant: () => Node): Node =>
    pick([
      () => graph.unary(pick(unary), operand(level - 1)),
      () => graph.unary(pick(unary), operand(level - 1)),
      () => graph.pow(operand(level - 1), pick(powers)),
      () => graph.pow(operand(level - 1), pick(powers)),
      () => graph.add(operand(level - 1), operand(level - 1)),
      () => graph.add(operand(level - 1), operand(level - 1)),
      () => graph.sub(operand(level - 1), operand(level - 1)),
      () => graph.mul(operand(level - 1), operand(level - 1)),
      () => graph.mul(constant(), operand(level - 1)),
      () => graph.mul(constant(), operand(level - 1)),
      () => graph.div(operand(level - 1), operand(level - 1)),
      () => graph.div(constant(), operand(level - 1)),
      () => graph.max(operand(level - 1), operand(level - 1)),
      () => graph.max(operand(level - 1), constant()),
      () => graph.min(operand(level - 1), operand(level - 1)),
      () => graph.neg(operand(level - 1)),
      () => {
        const u = operand(0);
        const branch = pick([
          () => [
            graph.le(graph.abs(u), 1),
            graph.div(graph.square(u), 2),
            graph.sub(graph.abs(u), 0.5),
          ],
          () => [graph.lt(u, 0), graph.mul(pick([-1, 0.1, 2]), u), graph.mul(pick([1, 3]), u)],
          () => [graph.le(u, 1), graph.square(u), graph.sub(graph.mul(2, u), 1)],
          () => [graph.le(u, 0), graph.exp(u), graph.add(u, pick([1, 2]))],
          () => [graph.le(operand(0), operand(0)), operand(level - 1), operand(level - 1)],
        ])();
        return graph.select(branch[0], branch[1], branch[2]);
      },
      () => {
        const u = operand(0);
        return graph.add(
          graph.log1p(graph.exp(graph.neg(graph.abs(u)))),
          graph.max(graph.neg(u), 0),
        );
      },
      () => graph.log1p(graph.exp(operand(level - 1))),
      () => graph.sqrt(graph.add(graph.square(operand(level - 1)), pick([0, 1, 0.25]))),
      () => {
        const u = operand(level - 1);
        return graph.mul(u, graph.log(u));
      },
      () => graph.xlogy(operand(0), operand(0)),
      () => graph.kl(operand(0), operand(0)),
    ])();

  const vector = (level: number): Node => {
    if (level <= 0) return affine();
    return pick([
      () => entrywise(level, vector, () => pick([w, graph.full(lambda, [3]), graph.full(mu, [3])])),
      () => entrywise(level, vector, () => pick([w, graph.literal(numbers(3))])),
      () => graph.matvec(matrix(), vector(level - 1)),
      () => graph.full(scalar(level - 1), [3]),
      () => graph.cumsum(vector(level - 1), 0),
      () => graph.reverse(vector(level - 1), 0),
      () =>
        graph.concat(
          [
            graph.sliceAxis(vector(level - 1), 0, 0, 2),
            graph.sliceAxis(vector(level - 1), 0, 1, 1),
          ],
          0,
        ),
      () => graph.gather(vector(level - 1), [graph.literal([2, 0, 0])], [0]),
    ])();
  };

  const scalar = (level: number): Node => {
    if (level <= 0) return scalarAffine();
    return pick([
      () => entrywise(level, scalar, () => pick([lambda, mu, graph.constant(1.5)])),
      () => graph.sum(vector(level - 1)),
      () => graph.sum(vector(level - 1)),
      () => graph.sum(graph.square(vector(level - 1))),
      () => graph.mean(vector(level - 1)),
      () => graph.maxOver(vector(level - 1)),
      () => graph.minOver(vector(level - 1)),
      () => graph.prod(vector(level - 1)),
      () => graph.sqrt(graph.sumsq(vector(level - 1))),
      () => graph.log(graph.sum(graph.exp(vector(level - 1)))),
      () => {
        const u = vector(level - 1);
        const most = graph.maxOver(u);
        const shifted = graph.sum(graph.exp(graph.sub(u, graph.full(most, [3]))));
        return graph.add(most, graph.log(shifted));
      },
      () => graph.dot(vector(level - 1), vector(level - 1)),
      () => graph.dot(w, vector(level - 1)),
      () => {
        const u = affine();
        return graph.dot(u, graph.matvec(matrix(), u));
      },
      () => graph.div(graph.sumsq(affine()), scalarAffine()),
      () => graph.sum(graph.sliceAxis(graph.sort(vector(level - 1), 0, random() < 0.5), 0, 0, 2)),
      () =>
        graph.fold(graph.constant(3), [scalar(level - 1)], (_, z) => [
          pick([
            () => graph.add(graph.mul(0.5, z), s),
            () => graph.max(z, graph.mul(0.5, s)),
            () => graph.softplus(z),
            () => graph.add(z, graph.square(s)),
          ])(),
        ])[0],
      () => graph.exp(graph.div(graph.sum(graph.log(vector(level - 1))), graph.size(3))),
    ])();
  };

  const terms = 1 + Math.floor(2 * random());
  const expression = Array.from({ length: terms }, () => scalar(depth)).reduce((a, b) =>
    graph.add(a, b),
  );

  // A little inside the bounds: differences step over the ends, and 1/0 at an end is no value of the expression.
  const inside = ({ low, high }: Interval): number => {
    const [from, to] = [Math.max(low, -4) + 1e-3, Math.min(high, 4) - 1e-3];
    return random() < 0.1 ? (random() < 0.5 ? from : to) : from + (to - from) * random();
  };
  return {
    graph,
    x,
    s,
    expression,
    assumptions,
    point: () => [inside(boxX), inside(boxX), inside(boxX), inside(boxS)],
    at: (point, node = expression) =>
      interpretScalar(node, {
        inputs: {
          x: { storage: 'dense', shape: [3], data: Float64Array.from(point.slice(0, 3)) },
          s: point[3],
          w: { storage: 'dense', shape: [3], data: Float64Array.from(given) },
          lambda: values.lambda,
          mu: values.mu,
        },
      }),
  };
}

export const along = (a: readonly number[], b: readonly number[], t: number): readonly number[] =>
  a.map((value, k) => value + t * (b[k] - value));

export const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, k) => value - b[k]));
