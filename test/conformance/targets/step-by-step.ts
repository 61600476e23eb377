// A method on a target, each iteration from the state that the interpreter has reached: so that nothing adds up, and the first wrong step is the one that is named.
import type { Session } from '../../../compiler/session.ts';
import type { Specialised } from '../../../compiler/specialise.ts';
import type { MatchedStep } from '../../../compiler/match/step.ts';
import { interpret, type Interpretation } from '../../../compiler/tensor/interpret.ts';
import type { Node } from '../../../compiler/tensor/ir.ts';
import type { OracleCounts, Program, Values } from '../../../runtime/program.ts';
import type { DenseTensor, Tensor } from '../../../runtime/tensor.ts';
import { noCounts, oracleNames } from '../../../runtime/trace.ts';
import { fixedInputs } from '../reference-run.ts';
import type { StepBound } from './target.ts';

export interface Stepped {
  /** What differs, a line each. */
  readonly wrong: readonly string[];
  /** Iterations that were compared. */
  readonly iterations: number;
}

/** What the interpreter makes of one iteration, with the scale of each entry. */
export interface Expected {
  readonly states: Readonly<Record<string, DenseTensor>>;
  readonly scales: Readonly<Record<string, DenseTensor>>;
  readonly answer: readonly DenseTensor[];
  readonly answerScales: readonly DenseTensor[];
  readonly counts: Interpretation['counts'];
  readonly done: boolean;
}

export interface StepOptions {
  readonly iterations: number;
  readonly bound: StepBound;
  /** A line search, say, that rounding decides: its states are only asked to be finite, and its counts not at all. */
  readonly decidedByRounding: boolean;
  readonly reference: Reference;
}

/** Where the states of a run come from, and what each iteration has to be. */
export interface Reference {
  readonly start: () => Values;
  readonly next: (states: Values, iteration: number) => Expected;
}

/** The interpreter takes too long: another reference is needed. */
export class TooLong extends Error {}

const patience = 10_000;

export const seed = 1;

export async function stepByStep({ create }: Specialised, options: StepOptions): Promise<Stepped> {
  const program = create(seed);
  try {
    await program.init();
    await program.settle?.();
    return await compared(program, options);
  } finally {
    program.dispose?.();
  }
}

async function compared(
  program: Program,
  { iterations, bound, decidedByRounding, reference }: StepOptions,
): Promise<Stepped> {
  const wrong: string[] = [];
  let states = reference.start();
  let done = 0;
  for (let k = 1; k <= iterations; k++) {
    const expected = reference.next(states, k);
    program.restore(saved(states));
    const before = { ...program.counts };
    await program.step(k);
    await program.settle?.();
    done = k;
    const found = differences(expected, states, program, bound, decidedByRounding);
    const counted = decidedByRounding ? [] : miscounts(expected.counts, before, program.counts);
    wrong.push(...[...found, ...counted].map((line) => `iteration ${k}: ${line}`));
    if (expected.done || wrong.length > 0) break;
    states = expected.states;
  }
  return { wrong, iterations: done };
}

const saved = (states: Values): Values => ({
  ...states,
  '': { storage: 'dense', shape: [], data: Float64Array.of(1) },
});

/** The interpreter. */
export function interpreted(session: Session, step: MatchedStep): Reference {
  const begun = performance.now();
  const observe = (): void => {
    if (performance.now() - begun > patience) throw new TooLong();
  };
  const { inputs, sizes } = fixedInputs(session, observe);
  const { dataSeed } = session.input;
  const run = (nodes: readonly Node[], states: Values, iteration: number): Interpretation => {
    const given = Object.entries(states).map(([name, value]) => [`state:${name}`, value] as const);
    const environment = { inputs: { ...inputs, ...Object.fromEntries(given), iteration }, sizes };
    return interpret(nodes, { ...environment, seed, dataSeed, observe });
  };
  const named = (values: readonly DenseTensor[]): Record<string, DenseTensor> =>
    Object.fromEntries(step.states.map(({ name }, k) => [name, values[k]]));
  const nexts = step.states.map(({ next }) => next);
  const stops = step.stop === undefined ? [] : [step.stop];
  const reports = step.reports.map(({ node }) => node);
  const answers = step.answer.map(({ node }) => node);
  return {
    start: () =>
      named(
        run(
          step.states.map(({ init }) => init),
          {},
          0,
        ).values,
      ),
    next: (states: Values, iteration: number): Expected => {
      const { values, bounds, counts } = run([...nexts, ...stops, ...reports], states, iteration);
      const after = named(values);
      const answered = run(answers, after, iteration);
      return {
        states: after,
        scales: named(bounds),
        answer: answered.values,
        answerScales: answered.bounds,
        counts,
        done: stops.length > 0 && values[nexts.length].data[0] !== 0,
      };
    },
  };
}

