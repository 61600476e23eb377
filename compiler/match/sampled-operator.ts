// E(i in D) F(z, i) of `0 in E(i in D) F(z, i) + normal_cone`: the operator of one element, of which the whole is the mean. For a game each player's gradient of
// what the element makes of its goal.
import type { Goal, Level, SampledSum, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { postorder } from '../tensor/visit.ts';
import { affineReader } from './affine-parts.ts';
import { concatFlat } from './flat.ts';
import { slopesOf } from './operator.ts';
import type { Mismatch } from './mismatch.ts';
import {
  elementOf,
  isDrawable,
  sampledGoal,
  together,
  type Sampled,
  type Together,
} from './samples.ts';

export interface SampledOperator extends Sampled {
  /** F with what the sources draw put in, over the variables: slopes follow draws whose law depends on them. */
  readonly element: (values: ReadonlyMap<Node, Node>) => Node;
}

export function sampledOperator(
  graph: Graph,
  level: Level,
  owned: readonly Variable[],
): SampledOperator | Mismatch {
  for (const { relation } of level.constraints)
    if (relation.kind === 'variational')
      return written(graph, level.goals[0], concatFlat(graph, [relation.operator]));
  return ofGame(graph, level.goals, owned);
}

/** The expectations in an operator, where it is affine in them. */
function written(graph: Graph, { sums }: Goal, operator: Node): SampledOperator {
  const means = outermost(sums.filter((sum) => sum.kind !== 'sum' && isDrawable(graph, sum)));
  const chosen = means.length > 0 ? means : outermost(sums.filter(({ kind }) => kind === 'sum'));
  const places = chosen.map(({ node }) => graph.parameter(node.type, 'mean'));
  const open = substituteIn(
    graph,
    operator,
    new Map(chosen.map(({ node }, k): [Node, Node] => [node, places[k]])),
  );
  const isAffine = affineReader(graph, new Set<Node>(places)).parts(open) !== undefined;
  if (!isAffine) return operatorOver(graph, operator, { sources: [], bodies: [] }, () => operator);
  const elements = together(
    graph,
    chosen.map((sum) => ({ sources: [sum], body: elementOf(graph, sum) })),
  );
  return operatorOver(graph, operator, elements, (bodies) =>
    substituteIn(graph, open, new Map(bodies.map((body, k): [Node, Node] => [places[k], body]))),
  );
}

/** Without those inside of others. */
function outermost(sums: readonly SampledSum[]): readonly SampledSum[] {
  const inside = new Set(
    sums.flatMap(({ node }) => postorder([node]).filter((inner) => inner !== node)),
  );
  return sums.filter(({ node }) => !inside.has(node));
}

function ofGame(
  graph: Graph,
  goals: readonly Goal[],
  owned: readonly Variable[],
): SampledOperator | Mismatch {
  const drawn: Sampled[] = [];
  for (const goal of goals) {
    const inputs = owned.filter(({ name }) => goal.owns.includes(name)).map(({ input }) => input);
    const { depends } = affineReader(graph, new Set<Node>(inputs));
    // What a player cannot change it need not draw.
    const terms = goal.terms.filter(({ node }) => depends(node));
    const sums = goal.sums.filter(({ node }) => depends(node));
    const sampled = sampledGoal(graph, { ...goal, sums }, terms, 1, 'average', depends);
    if (sampled.kind === 'mismatch') return sampled;
    drawn.push(sampled);
  }
  // What several players draw from one set is drawn for all of them together.
  return operatorOver(graph, undefined, together(graph, drawn), (parts) =>
    slopesOf(
      graph,
      goals.map((goal, k) => ({ ...goal, node: parts[k] })),
      owned,
    ),
  );
}

function operatorOver(
  graph: Graph,
  whole: Node | undefined,
  { sources, bodies }: Together,
  of: (bodies: readonly Node[]) => Node,
): SampledOperator {
  const element = (values: ReadonlyMap<Node, Node>): Node =>
    of(bodies.map((body) => substituteIn(graph, body, values)));
  return { kind: 'sampled', body: whole ?? element(new Map()), sources, element };
}
