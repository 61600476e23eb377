// What a sample does to the value of a goal: where an expectation has no closed form, the mean over a fixed sample stands for it, and the value is known to its
// standard error alone (language §7).
import { grads } from '../derive/grad.ts';
import type { Problem, SampledMean } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { postorder } from '../tensor/visit.ts';

export interface Sampling {
  /** The standard error of the value, to first order in the means; undefined where the means stand within other sums. */
  readonly standardError: Node | undefined;
  readonly notes: readonly string[];
}

/** Undefined where nothing of the goal is sampled. */
export function samplingOf(
  graph: Graph,
  { sampled = [] }: Problem,
  value: Node | undefined,
): Sampling | undefined {
  if (value === undefined) return undefined;
  const nodes = postorder([value]);
  if (!nodes.some(({ op }) => op === 'draw')) return undefined;
  const there = new Set(nodes);
  // What was lowered twice is one mean all the same.
  const means = [...new Map(sampled.map((each) => [each.mean, each])).values()].filter(({ mean }) =>
    there.has(mean),
  );
  const [first] = means;
  return {
    standardError: first === undefined ? undefined : errorOf(graph, value, means),
    notes: [...new Set(sampled.flatMap(insteadNote))],
  };
}

function insteadNote({ instead, draws }: SampledMean): readonly string[] {
  switch (instead) {
    case undefined:
      return [];
    case 'quadrature':
      return [
        `Quadrature is for single normal, uniform and exponential numbers: here the mean over a fixed sample of ${draws} draws stands for it.`,
      ];
    case 'enum':
      return [
        `There is no finite list of values to go through: the mean over a fixed sample of ${draws} draws stands for it.`,
      ];
  }
}

/** sqrt(variance of Σ_k w_k lane_k over the draws / their number), w_k the slope of the value in the mean k (delta method). Draws of equal number are taken in
 * pairs: shared ones are one draw, and others are independent, as are those of other number. Over a set the draws of all its elements are taken for draws of
 * one law, which errs above. */
function errorOf(graph: Graph, value: Node, means: readonly SampledMean[]): Node {
  const slopes = grads(
    graph,
    value,
    means.map(({ mean }) => mean),
  );
  const single = means.map(({ lanes, draws }, k) => {
    const { shape } = lanes.type;
    const rest = shape.map((_, axis) => axis).slice(1);
    const slope = slopes[k];
    const spread = slope.type.shape.length === 0 ? slope : graph.broadcastTo(slope, shape, rest);
    return { draws, values: graph.sum(graph.mul(spread, lanes), rest) };
  });
  const numbers = [...new Set(single.map(({ draws }) => draws))];
  const variances = numbers.map((draws) => {
    const all = single
      .filter((each) => each.draws === draws)
      .map(({ values }) => values)
      .reduce((a, b) => graph.add(a, b));
    const mean = graph.div(graph.sum(all), draws);
    return graph.div(graph.sumsq(graph.sub(all, mean)), draws * draws);
  });
  return graph.sqrt(variances.reduce((a, b) => graph.add(a, b)));
}
