import { describe, expect, it } from 'vitest';
import { distributions, type DistributionName } from '../../runtime/random/distributions.ts';
import { philox } from '../../runtime/random/philox.ts';
import { createRandom, moveTo } from '../../runtime/random/random.ts';
import { sampleWithoutReplacement } from '../../runtime/random/sample.ts';
import { erf } from '../../runtime/kernels/special.ts';

const N = 20_000;

function draw(
  name: DistributionName,
  parameters: readonly number[],
  {
    count = N,
    width = N,
    seed = 7,
    site = 3,
    counters = [1],
  }: Partial<{ count: number; width: number; seed: number; site: number; counters: number[] }> = {},
): Float64Array {
  const random = createRandom(seed, 'run');
  moveTo(random, site, counters);
  const out = new Float64Array(count);
  distributions[name](
    random,
    out,
    parameters.map((p) => Float64Array.of(p)),
    width,
  );
  return out;
}

const mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: Float64Array): number => {
  const m = mean(x);
  return mean(x.map((v) => (v - m) ** 2));
};

/** The Kolmogorov-Smirnov distance times sqrt(N); above 1.95 with probability 0.001. */
function ksDistance(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.slice().sort();
  let worst = 0;
  sorted.forEach((x, k) => {
    const c = cdf(x);
    worst = Math.max(worst, Math.abs(c - k / sorted.length), Math.abs(c - (k + 1) / sorted.length));
  });
  return worst * Math.sqrt(sorted.length);
}

describe('philox', () => {
  // Known answers of the authors' library Random123 (kat_vectors, philox4x32 with 10 rounds).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('known answer %#', (counter, [k0, k1], expected) => {
    const words = Uint32Array.from(counter);
    philox(words, k0, k1);
    expect([...words]).toEqual(expected);
  });
});

