// One program run to a certified answer: the last point, or the best one where the last is certified no better.
import type { Certificate } from './certify/certificate.ts';
import type { Certifier } from './certify/certifier.ts';
import { defaultTolerances, type Evidence, type Tolerances } from './certify/judge.ts';
import type { Observer } from './observe.ts';
import type { NonFinite, Program, Values } from './program.ts';
import {
  copyValues,
  defaultLimits,
  run,
  type Limits,
  type Measures,
  type RunOutcome,
} from './run.ts';
import type { TraceRow } from './trace.ts';

export interface SolveSpec {
  readonly program: Program;
  readonly certifier: Certifier;
  readonly tolerances?: Partial<Tolerances>;
  readonly limits?: Partial<Limits>;
  /** Ends the run; by default it ends when the certificate's residual is small enough. `point` is where the row was measured. */
  readonly rule?: ((row: TraceRow, point: Values) => boolean) | undefined;
  /** The relative rounding of a method that has fewer bits than its measures: a run whose value shows no more than that ends. */
  readonly rounding?: number | undefined;
  readonly observers?: readonly Observer[] | undefined;
  readonly interrupted?: (() => boolean) | undefined;
  readonly breathe?: (() => Promise<void>) | undefined;
  /** What made the value of a finite point NaN. */
  readonly explain?: (point: Values) => NonFinite | undefined;
  /** What the method itself proved, asked at the end. */
  readonly proved?: (answer: Values) => Partial<Evidence>;
  /** Multipliers of the constraints that the method proposes, asked at the end. */
  readonly multipliers?: () => Values | undefined;
}

export interface Solved {
  readonly outcome: RunOutcome;
  readonly answer: Values;
  readonly certificate: Certificate;
  readonly measures: Measures;
  /** What the certificate took. */
  readonly seconds: { readonly certificate: number };
}

export async function solveProgram(spec: SolveSpec): Promise<Solved> {
  const { certifier, rule } = spec;
  const tolerances: Tolerances = { ...defaultTolerances, ...spec.tolerances };
  const best = keepBest(certifier, tolerances);
  const reached = residualRule(certifier, tolerances, best.latest);
  const rounding = certifier.promise === 'optimal' ? spec.rounding : undefined;
  const isStill = rounding === undefined ? () => false : stillRule(rounding, tolerances);
  let still = false;
  const ended = (row: TraceRow): boolean => reached(row) || (still = isStill(row));
  const ran = await run({
    program: spec.program,
    measure: best.measure,
    rule: rule === undefined ? ended : (row) => rule(row, best.latest()),
    limits: { ...defaultLimits, ...spec.limits },
    ...(spec.observers === undefined ? {} : { observers: spec.observers }),
    ...(spec.interrupted === undefined ? {} : { interrupted: spec.interrupted }),
    ...(spec.explain === undefined ? {} : { explain: spec.explain }),
    ...(spec.breathe === undefined ? {} : { breathe: spec.breathe }),
  });
  const outcome: RunOutcome =
    still && ran.reason.kind === 'rule' ? { ...ran, reason: { kind: 'rounding' } } : ran;
  const begun = performance.now();
  const proved = spec.proved?.(outcome.answer) ?? {};
  const multipliers = spec.multipliers?.();
  const certify = (point: Values): Certificate =>
    certifier.certify(point, tolerances, proved, multipliers);
  const chosen = betterOf(
    certifier,
    outcome.answer,
    certifier.ranked ? best.point() : undefined,
    tolerances,
    certify,
  );
  const measures = certifier.measure(chosen.answer);
  const certificate = (performance.now() - begun) / 1000;
  return { outcome, ...chosen, measures, seconds: { certificate } };
}

interface Best {
  readonly measure: (point: Values) => Measures;
  /** The point measured last. */
  readonly latest: () => Values;
  /** The best feasible point measured. */
  readonly point: () => Values | undefined;
}

