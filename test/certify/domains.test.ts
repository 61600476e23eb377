// Bounds over domains, from any point: never above the optimum, which is known by hand, and equal to it at the answer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../runtime/tensor.ts';
import { matrix, sessionOf, vector } from './support.ts';

interface Case {
  readonly domain: string;
  readonly goal: string;
  readonly optimum: number;
  readonly answer: readonly number[];
}

const cases: readonly Case[] = [
  {
    domain: 'halfspace([1, 1, 1], 1)',
    goal: 'sumsq(x - 2)',
    optimum: 25 / 3,
    answer: [1 / 3, 1 / 3, 1 / 3],
  },
  {
    domain: 'affine([[1, 1, 1]], [1])',
    goal: 'sumsq(x - [1, 2, 3])',
    optimum: 25 / 3,
    answer: [-2 / 3, 1 / 3, 4 / 3],
  },
  { domain: 'soc', goal: 'sumsq(x - [0, 3, 4])', optimum: 12.5, answer: [2.5, 1.5, 2] },
  { domain: 'soc', goal: 'sumsq(x - [-9, 3, 4])', optimum: 106, answer: [0, 0, 0] },
  { domain: 'monotone', goal: 'sumsq(x - [3, 1, 2])', optimum: 2, answer: [2, 2, 2] },
  { domain: 'monotone', goal: 'sum(abs(x - [3, 1, 2]))', optimum: 2, answer: [2, 2, 2] },
];

function boundOf(domain: string, shape: string, goal: string): (x: Tensor) => number {
  const { program } = sessionOf(
    `problem p {\n  var x : real${shape} in ${domain}\n  minimize ${goal}\n}`,
  );
  return (x) => program.measures.evaluate('bound', { x }).data[0];
}

const entry = fc.double({ min: -20, max: 20, noNaN: true });

describe.each(cases)('$domain, $goal', ({ domain, goal, optimum, answer }) => {
  const bound = boundOf(domain, '[3]', goal);
  test('from any point the bound is at most the optimum', () => {
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry), (x) => {
        expect(bound(vector(x))).toBeLessThanOrEqual(
          optimum + 1e-9 * (1 + x.reduce((a, b) => a + b * b, 0)),
        );
      }),
    );
  });
  test('at the answer it is the optimum', () => {
    expect(bound(vector(answer))).toBeCloseTo(optimum, 6);
  });
});

describe('semidefinite matrices', () => {
  const bound = boundOf('psd', '[2, 2]', 'sumsq(x - [[1, 2], [2, 1]])');
  test('from any symmetric point the bound is at most the optimum', () => {
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry), ([a, b, c]) => {
        const size = a * a + b * b + c * c;
        expect(
          bound(
            matrix([
              [a, b],
              [b, c],
            ]),
          ),
        ).toBeLessThanOrEqual(1 + 1e-9 * (1 + size));
      }),
    );
  });
  test('at the answer it is the optimum', () => {
    expect(
      bound(
        matrix([
          [1.5, 1.5],
          [1.5, 1.5],
        ]),
      ),
    ).toBeCloseTo(1, 6);
  });
});
