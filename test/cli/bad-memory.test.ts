// A memory of WebAssembly that cannot grow: a clear message, on the way in and in the middle of a run.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { noCounts } from '../../runtime/kernels/index.ts';
import type { Values } from '../../runtime/program.ts';
import { run } from '../../runtime/run.ts';
import { createHeap } from '../../runtime/wasm/heap.ts';
import { webAssembly } from '../../runtime/wasm/web-assembly.ts';
import { place, type Place } from './command.ts';

/** From now on no memory has more than so many pages. */
function limitMemory(pages: number): void {
  const { Memory, Module, Instance, validate } = webAssembly();
  class Small extends Memory {
    constructor({ initial, shared }: ConstructorParameters<typeof Memory>[0]) {
      super({ initial, maximum: pages, shared });
    }
  }
  vi.stubGlobal('WebAssembly', { Module, Instance, validate, Memory: Small });
}

afterEach(() => vi.unstubAllGlobals());

const large = `problem large {
  data A : real[200, 100] ~ normal(0, 1)
  data b : real[200] ~ normal(0, 1)
  var x : real[100]
  minimize sumsq(A*x - b)
}
solve large with gradient_descent
`;

describe('memory that runs out', () => {
  let here: Place;
  beforeAll(() => {
    here = place({ 'large.opt': large });
  });
  afterAll(() => here.remove());

  it('is a message on the way in', async () => {
    limitMemory(1);
    const { code, out, err } = await here.dotopt('run large.opt --target wasm');
    expect(err).toContain('error[D029]');
    expect(err).toMatch(/the memory of WebAssembly is 0\.0625 MiB and cannot grow by \d+ MiB/);
    expect(out).toBe('');
    expect(code).toBe(2);
    const json = await here.dotopt('run large.opt --target wasm --json');
    expect(JSON.parse(json.out).diagnostics[0].code).toBe('D029');
    expect((await here.dotopt('run large.opt --target ts --iterations 9')).code).toBe(5);
  });

  it.each(Array.from({ length: 12 }, (_, k) => k + 2))(
    'never ends in a fault of ours: %d pages',
    async (pages) => {
      limitMemory(pages);
      const { code, err } = await here.dotopt('run large.opt --target wasm');
      expect([0, 2, 5, 6]).toContain(code);
      if (code !== 0) expect(err).toMatch(/error\[(D029|X003)\].*memory of WebAssembly/);
    },
  );

  it('in the middle of a run ends it with a message, and the trace so far is kept', async () => {
    limitMemory(20);
    const heap = createHeap();
    const x = heap.vector(4);
    const values = (): Values => ({ x: { storage: 'dense', shape: [4], data: x } });
    const outcome = await run({
      program: {
        counts: noCounts(),
        init: () => void x.fill(1),
        step: (iteration) => {
          // Each iteration takes more and gives nothing back.
          heap.vector(20_000);
          x.fill(1 / (iteration + 1));
          return false;
        },
        answer: values,
        reports: () => ({}),
        save: () => ({ x: { storage: 'dense', shape: [4], data: x.slice() } }),
        restore: (states) => x.set(states.x.data),
        trace: () => undefined,
      },
      measure: (point) => ({ value: point.x.data[0] }),
      rule: () => false,
      limits: { iterations: 1000, seconds: 20 },
    });
    expect(outcome.reason).toMatchObject({ kind: 'fault' });
    if (outcome.reason.kind !== 'fault') return;
    expect(outcome.reason.message).toContain('the memory of WebAssembly');
    expect(outcome.iterations).toBeGreaterThan(2);
    expect(outcome.trace.map(({ iteration }) => iteration)).toContain(outcome.iterations);
    expect(outcome.answer.x.data[0]).toBe(1 / (outcome.iterations + 1));
  });
});
