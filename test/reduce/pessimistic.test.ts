// Pessimistic lower levels with several solutions: what `implicit` answers with, against the worst of the solutions worked out by hand.
import { expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { differences, reducedAt } from './hypergradient.ts';

const twoValleys = (choice: string): string => `problem p {
  var x : real[1] >= -2 <= 2 start [0.5]
  lower ${choice} { var y : real >= -2 <= 2
    minimize (y^2 - 1)^2 }
  minimize (x[1] - y)^2
}`;

test('the worst of two valleys', () => {
  const { value, lower, gradient } = reducedAt(twoValleys('pessimistic'), 'implicit');
  for (const x of [-1.5, -0.3, 0.2, 1.1]) {
    expect(lower('y', [x])[0]).toBeCloseTo(-Math.sign(x), 5);
    expect(value([x])).toBeCloseTo((1 + Math.abs(x)) ** 2, 5);
    expect(gradient([x])[0]).toBeCloseTo(differences(value, [x], 1e-4)[0], 5);
  }
});

test('the optimistic one is the least that the pessimistic one can be', () => {
  const best = reducedAt(twoValleys('optimistic'), 'implicit');
  const worst = reducedAt(twoValleys('pessimistic'), 'implicit');
  for (const x of [-1, 0.4]) expect(worst.value([x])).toBeGreaterThan(best.value([x]) - 1e-9);
});

test('a flat direction ends where it is worst', () => {
  const { lower, value } = reducedAt(
    `problem p {
      var x : real[1] >= -1 <= 1 start [0.5]
      lower pessimistic { var y : real[2] >= -1 <= 1
        minimize sumsq(y[1] - x[1]) + 0*y[2] }
      minimize (x[1] - 0.25)^2 + y[1]^2 + x[1]*y[2]
    }`,
    'implicit',
  );
  for (const x of [-0.7, 0.3]) {
    expect(lower('y', [x])[1]).toBe(Math.sign(x));
    expect(value([x])).toBeCloseTo((x - 0.25) ** 2 + x ** 2 + Math.abs(x), 5);
  }
});

test('a lower level that is maximised', () => {
  const { lower } = reducedAt(
    `problem p {
      var x : real[1] start [0.5]
      lower pessimistic { var y : real >= 0 <= 1
        maximize 0*y }
      maximize x[1]*y - x[1]^2
    }`,
    'implicit',
  );
  expect(lower('y', [0.6])[0]).toBe(0);
  expect(lower('y', [-0.6])[0]).toBe(1);
});

test('run ends at the pessimistic solution, certified', async () => {
  const solved = await solve(twoValleys('pessimistic'));
  if (!solved.ok) throw new Error(solved.text);
  const [result] = solved.results;
  expect(result.status).toBe('stationary');
  expect(result.value).toBeCloseTo(1, 5);
}, 30_000);
