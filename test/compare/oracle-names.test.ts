// Every oracle by its name in claims, stop rules and arguments of measurements: `solves`, which is a reserved word elsewhere, too.
import { expect, test } from 'vitest';
import { compare } from '../../compiler/index.ts';
import { oracleNames } from '../../runtime/trace.ts';

test('every oracle can be claimed, and ends a run', async () => {
  const claims = oracleNames.map((name) => `claim "${name}": ${name}("X") >= 0`).join('\n');
  const outcome = await compare(`problem p {
    data A : real[3, 2] = [[1, 2], [3, 4], [0, 1]]
    var x : real[2]
    minimize sumsq(x - 1)/2 + norm(A*x, 1)
  }
  compare of p {
    with admm(rho = 1) as "X"
    stop when solves >= 7
    ${claims}
    claim "one a time": solves("X") == iterations("X")
    claim "first": first("X", solves, solves >= 3) == 3
    claim "column": trace("X", solves)[end] == 7
  }`);
  if (!outcome.ok) throw new Error(outcome.text);
  const [{ claims: found }] = outcome.comparisons;
  expect(found.length).toBe(oracleNames.length + 3);
  expect(found.every(({ holds }) => holds)).toBe(true);
});

test('the sugar of a lower level stands as it stood', async () => {
  const outcome = await compare(`problem p {
    var x : real start 1
    var y : real solves minimize (y - x)^2
    minimize (x - 2)^2 + y^2
    known { value = 2 }
  }
  compare of p {
    with lbfgs via implicit
    stop when gap <= 1e-9
  }`);
  expect(outcome.ok ? '' : outcome.text).toBe('');
});
