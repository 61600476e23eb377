// Draws, differentiated along their path: the same random numbers, moved parameters.
import type { Graph } from '../../tensor/graph.ts';
import type { Distribution, Node } from '../../tensor/ir.ts';
import { NotDifferentiable } from '../not-differentiable.ts';
import { addTangents, mapTangent, type Tangent } from '../tangent.ts';
import { single, type JvpRule } from './rule.ts';
import { infiniteAtZero } from './unary.ts';

/** The derivative of a draw by one of its parameters; parameters and draw in the shape of the draw. `undefined`: there is none. */
type PathSlope = (graph: Graph, draw: Node, parameters: readonly Node[]) => Node;

const one: PathSlope = (g) => g.constant(1);
/** (y - location) / scale. */
const standardized =
  (location: number, scale: number): PathSlope =>
  (g, y, parameters) =>
    g.div(g.sub(y, parameters[location]), infiniteAtZero(g, parameters[scale]));
/** How far y lies between the ends of an interval. */
const share: PathSlope = (g, y, [low, high]) =>
  g.div(g.sub(y, low), infiniteAtZero(g, g.sub(high, low)));
/** y is inversely proportional to the parameter. */
const inverse =
  (rate: number): PathSlope =>
  (g, y, parameters) =>
    g.neg(g.div(y, parameters[rate]));

/** Slopes by position of the parameter. */
const pathSlopes: { readonly [D in Distribution]: readonly (PathSlope | undefined)[] } = {
  normal: [one, standardized(0, 1)],
  uniform: [(g, y, parameters) => g.sub(1, share(g, y, parameters)), share],
  bernoulli: [],
  categorical: [],
  poisson: [],
  exponential: [inverse(0)],
  gamma: [undefined, inverse(1)],
  beta: [],
  laplace: [one, standardized(0, 1)],
  student_t: [],
  dirichlet: [],
  rademacher: [],
  permutation: [],
};

/** Whether a draw from the distribution moves smoothly with its parameter at a position. */
export const hasPathSlope = (distribution: Distribution, parameter: number): boolean =>
  pathSlopes[distribution][parameter] !== undefined;

export const draw: JvpRule<'draw'> = single((node, { graph, tangent }): Tangent => {
  const { distribution, parameters: count, shape } = node.attributes;
  const parameters = node.args.slice(0, count);
  const y = graph.make('draw', node.attributes, node.args);
  const spread = (x: Node): Node => graph.broadcastTo(x, shape);
  return parameters.reduce<Tangent>((sum, parameter, k) => {
    const moved = mapTangent(tangent(parameter), (d) => {
      const slope = pathSlopes[distribution][k];
      if (slope === undefined)
        throw new NotDifferentiable(
          y,
          `a draw from \`${distribution}\` has no pathwise derivative by its parameter ${k + 1}`,
        );
      return graph.mul(slope(graph, y, parameters.map(spread)), spread(d));
    });
    return addTangents(graph, sum, moved);
  }, undefined);
});
