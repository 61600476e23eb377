// Our side of the race.
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { StepProgram } from '../../runtime/program.ts';
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
  const { create } = made.specialised;
  return (seed) => {
    const warm = create(seed);
    warm.init();
    const start = outerOf(warm);
    advance(warm, 0, every);
    const program = create(seed);
    let iterations = 0;
    let spent = 0;
    return Promise.resolve({
      compiling,
      start,
      next: () => {
        const since = now();
        if (iterations === 0) program.init();
        advance(program, iterations, every);
        spent += now() - since;
        iterations += every;
        return Promise.resolve({ iterations, seconds: spent / 1000, x: outerOf(program) });
      },
      stop: () => Promise.resolve(),
    });
  };
}

function advance(program: StepProgram, from: number, by: number): void {
  for (let iteration = from + 1; iteration <= from + by; iteration++) program.step(iteration);
}

/** A copy of the outer variables, which come first. */
function outerOf(program: StepProgram): Float64Array {
  const [x] = Object.values(program.answer());
  return Float64Array.from(x.data);
}
