// Functions of entries on each backend, whether its own or made by hand: all digits of 32 bits over all magnitudes, and what they are at the ends of the line.
import { describe, expect, it } from 'vitest';
import { erf, softplus } from '../../runtime/kernels/special.ts';
import { createDevice } from '../../runtime/tfjs/device.ts';
import type { Backend } from '../../runtime/tfjs/load.ts';
import { testedBackends } from './backends.ts';

const functions = {
  erf,
  expm1: Math.expm1,
  log1p: Math.log1p,
  sinh: Math.sinh,
  softplus,
  tanh: Math.tanh,
} as const;
type Name = keyof typeof functions;

/** Both signs, from 1e-12 to 80. */
const points = Float32Array.from({ length: 4000 }, (_, k) => {
  const size = 10 ** (-12 + (Math.floor(k / 2) / 2000) * (12 + Math.log10(80)));
  return k % 2 === 0 ? size : -size;
});
const ends = [0, Infinity, -Infinity, NaN];

/** Relative. WGSL asks of exp no more than (3 + 2 |x|) units in the last place (WebGPU Shading Language, 2024, table of accuracies), and nothing at infinities and NaN. */
const tolerance = (backend: Backend, x: number): number =>
  backend === 'webgpu' ? (4 + 2 * Math.abs(x)) * 2 ** -23 : 1e-6;

/** Below this 32 bits have fewer digits, or none. */
const leastNormal = 2 ** -126;

for (const { name: backend, tf } of await testedBackends()) {
  if (tf === undefined) continue;
  describe(`on ${backend}`, () => {
    const names: readonly Name[] = ['erf', 'expm1', 'log1p', 'sinh', 'softplus', 'tanh'];
    it.each(names)('%s', async (name) => {
      await tf.setBackend(backend);
      const device = createDevice(tf);
      const at = async (x: Float32Array): Promise<Float32Array> => {
        const y = device[name](tf.tensor(x, [x.length]));
        return Float32Array.from(await y.data());
      };
      const [found, last] = [await at(points), await at(Float32Array.from(ends))];
      points.forEach((x, k) => {
        const expected = functions[name](x);
        if (Number.isNaN(expected)) expect(found[k], `${name}(${x})`).toBeNaN();
        else if (Number.isFinite(Math.fround(expected)))
          expect(Math.abs(found[k] - expected), `${name}(${x})`).toBeLessThanOrEqual(
            tolerance(backend, x) * Math.abs(expected) + leastNormal,
          );
      });
      if (backend === 'webgpu') return;
      expect([...last], `${name} at ${ends.join(', ')}`).toEqual(
        ends.map((x) => Math.fround(functions[name](x))),
      );
    });
  });
}
