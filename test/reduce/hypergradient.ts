// The value of a reduced problem and its gradient at a point, as compiled functions of one vector variable.
import { compileMeasures } from '../../compiler/evaluator.ts';
import { grad } from '../../compiler/derive/grad.ts';
import { reduceProblem, type ReductionRequest } from '../../compiler/reduce/reduce.ts';
import { matchContext } from '../../compiler/specialise.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import { sessionOf } from '../certify/support.ts';
import { nowhere } from '../match/support.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import type { ReductionStep } from '../../compiler/model/types.ts';

export interface Reduced {
  readonly value: (x: readonly number[]) => number;
  readonly gradient: (x: readonly number[]) => readonly number[];
  /** A lower variable at x. */
  readonly lower: (name: string, x: readonly number[]) => readonly number[];
}

/** The variable of the upper level is called `x`. */
export function reducedAt(
  text: string,
  name: ReductionStep,
  args: (graph: Graph) => readonly Node[] = () => [],
  method?: string,
): Reduced {
  const session = sessionOf(text);
  const { graph } = session.lowered.lowering;
  const { problem } = session.lowered;
  const context = matchContext(session, problem);
  const request: ReductionRequest = {
    name,
    args: args(graph),
    method:
      method === undefined
        ? undefined
        : {
            method: context.methods.get(method),
            name: method,
            args: [],
            syntax: [],
            span: nowhere,
          },
    span: nowhere,
  };
  const found = reduceProblem(graph, problem, [request], context);
  if (found.kind === 'failed') throw new Error(found.diagnostics.map((d) => d.message).join());
  const [variable] = problem.level.variables;
  const [goal] = found.problem.level.goals;
  if (goal.node === undefined) throw new Error('no goal');
  const below = found.invert(new Map([[variable.name, variable.input]]));
  const { measures } = compileMeasures(
    graph,
    problem,
    session.input,
    new Map([
      ['value', goal.node],
      ['gradient', grad(graph, goal.node, variable.input)],
      ...[...below].map(([lower, node]): [string, Node] => [`lower ${lower}`, node]),
    ]),
  );
  const at = (x: readonly number[]) => ({
    [variable.name]: dense(variable.shape.length === 0 ? [] : [x.length], Float64Array.from(x)),
  });
  return {
    value: (x) => measures.evaluate('value', at(x)).data[0],
    gradient: (x) => [...measures.evaluate('gradient', at(x)).data],
    lower: (lower, x) => [...measures.evaluate(`lower ${lower}`, at(x)).data],
  };
}

/** Central differences of order four. */
export function differences(
  f: (x: readonly number[]) => number,
  x: readonly number[],
  h = 1e-3,
): readonly number[] {
  return x.map((_, k) => {
    const moved = (by: number): number => f(x.map((entry, j) => (j === k ? entry + by : entry)));
    return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  });
}

export const seeds = Array.from({ length: 20 }, (_, k) => k + 1);

/** Entries of a matrix that the seed determines. */
const entries = (seed: number, name: string, shape: string, binders: string): string =>
  `data ${name} : real[${shape}] = [sin(${seed}*1.7 + ${name.charCodeAt(0)} + 3.1*i${binders.includes('j') ? '*j + 0.7*j' : ''}) for ${binders}]`;

/** Data and the upper variable of an instance. */
export const members = (seed: number): string => `
  ${entries(seed, 'A', '6, 4', 'i in 1..6, j in 1..4')}
  ${entries(seed, 'B', '4, 3', 'i in 1..4, j in 1..3')}
  ${entries(seed, 'c', '6', 'i in 1..6')}
  ${entries(seed, 'd', '4', 'i in 1..4')}
  var x : real[3]
`;

export const point = (seed: number): readonly number[] =>
  [0, 1, 2].map((k) => Math.sin(seed * 5 + k * 2));

export const upper = 'minimize sumsq(y - d) + 0.1*sumsq(x) + sin(dot(y, d))';

/** A strongly convex goal of y: quadratic or not. */
export const freeGoal = (seed: number): string =>
  seed % 2 === 0
    ? 'sumsq(A*y - c)/2 + dot(y, B*x) + exp(x[1])*sumsq(y)/2'
    : 'E(i in 1..6) softplus(A[i, :]*y*c[i]) + 0.2*sumsq(y - B*x) + 0.1*sum(y.^4)';
