import { isOp } from '../tensor/type.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { postorder } from '../tensor/visit.ts';
import { iterationsOf } from './region.ts';
import { renamed, replaceThroughout } from './replace.ts';

/**
 * The same nodes with loops that run the same states made one. A gradient keeps the states of a loop; the value beside it does not, and both would run.
 * Call it on all roots of a program together, after the derivatives.
 */
export function shareLoops(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  // Loops that start from the results of others are alike only once those are one.
  for (let current = nodes; ;) {
    const next = shareOnce(graph, current);
    if (next === current) return current;
    current = next;
  }
}

function shareOnce(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  const groups = new Map<number, Node<'loop'>[]>();
  for (const node of postorder(nodes)) {
    if (!isOp(node, 'loop') || node.attributes.states === 0) continue;
    const { id } = statesOnly(graph, node);
    groups.set(id, [...(groups.get(id) ?? []), node]);
  }
  const pairs = new Map<Node, Node>();
  for (const loops of groups.values())
    if (loops.length > 1) for (const [from, to] of merged(graph, loops)) pairs.set(from, to);
  return pairs.size === 0 ? nodes : replaceThroughout(graph, nodes, pairs);
}

/** The loop without what it stacks; one node for all that run the same states. */
function statesOnly(graph: Graph, { attributes, args }: Node<'loop'>): Node {
  const { region, states } = attributes;
  const results = region.results.slice(0, states);
  return graph.make(
    'loop',
    { region: { parameters: region.parameters, results }, states, length: undefined },
    args,
  );
}

/** Each result of the loops with the result of one loop that stacks what all of them stack; nothing where one needs another's results. */
function merged(graph: Graph, loops: readonly Node<'loop'>[]): readonly (readonly [Node, Node])[] {
  const [{ attributes: host, args }] = loops;
  const { region, states } = host;
  const outputs: Node[] = [];
  const places = loops.map(({ attributes }) => {
    const own = attributes.region;
    const stacked = renamed(graph, own.results.slice(states), own.parameters, region.parameters);
    return stacked.map((output) => {
      if (!outputs.includes(output)) outputs.push(output);
      return outputs.indexOf(output);
    });
  });
  const taken = new Set(loops.map(({ id }) => id));
  if (postorder([...args, ...region.results, ...outputs]).some(({ id }) => taken.has(id)))
    return [];
  const length = loops.map(iterationsOf).find((found) => found !== undefined);
  const parameters = region.parameters.map(({ type, attributes }) =>
    graph.parameter(type, attributes.name),
  );
  const results = renamed(
    graph,
    [...region.results.slice(0, states), ...outputs],
    region.parameters,
    parameters,
  );
  const made = graph.make(
    'loop',
    { region: { parameters, results }, states, length: outputs.length === 0 ? undefined : length },
    args,
  );
  const kept = graph.parts(made);
  return loops.flatMap((loop, k) =>
    graph
      .parts(loop)
      .map((result, index): readonly [Node, Node] => [
        result,
        kept[index < states ? index : states + places[k][index - states]],
      ])
      .filter(([from, to]) => from !== to),
  );
}
