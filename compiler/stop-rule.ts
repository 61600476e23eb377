// `stop when` of a `solve`: a condition over what a run records, the certificate's measures among it (language §7).
import type { Diagnostic } from '../grammar/diagnostic.ts';
import type { Span } from '../grammar/span.ts';
import { defaultTolerances, relativeGap } from '../runtime/certify/judge.ts';
import { gapOf } from '../runtime/compare/gap.ts';
import type { Values } from '../runtime/program.ts';
import type { Measures } from '../runtime/run.ts';
import type { TraceRow } from '../runtime/trace.ts';
import { createAsker } from './compare/asker.ts';
import { isCertified, isGap } from './compare/columns.ts';
import { holdsKnown } from './compare/known.ts';
import { bestKnown } from './compare/reference.ts';
import type { Column, TypedExpression } from './model/types.ts';
import { runMessage } from './run-messages.ts';
import type { Session } from './session.ts';

export interface StopRule {
  readonly holds: (row: TraceRow, point: Values) => boolean;
  /** What in the condition can never hold. */
  readonly diagnostics: readonly Diagnostic[];
}

export function stopRule(session: Session, condition: TypedExpression): StopRule {
  const asked = createAsker(session).condition(condition);
  const measure = certificateColumns(session, asked.columns);
  return {
    holds: (row, point) =>
      asked.holds({ ...row, values: { ...row.values, ...measure(row, point) } }),
    diagnostics:
      asked.columns.some(isGap) && !hasReference(session) ? [nothingToCompare(condition.span)] : [],
  };
}

const nothingToCompare = (span: Span): Diagnostic => runMessage('X004', span, {});

/** The known value, where it was written for these params and data. */
function knownValue({ program, settings, ...session }: Session): number | undefined {
  const { sense } = program.plan;
  const known = sense === 'find' ? undefined : bestKnown(program.known, sense);
  if (known === undefined) return undefined;
  return holdsKnown({ program, settings, ...session }, settings) ? known : undefined;
}

const hasReference = (session: Session): boolean =>
  session.program.plan.sense === 'find' ||
  session.program.ownGap !== undefined ||
  knownValue(session) !== undefined ||
  (session.program.promise === 'optimal' && session.program.plan.bound !== undefined);

/** The measures that the condition asks for. Those of the certificate are taken at iterations that grow by a fifth: between them the best bound so far is as true. */
function certificateColumns(
  session: Session,
  columns: readonly Column[],
): (row: TraceRow, point: Values) => Measures {
  const { program } = session;
  const { sense } = program.plan;
  const known = columns.some(isGap) ? knownValue(session) : undefined;
  const certified = columns.some(isCertified) || (columns.some(isGap) && known === undefined);
  const sign = sense === 'maximize' ? -1 : 1;
  let next = 0;
  let best: number | undefined;
  return (row, point) => {
    const { violation = 0 } = row.values;
    if (program.ownGap !== undefined) {
      const gap = program.ownGap(point);
      return { gap, residual: gap };
    }
    const value =
      program.settles && columns.some(isGap) ? settledValue(program, point) : row.values.value;
    if (sense === 'find') return { gap: gapOf({ sense, reference: undefined }, value, violation) };
    const found: Record<string, number> = {};
    if (certified && row.iteration >= next) {
      next = Math.max(row.iteration + 1, Math.ceil(row.iteration * 1.2));
      Object.assign(found, certificateAt(program, point, violation));
      const bound = found.bound;
      if (bound !== undefined && !(sign * bound <= sign * (best ?? NaN))) best = bound;
    }
    if (known !== undefined) found.gap = gapOf({ sense, reference: known }, value, violation);
    else if (best !== undefined && value !== undefined)
      found.gap =
        violation <= defaultTolerances.feasibility ? relativeGap(value, best, sense) : Infinity;
    return found;
  };
}

/** The value at the lower solution for the outer variables; NaN where there is none. */
function settledValue(program: Session['program'], point: Values): number {
  const settled = program.settled(point);
  return settled === undefined ? NaN : (program.measure(settled).value ?? NaN);
}

/** Stationarity, the distance from a certificate, and a proven bound where there is one. */
function certificateAt(program: Session['program'], point: Values, violation: number): Measures {
  // Solving lower levels again takes longer than a row is worth.
  if (program.settles) {
    const residual = program.residual(point);
    return { stationarity: residual, residual };
  }
  const { checks, bound } = program.certify(point);
  const stationarity = checks.find(({ name }) => name === 'stationarity')?.value;
  const gap = checks.find(({ name }) => name === 'duality gap')?.value;
  // Outside of the constraints no slope and no gap says anything.
  const inside = violation <= defaultTolerances.feasibility;
  return {
    stationarity: inside ? (stationarity ?? NaN) : Infinity,
    residual: inside ? (gap ?? stationarity ?? NaN) : Infinity,
    ...(bound === undefined ? {} : { bound }),
  };
}
