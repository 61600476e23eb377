// Unrolled iterations: their gradients against differences, their limit against `implicit`, their memory.
import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { reduceProblem } from '../../compiler/reduce/reduce.ts';
import { simplify } from '../../compiler/simplify/simplify.ts';
import { matchContext } from '../../compiler/specialise.ts';
import { sessionOf } from '../certify/support.ts';
import { nowhere } from '../match/support.ts';
import { differences, freeGoal, members, point, reducedAt, seeds, upper } from './hypergradient.ts';

const free = (seed: number): string =>
  `problem p { ${members(seed)} lower { var y : real[4]\n minimize ${freeGoal(seed)} }\n ${upper} }`;
const quadratic = (seed: number): string =>
  `problem p { ${members(seed)} lower { var y : real[4]\n minimize sumsq(A*y - c)/2 + dot(y, B*x) + 0.5*sumsq(y) }\n ${upper} }`;
const boxed = (seed: number): string =>
  `problem p { ${members(seed)} lower { var y : real[4] >= -0.3 <= 0.4\n minimize sumsq(A*y - c)/2 + 3*dot(y, B*x) + 0.3*sumsq(y) }\n ${upper} }`;

const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((entry, k) => Math.abs(entry - b[k])));

describe('gradients through the iterations agree with differences', () => {
  test.each(seeds.filter((seed) => seed % 2 === 0))('instance %i', (seed) => {
    const { value, gradient } = reducedAt(
      free(seed),
      'unroll',
      (g) => [g.constant(7)],
      'gradient_descent',
    );
    const near = differences(value, point(seed));
    expect(apart(gradient(point(seed)), near) / Math.max(1, ...near.map(Math.abs))).toBeLessThan(
      1e-6,
    );
  });
});

describe('unroll converges to implicit as T grows', () => {
  test.each([
    ['free', quadratic, 'gradient_descent'],
    ['in a box', boxed, 'projected_gradient'],
  ] as const)('%s', (_, text, method) => {
    const x = point(2);
    const exact = reducedAt(text(2), 'implicit').gradient(x);
    const errors = [3, 10, 30, 100, 1000].map((T) =>
      apart(reducedAt(text(2), 'unroll', (g) => [g.constant(T)], method).gradient(x), exact),
    );
    errors.slice(1).forEach((error, k) => expect(error).toBeLessThan(Math.max(1e-9, errors[k])));
    expect(errors[errors.length - 1]).toBeLessThan(1e-9);
  });
});

/** Numbers in all arrays of the gradient's program. */
function memory(T: number): number {
  const session = sessionOf(quadratic(1));
  const { problem, lowering } = session.lowered;
  const { graph } = lowering;
  const context = matchContext(session, problem);
  const method = context.methods.get('gradient_descent');
  const found = reduceProblem(
    graph,
    problem,
    [
      {
        name: 'unroll',
        args: [graph.constant(T)],
        method: { method, name: 'gradient_descent', args: [], syntax: [], span: nowhere },
        span: nowhere,
      },
    ],
    context,
  );
  if (found.kind === 'failed') throw new Error('it does not apply');
  const [goal] = found.problem.level.goals;
  if (goal.node === undefined) throw new Error('no goal');
  const [node] = simplify(graph, [grad(graph, goal.node, problem.level.variables[0].input)]);
  const { code } = emitModule({
    problem,
    step: undefined,
    measures: [{ name: 'gradient', node }],
    flavour: 'javascript',
    standalone: false,
    origin: graph.origin,
    nameOf: graph.nameOf,
  });
  const sizes = [...code.matchAll(/new Float64Array\(([\d* ]+)\)/g)].map(([, size]) =>
    size.split('*').reduce((product, factor) => product * Number(factor), 1),
  );
  expect(sizes.length).toBeGreaterThan(0);
  return sizes.reduce((a, b) => a + b, 0);
}

test('memory grows as the square root of T', () => {
  const [small, large] = [memory(100), memory(10_000)];
  expect(large / small).toBeLessThan(11);
  expect(large).toBeLessThan(5_000);
});

test('ten thousand iterations', () => {
  const x = point(3);
  const { gradient } = reducedAt(
    quadratic(3),
    'unroll',
    (g) => [g.constant(10_000)],
    'gradient_descent',
  );
  expect(apart(gradient(x), reducedAt(quadratic(3), 'implicit').gradient(x))).toBeLessThan(1e-10);
});
