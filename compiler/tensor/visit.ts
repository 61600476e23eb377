// Walks over nodes and the regions in them. All are iterative: an expression may be deeper than the stack.
import { regionsOf } from './attributes.ts';
import { InternalError } from './internal-error.ts';
import type { Node } from './ir.ts';

/** What a node needs directly: its arguments, then the results of its regions. */
export const operandsOf = (node: Node): readonly Node[] => {
  const regions = regionsOf(node);
  if (regions.length === 0) return node.args;
  const operands = [...node.args];
  for (const { results } of regions) for (const result of results) operands.push(result);
  return operands;
};

/** All nodes that the given ones need, each once, operands before users, bodies of regions included. */
export const postorder = (nodes: readonly Node[]): readonly Node[] => walk(nodes, operandsOf);

/** As `postorder`, without the bodies of regions. */
export const postorderOutside = (nodes: readonly Node[]): readonly Node[] =>
  walk(nodes, ({ args }) => args);

/** As `postorderOutside`, stopping at nodes where `enter` says no; those are not listed. */
export const postorderOutsideWhere = (
  nodes: readonly Node[],
  enter: (node: Node) => boolean,
): readonly Node[] => walk(nodes.filter(enter), ({ args }) => args.filter(enter));

/** As `postorder`, stopping at nodes where `enter` says no; those are not listed. */
export const postorderWhere = (
  nodes: readonly Node[],
  enter: (node: Node) => boolean,
): readonly Node[] => walk(nodes.filter(enter), (node) => operandsOf(node).filter(enter));

function walk(nodes: readonly Node[], below: (node: Node) => readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<number>();
  // The way down to the present node, with the operands of each and how many of them are done.
  const path: Node[] = [];
  const operands: (readonly Node[])[] = [];
  const done: number[] = [];
  const enter = (node: Node): void => {
    seen.add(node.id);
    path.push(node);
    operands.push(below(node));
    done.push(0);
  };
  for (const root of nodes) {
    if (!seen.has(root.id)) enter(root);
    while (path.length > 0) {
      const top = path.length - 1;
      const next = operands[top][done[top]++];
      if (next === undefined) {
        found.push(path[top]);
        path.pop();
        operands.pop();
        done.pop();
      } else if (!seen.has(next.id)) enter(next);
    }
  }
  return found;
}

/** A property of nodes that follows from that of their operands: worked out when it is asked for, once a node. */
export function fromOperands<T extends object | number | boolean>(
  rule: (node: Node, of: (operand: Node) => T) => T,
): (node: Node) => T {
  // By id: a number costs less to look up than an object.
  const known = new Map<number, T>();
  const of = (node: Node): T => {
    const found = known.get(node.id);
    if (found === undefined) throw new InternalError(`node ${node.id} came before its operands`);
    return found;
  };
  return (root) => {
    const before = known.get(root.id);
    if (before !== undefined) return before;
    const waiting = [root];
    for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
      const below = waiting.length;
      for (const operand of operandsOf(node)) if (!known.has(operand.id)) waiting.push(operand);
      if (waiting.length > below) continue;
      waiting.pop();
      if (!known.has(node.id)) known.set(node.id, rule(node, of));
    }
    return of(root);
  };
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
