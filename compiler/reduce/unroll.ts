// unroll(T, method): T iterations of a method for the lower level, put in the place of its solution and differentiated as they stand (Franceschi et al. 2017;
// Maclaurin, Duvenaud & Adams 2015). In reverse a loop keeps its states: as a loop of loops only those at the square root of T places, and those of one inner
// loop at a time (Griewank 1992). unroll(T, method, K) differentiates the last K only (Shaban, Cheng, Hatch & Boots 2019).
import { constantEntry } from '../tensor/shape.ts';
import type { Node } from '../tensor/ir.ts';
import { matchMethod } from '../match/match.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';
import { runFixed } from './lower/embed-step.ts';
import { withOthersGiven } from './lower/given.ts';
import { withValues } from './lower/put-back.ts';
import { reactionsBelow, type Reaction, type Reactions, type Values } from './lower/reaction.ts';

export const unroll: Reduction = {
  name: 'unroll',
  accepts: (input) => {
    const { problem, args, method, span } = input;
    if (problem.level.lower.length === 0)
      return refuses('the problem has no lower level', problem.span);
    const [times] = args;
    if (times === undefined || method === undefined)
      return refuses(
        'it takes a number of steps and a method: `unroll(50, gradient_descent)`',
        span,
      );
    const count = constantEntry(times);
    const last = args.length > 1 ? constantEntry(args[1]) : undefined;
    if ((count !== undefined && !(count >= 1)) || (last !== undefined && !(last >= 1)))
      return refuses('it takes at least one step', span);
    const found = belowOf(input);
    if (found.kind === 'none') return refuses(found.because, found.span);
    return { kind: 'accepts', because: `\`${method.name}\` matches the lower level` };
  },
  apply: (input) => {
    const found = belowOf(input);
    const values: Values = found.kind === 'values' ? found.values : new Map<Node, Node>();
    return withValues(
      input,
      values,
      `the lower level as iterations of ${input.method?.name ?? 'a method'}`,
    );
  },
};

function belowOf(input: ReductionInput): Reactions {
  const { graph, problem, context } = input;
  return reactionsBelow({ graph, problem, context }, problem.level, iterated(input));
}

const iterated =
  ({ args: [times, last], method: use }: ReductionInput): Reaction =>
  ({ graph, problem, context }, level) => {
    const none = (because: string): ReturnType<Reaction> => ({
      kind: 'none',
      because,
      span: level.span,
    });
    if (context === undefined || use === undefined) return none('no methods are at hand');
    const { method, name, syntax, span } = use;
    if (method === undefined) return none(`there is no method \`${name}\``);
    const given = withOthersGiven(graph, context, problem, level);
    const found = matchMethod(given.context, {
      method,
      args: syntax,
      label: name,
      sweep: new Map(),
      span,
    });
    if (found.kind === 'native')
      return none(
        `\`${name}\` is a solver of the runtime, and nothing can be differentiated through it`,
      );
    if (found.kind === 'failed') {
      const [first] = found.diagnostics;
      return none(first === undefined ? `\`${name}\` does not match it` : first.message);
    }
    const step = given.back(found.step);
    const values = runFixed(graph, step, times, last);
    return {
      kind: 'values',
      values: level.variables.map((variable) => {
        const at = step.answer.findIndex((answer) => answer.variable.name === variable.name);
        return at < 0 ? graph.zeros(variable.shape) : values[at];
      }),
    };
  };
