// Answers to conditions and claims at one point of a comparison: params and data of the problem have their values there, swept names too.
import type { TraceRow } from '../../runtime/trace.ts';
import { fixedValues } from '../fixed-values.ts';
import type { Scope } from '../lower/context.ts';
import type { Column, MeasurementNode, TypedExpression } from '../model/types.ts';
import type { Session } from '../session.ts';
import type { Graph } from '../tensor/graph.ts';
import { columnValue } from './columns.ts';
import { askedBy, type Answer, type FixedInputs, type Question } from './question.ts';

export interface Asker {
  readonly condition: (expression: TypedExpression) => Condition;
  readonly number: (expression: TypedExpression) => number;
  readonly claim: (expression: TypedExpression) => AskedClaim;
}

/** A condition over the columns of a row, lowered once. */
export interface Condition {
  readonly holds: (row: TraceRow) => boolean;
  readonly columns: readonly Column[];
}

export interface AskedClaim {
  readonly measurements: readonly MeasurementNode[];
  /** New names of the sweeps that the claim itself uses. */
  readonly swept: ReadonlySet<string>;
  /** Whether it uses params or data. */
  readonly fixed: boolean;
  readonly holds: (answers: readonly Answer[]) => boolean;
}

/** The length of a trace is known only when it is asked. */
const isTraceSize = (symbol: string): boolean => symbol.startsWith('|trace ');

export function createAsker(
  session: Session,
  sweep: ReadonlyMap<string, number> = new Map(),
): Asker {
  const { lowering, frame } = session.lowered;
  const used = new Set<string>();
  const scope = withSweep(lowering.graph, frame.scope, sweep, (name) => used.add(name));
  const ask = (expression: TypedExpression): { question: Question; fixed: FixedInputs } => {
    const question = askedBy(lowering, scope, expression);
    return { question, fixed: fixedValues(session, [question.node], isTraceSize) };
  };
  return {
    condition: (expression) => {
      const { question, fixed } = ask(expression);
      return {
        columns: question.columns,
        holds: (row) =>
          question.answer(
            question.columns.map((column) => columnValue(column, row)),
            [],
            fixed,
          ) === 1,
      };
    },
    number: (expression) => {
      if (expression.kind === 'number') return expression.value;
      const { question, fixed } = ask(expression);
      return question.answer([], [], fixed);
    },
    claim: (expression) => {
      used.clear();
      const { question, fixed } = ask(expression);
      return {
        measurements: question.measurements,
        swept: new Set(used),
        fixed: Object.keys(fixed.inputs).length > 0,
        holds: (answers) => question.answer([], answers, fixed) === 1,
      };
    },
  };
}

/** The scope of the problem, where new names of a sweep have their values. */
export const withSweep = (
  graph: Graph,
  scope: Scope,
  values: ReadonlyMap<string, number>,
  used: (name: string) => void = () => {},
): Scope => ({
  ...scope,
  resolve: (declaration, leading, around) => {
    const value = declaration.kind === 'sweep' ? values.get(declaration.name) : undefined;
    if (value === undefined) return scope.resolve(declaration, leading, around);
    used(declaration.name);
    return graph.constant(value);
  },
});