/** Measures points and keeps the best: what an interrupted run answers. */
function keepBest(certifier: Certifier, { feasibility }: Tolerances): Best {
  const sign = certifier.sense === 'maximize' ? -1 : 1;
  let last: Values = {};
  let found: Values | undefined;
  let value = Infinity;
  return {
    measure: (point) => {
      last = point;
      const measures = certifier.measure(point);
      const here = sign * (measures.value ?? NaN);
      if (certifier.ranked && measures.violation <= feasibility && here < value) {
        value = here;
        found = copyValues(point);
      }
      return measures;
    },
    latest: () => last,
    point: () => found,
  };
}

/**
 * Holds when the certificate's residual is small enough. It costs about as much as an iteration, so it is asked at iterations that grow by a fifth, or where the
 * last two answers promise it before. While the value falls so fast that its limit is surely further away than the tolerance, only after the first iteration
 * and where their number has doubled.
 */
function residualRule(
  certifier: Certifier,
  { optimality }: Tolerances,
  latest: () => Values,
): (row: TraceRow) => boolean {
  let next = 1;
  let asked: Asked = { iteration: 0, residual: Infinity };
  let before = NaN;
  let fall = NaN;
  return ({ iteration, values }) => {
    const { value = NaN } = values;
    const falls = Math.abs(before - value) / Math.max(1, Math.abs(value));
    const left = fallsStill(fall, falls);
    [before, fall] = [value, falls];
    const once = iteration > 1 && iteration < Math.max(8, 2 * asked.iteration);
    const early = once && left > uncertain * optimality;
    if (iteration < next || early) return false;
    const known = Number.isNaN(value) ? undefined : value;
    const now = { iteration, residual: certifier.residual(latest(), known) };
    const soonest = iteration + 1;
    const latestNext = Math.max(soonest, Math.ceil(iteration * 1.2));
    next = Math.min(latestNext, Math.max(soonest, promised(asked, now, optimality)));
    asked = now;
    return now.residual <= optimality;
  };
}

/** Fewer iterations than this say nothing. */
const fewest = 100;

/** Holds when for half of the iterations the value stayed what it was, but for rounding, at points that keep the constraints. */
function stillRule(rounding: number, { feasibility }: Tolerances): (row: TraceRow) => boolean {
  let reference = NaN;
  let since = 0;
  return ({ iteration, values: { value = NaN, violation = 0 } }) => {
    const isSame = Math.abs(value - reference) <= rounding * Math.max(1, Math.abs(reference));
    if (!isSame || violation > feasibility) [reference, since] = [value, iteration];
    return iteration - since >= Math.max(fewest, iteration / 2);
  };
}

/** How far off the limit of a value may be estimated. */
const uncertain = 10;

/** How far a value still falls if each step is the same part of the one before (Aitken 1926); the last step where there was no other. */
const fallsStill = (before: number, now: number): number => {
  if (Number.isNaN(before)) return now;
  return now < before ? now ** 2 / (before - now) : now === 0 ? 0 : Infinity;
};

interface Asked {
  readonly iteration: number;
  readonly residual: number;
}

/** Where the residual is small enough if it goes on falling by the same factor an iteration; infinite where it does not fall. */
function promised(from: Asked, to: Asked, enough: number): number {
  const fall = Math.log(from.residual / to.residual) / (to.iteration - from.iteration);
  return fall > 0 && Number.isFinite(fall)
    ? Math.ceil(to.iteration + Math.log(to.residual / enough) / fall)
    : Infinity;
}

function betterOf(
  certifier: Certifier,
  last: Values,
  best: Values | undefined,
  tolerances: Tolerances,
  certify: (point: Values) => Certificate,
): { readonly answer: Values; readonly certificate: Certificate } {
  const certificate = certify(last);
  if (best === undefined || certificate.status !== 'not converged')
    return { answer: last, certificate };
  const other = certify(best);
  const sign = certifier.sense === 'maximize' ? -1 : 1;
  const valueOf = (point: Values): number => {
    const { value = NaN, violation } = certifier.measure(point);
    return violation <= tolerances.feasibility && !Number.isNaN(value) ? sign * value : Infinity;
  };
  const better = other.status !== 'not converged' || valueOf(best) < valueOf(last);
  return better ? { answer: best, certificate: other } : { answer: last, certificate };
}
