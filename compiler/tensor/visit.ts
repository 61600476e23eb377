// Walks over nodes and the regions in them. All are iterative: an expression may be deeper than the stack.
import { regionsOf } from './attributes.ts';
import type { Node } from './ir.ts';

/** What a node needs directly: its arguments, then the results of its regions. */
export const operandsOf = (node: Node): readonly Node[] => {
  const regions = regionsOf(node);
  return regions.length === 0 ? node.args : [...node.args, ...regions.flatMap((r) => r.results)];
};

/** All nodes that the given ones need, each once, operands before users, bodies of regions included. */
export const postorder = (nodes: readonly Node[]): readonly Node[] => walk(nodes, operandsOf);

/** As `postorder`, without the bodies of regions. */
export const postorderOutside = (nodes: readonly Node[]): readonly Node[] =>
  walk(nodes, ({ args }) => args);

/** As `postorder`, stopping at nodes where `enter` says no; those are not listed. */
export const postorderWhere = (
  nodes: readonly Node[],
  enter: (node: Node) => boolean,
): readonly Node[] => walk(nodes.filter(enter), (node) => operandsOf(node).filter(enter));

function walk(nodes: readonly Node[], below: (node: Node) => readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<number>();
  const stack: { readonly node: Node; readonly done: boolean }[] = [];
  const push = (node: Node): void => {
    if (!seen.has(node.id)) stack.push({ node, done: false });
  };
  for (let k = nodes.length - 1; k >= 0; k--) push(nodes[k]);
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (done) {
      found.push(node);
      continue;
    }
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    stack.push({ node, done: true });
    const operands = below(node);
    for (let k = operands.length - 1; k >= 0; k--) push(operands[k]);
  }
  return found;
}

/** The inputs that the nodes depend on, in order of first use. */
export const inputsOf = (nodes: readonly Node[]): readonly Node<'input'>[] =>
  postorder(nodes).filter((node) => node.op === 'input');

/** Whether a node's value may depend on one of the given nodes (inputs, parameters or any others). */
export function dependsOn(node: Node, on: readonly Node[]): boolean {
  const wanted = new Set(on.map(({ id }) => id));
  return postorder([node]).some(({ id }) => wanted.has(id));
}

/** All nodes, among what the given ones need, that depend on one of `on`: their ids. For many questions at once. */
export function dependents(nodes: readonly Node[], on: readonly Node[]): ReadonlySet<number> {
  const found = new Set(on.map(({ id }) => id));
  for (const node of postorder(nodes))
    if (operandsOf(node).some(({ id }) => found.has(id))) found.add(node.id);
  return found;
}

/** How often each node is used as an operand, by id. */
export function useCounts(nodes: readonly Node[]): ReadonlyMap<number, number> {
  const uses = new Map<number, number>();
  for (const node of postorder(nodes))
    for (const { id } of operandsOf(node)) uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const { id } of nodes) uses.set(id, (uses.get(id) ?? 0) + 1);
  return uses;
}

/** The nodes and what they need, operands first, but not what the nodes of `stop` need. */
export const nodesAround = (nodes: readonly Node[], stop: ReadonlySet<Node>): readonly Node[] =>
  walk(nodes, (node) => (stop.has(node) ? [] : operandsOf(node)));
