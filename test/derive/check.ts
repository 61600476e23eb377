// Checks a program's derivatives against finite differences of its values on the interpreter, and forward mode against reverse mode.
import { expect } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { hess } from '../../compiler/derive/hess.ts';
import { hvp } from '../../compiler/derive/hvp.ts';
import { jacForward, jacReverse } from '../../compiler/derive/jac.ts';
import { jvp } from '../../compiler/derive/jvp.ts';
import { laplacian } from '../../compiler/derive/laplacian.ts';
import { vjp } from '../../compiler/derive/vjp.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import { assertLegal } from '../../compiler/tensor/check.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';

/** A program of one real array, with where to test it. */
export interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly point: readonly number[];
  readonly build: (graph: Graph, x: Node) => Node;
  /** Relative tolerances of first and second derivatives; the finite differences' own error decides them. */
  readonly first?: number;
  readonly second?: number;
  /** Second derivatives do not exist here (ties, kinks). */
  readonly firstOnly?: boolean;
  /** What else the program reads. */
  readonly inputs?: Environment['inputs'];
  /** The largest step of the differences. */
  readonly step?: number;
}

/** Deterministic numbers in (-1, 1). */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const dense = (
  shape: readonly number[],
  data: readonly number[] | Float64Array,
): {
  readonly storage: 'dense';
  readonly shape: readonly number[];
  readonly data: Float64Array;
} => ({
  storage: 'dense',
  shape,
  data: Float64Array.from(data),
});

/** Derivative of f at 0 by central differences with Richardson's extrapolation (Ridders, 1982). */
export function ridders(f: (t: number) => number, start: number): number {
  const shrink = 1.6;
  const rows: number[][] = [];
  let best = NaN;
  let error = Infinity;
  for (let i = 0, h = start; i < 9; i++, h /= shrink) {
    const row = [(f(h) - f(-h)) / (2 * h)];
    let factor = shrink ** 2;
    for (let j = 1; j <= i; j++, factor *= shrink ** 2) {
      row.push((factor * row[j - 1] - rows[i - 1][j - 1]) / (factor - 1));
      const guess = Math.max(Math.abs(row[j] - row[j - 1]), Math.abs(row[j] - rows[i - 1][j - 1]));
      if (guess <= error) {
        error = guess;
        best = row[j];
      }
    }
    rows.push(row);
  }
  return best;
}

/** The gradient of a region's objective, for exact minimizers. */
export const gradientIn =
  (graph: Graph): Environment['gradient'] =>
  ({ parameters, results }) => ({
    parameters,
    results: [grad(graph, results[0], parameters[0])],
  });

const near = (actual: number, expected: number, tolerance: number, scale: number, what: string) =>
  expect(
    Math.abs(actual - expected),
    `${what}: ${actual} where ${expected} is expected`,
  ).toBeLessThanOrEqual(tolerance * Math.max(scale, Math.abs(expected)));

/** All kinds of derivatives of w . program(x), w random, along random directions. */
export function checkCase(testCase: Case, seed = 1): void {
  const { shape, point, build, first = 2e-8, second = 2e-7, firstOnly = false } = testCase;
  const { step = 0.05, inputs = {} } = testCase;
  const graph = createGraph();
  const x = graph.input('x', 'variable', realType(shape));
  const output = build(graph, x);
  const random = numbers(seed);
  const draw = (count: number): number[] => Array.from({ length: count }, random);
  const direction = draw(size(shape));
  const across = draw(size(shape));
  const { shape: outShape } = output.type;
  const weightLength = interpret([output], {
    inputs: { ...inputs, x: dense(shape, point) },
    gradient: gradientIn(graph),
  }).values[0].data.length;
  const weights = draw(weightLength);
  const u = graph.input('u', 'data', realType(shape));
  const v = graph.input('v', 'data', realType(shape));
  const w = graph.input('w', 'data', realType(outShape));
  const outLength = interpretShape(graph, output, testCase);
  const environment = (t: number): Environment => ({
    inputs: {
      ...inputs,
      x: dense(
        shape,
        point.map((value, k) => value + t * direction[k]),
      ),
      u: dense(shape, direction),
      v: dense(shape, across),
      w: dense(outLength, weights),
    },
    gradient: gradientIn(graph),
  });
  const at = (node: Node, t: number): number => interpret([node], environment(t)).values[0].data[0];

  const scalar = graph.dot(w, output);
  const zeros = graph.zeros(shape);
  const [tangent] = jvp(graph, [output], [x], [u]);
  const forward = tangent === undefined ? graph.constant(0) : graph.dot(w, tangent);
  const [cotangent = zeros] = vjp(graph, [output], [x], [w]);
  const reverse = graph.dot(cotangent, u);
  assertLegal([forward, reverse]);
  const expected = ridders((t) => at(scalar, t), step);
  const scale = interpret([scalar], environment(0)).bounds[0].data[0];
  near(at(forward, 0), expected, first, 1 + 0.01 * scale, 'forward');
  near(at(reverse, 0), at(forward, 0), 1e-10, 1 + scale, 'reverse');

  const axes = shape.map((_, k): readonly [number, number] => [outShape.length + k, k]);
  for (const jacobian of [jacForward(graph, output, x), jacReverse(graph, output, x)])
    near(
      at(graph.dot(w, graph.contract(jacobian, u, axes)), 0),
      at(forward, 0),
      1e-10,
      1 + scale,
      'jac',
    );

  if (firstOnly) return;
  const gradient = grad(graph, scalar, x);
  const slope = graph.dot(gradient, v);
  const expectedSecond = ridders((t) => at(slope, t), step);
  const [pushed] = jvp(graph, [slope], [x], [u]);
  const half = shape.map((_, k): readonly [number, number] => [k, k]);
  const matrix = hess(graph, scalar, x);
  const [along] = jvp(graph, [scalar], [x], [v]);
  const [twice] = along === undefined ? [undefined] : jvp(graph, [along], [x], [u]);
  const seconds: readonly (readonly [string, Node])[] = [
    ['hvp', graph.dot(hvp(graph, scalar, x, u), v)],
    ['hvp across', graph.dot(hvp(graph, scalar, x, v), u)],
    ['forward over reverse', pushed ?? graph.constant(0)],
    ['reverse over reverse', graph.dot(grad(graph, slope, x), u)],
    ['reverse over forward', graph.dot(grad(graph, along ?? graph.constant(0), x), u)],
    ['forward over forward', twice ?? graph.constant(0)],
    ['hess', graph.dot(graph.contract(matrix, u, half), v)],
  ];
  assertLegal(seconds.map(([, node]) => node));
  const curvatures = interpret(
    seconds.map(([, node]) => node),
    environment(0),
  );
  seconds.forEach(([name], k) =>
    near(curvatures.values[k].data[0], expectedSecond, second, 1 + 0.01 * scale, name),
  );
  const [flat] = [size(shape)];
  const trace = graph.trace(graph.reshape(matrix, [flat, flat]));
  near(at(laplacian(graph, scalar, x), 0), at(trace, 0), 1e-9, 1 + scale, 'laplacian');
}

const interpretShape = (
  graph: Graph,
  node: Node,
  { shape, point, inputs = {} }: Case,
): readonly number[] =>
  interpret([node], { inputs: { ...inputs, x: dense(shape, point) }, gradient: gradientIn(graph) })
    .values[0].shape;
