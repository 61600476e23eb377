import type { Graph } from '../../tensor/graph.ts';
import type { Node, UnaryFn } from '../../tensor/ir.ts';
import { tetragamma } from './tetragamma.ts';

/** The derivative of y = fn(x) as a factor of the tangent; `undefined` where it is zero. */
export type Slope = (graph: Graph, x: Node, y: Node) => Node | undefined;

const none: Slope = () => undefined;

/** 2 / sqrt(pi). */
const ERF_SLOPE = 2 / Math.sqrt(Math.PI);

/**
 * Slopes of the elementwise functions, in forms that stay accurate where the function saturates.
 *
 * `sqrt` has slope 0 at 0, the choice that makes the gradient of `sqrt(sum(x^2))` the least subgradient, 0, at x = 0.
 * `abs` has slope 0 at 0; steps (`sign`, `floor`, …) have slope 0 everywhere.
 */
export const slopes: { readonly [F in UnaryFn]: Slope } = {
  neg: (g) => g.constant(-1),
  abs: (g, x) => g.sign(x),
  sign: none,
  sqrt: (g, _, y) => g.div(0.5, infiniteAtZero(g, y)),
  cbrt: (g, _, y) => g.div(1 / 3, g.square(y)),
  exp: (_, __, y) => y,
  log: (g, x) => g.div(1, x),
  log1p: (g, x) => g.div(1, g.add(1, x)),
  expm1: (g, x) => g.exp(x),
  sin: (g, x) => g.cos(x),
  cos: (g, x) => g.neg(g.sin(x)),
  tan: (g, _, y) => g.add(1, g.square(y)),
  asin: (g, x) => inverseSineSlope(g, x, 1),
  acos: (g, x) => inverseSineSlope(g, x, -1),
  atan: (g, x) => g.div(1, g.add(1, g.square(x))),
  sinh: (g, x) => g.cosh(x),
  cosh: (g, x) => g.sinh(x),
  tanh: (g, _, y) => g.sub(1, g.square(y)),
  // s(x) (1 - s(x)) would lose all digits for large x.
  sigmoid: (g, x, y) => g.mul(y, g.sigmoid(g.neg(x))),
  softplus: (g, x) => g.sigmoid(x),
  erf: (g, x) => g.mul(ERF_SLOPE, g.exp(g.neg(g.square(x)))),
  lgamma: (g, x) => g.digamma(x),
  digamma: (g, x) => g.trigamma(x),
  trigamma: (g, x) => tetragamma(g, x),
  floor: none,
  ceil: none,
  round: none,
  not: none,
  xlogx: (g, x) => g.add(1, g.log(x)),
  isnan: none,
};

/** x, with 0 replaced by infinity: a quotient by it and all its derivatives are 0 where x is 0. */
export const infiniteAtZero = (g: Graph, x: Node): Node => g.select(g.eq(x, 0), Infinity, x);

/** ±1 / sqrt(1 - x^2), as a product so that x close to 1 keeps its digits. */
const inverseSineSlope = (g: Graph, x: Node, sign: number): Node =>
  g.div(sign, g.sqrt(g.mul(g.sub(1, x), g.add(1, x))));