describe('draws', () => {
  it('depend on seed, stream, site, counters and entry, and on nothing else', () => {
    const base = draw('uniform', [0, 1], { count: 8 });
    expect([...draw('uniform', [0, 1], { count: 8 })]).toEqual([...base]);
    expect([...draw('uniform', [0, 1], { count: 5 })]).toEqual([...base.slice(0, 5)]);
    for (const other of [
      { seed: 8 },
      { site: 4 },
      { counters: [2] },
      { counters: [1, 0] },
      { counters: [] },
    ])
      expect(draw('uniform', [0, 1], { count: 8, ...other })[0]).not.toBe(base[0]);
    const data = createRandom(7, 'data');
    moveTo(data, 3, [1]);
    const out = new Float64Array(1);
    distributions.uniform(data, out, [Float64Array.of(0), Float64Array.of(1)], 1);
    expect(out[0]).not.toBe(base[0]);
  });

  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  const continuous: readonly (readonly [
    DistributionName,
    readonly number[],
    (x: number) => number,
  ])[] = [
    ['uniform', [-1, 3], (x) => (x + 1) / 4],
    ['normal', [2, 3], (x) => 0.5 * (1 + erf((x - 2) / 3 / Math.SQRT2))],
    ['exponential', [0.5], (x) => 1 - Math.exp(-0.5 * x)],
    [
      'laplace',
      [1, 2],
      (x) => (x < 1 ? 0.5 * Math.exp((x - 1) / 2) : 1 - 0.5 * Math.exp(-(x - 1) / 2)),
    ],
    ['gamma', [3, 2], (x) => 1 - Math.exp(-2 * x) * (1 + 2 * x + 2 * x * x)],
    ['gamma', [0.5, 1], (x) => erf(Math.sqrt(x))],
    [
      'beta',
      [2, 3],
      (x) => [2, 3, 4].reduce((s, k) => s + choose(4, k) * x ** k * (1 - x) ** (4 - k), 0),
    ],
    ['beta', [0.5, 0.5], (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    ['student_t', [1], (x) => 0.5 + Math.atan(x) / Math.PI],
    ['student_t', [2], (x) => 0.5 + x / (2 * Math.sqrt(2 + x * x))],
  ];
  it.each(continuous)('%s(%j) has its distribution', (name, parameters, cdf) => {
    expect(ksDistance(draw(name, parameters), cdf)).toBeLessThan(1.95);
  });
  it('are not correlated along the array nor between counters', () => {
    const a = draw('normal', [0, 1]);
    const b = draw('normal', [0, 1], { counters: [2] });
    const product = (x: Float64Array, y: Float64Array): number =>
      mean(x.map((v, k) => v * y[k])) * Math.sqrt(N);
    expect(Math.abs(product(a, b))).toBeLessThan(3.3);
    expect(Math.abs(product(a.slice(0, -1), a.slice(1)))).toBeLessThan(3.3);
    expect(Math.abs(product(a.slice(0, -2), a.slice(2)))).toBeLessThan(3.3);
  });

  const logFactorial = (k: number): number => {
    let sum = 0;
    for (let j = 2; j <= k; j++) sum += Math.log(j);
    return sum;
  };
  it.each([0.3, 4, 12, 60])('poisson(%d) has its probabilities', (rate) => {
    const sample = draw('poisson', [rate]);
    let chiSquare = 0;
    let cells = 0;
    for (let k = 0; k < 200; k++) {
      const expected = N * Math.exp(k * Math.log(rate) - rate - logFactorial(k));
      if (expected < 10) continue;
      const seen = sample.filter((v) => v === k).length;
      chiSquare += (seen - expected) ** 2 / expected;
      cells++;
    }
    expect(chiSquare).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  });
  it('bernoulli, rademacher and categorical have their shares', () => {
    const five = 4 * Math.sqrt(N * 0.25);
    expect(Math.abs(draw('bernoulli', [0.3]).reduce((a, b) => a + b, 0) - 0.3 * N)).toBeLessThan(
      five,
    );
    expect(Math.abs(draw('rademacher', []).reduce((a, b) => a + b, 0))).toBeLessThan(2 * five);
    expect(variance(draw('rademacher', []))).toBeCloseTo(1, 2);
    const random = createRandom(1, 'run');
    const out = new Float64Array(N);
    distributions.categorical(random, out, [Float64Array.of(1, 0, 3)], N);
    const shares = [0, 1, 2].map((c) => out.filter((v) => v === c).length);
    expect(shares[1]).toBe(0);
    expect(Math.abs(shares[0] - N / 4)).toBeLessThan(five);
    const each = new Float64Array(2);
    distributions.categorical(random, each, [Float64Array.of(1, 0, 0, 0, 0, 1)], 2, 3);
    expect([...each]).toEqual([0, 2]);
  });
  it('dirichlet rows sum to one with beta marginals', () => {
    const random = createRandom(5, 'run');
    const out = new Float64Array(3 * 5000);
    distributions.dirichlet(random, out, [Float64Array.of(1, 1, 1)], 3);
    expect(out[0] + out[1] + out[2]).toBeCloseTo(1, 14);
    const first = out.filter((_, k) => k % 3 === 0);
    expect(ksDistance(first, (x) => 1 - (1 - x) ** 2)).toBeLessThan(1.95);
  });
  it('a permutation is one, and all are equally likely', () => {
    expect([...draw('permutation', [], { count: 50, width: 50 })].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, k) => k),
    );
    const rows = draw('permutation', [], { count: 3 * 6000, width: 3 });
    const seen = new Map<string, number>();
    for (let k = 0; k < rows.length; k += 3) {
      const key = rows.slice(k, k + 3).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values())
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
  it('samples without replacement, each position equally often', () => {
    const random = createRandom(2, 'run');
    const counts = new Float64Array(10);
    const out = new Float64Array(4);
    for (let trial = 0; trial < 5000; trial++) {
      moveTo(random, 0, [trial]);
      sampleWithoutReplacement(random, out, 10);
      expect(new Set(out).size).toBe(4);
      for (const position of out) counts[position]++;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(1200));
  });
  it('gives NaN for parameters outside the domain, and never hangs', () => {
    for (const [name, parameters] of [
      ['gamma', [-1, 1]],
      ['poisson', [NaN]],
      ['poisson', [Infinity]],
      ['bernoulli', [2]],
      ['exponential', [0]],
      ['beta', [0, 1]],
      ['student_t', [-2]],
    ] as const)
      expect(draw(name, parameters, { count: 2 })[0]).toBeNaN();
    expect(draw('beta', [1e-4, 1e-4], { count: 100 }).every((x) => x >= 0 && x <= 1)).toBe(true);
  });
});
