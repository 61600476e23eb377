// From one lane to all: an expression over region parameters (a bound index, an entry, an agent's point) becomes whole-array work over the axes that the
// parameters stand for. One rule an operation (rules.ts): a bound index meets `gather` as a slice or a renamed axis, a `cond` on it becomes a
// `select` with guarded operands (guard.ts), and what has no batched form is a loop over lanes (lanes.ts).
import type { Graph } from '../../tensor/graph.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { dependents } from '../../tensor/visit.ts';
import { align, unbatched, type BatchAxis, type Batched } from './batched.ts';
import { applyRule } from './rules.ts';
import type { Bindings, Context, Guard } from './state.ts';

/** The nodes with each key of `bindings` (a parameter or an input) taking all its values at once. */
export function vectorize(
  graph: Graph,
  nodes: readonly Node[],
  bindings: Bindings,
): readonly Batched[] {
  return createVisitor(graph, nodes, bindings)(nodes, undefined);
}

/** As `vectorize`, with all of `axes` leading in each result. */
export const vectorizeOver = (
  graph: Graph,
  nodes: readonly Node[],
  bindings: Bindings,
  axes: readonly BatchAxis[],
): readonly Node[] => vectorize(graph, nodes, bindings).map((value) => align(graph, value, axes));

function createVisitor(
  graph: Graph,
  nodes: readonly Node[],
  bindings: Bindings,
): (nodes: readonly Node[], guard: Guard) => readonly Batched[] {
  const isBound = dependence(nodes, bindings);
  // By guard, then by node.
  const done = new Map<Node | undefined, Map<Node, readonly Batched[]>>();
  const doneUnder = (guard: Guard): Map<Node, readonly Batched[]> => {
    const found = done.get(guard?.node) ?? new Map<Node, readonly Batched[]>();
    done.set(guard?.node, found);
    return found;
  };

  const visitNode = (node: Node, guard: Guard): readonly Batched[] => {
    const binding = bindings.get(node);
    if (binding !== undefined) return [binding];
    if (!isBound(node)) return node.results.map(() => unbatched(node));
    const values = doneUnder(guard);
    const known = values.get(node);
    if (known !== undefined) return known;
    const made = isOp(node, 'part')
      ? [partOf(node, visitNode(node.args[0], guard))]
      : applyRule(
          node,
          node.args.map((arg) => visitNode(arg, guard)[0]),
          contextFor(guard),
        );
    copyOrigin(graph, node, made);
    values.set(node, made);
    return made;
  };

  const visit = (wanted: readonly Node[], guard: Guard): readonly Batched[] => {
    // Arguments first, so that no recursion goes deep.
    const values = doneUnder(guard);
    const isOpen = (node: Node): boolean => isBound(node) && !values.has(node);
    for (const node of argumentsFirst(wanted, isOpen)) visitNode(node, guard);
    return wanted.map((node) => visitNode(node, guard)[0]);
  };

  const contextFor = (guard: Guard): Context => ({
    graph,
    bindings,
    guard,
    visit,
    within: (inner, wanted, under) => createVisitor(graph, wanted, inner)(wanted, under),
  });

  return visit;
}

/** Result `index` of what may be unbatched as a whole. */
function partOf(node: Node<'part'>, results: readonly Batched[]): Batched {
  const result = results[node.attributes.index];
  if (result === undefined) throw new InternalError(`part ${node.attributes.index} is missing`);
  return result.node === node.args[0] ? unbatched(node) : result;
}

function copyOrigin(graph: Graph, from: Node, to: readonly Batched[]): void {
  const span = graph.origin(from);
  if (span !== undefined) for (const { node } of to) graph.setOrigin(node, span);
}

/** Whether a node's value depends on a bound one. Of parameters each node knows that itself. */
function dependence(nodes: readonly Node[], bindings: Bindings): (node: Node) => boolean {
  const keys = new Set<number>();
  for (const node of bindings.keys()) {
    if (isOp(node, 'parameter')) keys.add(node.attributes.key);
    else {
      const found = dependents(nodes, [...bindings.keys()]);
      return ({ id }) => found.has(id);
    }
  }
  return ({ free }) => free.length > 0 && free.some((key) => keys.has(key));
}

function argumentsFirst(nodes: readonly Node[], isOpen: (node: Node) => boolean): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<number>();
  const stack = nodes.map((node) => ({ node, done: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (done) {
      found.push(node);
      continue;
    }
    if (seen.has(node.id) || !isOpen(node)) continue;
    seen.add(node.id);
    stack.push({ node, done: true });
    for (const arg of node.args) stack.push({ node: arg, done: false });
  }
  return found;
}
