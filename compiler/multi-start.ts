// Several starts where nothing is known to be convex: the method runs from the problem's own start and from drawn ones, and the run that is shown begins
// where the best of them began.
import { RuntimeFault } from '../runtime/fault.ts';
import type { OracleCounts, StepProgram, Values } from '../runtime/program.ts';
import { copyValues } from '../runtime/run.ts';
import { addCounts, type SearchWork } from '../runtime/search-work.ts';
import { noCounts } from '../runtime/trace.ts';
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

export interface SeveralStarts {
  readonly create: (seed: number) => StepProgram;
  /** What was done to find the start; undefined before the first run. */
  readonly searched: () => SearchWork | undefined;
}

/** Programs that begin at the best of several starts, sought once a seed. `drawn` makes the programs of the problem with drawn starts. */
export function fromSeveralStarts(
  session: Session,
  create: (seed: number) => StepProgram,
  drawn: () => (seed: number) => StepProgram,
): SeveralStarts {
  const found = new Map<number, Best>();
  let last: SearchWork | undefined;
  const bestFor = (seed: number): Values | undefined => {
    const best = found.get(seed) ?? bestStart(session, seed, create, drawn);
    found.set(seed, best);
    last = best.work;
    return best.start;
  };
  return {
    searched: () => last,
    create: (seed) => {
      const program = create(seed);
      const best = bestFor(seed);
      return {
        ...program,
        init: () => {
          program.init();
          const own = program.save();
          if (best !== undefined && Object.keys(own).every((name) => Object.hasOwn(best, name)))
            program.restore(best);
        },
      };
    },
  };
}

interface Best {
  /** Undefined where the problem's own start is as good as any. */
  readonly start: Values | undefined;
  readonly work: SearchWork;
}

interface Trial {
  readonly start: Values;
  readonly answer: Values;
  /** In the sense of minimisation. */
  readonly value: number;
}

function bestStart(
  session: Session,
  seed: number,
  own: (seed: number) => StepProgram,
  draw: () => (seed: number) => StepProgram,
): Best {
  const begun = performance.now();
  const drawn = draw();
  const trials: Trial[] = [];
  let counts = noCounts();
  let starts = 0;
  for (; starts < startsTried; starts++) {
    const left = 1000 * trialSeconds - (performance.now() - begun);
    if (left <= 0) break;
    const program = starts === 0 ? own(seed) : drawn(1000 * seed + starts);
    const trial = tried(session, program, left);
    counts = addCounts(counts, program.counts);
    counts.values++;
    if (trial !== undefined) trials.push(trial);
  }
  const ranked = [...trials].sort((a, b) => a.value - b.value);
  const proved = ranked.slice(0, examined).find(({ answer }) => isProved(session, answer));
  const best = proved ?? settledBest(session, ranked.slice(0, examined), counts);
  const seconds = (performance.now() - begun) / 1000;
  return { start: best?.start, work: { starts, points: 0, counts, seconds } };
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

/** The best once the lower levels are solved again, which is counted. */
function settledBest(
  session: Session,
  trials: readonly Trial[],
  counts: OracleCounts,
): Trial | undefined {
  let best: Trial | undefined;
  let least = Infinity;
  for (const trial of trials) {
    const settled = session.program.settled(trial.answer);
    counts.solves++;
    if (settled !== undefined) counts.values++;
    const value = settled === undefined ? Infinity : valueAt(session, settled);
    if (!(value < least)) continue;
    [best, least] = [trial, value];
  }
  return best;
}
