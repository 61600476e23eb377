// Sums of functions of single entries: quadratic, linear, kinks and one further function, within bounds.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';
import { indicator, type ScalarAtom } from '../atoms/atom.ts';
import { absolute, positivePart } from '../atoms/scalar.ts';
import { has, lacks, type Offer } from '../domains/operations.ts';
import { proxPiecewiseLinear, type Jump } from './piecewise-linear.ts';
import type { ProxFunction } from './function.ts';

/** weight .* phi(scale .* x + shift); undefined is 1, 1 and 0. Scalars or arrays of the shape of x. */
export interface ScalarPiece {
  readonly atom: ScalarAtom;
  readonly weight: Node;
  readonly scale: Node | undefined;
  readonly shift: Node | undefined;
}

export interface SeparableParts {
  /** The sum of quadratic .* x^2/2. */
  readonly quadratic: Node | undefined;
  readonly linear: Node | undefined;
  readonly pieces: readonly ScalarPiece[];
  readonly lower: Node | undefined;
  readonly upper: Node | undefined;
}

export function separableFunction(
  graph: Graph,
  parts: SeparableParts,
  shape: Shape,
): Offer<Omit<ProxFunction, 'assumes'>> {
  const pieces = merge(graph, parts.pieces);
  const core = proxOfPieces(graph, pieces, shape);
  if (core.kind === 'lacks') return core;
  const clip = (u: Node): Node => {
    const above = parts.lower === undefined ? u : graph.max(u, parts.lower);
    return parts.upper === undefined ? above : graph.min(above, parts.upper);
  };
  const prox = (t: Node, v: Node): Node => {
    const [step, point] = withoutQuadratic(graph, parts, t, v);
    // A convex function of one number has its minimiser over an interval at the projection of the free one.
    return clip(core.with(step, point));
  };
  return has({ prox, separable: true, conjugate: conjugateOf(graph, parts, pieces, shape) });
}

/** t and v of the prox of what remains when linear and quadratic part are taken into the square. */
export function withoutQuadratic(
  graph: Graph,
  { quadratic, linear }: Pick<SeparableParts, 'quadratic' | 'linear'>,
  t: Node,
  v: Node,
): readonly [Node, Node] {
  const moved = linear === undefined ? v : graph.sub(v, graph.mul(t, linear));
  if (quadratic === undefined) return [t, moved];
  const grown = graph.add(1, graph.mul(t, quadratic));
  return [graph.div(t, grown), graph.div(moved, grown)];
}

/** Absolute values without shift, and pieces of equal kind, scale and shift, become one. */
function merge(graph: Graph, pieces: readonly ScalarPiece[]): readonly ScalarPiece[] {
  const merged: ScalarPiece[] = [];
  for (const piece of pieces.map((each) => plain(graph, each))) {
    const at = merged.findIndex(
      ({ atom, scale, shift }) =>
        atom === piece.atom && scale === piece.scale && shift === piece.shift,
    );
    if (at < 0) merged.push(piece);
    else merged[at] = { ...piece, weight: graph.add(merged[at].weight, piece.weight) };
  }
  return merged;
}

/** w |s x| = w|s| |x|. */
function plain(graph: Graph, piece: ScalarPiece): ScalarPiece {
  if (piece.atom !== absolute || piece.scale === undefined || piece.shift !== undefined)
    return piece;
  return {
    ...piece,
    weight: graph.mul(piece.weight, graph.abs(piece.scale)),
    scale: undefined,
  };
}

type Prox = (t: Node, v: Node) => Node;

function proxOfPieces(graph: Graph, pieces: readonly ScalarPiece[], shape: Shape): Offer<Prox> {
  const [first, ...others] = pieces;
  if (first === undefined) return has((_t, v) => v);
  if (others.length === 0) return has(proxOfPiece(graph, first));
  if (pieces.every(({ atom }) => atom === absolute || atom === positivePart))
    return has(proxOfKinks(graph, pieces, shape));
  const names = pieces.map(({ atom }) => atom.name).join(' and ');
  return lacks(`no prox is known for a sum of ${names} of the same entries`);
}

/** The prox of w phi(s x + b): that of phi with step t w s^2 at s v + b, mapped back. Where s is zero the term is constant. */
function proxOfPiece(graph: Graph, { atom, weight, scale, shift }: ScalarPiece): Prox {
  return (t, v) => {
    const step = graph.mul(t, weight);
    const forward = scale === undefined ? v : graph.mul(scale, v);
    const at = shift === undefined ? forward : graph.add(forward, shift);
    const reach = scale === undefined ? step : graph.mul(step, graph.square(scale));
    const u = atom.prox(graph, reach, at);
    const back = shift === undefined ? u : graph.sub(u, shift);
    if (scale === undefined) return back;
    const moves = graph.ne(scale, 0);
    return graph.select(moves, graph.div(back, graph.select(moves, scale, 1)), v);
  };
}

