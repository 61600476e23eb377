// The reduced goal with its gradient by one adjoint system for each lower level, solved by products alone (Pedregosa 2016; Lorraine, Vicol & Duvenaud 2020):
// at the lower solution z, with J' v = df/dz for the residual r of its equation, the goal is f(x, z) - v' r(z, x), z and v held. Its value is f, for r is zero there, and its
// gradient df/dx - (dr/dx)' v, which is the hypergradient. It says nothing about second derivatives.
import { grads } from '../../derive/grad.ts';
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import type { SystemRule } from '../../model/types.ts';
import type { Level, Term } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { dependsOn } from '../../tensor/visit.ts';
import type { Span } from '../../../grammar/span.ts';
import { minimisedTerms, withGoal } from '../one-goal.ts';
import type { Reduced, ReductionInput } from '../reduction.ts';
import { lowerEquation, type LowerEquation, type NoEquation } from './equation.ts';
import { fromGrid } from './grid-start.ts';
import { byProducts, innerStep, isSymmetric, residualOf, solvedLower } from './inner-solve.ts';
import { derivativeMap, neumannSeries, solveSystem, transposed } from './linear-system.ts';
import { withValues } from './put-back.ts';

/** Ways to solve the adjoint system by products. */
export type ByProducts = Exclude<SystemRule, 'factor'>;

/** What it cannot do; undefined where it can. */
export function noAdjoint({
  graph,
  problem,
}: Pick<ReductionInput, 'graph' | 'problem'>): NoEquation | undefined {
  const { level } = problem;
  const [goal, second] = level.goals;
  const refused = (because: string, span: Span): NoEquation => ({ because, span });
  if (goal === undefined || second !== undefined || goal.player !== undefined)
    return refused('an adjoint system belongs to one goal above', (second ?? goal ?? level).span);
  if (goal.objectives > 1 || goal.sense === 'find')
    return refused('an adjoint system belongs to one goal of one number above', goal.span);
  const inputs = level.lower.flatMap(({ variables }) => variables.map(({ input }) => input));
  const [bound] = level.constraints;
  if (bound !== undefined)
    return refused('the upper level has constraints; by factorisation it is done', bound.span);
  for (const lower of level.lower) {
    const [deeper] = lower.lower;
    if (deeper !== undefined)
      return refused(
        'a lower level has levels of its own: by factorisation it is done',
        deeper.span,
      );
    const made = lowerEquation(graph, problem, lower);
    if (made.kind === 'none') return made;
    const own = lower.variables.map(({ input }) => input);
    const others = inputs.filter((input) => !own.includes(input));
    const { equation } = made;
    if (dependsOn(equation.operator(startLike(graph, equation)), others))
      return refused('lower levels use one another: by factorisation it is done', lower.span);
  }
  return undefined;
}

const startLike = (graph: Graph, { packing }: LowerEquation): Node => graph.zeros(packing.shape);

/** Only where `noAdjoint` has nothing to say. `terms`: of the series. */
export function byAdjoint(input: ReductionInput, system: ByProducts, terms: Node): Reduced {
  const { graph, problem } = input;
  const { level } = problem;
  const [goal] = level.goals;
  const above = minimisedTerms(graph, goal);
  const f = above.reduce<Node>((sum, { node }) => graph.add(sum, node), graph.constant(0));
  const solved = level.lower.map((lower) => ({ lower, ...solutionOf(input, lower) }));
  const values = new Map(
    solved.flatMap(({ lower, equation, z }) =>
      equation.packing.unpack(z).map((value, k): [Node, Node] => [lower.variables[k].input, value]),
    ),
  );
  const put = (node: Node): Node => substituteIn(graph, node, values);
  const corrections = solved.map(({ lower, equation, z, residual }): Term => {
    const slopes = grads(
      graph,
      f,
      lower.variables.map(({ input: own }) => own),
    );
    const right = graph.stop(equation.packing.pack(slopes.map(put)));
    const v = graph.stop(adjointOf(graph, equation, residual, z, right, { system, terms }));
    const r = residual(z);
    return { node: graph.neg(graph.dot(v, graph.sub(r, graph.stop(r)))), span: goal.span };
  });
  const back = withValues(input, values, notes[system]);
  return {
    ...back,
    problem: withGoal(
      graph,
      { ...problem, level: { ...level, lower: [] } },
      {
        terms: [...above.map((term) => ({ ...term, node: put(term.node) })), ...corrections],
        variables: level.variables,
        constraints: [],
      },
    ),
  };
}

const notes: { readonly [S in ByProducts]: string } = {
  cg: 'lower variables as functions of the outer ones, the hypergradient by conjugate gradients',
  neumann: 'lower variables as functions of the outer ones, the hypergradient by a Neumann series',
};

interface Solution {
  readonly equation: LowerEquation;
  readonly z: Node;
  readonly residual: (z: Node) => Node;
}

function solutionOf({ graph, problem, context }: ReductionInput, lower: Level): Solution {
  const made = lowerEquation(graph, problem, lower);
  if (made.kind === 'none') throw new NotDifferentiable(graph.constant(0), made.because);
  const { equation } = made;
  const step = innerStep(graph, context, problem, fromGrid(graph, problem, lower, equation));
  const z = graph.stop(solvedLower(graph, equation, step, byProducts));
  const scale = byProducts.step(graph, equation, z);
  const scaled = residualOf(graph, equation, scale);
  const residual = (at: Node): Node =>
    equation.nearest === undefined ? graph.mul(scale, scaled(at)) : scaled(at);
  return { equation, z, residual };
}

function adjointOf(
  graph: Graph,
  equation: LowerEquation,
  residual: (z: Node) => Node,
  z: Node,
  right: Node,
  { system, terms }: { readonly system: ByProducts; readonly terms: Node },
): Node {
  const map = transposed(derivativeMap(graph, residual, z));
  return system === 'cg'
    ? solveSystem(graph, map, isSymmetric(equation), right)
    : neumannSeries(graph, map, right, terms);
}
