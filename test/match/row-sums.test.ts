import { describe, expect, test } from 'vitest';
import { affineReader } from '../../compiler/match/affine-parts.ts';
import { rowSum } from '../../compiler/match/row-sums.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import { substituteIn } from '../../compiler/tensor/substitute.ts';
import { inputsOf, load } from './pipeline.ts';
import { entries, numbers, nowhere, stream } from './support.ts';

const data = `
  data A : real[5, 3] = [sin(i*j) for i in 1..5, j in 1..3]
  data b : real[5] = [cos(i) for i in 1..5]
  data t : int[5] = [1 + mod(i, 2) for i in 1..5]
`;

const goals: readonly (readonly [string, string])[] = [
  ['var x : real[3]', 'sumsq(A*x - b)/10'],
  ['var x : real[3]\n var c : real', 'mean(log1p(exp(A*x + c - b)))'],
  ['var x : real[3]', 'sum(abs(A*x - b) .* b.^2)'],
  ['var x : real[3]', '-2*sum(exp(-(A*x)))/7'],
  ['var W : real[3, 2]', 'mean(logsumexp(A*W, axis = 2))'],
  [
    'var W : real[3, 2]\n var c : real[2]',
    'mean(logsumexp(A*W .+ c, axis = 2) - sum((A*W .+ c) .* 0.5, axis = 2))',
  ],
  ['var W : real[3, 4]\n var v : real[4]', 'mean((tanh(A*W)*v - b).^2)'],
];

describe.each(goals)('%s: %s', (variables, goal) => {
  const loaded = load(`problem p {\n${data}\n${variables}\nminimize ${goal}\n}`);
  const { problem, lowering } = loaded.lowered;
  const inputs = problem.level.variables.map(({ input }) => input);

  test('the rows add up to the term', () => {
    const [term] = problem.level.goals[0].terms;
    const { depends } = affineReader(lowering.graph, new Set(inputs));
    const found = rowSum(lowering.graph, term, depends);
    expect(found?.size?.key).toBe('5');
    if (found?.index === undefined) return;
    const next = stream(3);
    const point = Object.fromEntries(
      inputs.map(({ attributes, type }) => {
        const shape = type.shape.map(({ key }) => Number(key));
        const values = Array.from({ length: entries(shape) }, next);
        return [attributes.name, numbers(values, shape)];
      }),
    );
    const given = { ...inputsOf(loaded), ...point };
    const { index, body } = found;
    const rows = [0, 1, 2, 3, 4].map((i) =>
      substituteIn(lowering.graph, body, new Map([[index, lowering.graph.constant(i)]])),
    );
    const { values } = interpret([term.node, ...rows], { inputs: given });
    const [whole, ...parts] = values.map((value) => value.data[0]);
    expect(parts.reduce((a, b) => a + b)).toBeCloseTo(whole, 12);
  });
});

test.each([
  ['a penalty of the variables alone', 'var x : real[3]', 'sumsq(x)'],
  ['an inner product of variables', 'var x, y : real[3]', "x'*y"],
  ['a sum that its rows do not give alone', 'var x : real[3]', 'sum(sort(A*x))'],
])('%s is no sum over rows', (_, variables, goal) => {
  const loaded = load(`problem p {\n${data}\n${variables}\nminimize ${goal}\n}`);
  const { problem, lowering } = loaded.lowered;
  const inputs = problem.level.variables.map(({ input }) => input);
  const { depends } = affineReader(lowering.graph, new Set(inputs));
  const [{ node }] = problem.level.goals[0].terms;
  expect(rowSum(lowering.graph, { node, span: nowhere }, depends)).toBe(undefined);
});
