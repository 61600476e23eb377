// Value and gradient of the mean logistic loss, 20000×512: generated code against a loop that a careful person writes by hand.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { logisticProgram } from './generated.ts';

const [m, n] = [20_000, 512];
const rounds = 15;

const A = Float64Array.from({ length: m * n }, (_, k) => Math.sin(k * 12.9898) * 0.5);
const b = Float64Array.from({ length: m }, (_, k) => (Math.sin(k * 78.233) > 0 ? 1 : -1));

/** One pass over the rows; each row is used twice while it is in the cache. */
function byHand(x: Float64Array, gradient: Float64Array): number {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < n; j += 4) {
      s0 += A[row + j] * x[j];
      s1 += A[row + j + 1] * x[j + 1];
      s2 += A[row + j + 2] * x[j + 2];
      s3 += A[row + j + 3] * x[j + 3];
    }
    const margin = b[i] * (s0 + s1 + (s2 + s3));
    const e = Math.exp(-Math.abs(margin));
    value += Math.max(-margin, 0) + Math.log1p(e);
    const weight = (-b[i] * (margin > 0 ? e / (1 + e) : 1 / (1 + e))) / m;
    for (let j = 0; j < n; j += 4) {
      gradient[j] += weight * A[row + j];
      gradient[j + 1] += weight * A[row + j + 1];
      gradient[j + 2] += weight * A[row + j + 2];
      gradient[j + 3] += weight * A[row + j + 3];
    }
  }
  return value / m;
}

const median = (values: readonly number[]): number =>
  [...values].sort((p, q) => p - q)[Math.floor(values.length / 2)];

const module = logisticProgram();
const data = module.prepare({
  params: {},
  data: {
    A: { storage: 'dense', shape: [m, n], data: A },
    b: { storage: 'dense', shape: [m], data: b },
  },
  sizes: { m, n },
  seed: 1,
  dataSeed: 1,
});
const program = module.createStep(data, 1);
const x = new Float64Array(n).fill(0.01);
const gradient = new Float64Array(n);
const times: { readonly generated: number[]; readonly byHand: number[] } = {
  generated: [],
  byHand: [],
};
let [error, valueError] = [0, 0];
for (let round = 0; round < rounds + 3; round++) {
  program.init();
  const begun = performance.now();
  program.step(1);
  const between = performance.now();
  const value = byHand(x, gradient);
  const end = performance.now();
  // The first rounds warm up.
  if (round >= 3) {
    times.generated.push(between - begun);
    times.byHand.push(end - between);
  }
  const made = program.answer().x.data;
  error = gradient.reduce((most, g, j) => Math.max(most, Math.abs(g - made[j])), error);
  valueError = Math.max(valueError, Math.abs(value - program.reports().value));
}
const [generated, hand] = [median(times.generated), median(times.byHand)];
console.log(`logistic ${m}×${n}, value and gradient, median of ${rounds}`);
console.log(`  generated ${generated.toFixed(2)} ms, by hand ${hand.toFixed(2)} ms`);
console.log(`  ratio ${(generated / hand).toFixed(3)} (at most 1.2 is wanted)`);
console.log(
  `  largest difference: gradient ${error.toExponential(1)}, value ${valueError.toExponential(1)}`,
);

if (process.argv.includes('--peers')) {
  const peers = path.join(import.meta.dirname, 'peers.ts');
  spawnSync(process.execPath, [peers], { stdio: 'inherit' });
}
