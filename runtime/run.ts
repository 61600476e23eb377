// The only loop. It iterates, stops, counts, times, measures outside the clock and calls observers; a method only steps its state.
import { createNotifier, type Observer } from './observe.ts';
import { RuntimeFault } from './fault.ts';
import { hasNan } from './has-nan.ts';
import type { Advanced, NonFinite, OracleCounts, Program, Values } from './program.ts';
import type { StopReason } from './stop.ts';
import { nextMeasured, oracleNames, type Trace, type TraceRow } from './trace.ts';

/** Quantities of a point, by name. `value` is the goal in its own sense, `violation` the largest constraint violation (relative). */
export type Measures = Readonly<Record<string, number>>;

export interface RunSpec {
  readonly program: Program;
  /** Measures the answer of the method; outside the clock. */
  readonly measure: (answer: Values) => Measures;
  /** Ends the run when it holds. Asked at measured iterations; where it first holds between two of them is found by replay. */
  readonly rule: (row: TraceRow) => boolean;
  /** Further measures of the rows that are kept, which no rule and no watch asks for. */
  readonly detail?: (answer: Values) => Measures;
  /** What made the value of a finite point NaN; the run ends where this is known. */
  readonly explain?: (answer: Values) => NonFinite | undefined;
  /** Events: the first iteration where each holds is in the trace. One that holds at a measured iteration and not at the one before is found by replay. */
  readonly watches?: readonly ((row: TraceRow) => boolean)[];
  readonly limits: Limits;
  readonly observers?: readonly Observer[];
  /** Whether the person asked to stop. */
  readonly interrupted?: () => boolean;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
  /** Lets signals and timers through between blocks. */
  readonly breathe?: () => Promise<void>;
}

export interface Limits {
  readonly iterations: number;
  readonly seconds: number;
}

/** Language §7: unless a stop rule bounds them, runs end at 10⁵ iterations or 60 s. */
export const defaultLimits: Limits = { iterations: 100_000, seconds: 60 };

export interface RunOutcome {
  readonly reason: StopReason;
  readonly trace: Trace;
  readonly iterations: number;
  readonly counts: OracleCounts;
  /** Seconds in iterations; the first one apart (it compiles and warms up). */
  readonly seconds: {
    readonly init: number;
    readonly first: number;
    readonly total: number;
    /** Outside the clock: what was measured on the way. */
    readonly measuring: number;
    /** Outside the clock: asking whether the run may end. */
    readonly checking: number;
  };
  /** The answer at the end. */
  readonly answer: Values;
}

interface Checkpoint {
  readonly iteration: number;
  readonly states: Values;
  readonly counts: OracleCounts;
  readonly milliseconds: number;
}

const blockMilliseconds = 50;
const chunkMilliseconds = 2;

