// Terms that are smooth, or convex, only together: `mean(log1p(exp(-abs(t)))) + mean(max(-t, 0))`, as a goal looks after its terms were
// split. What stands under equal sums and factors is added up entry by entry, so that it can be seen as one function of one argument.
import { sameShape } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { Calculus } from './calculus.ts';
import { shiftsLog } from './atoms/log-sum-exp.ts';
import { isBinary, isUnary, plain } from './nodes.ts';
import { summandsOf } from './summands.ts';

/** A term as factors and sums around its entries. `key` is equal for equal surroundings. */
interface Peeled {
  readonly key: string;
  readonly entries: Node;
  readonly negative: boolean;
  readonly wrap: (entries: Node) => Node;
}

function peel(node: Node, negative: boolean, c: Calculus): Peeled {
  const { graph } = c;
  const around = (inner: Node, key: string, wrap: (x: Node) => Node, flips = false): Peeled => {
    const below = peel(inner, flips ? !negative : negative, c);
    return { ...below, key: `${key} ${below.key}`, wrap: (x) => wrap(below.wrap(x)) };
  };
  const at = plain(node);
  if (isUnary(at, 'neg')) return around(at.args[0], '', (x) => x, true);
  if (isOp(at, 'binary') && (isBinary(at, 'mul') || isBinary(at, 'div'))) {
    const [a, b] = at.args;
    const { fn } = at.attributes;
    if (c.degree(b) === 0)
      return around(a, `${fn}${b.id}`, (x) => (fn === 'mul' ? graph.mul(x, b) : graph.div(x, b)));
    if (fn === 'mul' && c.degree(a) === 0) return around(b, `mul${a.id}`, (x) => graph.mul(a, x));
  }
  if (isOp(at, 'reduce') && at.attributes.fn === 'sum') {
    const { axes } = at.attributes;
    return around(at.args[0], `sum${axes.join()}`, (x) => graph.sum(x, axes));
  }
  return { key: '', entries: at, negative, wrap: (x) => x };
}

/** Indices of terms to be added up together, with the sum of each group. */
export interface Fusion {
  readonly members: readonly number[];
  readonly node: Node;
}

interface Term {
  readonly node: Node;
  readonly negative: boolean;
}

/** Groups of terms of which each fails the test and the sum passes. */
export function fusions(
  terms: readonly Term[],
  passes: (node: Node) => boolean,
  c: Calculus,
): readonly Fusion[] {
  const groups = new Map<string, { readonly index: number; readonly peeled: Peeled }[]>();
  terms.forEach(({ node, negative }, index) => {
    if (c.degree(node) <= 1 || passes(node)) return;
    const peeled = peel(node, negative, c);
    const shape = peeled.entries.type.shape.map((dim) => dim.key).join();
    const key = `${peeled.key}|${shape}`;
    groups.set(key, [...(groups.get(key) ?? []), { index, peeled }]);
  });
  const found = [...shiftedLogSumExps(terms, c)];
  const taken = new Set(found.flatMap(({ members }) => members));
  for (const all of groups.values()) {
    const group = all.filter(({ index }) => !taken.has(index));
    if (group.length < 2) continue;
    const sum = group
      .map(({ peeled }) => peeled)
      .reduce<Node | undefined>(
        (total, { entries, negative }) => addSigned(c.graph, total, entries, negative),
        undefined,
      );
    const [first] = group;
    if (sum === undefined || !sameShape(sum.type.shape, first.peeled.entries.type.shape)) continue;
    const node = first.peeled.wrap(sum);
    if (passes(node)) found.push({ members: group.map(({ index }) => index), node });
  }
  return found;
}

/** s and log(sum(exp(u - s))) under equal factors and sums: the two parts of a shifted log-sum-exp. */
function shiftedLogSumExps(terms: readonly Term[], c: Calculus): readonly Fusion[] {
  const peeled = terms.map(({ node, negative }) => peel(node, negative, c));
  return peeled.flatMap((log, k): readonly Fusion[] => {
    if (!isUnary(log.entries, 'log')) return [];
    const partner = peeled.findIndex(
      (shift, j) =>
        j !== k &&
        shift.key === log.key &&
        shift.negative === log.negative &&
        sameShape(shift.entries.type.shape, log.entries.type.shape) &&
        shiftsLog(shift.entries, log.entries),
    );
    if (partner < 0) return [];
    const sum = c.graph.add(peeled[partner].entries, log.entries);
    return [
      {
        members: [Math.min(k, partner), Math.max(k, partner)],
        node: log.wrap(log.negative ? c.graph.neg(sum) : sum),
      },
    ];
  });
}

function addSigned(graph: Graph, total: Node | undefined, node: Node, negative: boolean): Node {
  if (total === undefined) return negative ? graph.neg(node) : node;
  return negative ? graph.sub(total, node) : graph.add(total, node);
}

/** The same sum with such groups added up; the node itself where there is none. */
export function fused(node: Node, passes: (node: Node) => boolean, c: Calculus): Node {
  if (node.type.shape.length > 0) return node;
  const terms = summandsOf(node);
  if (terms.length < 2) return node;
  const groups = fusions(terms, passes, c);
  if (groups.length === 0) return node;
  const taken = new Set(groups.flatMap(({ members }) => members));
  const rest = terms.filter((_, k) => !taken.has(k));
  const parts = [...rest, ...groups.map((group) => ({ node: group.node, negative: false }))];
  return (
    parts.reduce<Node | undefined>(
      (total, term) => addSigned(c.graph, total, term.node, term.negative),
      undefined,
    ) ?? node
  );
}
