// Methods by tfjs: each iteration from the states of the 64-bit program, counts included; memory; draws.
import { describe, expect, it } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { instantiate } from '../../compiler/instantiate.ts';
import { compressRows } from '../../runtime/kernels/sparse.ts';
import type { ProgramInput } from '../../runtime/program.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import type { Tfjs } from '../../runtime/tfjs/tfjs.ts';
import { programs } from '../emit/programs.ts';
import { testedBackends } from './backends.ts';
import { toleranceOf } from './harness.ts';

const dense = (shape: readonly number[], data: Float64Array): Tensor => ({
  storage: 'dense',
  shape,
  data,
});
const entries = Float64Array.from({ length: 28 }, (_, k) =>
  k % 3 === 1 ? 0 : Math.sin(3 * k + 1),
);
const b = Float64Array.from({ length: 7 }, (_, k) => (k % 2 === 0 ? 1 : -1));

const inputFor = (name: string): ProgramInput => ({
  params: {},
  data: {
    A: name === 'sparse' ? compressRows(entries, 7, 4) : dense([7, 4], entries),
    b: dense([7], b),
  },
  sizes: { m: 7, n: 4, '|E|': 15 },
  seed: 1,
  dataSeed: 1,
});

function create(name: string, tf: Tfjs) {
  const spec = programs[name]('javascript');
  const here = instantiate(emitModule({ ...spec, target: 'ts' }));
  const there = instantiate(
    emitModule({
      ...spec,
      target: 'tfjs',
      wgsl: tf.getBackend() === 'webgpu',
    }),
  );
  return {
    spec,
    here: here.createStep(here.prepare(inputFor(name)), 1),
    there: there.createDeviceStep(there.prepare(inputFor(name)), 1, tf),
  };
}

const names = Object.keys(programs).filter(
  (name) => programs[name]('javascript').step !== undefined,
);

const tested = await testedBackends();

for (const { name: backend, tf, why } of tested) {
  if (tf === undefined) {
    it.skip(`on ${backend}: not run: ${why}`, () => undefined);
    continue;
  }
  describe(`a step by tfjs on ${backend}`, () => {
    for (const name of names) {
      it(`of ${name} does what 64 bits do from the same states, and counts the same`, async () => {
        await tf.setBackend(backend);
        const { here, there } = create(name, tf);
        here.init();
        await there.init();
        for (let iteration = 1; iteration <= 6; iteration++) {
          const before = here.save();
          there.restore(before);
          const counts = { here: { ...here.counts }, there: { ...there.counts } };
          here.step(iteration);
          await there.step(iteration);
          await there.settle?.();
          const [expected, got] = [here.save(), there.save()];
          for (const [state, { data }] of Object.entries(expected)) {
            const scale = Math.max(
              ...data.map(Math.abs),
              ...(before[state]?.data ?? []).map(Math.abs),
              1,
            );
            data.forEach((value, k) =>
              expect(Math.abs(value - got[state].data[k])).toBeLessThanOrEqual(
                toleranceOf[backend] * scale,
              ),
            );
          }
          for (const [kind, total] of Object.entries(here.counts))
            expect(Reflect.get(there.counts, kind) - Reflect.get(counts.there, kind)).toBe(
              total - Reflect.get(counts.here, kind),
            );
        }
        there.dispose?.();
      });
    }

    it('keeps the number of live tensors constant over 1,000 iterations', async () => {
      await tf.setBackend(backend);
      const outside = tf.memory().numTensors;
      const [name] = names;
      const { there } = create(name, tf);
      await there.init();
      await there.step(1);
      const live = tf.memory().numTensors;
      for (let k = 2; k <= (backend === 'webgpu' ? 50 : 1000); k++) await there.step(k);
      expect(tf.memory().numTensors).toBe(live);
      there.dispose?.();
      expect(tf.memory().numTensors).toBe(outside);
    }, 60_000);
  });
}

it('refuses the target where there is no tfjs, and never runs elsewhere', async () => {
  const outcome = await solve('problem p { var x : real minimize (x - 1)^2 }', { target: 'tfjs' });
  expect(outcome.ok).toBe(false);
  expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['C004']);
});
