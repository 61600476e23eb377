// A method on a target, each iteration from the state that the interpreter has reached: so that nothing adds up, and the first wrong step is the one that is named.
import type { Session } from '../../../compiler/session.ts';
import type { Specialised } from '../../../compiler/specialise.ts';
import type { MatchedStep } from '../../../compiler/match/step.ts';
import { interpret, type Interpretation } from '../../../compiler/tensor/interpret.ts';
import type { Node } from '../../../compiler/tensor/ir.ts';
import type { OracleCounts, Program, Values } from '../../../runtime/program.ts';
import type { DenseTensor, Tensor } from '../../../runtime/tensor.ts';
import { oracleNames } from '../../../runtime/trace.ts';
import { fixedInputs } from '../reference-run.ts';
import type { StepBound } from './target.ts';

export interface Stepped {
  /** What differs, a line each. */
  readonly wrong: readonly string[];
  /** Iterations that were compared. */
  readonly iterations: number;
}

/** What the interpreter makes of one iteration, with the scale of each entry. */
interface Expected {
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
}

export async function stepByStep(
  session: Session,
  { create }: Specialised,
  step: MatchedStep,
  { iterations, bound, decidedByRounding }: StepOptions,
): Promise<Stepped> {
  const seed = 1;
  const reference = referenceOf(session, step, seed);
  const program = create(seed);
  const wrong: string[] = [];
  await program.init();
  await program.settle?.();
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
  program.dispose?.();
  return { wrong, iterations: done };
}

const saved = (states: Values): Values => ({
  ...states,
  '': { storage: 'dense', shape: [], data: Float64Array.of(1) },
});

function referenceOf(session: Session, step: MatchedStep, seed: number) {
  const { inputs, sizes } = fixedInputs(session);
  const { dataSeed } = session.input;
  const run = (nodes: readonly Node[], states: Values, iteration: number): Interpretation => {
    const given = Object.entries(states).map(([name, value]) => [`state:${name}`, value] as const);
    const environment = { inputs: { ...inputs, ...Object.fromEntries(given), iteration }, sizes };
    return interpret(nodes, { ...environment, seed, dataSeed });
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

function differences(
  { states, scales, answer, answerScales }: Expected,
  before: Values,
  program: Program,
  bound: StepBound,
  decidedByRounding: boolean,
): readonly string[] {
  const got = program.save();
  const answered = program.answer();
  const found = Object.entries(states).map(([name, { data }]): Compared => [
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
