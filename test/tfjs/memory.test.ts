// How much a step holds on the device at once: arrays are freed as soon as nothing reads them, so the peak does not grow with the length of a step.
import { describe, expect, it } from 'vitest';
import { givingBack } from '../../compiler/emit/tfjs/give-back.ts';
import { createDevice } from '../../runtime/tfjs/device.ts';
import type { DeviceTensor, Tfjs } from '../../runtime/tfjs/tfjs.ts';
import { openFile } from '../conformance/program.ts';
import { testedBackends } from './backends.ts';
import { openedIn, openedWith, type Opened } from './stepping.ts';

/** The most bytes alive at any time of the work, beyond those before it, and the bytes of the largest array made. */
async function peakOf(tf: Tfjs, work: () => Promise<unknown>) {
  const engine: object = tf.engine();
  const plain: unknown = Reflect.get(engine, 'trackTensor');
  if (typeof plain !== 'function') throw new Error('tfjs has no trackTensor');
  const before = tf.memory().numBytes;
  const seen = { peak: 0, largest: 0, made: 0 };
  Reflect.set(engine, 'trackTensor', (x: DeviceTensor, backend: unknown): void => {
    Reflect.apply(plain, engine, [x, backend]);
    seen.peak = Math.max(seen.peak, tf.memory().numBytes - before);
    seen.largest = Math.max(seen.largest, 4 * x.size);
    seen.made += 4 * x.size;
  });
  try {
    await work();
  } finally {
    Reflect.deleteProperty(engine, 'trackTensor');
  }
  return seen;
}

/** A network of so many layers of 30 units on 1,000 points: a layer is an array of 30,000 numbers, by far the largest there are. */
const network = (layers: number): string => {
  const names = Array.from({ length: layers }, (_, k) => `W${k + 1}`);
  const hidden = names.reduce((inner, name) => `tanh((${inner})*${name})`, 'X');
  return `problem p {
    data X : real[1000, 30] ~ normal(0, 1)
    data y : real[1000] ~ normal(0, 1)
    ${names.map((name) => `var ${name} : real[30, 30] start ~ normal(0, 0.2)`).join('\n')}
    var v : real[30] start ~ normal(0, 0.2)
    minimize sumsq(${hidden}*v - y)/1000
  }
  solve p with gradient_descent(step = 0.01)`;
};

/** Forwards and backwards through a network: what each layer gave is kept for the way back, and no layer takes more than a dozen arrays beside it while it is worked on. */
const mostOf = (layers: number): number => layers + 12;

const stepped =
  ({ specialised }: Opened, tf: Tfjs) =>
  async (): Promise<void> => {
    const program = specialised.create(1);
    await program.init();
    await program.step(1);
    await program.settle?.();
    expect(tf.memory().numTensors).toBeGreaterThan(0);
    await program.dispose?.();
  };

for (const { name: backend, tf, why } of await testedBackends()) {
  if (tf === undefined) {
    it.skip(`on ${backend}: not run: ${why}`, () => undefined);
    continue;
  }
  const settings = { target: 'tfjs', tfjs: { tf, backend, better: [] } } as const;
  describe(`on ${backend}`, () => {
    it.each([2, 6])(
      'a step through %i layers holds little more than its layers',
      async (layers) => {
        await tf.setBackend(backend);
        const opened = await openedWith(network(layers), settings);
        const { peak, largest, made } = await peakOf(tf, stepped(opened, tf));
        expect(largest).toBe(4 * 30_000);
        expect(peak / largest).toBeLessThan(mostOf(layers));
        expect(made).toBeGreaterThan(2 * peak);
      },
    );

    it.skipIf(process.env.DOTOPT_LONG === undefined || backend === 'webgpu')(
      'a step of examples/gan.opt, three networks of two layers',
      async () => {
        await tf.setBackend(backend);
        const opened = await openedIn(openFile('examples/gan.opt'), settings);
        const { peak, largest } = await peakOf(tf, stepped(opened, tf));
        expect(peak / largest).toBeLessThan(mostOf(3 * 2));
      },
      240_000,
    );

    it('what a loop gives is an array of its own', async () => {
      await tf.setBackend(backend);
      const device = createDevice(tf);
      device.hold();
      const before = device.tf.tensor([1, 2, 3]);
      const none = device.repeat(0, [before], ([x]) => [device.tf.add(x, 1)]);
      const swapped = device.repeat(1, [before, before], ([x, y]) => [y, x]);
      const handles = [before, ...none, ...swapped];
      expect(new Set(handles).size).toBe(handles.length);
      for (const x of handles) {
        expect(Array.from(await x.data())).toEqual([1, 2, 3]);
        device.tf.dispose(x);
      }
    });
  });
}

