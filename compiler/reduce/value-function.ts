// value_function: minimise f(x, y) where g(x, y) is no more than its least value over y (Outrata 1990; Dempe & Zemkoho 2013). The difference is weighed as in `penalty`, with a
// price that rises from problem to problem, each begun where the one before ended (Ye, Yuan, Zeng & Zhang 2023, section 3); the last is what remains.
import { matchMethod, type MatchContext } from '../match/match.ts';
import type { MatchedStep } from '../match/step.ts';
import type { Problem, Variable } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';
import { startOf } from '../lower/start.ts';
import { variableSet } from '../match/feasible.ts';
import { runToEnd } from './lower/embed-step.ts';
import { penalised, penalty } from './penalty.ts';
import { refuses, type Reduction } from './reduction.ts';

/** The prices before the last: each ten times the one before. */
const stages = 5;
const firstPrice = 10;
const growth = 10;

/** Iterations at one price, at most. */
const mostIterations = 200;

export const valueFunction: Reduction = {
  name: 'value_function',
  accepts: (input) => {
    if (input.args.length > 0) return refuses('it takes no number', input.span);
    const answer = penalty.accepts({ ...input, args: [input.graph.constant(1)] });
    return answer.kind === 'refuses'
      ? answer
      : { ...answer, because: 'the lower goal and its least value can be evaluated' };
  },
  apply: (input) => {
    const { graph, context } = input;
    const last = penalised(input, graph.constant(firstPrice * growth ** stages));
    const { variables } = last.problem.level;
    const begins = variables.map((variable) =>
      startOf(graph, variable, () => variableSet(graph, variable).centre()),
    );
    const reached = graph.fold(stages, begins, (stage, ...values) => {
      const price = graph.mul(firstPrice, graph.pow(growth, stage));
      const { problem } = penalised(input, price);
      const step = stepFrom(context, problem, values);
      if (step === undefined) return values;
      const found = runToEnd(graph, step, mostIterations);
      return variables.map(({ name }, k) => {
        const at = step.answer.findIndex(({ variable }) => variable.name === name);
        const whole = at < 0 ? undefined : graph.lt(graph.sumsq(found[at]), Infinity);
        return whole === undefined
          ? values[k]
          : graph.select(graph.broadcastTo(whole, found[at].type.shape, []), found[at], values[k]);
      });
    });
    const level = { ...last.problem.level, variables: startedAt(variables, reached) };
    return {
      ...last,
      problem: { ...last.problem, level },
      note: 'lower variables decided together with the outer ones, their gap at rising prices',
    };
  },
};

const startedAt = (variables: readonly Variable[], at: readonly Node[]): readonly Variable[] =>
  variables.map((variable, k) => ({
    ...variable,
    start: { kind: 'expression', node: at[k], span: variable.span },
  }));

function stepFrom(
  context: MatchContext | undefined,
  problem: Problem,
  values: readonly Node[],
): MatchedStep | undefined {
  if (context === undefined) return undefined;
  const level = { ...problem.level, variables: startedAt(problem.level.variables, values) };
  const lowered = { ...context.lowered, problem: { ...problem, level } };
  for (const name of ['lbfgs', 'nonsmooth_lbfgs']) {
    const method = context.methods.get(name);
    if (method === undefined) continue;
    const found = matchMethod(
      { ...context, lowered },
      { method, args: [], label: name, sweep: new Map(), span: problem.span },
    );
    if (found.kind === 'step') return found.step;
  }
  return undefined;
}
