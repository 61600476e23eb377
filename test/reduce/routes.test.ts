// The routes from a problem with lower levels to one level: which apply, why or why not, and that what they find agrees.
import { describe, expect, test } from 'vitest';
import { crossSession } from '../../compiler/cross.ts';
import { routesOf } from '../../compiler/reduce/routes.ts';
import { matchContext } from '../../compiler/specialise.ts';
import { sessionOf } from '../certify/support.ts';
import { point, reducedAt } from './hypergradient.ts';

function answers(text: string): readonly string[] {
  const session = sessionOf(text);
  const { lowering, problem } = session.lowered;
  return routesOf(lowering.graph, matchContext(session, problem), session.model.span).map(
    ({ text: route, answer }) => `${route} ${answer.kind}: ${answer.because}`,
  );
}

describe('which routes apply', () => {
  test('to a strongly convex lower level all', () => {
    expect(
      answers(`problem p { var x : real >= 0 <= 10
        lower { var y : real\n minimize (y - x)^2 + y }
        minimize (x - 3)^2 + (y - 1)^2 }`),
    ).toEqual([
      'dual refuses: it takes a lower level that maximises what the upper one minimises',
      'implicit accepts: the lower goal is smooth and strongly convex in the lower variables',
      'unroll(200, gradient_descent) accepts: `gradient_descent` matches the lower level',
      'value_function accepts: the lower goal and its least value can be evaluated',
      'penalty(10000) accepts: the lower goal and its least value can be evaluated, and their difference be weighed',
    ]);
  });

  test('to one with a flat direction not `implicit`', () => {
    const [, implicit] = answers(`problem p { var x : real
      lower { var y : real[2]\n minimize (y[1] + y[2] - x)^2 }
      minimize (x - 3)^2 + sumsq(y) }`);
    expect(implicit).toBe(
      'implicit refuses: it needs a unique lower solution: the lower goal is not strongly convex in `y` because its Hessian is singular or indefinite',
    );
  });

  test('to a linear one of free variables neither', () => {
    const [, implicit] = answers(`problem p { var x : real
      lower { var y : real\n minimize x*y }
      minimize x^2 + y^2 }`);
    expect(implicit).toMatch(
      /^implicit refuses: .* in `y` because it is linear and they are free$/,
    );
  });

  test('constraints inside wait', () => {
    const found = answers(`problem p { var x : real
      lower { var y : real\n minimize (y - x)^2\n subject to { y^2 <= 2*x } }
      minimize x^2 + y^2 }`);
    expect(found[1]).toBe(
      'implicit refuses: constraints inside a lower level are not built yet (bounds and domains are)',
    );
  });

  test('a kink without a prox', () => {
    const [, implicit] = answers(`problem p { var x : real
      data A : real[2, 2] = [[1, 2], [3, 4]]
      lower { var y : real[2]\n minimize sumsq(y - x) + norm(A*y, 1) }
      minimize x^2 + sumsq(y) }`);
    expect(implicit).toMatch(/^implicit refuses: the lower goal has a kink and no prox: /);
  });

  test('without lower levels there are none', () => {
    expect(answers('problem p { var x : real\n minimize x^2 }')).toEqual([]);
  });
});

test('an inner maximum with a known conjugate: its dual', () => {
  const text = (goal: string): string => `problem p {
    data A : real[3, 3] = [[2, -1, 0], [-1, 1, 2], [0, 3, -2]]
    var x : real[3]
    lower { var y : real[3] in simplex\n maximize ${goal} }
    minimize ${goal} }`;
  const [dual] = answers(text("sumsq(x - [1, 2, 0]) + y'*(A*x)"));
  expect(dual).toBe(
    'dual accepts: the lower level is a known conjugate of what the upper one decides',
  );
  const [mixed] = answers(text('sumsq(x - [1, 2, 0]) + sum(x .* y.^2)'));
  expect(mixed).toBe(
    'dual refuses: this term is neither linear in the lower variables nor free of the outer ones',
  );
});

test('the dual has the value of the inner maximum', () => {
  const goal = "sumsq(x - [1, 2, 0]) + y'*(A*x) - 0.2*sumsq(y)";
  const text = `problem p {
    data A : real[3, 3] = [[2, -1, 0], [-1, 1, 2], [0, 3, -2]]
    var x : real[3]
    lower { var y : real[3] in SET\n maximize ${goal} }
    minimize ${goal} }`;
  for (const set of ['box(-1, 2)', 'nonneg']) {
    const [a, b] = (['dual', 'implicit'] as const).map((name) =>
      reducedAt(text.replace('SET', set), name),
    );
    for (const seed of [1, 2, 3]) {
      expect(a.value(point(seed))).toBeCloseTo(b.value(point(seed)), 9);
      a.gradient(point(seed)).forEach((entry, k) =>
        expect(entry).toBeCloseTo(b.gradient(point(seed))[k], 7),
      );
    }
  }
});

describe('what the routes find agrees', () => {
  test.each([
    [
      'free',
      'var x : real >= 0 <= 10\n lower { var y : real\n minimize (y - x)^2 + y + 0.1*y^4 }\n minimize (x - 3)^2 + (y - 1)^2',
    ],
    [
      'with bounds',
      'var x : real >= 0 <= 10\n lower { var y : real >= 0 <= 1\n minimize (y - x)^2 + y }\n minimize (x - 3)^2 + (y - 1)^2',
    ],
    [
      'three levels',
      'var x : real\n lower { var y : real\n lower { var z : real\n minimize (z - x - y)^2 + z^2 }\n minimize (y - x)^2 + (z - 1)^2 }\n minimize (x - 2)^2 + y^2 + z^2',
    ],
  ])('%s', async (_, members) => {
    const session = sessionOf(`problem p {\n${members}\n}`);
    const { routes, disagreements } = await crossSession(session, { seed: 1, dataSeed: 1 });
    expect(disagreements).toEqual([]);
    const values = routes.flatMap(({ route, outcome }) =>
      outcome.kind === 'solved' && route.startsWith('via')
        ? [outcome.result.value ?? Number.NaN]
        : [],
    );
    expect(values.length).toBeGreaterThan(1);
    for (const value of values)
      expect(Math.abs(value - values[0]) / Math.max(1, Math.abs(values[0]))).toBeLessThan(1e-3);
  });
});
