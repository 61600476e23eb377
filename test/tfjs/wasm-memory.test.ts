// The WebAssembly of tfjs without memory, and dead: the run goes on in 64 bits, says so and keeps its trace, and nothing calls a dead module again.
import { afterAll, describe, expect, it } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { solveSession } from '../../compiler/solve.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { Program } from '../../runtime/program.ts';
import { wasmBackend, wasmState } from '../../runtime/tfjs/wasm-state.ts';
import { bareSolve, openText } from '../conformance/program.ts';
import { testedBackend } from './backends.ts';
import { openedWith } from './stepping.ts';

const { tf, why } = await testedBackend('wasm');
if (tf === undefined) process.stdout.write(`not run: a dead WebAssembly of tfjs (${why})\n`);
const backend = tf === undefined ? undefined : wasmBackend(tf);

const problem = `problem p {
  data A : real[40, 3000] ~ normal(0, 1)
  data b : real[40] ~ normal(0, 1)
  var x : real[3000]
  minimize sumsq(A*x - b)/2 + 0.1*norm(x, 1)
}`;
const text = `${problem}\nsolve p with fista(step = 1e-4)`;

describe.skipIf(tf === undefined)('the WebAssembly of tfjs', () => {
  if (tf === undefined || backend === undefined) return;
  const told: string[] = [];
  const settings = {
    target: 'tfjs',
    tfjs: { tf, backend: 'wasm', better: [], tell: (line: string) => void told.push(line) },
  } as const;
  afterAll(() => void told.splice(0));

  /** The states after ten iterations; `meanwhile` happens after the fourth. */
  const stepped = async (program: Program, meanwhile: () => void = () => undefined) => {
    await program.init();
    for (let k = 1; k <= 10; k++) {
      await program.step(k);
      await program.settle?.();
      if (k === 4) meanwhile();
    }
    const { x } = program.answer();
    await program.dispose?.();
    return Array.from(x.data);
  };

  const near = (found: readonly number[], expected: readonly number[]): void =>
    found.forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThan(1e-5));

  /** Takes all there is, but for what is smaller than 1 KiB; gives it back. */
  const fill = (): (() => void) => {
    const { _malloc: allocate } = backend.wasm;
    const taken: number[] = [];
    for (let size = 2 ** 28; size >= 2 ** 10; size /= 2)
      for (;;) {
        const address = addressOf(() => allocate(size));
        if (address === 0) break;
        taken.push(address);
      }
    const free: unknown = Reflect.get(backend.wasm, '_free');
    return () => {
      if (typeof free === 'function')
        for (const address of taken) Reflect.apply(free, backend.wasm, [address]);
    };
  };
  const addressOf = (allocate: () => number): number => {
    try {
      return allocate();
    } catch {
      return 0;
    }
  };

  it('without memory in the middle of a run hands the run over, and works again when there is some', async () => {
    const { specialised } = await openedWith(text, settings);
    const expected = await stepped(specialised.createHere(1));
    let giveBack = (): void => undefined;
    const before = tf.memory().numTensors;
    near(
      await stepped(specialised.create(1), () => {
        giveBack = fill();
      }),
      expected,
    );
    const [line] = told.splice(0);
    expect(line).toMatch(
      /^tfjs's WebAssembly has no memory left for \d+ bytes; after iteration 4 the run goes on in 64 bits on the CPU$/,
    );
    expect(specialised.deviceFailure()?.iteration).toBe(4);

    // Not even the data goes up.
    const again = await openedWith(text, settings);
    near(await stepped(again.specialised.create(1)), expected);
    expect(told.splice(0)).toHaveLength(1);
    expect(again.specialised.deviceFailure()?.iteration).toBe(0);
    expect(tf.memory().numTensors).toBe(before);

    giveBack();
    const fresh = await openedWith(text, settings);
    near(await stepped(fresh.specialised.create(1)), expected);
    expect(told).toEqual([]);
    expect(fresh.specialised.deviceFailure()).toBeUndefined();
  });

  it('that fails in its own code hands all runs over, and is never called again', async () => {
    const { specialised } = await openedWith(text, settings);
    const expected = await stepped(specialised.createHere(1));
    near(await stepped(specialised.create(1), () => ruin(backend.wasm)), expected);
    expect(told.splice(0)).toEqual([
      "tfjs's WebAssembly failed; after iteration 4 the run goes on in 64 bits on the CPU",
    ]);
    expect(wasmState(backend).trouble()).toBe("tfjs's WebAssembly failed");
    // Whatever is called in it now is a call too many.
    let calls = 0;
    for (const [name, own] of Object.entries(Reflect.get(backend.wasm, 'tfjs') ?? {}))
      if (typeof own === 'function')
        Reflect.set(Reflect.get(backend.wasm, 'tfjs'), name, () => void calls++);

    const { front, host } = openText(problem);
    const [only] = front.model.problems;
    const opened = openSession(front, only, host, { ...noSettings, ...settings });
    if (!opened.ok) throw new Error('the problem does not open');
    const outcome = await solveSession(opened.session, taskOf(bareSolve(only)), {
      seed: 1,
      dataSeed: 1,
      limits: { iterations: 5 },
    });
    expect(outcome.diagnostics.map(({ code }) => code)).toContain('X005');
    expect(outcome.ok && outcome.result.iterations).toBe(5);
    expect(calls).toBe(0);
  });
});

/** What its own code keeps is no longer true: the next call fails in it. */
function ruin(wasm: object): void {
  const bytes: unknown = Reflect.get(wasm, 'HEAPU8');
  if (!(bytes instanceof Uint8Array)) throw new Error('no memory');
  bytes.fill(0xff, 0, 2 ** 24);
}
