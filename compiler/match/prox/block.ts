// The prox of everything that concerns one variable: functions of entries, of groups, bounds, a domain.
import type { Domain } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import { isScalar } from '../../tensor/type.ts';
import type { Access } from '../access.ts';
import type { GroupAtom } from '../atoms/atom.ts';
import { negativeLogdet, norm2, lambdaMax } from '../atoms/group.ts';
import { absolute, halfSquare } from '../atoms/scalar.ts';
import { has, lacks, type Offer } from '../domains/operations.ts';
import { domainOperations } from '../domains/table.ts';
import type { Assumption, ProxFunction } from './function.ts';
import { proxNorm1 } from './norm1.ts';
import { separableFunction, withoutQuadratic, type ScalarPiece } from './separable.ts';

/** What a term contributes to one variable, in the variable's own shape. `point` is the expression it came from. */
export type Lifted =
  | { readonly kind: 'linear'; readonly weight: Node; readonly point: Node }
  | ({ readonly kind: 'scalar'; readonly point: Node } & ScalarPiece)
  | GroupPiece;

export interface GroupPiece {
  readonly kind: 'group';
  readonly atom: GroupAtom;
  readonly point: Node;
  readonly axes: readonly number[];
  readonly weight: Node;
  readonly access: Access;
  readonly scale: Node | undefined;
  readonly shift: Node | undefined;
}

interface BlockVariable {
  readonly input: Node;
  readonly lower: Node | undefined;
  readonly upper: Node | undefined;
  readonly domain: Domain | undefined;
}

export function blockFunction(
  graph: Graph,
  variable: BlockVariable,
  lifted: readonly Lifted[],
): Offer<ProxFunction> {
  const { shape } = variable.input.type;
  const scalars = lifted.flatMap((piece) => (piece.kind === 'scalar' ? [piece] : []));
  const groups = lifted.flatMap((piece) => (piece.kind === 'group' ? [piece] : []));
  const squares = scalars.filter(({ atom }) => atom === halfSquare);
  const pieces = scalars.filter(({ atom }) => atom !== halfSquare);
  const linear = sumOf(graph, [
    ...lifted.flatMap((piece) => (piece.kind === 'linear' ? [piece.weight] : [])),
    ...squares.flatMap((piece) => slopeOf(graph, piece)),
  ]);
  const quadratic = sumOf(
    graph,
    squares.map((piece) => curvatureOf(graph, piece)),
  );
  const assumes = [...pieces, ...squares, ...groups].map(({ weight }) =>
    nonnegative(graph, weight),
  );
  if (assumes.some(({ condition }) => constantEntry(condition) === 0))
    return lacks('it enters with a negative factor, which makes it concave');
  const bounds = boundsOf(graph, variable);
  const made =
    bounds === undefined
      ? onDomain(graph, variable, { quadratic, linear, pieces, groups })
      : groups.length === 0
        ? separableFunction(graph, { quadratic, linear, pieces, ...bounds }, shape)
        : withGroups(graph, { quadratic, linear, pieces, groups, ...bounds });
  return made.kind === 'lacks' ? made : has({ ...made.with, assumes });
}

const sumOf = (graph: Graph, nodes: readonly Node[]): Node | undefined =>
  nodes.length === 0 ? undefined : nodes.reduce((sum, node) => graph.add(sum, node));

/** w (s x + b)^2/2 has the slope w s b at zero … */
function slopeOf(graph: Graph, { weight, scale, shift }: ScalarPiece): readonly Node[] {
  if (shift === undefined) return [];
  const slope = graph.mul(weight, shift);
  return [scale === undefined ? slope : graph.mul(slope, scale)];
}

/** … and the curvature w s^2. */
const curvatureOf = (graph: Graph, { weight, scale }: ScalarPiece): Node =>
  scale === undefined ? weight : graph.mul(weight, graph.square(scale));

function nonnegative(graph: Graph, weight: Node): Assumption {
  const value = constantEntry(weight);
  const condition =
    value !== undefined
      ? graph.constant(value >= 0 ? 1 : 0)
      : isScalar(weight)
        ? graph.ge(weight, 0)
        : graph.all(graph.ge(weight, 0));
  return { condition, text: 'its factor is not negative' };
}

/** Bounds, with those of a box domain; undefined where another domain binds. */
function boundsOf(
  graph: Graph,
  { lower, upper, domain, input }: BlockVariable,
): { readonly lower: Node | undefined; readonly upper: Node | undefined } | undefined {
  if (domain === undefined) return { lower, upper };
  const both = (
    join: (a: Node, b: Node) => Node,
    own: Node | undefined,
    more: Node | undefined,
  ): Node | undefined => (own === undefined ? more : more === undefined ? own : join(own, more));
  if (domain.name === 'nonneg') return { lower: both(graph.max, lower, graph.constant(0)), upper };
  if (domain.name === 'box') {
    const [l, u] = domain.args.map((arg) => graph.broadcastTo(arg, input.type.shape));
    return { lower: both(graph.max, lower, l), upper: both(graph.min, upper, u) };
  }
  return undefined;
}

interface BlockParts {
  readonly quadratic: Node | undefined;
  readonly linear: Node | undefined;
  readonly pieces: readonly ScalarPiece[];
  readonly groups: readonly GroupPiece[];
}

type Made = Offer<Omit<ProxFunction, 'assumes'>>;

