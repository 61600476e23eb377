// What of a slope no bound takes up: at a lower bound a slope upwards is no reason to move, nor one downwards at an upper bound. Multipliers are sought
// that leave as little as possible of the rest.
import type { Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

/** Bounds of a variable as box, those of its domain included; undefined on a side without. */
export function boxOf(
  graph: Graph,
  { input, lower, upper, domain, element }: Variable,
): { readonly low: Node | undefined; readonly high: Node | undefined } {
  const { shape } = input.type;
  const fill = (x: Node): Node => (x.type.shape.length === shape.length ? x : graph.full(x, shape));
  const tighter = (
    own: Node | undefined,
    other: Node | undefined,
    join: (a: Node, b: Node) => Node,
  ): Node | undefined => (own === undefined ? other : other === undefined ? own : join(own, other));
  const whole = element === 'bool';
  const within = domain?.name === 'box' ? domain.args : undefined;
  const positive = whole || domain?.name === 'nonneg' || domain?.name === 'simplex';
  return {
    low: tighter(
      lower === undefined ? undefined : fill(lower.node),
      within !== undefined ? fill(within[0]) : positive ? graph.zeros(shape) : undefined,
      (a, b) => graph.max(a, b),
    ),
    high: tighter(
      upper === undefined ? undefined : fill(upper.node),
      within !== undefined ? fill(within[1]) : whole ? graph.ones(shape) : undefined,
      (a, b) => graph.min(a, b),
    ),
  };
}

export interface Face {
  /** The part of a slope that no bound takes up. */
  readonly rest: (r: Node) => Node;
  /** The part along the bounds that hold with equality: linear in r. */
  readonly along: (r: Node) => Node;
  /** -m d for the best step d of r'd + m/2 ‖d‖² within the bounds. */
  readonly curved: (r: Node, modulus: Node) => Node;
}

export function faceOf(graph: Graph, variable: Variable, tolerance: Node): Face {
  const { input: x, domain } = variable;
  const { low, high } = boxOf(graph, variable);
  const atLow = low === undefined ? undefined : graph.le(graph.sub(x, low), tolerance);
  const atHigh = high === undefined ? undefined : graph.le(graph.sub(high, x), tolerance);
  const off = (at: Node | undefined, r: Node, kept: Node | number): Node =>
    at === undefined ? r : graph.select(at, kept, r);
  // In a simplex a slope that is the same everywhere is no slope.
  const level = (r: Node): Node => {
    if (domain?.name !== 'simplex' || atLow === undefined) return r;
    const last = x.type.shape.length - 1;
    const support = graph.select(atLow, 0, 1);
    const count = graph.max(graph.sum(support, [last]), 1);
    const mean = graph.div(graph.sum(graph.mul(support, r), [last]), count);
    const keep = x.type.shape.map((_, axis) => axis).slice(0, last);
    return graph.sub(r, graph.broadcastTo(mean, x.type.shape, keep));
  };
  return {
    rest: (r) => {
      const flat = level(r);
      return off(atHigh, off(atLow, flat, graph.min(flat, 0)), graph.max(flat, 0));
    },
    along: (r) => off(atHigh, off(atLow, level(r), 0), 0),
    curved: (r, modulus) => {
      const step = graph.neg(graph.div(r, modulus));
      const above = low === undefined ? step : graph.max(step, graph.sub(low, x));
      const within = high === undefined ? above : graph.min(above, graph.sub(high, x));
      return graph.neg(graph.mul(modulus, within));
    },
  };
}
