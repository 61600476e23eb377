import type { Graph } from '../../tensor/graph.ts';
import type { BinaryFn, Node } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import { addTangents, mapTangent, subtractTangents, type Tangent } from '../tangent.ts';
import { infiniteAtZero } from './unary.ts';

/** The tangent of z = fn(x, y), linear in dx and dy. */
export type BinaryTangent = (
  graph: Graph,
  args: { readonly x: Node; readonly y: Node; readonly z: Node },
  dx: Tangent,
  dy: Tangent,
) => Tangent;

const none: BinaryTangent = () => undefined;

/** From the two partial derivatives, each built only where it is needed. */
const partials =
  (
    byX: (g: Graph, x: Node, y: Node, z: Node) => Node | undefined,
    byY: (g: Graph, x: Node, y: Node, z: Node) => Node | undefined,
  ): BinaryTangent =>
  (g, { x, y, z }, dx, dy) =>
    addTangents(
      g,
      mapTangent(dx, (d) => scaled(g, byX(g, x, y, z), d)),
      mapTangent(dy, (d) => scaled(g, byY(g, x, y, z), d)),
    );

/** Ties split the tangent evenly. `first` holds where the result is x and not y. */
const extremum =
  (first: (g: Graph, x: Node, y: Node) => Node): BinaryTangent =>
  (g, { x, y }, dx, dy) => {
    const wins = first(g, x, y);
    const share = g.select(wins, 1, g.select(g.eq(x, y), 0.5, 0));
    return addTangents(
      g,
      mapTangent(dx, (d) => g.mul(share, d)),
      mapTangent(dy, (d) => g.mul(g.sub(1, share), d)),
    );
  };

export const binaryTangents: { readonly [F in BinaryFn]: BinaryTangent } = {
  add: (g, _, dx, dy) => addTangents(g, dx, dy),
  sub: (g, _, dx, dy) => subtractTangents(g, dx, dy),
  mul: partials(
    (_, __, y) => y,
    (_, x) => x,
  ),
  div: (g, { y, z }, dx, dy) =>
    subtractTangents(
      g,
      mapTangent(dx, (d) => g.div(d, y)),
      mapTangent(dy, (d) => g.mul(g.div(z, y), d)),
    ),
  pow: partials(powerByBase, powerByExponent),
  max: extremum((g, x, y) => g.gt(x, y)),
  min: extremum((g, x, y) => g.lt(x, y)),
  atan2: partials(
    (g, y, x) => g.div(x, g.add(g.square(x), g.square(y))),
    (g, y, x) => g.neg(g.div(y, g.add(g.square(x), g.square(y)))),
  ),
  // mod(x, y) = x - y floor(x / y).
  mod: partials(
    (g) => g.constant(1),
    (g, x, y) => g.neg(g.floor(g.div(x, y))),
  ),
  eq: none,
  ne: none,
  le: none,
  lt: none,
  and: none,
  or: none,
  xlogy: partials((g, _, y) => g.log(y), ratio),
  kl: partials(
    (g, x, y) => g.log(ratio(g, x, y)),
    (g, x, y) => g.sub(1, ratio(g, x, y)),
  ),
};

function scaled(g: Graph, slope: Node | undefined, tangent: Node): Tangent {
  return slope === undefined ? undefined : g.mul(slope, tangent);
}

/** x / y with 0 / 0 = 0. */
function ratio(g: Graph, x: Node, y: Node): Node {
  return g.div(x, g.select(g.and(g.eq(x, 0), g.eq(y, 0)), Infinity, y));
}

/** y x^(y - 1). For a constant exponent between 0 and 1 it is 0 at x = 0, as for `sqrt`: the gradient of a p-norm at 0 is its least
 * subgradient. An exponent that happens to be 0 gives 0, not 0 * infinity. */
function powerByBase(g: Graph, x: Node, y: Node): Node | undefined {
  const exponent = constantEntry(y);
  if (exponent === 0) return undefined;
  if (exponent === undefined) {
    const safe = g.select(g.eq(y, 0), 1, y);
    return g.mul(y, g.pow(x, g.sub(safe, 1)));
  }
  const base = exponent > 0 && exponent < 1 ? infiniteAtZero(g, x) : x;
  return exponent === 1 ? g.constant(1) : g.mul(exponent, g.pow(base, exponent - 1));
}

/** x^y log(x), and 0 at x = 0. */
function powerByExponent(g: Graph, x: Node, _: Node, z: Node): Node {
  return g.mul(z, g.log(g.select(g.eq(x, 0), 1, x)));
}