/** Several kinks: every |s x + b| and max(s x + b, 0) is a linear part and a jump of the slope. */
function proxOfKinks(graph: Graph, pieces: readonly ScalarPiece[], shape: Shape): Prox {
  return (t, v) => {
    let linear: Node = graph.constant(0);
    const jumps: Jump[] = [];
    for (const { atom, weight, scale = graph.constant(1), shift } of pieces) {
      const moves = graph.ne(scale, 0);
      const safe = graph.select(moves, scale, 1);
      const place = shift === undefined ? graph.constant(0) : graph.neg(graph.div(shift, safe));
      const slope = graph.mul(weight, graph.abs(scale));
      jumps.push({ place, jump: atom === absolute ? graph.mul(2, slope) : slope });
      // Left of the jump: |.| falls with its slope; max(., 0) falls only where the scale is negative.
      const falls = atom === absolute ? slope : graph.select(graph.lt(scale, 0), slope, 0);
      linear = graph.sub(linear, falls);
    }
    const point = graph.sub(v, graph.mul(t, linear));
    return proxPiecewiseLinear(graph, t, point, jumps, shape);
  };
}

function conjugateOf(
  graph: Graph,
  parts: SeparableParts,
  pieces: readonly ScalarPiece[],
  shape: Shape,
): Offer<(v: Node) => Node> {
  const { quadratic, linear, lower, upper } = parts;
  const bounded = lower !== undefined || upper !== undefined;
  const less = (v: Node): Node => (linear === undefined ? v : graph.sub(v, linear));
  if (quadratic !== undefined) {
    // The maximiser of v'u - h(u) is the prox of what remains, with the quadratic as the square.
    const rest = separableFunction(
      graph,
      { ...parts, quadratic: undefined, linear: undefined },
      shape,
    );
    if (rest.kind === 'lacks') return rest;
    return has((v) => {
      const u = rest.with.prox(graph.div(1, quadratic), graph.div(less(v), quadratic));
      return graph.sub(
        total(graph, graph.mul(v, u), shape),
        valueAt(graph, { ...parts, pieces }, u, shape),
      );
    });
  }
  if (bounded && pieces.length > 0) return lacks('no conjugate is known within bounds');
  if (bounded) return has((v) => supportOfBounds(graph, less(v), lower, upper, shape));
  const [first, ...others] = pieces;
  if (others.length > 0) return lacks('no conjugate is known for a sum of kinks');
  if (first === undefined)
    return has((v) => {
      const slope = linear ?? graph.constant(0);
      const rounding = graph.mul(1e-12, graph.max(1, graph.abs(slope)));
      return total(graph, indicator(graph, graph.le(graph.abs(less(v)), rounding)), shape);
    });
  return has((v) => total(graph, conjugateOfPiece(graph, first, less(v)), shape));
}

/** (w phi(s x + b))* at v: (w phi)*(v/s) - b v/s. */
function conjugateOfPiece(
  graph: Graph,
  { atom, weight, scale, shift }: ScalarPiece,
  v: Node,
): Node {
  const at = scale === undefined ? v : graph.div(v, scale);
  const value = atom.conjugate(graph, weight, at);
  return shift === undefined ? value : graph.sub(value, graph.mul(shift, at));
}

/** max over l <= x <= u of v x. */
function supportOfBounds(
  graph: Graph,
  v: Node,
  lower: Node | undefined,
  upper: Node | undefined,
  shape: Shape,
): Node {
  const at = (side: Node | undefined): Node =>
    side === undefined
      ? graph.select(graph.eq(v, 0), 0, Infinity)
      : graph.select(graph.eq(v, 0), 0, graph.mul(v, side));
  return total(graph, graph.select(graph.gt(v, 0), at(upper), at(lower)), shape);
}

function valueAt(graph: Graph, parts: SeparableParts, x: Node, shape: Shape): Node {
  const pieces = parts.pieces.map(({ atom, weight, scale, shift }) => {
    const forward = scale === undefined ? x : graph.mul(scale, x);
    const at = shift === undefined ? forward : graph.add(forward, shift);
    return graph.mul(weight, atom.value(graph, at));
  });
  const all = [
    ...pieces,
    ...(parts.quadratic === undefined
      ? []
      : [graph.mul(graph.mul(0.5, parts.quadratic), graph.square(x))]),
    ...(parts.linear === undefined ? [] : [graph.mul(parts.linear, x)]),
  ];
  return all
    .map((entry) => total(graph, entry, shape))
    .reduce((sum, each) => graph.add(sum, each), graph.constant(0));
}

/** The sum of all entries; a scalar entry counts once for each entry of the shape. */
const total = (graph: Graph, entries: Node, shape: Shape): Node =>
  entries.type.shape.length === shape.length
    ? graph.sum(entries)
    : graph.sum(graph.full(entries, shape));
