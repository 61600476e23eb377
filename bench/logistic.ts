// Logistic regression, 20000×512: value and gradient, and a fit, beside the loop by hand, NumPy and scikit-learn.
import { solve } from '../compiler/index.ts';
import { logisticByHand } from './by-hand.ts';
import { lossProgram } from './generated.ts';
import { interleave, printTimes, type Competitor } from './interleave.ts';
import type { Peers } from './peers.ts';

const [m, n] = [20_000, 512];

export async function logistic(peers: Peers): Promise<void> {
  // As peers.py makes them: the remainder has the sign of the divisor there.
  const A = Float64Array.from({ length: m * n }, (_, k) => {
    const far = Math.sin(k * 12.9898) * 43758.5453;
    return far - Math.floor(far) - 0.5;
  });
  const b = Float64Array.from({ length: m }, (_, k) => (Math.sin(k * 78.233) > 0 ? 1 : -1));
  await valueAndGradient(A, b, peers);
  await fit(A, peers);
}

async function valueAndGradient(A: Float64Array, b: Float64Array, peers: Peers): Promise<void> {
  const module = lossProgram('logistic', 'ts');
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
  let value = 0;
  const times = await interleave(
    [
      {
        name: 'dotopt',
        round: () => {
          program.init();
          return milliseconds(() => void program.step(1));
        },
      },
      {
        name: 'by hand',
        round: () => milliseconds(() => void (value = logisticByHand(A, b, x, gradient))),
      },
      ...ofPeers(peers, ['numpy logistic', 'sklearn logistic']),
    ],
    15,
  );
  printTimes(`logistic loss ${m}×${n}, value and gradient`, times, (ms) => `${ms.toFixed(2)} ms`);
  const made = program.answer().x.data;
  const error = gradient.reduce((most, g, j) => Math.max(most, Math.abs(g - made[j])), 0);
  const apart = Math.abs(value - program.reports().value);
  console.log(
    `  dotopt and the loop by hand differ by ${error.toExponential(1)} in the gradient, ${apart.toExponential(1)} in the value`,
  );
}

const problem = `problem fit {
  data A : real[m, n]
  data b : real[m]
  var w : real[n]
  minimize sum(i in 1..m) softplus(-b[i]*(A[i, :]*w)) / m + sumsq(w) / (2*m)
}
solve fit with lbfgs
`;

/** As many iterations of L-BFGS as scikit-learn takes. */
async function fit(A: Float64Array, peers: Peers): Promise<void> {
  const name = 'sklearn fit';
  const first = peers.tasks.includes(name) ? await peers.round(name) : undefined;
  const iterations = first?.iterations ?? 20;
  const labels = Array.from({ length: m }, (_, i) => {
    let score = Math.sin(i * 3.7);
    for (let j = 0; j < n; j++) score += A[i * n + j] * Math.cos(j);
    return score > 0 ? 1 : -1;
  });
  const data = { A: { storage: 'dense' as const, shape: [m, n], data: A }, b: labels };
  let value = NaN;
  const times = await interleave(
    [
      {
        name: 'dotopt',
        round: async () => {
          const solved = await solve(problem, { data, iterations });
          if (!solved.ok) throw new Error(solved.text);
          const [result] = solved.results;
          value = result.value ?? NaN;
          return (result.seconds.iterations * 1000) / result.iterations;
        },
      },
      ...ofPeers(peers, [name]),
    ],
    5,
    1,
  );
  const title = `the same with a penalty, an iteration of L-BFGS (of ${iterations})`;
  printTimes(title, times, (ms) => `${ms.toFixed(2)} ms`);
  const reached = first?.value === undefined ? '' : `, scikit-learn ${first.value.toPrecision(8)}`;
  console.log(`  values reached: dotopt ${value.toPrecision(8)}${reached}`);
}

/** Milliseconds an iteration. */
export const ofPeers = (peers: Peers, names: readonly string[]): readonly Competitor[] =>
  names
    .filter((name) => peers.tasks.includes(name))
    .map((name) => ({
      name,
      round: async () => {
        const round = await peers.round(name);
        return round === undefined ? NaN : round.ms / round.iterations;
      },
    }));

function milliseconds(task: () => void): number {
  const begun = performance.now();
  task();
  return performance.now() - begun;
}
