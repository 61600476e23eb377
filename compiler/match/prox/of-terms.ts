// The prox of a sum of terms over several variables: each variable by its own where the terms allow it.
import type { Domain } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { addDims, constantDim } from '../../tensor/dim.ts';
import { vjp } from '../../derive/vjp.ts';
import { constantEntry } from '../../tensor/shape.ts';
import { isOp, isScalar } from '../../tensor/type.ts';
import { accessOf, type Access } from '../access.ts';
import { affineReader, type AffineReader } from '../affine-parts.ts';
import { halfSquare } from '../atoms/scalar.ts';
import { has, type Offer } from '../domains/operations.ts';
import { peel } from '../peel.ts';
import { readTerm, type Contribution } from '../reading.ts';
import type { Assumption, ProxFunction } from './function.ts';
import { blockFunction, type GroupPiece, type Lifted } from './block.ts';
import { quadraticFunction } from './quadratic.ts';

/** A variable of the space that the prox acts on. */
export interface ProxVariable {
  readonly input: Node;
  readonly lower: Node | undefined;
  readonly upper: Node | undefined;
  readonly domain: Domain | undefined;
}

/** A prox on all variables at once, each in its own shape and in their order. */
export interface ProxOfTerms {
  readonly prox: (t: Node, values: readonly Node[]) => readonly Node[];
  readonly conjugate: Offer<(values: readonly Node[]) => Node>;
  readonly separable: boolean;
  readonly assumes: readonly Assumption[];
}

/** Why there is none, and the expression that stands in the way. */
export interface NoProx {
  readonly kind: 'lacks';
  readonly because: string;
  readonly culprit: Node | undefined;
}

export function proxOfTerms(
  graph: Graph,
  terms: readonly Node[],
  space: readonly ProxVariable[],
): { readonly kind: 'has'; readonly with: ProxOfTerms } | NoProx {
  const variables = new Set(space.map(({ input }) => input));
  const affine = affineReader(graph, variables);
  const contributions: Contribution[] = [];
  for (const term of terms) {
    const reading = readTerm(graph, term, variables, affine);
    if (reading.kind === 'unread')
      return noProx('none is in the tables for this term', reading.culprit);
    contributions.push(...reading.contributions);
  }
  const sorted = sortByVariable(graph, contributions, variables, affine);
  if (sorted.kind === 'mixed') {
    const constrained = space.some(
      ({ lower, upper, domain }) =>
        lower !== undefined || upper !== undefined || domain !== undefined,
    );
    if (!constrained && contributions.every(isQuadratic))
      return has(
        quadraticFunction(
          graph,
          terms,
          space.map(({ input }) => input),
        ),
      );
    return noProx('it mixes entries of the variables, and is not quadratic', sorted.culprit);
  }
  const functions: ProxFunction[] = [];
  for (const variable of space) {
    const lifted = sorted.lifted.get(variable.input) ?? [];
    const made = blockFunction(graph, variable, lifted);
    if (made.kind === 'lacks') return noProx(made.because, lifted[0]?.point);
    functions.push(made.with);
  }
  return has(together(graph, functions, sorted.constant));
}

const noProx = (because: string, culprit: Node | undefined): NoProx => ({
  kind: 'lacks',
  because,
  culprit,
});

const isQuadratic = (contribution: Contribution): boolean =>
  contribution.kind === 'constant' ||
  contribution.kind === 'linear' ||
  contribution.kind === 'product' ||
  (contribution.kind === 'scalar' && contribution.atom === halfSquare);

type Sorted =
  | {
      readonly kind: 'sorted';
      readonly lifted: ReadonlyMap<Node, readonly Lifted[]>;
      readonly constant: Node;
    }
  | { readonly kind: 'mixed'; readonly culprit: Node };

/** Each contribution to the variable whose entries it picks. Joined points are taken apart into their pieces. */
function sortByVariable(
  graph: Graph,
  contributions: readonly Contribution[],
  variables: ReadonlySet<Node>,
  { depends, parts }: AffineReader,
): Sorted {
  const lifted = new Map<Node, Lifted[]>();
  const constants: Node[] = [];
  const queue = [...contributions];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.kind === 'product') return { kind: 'mixed', culprit: next.node };
    if (next.kind === 'constant') {
      constants.push(weighted(graph, next.weight, next.value));
      continue;
    }
    const { core, scale, shift } = peel(graph, next.point, depends);
    const access = accessOf(graph, core, variables);
    if (access === undefined) {
      if (next.kind === 'linear') {
        const { linear, constant } = parts(next.point) ?? {};
        if (constant !== undefined) constants.push(weighted(graph, next.weight, constant));
        const spread =
          linear === undefined ? [] : spreadLinear(graph, next.weight, linear, variables);
        for (const { variable, slope } of spread)
          put(lifted, variable, { kind: 'linear', weight: slope, point: variable });
        continue;
      }
      const pieces =
        next.kind === 'scalar' ? takeApart(graph, next, core, scale, shift) : undefined;
      if (pieces === undefined) return { kind: 'mixed', culprit: next.point };
      queue.push(...pieces);
      continue;
    }
    constants.push(...constantOf(graph, next, shift));
    put(lifted, access.variable, lift(graph, next, access, scale, shift));
  }
  const constant = constants.reduce((sum, each) => graph.add(sum, each), graph.constant(0));
  return { kind: 'sorted', lifted, constant };
}

