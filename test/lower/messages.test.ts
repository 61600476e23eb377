// What cannot be run yet says so in one clear message at its place; nothing throws.
import { describe, expect, test } from 'vitest';
import { parseText } from '../../grammar/parse.ts';
import { lowerProblem } from '../../compiler/lower/problem.ts';
import { lowerMessages } from '../../compiler/lower/messages.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { load, matchUse } from '../match/pipeline.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';

function messages(text: string): readonly string[] {
  const { file, diagnostics } = parseText(text, 'test.opt');
  const built = buildModel({ id: 'test.opt', ast: file });
  const errors = [...diagnostics, ...built.diagnostics].filter(
    ({ severity }) => severity === 'error',
  );
  expect(errors).toEqual([]);
  const [model] = built.model.problems;
  return lowerProblem(model, createGraph()).diagnostics.map(
    ({ code, message, span }) => `${code} ${message}: ${text.slice(span.start, span.end)}`,
  );
}

const within = (members: string): readonly string[] =>
  messages(`problem p { var x : real[3]\n ${members} }`);

describe('messages of lowering', () => {
  test('constructs that cannot be run yet', () => {
    expect(within('minimize sumsq(minimizer(z = x in simplex) sumsq(z - x))')).toEqual([
      'P201 a minimizer over a set cannot be run yet: minimizer(z = x in simplex) sumsq(z - x)',
    ]);
    expect(within('minimize sumsq(project(simplex, x))')).toEqual([
      'P201 project in a problem cannot be run yet: project(simplex, x)',
    ]);
  });

  test('derivatives that do not exist', () => {
    const found = within(
      'let g = grad(sum(floor(x)) + E(k ~ poisson(x[1]^2 + 1)) sqrt(k + 1), x)\n minimize sumsq(g)',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^P202 this has no derivative: /);
  });

  test('a distribution has no elements', () => {
    const problem = load(`problem p {
        var x : real[2] start ones
        minimize E(z ~ normal(0, 1)[2]) sumsq(x - exp(z))
      }
      method m for { minimize E(i in D) f(x, i) over x } where f is smooth {
        repeat { for i in D { x <- x - 0.1*grad(f(x, i), x) } }
      }
      method n for { minimize E(i in D) f(x, i) over x } { repeat { x <- x/count(D) } }`);
    for (const use of ['m', 'n']) {
      const result = matchUse(problem, use);
      const found = result.kind === 'failed' ? result.diagnostics.map(({ code }) => code) : [];
      expect(found).toEqual(['P204']);
    }
  });

  test('every message has a title', () => {
    for (const { title } of Object.values(lowerMessages)) expect(title.length).toBeGreaterThan(3);
  });
});