export async function run(spec: RunSpec): Promise<RunOutcome> {
  const { program, measure, limits } = spec;
  const clock = spec.clock ?? (() => performance.now());
  const breathe = spec.breathe ?? (() => Promise.resolve());
  const interrupted = spec.interrupted ?? (() => false);
  const notify = createNotifier(spec.observers ?? []);
  const trace: TraceRow[] = [];
  let spent = 0;
  let checking = 0;
  let first = 0;
  let iteration = 0;

  const row = (): TraceRow => ({
    iteration,
    seconds: spent / 1000,
    counts: { ...program.counts },
    values: { ...measure(program.answer()), ...(iteration === 0 ? {} : program.reports()) },
  });
  const rule = (measured: TraceRow): boolean => {
    const asked = clock();
    const holds = spec.rule(measured);
    checking += clock() - asked;
    return holds;
  };
  /** Keeps a row of the current iteration. */
  const keep = (measured: TraceRow): void => {
    const kept =
      spec.detail === undefined
        ? measured
        : { ...measured, values: { ...measured.values, ...spec.detail(program.answer()) } };
    trace.push(kept);
    notify.measured(kept);
  };
  const open = new Set(spec.watches ?? []);
  const anyWatched = (measured: TraceRow): boolean => [...open].some((watch) => watch(measured));
  /** Whether a watch holds for the first time; those that do are done. */
  const settle = (measured: TraceRow): boolean => {
    const held = [...open].filter((watch) => watch(measured));
    for (const watch of held) open.delete(watch);
    return held.length > 0;
  };
  const checkpoint = (): Checkpoint => ({
    iteration,
    states: program.save(),
    counts: { ...program.counts },
    milliseconds: spent,
  });
  const rewind = async (to: Checkpoint): Promise<void> => {
    program.restore(to.states);
    setCounts(program.counts, to.counts);
    iteration = to.iteration;
    spent = to.milliseconds;
    if (program.settle !== undefined) await program.settle();
  };

  const begun = clock();
  await started(program);
  const init = clock() - begun;
  // What a method does before its first iteration is its work too.
  spent = init;
  let last = checkpoint();
  let rested = clock();
  // Iterations between two looks at the clock.
  let atOnce = 1;
  // The last checkpoint whose states hold no NaN: one may lie hidden in a state long before the answer shows it.
  let clean = last;
  let reason: StopReason | undefined = nonFinite(program, 0);
  if (reason?.kind === 'nonfinite') reason = { ...reason, made: program.trace(last.states, 0) };
  if (reason === undefined) {
    const start = row();
    settle(start);
    keep(start);
    reason = undefinedValue(start);
    if (rule(start)) reason ??= { kind: 'rule' };
  }

  while (reason === undefined) {
    const target = Math.min(nextMeasured(iteration), limits.iterations);
    if (iteration >= limits.iterations) reason = { kind: 'iterations' };
    while (reason === undefined && iteration < target) {
      const blockStart = clock();
      let asked = false;
      try {
        do {
          const chunk = Math.min(iteration + atOnce, target);
          const begin = clock();
          const moved = advance(program, iteration, chunk);
          ({ iteration, asked } = moved instanceof Promise ? await moved : moved);
          // A device has done its work only when its states can be read.
          if (program.settle !== undefined) await program.settle();
          const took = clock() - begin;
          if (took < chunkMilliseconds) atOnce *= 2;
          else if (took > 4 * chunkMilliseconds) atOnce = Math.max(1, atOnce >> 2);
        } while (!asked && iteration < target && clock() - blockStart < blockMilliseconds);
      } catch (error) {
        reason = await faultOf(error, target);
      }
      const block = clock() - blockStart;
      spent += block;
      if (iteration === 1) first = block;
      if (asked && reason === undefined) reason = { kind: 'method' };
      else if (spent >= limits.seconds * 1000) reason ??= { kind: 'time' };
      notify.tick(iteration, spent / 1000);
      // Measuring counts too: a signal must not wait for it.
      if (clock() - rested >= blockMilliseconds / 2) {
        await breathe();
        rested = clock();
      }
      if (interrupted()) reason ??= { kind: 'interrupted' };
    }
    if (reason?.kind === 'fault') {
      const failed = reason;
      await rewind(last);
      reason = failed;
      break;
    }
    const broken = nonFinite(program, iteration);
    if (broken !== undefined) {
      reason = await locate(spec.program, clean, iteration, broken);
      await rewind(last);
      break;
    }
    if (iteration === last.iteration) continue;
    const measured = row();
    const ends = rule(measured);
    const between = iteration > last.iteration + 1 && (ends || anyWatched(measured));
    if (between && (await replay(measured, ends))) {
      reason = { kind: 'rule' };
      break;
    }
    settle(measured);
    keep(measured);
    if (ends) {
      reason = { kind: 'rule' };
      break;
    }
    reason ??= undefinedValue(measured);
    const now = checkpoint();
    if (
      reason === undefined &&
      now.iteration === last.iteration + 1 &&
      drew(last.counts) === drew(now.counts) &&
      sameStates(last.states, now.states)
    ) {
      reason = { kind: 'stalled' };
    }
    last = now;
    if (!holdsNan(now.states, clean.states)) clean = now;
  }

  /** The iteration that failed, at most `to`: found by going again from the last checkpoint, one by one. */
  async function faultOf(error: unknown, to: number): Promise<StopReason> {
    if (!(error instanceof RuntimeFault)) throw error;
    const until = spent;
    await rewind(last);
    spent = until;
    try {
      while (iteration < to) {
        iteration++;
        await stepped(program, iteration);
      }
    } catch (again) {
      if (!(again instanceof RuntimeFault)) throw again;
    }
    return { kind: 'fault', iteration, message: error.message, place: error.place };
  }

  /** A value that is NaN at a point that is finite; at the end of the run, one that is infinite too. */
  function undefinedValue({ values }: TraceRow, ended = false): StopReason | undefined {
    if (!('value' in values) || Number.isFinite(values.value)) return undefined;
    const nan = Number.isNaN(values.value);
    if (!nan && !ended) return undefined;
    const made = spec.explain?.(program.answer());
    if (made === undefined) return undefined;
    return { kind: 'nonfinite', iteration, value: nan ? 'nan' : 'infinite', made };
  }

  /** Goes again from the last checkpoint towards `end`, keeping rows where a watch first holds; true where the rule, which holds at `end`, held before it. */
  async function replay(end: TraceRow, ends: boolean): Promise<boolean> {
    const until = spent;
    const share = (until - last.milliseconds) / (end.iteration - last.iteration);
    await rewind(last);
    while (iteration < end.iteration - 1) {
      iteration++;
      await stepped(program, iteration);
      spent = last.milliseconds + share * (iteration - last.iteration);
      const measured = row();
      const over = ends && rule(measured);
      if (settle(measured) || over) keep(measured);
      if (over) return true;
    }
    iteration++;
    await stepped(program, iteration);
    spent = until;
    return false;
  }

  const final = trace.at(-1);
  if (final?.iteration === iteration && (reason === undefined || endsByItself[reason.kind]))
    reason = undefinedValue(final, true) ?? reason;
  const outcome: RunOutcome = {
    reason: reason ?? { kind: 'iterations' },
    trace,
    iterations: iteration,
    counts: { ...program.counts },
    seconds: {
      init: init / 1000,
      first: first / 1000,
      total: spent / 1000,
      measuring: Math.max(0, clock() - begun - spent - checking) / 1000,
      checking: checking / 1000,
    },
    answer: copyValues(program.answer()),
  };
  notify.ended(outcome);
  return outcome;
}

