// What is known of a point of a variational inequality: F(z)'(y - z) >= 0 for all allowed y holds exactly where z = P(z - F(z)). Where F is monotone,
// the largest F(z)'(z - y) bounds the dual gap, the largest F(y)'(z - y) (Facchinei & Pang 2003, §2.3).
import type { MeasureProgram, Values } from '../program.ts';
import { checked, type Assessment } from './assessment.ts';
import type { Tolerances } from './judge.ts';
import { measuredNumber } from './measured.ts';

export interface VariationalSpec {
  readonly kind: 'variational';
  /** Names of measures. */
  readonly residual: string | undefined;
  readonly gap: string | undefined;
  readonly monotone: boolean;
  readonly conditions: readonly string[];
  readonly notes: readonly string[];
}

export const variationalResidual = (
  { residual }: VariationalSpec,
  measures: MeasureProgram,
  point: Values,
): number => (residual === undefined ? NaN : measuredNumber(measures, residual, point));

export function assessVariational(
  spec: VariationalSpec,
  measures: MeasureProgram,
  point: Values,
  { optimality }: Tolerances,
): Assessment {
  const value = variationalResidual(spec, measures, point);
  if (Number.isNaN(value))
    return {
      promise: 'stationary',
      status: 'not converged',
      checks: [],
      notes: [...spec.notes, 'How far this point is from a solution could not be measured.'],
      residual: Infinity,
    };
  const monotone =
    spec.monotone && spec.conditions.every((name) => measuredNumber(measures, name, point) === 1);
  const gap =
    spec.gap === undefined || !monotone ? undefined : measuredNumber(measures, spec.gap, point);
  const checks = [
    checked({
      name: 'natural residual',
      value,
      limit: optimality,
      text: 'largest entry of z - P(z - F(z)), relative',
      decides: true,
    }),
    ...(gap === undefined
      ? []
      : [
          checked({
            name: 'dual gap',
            value: gap,
            limit: optimality,
            text: "bound on the largest F(y)'(z - y), proved as F is monotone, relative",
            decides: true,
          }),
        ]),
  ];
  const holds = checks.every((check) => check.holds);
  return {
    promise: monotone ? 'optimal' : 'stationary',
    status: holds ? (monotone ? 'optimal' : 'stationary') : 'not converged',
    checks,
    notes: [
      ...spec.notes,
      ...(holds && !monotone
        ? [
            'The operator is not known to be monotone: this is a solution to tolerance, and there may be others far from it.',
          ]
        : []),
    ],
    residual: gap === undefined ? value : Math.max(value, gap),
  };
}
