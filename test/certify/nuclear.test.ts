import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, sessionOf } from './support.ts';

// min over X of ‖X - diag(3, 1)‖²/2 + 2 ‖X‖_*: singular values shrink by 2, so X = diag(1, 0), of value (4 + 1)/2 + 2.
const shrunk = `problem p {
  var X : real[2, 2]
  minimize sum((X - [[3, 0], [0, 1]]).^2)/2 + 2*norm(X, "nuc")
}`;
// Only the first row is seen: norm(row) = 5 shrinks by 2; the second row is 0. Value 4/2 + 2*3.
const unseen = `problem p {
  var X : real[2, 2]
  minimize sumsq(X[1, :] - [3, 4])/2 + 2*norm(X, "nuc")
}`;

describe('the nuclear norm', () => {
  it.each([
    {
      what: 'with strong convexity',
      text: shrunk,
      best: [
        [1, 0],
        [0, 0],
      ],
      value: 4.5,
    },
    {
      what: 'without',
      text: unseen,
      best: [
        [1.8, 2.4],
        [0, 0],
      ],
      value: 8,
    },
  ])('closes the gap at the optimum and nowhere else, $what', ({ text, best, value }) => {
    const { program } = sessionOf(text);
    const certificate = program.certify({ X: matrix(best) });
    expect(certificate.status).toBe('optimal');
    expect(certificate.bound).toBeCloseTo(value, 5);
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ]) {
      const moved = best.map((row, k) => row.map((x, l) => (k === i && l === j ? x + 0.05 : x)));
      expect(program.certify({ X: matrix(moved) }).status).toBe('not converged');
    }
  });

  it('bounds from below wherever it is asked', () => {
    const { program } = sessionOf(shrunk);
    const entry = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(entry, entry, entry, entry, (a, b, c, d) => {
        const X = matrix([
          [a, b],
          [c, d],
        ]);
        expect(program.measures.evaluate('bound', { X }).data[0]).toBeLessThanOrEqual(4.5 + 1e-9);
      }),
      { numRuns: 50 },
    );
  });
});
