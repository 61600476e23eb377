// The same seed draws the same on every target: counts, integers, batches and permutations exactly, real numbers to the target's rounding; and a run repeated gives the same bits.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../compiler/program-input.ts';
import type { OracleCounts, Values } from '../../runtime/program.ts';
import { testedBackends } from '../tfjs/backends.ts';
import { openedWith } from '../tfjs/stepping.ts';

/** States that hold what was drawn: a permutation, whole numbers, a batch, real numbers of data and of the run. */
const text = `
method drawing for { minimize E(z in D) f(x, z) over x } where f is smooth {
  state order = zeros(7)
  state hits = zeros(4)
  state real_number = zeros(5)
  repeat {
    q ~ permutation(7)
    order <- q
    d ~ poisson(3)[4]
    hits <- d
    u ~ normal(0, 1)[5]
    real_number <- u
    let B = batch(D, 3)
    x <- x - 0.1*grad(E(z in B) f(x, z), x)
  }
}
problem p {
  data z : real[6, 2] ~ normal(0, 1)
  var x : real[2] start ~ normal(0, 1)
  minimize E(i in 1..6) sumsq(x - z[i, :])
}
solve p with drawing`;

interface Drawn {
  readonly states: readonly Values[];
  readonly counts: OracleCounts;
}

async function drawnWith(settings: Partial<Settings>, seed: number): Promise<Drawn> {
  const { specialised } = await openedWith(text, settings);
  const program = specialised.create(seed);
  await program.init();
  const states: Values[] = [];
  for (let k = 1; k <= 5; k++) {
    await program.step(k);
    await program.settle?.();
    states.push(
      Object.fromEntries(
        Object.entries(program.save()).map(([name, value]) => [
          name,
          { ...value, data: Float64Array.from(value.data) },
        ]),
      ),
    );
  }
  const { counts } = program;
  program.dispose?.();
  return { states, counts: { ...counts } };
}

const of = ({ states }: Drawn, name: string): readonly (readonly number[])[] =>
  states.map((values) => [...values[name].data]);

const reference = await drawnWith({ target: 'ts' }, 3);

function agrees(settings: Partial<Settings>, rounding: number): void {
  it('draws what plain JavaScript draws', async () => {
    const found = await drawnWith(settings, 3);
    expect(found.counts).toEqual(reference.counts);
    for (const name of ['order', 'hits']) expect(of(found, name)).toEqual(of(reference, name));
    for (const name of ['real_number', 'x'])
      of(found, name).forEach((row, k) =>
        row.forEach((value, i) => {
          const expected = of(reference, name)[k][i];
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(
            rounding * Math.max(1, Math.abs(expected)),
          );
        }),
      );
  });

  it('gives the same bits again, and others for another seed', async () => {
    const first = await drawnWith(settings, 3);
    expect(await drawnWith(settings, 3)).toEqual(first);
    expect(of(await drawnWith(settings, 4), 'order')).not.toEqual(of(first, 'order'));
  });
}

it('draws permutations and whole numbers', () => {
  for (const row of of(reference, 'order'))
    expect([...row].sort((a, b) => a - b)).toEqual(
      row.map((_, k) => k + row.reduce((a, b) => Math.min(a, b))),
    );
  for (const row of of(reference, 'hits'))
    expect(row.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
  expect(reference.counts.samples).toBe(15);
});

describe('ts', () => agrees({ target: 'ts' }, 0));
describe('wasm', () => agrees({ target: 'wasm' }, 1e-14));
for (const { name: backend, tf, why } of await testedBackends())
  describe(`tfjs on ${backend}`, () => {
    if (tf === undefined) {
      it.skip(`not run: ${why}`, () => undefined);
      return;
    }
    beforeAll(async () => {
      await tf.setBackend(backend);
    });
    it('runs on that backend', () => expect(tf.getBackend()).toBe(backend));
    agrees(
      { target: 'tfjs', tfjs: { tf, backend, better: [] } },
      backend === 'webgpu' ? 2 ** -11 : 2 ** -20,
    );
  });