describe('an array is freed', () => {
  const given = (text: string, ...arrays: string[]): string =>
    givingBack(text.trim().split('\n'), new Set(arrays)).join('\n');

  it('after the last statement that reads it', () => {
    expect(
      given(
        `
const a = tf.square(x);
const b = tf.add(a, a$);
const c = tf.sum(b);
return { a$: c };`,
        ...['a', 'b', 'c'],
      ),
    ).toBe(
      `const a = tf.square(x);
const b = tf.add(a, a$);
tf.dispose(a);
const c = tf.sum(b);
return { a$: c };`,
    );
  });

  it('at once, where nothing reads it', () => {
    expect(
      given(`const [a, b] = device.repeat(1, [x], f);\nconst c = 1;\nreturn c;`, 'a', 'b'),
    ).toBe(
      `const [a, b] = device.repeat(1, [x], f);\ntf.dispose([a, b]);\nconst c = 1;\nreturn c;`,
    );
  });

  it('after the whole of a loop that reads it, and in the loop what the loop makes', () => {
    const text = `
const a = tf.square(x);
const [end] = device.repeat(n, [x], ([u]) => {
  const v = tf.mul(u, a);
  const w = tf.add(v, v);
  const z = tf.neg(w);
  return [tf.sub(z, w)];
});
counts.grads++;
return { x: end };`;
    expect(given(text, 'a', 'v', 'w', 'z', 'end')).toBe(`const a = tf.square(x);
const [end] = device.repeat(n, [x], ([u]) => {
  const v = tf.mul(u, a);
  const w = tf.add(v, v);
  tf.dispose(v);
  const z = tf.neg(w);
  return [tf.sub(z, w)];
});
tf.dispose(a);
counts.grads++;
return { x: end };`);
  });

  it('in the branch that makes it, and after both branches what was there before', () => {
    const text = `
const a = tf.square(x);
let chosen: DeviceTensor;
if (await device.truth(t)) {
  const v = tf.mul(a, 2);
  chosen = tf.add(v, 1);
} else {
  chosen = tf.neg(a);
}
const b = tf.sum(chosen);
const c = tf.add(b, 1);
return { x: c };`;
    expect(given(text, 'a', 'v', 'chosen', 'b')).toBe(`const a = tf.square(x);
let chosen: DeviceTensor;
if (await device.truth(t)) {
  const v = tf.mul(a, 2);
  chosen = tf.add(v, 1);
  tf.dispose(v);
} else {
  chosen = tf.neg(a);
}
tf.dispose(a);
const b = tf.sum(chosen);
tf.dispose(chosen);
const c = tf.add(b, 1);
return { x: c };`);
  });

  it('never, where a function reads it that is called later', () => {
    const text = `
const a = device.upload(data.a, [3]);
const b = tf.square(a);
const n = 1;

function iterate({ x }) {
  return { states: { x: tf.add(x, b) } };
}
return deviceProgram(device, { iterate });`;
    expect(given(text, 'a', 'b')).toBe(text.trim().replace('const n', 'tf.dispose(a);\nconst n'));
  });
});
