// Sparse matrices stay sparse from the data to the certificate: the memory of large ones, and the same answers as with dense ones.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawFrom, drawSparse, vectorOf } from '../../bench/draw.ts';
import { solve, type SparseTensor } from '../../compiler/index.ts';
import { denseTensor } from '../../runtime/kernels/tensors.ts';

const script = path.join(import.meta.dirname, 'large-sparse.ts');

interface Ended {
  readonly value: number;
  readonly start: number;
  readonly data: number;
  readonly resident: number;
  readonly buffers: number;
}

const isEnded = (x: unknown): x is Ended =>
  typeof x === 'object' && x !== null && 'value' in x && 'resident' in x && 'buffers' in x;

function ended(...args: readonly string[]): Ended {
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  const found: unknown = stdout === '' ? undefined : JSON.parse(stdout);
  if (!isEnded(found)) throw new Error(stderr);
  return found;
}

describe('a lasso with 1 % of 100,000 × 10,000 entries', () => {
  it.each([
    ['ts', 'fista'],
    ['wasm', 'fista'],
  ])(
    '%s, %s: takes memory near that of its data',
    (target, method) => {
      const { value, start, data, resident, buffers } = ended(target, method);
      expect(value).toBeLessThan(start);
      // WebAssembly holds the data once more; the rest is the compiler.
      expect(buffers).toBeLessThan(data / 2);
      expect(resident).toBeLessThan(2 * data + 150e6);
    },
    60_000,
  );
});

const [m, n] = [60, 40];
const draw = drawFrom(7);
const A = drawSparse(draw, m, n, 0.2);
const b = vectorOf(m, draw.normal);

const goals: readonly (readonly [string, string])[] = [
  ['sumsq(A*x - b)/(2*m) + 0.05*norm(x, 1)', 'fista'],
  ['sumsq(A*x - b)/(2*m) + 0.05*norm(x, 1)', 'working_set'],
  ['sum(i in 1..m) b[i]^2*(A[i, :]*x - b[i])^2 + 0.5*norm(x, 1)', 'fista'],
  ['(sum(i in 1..m) softplus(-b[i]*(A[i, :]*x)))/m + 0.01*norm(x, 1)', 'fista'],
  ['(sum(i in 1..m) softplus(-b[i]*(A[i, :]*x)))/m + 0.01*sumsq(x)', 'nesterov'],
  ["sumsq(A'*y)/2 - b'*y + 0.05*norm(y, 1) + sumsq(y)", 'fista'],
];

async function valueOf(goal: string, method: string, sparse: boolean, target: 'ts' | 'wasm') {
  const variable = goal.includes('y') && !goal.includes('x)') ? 'y : real[m]' : 'x : real[n]';
  const solved = await solve(
    `problem p {
  ${sparse ? 'sparse data' : 'data'} A : real[m, n]
  data b : real[m]
  var ${variable}
  minimize ${goal}
}
solve p with ${method}
`,
    {
      data: { A: sparse ? A : denseTensor(A), b: { storage: 'dense', shape: [m], data: b } },
      tolerance: 1e-9,
      target,
    },
  );
  if (!solved.ok) throw new Error(solved.text);
  const [{ status, value }] = solved.results;
  expect(status).toBe('optimal');
  return value ?? NaN;
}

describe('a small sparse problem has the value of the dense one', () => {
  it.each(goals)('%s, %s', async (goal, method) => {
    const dense = await valueOf(goal, method, false, 'ts');
    for (const target of ['ts', 'wasm'] as const) {
      const sparse = await valueOf(goal, method, true, target);
      expect(Math.abs(sparse - dense)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(dense)));
    }
  });
});

describe('a compressed matrix given by a program', () => {
  const text = `problem p { sparse data A : real[m, n]  var x : real[n]  minimize sumsq(A*x - 1) }`;
  const given: SparseTensor = {
    storage: 'csr',
    shape: [2, 3],
    rowStart: Int32Array.of(0, 1, 3),
    column: Int32Array.of(2, 0, 1),
    data: Float64Array.of(2, 1, -1),
  };

  it('is taken as it is', async () => {
    const solved = await solve(text, { data: { A: given } });
    expect(solved.ok && solved.results[0].value).toBeCloseTo(0, 6);
  });

  it('serves for dense data', async () => {
    const solved = await solve(text.replace('sparse data', 'data'), { data: { A: given } });
    expect(solved.ok && solved.results[0].value).toBeCloseTo(0, 6);
  });

  it.each([
    ['columns that do not ascend', { column: Int32Array.of(2, 1, 0) }],
    ['a column beyond the last', { column: Int32Array.of(3, 0, 1) }],
    ['rows that go back', { rowStart: Int32Array.of(0, 4, 3) }],
    ['too few numbers', { data: Float64Array.of(2, 1) }],
  ])('is refused with %s', async (_, wrong) => {
    const solved = await solve(text, { data: { A: { ...given, ...wrong } } });
    expect(solved.ok).toBe(false);
    if (!solved.ok) expect(solved.text).toContain('C003');
  });
});
