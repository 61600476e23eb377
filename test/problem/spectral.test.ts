// The bound for the largest singular value of matrices too large for their eigenvalues: never below the true one, seldom far above.
import { describe, expect, test } from 'vitest';
import { evaluateOnce } from '../../compiler/evaluator.ts';
import { gramSize, largestSquared } from '../../compiler/problem/facts/spectral-bounds.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import { study } from './support.ts';

const rows = gramSize + 88;
const columns = gramSize + 8;

const [studied] = study(`problem p {
  data A : real[${rows}, ${columns}]
  var x : real[${columns}]
  minimize sumsq(A*x)
}`);

/** A matrix with these singular values: diagonal, turned by a reflection on each side. */
function withSingularValues(values: (k: number) => number, turn: (k: number) => number) {
  const data = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) data[k * columns + k] = values(k);
  const [left, right] = [rows, columns].map((n) =>
    unit(Float64Array.from({ length: n }, (_, k) => turn(k))),
  );
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += left[i] * data[i * columns + j];
    for (let i = 0; i < rows; i++) data[i * columns + j] -= 2 * sum * left[i];
  }
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += right[j] * data[i * columns + j];
    for (let j = 0; j < columns; j++) data[i * columns + j] -= 2 * sum * right[j];
  }
  return data;
}

function unit(v: Float64Array): Float64Array {
  const size = Math.hypot(...v);
  return v.map((x) => x / size);
}

const spectra: Readonly<Record<string, (k: number) => number>> = {
  'all equal': () => 3,
  'one above the rest': (k) => (k === 77 ? 2 : 1),
  'one far above the rest': (k) => (k === 300 ? 1e6 : 1),
  'falling slowly': (k) => 1 / (1 + 0.001 * k),
  'falling fast': (k) => 0.5 ** k,
  'of rank one': (k) => (k === 0 ? 5 : 0),
};
const turns: Readonly<Record<string, (k: number) => number>> = {
  'by ones': () => 1,
  'by one axis': (k) => (k === 0 ? 1 : 0),
  'by waves': (k) => Math.sin(k),
};

describe.each(Object.entries(spectra))('singular values %s', (_, values) => {
  test.each(Object.entries(turns))('turned %s', (__, turn) => {
    const {
      graph,
      facts: { problem },
    } = studied;
    const [A] = problem.data;
    const input = {
      params: {},
      data: { A: dense([rows, columns], withSingularValues(values, turn)) },
      sizes: {},
      seed: 1,
      dataSeed: 1,
    };
    const [bound] = evaluateOnce(graph, problem, input, largestSquared(graph, A.input)).data;
    const largest = Math.max(...Array.from({ length: columns }, (___, k) => values(k)));
    expect(bound).toBeGreaterThanOrEqual(largest ** 2 * (1 - 1e-12));
    // θ/(1 - ε), by Kuczyński & Woźniakowski for 24 steps and a risk of 1e-8.
    const loss = (Math.log((1.648 * Math.sqrt(columns)) / 1e-8) / 47) ** 2;
    expect(bound).toBeLessThanOrEqual((largest ** 2 / (1 - loss)) * (1 + 1e-9));
  });
});
