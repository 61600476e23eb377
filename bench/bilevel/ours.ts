// Our side of the race.
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { Program } from '../../runtime/program.ts';
import type { OpenProblem } from './problems.ts';
import type { Clock, Start } from './side.ts';

/** The k-th `solve` of the problem's file, compiled once; each run begins with iterations that warm up and do not count. */
export async function ourSide(
  { front, session }: OpenProblem,
  k: number,
  every: number,
  clock: Clock,
): Promise<Start> {
  const now = (): number => {
    if (clock === 'wall') return performance.now();
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const begun = performance.now();
  const made = await specialise(session, taskOf(front.model.solves[k]));
  if (!made.ok) {
    const why = made.diagnostics.map(({ message }) => message).join('; ');
    return () => Promise.resolve(why);
  }
  const compiling = session.seconds.compile + (performance.now() - begun) / 1000;
  const { createHere: create } = made.specialised;
  return async (seed) => {
    const warm = create(seed);
    await warm.init();
    const start = outerOf(warm);
    await advance(warm, 0, every);
    const program = create(seed);
    let iterations = 0;
    let spent = 0;
    return {
      compiling,
      start,
      next: async () => {
        const since = now();
        if (iterations === 0) await program.init();
        await advance(program, iterations, every);
        spent += now() - since;
        iterations += every;
        return { iterations, seconds: spent / 1000, x: outerOf(program) };
      },
      stop: () => Promise.resolve(),
    };
  };
}

async function advance(program: Program, from: number, by: number): Promise<void> {
  for (let iteration = from + 1; iteration <= from + by; iteration++) {
    const asked = program.step(iteration);
    if (asked instanceof Promise) await asked;
  }
}

/** A copy of the outer variables, which come first. */
function outerOf(program: Program): Float64Array {
  const [x] = Object.values(program.answer());
  return Float64Array.from(x.data);
}