/** A domain takes a linear part and a uniform quadratic with it; the rest has no closed form. */
function onDomain(graph: Graph, variable: BlockVariable, parts: BlockParts): Made {
  const { domain, input, lower, upper } = variable;
  const { shape } = input.type;
  if (domain === undefined) return lacks('no domain');
  if (lower !== undefined || upper !== undefined)
    return lacks(`no projection is known onto ${domain.name} together with bounds`);
  const { project, lmo } = domainOperations(graph, domain, shape);
  if (project.kind === 'lacks')
    return lacks(`${domain.name} has no projection: ${project.because}`);
  const spectral = domain.name === 'psd' || domain.name === 'spd';
  const [group, ...more] = parts.groups;
  const ofEigenvalues =
    spectral &&
    more.length === 0 &&
    parts.pieces.length === 0 &&
    group !== undefined &&
    (group.atom === negativeLogdet || group.atom === lambdaMax);
  if (ofEigenvalues && group.atom === negativeLogdet)
    return withGroups(graph, { ...parts, lower: undefined, upper: undefined }, true);
  if (parts.pieces.length + parts.groups.length > 0)
    return lacks(`no prox is known for it within ${domain.name}`);
  if (parts.quadratic !== undefined && !isScalar(parts.quadratic))
    return lacks(`no prox is known for a weighted square within ${domain.name}`);
  return has({
    prox: (t, v) => project.with(withoutQuadratic(graph, parts, t, v)[1]),
    separable: false,
    conjugate:
      parts.quadratic !== undefined || lmo.kind === 'lacks'
        ? lacks(`no conjugate is known on ${domain.name}`)
        : has((v) => {
            const slope = parts.linear === undefined ? v : graph.sub(v, parts.linear);
            return graph.dot(slope, lmo.with(graph.neg(slope)));
          }),
  });
}

/** Functions of groups, with a linear part, a uniform quadratic, and what composes with them. */
function withGroups(
  graph: Graph,
  parts: BlockParts & { readonly lower: Node | undefined; readonly upper: Node | undefined },
  symmetric = false,
): Made {
  const { quadratic, linear, pieces, groups, lower, upper } = parts;
  const [first, ...others] = groups;
  if (first === undefined) return lacks('no group');
  if (groups.some(({ atom }) => atom === negativeLogdet) && !symmetric)
    return lacks('logdet has a prox only for a variable in psd or spd');
  if (others.length > 0)
    return lacks('no prox is known for several functions of groups of one variable');
  if (quadratic !== undefined && !isScalar(quadratic))
    return lacks('no prox is known for a weighted square beside a function of groups');
  const inner = beforeGroup(graph, parts, first);
  if (inner.kind === 'lacks') return inner;
  const plainConjugate =
    quadratic === undefined &&
    pieces.length === 0 &&
    lower === undefined &&
    upper === undefined &&
    first.access.whole;
  return has({
    prox: (t, v) => {
      const [step, point] = withoutQuadratic(graph, parts, t, v);
      return proxOfGroup(graph, first, step, inner.with(step, point));
    },
    separable: false,
    conjugate: plainConjugate
      ? has((v) => conjugateOfGroup(graph, first, linear === undefined ? v : graph.sub(v, linear)))
      : lacks('no conjugate is known for this sum'),
  });
}

/** Absolute values of one weight, or x >= 0, go before a block threshold: the proxes compose (Yu 2013). */
function beforeGroup(
  graph: Graph,
  {
    pieces,
    lower,
    upper,
  }: BlockParts & { readonly lower: Node | undefined; readonly upper: Node | undefined },
  group: GroupPiece,
): Offer<(t: Node, v: Node) => Node> {
  if (pieces.length === 0 && lower === undefined && upper === undefined) return has((_t, v) => v);
  const isNorm = group.atom === norm2 && group.shift === undefined;
  const [piece, ...more] = pieces;
  if (isNorm && piece === undefined && upper === undefined && lower !== undefined)
    if (constantEntry(lower) === 0) return has((_t, v) => graph.max(v, 0));
  if (
    isNorm &&
    piece !== undefined &&
    more.length === 0 &&
    piece.atom === absolute &&
    piece.shift === undefined &&
    lower === undefined &&
    upper === undefined
  )
    return has((t, v) => {
      const scale =
        piece.scale === undefined ? piece.weight : graph.mul(piece.weight, graph.abs(piece.scale));
      return proxNorm1(graph, graph.mul(t, scale), v);
    });
  return lacks(`no prox is known for ${group.atom.name} together with bounds or other terms`);
}

/** The prox of w phi(s x + b) on the picked entries; the others stay. Rows picked once make the map's transpose its inverse. */
function proxOfGroup(graph: Graph, piece: GroupPiece, t: Node, v: Node): Node {
  const { access, atom, axes, weight, scale, shift } = piece;
  const picked = access.take(v);
  const reach = graph.mul(t, scale === undefined ? weight : graph.mul(weight, graph.square(scale)));
  const forward = scale === undefined ? picked : graph.mul(scale, picked);
  const at = shift === undefined ? forward : graph.add(forward, shift);
  const u = atom.prox(graph, reach, at, axes);
  const back = shift === undefined ? u : graph.sub(u, shift);
  const moved = scale === undefined ? back : graph.div(back, scale);
  if (access.whole) return access.lift(moved);
  return graph.add(v, access.lift(graph.sub(moved, picked)));
}

function conjugateOfGroup(graph: Graph, piece: GroupPiece, v: Node): Node {
  const { access, atom, axes, weight, scale, shift } = piece;
  const picked = access.take(v);
  const at = scale === undefined ? picked : graph.div(picked, scale);
  const weights = isScalar(weight)
    ? graph.full(weight, atom.value(graph, at, axes).type.shape)
    : weight;
  const value = atom.conjugate(graph, weights, at, axes);
  const whole = isScalar(value) ? value : graph.sum(value);
  return shift === undefined ? whole : graph.sub(whole, graph.sum(graph.mul(shift, at)));
}
