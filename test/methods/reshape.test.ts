// A pattern vector in another shape: whether it fits shows when the method meets a problem.
import { expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const text = (entries: number): string => `problem p {
  var x : real[${entries}]
  minimize sumsq(x - 1)
}
method rows(k : int = 5) for { minimize f(x) over x } where f is smooth {
  repeat {
    let G = reshape(grad(f(x), x), 2, k)
    x <- x - 0.25*reshape(G, dim(x))
  }
}
solve p with rows`;

test('fits', async () => {
  const solved = await solve(text(10), { iterations: 60 });
  if (!solved.ok) throw new Error(solved.text);
  const [{ solution, status }] = solved.results;
  expect(status).toBe('optimal');
  for (const x of solution[0].data) expect(Math.abs(x - 1)).toBeLessThan(1e-3);
});

test('does not fit', async () => {
  const solved = await solve(text(9));
  expect(solved.ok ? '' : solved.text).toContain(
    '`reshape` needs as many entries as [2, 5] has (10), found real[9] with 9',
  );
});
