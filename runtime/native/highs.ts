// Linear and convex quadratic programs by HiGHS (Huangfu & Hall 2018), as a program of one iteration.
import type { Highs, HighsSolution } from 'highs';
import { RuntimeFault } from '../fault.ts';
import type { StepProgram, Values } from '../program.ts';
import { noCounts } from '../kernels/programs.ts';
import { linearProgramText, type LinearProgram } from './lp-text.ts';

export type HighsStatus =
  | 'Optimal'
  | 'Infeasible'
  | 'Unbounded'
  | 'Primal infeasible or unbounded'
  | 'Time limit reached'
  | 'other';

export interface HighsAnswer {
  readonly status: HighsStatus;
  readonly x: Float64Array;
  /** How fast the optimal value falls as the right side of each row grows, with the sign of a multiplier of row - right side: >= 0 for rows <=. NaN for whole
   * variables, where there is none. */
  readonly multipliers: Float64Array;
}

export interface HighsSolver {
  readonly solve: (program: LinearProgram) => HighsAnswer;
}

const statuses: readonly HighsStatus[] = [
  'Optimal',
  'Infeasible',
  'Unbounded',
  'Primal infeasible or unbounded',
  'Time limit reached',
];

/** Loads HiGHS; about 40 ms the first time. */
export async function loadHighs(): Promise<HighsSolver> {
  const highs = await (await loader())();
  return {
    solve: (program) => {
      const n = program.c.length;
      const solution = solved(highs, linearProgramText(program));
      const x = new Float64Array(n);
      for (let j = 0; j < n; j++) {
        const column: unknown = solution.Columns[`x${j}`];
        if (typeof column === 'object' && column !== null && 'Primal' in column)
          x[j] = Number(column.Primal);
      }
      return {
        status: statuses.find((status) => status === solution.Status) ?? 'other',
        x,
        multipliers: multipliersOf(solution, program.rowLower.length),
      };
    },
  };
}

/** What HiGHS refuses (a goal that is not convex after all) ends the run as numerical trouble. */
function solved(highs: Highs, text: string): HighsSolution {
  try {
    return highs.solve(text, { output_flag: false });
  } catch (error) {
    throw new RuntimeFault(
      `HiGHS could not take the program: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

/** Rows come in the order of the text: one for each equation or inequality (lp-text.ts). */
function multipliersOf({ Rows }: HighsSolution, count: number): Float64Array {
  const found = new Float64Array(count).fill(NaN);
  Rows.slice(0, count).forEach((row, i) => {
    if ('Dual' in row && typeof row.Dual === 'number') found[i] = -row.Dual;
  });
  return found;
}

/** The package is CommonJS: by loader, its function is the default export or the default of that. */
async function loader(): Promise<() => Promise<Highs>> {
  const { default: found } = await import('highs');
  return 'default' in found ? found.default : found;
}

/** The solver as a step: the first iteration solves, and the method then asks to stop. `split` lays the flat answer out in variables. */
export function highsProgram(
  solver: HighsSolver,
  program: LinearProgram,
  split: (x: Float64Array) => Values,
  ended: (answer: HighsAnswer) => void,
): StepProgram {
  let x: Float64Array = new Float64Array(program.c.length);
  const counts = noCounts();
  const clamp = (value: number, j: number): number =>
    Math.min(Math.max(value, program.lower[j]), program.upper[j]);
  const start = (): Float64Array => x.map((_, j) => clamp(0, j));
  return {
    counts,
    init: () => {
      x = start();
      Object.assign(counts, noCounts());
    },
    step: () => {
      const answer = solver.solve(program);
      counts.solves++;
      ended(answer);
      if (answer.status === 'Optimal') x = answer.x.map(clamp);
      else if (answer.status === 'other') throw new RuntimeFault('HiGHS ended without an answer');
      return true;
    },
    answer: () => split(x),
    reports: () => ({}),
    save: () => ({ x: { storage: 'dense', shape: [x.length], data: x.slice() } }),
    restore: (states) => {
      x = states.x.data.slice();
    },
    trace: () => undefined,
  };
}
