// The goal at the answer with each kink replaced by its minorant there: F(x) + Σ w_k (minorant_k(x; y) - a_k(x)).
import { grads } from '../derive/grad.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { postorder } from '../tensor/visit.ts';
import { dependence, minorant } from './atoms.ts';
import type { DualProblem } from './dual.ts';

export function minorized(graph: Graph, F: Node, dual: DualProblem, y: readonly Node[]): Node {
  const bounds = dual.atoms.map(({ atom }, k) => minorant(graph, atom, y[k]));
  const nodes = new Set(postorder([F]));
  const within = dual.atoms.map(({ atom }) => nodes.has(atom.node));
  const replaced = isAffineIn(
    graph,
    F,
    dual.atoms.filter((_, k) => within[k]).map(({ atom }) => atom.node),
    dual.variables,
  );
  // Where the goal is affine in its kinks both forms are one; the shorter has no kink left.
  const start = replaced
    ? substituteIn(
        graph,
        F,
        new Map(
          dual.atoms.flatMap(({ atom }, k) => (within[k] ? [[atom.node, bounds[k]] as const] : [])),
        ),
      )
    : F;
  return dual.atoms.reduce(
    (sum, { atom, weight }, k) =>
      replaced && within[k]
        ? sum
        : graph.add(sum, graph.sum(graph.mul(weight, graph.sub(bounds[k], atom.node)))),
    start,
  );
}

/** Whether the expression is affine in these nodes, with slopes that no variable changes. */
function isAffineIn(
  graph: Graph,
  expression: Node,
  nodes: readonly Node[],
  variables: readonly Node[],
): boolean {
  if (nodes.length === 0) return false;
  const names = nodes.map((node, k) => graph.input(`kink ${k}`, 'state', node.type));
  const renamed = substituteIn(
    graph,
    expression,
    new Map(nodes.map((node, k) => [node, names[k]])),
  );
  return grads(graph, renamed, names).every(
    (slope) => !dependence(slope, [...variables, ...names])(slope),
  );
}
