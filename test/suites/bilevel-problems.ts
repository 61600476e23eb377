// Published bilevel problems as `.opt` texts: those whose levels have bounds alone. Their known values stay outside the text.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { formula, type Formula } from './formula.ts';

interface Box {
  readonly dim: number;
  readonly lower?: readonly (number | null)[];
  readonly upper?: readonly (number | null)[];
}

interface LevelEntry {
  readonly minimize?: string;
  readonly maximize?: string;
  readonly subject_to: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly group: string;
  readonly vars: { readonly x: Box; readonly y: Box };
  readonly start?: { readonly x?: readonly number[]; readonly y?: readonly number[] };
  readonly lets?: Readonly<Record<string, string>>;
  readonly upper: LevelEntry;
  readonly lower: LevelEntry;
  readonly best?: { readonly value: number | null };
  readonly unverified?: boolean;
  readonly expected?: string;
}

/** What an independent check of an answer needs. */
export interface LowerCheck {
  readonly goal: Formula;
  /** 1 to minimise, -1 to maximise. */
  readonly sign: 1 | -1;
  readonly lower: readonly (number | undefined)[];
  readonly upper: readonly (number | undefined)[];
}

export interface BilevelProblem {
  readonly name: string;
  readonly group: string;
  readonly text: string;
  readonly best: number | undefined;
  /** The sense of the upper goal. */
  readonly maximise: boolean;
  readonly verified: boolean;
  readonly expected: string | undefined;
  readonly below: LowerCheck;
}

/** The suites at hand: two of the repository, and a third where it lies beside it. */
export const suiteFiles: readonly string[] = [
  path.join(import.meta.dirname, 'bilevel_basblib.json'),
  path.join(import.meta.dirname, 'bileveljump.json'),
  path.join(import.meta.dirname, '../../../shared/suites/bilevel_bolib.json'),
].filter((file) => existsSync(file));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isEntry = (value: unknown): value is Entry =>
  isRecord(value) && isRecord(value.vars) && isRecord(value.upper) && isRecord(value.lower);

function entriesOf(file: string): readonly Entry[] {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRecord(parsed) || !Array.isArray(parsed.problems))
    throw new Error(`${file} has no problems`);
  return parsed.problems.filter(isEntry);
}

/** All problems of a suite whose levels have bounds alone. */
export const bilevelProblems = (file: string): readonly BilevelProblem[] =>
  entriesOf(file).flatMap((entry) => problemOf(entry) ?? []);

/** How many problems a suite has in all. */
export const suiteSize = (file: string): number => entriesOf(file).length;

const textOf = ({ minimize, maximize }: LevelEntry): string => minimize ?? maximize ?? '0';

function tighten({ lower, upper }: Limits, { index, at, isLower }: BoundText): void {
  if (isLower) lower[index] = Math.max(lower[index] ?? -Infinity, at);
  else upper[index] = Math.min(upper[index] ?? Infinity, at);
}

const isImplied = ({ lower, upper }: Limits, { index, at, isLower }: BoundText): boolean =>
  isLower ? (lower[index] ?? -Infinity) >= at : (upper[index] ?? Infinity) <= at;

interface Limits {
  readonly lower: (number | undefined)[];
  readonly upper: (number | undefined)[];
}

function problemOf(entry: Entry): BilevelProblem | undefined {
  const limits = { x: limitsOf(entry.vars.x), y: limitsOf(entry.vars.y) };
  if (entry.lets !== undefined) return undefined;
  for (const constraint of entry.lower.subject_to) {
    const bound = boundOf(constraint);
    if (bound === undefined) return undefined;
    tighten(limits[bound.name], bound);
  }
  for (const constraint of entry.upper.subject_to) {
    const bound = boundOf(constraint);
    if (bound === undefined) return undefined;
    // A bound on lower variables that the lower level does not have is a constraint between the levels.
    if (bound.name === 'y' && !isImplied(limits.y, bound)) return undefined;
    tighten(limits[bound.name], bound);
  }
  const hasOuter = variablesOf(`${textOf(entry.upper)} ${textOf(entry.lower)}`).some(
    ({ name }) => name === 'x',
  );
  const goal = ({ minimize, maximize }: LevelEntry): string =>
    minimize === undefined ? `maximize ${maximize ?? '0'}` : `minimize ${minimize}`;
  const text = [
    'problem p {',
    ...(!hasOuter
      ? []
      : [`  var x : real[${entry.vars.x.dim}]${boundsText(limits.x)}${startText(entry.start?.x)}`]),
    '  lower {',
    `    var y : real[${entry.vars.y.dim}]${boundsText(limits.y)}${startText(entry.start?.y)}`,
    `    ${goal(entry.lower)}`,
    '  }',
    `  ${goal(entry.upper)}`,
    '}',
    '',
  ].join('\n');
  return {
    name: entry.name,
    group: entry.group,
    text,
    best: entry.best?.value ?? undefined,
    maximise: entry.upper.minimize === undefined,
    verified: entry.unverified !== true,
    expected: entry.expected,
    below: {
      goal: formula(textOf(entry.lower)),
      sign: entry.lower.minimize === undefined ? -1 : 1,
      ...limits.y,
    },
  };
}

const limitsOf = ({ dim, lower, upper }: Box): Limits => ({
  lower: Array.from({ length: dim }, (_, k) => lower?.[k] ?? undefined),
  upper: Array.from({ length: dim }, (_, k) => upper?.[k] ?? undefined),
});

function boundsText({ lower, upper }: Limits): string {
  const side = (values: readonly (number | undefined)[], free: number, sign: string): string => {
    if (values.every((value) => value === undefined)) return '';
    const full = values.map((value) => value ?? free);
    const text = full.map((value) =>
      Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf',
    );
    return ` ${sign} [${text.join(', ')}]`;
  };
  return side(lower, -Infinity, '>=') + side(upper, Infinity, '<=');
}

const startText = (start: readonly number[] | undefined): string =>
  start === undefined ? '' : ` start [${start.join(', ')}]`;

interface BoundText {
  readonly name: 'x' | 'y';
  readonly index: number;
  readonly at: number;
  readonly isLower: boolean;
}

/** `6 - x[1] >= 0` as a bound; undefined where the constraint is more than that. */
function boundOf(constraint: string): BoundText | undefined {
  const match = /^(.*)>= 0$/.exec(constraint.trim());
  if (match === null) return undefined;
  const [, left] = match;
  const [only, ...others] = variablesOf(left);
  if (only === undefined || others.length > 0) return undefined;
  const { name, index } = only;
  const value = formula(left);
  const at = (x: number): number => value({ [name]: Array.from({ length: index + 1 }, () => x) });
  const [zero, one, two] = [at(0), at(1), at(2)];
  const slope = one - zero;
  const isLine =
    Math.abs(two - one - slope) <= 1e-12 * Math.abs(slope) && at(-7.5) === zero - 7.5 * slope;
  if (slope === 0 || !isLine) return undefined;
  return { name, index, at: -zero / slope, isLower: slope > 0 };
}

interface Named {
  readonly name: 'x' | 'y';
  readonly index: number;
}

/** The entries that a text names, each once. */
function variablesOf(text: string): readonly Named[] {
  const found = new Map<string, Named>();
  for (const [whole, name, digits] of text.matchAll(/\b([xy])\[(\d+)\]/g))
    if (name === 'x' || name === 'y') found.set(whole, { name, index: Number(digits) - 1 });
  return [...found.values()];
}
