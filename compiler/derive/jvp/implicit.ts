// Solutions of equations, by the implicit function theorem: the tangent of the residual at the solution is zero. The start does not matter.
import { productOfDims } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node, Region } from '../../tensor/ir.ts';
import { substitute } from '../../tensor/substitute.ts';
import { grad } from '../grad.ts';
import { jac } from '../jac.ts';
import { mapTangent, type Tangent } from '../tangent.ts';
import { single, type JvpContext, type JvpRule } from './rule.ts';

/** The derivative of the residual by z, from a parameter and the residual there. */
type Jacobian = (graph: Graph, residual: Node, z: Node) => Node;

/** J dz + dr = 0 with dr the tangent of the residual at fixed z. */
function implicitTangent(
  solution: Node,
  region: Region,
  residualOf: (graph: Graph, region: Region) => Node,
  jacobian: Jacobian,
  context: JvpContext,
): Tangent {
  const { graph } = context;
  const [z] = region.parameters;
  const residual = residualOf(graph, region);
  context.bind(z, undefined);
  return mapTangent(context.tangent(residual), (change) => {
    const at = new Map([[z, solution]]);
    const { shape } = solution.type;
    const size = productOfDims(shape);
    const [J, dr] = substitute(graph, [jacobian(graph, residual, z), change], at);
    const step = graph.solve(graph.reshape(J, [size, size]), graph.reshape(dr, [size]));
    return graph.reshape(graph.neg(step), shape);
  });
}

export const root: JvpRule<'root'> = single((node, context) => {
  const region = context.enter(node.attributes.residual);
  const solution = context.graph.make('root', node.attributes, node.args);
  return implicitTangent(solution, region, (_, { results }) => results[0], jac, context);
});

export const fixpoint: JvpRule<'fixpoint'> = single((node, context) => {
  const region = context.enter(node.attributes.map);
  const solution = context.graph.make('fixpoint', node.attributes, node.args);
  const residual = (graph: Graph, { parameters, results }: Region): Node =>
    graph.sub(results[0], parameters[0]);
  return implicitTangent(solution, region, residual, jac, context);
});

/** The residual is the gradient of the objective. */
export const minimizer: JvpRule<'minimizer'> = single((node, context) => {
  const region = context.enter(node.attributes.objective);
  const solution = context.graph.make('minimizer', node.attributes, node.args);
  const residual = (graph: Graph, { parameters, results }: Region): Node =>
    grad(graph, results[0], parameters[0]);
  return implicitTangent(solution, region, residual, jac, context);
});
