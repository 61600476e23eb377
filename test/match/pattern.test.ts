import { describe, expect, test } from 'vitest';
import { chooseMethod, noMethod } from '../../compiler/match/choose.ts';
import { matchAll } from '../../compiler/match/match.ts';
import { load, matchUse, type Loaded } from './pipeline.ts';
import { nowhere } from './support.ts';

const data = `
  data A : real[6, 3] = [sin(i*j) + cos(i + 2*j) for i in 1..6, j in 1..3]
  data b : real[6] = [sin(7*i) for i in 1..6]
  data D : real[2, 3] = [[-1, 1, 0], [0, -1, 1]]
`;
const problem = (members: string, methods = ''): Loaded =>
  load(`problem p {\n${data}\n${members}\n}\n${methods}`);

const messages = (loaded: Loaded, use: string): string => {
  const found = matchUse(loaded, use);
  if (found.kind !== 'failed') return `matches: ${found.kind}`;
  return found.diagnostics
    .map(({ code, message, help, related = [] }) =>
      [
        `${code} ${message}`,
        ...related.map((r) => `  there: ${r.message}`),
        `  help: ${help ?? ''}`,
      ].join('\n'),
    )
    .join('\n');
};

describe('the first failing requirement, in words', () => {
  test('a kink where f must be smooth', () => {
    const lasso = problem('var x : real[3]\nminimize sumsq(A*x - b) + norm(x, 1)');
    expect(messages(lasso, 'lbfgs')).toMatchInlineSnapshot(`
      "K001 \`lbfgs\` does not match \`p\`: f must be smooth, but this term is not known to be
        there: abs has a kink
        help: methods that match: adam, admm, chambolle_pock, coordinate_descent, fista, ista, nonsmooth_lbfgs, proximal_gradient, sgd, working_set"
    `);
  });

  test('no prox', () => {
    const fused = problem('var x : real[3]\nminimize sumsq(x - 1) + norm(D*x, 1)');
    expect(messages(fused, 'fista')).toMatchInlineSnapshot(`
      "K001 \`fista\` does not match \`p\`: h must have a prox, but none is known for this term
        there: it mixes entries of the variables, and is not quadratic
        help: methods that match: adam, admm, chambolle_pock, nonsmooth_lbfgs, sgd"
    `);
  });

  test('bounds without a set in the pattern', () => {
    const boxed = problem('var x : real[3] >= 0\nminimize sumsq(A*x - b)');
    expect(messages(boxed, 'gradient_descent')).toContain(
      'the variables must be free (the pattern has `over x`, not `over x in X`), but `x` has bounds',
    );
  });

  test('a domain without the operation', () => {
    const cone = problem('var x : real[3] in soc\nminimize sumsq(A*x - b)');
    expect(messages(cone, 'frank_wolfe')).toContain(
      'X must have a linear minimiser (`lmo`), but `soc` has none',
    );
  });

  test('constraints that the pattern does not take', () => {
    const constrained = problem(
      'var x : real[3]\nminimize sumsq(A*x - b)\nsubject to { total: sum(x) == 1 }',
    );
    expect(messages(constrained, 'lbfgs')).toContain(
      'the problem must have no constraints, but it has the constraint `total`',
    );
  });

  test('whole variables', () => {
    const whole = problem('var x : int[3] >= 0 <= 4\nminimize sumsq(A*x - b)');
    expect(messages(whole, 'lbfgs')).toContain('the variables must be real, but `x` is int');
  });

  test('no Lipschitz constant, with the methods that need none', () => {
    const quartic = problem('var x : real[3]\nminimize sum((A*x - b).^4)');
    expect(messages(quartic, 'gradient_descent')).toMatchInlineSnapshot(`
      "K101 no Lipschitz constant of the gradient of f can be derived for \`gradient_descent\`: its second derivative has no known bound
        help: give \`step = …\`, or use a method that needs none: adam, admm, coordinate_descent, gradient_line_search, lbfgs, mirror_descent, newton, nonsmooth_lbfgs, projected_gradient, proximal_gradient, sgd"
    `);
    expect(messages(quartic, 'gradient_descent(step = 0.01)')).toBe('matches: step');
  });

  test('no sum of squares', () => {
    const logistic = problem('var x : real[3]\nminimize sum(softplus(A*x)) + sumsq(x)');
    expect(messages(logistic, 'levenberg_marquardt')).toContain(
      'the goal must be a sum of squares, but this term is none',
    );
  });

  test('that very domain', () => {
    const own =
      'method m for { minimize f(x) over x in simplex } where f is smooth { repeat { x <- x } }';
    const ball = problem('var x : real[3] in ball(0, 1)\nminimize sumsq(x)', own);
    expect(messages(ball, 'm')).toContain('the goal must own one variable in simplex and no other');
    const right = problem('var x : real[3] in simplex\nminimize sumsq(x)', own);
    expect(messages(right, 'm')).toBe('matches: step');
  });

  test('two readings are listed', () => {
    const two = problem(
      'var x : real[3]\nminimize sum(i in 1..6) (A[i, :]*x)^2 + sum(j in 1..2) (D[j, :]*x)^2',
    );
    expect(messages(two, 'fed_avg(step = 0.1)')).toMatchInlineSnapshot(`
      "K002 \`fed_avg\` matches \`p\` in more than one way: the sum over 1..6; the sum over 1..2
        there: here
        help: write the goal so that one reading is left"
    `);
  });

  test('averages over several sets are drawn side by side', () => {
    const two = problem(
      'var x : real[3]\nminimize E(i in 1..6) (A[i, :]*x)^2 + E(j in 1..2) (D[j, :]*x)^2',
    );
    expect(messages(two, 'sgd(batch = 2)')).toBe('matches: step');
    expect(messages(two, 'sgd')).toBe('matches: step');
  });

  test('levels and games', () => {
    const bilevel = load(`problem q {
      var x : real
      lower { var y : real; minimize (y - x)^2 }
      minimize (x - 1)^2 + y^2
    }`);
    expect(messages(bilevel, 'lbfgs')).toContain(
      'the problem must have one level, but this one has a lower level',
    );
    const constrained = load(`problem q {
      var x : real
      lower { var y : real; minimize (y - x)^2; subject to { y <= x } }
      minimize (x - 1)^2 + y^2
    }`);
    const { code, message } = noMethod(constrained.context, nowhere);
    expect(`${code} ${message}`).toBe(
      'K005 this version cannot solve constraints inside a lower level yet, as in `q`',
    );
  });

  test('an operation that the domain lacks and the method did not ask for', () => {
    const own = 'method m for { minimize f(x) over x in X } { repeat { x <- lmo(X, x) } }';
    const cone = problem('var x : real[3] in soc\nminimize sumsq(x)', own);
    expect(messages(cone, 'm')).toMatchInlineSnapshot(`
      "K105 there is no \`lmo\` for X: it is unbounded, so a linear function has no least value
        help: ask for it in the method's \`where\`, so that it matches only where there is one"
    `);
  });
});

