// Threads that end or do not answer: the rest goes on, or the run ends with a message and keeps its trace.
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { threadPool } from '../../compiler/cli/threads.ts';
import { lossProgram } from '../../bench/generated.ts';
import { run } from '../../runtime/run.ts';
import { createHeap, type ThreadPool } from '../../runtime/wasm/heap.ts';
import { webAssembly } from '../../runtime/wasm/web-assembly.ts';
import type { StepProgram } from '../../runtime/program.ts';

const [m, n] = [600, 300];

function program(threads?: ThreadPool): StepProgram {
  const module = lossProgram('logistic', 'wasm', 'dense');
  const wave = (length: number): Float64Array =>
    Float64Array.from({ length }, (_, k) => Math.sin(1.3 * k));
  const data = module.prepare({
    params: {},
    data: {
      A: { storage: 'dense', shape: [m, n], data: wave(m * n) },
      b: { storage: 'dense', shape: [m], data: wave(m).map(Math.sign) },
    },
    sizes: { m, n },
    seed: 1,
    dataSeed: 1,
    heap: createHeap(threads),
  });
  return module.createStep(data, 1);
}

function gradient(step: StepProgram): Float64Array {
  step.init();
  step.step(1);
  return step.answer().x.data.slice();
}

/** A module with one part that takes a block: `code` is its body, without locals. */
function partOf(code: readonly number[]): object {
  const body = [0, ...code, 0x0b];
  return new (webAssembly().Module)(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7c, 0x00],
      ...[0x03, 0x02, 0x01, 0x00],
      ...[0x07, 0x09, 0x01, 0x05, ...new TextEncoder().encode('part0'), 0x00, 0x00],
      ...[0x0a, body.length + 2, 0x01, body.length, ...body],
    ]),
  );
}

const endless = partOf([0x03, 0x40, 0x0c, 0x00, 0x0b]);
const failing = partOf([0x00]);

const memory = createHeap().memory;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
/** A block that the main thread takes its time for, so that others come to theirs. */
const slowly = (): void => void Atomics.wait(sleeper, 0, 0, 40);

/** Shares a part out until a thread takes a block of it. */
function shareOut(pool: ThreadPool, module: object): void {
  const share = pool.share(module, memory, {});
  for (let k = 0; k < 200; k++) share(0, slowly);
}

describe('threads', () => {
  it('that were ended are not missed: the main one finds the same bits', async () => {
    const told: string[] = [];
    const pool = threadPool(3, { lost: (text) => told.push(text) });
    if (pool === undefined) throw new Error('no threads');
    const step = program(pool);
    const before = gradient(step);
    await wait(300);
    expect(pool.used()).toBe(3);
    await pool.end();
    expect(pool.used()).toBe(1);
    expect(gradient(step)).toEqual(before);
    expect(told).toEqual([]);
  });

  it('that fail in their part end the run at once', () => {
    const pool = threadPool(2);
    if (pool === undefined) throw new Error('no threads');
    expect(() => shareOut(pool, failing)).toThrow('a thread failed in its part of a loop');
    expect(pool.used()).toBe(1);
  });

  it('that do not answer are waited for, but not forever', () => {
    const pool = threadPool(2, { patience: 200 });
    if (pool === undefined) throw new Error('no threads');
    expect(() => shareOut(pool, endless)).toThrow('a thread has not answered for 0.2 s');
    // From then on the main thread does it all.
    let blocks = 0;
    pool.share(endless, memory, {})(0, () => blocks++);
    expect(blocks).toBe(pool.blocks);
  });

  it('that are killed in a run end it with a message; the trace so far is kept', async () => {
    const pool = threadPool(2, { patience: 200 });
    if (pool === undefined) throw new Error('no threads');
    let jobs = 0;
    // From the tenth loop on the thread is held up, as one that is killed in the middle of a block.
    const held: ThreadPool = {
      ...pool,
      share: (module, heap, numbers) => {
        const share = pool.share(module, heap, numbers);
        return (part, task) => {
          if (++jobs === 10) shareOut(pool, endless);
          share(part, task);
        };
      },
    };
    const outcome = await run({
      program: program(held),
      measure: ({ x }) => ({ value: Math.hypot(...x.data) }),
      rule: () => false,
      limits: { iterations: 50, seconds: 20 },
    });
    expect(outcome.reason).toMatchObject({
      kind: 'fault',
      message: 'a thread has not answered for 0.2 s; --threads 1 does without threads',
    });
    expect(outcome.trace.length).toBeGreaterThan(2);
    expect([...outcome.answer.x.data].every(Number.isFinite)).toBe(true);
  });
});
