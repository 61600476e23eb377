// How fast each target is here: the gradient of a logistic loss, whose matrix is larger than the near caches, for a second.
import { readProgram } from '../front.ts';
import { memoryHost } from '../memory-host.ts';
import { noSettings, type Settings } from '../program-input.ts';
import { openSession } from '../session.ts';
import { solveSession } from '../solve.ts';
import { solvesOf, taskOf } from '../tasks.ts';

const [rows, columns] = [4000, 256];
const seconds = 1;

const program = `problem speed {
  data A : real[${rows}, ${columns}] ~ normal(0, 1)
  data s : real[${rows}] ~ normal(0, 1)
  data y : real[${rows}] = sign(s)
  var w : real[${columns}]
  minimize E(i in 1..${rows}) log(1 + exp(-y[i] * (A[i, :] * w)))
}
solve speed with gradient_descent(0.01) stop when iterations >= 10000000
`;

export interface Speed {
  readonly iterationsPerSecond: number;
  /** 10⁹ bytes a second of the matrix, which an iteration reads once; it has 32-bit numbers on tfjs. */
  readonly gigabytesPerSecond: number;
}

/** Undefined where it does not run; the reason is a text then. */
export async function speedOf(
  settings: Pick<Settings, 'target' | 'threads' | 'tfjs'>,
): Promise<Speed | string> {
  const host = memoryHost();
  const front = readProgram('speed.opt', new TextEncoder().encode(program), host, {
    settings: new Map(),
    givenShapes: new Map(),
    readHeaders: true,
  });
  for (const solve of solvesOf(front.model, front.model.problems)) {
    const opened = openSession(front, solve.problem, host, { ...noSettings, ...settings });
    if (!opened.ok) return opened.diagnostics[0]?.message ?? 'it does not run';
    const solved = await solveSession(opened.session, taskOf(solve), {
      seed: 1,
      dataSeed: 1,
      limits: { seconds },
    });
    if (!solved.ok) return solved.diagnostics[0]?.message ?? 'it does not run';
    const { iterations, seconds: spent } = solved.result;
    // The first one compiles and warms up.
    const rate = (iterations - 1) / (spent.iterations - spent.first);
    const entry = settings.target === 'tfjs' ? 4 : 8;
    return {
      iterationsPerSecond: rate,
      gigabytesPerSecond: (rate * rows * columns * entry) / 1e9,
    };
  }
  return 'it does not run';
}

export const speedText = ({ iterationsPerSecond, gigabytesPerSecond }: Speed): string =>
  `${iterationsPerSecond.toPrecision(3)} gradients a second of a logistic loss, ${rows} × ${columns}; its matrix is read at ${gigabytesPerSecond.toFixed(1)} GB/s`;