describe('what matches', () => {
  const matching = (members: string): readonly string[] =>
    matchAll(problem(members).context)
      .filter(({ match }) => match.kind === 'roles')
      .map(({ method }) => method.name);

  test.each([
    [
      'var x : real[3]\nminimize sumsq(A*x - b)',
      ['conjugate_gradient', 'lbfgs', 'ista', 'gradient_descent', 'levenberg_marquardt', 'highs'],
    ],
    [
      'var x : real[3]\nmaximize -sumsq(A*x - b) - norm(x, 1)',
      ['fista', 'admm', 'coordinate_descent'],
    ],
    [
      'var x : real[3] in simplex\nminimize sumsq(A*x - b)',
      ['frank_wolfe', 'mirror_descent', 'projected_gradient', 'fista'],
    ],
    ['var x : real[3] in sphere\nminimize sumsq(A*x - b)', ['riemannian_gradient']],
    ['var x : real[3]\nminimize norm(A*x - b, 1) + norm(D*x, inf)', ['admm', 'chambolle_pock']],
    [
      'var x : real[3]\nminimize sumsq(x)/2 + sum(pos(1 - A*x)) + norm(x, 1)',
      ['admm', 'chambolle_pock'],
    ],
  ])('%s', (members, names) => {
    const found = matching(members);
    expect(names.filter((name) => !found.includes(name))).toEqual([]);
  });
});

describe('the choice', () => {
  test.each([
    ['var x : real[3]\nminimize sumsq(A*x - b)', 'conjugate_gradient'],
    ['var x : real[3]\nminimize sum(softplus(A*x)) + sumsq(x)', 'lbfgs'],
    ['var x : real[3] >= 0\nminimize sum(softplus(A*x)) + sumsq(x)', 'lbfgs'],
    ['var x : real[3]\nminimize sumsq(A*x - b) + norm(x, 1)', 'working_set'],
    ['var x : real[3]\nminimize sumsq(A*x - b) + sumsq(x) + norm(x, 1)', 'working_set'],
    ['var x : real[3] >= 0\nmaximize -sumsq(A*x - b)/6 - norm(x, 1)', 'lbfgs'],
    // Its Jacobian would take more memory than the data.
    ['var x : real[3]\nminimize sumsq(x - 1) + norm(x, 1)', 'fista'],
    ['var x : real[3]\nminimize sumsq(A*x - b) + norm(x, 2)', 'fista'],
    ['var x : real[3]\nminimize sum(softplus(A*x)) + norm(x, 1)', 'fista'],
    ['sparse data S : real[9, 3]\nvar x : real[3]\nminimize sumsq(S*x - 1) + norm(x, 1)', 'fista'],
    ['var x : real[3]\nminimize sum((A*x - b).^4) + norm(x, 1)', 'proximal_gradient'],
    ['var x : real[3]\nminimize sumsq(x - 1) + norm(D*x, 1)', 'chambolle_pock'],
    ['var x : real[3]\nminimize sumsq(A*x - b) + norm(D*x, 1)', 'admm'],
    ['var X : real[3, 2] in stiefel\nmaximize sumsq(A*X)', 'riemannian_gradient'],
    ['var x : real[3] >= 0\nminimize sum(x)\nsubject to { A*x >= b }', 'highs'],
    ['var x : real[3] >= 0\nminimize sumsq(x)\nsubject to { sum(x) == 1 }', 'highs'],
    ['var x : real[3]\nminimize sum(i in 1..6) min(j in 1..3) (x[j] - b[i])^2', 'nonsmooth_lbfgs'],
  ])('%s: %s', (members, name) => {
    const choice = chooseMethod(problem(members).context);
    expect(choice?.method.name).toBe(name);
    expect(choice?.why.length).toBeGreaterThan(20);
  });
});
