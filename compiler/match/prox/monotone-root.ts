// The root of an increasing function of a number, for every entry at once.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

export interface MonotoneFunction {
  /** Increasing. */
  readonly value: (x: Node) => Node;
  readonly slope: (x: Node) => Node;
}

/** Newton's method kept inside a bracket that bisection shrinks. `low` and `high` enclose the root. */
export function monotoneRoot(
  graph: Graph,
  { value, slope }: MonotoneFunction,
  low: Node,
  high: Node,
  start: Node,
): Node {
  const largest = (x: Node): Node => (x.type.shape.length === 0 ? x : graph.maxOver(x));
  const [root] = graph.while(
    [start, low, high, graph.constant(0), graph.constant(Infinity)],
    (_x, _low, _high, k, change) => graph.and(graph.lt(k, 200), graph.gt(change, 0)),
    (x, below, above, k) => {
      const y = value(x);
      const newBelow = graph.select(graph.lt(y, 0), x, below);
      const newAbove = graph.select(graph.gt(y, 0), x, above);
      const newton = graph.sub(x, graph.div(y, slope(x)));
      const inside = graph.and(graph.gt(newton, newBelow), graph.lt(newton, newAbove));
      const middle = graph.mul(0.5, graph.add(newBelow, newAbove));
      const next = graph.select(graph.eq(y, 0), x, graph.select(inside, newton, middle));
      // Below the rounding of the iterate nothing more is gained.
      const scale = graph.add(graph.abs(x), 1e-300);
      const moved = graph.div(graph.abs(graph.sub(next, x)), scale);
      return [
        next,
        newBelow,
        newAbove,
        graph.add(k, 1),
        largest(graph.select(graph.gt(moved, 4e-16), moved, 0)),
      ];
    },
  );
  return root;
}
