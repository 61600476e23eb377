// The lower variables as functions of the outer ones, bottom level first, with the derivatives of the implicit function theorem.
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import type { MatchContext } from '../../match/match.ts';
import type { MatchedStep } from '../../match/step.ts';
import type { Level, Problem } from '../../problem/problem.ts';
import { simplify } from '../../simplify/simplify.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { realType } from '../../tensor/type.ts';
import { dependsOn } from '../../tensor/visit.ts';
import { mapLevel } from '../map-level.ts';
import { lowerEquation, type LowerEquation, type NoEquation } from './equation.ts';
import { fromGrid } from './grid-start.ts';
import { derivativeAt, innerStep, naturalStep, residualOf, solvedLower } from './inner-solve.ts';
import { inOrder } from './order.ts';

export interface World {
  readonly graph: Graph;
  readonly problem: Problem;
  readonly context: MatchContext | undefined;
}

/** Values by the inputs of variables. */
export type Values = ReadonlyMap<Node, Node>;

export type Reacted =
  | { readonly kind: 'values'; readonly values: readonly Node[] }
  | ({ readonly kind: 'none' } & NoEquation);

/** How one level, without levels below it, becomes values of its variables, in their order. */
export type Reaction = (world: World, level: Level) => Reacted;

export type Reactions =
  | { readonly kind: 'values'; readonly values: Values; readonly levels: readonly Level[] }
  | ({ readonly kind: 'none' } & NoEquation);

/** All variables below a level as functions of those of the level and above it. `levels`: the lower levels as problems of their own, each after those below it. */
export function reactionsBelow(world: World, level: Level, react: Reaction): Reactions {
  const { graph } = world;
  const values = new Map<Node, Node>();
  const levels: Level[] = [];
  const swap = (node: Node): Node => substituteIn(graph, node, values);
  const ordered = inOrder(level.lower);
  if (ordered.kind === 'cycle')
    return {
      kind: 'none',
      because: 'lower levels use one another in a circle',
      span: ordered.span,
    };
  for (const lower of ordered.levels) {
    const below = reactionsBelow(world, lower, react);
    if (below.kind === 'none') return below;
    const alone = mapLevel({ ...lower, lower: [] }, (node) =>
      swap(substituteIn(graph, node, below.values)),
    );
    const found = react(world, alone);
    if (found.kind === 'none') return found;
    alone.variables.forEach(({ input }, k) => values.set(input, found.values[k]));
    for (const [input, value] of below.values) values.set(input, swap(value));
    levels.push(...below.levels, alone);
  }
  return { kind: 'values', values, levels };
}

/** The solution by itself: what is found by iterations has no derivative here. A closed form keeps its own. */
export const bestReply: Reaction = ({ graph, problem, context }, level) => {
  const made = lowerEquation(graph, problem, level);
  if (made.kind === 'none') return made;
  const { equation } = made;
  const { packing } = equation;
  const linear = closedForm(graph, equation);
  const step = (): MatchedStep | undefined =>
    innerStep(graph, context, problem, fromGrid(graph, problem, level, equation));
  const z = linear ?? graph.stop(solvedLower(graph, equation, step()));
  return { kind: 'values', values: packing.unpack(z) };
};

/** Added to the derivative of an equation, relative: nothing but rounding where it is regular, and where it is singular what the goal above does not feel stays zero. */
const rounding = 1e-15;

/** The closed form of a linear equation of free variables; else the solution found by the inner method, with the derivative of its equation. */
export const implicitReaction: Reaction = ({ graph, problem, context }, level) => {
  const made = lowerEquation(graph, problem, level);
  if (made.kind === 'none') return made;
  const { equation } = made;
  const { packing } = equation;
  const linear = closedForm(graph, equation);
  if (linear !== undefined) return { kind: 'values', values: packing.unpack(linear) };
  const step = innerStep(graph, context, problem, fromGrid(graph, problem, level, equation));
  const z = graph.stop(solvedLower(graph, equation, step));
  const scale = naturalStep(graph, equation, z);
  const residual = residualOf(graph, equation, scale);
  const share =
    equation.nearest === undefined
      ? graph.stop(graph.div(rounding, scale))
      : graph.constant(rounding);
  const solution = graph.solution(
    z,
    (at) => graph.add(residual(at), graph.mul(share, graph.sub(at, z))),
    packing.members,
    'z',
  );
  graph.setOrigin(solution, level.goals[0]?.span ?? level.span);
  return { kind: 'values', values: packing.unpack(solution) };
};

/** -H \ F(0), where F(z) = H z + F(0). */
function closedForm(graph: Graph, { packing, operator, nearest }: LowerEquation): Node | undefined {
  if (nearest !== undefined) return undefined;
  const { shape, members } = packing;
  const z = graph.parameter(realType(shape), 'z');
  try {
    const H = derivativeAt(graph, operator, z, members);
    const [simple] = simplify(graph, [H]);
    if (dependsOn(simple, [z])) return undefined;
    const zero = graph.zeros(shape);
    const constant = substituteIn(graph, H, new Map([[z, zero]]));
    const right = graph.reshape(graph.neg(operator(zero)), [...shape, 1]);
    return graph.reshape(graph.solve(constant, right), shape);
  } catch (error) {
    if (error instanceof NotDifferentiable) return undefined;
    throw error;
  }
}
