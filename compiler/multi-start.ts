// Several starts where nothing is known to be convex: the method runs from the problem's own start and from drawn ones, and the run that is shown begins
// where the best of them began.
import { RuntimeFault } from '../runtime/fault.ts';
import type { StepProgram, Values } from '../runtime/program.ts';
import { copyValues } from '../runtime/run.ts';
import { startOf } from './lower/start.ts';
import { variableSet } from './match/feasible.ts';
import type { Problem, Variable } from './problem/problem.ts';
import type { Session } from './session.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';

/** How many starts are tried, the problem's own among them. */
export const startsTried = 24;

/** Iterations of a trial at most. */
const trialIterations = 300;

/** No further start is tried after this. */
const trialSeconds = 3;

/** The best trials whose certificates are looked at. */
const examined = 6;

/** The problem with drawn starts: uniform between bounds, else normal around the start. */
export const withDrawnStarts = (graph: Graph, problem: Problem): Problem => ({
  ...problem,
  level: {
    ...problem.level,
    variables: problem.level.variables.map((variable, k) => drawnStart(graph, variable, k)),
  },
});

/** Beyond the sites of any program text. */
const firstSite = 900_000;

function drawnStart(graph: Graph, variable: Variable, k: number): Variable {
  const { shape, lower, upper, span } = variable;
  const draw = (distribution: 'uniform' | 'normal', site: number): Node =>
    graph.draw(distribution, [0, 1], { site, shape, counters: [] });
  const full = (node: Node): Node => graph.broadcastTo(node, shape);
  const start = full(startOf(graph, variable, () => variableSet(graph, variable).centre()));
  const spread = graph.mul(3, graph.add(1, graph.abs(start)));
  let node = graph.add(start, graph.mul(spread, draw('normal', firstSite + 2 * k)));
  if (lower !== undefined && upper !== undefined) {
    const [low, width] = [full(lower.node), graph.sub(full(upper.node), full(lower.node))];
    const between = graph.add(low, graph.mul(width, draw('uniform', firstSite + 2 * k + 1)));
    node = graph.select(graph.lt(width, 1e6), between, node);
  }
  if (lower !== undefined) node = graph.max(node, full(lower.node));
  if (upper !== undefined) node = graph.min(node, full(upper.node));
  return { ...variable, start: { kind: 'draw', distribution: 'uniform', node, span } };
}

/** Programs that begin at the best of several starts. `drawn` makes the programs of the problem with drawn starts. */
export const fromSeveralStarts =
  (
    session: Session,
    create: (seed: number) => StepProgram,
    drawn: () => (seed: number) => StepProgram,
  ): ((seed: number) => StepProgram) =>
  (seed) => {
    const program = create(seed);
    return {
      ...program,
      init: () => {
        program.init();
        const own = program.save();
        const best = bestStart(session, seed, create, drawn());
        if (best !== undefined && Object.keys(own).every((name) => Object.hasOwn(best, name)))
          program.restore(best);
      },
    };
  };

interface Trial {
  readonly start: Values;
  readonly answer: Values;
  /** In the sense of minimisation. */
  readonly value: number;
}

/** The states to begin with; undefined where the problem's own start is as good as any. */
function bestStart(
  session: Session,
  seed: number,
  own: (seed: number) => StepProgram,
  drawn: (seed: number) => StepProgram,
): Values | undefined {
  const begun = performance.now();
  const trials: Trial[] = [];
  for (let k = 0; k < startsTried; k++) {
    const left = 1000 * trialSeconds - (performance.now() - begun);
    if (left <= 0) break;
    const program = k === 0 ? own(seed) : drawn(1000 * seed + k);
    const trial = tried(session, program, left);
    if (trial !== undefined) trials.push(trial);
  }
  const ranked = [...trials].sort((a, b) => a.value - b.value);
  const proved = ranked.slice(0, examined).find(({ answer }) => isProved(session, answer));
  return (proved ?? settledBest(session, ranked.slice(0, examined)))?.start;
}

/** A run to its end, without measuring. Undefined where it fails. */
function tried(session: Session, program: StepProgram, milliseconds: number): Trial | undefined {
  const begun = performance.now();
  try {
    program.init();
    const from = program.save();
    for (let k = 1; k <= trialIterations; k++)
      if (program.step(k) || performance.now() - begun > milliseconds) break;
    const answer = copyValues(program.answer());
    const value = valueAt(session, answer);
    return Number.isNaN(value) ? undefined : { start: from, answer, value };
  } catch (error) {
    if (error instanceof RuntimeFault) return undefined;
    throw error;
  }
}

function valueAt({ program }: Session, answer: Values): number {
  const { value, violation } = program.measure(answer);
  if (violation > 1e-6) return Infinity;
  return (program.sense === 'maximize' ? -1 : 1) * (value ?? NaN);
}

function isProved({ program }: Session, answer: Values): boolean {
  const { status } = program.certify(answer);
  return status === 'optimal' || status === 'stationary';
}

/** The best once the lower levels are solved again. */
function settledBest(session: Session, trials: readonly Trial[]): Trial | undefined {
  let best: Trial | undefined;
  let least = Infinity;
  for (const trial of trials) {
    const settled = session.program.settled(trial.answer);
    const value = settled === undefined ? Infinity : valueAt(session, settled);
    if (!(value < least)) continue;
    [best, least] = [trial, value];
  }
  return best;
}
