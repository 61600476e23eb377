// Loops shared among threads: the same numbers as alone, the same bits whoever takes a block.
import { describe, expect, it } from 'vitest';
import { threadPool } from '../../compiler/cli/threads.ts';
import { createHeap, type ThreadPool } from '../../runtime/wasm/heap.ts';
import type { StepProgram } from '../../runtime/program.ts';
import { compressRows } from '../../runtime/kernels/sparse.ts';
import { lossProgram, type Loss } from '../../bench/generated.ts';

const wave = (length: number, phase: number): Float64Array =>
  Float64Array.from({ length }, (_, k) => Math.sin(1.3 * k + phase));

interface Case {
  readonly loss: Loss;
  readonly sparse: boolean;
  readonly m: number;
  readonly n: number;
}

function program({ loss, sparse, m, n }: Case, threads?: ThreadPool): StepProgram {
  const entries = wave(m * n, 0);
  const b = wave(m, 1).map(Math.sign);
  const module = lossProgram(loss, 'wasm', sparse ? 'csr' : 'dense');
  const data = module.prepare({
    params: {},
    data: {
      A: sparse ? compressRows(entries, m, n) : { storage: 'dense', shape: [m, n], data: entries },
      b: { storage: 'dense', shape: [m], data: b },
    },
    sizes: { m, n },
    seed: 1,
    dataSeed: 1,
    heap: createHeap(threads),
  });
  return module.createStep(data, 1);
}

interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

function evaluate(step: StepProgram): Evaluated {
  step.init();
  step.step(1);
  return { value: step.reports().value, gradient: step.answer().x.data.slice() };
}

describe.each<Case>([
  { loss: 'logistic', sparse: false, m: 600, n: 300 },
  { loss: 'poisson', sparse: false, m: 600, n: 300 },
  { loss: 'logistic', sparse: true, m: 600, n: 300 },
  // Few rows, so few blocks.
  { loss: 'logistic', sparse: false, m: 60, n: 4000 },
])('$loss, compressed: $sparse, $m rows', (each) => {
  it('is the same by three threads as by one', async () => {
    const alone = evaluate(program(each));
    const threads = threadPool(3);
    const shared = program(each, threads);
    const first = evaluate(shared);
    expect(first.value).toBeCloseTo(alone.value, 10);
    first.gradient.forEach((g, k) => expect(Math.abs(g - alone.gradient[k])).toBeLessThan(1e-12));
    // At first the main thread is alone.
    await threads?.ready();
    for (let k = 0; k < 20; k++) expect(evaluate(shared)).toEqual(first);
  });
});

it('one thread needs no pool', () => {
  expect(threadPool(1)).toBeUndefined();
});
