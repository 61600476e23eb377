// Constraints that only bound a variable of their level become its bounds, inside lower levels and games.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const leader = (inner: string): string => `problem leader {
  var x : real >= 0 <= 10
  lower {
    var y : real
    minimize (y - x)^2 + y
    subject to { ${inner} }
  }
  minimize (x - 3)^2 + (y - 1)^2
}`;

async function answer(text: string): Promise<readonly (readonly number[])[]> {
  const solved = await solve(text);
  if (!solved.ok) throw new Error(solved.text);
  const [{ status, solution }] = solved.results;
  expect(status).toBe('stationary');
  return solution.map(({ data }) => [...data]);
}

describe('bounds written as constraints', () => {
  // y = x - 1/2 wherever the bound leaves it, else y is at the bound and x at 3.
  test.each([
    ['y <= 4', 2.25, 1.75],
    ['y <= 1', 3, 1],
    ['y >= 0; y <= 1', 3, 1],
    ['y <= x/6 + 1/2', 3, 1],
  ])('%s', async (inner, x, y) => {
    const [[foundX], [foundY]] = await answer(leader(inner));
    expect(foundX).toBeCloseTo(x, 5);
    expect(foundY).toBeCloseTo(y, 5);
  });

  test('other constraints wait', async () => {
    const solved = await solve(leader('y^2 <= 1'));
    expect(solved.ok).toBe(false);
    if (!solved.ok) expect(solved.text).toContain('constraints inside a lower level');
  });
});
