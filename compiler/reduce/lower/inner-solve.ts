// A lower level solved inside an expression of the outer variables: a method of the library takes z near, Newton's method on the equation to the last digits.
// Nothing is differentiated through it.
import { blocksOf, jacForward } from '../../derive/jac.ts';
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import { matchMethod, type MatchContext } from '../../match/match.ts';
import { variableSet } from '../../match/feasible.ts';
import type { MatchedStep } from '../../match/step.ts';
import { startOf } from '../../lower/start.ts';
import type { Level, Problem } from '../../problem/problem.ts';
import { productOfDims } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { realType } from '../../tensor/type.ts';
import { runToEnd } from './embed-step.ts';
import type { LowerEquation } from './equation.ts';
import { derivativeMap, solveSystem, stepByPowers } from './linear-system.ts';
import { withOthersGiven } from './given.ts';

/** Iterations of the inner method at most. */
const mostIterations = 1000;

/** In order of preference. */
const innerMethods = ['lbfgs', 'proximal_gradient', 'nonsmooth_lbfgs'] as const;

/** A method of the library for the level alone, the others given. Undefined where none matches: then steps of the extragradient method are taken. */
export function innerStep(
  graph: Graph,
  context: MatchContext | undefined,
  problem: Problem,
  level: Level,
): MatchedStep | undefined {
  const [goal, second] = level.goals;
  if (context === undefined || second !== undefined || goal?.player !== undefined) return undefined;
  if (goal?.sense === 'find') return undefined;
  const given = withOthersGiven(graph, context, problem, level);
  for (const name of innerMethods) {
    const method = context.methods.get(name);
    if (method === undefined) continue;
    const found = matchMethod(given.context, {
      method,
      args: [],
      label: name,
      sweep: new Map(),
      span: level.span,
    });
    if (found.kind === 'step') return given.back(found.step);
  }
  return undefined;
}

/** How the equation's derivative is come by and its systems are solved. */
export interface Algebra {
  /** A positive step that undoes the operator's scale. */
  readonly step: (graph: Graph, equation: LowerEquation, z: Node) => Node;
  /** d with (derivative of the residual at z) d = right. */
  readonly solve: (
    graph: Graph,
    equation: LowerEquation,
    residual: (z: Node) => Node,
    z: Node,
    right: Node,
  ) => Node;
}

/** By the matrix: a small one for each member. */
export const byMatrix: Algebra = {
  step: naturalStep,
  solve: (graph, { packing: { members, shape } }, residual, z, right) => {
    const J = derivativeAt(graph, residual, z, members);
    const column = [...shape.slice(0, members), ...shape.slice(members), 1];
    return graph.reshape(graph.solve(J, graph.reshape(right, column)), shape);
  },
};

/** By products with the matrix alone. */
export const byProducts: Algebra = {
  step: (graph, { operator }, z) =>
    graph.stop(stepByPowers(graph, derivativeMap(graph, operator, z), z)),
  solve: (graph, equation, residual, z, right) =>
    solveSystem(graph, derivativeMap(graph, residual, z), isSymmetric(equation), right),
};

/** Whether the residual is the gradient of a goal in free variables. */
export const isSymmetric = ({ nearest, potential }: LowerEquation): boolean =>
  nearest === undefined && potential;

/** z at the solution, found from the starts of the variables. */
export function solvedLower(
  graph: Graph,
  equation: LowerEquation,
  step: MatchedStep | undefined,
  algebra: Algebra = byMatrix,
): Node {
  const near =
    step === undefined ? extragradient(graph, equation) : byMethod(graph, equation, step);
  const start = startOfLower(graph, equation);
  const whole = graph.lt(graph.sumsq(near), Infinity);
  return polished(graph, equation, graph.select(whole, near, start), algebra);
}

function byMethod(graph: Graph, { packing }: LowerEquation, step: MatchedStep): Node {
  const values = runToEnd(graph, step, mostIterations);
  return packing.pack(
    packing.variables.map((variable) => {
      const at = step.answer.findIndex((answer) => answer.variable.name === variable.name);
      return at < 0 ? graph.zeros(variable.shape) : values[at];
    }),
  );
}

/** The starts of the variables, in their sets. */
export function startOfLower(graph: Graph, { packing, nearest }: LowerEquation): Node {
  const starts = packing.variables.map((variable) =>
    startOf(graph, variable, () => variableSet(graph, variable).centre()),
  );
  const z = packing.pack(starts);
  return nearest === undefined ? z : nearest(graph.constant(1), z);
}

