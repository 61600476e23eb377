import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branch, type Box } from '../../runtime/certify/branch.ts';

/** The least value of c'x over the whole points of a box, and a valid bound: the corner. */
const c = [3, -2, 1];
const corner = ({ lower, upper }: Box): number =>
  c.reduce((sum, ck, k) => sum + ck * (ck > 0 ? lower[k] : upper[k]), 0);
const box: Box = { lower: Float64Array.of(0, 0, 0), upper: Float64Array.of(4, 4, 4) };
const limits = { boxes: 500, milliseconds: 5000 };

describe('branch and bound', () => {
  it('closes at the optimum, and says how many boxes it took', async () => {
    const found = await branch({
      box,
      propose: (each) => ({ whole: each.upper, material: each }),
      bound: corner,
      target: -8,
      ...limits,
    });
    expect(found).toEqual({ bound: -8, boxes: 1, closed: true });
  });

  it('does not close on a value that is not optimal', async () => {
    const found = await branch({
      box,
      propose: (each) => ({ whole: each.upper, material: each }),
      bound: corner,
      target: -7,
      ...limits,
    });
    expect(found.closed).toBe(false);
    expect(found.bound).toBeLessThanOrEqual(-8);
  });

  it('is never above the optimum, wherever liars send it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.double({ min: -1, max: 5, noNaN: true })),
        async (stream) => {
          const next = (): number => Number(stream.next().value);
          const found = await branch({
            box,
            propose: (each) => ({
              whole: Float64Array.from(c, (_, k) =>
                Math.min(Math.max(next(), each.lower[k]), each.upper[k]),
              ),
              material: each,
            }),
            bound: corner,
            target: Infinity,
            ...limits,
          });
          expect(found.bound).toBeLessThanOrEqual(-8);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps what is known when time is up', async () => {
    const found = await branch({
      box,
      propose: (each) => ({ whole: Float64Array.of(1.5, 1.5, 1.5), material: each }),
      bound: () => -20,
      target: -8,
      boxes: 3,
      milliseconds: 5000,
    });
    expect(found.closed).toBe(false);
    expect(found.bound).toBe(-20);
  });
});