/** The start, there to be read. */
async function started(program: Program): Promise<void> {
  const begun = program.init();
  if (begun instanceof Promise) await begun;
  if (program.settle !== undefined) await program.settle();
}

/** One iteration, there to be read. */
async function stepped(program: Program, iteration: number): Promise<void> {
  const asked = program.step(iteration);
  if (asked instanceof Promise) await asked;
  if (program.settle !== undefined) await program.settle();
}

/** Iterations after `done` up to `to`, in one call where the program has one. */
function advance(program: Program, done: number, to: number): Advanced | Promise<Advanced> {
  if (program.advance !== undefined) return program.advance(done, to);
  for (let iteration = done + 1; iteration <= to; iteration++) {
    const asked = program.step(iteration);
    if (asked instanceof Promise) return advanceLater(program, asked, iteration, to);
    if (asked) return { iteration, asked };
  }
  return { iteration: to, asked: false };
}

async function advanceLater(
  program: Program,
  first: Promise<boolean>,
  at: number,
  to: number,
): Promise<Advanced> {
  if (await first) return { iteration: at, asked: true };
  for (let iteration = at + 1; iteration <= to; iteration++)
    if (await program.step(iteration)) return { iteration, asked: true };
  return { iteration: to, asked: false };
}

/** Whether the run ended though nobody asked it to and nothing broke. */
const endsByItself: { readonly [K in StopReason['kind']]: boolean } = {
  rule: false,
  method: true,
  iterations: true,
  time: true,
  stalled: true,
  rounding: true,
  interrupted: false,
  nonfinite: false,
  fault: false,
};