/** Extragradient with a step that is halved until the operator changes little along it (Khobotov 1987; Korpelevich 1976). */
function extragradient(graph: Graph, equation: LowerEquation): Node {
  const { operator, nearest } = equation;
  const moved = (step: Node, v: Node): Node => (nearest === undefined ? v : nearest(step, v));
  const norm = (v: Node): Node => graph.sqrt(graph.sumsq(v));
  const [, , z] = graph.while(
    [0, 1, startOfLower(graph, equation), 1],
    (turn, _step, _z, far) => graph.and(graph.lt(turn, 20 * mostIterations), graph.lt(0, far)),
    (turn, step, z) => {
      const F = operator(z);
      const u = moved(step, graph.sub(z, graph.mul(step, F)));
      const G = operator(u);
      const change = norm(graph.sub(u, z));
      const fits = graph.le(graph.mul(step, norm(graph.sub(G, F))), graph.mul(0.7, change));
      const next = moved(step, graph.sub(z, graph.mul(step, G)));
      const far = graph.gt(
        change,
        graph.mul(1e-10, graph.mul(graph.min(step, 1), graph.add(1, norm(z)))),
      );
      return [
        graph.add(turn, 1),
        graph.select(fits, graph.mul(1.1, step), graph.mul(0.5, step)),
        graph.select(fits, next, z),
        graph.select(far, 1, 0),
      ];
    },
  );
  return z;
}

/** The residual whose zero is the solution: the operator, or how far a step of the operator and back into the set leads away. */
export function residualOf(
  graph: Graph,
  { operator, nearest }: LowerEquation,
  step: Node,
): (z: Node) => Node {
  if (nearest === undefined) return operator;
  return (z) => graph.sub(z, nearest(step, graph.sub(z, graph.mul(step, operator(z)))));
}

/** A positive step that undoes the operator's scale: one over the norm of its derivative. Any would give the same equation. */
export function naturalStep(graph: Graph, { operator, packing }: LowerEquation, z: Node): Node {
  try {
    const size = graph.sqrt(graph.sumsq(derivativeAt(graph, operator, z, packing.members)));
    return graph.stop(
      graph.select(graph.and(graph.lt(1e-100, size), graph.lt(size, 1e100)), graph.div(1, size), 1),
    );
  } catch (error) {
    if (error instanceof NotDifferentiable) return graph.constant(1);
    throw error;
  }
}

/** The derivative of a map at a point as square matrices: one, or one for each member. */
export function derivativeAt(
  graph: Graph,
  map: (z: Node) => Node,
  point: Node,
  members: number,
): Node {
  const z = graph.parameter(realType(point.type.shape), 'z');
  const value = map(z);
  const size = productOfDims(z.type.shape.slice(members));
  const matrix =
    members > 0
      ? blocksOf(graph, value, z, members)
      : graph.reshape(jacForward(graph, value, z), [size, size]);
  return substituteIn(graph, matrix, new Map([[z, point]]));
}

/** Newton steps taken at most. */
const mostNewtonSteps = 30;

/** Newton's method on the residual (semismooth where the set bends: Qi & Sun 1993), for each member by itself: a step that does not bring the residual down is
 * tried shorter, and none is taken where no step does. */
function polished(graph: Graph, equation: LowerEquation, near: Node, algebra: Algebra): Node {
  const { packing } = equation;
  const { members, shape } = packing;
  const step = algebra.step(graph, equation, near);
  const residual = residualOf(graph, equation, step);
  const axes = shape.map((_, k) => k).slice(members);
  const lead = shape.slice(0, members);
  const size = (z: Node): Node => graph.sum(graph.square(residual(z)), axes);
  const perMember = (value: Node): Node =>
    graph.broadcastTo(
      value,
      shape,
      lead.map((_, k) => k),
    );
  const newton = (z: Node): Node => algebra.solve(graph, equation, residual, z, residual(z));
  try {
    const [, z] = graph.while(
      [0, near, graph.ones(lead), size(near)],
      (turn, _, share, left) =>
        graph.and(
          graph.lt(turn, mostNewtonSteps),
          graph.any(graph.and(graph.lt(0.01, share), graph.lt(0, left))),
        ),
      (turn, z, share, left) => {
        const tried = graph.sub(z, graph.mul(perMember(share), newton(z)));
        const reached = size(tried);
        const better = graph.lt(reached, left);
        return [
          graph.add(turn, 1),
          graph.select(perMember(better), tried, z),
          graph.select(better, 1, graph.div(share, 8)),
          graph.select(better, reached, left),
        ];
      },
    );
    return z;
  } catch (error) {
    if (error instanceof NotDifferentiable) return near;
    throw error;
  }
}
