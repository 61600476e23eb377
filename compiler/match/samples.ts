// Goals as E(i in D) f(x, i): which sum or expectation of the goal is drawn from.
import type { Goal, RandomQuantity, SampledSum, Term } from '../problem/problem.ts';
import { constantDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { inputsOf } from '../tensor/visit.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import { rowSum } from './row-sums.ts';

/** One element's function and the set of the elements. */
export interface Sampled {
  readonly kind: 'sampled';
  /** Over the variables, `index` and `draws`: its mean, or for agents its sum, is the goal. */
  readonly body: Node;
  readonly index: Node<'parameter'> | undefined;
  readonly draws: readonly RandomQuantity[];
  /** Undefined for a distribution. */
  readonly size: Dim | undefined;
  readonly set: string | undefined;
}

/**
 * For an average, averages and expectations go before plain sums; several of a kind must run over one set. Without any the set has one
 * element. For agents it is a plain sum, f(c, x) its element.
 */
export function sampledGoal(
  graph: Graph,
  goal: Goal,
  terms: readonly Term[],
  sign: 1 | -1,
  use: 'average' | 'agents',
  depends: (node: Node) => boolean,
): Sampled | Mismatch {
  const means = goal.sums.filter((sum) => sum.kind !== 'sum' && isDrawable(sum));
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
  if (first === undefined)
    return {
      kind: 'sampled',
      body: rest ?? graph.constant(0),
      index: undefined,
      draws: [],
      size: constantDim(1),
      set: undefined,
    };
  const different = others.find((other) => !sameSet(first, other));
  if (different !== undefined)
    return {
      ...mismatch('it is a sum over one set, but the goal has sums over several', different.span),
      readings: chosen.map(describe),
    };
  const bodies = chosen.map((sum) => {
    const body = signed(use === 'agents' ? sum.body : elementOf(graph, sum));
    return first.index === undefined || sum.index === undefined || sum.index === first.index
      ? body
      : substituteIn(graph, body, new Map([[sum.index, first.index]]));
  });
  const whole = bodies.reduce((sum, body) => graph.add(sum, body));
  // Of agents each has its share of what belongs to none.
  const share =
    rest === undefined || use === 'average' || first.size === undefined
      ? rest
      : graph.div(rest, graph.size(first.size));
  return {
    kind: 'sampled',
    body: share === undefined ? whole : graph.add(whole, share),
    index: first.index,
    draws: first.draws,
    size: first.size ?? (first.draws.length > 0 ? undefined : constantDim(1)),
    set: first.set,
  };
}

/** What is drawn must not depend on the variables, and must be drawn at all: finite supports and quadratures are summed exactly. */
const isDrawable = ({ draws }: SampledSum): boolean =>
  draws.every(
    ({ args, estimator }) =>
      (estimator.kind === 'default' || estimator.kind === 'reparam') &&
      args.every((arg) =>
        inputsOf([arg]).every(({ attributes }) => attributes.role !== 'variable'),
      ),
  );

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

/** The term whose mean is the sum: a plain sum's element times their number. */
const elementOf = (graph: Graph, { kind, body, size }: SampledSum): Node =>
  kind === 'sum' && size !== undefined ? graph.mul(graph.size(size), body) : body;

const sameSet = (a: SampledSum, b: SampledSum): boolean =>
  a.draws.length === 0 &&
  b.draws.length === 0 &&
  a.set === b.set &&
  a.size?.key === b.size?.key &&
  a.index !== undefined;

const describe = ({ kind, set, size, draws }: SampledSum): string => {
  const over = draws.length > 0 ? 'a distribution' : (set ?? `1..${size?.key ?? '?'}`);
  return `the ${kind} over ${over}`;
};