/** What timing needs of the world. */
export interface Timing {
  readonly clock?: () => number;
  readonly breathe?: () => Promise<void>;
  readonly interrupted?: () => boolean;
}

/** Seconds at each given iteration of the same run without measuring: what times are reported from. Undefined where the person asked to stop. */
export async function timeRun(
  program: Program,
  iterations: readonly number[],
  { clock = () => performance.now(), breathe, interrupted }: Timing = {},
): Promise<readonly number[] | undefined> {
  const seconds: number[] = [];
  const start = clock();
  await started(program);
  let spent = clock() - start;
  let rested = 0;
  let at = 0;
  // The clock is read once a chunk, so that reading it costs nothing beside short iterations.
  let chunk = 1;
  for (const target of iterations) {
    while (at < target) {
      const end = Math.min(at + chunk, target);
      const begun = clock();
      // A method that asks to stop may be asked to go on: what it did then stands in the trace that is timed.
      while (at < end) {
        const moved = advance(program, at, end);
        at = (moved instanceof Promise ? await moved : moved).iteration;
      }
      if (program.settle !== undefined) await program.settle();
      const took = clock() - begun;
      spent += took;
      if (took < chunkMilliseconds) chunk *= 2;
      else if (took > 4 * chunkMilliseconds) chunk = Math.max(1, chunk >> 2);
      if (spent - rested < blockMilliseconds) continue;
      rested = spent;
      await breathe?.();
      if (interrupted?.() === true) return undefined;
    }
    seconds.push(spent / 1000);
  }
  return seconds;
}

export function copyValues(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, tensor]) => [
      name,
      { ...tensor, data: tensor.data.slice() },
    ]),
  );
}

function setCounts(counts: OracleCounts, to: OracleCounts): void {
  for (const name of oracleNames) counts[name] = to[name];
}

function nonFinite(program: Program, iteration: number): StopReason | undefined {
  for (const tensor of Object.values(program.answer())) {
    for (const entry of tensor.data) {
      if (!Number.isFinite(entry)) {
        const value = Number.isNaN(entry) ? 'nan' : 'infinite';
        return { kind: 'nonfinite', iteration, value, made: undefined };
      }
    }
  }
  return undefined;
}

const holdsNan = (states: Values, seen: Values = {}): boolean =>
  Object.entries(states).some(([name, { data }]) => data !== seen[name]?.data && hasNan(data));

/** Replays from the last good states to the first iteration that made a NaN or gave an answer that is not finite, and traces that one. */
async function locate(
  program: Program,
  clean: Checkpoint,
  end: number,
  found: StopReason,
): Promise<StopReason> {
  program.restore(clean.states);
  if (program.settle !== undefined) await program.settle();
  for (let k = clean.iteration + 1; k <= end; k++) {
    const states = program.save();
    await stepped(program, k);
    const broken = nonFinite(program, k);
    if (broken === undefined && !holdsNan(program.save())) continue;
    const value = broken?.kind === 'nonfinite' ? broken.value : 'nan';
    return { kind: 'nonfinite', iteration: k, value, made: program.trace(states, k) };
  }
  return found;
}

/** A method that draws may go on from the states where it stood still. */
const drew = ({ draws, samples }: OracleCounts): number => draws + samples;

function sameStates(a: Values, b: Values): boolean {
  return Object.entries(a).every(([name, tensor]) => {
    const other = b[name];
    return (
      tensor.data === other.data ||
      (tensor.data.length === other.data.length &&
        tensor.data.every((entry, k) => entry === other.data[k]))
    );
  });
}
