// A batch is drawn without replacement: from fewer elements there is none.
import { expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const text = (size: string, use: string): string => `problem p {
  param m : int = 6
  data a : real[m] = [sin(i) for i in 1..m]
  var x : real
  minimize E(i in 1..${size}) (x - a[i])^2
}
solve p with ${use}`;

test.each([
  ['6', 'sgd(step = 0.1, batch = 7)', 'D has as many elements (6) as are drawn from it (7)'],
  ['m', 'sgd(step = 0.1, batch = 7)', 'D has as many elements (m) as are drawn from it (7)'],
  ['m', 'adam(batch = 100)', 'D has as many elements (m) as are drawn from it (100)'],
])('of 1..%s by %s', async (size, use, why) => {
  const solved = await solve(text(size, use));
  expect(solved.ok ? '' : solved.text).toContain(why);
});

test.each(['sgd(step = 0.1, batch = 6)', 'sgd(step = 0.1)', 'sgd(step = 0.1, batch = 1)'])(
  'all elements, or fewer: %s',
  async (use) => {
    const solved = await solve(text('m', use), { iterations: 3 });
    expect(solved.ok ? solved.results[0].iterations : solved.text).toBe(3);
  },
);
