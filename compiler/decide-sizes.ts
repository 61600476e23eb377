// Branches that depend on sizes alone, decided where the sizes are known: which algorithm suits the size of the data.
import { symbolsOf } from './tensor/dim.ts';
import type { Graph } from './tensor/graph.ts';
import { interpretScalar } from './tensor/interpret.ts';
import type { Node } from './tensor/ir.ts';
import { substitute } from './tensor/substitute.ts';
import { isOp } from './tensor/type.ts';
import { postorder } from './tensor/visit.ts';

export type KnownSizes = Readonly<Record<string, number>>;

export interface Decided {
  readonly nodes: readonly Node[];
  /** The sizes that decided something: the result is made for them. */
  readonly sizes: KnownSizes;
}

/** The nodes with every condition of a `cond` that asks only for known sizes replaced by its answer. */
export function decideSizes(graph: Graph, nodes: readonly Node[], sizes: KnownSizes): Decided {
  const answers = new Map<Node, Node>();
  const used: Record<string, number> = {};
  for (const node of postorder(nodes)) {
    if (!isOp(node, 'cond')) continue;
    const [condition] = node.args;
    if (answers.has(condition)) continue;
    const symbols = sizesAskedFor(condition);
    if (symbols === undefined || symbols.some((symbol) => !Object.hasOwn(sizes, symbol))) continue;
    const holds = interpretScalar(condition, { inputs: {}, sizes }) !== 0;
    answers.set(condition, holds ? graph.le(0, 1) : graph.le(1, 0));
    for (const symbol of symbols) used[symbol] = sizes[symbol];
  }
  if (answers.size === 0) return { nodes, sizes: {} };
  return { nodes: substitute(graph, nodes, answers), sizes: used };
}

/** The symbols of a scalar that is made of sizes and constants; undefined where anything else is in it. */
function sizesAskedFor(condition: Node): readonly string[] | undefined {
  if (condition.type.shape.length > 0) return undefined;
  const symbols = new Set<string>();
  for (const node of postorder([condition])) {
    if (isOp(node, 'size'))
      for (const symbol of symbolsOf(node.attributes.dim)) symbols.add(symbol);
    else if (!isOp(node, 'constant') && !isOp(node, 'unary') && !isOp(node, 'binary'))
      return undefined;
  }
  return [...symbols];
}
