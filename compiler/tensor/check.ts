// Whether a graph is legal: every type as its rule gives it, every dependence on parameters as it should be, every region closed. For tests
// after a pass; building through `make` keeps all of this by itself.
import { attributesText, regionsOf } from './attributes.ts';
import { InternalError } from './internal-error.ts';
import type { Node, NodeOf, Op } from './ir.ts';
import { freeOf } from './region-key.ts';
import { shapeRules } from './shape.ts';
import { isOp, printType, sameType } from './type.ts';
import { operandsOf, postorder } from './visit.ts';

/** What is wrong with the nodes and all that they need; empty where all is well. `within`: keys of parameters that may be free at the roots. */
export function checkGraph(
  nodes: readonly Node[],
  within: readonly number[] = [],
): readonly string[] {
  const order = postorder(nodes);
  return [
    ...order.flatMap(checkNode),
    ...order.flatMap(checkScopes),
    ...nodes.flatMap((node) => checkRoot(node, within)),
    ...checkInterning(order),
  ];
}

/** Throws where a graph is not legal. */
export function assertLegal(nodes: readonly Node[], within: readonly number[] = []): void {
  const problems = checkGraph(nodes, within);
  if (problems.length > 0) throw new InternalError(problems.slice(0, 10).join('\n'));
}

const label = (node: Node): string => `${node.op}#${node.id}`;

function checkNode(node: Node): readonly string[] {
  const problems: string[] = [];
  const derived = deriveTypes(node);
  if (typeof derived === 'string') problems.push(`${label(node)}: ${derived}`);
  else if (derived.length !== node.results.length)
    problems.push(`${label(node)}: ${node.results.length} results, not ${derived.length}`);
  else
    derived.forEach((type, k) => {
      if (!sameType(type, node.results[k]))
        problems.push(`${label(node)}: ${printType(node.results[k])} is ${printType(type)}`);
    });
  if (node.type !== node.results[0]) problems.push(`${label(node)}: type is not the first result`);
  const free = node.op === 'parameter' ? [node.attributes.key] : freeOf(node.args, regionsOf(node));
  if (free.join() !== node.free.join())
    problems.push(`${label(node)}: depends on [${free.join()}], not [${node.free.join()}]`);
  for (const operand of operandsOf(node)) {
    if (operand.id >= node.id) problems.push(`${label(node)}: older than ${label(operand)}`);
    if (operand.results.length > 1 && node.op !== 'part')
      problems.push(`${label(node)}: uses ${label(operand)} without part`);
  }
  return problems;
}

/** The types that the rule of the operation gives, or what it objects to. */
function deriveTypes<O extends Op>(node: NodeOf<O>): readonly Node['type'][] | string {
  try {
    return shapeRules[node.op](node.attributes, node.args, node.type);
  } catch (error) {
    if (error instanceof InternalError) return error.message;
    throw error;
  }
}

/** A region inside another must not bind the same parameter again. */
function checkScopes(node: Node): readonly string[] {
  const problems: string[] = [];
  for (const { parameters, results } of regionsOf(node)) {
    const keys = new Set(parameters.map((p) => p.attributes.key));
    if (keys.size < parameters.length) problems.push(`${label(node)}: binds a parameter twice`);
    const inner = postorder(results)
      .flatMap(regionsOf)
      .flatMap((region) => region.parameters);
    for (const { attributes } of inner)
      if (keys.has(attributes.key))
        problems.push(`${label(node)}: parameter ${attributes.key} is bound again inside`);
  }
  return problems;
}

function checkRoot(node: Node, within: readonly number[]): readonly string[] {
  const open = node.free.filter((key) => !within.includes(key));
  const problems = open.map((key) => `${label(node)}: parameter ${key} is not bound`);
  return node.results.length > 1 && !isOp(node, 'part')
    ? [...problems, `${label(node)}: a root with several results`]
    : problems;
}

/** Two nodes for one expression. */
function checkInterning(order: readonly Node[]): readonly string[] {
  const seen = new Map<string, Node>();
  return order.flatMap((node) => {
    const regions = (): string => `#${node.id}`;
    const key = `${node.op}|${attributesText(node.op, node.attributes, regions)}|${node.args.map((arg) => arg.id).join()}|${printType(node.type)}`;
    const other = seen.get(key);
    seen.set(key, node);
    return other === undefined ? [] : [`${label(node)}: the same as ${label(other)}`];
  });
}
