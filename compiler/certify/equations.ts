// The optimality conditions of a level as equations R(x, y) = 0, as many as it has unknowns, on the face where the point lies: an entry at a bound stays
// there, y = l(x); entries of a simplex that are 0 stay 0, the others share one slope and add up to 1; on the boundary of a ball the slope along the sphere
// vanishes; an entry at its kink stays there. Elsewhere the slope G vanishes. Where their Jacobian in y is regular, and no slope at a bound is 0, they
// define the lower solution as a function of x near the point (Dempe 2002, ch. 4).
import type { Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Atom } from './atoms.ts';
import { boxOf } from './face.ts';
import { rowNorm } from './measure.ts';

export interface Unknown {
  readonly variable: Variable;
  /** The slope to be made 0 where nothing holds the variable. */
  readonly slope: Node;
}

/** Which bounds hold an entry: all that are reached, or those alone that a slope of this size presses against. */
export interface Holding {
  /** How near counts as reached. */
  readonly tolerance: Node;
  readonly pressed: Node | undefined;
}

/** Undefined where the domain is of a kind for which no equations are known. */
export function equation(
  graph: Graph,
  { variable, slope }: Unknown,
  { tolerance, pressed }: Holding,
  kinks: readonly Atom[] = [],
): Node | undefined {
  const y = variable.input;
  const { domain } = variable;
  if (variable.element !== 'real') return undefined;
  const atKinks = (free: Node): Node =>
    kinks
      .filter(({ normOf }) => normOf === y)
      .reduce((rest, atom) => graph.select(atom.fixed(tolerance), rest, y), free);
  const ends = endsOf(graph, variable);
  if (ends !== undefined) {
    const held = (end: Node, outward: Node): Node => {
      const reached = graph.le(graph.abs(graph.sub(y, end)), tolerance);
      return pressed === undefined ? reached : graph.and(reached, graph.gt(outward, pressed));
    };
    const free = atKinks(slope);
    const above =
      ends.low === undefined
        ? free
        : graph.select(held(ends.low, slope), graph.sub(y, ends.low), free);
    return ends.high === undefined
      ? above
      : graph.select(held(ends.high, graph.neg(slope)), graph.sub(y, ends.high), above);
  }
  if (domain === undefined || variable.lower !== undefined || variable.upper !== undefined)
    return undefined;
  switch (domain.name) {
    case 'simplex':
      return onSimplex(graph, y, slope, tolerance, pressed);
    case 'ball':
      return domain.norm === 1 ? undefined : onBall(graph, y, slope, domain.args, tolerance);
    case 'box':
    case 'nonneg':
    case 'sphere':
    case 'halfspace':
    case 'affine':
    case 'soc':
    case 'psd':
    case 'spd':
    case 'spectrahedron':
    case 'correlation':
    case 'stiefel':
    case 'grassmann':
    case 'fixed_rank':
    case 'orthogonal':
    case 'doubly_stochastic':
    case 'sparse_ball':
    case 'monotone':
    case 'product':
      return undefined;
  }
}

/** Bounds entry by entry, where that is all there is. */
export function endsOf(
  graph: Graph,
  variable: Variable,
): { readonly low: Node | undefined; readonly high: Node | undefined } | undefined {
  const { domain } = variable;
  if (domain === undefined || domain.name === 'nonneg' || domain.name === 'box')
    return boxOf(graph, variable);
  if (domain.name !== 'ball' || domain.norm !== Infinity) return undefined;
  const [center, radius] = domain.args;
  const { shape } = variable.input.type;
  const middle = graph.broadcastTo(
    center,
    shape,
    center.type.shape.map((_, k) => shape.length - center.type.shape.length + k),
  );
  return { low: graph.sub(middle, radius), high: graph.add(middle, radius) };
}

const spreadRows = (graph: Graph, x: Node, like: Node): Node =>
  graph.broadcastTo(
    x,
    like.type.shape,
    x.type.shape.map((_, k) => k),
  );

function onSimplex(
  graph: Graph,
  y: Node,
  slope: Node,
  tolerance: Node,
  pressed: Node | undefined,
): Node {
  const last = y.type.shape.length - 1;
  const support = graph.gt(y, tolerance);
  const mean = (on: Node): Node => {
    const weight = graph.select(on, 1, 0);
    const count = graph.max(graph.sum(weight, [last]), 1);
    const sum = graph.sum(graph.select(on, slope, 0), [last]);
    return spreadRows(graph, graph.div(sum, count), y);
  };
  // An entry at 0 whose slope is no larger than that of the others could leave.
  const free =
    pressed === undefined
      ? support
      : graph.or(support, graph.le(graph.sub(slope, mean(support)), pressed));
  const total = spreadRows(graph, graph.sub(graph.sum(y, [last]), 1), y);
  return graph.select(free, graph.add(graph.sub(slope, mean(free)), total), y);
}

function onBall(
  graph: Graph,
  y: Node,
  slope: Node,
  [center, radius]: readonly Node[],
  tolerance: Node,
): Node {
  const last = y.type.shape.length - 1;
  const away = graph.sub(y, center);
  const length = rowNorm(graph, away, 2);
  const onSphere = graph.ge(length, graph.sub(radius, tolerance));
  const square = graph.square(length);
  const along = graph.div(graph.sum(graph.mul(slope, away), [last]), graph.max(square, 1e-300));
  const tangent = graph.sub(slope, graph.mul(spreadRows(graph, along, y), away));
  const off = graph.div(
    graph.sub(square, graph.square(radius)),
    graph.mul(2, graph.square(radius)),
  );
  const held = graph.add(tangent, graph.mul(spreadRows(graph, off, y), away));
  return graph.select(spreadRows(graph, onSphere, y), held, slope);
}
