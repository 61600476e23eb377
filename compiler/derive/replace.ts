import { mapAttributes, regionsOf } from '../tensor/attributes.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf, Op, Region } from '../tensor/ir.ts';
import { operandsOf } from '../tensor/visit.ts';

/** The nodes with parameters replaced in order. Only what depends on them is walked. The values must not mention parameters that regions of the nodes
 * bind. */
export function renamed(
  graph: Graph,
  nodes: readonly Node[],
  from: readonly Node<'parameter'>[],
  to: readonly Node[],
): readonly Node[] {
  const keys = new Set(from.map(({ attributes }) => attributes.key));
  const pairs = new Map<Node, Node>(from.map((p, k) => [p, to[k]]));
  return walk(graph, nodes, (node) =>
    node.op === 'parameter'
      ? (pairs.get(node) ?? node)
      : node.free.some((key) => keys.has(key))
        ? undefined
        : node,
  );
}

/** The nodes with each key replaced by its value, in the values too; one walk however long the chains are. The values must not reach their keys, nor
 * mention parameters that regions of the nodes bind. */
export function replaceThroughout(
  graph: Graph,
  nodes: readonly Node[],
  pairs: ReadonlyMap<Node, Node>,
): readonly Node[] {
  return walk(graph, nodes, () => undefined, pairs);
}

/** Rebuilds the nodes over what has changed below them. `settled` gives the result for nodes that need no walk; `pairs` walks to a value in place of a
 * node. */
function walk(
  graph: Graph,
  nodes: readonly Node[],
  settled: (node: Node) => Node | undefined,
  pairs: ReadonlyMap<Node, Node> = new Map(),
): readonly Node[] {
  const done = new Map<number, Node>();
  const now = (node: Node): Node => done.get(node.id) ?? node;
  const below = (node: Node): readonly Node[] => {
    const by = pairs.get(node);
    return by === undefined ? operandsOf(node) : [by];
  };
  const stack: { readonly node: Node; readonly ready: boolean }[] = nodes.map((node) => ({
    node,
    ready: false,
  }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, ready } = top;
    if (done.has(node.id)) continue;
    const known = settled(node);
    if (known !== undefined) {
      done.set(node.id, known);
      continue;
    }
    if (ready) {
      const by = pairs.get(node);
      done.set(node.id, by === undefined ? rebuilt(graph, node, now) : now(by));
      continue;
    }
    stack.push({ node, ready: true });
    for (const operand of below(node))
      if (!done.has(operand.id)) stack.push({ node: operand, ready: false });
  }
  return nodes.map(now);
}

function rebuilt<O extends Op>(
  graph: Graph,
  node: NodeOf<O> & Node,
  now: (node: Node) => Node,
): Node {
  if (operandsOf(node).every((operand) => now(operand) === operand)) return node;
  const attributes =
    regionsOf(node).length === 0
      ? node.attributes
      : mapAttributes(node.op, node.attributes, {
          dim: (dim) => dim,
          region: (region) => freshRegion(graph, region, region.results.map(now)),
        });
  const made: Node = graph.make(node.op, attributes, node.args.map(now), node.type);
  const span = graph.origin(node);
  if (span !== undefined) graph.setOrigin(made, span);
  return made;
}

/** A region with new results gets new parameters: what it now uses from outside may bind the old ones. */
function freshRegion(graph: Graph, { parameters }: Region, results: readonly Node[]): Region {
  const fresh = parameters.map(({ type, attributes }) => graph.parameter(type, attributes.name));
  return { parameters: fresh, results: renamed(graph, results, parameters, fresh) };
}
