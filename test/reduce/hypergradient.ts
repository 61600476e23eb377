// The value of a reduced problem and its gradient at a point, as compiled functions of one vector variable.
import { compileMeasures } from '../../compiler/evaluator.ts';
import { grad } from '../../compiler/derive/grad.ts';
import { jvp } from '../../compiler/derive/jvp.ts';
import { materialize } from '../../compiler/derive/tangent.ts';
import { reduceProblem, type ReductionRequest } from '../../compiler/reduce/reduce.ts';
import type { Session } from '../../compiler/session.ts';
import { matchContext } from '../../compiler/specialise.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import type { MeasureProgram } from '../../runtime/program.ts';
import { sessionOf } from '../certify/support.ts';
import { nowhere } from '../match/support.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { Graph } from '../../compiler/tensor/graph.ts';
import type { ReductionStep, SystemRule } from '../../compiler/model/types.ts';

export interface Reduced {
  readonly value: (x: readonly number[]) => number;
  readonly gradient: (x: readonly number[]) => readonly number[];
  /** The same in forward mode, entry by entry. */
  readonly forward: (x: readonly number[]) => readonly number[];
  /** A lower variable at x. */
  readonly lower: (name: string, x: readonly number[]) => readonly number[];
}

/** The variable of the upper level is called `x`. */
export const reducedAt = (
  text: string,
  name: ReductionStep,
  args?: (graph: Graph) => readonly Node[],
  method?: string,
  system?: SystemRule,
): Reduced => reducedIn(sessionOf(text), name, args, method, system);

export function reducedIn(
  session: Session,
  name: ReductionStep,
  args: (graph: Graph) => readonly Node[] = () => [],
  method?: string,
  system?: SystemRule,
): Reduced {
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
    system,
    span: nowhere,
  };
  const found = reduceProblem(graph, problem, [request], context);
  if (found.kind === 'failed') throw new Error(found.diagnostics.map((d) => d.message).join());
  const [variable] = problem.level.variables;
  const [goal] = found.problem.level.goals;
  if (goal.node === undefined) throw new Error('no goal');
  const { node } = goal;
  const direction = graph.input('direction', 'variable', variable.input.type);
  const below = found.invert(new Map([[variable.name, variable.input]]));
  const compiled = (named: ReadonlyMap<string, Node>): MeasureProgram =>
    compileMeasures(graph, problem, session.input, named).measures;
  const measures = compiled(
    new Map([
      ['value', node],
      ['gradient', grad(graph, node, variable.input)],
      ...[...below].map(([lower, node]): [string, Node] => [`lower ${lower}`, node]),
    ]),
  );
  const at = (x: readonly number[]) => ({
    [variable.name]: dense(variable.shape.length === 0 ? [] : [x.length], Float64Array.from(x)),
  });
  const along = (): MeasureProgram =>
    compiled(
      new Map([
        [
          'slope',
          materialize(graph, jvp(graph, [node], [variable.input], [direction])[0], node.type.shape),
        ],
      ]),
    );
  return {
    forward: (x) => {
      const slopes = along();
      return x.map((_, k) => {
        const unit = Float64Array.from(x, (_entry, j) => (j === k ? 1 : 0));
        return slopes.evaluate('slope', { ...at(x), direction: dense([x.length], unit) }).data[0];
      });
    },
    value: (x) => measures.evaluate('value', at(x)).data[0],
    gradient: (x) => [...measures.evaluate('gradient', at(x)).data],
    lower: (lower, x) => [...measures.evaluate(`lower ${lower}`, at(x)).data],
  };
}

/** The reduced goal of variables decided together, `x` and `y`, with its gradients. */
export interface Joint {
  readonly gradients: (
    x: readonly number[],
    y: readonly number[],
  ) => { readonly x: readonly number[]; readonly y: readonly number[] };
}

export function jointIn(session: Session, name: ReductionStep, price?: number): Joint {
  const { graph } = session.lowered.lowering;
  const { problem } = session.lowered;
  const args = price === undefined ? [] : [graph.constant(price)];
  const context = matchContext(session, problem);
  const found = reduceProblem(graph, problem, [{ name, args, span: nowhere }], context);
  if (found.kind === 'failed') throw new Error(found.diagnostics.map((d) => d.message).join());
  const [goal] = found.problem.level.goals;
  const { node } = goal;
  if (node === undefined) throw new Error('no goal');
  const named = found.problem.level.variables.map(({ name: of, input }): [string, Node] => [
    of,
    grad(graph, node, input),
  ]);
  const { measures } = compileMeasures(graph, problem, session.input, new Map(named));
  return {
    gradients: (x, y) => {
      const at = {
        x: dense([x.length], Float64Array.from(x)),
        y: dense([y.length], Float64Array.from(y)),
      };
      return { x: [...measures.evaluate('x', at).data], y: [...measures.evaluate('y', at).data] };
    },
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
