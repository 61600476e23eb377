// Where a lower level of one to three entries begins that is not known to be convex: at the best point of a grid over its bounds (free entries: around their start,
// wider apart further out), so that the method finds the lowest valley and not only the nearest.
import { isRestricted } from '../../match/feasible.ts';
import { createFacts } from '../../problem/facts/facts.ts';
import { assumptionsOf } from '../../problem/facts/assumptions.ts';
import type { Level, Problem, Variable } from '../../problem/problem.ts';
import { constantValue } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { minimisedTerms } from '../one-goal.ts';
import { startOfLower } from './inner-solve.ts';
import type { LowerEquation } from './equation.ts';

/** Points along an axis, by the number of axes. */
const pointsAlong: Readonly<Record<number, number>> = { 1: 61, 2: 15, 3: 7 };

/** The level with its variables starting at the best point; itself where it is convex, larger, or limited by more than bounds. */
export function fromGrid(
  graph: Graph,
  problem: Problem,
  level: Level,
  equation: LowerEquation,
): Level {
  const { packing } = equation;
  const entries = constantValue(packing.shape[packing.shape.length - 1]);
  const points = entries === undefined ? undefined : pointsAlong[entries];
  const [goal, second] = level.goals;
  if (entries === undefined || points === undefined || packing.members > 0) return level;
  if (second !== undefined || goal.player !== undefined || goal.sense === 'find') return level;
  if (level.variables.some((v) => v.domain !== undefined || !isBoxed(v))) return level;
  const inputs = level.variables.map(({ input }) => input);
  const value = minimisedTerms(graph, goal).reduce<Node>(
    (sum, { node }) => graph.add(sum, node),
    graph.constant(0),
  );
  const { kind } = createFacts(graph, inputs, assumptionsOf(problem)).isConvex(value);
  if (kind === 'yes' || kind === 'if') return level;
  const valueAt = (z: Node): Node => {
    const parts = packing.unpack(z);
    return substituteIn(graph, value, new Map(inputs.map((input, k) => [input, parts[k]])));
  };
  const start = startOfLower(graph, equation);
  const pick = (of: (variable: Variable) => Node): Node =>
    packing.pack(level.variables.map((v) => graph.broadcastTo(of(v), v.shape)));
  const low = pick(({ lower }) => lower?.node ?? graph.constant(-1));
  const high = pick(({ upper }) => upper?.node ?? graph.constant(1));
  const bounded = pick((v) => graph.constant(isRestricted(v) ? 1 : 0));
  const strides = graph.literal(Array.from({ length: entries }, (_, k) => points ** k));
  const [, best] = graph.fold(
    graph.constant(points ** entries),
    [valueAt(start), start],
    (index, least, z) => {
      const digits = graph.mod(graph.floor(graph.div(index, strides)), points);
      const share = graph.div(digits, points - 1);
      const inside = graph.add(low, graph.mul(graph.sub(high, low), share));
      const t = graph.mul(5, graph.sub(graph.mul(2, share), 1));
      const around = graph.add(
        start,
        graph.mul(graph.div(graph.sinh(t), 5), graph.add(1, graph.abs(start))),
      );
      const point = graph.select(graph.lt(0, bounded), inside, around);
      const reached = valueAt(point);
      const better = graph.lt(reached, least);
      return [
        graph.select(better, reached, least),
        graph.select(graph.broadcastTo(better, z.type.shape, []), point, z),
      ];
    },
  );
  const parts = packing.unpack(graph.stop(best));
  return {
    ...level,
    variables: level.variables.map((variable, k): Variable => ({
      ...variable,
      start: { kind: 'expression', node: parts[k], span: variable.span },
    })),
  };
}

/** Bounded on both sides, or on neither. */
const isBoxed = ({ lower, upper }: Variable): boolean =>
  (lower === undefined) === (upper === undefined);
