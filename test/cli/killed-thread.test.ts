// A thread that is killed while the whole command runs: it is told, the rest goes on, and the answer is that of one thread.
import type * as Threads from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { place, type Place } from './command.ts';

const started = vi.hoisted(() => ({ threads: 0 }));

vi.mock('node:worker_threads', async (original) => {
  const threads = await original<typeof Threads>();
  /** Killed a little after it has come up. */
  class Killed extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof threads.Worker>) {
      super(...args);
      started.threads++;
      this.once('online', () => setTimeout(() => void this.terminate(), 20));
    }
  }
  return { ...threads, Worker: Killed };
});

const logistic = `problem logistic {
  data A : real[2000, 100] ~ normal(0, 1)
  let w = [sin(3*j) for j in 1..100]
  let b = sign(A*w)
  var x : real[100]
  minimize mean(softplus(-(b .* (A*x)))) + 0.000001*sumsq(x)
}
solve logistic with gradient_descent
`;

let here: Place;
beforeAll(() => {
  here = place({ 'logistic.opt': logistic });
});
afterAll(() => here.remove());

it('is told, and the run ends as with one', async () => {
  const alone = await here.dotopt(
    'run logistic.opt --target wasm --threads 1 --iterations 4000 --json',
  );
  expect(started.threads).toBe(0);
  const { err, out, code } = await here.dotopt(
    'run logistic.opt --target wasm --threads 2 --iterations 4000 --json',
  );
  expect(started.threads).toBe(1);
  expect(err).toContain('a thread ended; 1 of 2 go on');
  expect(code).toBe(alone.code);
  const [one, two]: readonly unknown[] = [alone.out, out].map((text) => JSON.parse(text));
  expect(two).toMatchObject({ iterations: 4000 });
  const value = (result: unknown): number => Number(Reflect.get(Object(result), 'value'));
  expect(value(two)).toBeCloseTo(value(one), 12);
});
