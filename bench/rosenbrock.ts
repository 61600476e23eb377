// Rosenbrock's function of two variables: an iteration of gradient descent and of L-BFGS, beside NumPy and SciPy.
import { solve } from '../compiler/index.ts';
import { rosenbrockProgram } from './generated.ts';
import { interleave, printTimes } from './interleave.ts';
import { ofPeers } from './logistic.ts';
import type { Peers } from './peers.ts';

const steps = 200_000;

const problem = `problem rosenbrock {
  var x : real[2] start [-1.2, 1]
  minimize 100*(x[2] - x[1]^2)^2 + (1 - x[1])^2
}
solve rosenbrock with lbfgs
`;

export async function rosenbrock(peers: Peers): Promise<void> {
  const module = rosenbrockProgram();
  const data = module.prepare({ params: {}, data: {}, sizes: {}, seed: 1, dataSeed: 1 });
  const program = module.createStep(data, 1);
  const descent = {
    name: 'dotopt',
    round: () => {
      program.init();
      const begun = performance.now();
      for (let k = 1; k <= steps; k++) program.step(k);
      return (performance.now() - begun) / steps;
    },
  };
  const gradient = await interleave([descent, ...ofPeers(peers, ['numpy rosenbrock'])], 9);
  printTimes('Rosenbrock in two variables, a step of gradient descent', gradient, nanoseconds);
  const lbfgs = {
    name: 'dotopt',
    round: async () => {
      const solved = await solve(problem);
      if (!solved.ok) throw new Error(solved.text);
      const [{ seconds, iterations }] = solved.results;
      return (seconds.iterations * 1000) / iterations;
    },
  };
  const quasi = await interleave([lbfgs, ...ofPeers(peers, ['scipy rosenbrock'])], 9);
  printTimes('the same, an iteration of L-BFGS in a first, cold run', quasi, nanoseconds);
}

const nanoseconds = (ms: number): string =>
  ms >= 1e-3 ? `${(ms * 1e3).toPrecision(3)} µs` : `${(ms * 1e6).toPrecision(3)} ns`;
