// The optimality conditions of a level as equations R(x, y) = 0, as many as it has unknowns, on the face where the point lies: an entry at a bound stays
// there, y = l(x); entries of a simplex that are 0 stay 0, the others share one slope and add up to 1; on the boundary of a ball the slope along the sphere
// vanishes; an entry at its kink stays there. Elsewhere the slope G vanishes. Where their Jacobian in y is regular, and no slope at a bound is 0, they
// define the lower solution as a function of x near the point (Dempe 2002, ch. 4).
import type { Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { WeightedAtom } from './dual.ts';
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
  /** A slope that presses; undefined where all that is reached holds. */
  readonly pressed: Node | undefined;
}

export interface Equation {
  readonly equation: Node;
  /** Bool scalar: some entry is at a bound, or a kink, that its slope does not press it against. Undefined where none can be, or where it was not asked. */
  readonly loose: Node | undefined;
}

/** Undefined where the domain is of a kind for which no equations are known. */
export function equation(
  graph: Graph,
  unknown: Unknown,
  holding: Holding,
  kinks: readonly WeightedAtom[] = [],
): Equation | undefined {
  const { variable, slope } = unknown;
  const y = variable.input;
  const { domain } = variable;
  if (variable.element !== 'real') return undefined;
  const hold = holder(graph, holding);
  const ends = endsOf(graph, variable);
  if (ends !== undefined) {
    const { tolerance } = holding;
    const free = kinks
      .filter(({ atom }) => atom.normOf === y)
      .reduce((rest, { atom, weight }) => {
        const smooth = graph.sub(slope, graph.mul(spread(graph, weight, y), atom.start));
        const size = weight.type.shape.length === 0 ? norm(graph, smooth) : graph.abs(smooth);
        const room = spread(graph, graph.sub(weight, size), y);
        return graph.select(hold.at(graph.not(atom.fixed(tolerance)), room), y, rest);
      }, slope);
    const within = (end: Node): Node => graph.le(graph.abs(graph.sub(y, end)), tolerance);
    const { low, high } = ends;
    const above =
      low === undefined ? free : graph.select(hold.at(within(low), slope), graph.sub(y, low), free);
    const all =
      high === undefined
        ? above
        : graph.select(hold.at(within(high), graph.neg(slope)), graph.sub(y, high), above);
    return { equation: all, loose: hold.loose() };
  }
  if (domain === undefined || variable.lower !== undefined || variable.upper !== undefined)
    return undefined;
  switch (domain.name) {
    case 'simplex':
      return onSimplex(graph, unknown, holding.tolerance, hold);
    case 'ball':
      return domain.norm === 1
        ? undefined
        : onBall(graph, unknown, domain.args, holding.tolerance, hold);
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

interface Holder {
  /** Where what is reached holds: everywhere, or where `press` is large enough. */
  readonly at: (reached: Node, press: Node) => Node;
  readonly loose: () => Node | undefined;
}

function holder(graph: Graph, { pressed }: Holding): Holder {
  const found: Node[] = [];
  return {
    at: (reached, press) => {
      if (pressed === undefined) return reached;
      const firm = graph.gt(press, pressed);
      const loose = graph.and(reached, graph.not(firm));
      found.push(loose.type.shape.length === 0 ? loose : graph.any(loose));
      return graph.and(reached, firm);
    },
    loose: () => {
      const [first, ...rest] = found;
      return first === undefined ? undefined : rest.reduce((a, b) => graph.or(a, b), first);
    },
  };
}

const norm = (graph: Graph, x: Node): Node =>
  x.type.shape.length === 0 ? graph.abs(x) : graph.sqrt(graph.sum(graph.square(x)));

const spread = (graph: Graph, x: Node, like: Node): Node =>
  x.type.shape.length === like.type.shape.length ? x : graph.full(x, like.type.shape);

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
  { variable: { input: y }, slope }: Unknown,
  tolerance: Node,
  hold: Holder,
): Equation {
  const last = y.type.shape.length - 1;
  const support = graph.gt(y, tolerance);
  const mean = (on: Node): Node => {
    const weight = graph.select(on, 1, 0);
    const count = graph.max(graph.sum(weight, [last]), 1);
    const sum = graph.sum(graph.select(on, slope, 0), [last]);
    return spreadRows(graph, graph.div(sum, count), y);
  };
  // An entry at 0 whose slope is no larger than that of the others could leave.
  const held = hold.at(graph.not(support), graph.sub(slope, mean(support)));
  const free = graph.not(held);
  const total = spreadRows(graph, graph.sub(graph.sum(y, [last]), 1), y);
  return {
    equation: graph.select(held, y, graph.add(graph.sub(slope, mean(free)), total)),
    loose: hold.loose(),
  };
}

function onBall(
  graph: Graph,
  { variable: { input: y }, slope }: Unknown,
  [center, radius]: readonly Node[],
  tolerance: Node,
  hold: Holder,
): Equation {
  const last = y.type.shape.length - 1;
  const away = graph.sub(y, center);
  const length = rowNorm(graph, away, 2);
  const square = graph.square(length);
  const outward = graph.sum(graph.mul(slope, away), [last]);
  const along = graph.div(outward, graph.max(square, 1e-300));
  const reached = graph.ge(length, graph.sub(radius, tolerance));
  const onSphere = hold.at(reached, graph.neg(graph.div(outward, graph.max(length, 1e-300))));
  const tangent = graph.sub(slope, graph.mul(spreadRows(graph, along, y), away));
  const off = graph.div(
    graph.sub(square, graph.square(radius)),
    graph.mul(2, graph.square(radius)),
  );
  const held = graph.add(tangent, graph.mul(spreadRows(graph, off, y), away));
  return {
    equation: graph.select(spreadRows(graph, onSphere, y), held, slope),
    loose: hold.loose(),
  };
}
