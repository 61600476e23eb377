// Numbers that stop being finite: the message names the expression that first made one, what went into it, and its place.
import { describe, expect, it } from 'vitest';
import { solve } from '../../compiler/index.ts';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly message: string;
  /** The source that is underlined. */
  readonly underlined: string;
}

const cases: readonly Case[] = [
  {
    what: 'the goal at the start',
    text: `problem p { var x : real start 0; minimize sqrt(x - 1) + x^2 }`,
    message: 'at the start, `sqrt(x - 1)` is NaN: x - 1 = -1',
    underlined: 'sqrt(x - 1)',
  },
  {
    what: 'the start itself',
    text: `problem p { var x : real[2] start log([-1, 2]); minimize sumsq(x) }`,
    message: 'at the start, `log(-1)` is NaN',
    underlined: 'log([-1, 2])',
  },
  {
    what: 'data that an expression makes',
    text: `problem p {
      data b : real[3] = [log(i - 2.5) for i in 1..3]
      var x : real[3]
      minimize sumsq(x - b)
    }`,
    message: 'at the start, `log(i - 2.5)` is NaN: i - 2.5 = -1.5',
    underlined: 'log(i - 2.5)',
  },
  {
    what: 'a step that leaves the domain of a logarithm',
    text: `problem p {
      var x : real[2] start [1, 0.5]
      minimize 2*sum(x) - sum(log(x))
    }
    solve p with gradient_descent(step = 2)`,
    message: 'at iteration 1 of gradient_descent, `log(x[1])` is NaN: x[1] = -1',
    underlined: 'log(x)',
  },
  {
    what: 'an overflow of the goal, named by its variable',
    text: `problem p { var w : real[2] start [1, 2]; minimize sum(exp(w .^ 2)) }
    solve p with gradient_descent(step = 10)`,
    message: 'at iteration 2 of gradient_descent, `exp(w[1]^2)` is infinite: w[1]^2 = 2847.89',
    underlined: 'exp(w .^ 2)',
  },
  {
    what: "a method's own expression",
    text: `method own for { minimize f(x) over x } where f is smooth {
      state s = 1
      repeat {
        s <- s - 0.3
        x <- x - 0.1 * sqrt(s) * grad(f(x), x)
      }
    }
    problem p { var x : real[2] start ones; minimize sumsq(x - 3) }
    solve p with own`,
    message: 'at iteration 4 of own, `sqrt(s - 0.3)` is NaN: s - 0.3 = -0.2',
    underlined: 'sqrt(s)',
  },
  {
    what: 'a NaN that lies hidden in a state, found where it was made',
    text: `method own for { minimize f(x) over x } where f is smooth {
      state s = 3
      repeat {
        s <- sqrt(s) - 1
        x <- if iteration < 300 then x - 0.001 * grad(f(x), x) else x + s
      }
    }
    problem p { var x : real[2] start ones; minimize sumsq(x - 3) }
    solve p with own stop when iterations >= 500`,
    message: 'at iteration 3 of own, `sqrt(s)` is NaN: s = -0.1444',
    underlined: 'sqrt(s)',
  },
  {
    what: 'a loop inside a step',
    text: `method own for { minimize f(x) over x } where f is smooth {
      repeat {
        state t = 1
        for k in 1..4 { t <- t / (k - 3) }
        x <- x - t * grad(f(x), x)
      }
    }
    problem p { var x : real[2] start ones; minimize sumsq(x - 3) }
    solve p with own`,
    message: 'at iteration 1 of own, `t / (k - 3)` is infinite: t = 0.5, k - 3 = 0',
    underlined: 't / (k - 3)',
  },
  {
    what: 'not an infinity that a minimum throws away',
    text: `problem p {
      data far : real = inf
      var x : real start 2
      minimize min(1/(x - 2), far)^0 + sqrt(x - 3) + x^2
    }`,
    message: 'at the start, `sqrt(x - 3)` is NaN: x - 3 = -1',
    underlined: 'sqrt(x - 3)',
  },
  {
    what: 'a matrix that is not positive definite',
    text: `problem p {
      var X : real[2, 2] start [[1, 2], [2, 1]]
      minimize sumsq(chol(X)) + sumsq(X)
    }`,
    message: 'at the start, `chol(X)` is NaN: X is not positive definite',
    underlined: 'chol(X)',
  },
  {
    what: 'a derivative in a method',
    text: `method own for { minimize f(x) over x } where f is smooth {
      repeat {
        let L = chol(hess(f(x), x))
        x <- x - L \\ grad(f(x), x)
      }
    }
    problem p { var x : real[2] start [0.5, 3]; minimize x[1]^2 - x[2]^2 + x[2]^4/100 }
    solve p with own`,
    message:
      'at iteration 1 of own, `chol(hess(f(x), x))` is NaN: hess(f(x), x) is not positive definite',
    underlined: 'chol(hess(f(x), x))',
  },
  {
    what: 'an infinite value that no step leaves',
    text: `problem p { var x : real start 0; minimize log(x) + x }`,
    message: 'at iteration 1 of lbfgs, `log(x)` is -infinite: x = 0',
    underlined: 'log(x)',
  },
];

describe('numbers that are not finite', () => {
  it.each(cases)('$what', async ({ text, message, underlined }) => {
    const solved = await solve(text);
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.results[0].status).toBe('not converged');
    expect(solved.results[0].reason.kind).toBe('nonfinite');
    const told = solved.diagnostics.filter(({ code }) => code.startsWith('X'));
    expect(told.map((d) => d.message)).toEqual([message]);
    const [{ span }] = told;
    expect(text.slice(span.start, span.end)).toBe(underlined);
  });

  it('an infinite value at the start may be left behind', async () => {
    const solved = await solve(`problem p {
      data A : real[2, 2] = [[1, 2], [2, 1]]
      var x : real[2] start ones
      minimize sumsq(x - 3) - logdet(A + diag(x))
    }
    solve p with gradient_descent(step = 0.1)`);
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.results[0].status).toBe('optimal');
    expect(solved.diagnostics).toEqual([]);
  });
});
