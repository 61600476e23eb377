// Rewrites an expression into an equal, cheaper one. Bottom-up: a node's operands are in normal form before its own rules are tried, and what a
// rule gives is simplified in turn until no rule applies. Each node is handled once, so the work is linear in nodes and rewrites.
import type { AttributeMap } from '../tensor/attributes.ts';
import { sameShape } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node, NodeOf, Op } from '../tensor/ir.ts';
import { printNode } from '../tensor/print.ts';
import { rebuild } from '../tensor/substitute.ts';
import { printType } from '../tensor/type.ts';
import { operandsOf } from '../tensor/visit.ts';
import { balanceSums } from './balance.ts';
import type { SimplifyOptions } from './rule.ts';
import { rulesByOp } from './rules.ts';

export type { SimplifyOptions } from './rule.ts';

/** Equal expressions, cheaper. Shapes stay as they are; a kind may become narrower (a sum of zeros is an int). */
export function simplify(
  graph: Graph,
  nodes: readonly Node[],
  options: SimplifyOptions = {},
): readonly Node[] {
  const simplifier = createSimplifier(graph, options);
  return balanceSums(graph, nodes).map(simplifier);
}

/** One expression. */
export const simplifyNode = (graph: Graph, node: Node, options: SimplifyOptions = {}): Node =>
  simplify(graph, [node], options)[0];

/** Rules that make ever new nodes show in a stack deeper than any expression. */
const deepest = 1_000_000;

function createSimplifier(graph: Graph, options: SimplifyOptions): (node: Node) => Node {
  /** Nodes in normal form, by the id of what they were. */
  const done = new Map<number, Node>();
  /** Nodes whose own rules gave another node that is still in work. */
  const becomes = new Map<number, Node>();
  /** Where on the stack a node waits for others. */
  const waiting = new Map<number, number>();

  const now = (operand: Node): Node => done.get(operand.id) ?? operand;
  const map: AttributeMap = {
    dim: (dim) => dim,
    region: ({ parameters, results }) => ({ parameters, results: results.map(now) }),
  };
  /** The node over operands in normal form, then what the first rule that applies makes of it. */
  const step = (node: Node): Node | undefined =>
    operandsOf(node).every((operand) => now(operand) === operand)
      ? firstRewrite(node, graph, options)
      : rebuild(graph, node, node.args.map(now), map);

  return (root) => {
    const stack: Node[] = [root];
    const wait = (node: Node, operands: readonly Node[]): void => {
      const place = waiting.get(node.id);
      if (place !== undefined && place < stack.length) throw endless(node);
      waiting.set(node.id, stack.length);
      for (let k = operands.length - 1; k >= 0; k--) stack.push(operands[k]);
    };
    const finish = (node: Node, result: Node): void => {
      done.set(node.id, result);
      stack.pop();
    };
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (done.has(node.id)) {
        stack.pop();
        continue;
      }
      const missing = operandsOf(node).filter((operand) => !done.has(operand.id));
      if (missing.length > 0) {
        wait(node, missing);
        continue;
      }
      const next = becomes.get(node.id) ?? step(node);
      if (next === undefined || next === node) {
        finish(node, node);
        continue;
      }
      const result = done.get(next.id);
      if (result !== undefined) {
        graph.follow(node, result);
        finish(node, result);
        continue;
      }
      if (stack.length > deepest) throw endless(node);
      becomes.set(node.id, next);
      wait(node, [next]);
    }
    return now(root);
  };
}

function firstRewrite<O extends Op>(
  node: NodeOf<O> & Node,
  graph: Graph,
  options: SimplifyOptions,
): Node | undefined {
  for (const { name, apply } of rulesByOp[node.op]) {
    const after = apply(node, graph, options);
    if (after === undefined || after === node || after.type.storage !== node.type.storage) continue;
    if (!sameShape(after.type.shape, node.type.shape))
      throw new InternalError(
        `rule ${name} makes ${printType(after.type)} of ${printType(node.type)}`,
      );
    options.onRule?.(name, node, after);
    return after;
  }
  return undefined;
}

const endless = (node: Node): InternalError =>
  new InternalError(`simplification does not end at ${printNode(node, { nodes: 60 })}`);
