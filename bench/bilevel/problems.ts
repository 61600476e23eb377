// The two problems of the race: read from their files, with what both sides need to know of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileHost } from '../../compiler/cli/file-host.ts';
import { accessFor } from '../../compiler/cli/project-files.ts';
import { compileMeasures } from '../../compiler/evaluator.ts';
import { readProgram, type Front } from '../../compiler/front.ts';
import type { Host } from '../../compiler/host.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import type { GoalUnit } from '../../runtime/certify/levels.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import type { Values } from '../../runtime/program.ts';
import type { PeerProblem } from './peer.ts';

export interface RacedProblem {
  readonly name: string;
  readonly title: string;
  /** Names of the data that hold features and labels, and of the lower variables. */
  readonly features: string;
  readonly targets: string;
  readonly lower: string;
  /** Columns of the labels; 1 where they are numbers. */
  readonly classes: number;
  readonly lowerCount: number;
  readonly upperCount: number;
  /** Where each outer variable starts. */
  readonly start: number;
  readonly train: number;
  readonly valid: number;
}

export const problems: readonly RacedProblem[] = [
  {
    name: 'regularisation_selection',
    title: 'regularisation selection: digits, odd or even, 64 penalties',
    features: 'Z',
    targets: 'y',
    lower: 'w',
    classes: 1,
    lowerCount: 64,
    upperCount: 64,
    start: -4,
    train: 1024,
    valid: 768,
  },
  {
    name: 'data_cleaning',
    title: 'hyper-cleaning: digits, 512 of 1024 labels wrong, 1024 weights',
    features: 'Z',
    targets: 'Y',
    lower: 'W',
    classes: 10,
    lowerCount: 640,
    upperCount: 1024,
    start: -2,
    train: 1024,
    valid: 768,
  },
];

export interface OpenProblem {
  readonly problem: RacedProblem;
  readonly front: Front;
  readonly host: Host;
  readonly session: Session;
}

/** The problem's file with a `solve` for each method, in order. */
export function openProblem(problem: RacedProblem, methods: readonly string[]): OpenProblem {
  const file = path.join(import.meta.dirname, `${problem.name}.opt`);
  const solves = methods.map((method) => `solve ${problem.name} with ${method}\n`).join('');
  const text = `${readFileSync(file, 'utf8')}\n${solves}`;
  const host = fileHost(accessFor(file, []));
  const front = readProgram(file, new TextEncoder().encode(text), host, {
    settings: new Map(),
    givenShapes: new Map(),
    readHeaders: true,
  });
  const opened = openSession(front, front.model.problems[0], host, noSettings);
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join('\n'));
  return { problem, front, host, session: opened.session };
}

/** The numbers that the other side is handed. */
export function dataOf({ problem, session }: OpenProblem): PeerProblem {
  const { name, features, targets, classes, train, valid } = problem;
  const { lowering, problem: lowered } = session.lowered;
  const named = new Map(lowered.data.map((item) => [item.name, item.input]));
  const { measures } = compileMeasures(lowering.graph, lowered, session.input, named);
  const entries = (of: string): readonly number[] => [...measures.evaluate(of, {}).data];
  const [, n] = measures.evaluate(features, {}).shape;
  return {
    problem: name,
    Z: entries(features),
    n,
    targets: entries(targets),
    classes,
    train,
    valid,
  };
}

const pointOf = (
  { problem, session }: OpenProblem,
  x: Float64Array,
  lower: Float64Array,
): Values => {
  const { level } = session.lowered.problem;
  const [upper] = level.variables;
  const shape =
    problem.classes === 1 ? [lower.length] : [lower.length / problem.classes, problem.classes];
  return { [upper.name]: dense([x.length], x), [problem.lower]: dense(shape, lower) };
};

/** The lower and the upper goal at a point. */
export function goalsAt(
  opened: OpenProblem,
  lower: Float64Array,
  x: Float64Array,
): readonly number[] {
  const { program } = opened.session;
  const at = pointOf(opened, x, lower);
  return [unitOf(opened)?.value, 'value'].map((name) =>
    name === undefined ? NaN : program.measures.evaluate(name, at).data[0],
  );
}

function unitOf({ session }: OpenProblem): GoalUnit | undefined {
  const spec = session.program.plan.beyond?.spec;
  const unit = spec?.kind === 'levels' ? spec.units[0] : undefined;
  return unit?.kind === 'goal' ? unit : undefined;
}

export interface Measured {
  /** The upper goal at the lower solution for x. */
  readonly value: number;
  /** How far above a proven bound the lower goal is there. */
  readonly lowerGap: number;
}

/** The value function, by the code that certifies answers: one for both sides. */
export function valueFunction(opened: OpenProblem): (x: Float64Array) => Measured {
  const { problem, session } = opened;
  const { program } = session;
  const unit = unitOf(opened);
  let lower = new Float64Array(problem.lowerCount);
  const nothing = { value: NaN, lowerGap: NaN };
  return (x) => {
    if (!x.every(Number.isFinite)) return nothing;
    const at = program.settled(pointOf(opened, x, lower));
    if (at === undefined || unit === undefined) return nothing;
    lower = Float64Array.from(at[problem.lower].data);
    const number = (name: string | undefined): number =>
      name === undefined ? NaN : program.measures.evaluate(name, at).data[0];
    return { value: number('value'), lowerGap: number(unit.value) - number(unit.bound) };
  };
}
