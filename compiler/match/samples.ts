// Goals as E(i in D) f(x, i): which sums and expectations of the goal are drawn from.
import { hasPathSlope } from '../derive/jvp/random.ts';
import { scored } from '../lower/expectation.ts';
import { logDensity } from '../lower/log-density.ts';
import type { Goal, RandomQuantity, SampledSum, Term } from '../problem/problem.ts';
import { constantDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { inputsOf } from '../tensor/visit.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import { rowSum } from './row-sums.ts';

/** What is drawn together: an element of a finite set, random quantities, or both. */
export interface Source {
  readonly index: Node<'parameter'> | undefined;
  /** Of the finite set. */
  readonly size: Dim | undefined;
  readonly draws: readonly RandomQuantity[];
  readonly set: string | undefined;
}

/** One element's function and what the elements are: one of each source, independently. Without sources there is one element. */
export interface Sampled {
  readonly kind: 'sampled';
  /** Over the variables and what the sources draw: its mean, or for agents its sum, is the goal. */
  readonly body: Node;
  readonly sources: readonly Source[];
}

/** The number of elements; undefined where laws or several sets are drawn from. */
export function sizeOf({ sources }: Pick<Sampled, 'sources'>): Dim | undefined {
  const [first, second] = sources;
  if (first === undefined) return constantDim(1);
  return second === undefined && first.draws.length === 0 ? first.size : undefined;
}

/** The index of the only set. */
export const indexOf = (sampled: Sampled): Node<'parameter'> | undefined =>
  sizeOf(sampled) === undefined ? undefined : sampled.sources[0]?.index;

/** Whether there are as many elements of one as of the other, so that both may be drawn together by position. */
export const sameCount = (a: Sampled, b: Sampled): boolean => {
  const [size, other] = [sizeOf(a), sizeOf(b)];
  return size !== undefined && size.key === other?.key;
};

/** Whether all sources are finite, so that the goal itself is their exact mean. */
export const isFinite = ({ sources }: Sampled): boolean =>
  sources.every(({ draws }) => draws.length === 0);

/**
 * For an average, averages and expectations go before plain sums; those over one set are drawn together, each other from a source of its own. Without any the
 * set has one element. For agents it is a plain sum over one set, f(c, x) its element.
 */
export function sampledGoal(
  graph: Graph,
  goal: Goal,
  terms: readonly Term[],
  sign: 1 | -1,
  use: 'average' | 'agents',
  depends: (node: Node) => boolean,
): Sampled | Mismatch {
  const means = goal.sums.filter((sum) => sum.kind !== 'sum' && isDrawable(graph, sum));
  const sums = goal.sums.filter(({ kind }) => kind === 'sum');
  const written = use === 'agents' ? sums : means.length > 0 ? means : sums;
  const chosen =
    written.length > 0 || use === 'agents' ? written : rowSums(graph, goal, terms, sign, depends);
  const [first, ...others] = chosen;
  const signed = (node: Node): Node => (sign === 1 ? node : graph.neg(node));
  const left = new Set(chosen.map(({ node }) => node));
  const rest = terms
    .filter(({ node }) => !left.has(node) && !left.has(graph.neg(node)))
    .reduce<Node | undefined>(
      (sum, { node }) => (sum === undefined ? node : graph.add(sum, node)),
      undefined,
    );
  if (first === undefined && use === 'agents')
    return mismatch('the goal must be a sum over agents, but it has no sum over a set', goal.span);
  if (first === undefined) return { kind: 'sampled', body: rest ?? graph.constant(0), sources: [] };
  const different = others.find((other) => !sameSource(first, other));
  if (different !== undefined && use === 'agents')
    return {
      ...mismatch('it is a sum over one set, but the goal has sums over several', different.span),
      readings: chosen.map(describe),
    };
  const { sources, bodies } = together(
    graph,
    chosen.map((sum) => ({
      sources: [sum],
      body: signed(use === 'agents' ? sum.body : elementOf(graph, sum)),
    })),
  );
  const whole = bodies.reduce((sum, body) => graph.add(sum, body));
  // Of agents each has its share of what belongs to none.
  const share =
    rest === undefined || use === 'average' || first.size === undefined
      ? rest
      : graph.div(rest, graph.size(first.size));
  return {
    kind: 'sampled',
    body: share === undefined ? whole : graph.add(whole, share),
    sources,
  };
}

/** What belongs together: sums over equal sources are drawn together. */
export interface Together {
  readonly sources: readonly Source[];
  /** Over what stands for the elements of the sources. */
  readonly bodies: readonly Node[];
}

/** Each source once. */
export function together(
  graph: Graph,
  all: readonly { readonly sources: readonly Source[]; readonly body: Node }[],
): Together {
  const sources: Source[] = [];
  const bodies = all.map(({ sources: own, body }) => {
    const replaced = new Map<Node, Node>();
    for (const { index, size, draws, set } of own) {
      const source: Source = { index, size, draws, set };
      const known = sources.find((other) => sameSource(other, source));
      if (known === undefined) sources.push(source);
      else if (index !== undefined && known.index !== undefined) replaced.set(index, known.index);
    }
    return substituteIn(graph, body, replaced);
  });
  return { sources, bodies };
}

/** What is drawn must move smoothly with the variables, or have a density that does: all else is summed exactly. */
export const isDrawable = (graph: Graph, { index, draws }: SampledSum): boolean =>
  draws.every((quantity, n) => {
    const { args, estimator, distribution } = quantity;
    // The law of a player's own index is that player's.
    const own = [index, ...draws.slice(0, n).map(({ parameter }) => parameter)];
    const keys = own.flatMap((parameter) => parameter?.attributes.key ?? []);
    if (args.some(({ free }) => free.some((key) => !keys.includes(key)))) return false;
    const moving = args.flatMap((arg, k) => (ofVariables(arg) ? [k] : []));
    switch (estimator.kind) {
      case 'default':
      case 'reparam':
        return moving.every((k) => hasPathSlope(distribution, k));
      case 'score':
        return moving.length === 0 || logDensity(graph, quantity) !== undefined;
      case 'enum':
      case 'quadrature':
        return false;
    }
  });

const ofVariables = (node: Node): boolean =>
  inputsOf([node]).some(({ attributes }) => attributes.role === 'variable');

/** Sums over rows of data, in the sense of the goal. */
function rowSums(
  graph: Graph,
  goal: Goal,
  terms: readonly Term[],
  sign: 1 | -1,
  depends: (node: Node) => boolean,
): readonly SampledSum[] {
  // Drawn expectations are not taken apart further.
  if (goal.sums.some(({ draws }) => draws.length > 0)) return [];
  return terms.flatMap((term) => {
    const found = rowSum(graph, term, depends);
    if (found === undefined) return [];
    return [
      sign === 1 ? found : { ...found, node: graph.neg(found.node), body: graph.neg(found.body) },
    ];
  });
}

/** The term whose mean is the sum: a plain sum's element times their number, with the slope of the law where the score estimates it. */
export function elementOf(graph: Graph, { kind, body, size, draws }: SampledSum): Node {
  const whole = kind === 'sum' && size !== undefined ? graph.mul(graph.size(size), body) : body;
  return draws
    .filter(({ estimator }) => estimator.kind === 'score')
    .reduceRight((inner, quantity) => scored(graph, inner, quantity), whole);
}

/** One set without draws, or one and the same expectation. */
const sameSource = (a: Source, b: Source): boolean =>
  a.draws.length + b.draws.length > 0
    ? a.index === b.index &&
      a.draws.length === b.draws.length &&
      a.draws.every(({ parameter }, k) => parameter === b.draws[k].parameter)
    : a.set === b.set && a.size?.key === b.size?.key && a.index !== undefined;

const describe = ({ kind, set, size, draws }: SampledSum): string => {
  const over = draws.length > 0 ? 'a distribution' : (set ?? `1..${size?.key ?? '?'}`);
  return `the ${kind} over ${over}`;
};
