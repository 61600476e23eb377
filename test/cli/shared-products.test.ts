// Products of matrices shared among threads: those of plain TypeScript, with the same bits on any number of threads; on one thread too, unless a loop over rows adds up by
// blocks where there are several.
import { describe, expect, it } from 'vitest';
import { oracleProgram } from '../../bench/oracle.ts';
import type { TargetName } from '../../compiler/choose-target.ts';
import { threadPool } from '../../compiler/cli/threads.ts';
import { createHeap, type ThreadPool } from '../../runtime/wasm/heap.ts';

const wave = (length: number, phase: number): Float64Array =>
  Float64Array.from({ length }, (_, k) => Math.sin(1.3 * k + phase));

interface Case {
  /** Rows and columns of A, and of the variable. */
  readonly A: readonly [number, number];
  readonly X: readonly [number, number];
  readonly value: string;
  /** A loop over rows is shared too. */
  readonly byRows?: boolean;
}

/** The value holds A*X or X*A; the gradient A'*R or R*A'. */
const cases: Readonly<Record<string, Case>> = {
  'blocks of rows of all': { A: [301, 99], X: [99, 41], value: 'sumsq(A*X)/2' },
  'the right side transposed': { A: [70, 131], X: [211, 70], value: 'sumsq(X*A)/2' },
  'a long inner side, cut': { A: [20_001, 11], X: [11, 7], value: 'sumsq(A*X)/2', byRows: true },
};

function gradientOf({ A, X, value }: Case, target: TargetName, threads?: ThreadPool): Float64Array {
  const [m, n] = A;
  const module = oracleProgram(
    `problem p {
  data A : real[m, n]
  var X : real[${X[0]}, ${X[1]}] start [sin(i + 2*j) for i in 1..${X[0]}, j in 1..${X[1]}]
  minimize ${value}
}`,
    target,
    'gradient',
  );
  const data = module.prepare({
    params: {},
    data: { A: { storage: 'dense', shape: A, data: wave(m * n, 0) } },
    sizes: { m, n },
    seed: 1,
    dataSeed: 1,
    ...(target === 'wasm' ? { heap: createHeap(threads) } : {}),
  });
  const step = module.createStep(data, 1);
  step.init();
  step.step(1);
  return step.answer().X.data.slice();
}

describe.each(Object.entries(cases))('%s', (_, each) => {
  it('is that of plain TypeScript, on one, two and three threads', async () => {
    const plain = gradientOf(each, 'ts');
    const alone = gradientOf(each, 'wasm');
    const scale = plain.reduce((most, g) => Math.max(most, Math.abs(g)), 1);
    expect(plain.length).toBe(each.X[0] * each.X[1]);
    const isNear = (gradient: Float64Array): void =>
      gradient.forEach((g, k) => expect(Math.abs(g - plain[k])).toBeLessThan(1e-12 * scale));
    isNear(alone);
    let expected = each.byRows === true ? undefined : alone;
    for (const count of [2, 3]) {
      const threads = threadPool(count);
      await threads?.ready();
      for (let k = 0; k < 3; k++) {
        const shared = gradientOf(each, 'wasm', threads);
        isNear(shared);
        expected ??= shared;
        expect(shared).toEqual(expected);
      }
      await threads?.end();
    }
  });
});
