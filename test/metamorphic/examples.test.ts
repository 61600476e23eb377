// The same problem written otherwise has the same certified value (to the certificate's tolerance), on every example.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsOf, openText, repo, solve, solvesOf } from '../conformance/program.ts';
import { bare, transformations } from './transformations.ts';

const long = process.env['DOTOPT_LONG'] !== undefined;

/** Convex files of the gallery that run. */
const convex = [
  'd_optimal',
  'federated_logistic',
  'm_conjugate_gradient',
  'm_fista_restart',
  'm_frank_wolfe',
  'm_gradient',
  'm_splitting',
  'softmax_iris',
  'svm_primal',
];

/** The transformations rewrite one goal of one level. */
const isPlain = (path: string): boolean => {
  const [each] = solvesOf(openText(readFileSync(join(repo, path), 'utf8'), path));
  const { goals, lower } = each.problem.level;
  return (
    goals.length === 1 &&
    goals[0].player === undefined &&
    goals[0].objectives === 1 &&
    lower.length === 0
  );
};
const examples = readdirSync(join(repo, 'examples'))
  .filter((file) => file.endsWith('.opt'))
  .map((file) => `examples/${file}`)
  .filter(isPlain);
const paths = [...examples, ...(long ? convex.map((name) => `examples/gallery/${name}.opt`) : [])];

/** Smaller than as written, where that saves time. */
const smaller = (path: string, text: string): string =>
  path === 'examples/tv_denoising.opt'
    ? text.replace('param n : int = 32', 'param n : int = 8')
    : text;

interface Certified {
  readonly status: string;
  readonly promise: string;
  readonly value: number;
}

async function certified(text: string, path: string): Promise<Certified> {
  const program = openText(text, path);
  expect(errorsOf(program), text).toBe('');
  const [each] = solvesOf(program);
  const limits = { iterations: 20_000, seconds: 120 };
  const solved = await solve(program, each, { limits });
  if (!solved.ok) throw new Error(solved.text);
  const { status, value, certificate } = solved.result;
  return { status, promise: certificate.promise, value: value ?? NaN };
}

describe.each(paths)('%s', (path) => {
  const text = bare(smaller(path, readFileSync(join(repo, path), 'utf8')));
  const written = certified(text, path);

  test('is certified as written', async () => {
    const { status, promise } = await written;
    expect(status).toBe(promise);
  });

  test.each(transformations)('$name', async ({ apply, value }) => {
    const other = apply(text);
    if (other === undefined) return;
    const before = await written;
    const after = await certified(other, path);
    const expected = value(before.value);
    expect(after.status, other).toBe(before.status);
    const scale = Math.max(1, Math.abs(expected));
    expect(Math.abs(after.value - expected) / scale, other).toBeLessThanOrEqual(4e-6);
  });
});