/** A program in plain JavaScript, itself held to the interpreter on all that is smaller: sums of terms are not known. */
export function programmed({ createHere }: Specialised, step: MatchedStep): Reference {
  const program = createHere(seed);
  const nothing = (values: Values): Record<string, DenseTensor> =>
    Object.fromEntries(
      Object.entries(values).map(([name, { data }]) => [name, flat(data.map(() => 0))]),
    );
  const own = (values: Values): Values =>
    Object.fromEntries(step.states.map(({ name }) => [name, values[name]]));
  return {
    start: () => {
      program.init();
      return own(program.save());
    },
    next: (states, iteration) => {
      program.restore(saved(states));
      const before = { ...program.counts };
      const done = program.step(iteration);
      const after = own(program.save());
      const answer = Object.values(program.answer()).map(({ data }) => flat(data));
      const counts = noCounts();
      for (const name of oracleNames) counts[name] = program.counts[name] - before[name];
      return {
        states: Object.fromEntries(
          Object.entries(after).map(([name, { data }]) => [name, flat(data)]),
        ),
        scales: nothing(after),
        answer,
        answerScales: answer.map(({ data }) => flat(data.map(() => 0))),
        counts,
        done,
      };
    },
  };
}

const flat = (data: Float64Array): DenseTensor => ({
  storage: 'dense',
  shape: [data.length],
  data: Float64Array.from(data),
});

function differences(
  { states, scales, answer, answerScales }: Expected,
  before: Values,
  program: Program,
  bound: StepBound,
  decidedByRounding: boolean,
): readonly string[] {
  const got = program.save();
  const answered = program.answer();
  // A program need not save what never changes: it may fill that only where it is read.
  const kept = Object.entries(states).filter(
    ([name, { data }]) => name in got || data.some((value, k) => value !== before[name].data[k]),
  );
  const found = kept.map(([name, { data }]): Compared => [
    name,
    data,
    scales[name].data,
    got[name].data,
  ]);
  const given = Object.values(answered).map(({ data }, k): Compared => [
    `answer ${k}`,
    answer[k].data,
    answerScales[k].data,
    data,
  ]);
  const all = [...found, ...given];
  if (decidedByRounding)
    return all.flatMap(([name, , , data]) =>
      data.every(Number.isFinite) ? [] : [`${name} is not finite`],
    );
  const largest = Math.max(
    1,
    ...[before, states].flatMap((values) => Object.values(values).map(largestOf)),
  );
  return all.flatMap(([name, expected, scale, data]) => {
    if (data.length !== expected.length)
      return [`${name} has ${data.length} entries instead of ${expected.length}`];
    const at = data.findIndex((value, k) => {
      const allowed = Math.max(bound.terms * scale[k], bound.largest * largest, 1e-300);
      return !Object.is(value, expected[k]) && !(Math.abs(value - expected[k]) <= allowed);
    });
    return at < 0
      ? []
      : [`${name}[${at}] is ${data[at]} instead of ${expected[at]} (scale ${scale[at]})`];
  });
}

const largestOf = ({ data }: Tensor): number =>
  data.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);

type Compared = readonly [
  name: string,
  expected: Float64Array,
  scale: Float64Array,
  got: Float64Array,
];

function miscounts(
  expected: Interpretation['counts'],
  before: OracleCounts,
  after: OracleCounts,
): readonly string[] {
  return oracleNames.flatMap((name) => {
    const counted = after[name] - before[name];
    return counted === expected[name] ? [] : [`${counted} ${name} instead of ${expected[name]}`];
  });
}
