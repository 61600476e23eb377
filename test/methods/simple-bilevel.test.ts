// Upper goals that only choose among lower solutions: BiG-SAM and CG-BiO against solutions by hand, certified; and what stands in the way of a match.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { load, matchUse } from '../match/pipeline.ts';

/** The solution of least norm of one equation written twice. */
const leastNorm = {
  text: `problem p {
    data A : real[2, 3] = [[1, 2, 3], [2, 4, 6]]
    data b : real[2] = [14, 28]
    lower {
      var y : real[3] start [4, 0, 1]
      minimize sumsq(A*y - b)/2
    }
    minimize sumsq(y)/2
  }`,
  solution: [1, 2, 3],
  value: 7,
};

/** The point of the simplex with equal first entries that is nearest to a vertex. */
const pick = {
  text: `problem p {
    lower {
      var y : real[3] in simplex
      minimize (y[1] - y[2])^2
    }
    minimize sumsq(y - [1, 0, 0])/2
  }`,
  solution: [0.5, 0.5, 0],
  value: 0.25,
};

/** On the edge of the simplex without its third vertex the point nearest to (0.7, 0.1, 0.2). */
const edge = {
  text: `problem p {
    lower {
      var y : real[3] in simplex
      minimize (y[3] + 1)^2
    }
    minimize sumsq(y - [0.7, 0.1, 0.2])/2
  }`,
  solution: [0.8, 0.2, 0],
  value: 0.03,
};

/** The segment y1 + y2 = 2 within 0 <= y <= 1.5, and its point nearest to (3, 0). */
const segment = {
  text: `problem p {
    lower {
      var y : real[2] >= 0 <= 1.5
      minimize (y[1] + y[2] - 2)^2
    }
    maximize 1 - sumsq(y - [3, 0])
  }`,
  solution: [1.5, 0.5],
  value: 1 - 2.5,
};

/** Two lower variables side by side, and a linear upper goal: y = (1, 0), z = 0. */
const linear = {
  text: `problem p {
    lower {
      var y : real[2] in simplex
      minimize (y[1] + y[2] - 1)^2
    }
    lower {
      var z : real[2] >= -1 <= 1
      minimize (z[1] - z[2])^2/2
    }
    minimize y[2] - 2*y[1] + z[1] + z[2]
  }`,
  solution: [1, 0, -1, -1],
  value: -4,
};

describe('reaches the solution, and the certificate says so', () => {
  test.each([
    ['big_sam', 'least norm', leastNorm, 2000, 1e-6],
    ['big_sam', 'on an edge', edge, 2000, 1e-6],
    ['cg_bio(accuracy = 1e-12)', 'on an edge', edge, 40_000, 1e-4],
    ['cg_bio(accuracy = 1e-12)', 'on a segment', segment, 40_000, 1e-4],
    ['cg_bio', 'two lower levels', linear, 2000, 1e-6],
  ])('%s, %s', async (use, _, { text, solution, value }, iterations, tolerance) => {
    const solved = await solve(`${text}\nsolve p with ${use}`, { iterations, tolerance });
    if (!solved.ok) throw new Error(solved.text);
    const [result] = solved.results;
    expect(result.status).toBe('stationary');
    expect(Math.abs((result.value ?? NaN) - value)).toBeLessThan(10 * tolerance);
    const found = result.solution.flatMap(({ data }) => [...data]);
    found.forEach((y, i) => expect(Math.abs(y - solution[i])).toBeLessThan(10 * tolerance));
  });
});

test('a lower level that is solved slowly is said not to be', async () => {
  const solved = await solve(`${pick.text}\nsolve p with big_sam`, { iterations: 1000 });
  if (!solved.ok) throw new Error(solved.text);
  const [{ status, solution }] = solved.results;
  expect(status).toBe('not converged');
  pick.solution.forEach((y, i) => expect(Math.abs(solution[0].data[i] - y)).toBeLessThan(2e-3));
});

describe('rates of the theorems', () => {
  // Theorem 4.1 of Jiang et al. with steps 2/(k + 1): f(y) - f* <= 2 L_f D^2/(k + 1), g(y) - g* <= 2 L_g D^2/(k + 1) + accuracy/2, on the simplex D^2 = 2.
  test.each([10, 100, 1000])('cg_bio after %i steps', async (iterations) => {
    const solved = await solve(`${pick.text}\nsolve p with cg_bio(accuracy = 1e-9)`, {
      iterations,
      tolerance: 0,
    });
    if (!solved.ok) throw new Error(solved.text);
    const [{ value = NaN, solution }] = solved.results;
    const [y1, y2] = solution[0].data;
    expect(value - pick.value).toBeLessThanOrEqual((2 * 1 * 2) / (iterations + 1));
    expect((y1 - y2) ** 2).toBeLessThanOrEqual((2 * 4 * 2) / (iterations + 1));
  });
});

describe('what does not match', () => {
  const messages = (text: string, use: string): readonly string[] => {
    const match = matchUse(load(text), use);
    return match.kind === 'failed' ? match.diagnostics.map(({ message }) => message) : [];
  };

  test('an upper goal that decides something', () => {
    const text = `problem p {
      var x : real
      lower { var y : real minimize (y - x)^2 }
      minimize (x - 1)^2 + y^2
    }`;
    expect(messages(text, 'big_sam')).toEqual([
      '`big_sam` does not match `p`: the upper goal must only choose among the solutions of the lower level, but it decides `x`',
    ]);
  });

  test('an upper goal that is not strongly convex', () => {
    expect(messages(linear.text, 'big_sam')).toEqual([
      '`big_sam` does not match `p`: f must be strongly convex, but this term is not known to be',
    ]);
  });

  test('a lower level without a linear minimiser', () => {
    expect(messages(leastNorm.text, 'cg_bio')).toEqual([
      '`cg_bio` does not match `p`: Y must have a linear minimiser (`lmo`), but `y` has none',
    ]);
  });

  test('one level', () => {
    expect(messages('problem p { var y : real minimize y^2 }', 'big_sam')).toEqual([
      '`big_sam` does not match `p`: the problem must have a lower level, but this one has none',
    ]);
  });
});

test.each([
  ['least norm', leastNorm],
  ['on the simplex', pick],
  ['on an edge', edge],
  ['on a segment', segment],
])('without a named method, %s', async (_, { text, value }) => {
  const solved = await solve(text);
  if (!solved.ok) throw new Error(solved.text);
  const [result] = solved.results;
  expect(result.status).toBe('stationary');
  expect(Math.abs((result.value ?? NaN) - value)).toBeLessThan(1e-5);
});
