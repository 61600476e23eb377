// What an iteration reads back from the device: as `explain` says, and as it is counted while it runs. What it holds there: the same after 1,000 iterations.
import { describe, expect, it } from 'vitest';
import { deviceNotes } from '../../compiler/device-notes.ts';
import type { DeviceNote, DeviceNotes } from '../../compiler/emit/ts/spec.ts';
import type { Tfjs } from '../../runtime/tfjs/tfjs.ts';
import { entries, kinds, useOf } from '../methods/entries.ts';
import { testedBackends } from './backends.ts';
import { openedWith } from './stepping.ts';

const textOf = (name: string): string =>
  `problem p {${kinds[entries[name].kind]}}\nsolve p with ${useOf(name, entries[name])}`;

async function notesOf(text: string): Promise<DeviceNotes> {
  const { session, specialised } = await openedWith(text, { target: 'ts' });
  if (specialised.step === undefined) throw new Error('no step');
  const notes = deviceNotes(session, specialised.step);
  if (notes === undefined) throw new Error('no notes');
  return notes;
}

const told = (notes: readonly DeviceNote[]): readonly string[] =>
  notes.map(({ what, inLoop }) => `${what} ${inLoop ? 'in each turn' : 'once'}`);

describe('an iteration reads back', () => {
  // Loops of a known number of turns, an `if` whose branches hold no work of their own, draws, factorisations of data.
  it.each(['gradient_descent', 'ista', 'fista', 'nesterov', 'sgd', 'itd', 'scaffold', 'gda'])(
    'nothing: %s',
    async (name) => {
      const { readBacks, densified } = await notesOf(textOf(name));
      expect(told(readBacks)).toEqual([]);
      expect(densified).toEqual([]);
    },
  );

  it('the test of a while in each turn, and whether the rest of an iteration is to run', async () => {
    const { readBacks } = await notesOf(textOf('frank_wolfe'));
    expect([...told(readBacks)].sort()).toEqual(['a while in each turn', 'an if once']);
  });

  it('what tfjs has nothing for', async () => {
    expect(told((await notesOf(textOf('admm'))).readBacks)).toEqual(['solve once']);
    expect(told((await notesOf(textOf('levenberg_marquardt'))).readBacks)).toContain('solve once');
  });
});

describe('a sparse matrix', () => {
  const sparse = (goal: string): string => `problem p {
    sparse data A : real[3, 3] = [if i == j then 2 else 0 for i in 1..3, j in 1..3]
    var x : real[3]
    minimize ${goal}
  }
  solve p with gradient_descent(step = 0.1)`;

  it('stays sparse in products', async () => {
    const { densified } = await notesOf(sparse('sumsq(A*x - 1)'));
    expect(densified).toEqual([]);
  });

  it('is made full elsewhere, and that is told', async () => {
    const { densified } = await notesOf(sparse('sum((A .* exp(x)).^2)'));
    expect(densified.map(({ expression }) => expression)).toEqual(densified.map(() => 'A'));
    expect(densified.length).toBeGreaterThan(0);
  });
});

for (const { name: backend, tf, why } of await testedBackends()) {
  if (tf === undefined) {
    it.skip(`on ${backend}: not run: ${why}`, () => undefined);
    continue;
  }
  describe(`on ${backend}`, () => {
    const start = async (name: string) => {
      await tf.setBackend(backend);
      const { specialised } = await openedWith(textOf(name), {
        target: 'tfjs',
        tfjs: { tf, backend, better: [] },
      });
      const program = specialised.create(1);
      await program.init();
      await program.step(1);
      return program;
    };

    it.each([
      // Whether it is done: where reading does not wait, it is asked each time.
      ['gradient_descent', 10],
      ['sgd', 0],
      ['gda', 0],
      ['itd', 0],
    ])('%s reads %i results in 10 iterations', async (name, expected) => {
      const program = await start(name);
      const before = readsOf(tf);
      for (let k = 2; k <= 11; k++) await program.step(k);
      expect(readsOf(tf) - before).toBe(expected);
      program.dispose?.();
    });

    const many = backend === 'webgpu' ? 50 : 1000;
    // An if; a while; loops in loops with stacked results; products with a Jacobian in a loop; draws.
    it.each(['fista', 'frank_wolfe', 'itd', 'aid_cg', 'sgd', 'lbfgs'])(
      `%s holds as many arrays after ${many} iterations as after one`,
      async (name) => {
        const program = await start(name);
        const live = tf.memory().numTensors;
        for (let k = 2; k <= many; k++) await program.step(k);
        expect(tf.memory().numTensors).toBe(live);
        program.dispose?.();
      },
      120_000,
    );
  });
}

/** How often arrays have come back so far. */
const reads = new WeakMap<object, { count: number }>();

function readsOf(tf: Tfjs): number {
  const engine: object = tf.engine();
  const known = reads.get(engine);
  if (known !== undefined) return known.count;
  const counter = { count: 0 };
  reads.set(engine, counter);
  for (const name of ['readSync', 'read']) {
    const plain: unknown = Reflect.get(engine, name);
    if (typeof plain !== 'function') throw new Error(`tfjs has no ${name}`);
    Reflect.set(engine, name, (...args: readonly unknown[]): unknown => {
      counter.count++;
      return Reflect.apply(plain, engine, args);
    });
  }
  return 0;
}