/** What remains at zero of a linear or square part that is shifted. */
function constantOf(
  graph: Graph,
  contribution: Exclude<Contribution, { readonly kind: 'product' | 'constant' }>,
  shift: Node | undefined,
): readonly Node[] {
  if (shift === undefined) return [];
  const { shape } = contribution.point.type;
  const full = isScalar(shift) ? graph.full(shift, shape) : shift;
  if (contribution.kind === 'linear') return [weighted(graph, contribution.weight, full)];
  if (contribution.kind !== 'scalar' || contribution.atom !== halfSquare) return [];
  return [weighted(graph, contribution.weight, graph.mul(0.5, graph.square(full)))];
}

/** sum(weight .* value) with a weight that may be a scalar. */
const weighted = (graph: Graph, weight: Node, value: Node): Node => {
  const product = graph.mul(weight, value);
  return isScalar(product) ? product : graph.sum(product);
};

function put(lifted: Map<Node, Lifted[]>, variable: Node, piece: Lifted): void {
  const known = lifted.get(variable);
  if (known === undefined) lifted.set(variable, [piece]);
  else known.push(piece);
}

/** sum(weight .* linear) as a slope for each variable. */
function spreadLinear(
  graph: Graph,
  weight: Node,
  linear: Node,
  variables: ReadonlySet<Node>,
): readonly { readonly variable: Node; readonly slope: Node }[] {
  const all = [...variables];
  const full = isScalar(weight) ? graph.full(weight, linear.type.shape) : weight;
  return vjp(graph, [linear], all, [full]).flatMap((slope, k) =>
    slope === undefined ? [] : [{ variable: all[k], slope }],
  );
}

/** A function of joined arrays is the sum of the functions of its parts. */
function takeApart(
  graph: Graph,
  contribution: Extract<Contribution, { readonly kind: 'scalar' }>,
  core: Node,
  scale: Node | undefined,
  shift: Node | undefined,
): readonly Contribution[] | undefined {
  if (!isOp(core, 'concat') && !isOp(core, 'reshape')) return undefined;
  if (isOp(core, 'reshape')) {
    const [inner] = core.args;
    if (inner.op !== 'concat') return undefined;
    const as = (x: Node): Node => (isScalar(x) ? x : graph.reshape(x, inner.type.shape));
    return [
      {
        ...contribution,
        point: affinePoint(graph, inner, scale, shift, as),
        weight: as(contribution.weight),
      },
    ];
  }
  const { axis } = core.attributes;
  let start = constantDim(0);
  const pieces: Contribution[] = [];
  for (const part of core.args) {
    const size = part.type.shape[axis];
    const from = start;
    const own = (x: Node): Node => (isScalar(x) ? x : graph.sliceAxis(x, axis, from, size));
    pieces.push({
      ...contribution,
      point: affinePoint(graph, part, scale, shift, own),
      weight: own(contribution.weight),
    });
    start = addDims(start, size);
  }
  return pieces;
}

function affinePoint(
  graph: Graph,
  core: Node,
  scale: Node | undefined,
  shift: Node | undefined,
  own: (x: Node) => Node,
): Node {
  const scaled = scale === undefined ? core : graph.mul(own(scale), core);
  return shift === undefined ? scaled : graph.add(scaled, own(shift));
}

/** A contribution moved from the picked entries to the whole variable. */
function lift(
  graph: Graph,
  contribution: Exclude<Contribution, { readonly kind: 'product' | 'constant' }>,
  access: Access,
  scale: Node | undefined,
  shift: Node | undefined,
): Lifted {
  if (contribution.kind === 'group')
    return groupPiece(contribution.atom, contribution, access, scale, shift);
  const { shape } = contribution.point.type;
  /** Scalars stay scalars where all entries are picked. */
  const spread = (x: Node, elsewhere: number): Node => {
    if (isScalar(x) && (access.whole || elsewhere !== 0)) return x;
    const full = isScalar(x) ? graph.full(x, shape) : x;
    if (elsewhere === 0) return access.lift(full);
    return graph.add(access.lift(graph.sub(full, elsewhere)), elsewhere);
  };
  const weight = spread(contribution.weight, 0);
  if (contribution.kind === 'linear')
    return {
      kind: 'linear',
      point: contribution.point,
      weight: scale === undefined ? weight : graph.mul(weight, spread(scale, 1)),
    };
  return {
    kind: 'scalar',
    atom: contribution.atom,
    point: contribution.point,
    weight,
    scale: scale === undefined ? undefined : spread(scale, 1),
    shift: shift === undefined ? undefined : isScalar(shift) ? shift : spread(shift, 0),
  };
}

const groupPiece = (
  atom: GroupPiece['atom'],
  contribution: Extract<Contribution, { readonly kind: 'group' }>,
  access: Access,
  scale: Node | undefined,
  shift: Node | undefined,
): GroupPiece => ({
  kind: 'group',
  atom,
  point: contribution.point,
  axes: contribution.axes,
  weight: contribution.weight,
  access,
  scale,
  shift,
});

function together(graph: Graph, functions: readonly ProxFunction[], constant: Node): ProxOfTerms {
  const conjugates = functions.map(({ conjugate }) => conjugate);
  const missing = conjugates.find((offer) => offer.kind === 'lacks');
  return {
    prox: (t, values) => functions.map(({ prox }, k) => prox(t, values[k])),
    separable: functions.every(({ separable }) => separable),
    assumes: functions.flatMap(({ assumes }) => assumes).filter(isOpen),
    conjugate:
      missing ??
      has((values) =>
        conjugates
          .map((offer, k) => (offer.kind === 'has' ? offer.with(values[k]) : graph.constant(0)))
          .reduce((sum, each) => graph.add(sum, each), graph.neg(constant)),
      ),
  };
}

const isOpen = ({ condition }: Assumption): boolean => constantEntry(condition) !== 1;
