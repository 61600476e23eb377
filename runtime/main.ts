// A generated program from its data to its exit code: read, prepare, run, certify, print. The edge of such a program, as the command is ours.
/* eslint no-console: off */
import { createCertifier, type CertifierSpec } from './certify/certifier.ts';
import { codeOf, resultCode } from './exit-code.ts';
import { RuntimeFault } from './fault.ts';
import { gather, type Gathered } from './gather.ts';
import { dense } from './kernels/tensors.ts';
import type { MeasureProgram, Program, ProgramInput } from './program.ts';
import { answerText } from './report/answer.ts';
import type { Limits } from './run.ts';
import { rounding32 } from './rounding32.ts';
import { solveProgram } from './solve.ts';
import type { TraceRow } from './trace.ts';

export interface MainParts<D> {
  /** `minimize` unless given. */
  readonly sense?: CertifierSpec['sense'];
  readonly promise: CertifierSpec['promise'];
  /** What is measured, in words. */
  readonly texts?: CertifierSpec['texts'];
  readonly notes?: CertifierSpec['notes'];
  readonly metrics?: CertifierSpec['metrics'];
  readonly whole?: boolean;
  /** Of games, variational inequalities and levels. */
  readonly beyond?: NonNullable<CertifierSpec['beyond']>;
  /** Reads the data; called once. */
  readonly input?: () => Gathered;
  readonly prepare: (input: ProgramInput) => D;
  readonly createMeasures: (data: D, seed: number) => MeasureProgram;
  readonly limits?: Partial<Limits>;
  /** The residual at which an answer counts as optimal. */
  readonly tolerance?: number;
  /** Names of the entries of vectors. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

/** A program that runs here. */
export interface HostSpec<D> extends MainParts<D> {
  readonly createStep: (data: D, seed: number) => Program;
}

/** A program whose iterations run on something that has to be waited for, as tfjs. */
export interface DeviceSpec<D, T> extends MainParts<D> {
  /** Starts the device; called once. */
  readonly device: () => Promise<T>;
  readonly createStep: (data: D, seed: number, device: T) => Program;
}

export type MainSpec<D, T> = HostSpec<D> | DeviceSpec<D, T>;

/** Prints the certified answer, or what is wrong with the data, and sets the exit code of the process. */
export async function runProgram<D, T>(problem: string, spec: MainSpec<D, T>): Promise<void> {
  try {
    const { text, code } = await solved(problem, spec);
    console.log(text);
    leaveWith(code);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    console.error(`error: ${error.message}`);
    leaveWith(resultCode.usage);
  }
}

async function solved<D, T>(
  problem: string,
  spec: MainSpec<D, T>,
): Promise<{ text: string; code: number }> {
  const input = gather(spec.input?.() ?? {});
  const data = spec.prepare(input);
  const measures = spec.createMeasures(data, input.seed);
  const program =
    'device' in spec
      ? spec.createStep(data, input.seed, await spec.device())
      : spec.createStep(data, input.seed);
  const result = await solveProgram({
    program,
    certifier: createCertifier({ ...spec, sense: spec.sense ?? 'minimize', measures }),
    tolerances: spec.tolerance === undefined ? {} : { optimality: spec.tolerance },
    rounding: 'device' in spec ? rounding32 : undefined,
    limits: spec.limits ?? {},
    rule: measures.names.includes('stop') ? stopRule(measures) : undefined,
  });
  const { certificate, outcome } = result;
  return {
    text: answerText(problem, result, spec.labels),
    code: codeOf({ status: certificate.status, reason: outcome.reason, certificate }),
  };
}

/** `stop when` of the problem, a measure of the columns of the trace. */
const stopRule =
  (measures: MeasureProgram) =>
  ({ iteration, seconds, counts, values }: TraceRow): boolean => {
    const columns: Readonly<Record<string, number>> = {
      feasibility: values.violation ?? NaN,
      ...counts,
      ...values,
      iterations: iteration,
      time: seconds,
    };
    const point = Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [name, dense([], Float64Array.of(value))]),
    );
    return measures.evaluate('stop', point).data[0] !== 0;
  };

function leaveWith(code: number): void {
  const host: unknown = Reflect.get(globalThis, 'process');
  if (typeof host === 'object' && host !== null) Reflect.set(host, 'exitCode', code);
}
