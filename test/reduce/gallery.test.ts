// Gallery programs with lower levels, by the default route, against their known values.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { solveSession } from '../../compiler/solve.ts';
import { sessionOf } from '../certify/support.ts';

const gallery = path.join(import.meta.dirname, '..', '..', 'examples', 'gallery');

/** The problem of a file without what compares it. */
const problemOf = (name: string): string => {
  const text = readFileSync(path.join(gallery, `${name}.opt`), 'utf8');
  const end = /^\}$/m.exec(text);
  return end === null ? text : text.slice(0, end.index + 1);
};

const quick = ['three_levels', 'meta_learning'] as const;
const slow = [
  'm_bilevel',
  'inverse_optimisation',
  'stackelberg_followers',
  'saddle_below',
  'adversarial_training',
] as const;
const names = process.env.DOTOPT_LONG === undefined ? quick : [...quick, ...slow];

test.each(names)('%s reaches its known value', async (name) => {
  const session = sessionOf(problemOf(name));
  const known = session.program.known[0]?.value[0];
  const solved = await solveSession(
    session,
    {
      method: undefined,
      args: [],
      label: undefined,
      via: [],
      sweep: new Map(),
      span: session.model.span,
    },
    { seed: 1, dataSeed: 1 },
  );
  if (!solved.ok) throw new Error(solved.diagnostics.map(({ message }) => message).join('\n'));
  const { value = Number.NaN, status } = solved.result;
  expect(['optimal', 'stationary']).toContain(status);
  expect(Math.abs(value - known) / Math.max(1, Math.abs(known))).toBeLessThan(1e-6);
});
