// The operation that first made a NaN or an infinity, found by evaluating once more with the reference interpreter.
//
// An operation is to blame where its operands are finite and its result is not, or where it makes a NaN of infinities that were meant (constants, data,
// a maximum over nothing). Only what reaches the result counts: a branch not taken, or an infinity that a `min` throws away, is nobody's fault.
import { interpret, type Environment } from './interpret.ts';
import type { Value } from './interpret/value.ts';
import type { Node } from './ir.ts';
import { isOp } from './type.ts';
import { operandsOf } from './visit.ts';

export interface FirstNonFinite {
  readonly node: Node;
  /** The first entry of the result that is not finite. */
  readonly entry: number;
  readonly value: number;
  readonly shape: readonly number[];
  readonly operands: readonly Value[];
}

/** Milliseconds after which the search is given up: what is replayed may be much slower than the program it explains. */
const patience = 10_000;

/** Undefined where all nodes are finite, or where the search was given up. */
export function firstNonFinite(
  nodes: readonly Node[],
  environment: Environment,
): FirstNonFinite | undefined {
  const suspects = new Map<number, FirstNonFinite>();
  /** From a node to those operands that brought it its infinities. */
  const sources = new Map<number, Set<number>>();
  const until = performance.now() + patience;
  const observe = (node: Node, args: readonly Value[], results: readonly Value[]): void => {
    if (performance.now() > until) throw new GivenUp();
    const entry = results.findIndex(({ data }) => !data.every(Number.isFinite));
    if (entry < 0) return;
    const from = sources.get(node.id) ?? new Set();
    for (const id of carriers(node, args, results[0])) from.add(id);
    sources.set(node.id, from);
    const suspect = suspected(node, args, results[entry]);
    if (suspect !== undefined && !suspects.has(node.id)) suspects.set(node.id, suspect);
  };
  try {
    const { values } = interpret(nodes, { ...environment, observe });
    const roots = nodes.filter((_, k) => !values[k].data.every(Number.isFinite));
    const reached = reachedFrom(roots, sources);
    return [...suspects.values()].find(({ node }) => reached.has(node.id));
  } catch (error) {
    // The search explains a result that is there already: whatever stops it must not lose that result.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

class GivenUp extends Error {}

/** The operands through which infinities came in. */
function carriers(node: Node, args: readonly Value[], result: Value): readonly number[] {
  if (isOp(node, 'select')) {
    const [condition] = args;
    const brings = (branch: boolean): boolean =>
      result.data.some(
        (value, k) => !Number.isFinite(value) && (condition.data[k] !== 0) === branch,
      );
    return [
      ...(brings(true) ? [node.args[1].id] : []),
      ...(brings(false) ? [node.args[2].id] : []),
    ];
  }
  return operandsOf(node).map(({ id }) => id);
}

function suspected(
  node: Node,
  operands: readonly Value[],
  result: Value,
): FirstNonFinite | undefined {
  const { data, shape } = result;
  const nan = data.findIndex(Number.isNaN);
  const entry = nan >= 0 ? nan : data.findIndex((value) => !Number.isFinite(value));
  const leaf = operandsOf(node).length === 0;
  const meant = leaf || regional(node) || isLargestOfNothing(node, operands);
  const clean = operands.every((operand) => operand.data.every(Number.isFinite));
  const noNan = operands.every((operand) => !operand.data.some(Number.isNaN));
  const blamed = nan >= 0 ? noNan && (leaf || !regional(node)) : clean && !meant;
  return blamed ? { node, entry, value: data[entry], shape, operands } : undefined;
}

/** What happens in a body is the fault of an operation in it. */
const regional = (node: Node): boolean => operandsOf(node).length > node.args.length;

const isLargestOfNothing = (node: Node, operands: readonly Value[]): boolean =>
  isOp(node, 'reduce') && operands[0].data.length === 0;

function reachedFrom(
  roots: readonly Node[],
  sources: ReadonlyMap<number, ReadonlySet<number>>,
): ReadonlySet<number> {
  const reached = new Set<number>();
  const stack = roots.map(({ id }) => id);
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const source of sources.get(id) ?? []) stack.push(source);
  }
  return reached;
}
