// `run --json` twice gives the same bytes but for times.
import { expect, test } from 'vitest';
import { palette } from '../../compiler/cli/io.ts';
import type { Io } from '../../compiler/cli/io.ts';
import { main } from '../../compiler/cli/main.ts';
import { repo } from './program.ts';

async function outputOf(args: readonly string[]): Promise<string> {
  let out = '';
  const io: Io = {
    cwd: repo,
    out: (text) => void (out += text),
    err: () => undefined,
    color: palette(false),
    errColor: palette(false),
    width: 100,
    interactive: false,
  };
  await main(args, io);
  return out;
}

/** `"seconds": { … }`, an object of numbers, is all that may differ. */
const masked = (json: string): string =>
  json.replace(/"seconds": (?:\{[^}]*\}|[0-9.e+-]+)/g, '"seconds": 0');

test.each([
  ['examples/lasso.opt'],
  ['examples/portfolio.opt'],
  ['examples/quantile_regression.opt'],
  // Batches and a start that is drawn.
  ['examples/gallery/m_adam.opt', '--iterations', '200'],
  // Random directions, another seed.
  ['examples/gallery/reinforce.opt', '--iterations', '50', '--seed', '7'],
])('%s', async (file, ...more) => {
  const args = ['run', file, '--json', ...more];
  const first = await outputOf(args);
  expect(first).toContain('"seconds"');
  expect(masked(first)).not.toBe(first);
  expect(masked(await outputOf(args))).toBe(masked(first));
});
