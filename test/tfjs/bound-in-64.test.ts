// A point of 32 bits whose slope, left by their rounding, is too large for a bound: the bound is found by going on in 64 bits, and the answer stays.
import { expect, it } from 'vitest';
import type { LoadedTfjs } from '../../runtime/tfjs/load.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { solveSession } from '../../compiler/solve.ts';
import { solvesOf, taskOf } from '../../compiler/tasks.ts';
import { openText } from '../conformance/program.ts';
import { testedBackend } from './backends.ts';

const { tf, why } = await testedBackend('cpu');
if (tf === undefined) process.stdout.write(`not run: a bound in 64 bits (${why})\n`);

// c is free and large: of 1000.1 a number of 32 bits has four digits behind the point, and the bound goes as far as 100 times the size of the answer.
const level = `problem p {
  data a : real[4] = [1, -1, 2, -2]
  data b : real[4] = [1001.1, 999.1, 1002.3, 998.1]
  var x : real
  var c : real
  minimize sumsq(a*x + c - b)/8 + 0.1*abs(x)
}
solve p with fista`;

async function solved(text: string, tfjs?: LoadedTfjs) {
  const { front, host } = openText(text);
  const [solve] = solvesOf(front.model, front.model.problems);
  const opened = openSession(front, solve.problem, host, {
    ...noSettings,
    ...(tfjs === undefined ? {} : { target: 'tfjs', tfjs }),
  });
  if (!opened.ok) throw new Error('the problem does not open');
  const outcome = await solveSession(opened.session, taskOf(solve), { seed: 1, dataSeed: 1 });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join());
  return outcome.result;
}

it.skipIf(tf === undefined)(
  'an answer right to 32 bits has its proof, and the run ends',
  async () => {
    if (tf === undefined) return;
    const exact = await solved(level, undefined);
    const { status, solution, value, certificate, reason, iterations } = await solved(level, {
      tf,
      backend: 'cpu',
      better: [],
    });
    expect(['method', 'rounding']).toContain(reason.kind);
    expect(iterations).toBeLessThan(1000);
    expect(status).toBe('optimal');
    // The least value, by hand: x = 1 and c = the mean of b.
    expect(exact.value).toBeCloseTo(0.10375, 8);
    expect(certificate.bound).toBeLessThanOrEqual(0.10375 + 1e-12);
    expect(value).toBeGreaterThanOrEqual(0.10375 - 1e-12);
    const gap = certificate.checks.find(({ name }) => name === 'duality gap');
    expect(gap?.text).toContain('the bound by further steps in 64 bits');
    // The answer is still one of 32 bits.
    for (const { data } of solution) expect([...data]).toEqual([...data].map(Math.fround));
  },
);

it.skipIf(tf === undefined)('where further steps prove nothing, it says what to do', async () => {
  if (tf === undefined) return;
  const slow = level.replace('fista', 'fista(step = 1e-12)');
  const { status, certificate, reason } = await solved(slow, { tf, backend: 'cpu', better: [] });
  expect(reason.kind).toBe('rounding');
  expect(status).toBe('not converged');
  expect(certificate.notes).toEqual(['32 bits find nothing better; `--polish` goes on in 64.']);
});
