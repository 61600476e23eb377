// Sparse data that the problem itself makes, where the step asks for the dense matrix too.
import { expect, it } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { solveSession } from '../../compiler/solve.ts';
import { solvesOf, taskOf } from '../../compiler/tasks.ts';
import { openText } from '../conformance/program.ts';
import { testedBackend } from './backends.ts';

const { tf, why } = await testedBackend('cpu');
if (tf === undefined) process.stdout.write(`not run: sparse data (${why})\n`);

const text = `problem p {
  sparse data A : real[4, 6] = [if mod(i + j, 2) == 0 then sin(i + 2*j) else 0 for i in 1..4, j in 1..6]
  var x : real[6]
  minimize sumsq(A*x - 1)/2 + 0.1*norm(x, 1)
}
solve p with fista`;

it.skipIf(tf === undefined)('makes it once', async () => {
  if (tf === undefined) return;
  const { front, host } = openText(text);
  const [solve] = solvesOf(front.model, front.model.problems);
  const valueOn = async (settings: Partial<typeof noSettings>) => {
    const opened = openSession(front, solve.problem, host, { ...noSettings, ...settings });
    if (!opened.ok) throw new Error('the problem does not open');
    const outcome = await solveSession(opened.session, taskOf(solve), { seed: 1, dataSeed: 1 });
    if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join());
    expect(outcome.result.status).toBe('optimal');
    return outcome.result.value ?? NaN;
  };
  const tfjs = { tf, backend: 'cpu', better: [] } as const;
  expect(await valueOn({ target: 'tfjs', tfjs })).toBeCloseTo(await valueOn({}), 5);
});
