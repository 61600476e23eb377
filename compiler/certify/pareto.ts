// The certificate of several objectives: that of their weighted sum, for weights that are given with the point. Whatever the weights, what is shown with them
// holds; the runtime looks for those that show most.
import { grads } from '../derive/grad.ts';
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import { weightsInput, type ParetoSpec } from '../../runtime/certify/pareto.ts';
import { objectivesOf } from '../problem/objectives.ts';
import type { Goal, Problem } from '../problem/problem.ts';
import { constantDim, productOfDims, addDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { realType } from '../tensor/type.ts';
import { naming } from './beyond.ts';
import { planGoal } from './goal.ts';
import { projection } from './projection.ts';
import type { StructureQuestions } from './structure.ts';

export interface ParetoPlan {
  readonly spec: ParetoSpec;
  readonly measures: ReadonlyMap<string, Node>;
  readonly notes: readonly string[];
}

export function planPareto(
  graph: Graph,
  problem: Problem,
  goal: Goal,
  questions: StructureQuestions,
): ParetoPlan {
  const { level } = problem;
  const names = naming('');
  const sense = goal.sense === 'maximize' ? 'maximize' : 'minimize';
  const written = objectivesOf(graph, goal);
  const falling = sense === 'maximize' ? written.map((f) => graph.neg(f)) : written;
  const weights = graph.abs(
    graph.input(weightsInput, 'variable', realType([constantDim(written.length)])),
  );
  const sum = weightedSum(graph, falling, weights, goal);
  const plan = planGoal(
    graph,
    { ...problem, level: { ...level, goals: [sum] }, known: [], metrics: [] },
    questions,
  );
  const gradients = gradientsOf(graph, falling, problem);
  const moved = gradients && movedBy(graph, gradients, weights, problem);
  const named = (name: string, node: Node | undefined): string | undefined =>
    node === undefined ? undefined : names.add(name, node);
  const spec: ParetoSpec = {
    kind: 'pareto',
    sense,
    count: written.length,
    objectives: names.add('objectives', stacked(graph, written)),
    gradients: named('gradients', gradients),
    moved: named('moved', moved),
    value: names.add('weighted value', plan.value ?? graph.constant(NaN)),
    slope: named('weighted slope', plan.stationarity?.node),
    bound: plan.promise === 'optimal' ? named('weighted bound', plan.bound?.node) : undefined,
    texts: { slope: plan.stationarity?.text, bound: plan.bound?.text },
    conditions: plan.conditions.map((node, k) => names.add(`weighted condition ${k + 1}`, node)),
    convex: plan.promise === 'optimal' && !plan.whole,
  };
  return { spec, measures: names.nodes, notes: plan.notes };
}

const stacked = (graph: Graph, scalars: readonly Node[]): Node =>
  graph.concat(
    scalars.map((scalar) => graph.reshape(scalar, [1])),
    0,
  );

/** Σ w_k f_k, a term for each objective. */
function weightedSum(graph: Graph, falling: readonly Node[], weights: Node, goal: Goal): Goal {
  const terms = falling.map((f, k) => {
    const node = graph.mul(graph.at(weights, 0, k), f);
    const span = graph.origin(f) ?? goal.span;
    graph.setOrigin(node, span);
    return { node, span };
  });
  const node = terms.map((term) => term.node).reduce((a, b) => graph.add(a, b));
  return { ...goal, sense: 'minimize', node, terms, sums: [], objectives: 1 };
}

/** One row for each objective, all variables flat side by side; undefined where there is no derivative. */
function gradientsOf(graph: Graph, falling: readonly Node[], { level }: Problem): Node | undefined {
  const inputs = level.variables.map(({ input }) => input);
  try {
    const rows = falling.map((f) => {
      const parts = grads(graph, f, inputs).map((part) =>
        part.type.shape.length === 0 ? graph.reshape(part, [1]) : graph.flatten(part),
      );
      const row = graph.concat(parts, 0);
      return graph.reshape(row, [constantDim(1), row.type.shape[0]]);
    });
    return graph.concat(rows, 0);
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** P(x - J'w) - x, flat; undefined where nothing is restricted, where constraints are left over, or where a projection is not known. */
function movedBy(
  graph: Graph,
  gradients: Node,
  weights: Node,
  { level }: Problem,
): Node | undefined {
  const restricted = level.variables.some(
    ({ lower, upper, domain }) =>
      lower !== undefined || upper !== undefined || domain !== undefined,
  );
  if (!restricted || level.constraints.length > 0) return undefined;
  const slope = graph.matvec(graph.transpose(gradients), weights);
  let start = constantDim(0);
  const parts = level.variables.map((variable) => {
    const { input } = variable;
    const size = productOfDims(input.type.shape);
    const own = graph.reshape(graph.sliceAxis(slope, 0, start, size), input.type.shape);
    start = addDims(start, size);
    const moved = projection(graph, variable, graph.sub(input, own));
    if (moved === undefined) return undefined;
    const step = graph.sub(moved, input);
    return step.type.shape.length === 0 ? graph.reshape(step, [1]) : graph.flatten(step);
  });
  const known = parts.flatMap((part) => (part === undefined ? [] : [part]));
  return known.length < parts.length ? undefined : graph.concat(known, 0);
}
