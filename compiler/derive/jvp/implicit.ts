// Solutions of equations, by the implicit function theorem: the tangent of the residual at the solution is zero. The start does not matter.
import { productOfDims } from '../../tensor/dim.ts';
import type { Node, Region } from '../../tensor/ir.ts';
import { grad } from '../grad.ts';
import { isDiagonal } from '../batch/batched.ts';
import { blocksOf, columnsOf, jacForward } from '../jac.ts';
import { NotDifferentiable } from '../not-differentiable.ts';
import { renamed } from '../replace.ts';
import { mapTangent, type Tangent } from '../tangent.ts';
import { single, type JvpContext, type JvpRule } from './rule.ts';

/** J dz + dr = 0, with J the derivative of the residual by z at the solution and dr the tangent of the residual there at fixed z. */
function implicitTangent(
  solution: Node,
  { parameters: [z] }: Region,
  residual: Node,
  context: JvpContext,
): Tangent {
  const { graph } = context;
  context.bind(z, undefined);
  return mapTangent(context.tangent(residual), (change) => {
    const columns = columnsOf(graph, residual, z);
    if (columns === undefined)
      throw new NotDifferentiable(solution, 'the equation does not depend on its unknown');
    const separable = isDiagonal(columns);
    // A solution may itself be part of what it is put into: only free places of z are meant.
    const [J, dr] = renamed(
      graph,
      [separable ? columns.entries : jacForward(graph, residual, z), change],
      [z],
      [solution],
    );
    if (separable) return graph.neg(graph.div(dr, J));
    const { shape } = solution.type;
    const size = productOfDims(shape);
    const step = graph.solve(graph.reshape(J, [size, size]), graph.reshape(dr, [size]));
    return graph.reshape(graph.neg(step), shape);
  });
}

/** The same where the first axes count equations that share nothing: one small system for each. */
function tangentOfMembers(
  solution: Node,
  { parameters: [z] }: Region,
  residual: Node,
  members: number,
  context: JvpContext,
): Tangent {
  const { graph } = context;
  context.bind(z, undefined);
  return mapTangent(context.tangent(residual), (change) => {
    const [J, dr] = renamed(
      graph,
      [blocksOf(graph, residual, z, members), change],
      [z],
      [solution],
    );
    const { shape } = solution.type;
    const lead = shape.slice(0, members);
    const column = graph.reshape(dr, [...lead, productOfDims(shape.slice(members)), 1]);
    return graph.reshape(graph.neg(graph.solve(J, column)), shape);
  });
}

export const root: JvpRule<'root'> = single((node, context) => {
  const solution = context.graph.make('root', node.attributes, node.args);
  const { residual, members } = node.attributes;
  return context.within(residual, (region) =>
    members > 0
      ? tangentOfMembers(solution, region, region.results[0], members, context)
      : implicitTangent(solution, region, region.results[0], context),
  );
});

export const fixpoint: JvpRule<'fixpoint'> = single((node, context) => {
  const { graph } = context;
  const solution = graph.make('fixpoint', node.attributes, node.args);
  return context.within(node.attributes.map, (region) =>
    implicitTangent(solution, region, graph.sub(region.results[0], region.parameters[0]), context),
  );
});

/** The residual is the gradient of the objective. */
export const minimizer: JvpRule<'minimizer'> = single((node, context) => {
  const { graph } = context;
  const solution = graph.make('minimizer', node.attributes, node.args);
  return context.within(node.attributes.objective, (region) =>
    implicitTangent(
      solution,
      region,
      grad(graph, region.results[0], region.parameters[0]),
      context,
    ),
  );
});
