// A Lipschitz constant that holds within the bounds alone is no constant for a method that takes gradients outside of them.
import { describe, expect, it } from 'vitest';
import { solve } from '../../compiler/index.ts';

const accelerated = `method accelerated(step : real > 0 = 1/lipschitz(f)) for {
  minimize f(x) over x in X
} where f is smooth and X has project {
  state y = x
  state t = 1
  repeat {
    let u = project(X, y - step*grad(f(y), y))
    let s = (1 + sqrt(1 + 4*t^2))/2
    y <- u + ((t - 1)/s)*(u - x)
    t <- s
    x <- u
  }
}`;
const plain = `method plain(step : real > 0 = 1/lipschitz(f)) for {
  minimize f(x) over x in X
} where f is smooth and X has project {
  repeat {
    let u = if norm(x) > 100 then x else project(X, x - step*grad(f(x), x))
    x <- u
  }
}`;
const careless = `method careless(step : real > 0 = 1/lipschitz(f)) for {
  minimize f(x) over x in X
} where f is smooth and X has project {
  repeat { x <- x - step*grad(f(x), x) }
}`;
/** Second derivative 3 x^2: at most 3 on [-1, 1], without bound beyond. */
const quartic = `problem p {
  var x : real[2] >= -1 <= 1
  minimize sum(x.^4)/4 + sum(x)
}`;
/** Curvature 2 everywhere: the bounds do not matter. */
const quadratic = `problem p {
  var x : real[2] >= -1 <= 1
  minimize sumsq(x - 2)
}`;

async function outcome(text: string): Promise<string> {
  const solved = await solve(text, { iterations: 2000 });
  return solved.ok ? solved.results[0].status : solved.diagnostics.map(({ code }) => code).join();
}

describe('lipschitz(f) within the bounds', () => {
  it.each([
    ['momentum', `${accelerated} ${quartic} solve p with accelerated`, 'K101'],
    ['the momentum of fista', `${quartic} solve p with fista`, 'K101'],
    ['a step that is not projected', `${careless} ${quartic} solve p with careless`, 'K101'],
    ['momentum, with a step of its own', `${quartic} solve p with fista(step = 0.01)`, 'optimal'],
    ['projected steps', `${plain} ${quartic} solve p with plain`, 'optimal'],
    ['proximal steps', `${quartic} solve p with ista`, 'optimal'],
    ['momentum on a quadratic', `${accelerated} ${quadratic} solve p with accelerated`, 'optimal'],
    ['the choice of the compiler', quartic, 'optimal'],
  ])('%s', async (_, text, expected) => {
    expect(await outcome(text)).toBe(expected);
  });

  it('says why, and what to do', async () => {
    const solved = await solve(`${quartic} solve p with fista`);
    if (solved.ok) throw new Error('it ran');
    const [{ message, help }] = solved.diagnostics;
    expect(message).toContain('within the bounds of the variables only');
    expect(help).toContain('give `step = …`');
    expect(help).toContain('projected_gradient');
  });
});
