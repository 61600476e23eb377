import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { alongGroups, asRows } from '../atoms/groups.ts';
import { alongRows } from '../domains/rows.ts';

/** The prox of the sum of the k largest entries of each group: v - t p, p the projection of v/t onto 0 <= p <= 1 with sum k. */
export function proxSumLargest(
  graph: Graph,
  t: Node,
  v: Node,
  axes: readonly number[],
  count: Node,
): Node {
  const scale = alongGroups(graph, t, v.type.shape, axes);
  const { rows, back } = asRows(graph, graph.div(v, scale), axes);
  return graph.sub(v, graph.mul(scale, back(projectCappedSimplex(graph, rows, count))));
}

/** The nearest point with entries between 0 and 1 and sum k, for each row. */
export function projectCappedSimplex(graph: Graph, v: Node, count: Node): Node {
  const { shape } = v.type;
  const axis = shape.length - 1;
  const at = (level: Node): Node =>
    graph.min(graph.max(graph.sub(v, alongRows(graph, level, shape)), 0), 1);
  const low = graph.sub(graph.minOver(v, [axis]), 1);
  const high = graph.maxOver(v, [axis]);
  const largest = (x: Node): Node => (x.type.shape.length === 0 ? x : graph.maxOver(x));
  // The sum falls with the level, linearly between breakpoints: Newton's method, kept inside a shrinking bracket.
  const [level] = graph.while(
    [graph.mul(0.5, graph.add(low, high)), low, high, graph.constant(0), graph.constant(Infinity)],
    (_level, _low, _high, k, change) => graph.and(graph.lt(k, 200), graph.gt(change, 0)),
    (now, below, above, k) => {
      const p = at(now);
      const excess = graph.sub(graph.sum(p, [axis]), count);
      const inside = graph.and(graph.gt(p, 0), graph.lt(p, 1));
      const slope = graph.sum(graph.select(inside, 1, 0), [axis]);
      const newBelow = graph.select(graph.gt(excess, 0), now, below);
      const newAbove = graph.select(graph.lt(excess, 0), now, above);
      const newton = graph.add(now, graph.div(excess, graph.max(slope, 1)));
      const usable = graph.and(
        graph.gt(slope, 0),
        graph.and(graph.gt(newton, newBelow), graph.lt(newton, newAbove)),
      );
      const middle = graph.mul(0.5, graph.add(newBelow, newAbove));
      const next = graph.select(graph.eq(excess, 0), now, graph.select(usable, newton, middle));
      const moved = graph.abs(graph.sub(next, now));
      const rounding = graph.mul(4e-16, graph.add(1, graph.abs(now)));
      return [
        next,
        newBelow,
        newAbove,
        graph.add(k, 1),
        largest(graph.select(graph.gt(moved, rounding), moved, 0)),
      ];
    },
  );
  return at(level);
}
