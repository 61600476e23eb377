// Mistakes that only the mathematics shows, and constructs that cannot be run yet: one message each, at the place.
import { describe, expect, test } from 'vitest';
import { galleryText, study } from './support.ts';

const problem = (body: string): string => `problem p {\n${body}\n}`;

function told(body: string): readonly string[] {
  const text = problem(body);
  return study(text).flatMap(({ checks }) =>
    checks.map(
      ({ code, message, span }) => `${code} ${message} @ ${text.slice(span.start, span.end)}`,
    ),
  );
}

describe('checks', () => {
  test('sound problems say nothing', () => {
    expect(told('var x : real[3]\nminimize sumsq(x)')).toEqual([]);
    expect(told('var x : real[3] >= 0\nminimize sum(x)')).toEqual([]);
    expect(told('var x : real[3] in simplex\nmaximize x[1]')).toEqual([]);
    expect(told('param c : real = 1\nvar x : real\nminimize c*x')).toEqual([]);
  });

  test('a goal that does not change', () => {
    expect(told('var x : real[3]\nminimize sum(x - x) + 1')).toEqual([
      'P101 this goal does not change with `x` @ minimize sum(x - x) + 1',
    ]);
  });

  test('a linear goal without bounds', () => {
    expect(told('var x : real[2] <= 1\nminimize 2*x[1] + 3*x[2]')[0]).toMatch(
      /^P102 this goal is linear in `x`, which nothing bounds below: it has no minimum/,
    );
    expect(told('var x : real\nvar y : real\nmaximize x - y^2')[0]).toMatch(
      /^P102 .*`x`, which nothing bounds above: it has no maximum/,
    );
  });

  test('bounds that cross', () => {
    expect(told('param a : real >= 3 = 3\nvar x : real >= a <= 1\nminimize x^2')[0]).toMatch(
      /^P103 `x` must be at least a and at most 1/,
    );
    expect(told('param a : real = 1\nvar x : real >= a <= 1\nminimize x^2')).toEqual([]);
  });

  test('empty domains', () => {
    expect(told('var x : real[2] in ball(0, -1)\nminimize sumsq(x)')[0]).toMatch(
      /^P104 the domain of `x` is empty: its radius is negative/,
    );
    expect(told('var x : real[2] in box(1, 0)\nminimize sumsq(x)')[0]).toMatch(/^P104/);
  });

  test('bounds outside the domain', () => {
    expect(told('var x : real[2] >= 2 in simplex\nminimize sumsq(x)')[0]).toMatch(
      /^P105 `x` is bounded to values that its domain `simplex` does not have/,
    );
  });
});

describe('what cannot be run yet', () => {
  test.each([
    [
      'toll_setting',
      ['constraints inside a lower level', 'constraints outside linear and quadratic programs'],
    ],
    ['kuhn_poker', ['constraints in games']],
    ['chance_inventory', ['chance constraints']],
    ['robust_portfolio', ['robust constraints']],
    ['lcp_obstacle', ['`complements`']],
    ['braess', ['constraints beside `normal_cone`']],
    ['mpc', ['constraints outside linear and quadratic programs']],
  ])('%s', (name, constructs) => {
    expect(study(galleryText(name))[0]?.notYet.slice(0, constructs.length)).toEqual(constructs);
  });

  test.each([
    'lasso_diabetes',
    'rosenbrock_box',
    'tv_denoise',
    'm_frank_wolfe',
    'elastic_net_path',
    'diet',
    'svm_kernel_dual',
    'tsp',
    'meta_learning',
    'three_levels',
    'blotto',
    'cournot_family',
    'schaffer',
    'walras',
  ])('%s can', (name) => {
    expect(study(galleryText(name)).flatMap(({ notYet }) => notYet)).toEqual([]);
  });
});
