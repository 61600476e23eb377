// Several objectives as E(i in D) F(x, i): each a sum over the rows of one set of data, drawn together.
import { objectivesOf } from '../problem/objectives.ts';
import type { Goal } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import type { Mismatch } from './mismatch.ts';
import { indexOf, sampledGoal, sizeOf, type Sampled } from './samples.ts';

/** The element's list of objectives; one element, all of it, where they are no sums over as many rows each. */
export function sampledList(
  graph: Graph,
  goal: Goal,
  sign: 1 | -1,
  depends: (node: Node) => boolean,
): Sampled | Mismatch {
  const objectives = objectivesOf(graph, goal).map((f) => (sign === 1 ? f : graph.neg(f)));
  const found = objectives.map((node) => {
    const term = { node, span: graph.origin(node) ?? goal.span };
    const single: Goal = { ...goal, node, terms: [term], sums: [], objectives: 1 };
    return sampledGoal(graph, single, [term], 1, 'average', depends);
  });
  const failed = found.find((each) => each.kind === 'mismatch');
  if (failed?.kind === 'mismatch') return failed;
  const sampled = found.flatMap((each) => (each.kind === 'sampled' ? [each] : []));
  const bodies = overOneSet(graph, sampled);
  if (bodies === undefined)
    return { kind: 'sampled', body: listed(graph, objectives), sources: [] };
  return { ...sampled[0], body: listed(graph, bodies) };
}

/** The objectives' elements over one index; undefined where they are no sums over sets of one size. */
function overOneSet(graph: Graph, sampled: readonly Sampled[]): readonly Node[] | undefined {
  const [first] = sampled;
  const index = indexOf(first);
  const size = sizeOf(first);
  if (index === undefined || sampled.some((each) => sizeOf(each)?.key !== size?.key))
    return undefined;
  return sampled.map((each) => {
    const own = indexOf(each);
    return own === undefined || own === index
      ? each.body
      : substituteIn(graph, each.body, new Map<Node, Node>([[own, index]]));
  });
}

const listed = (graph: Graph, scalars: readonly Node[]): Node =>
  graph.concat(
    scalars.map((scalar) => graph.reshape(scalar, [1])),
    0,
  );
