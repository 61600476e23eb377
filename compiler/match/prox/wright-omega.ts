import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/**
 * The logarithm of Wright's omega function: w with w + exp(w) = z (Corless & Jeffrey 2002). Newton's method from the right of the
 * root, where the function is convex, falls monotonically; eight steps reach rounding for every z.
 */
export function logWrightOmega(graph: Graph, z: Node): Node {
  const start = graph.select(graph.gt(z, 1), graph.log(graph.max(z, 1)), z);
  const [w] = graph.fold(graph.constant(8), [start], (_k, at) => {
    const e = graph.exp(at);
    return [graph.sub(at, graph.div(graph.sub(graph.add(at, e), z), graph.add(1, e)))];
  });
  return w;
}
