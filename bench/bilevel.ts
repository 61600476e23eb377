// `npx node bench/bilevel.ts [--peer DIR]`: time to a given suboptimality on hyper-cleaning and regularisation selection, beside the same methods in a local copy of
// benchmark_bilevel: the same numbers, steps and batches, one thread each, rounds in turn, and one code for both that says how good an x is.
import { parseArgs } from 'node:util';
import { checks, entries, oursAlone, theirsAlone } from './bilevel/entries.ts';
import { ourSide } from './bilevel/ours.ts';
import { startPeer, type Peer } from './bilevel/peer.ts';
import {
  dataOf,
  goalsAt,
  openProblem,
  problems,
  valueFunction,
  type OpenProblem,
} from './bilevel/problems.ts';
import { race, type Finish } from './bilevel/race.ts';
import type { Clock, Start } from './bilevel/side.ts';
import { median } from '../runtime/compare/statistics.ts';

/** What is left of the value at the start, less the best known value. */
const targets = [0.3, 0.1];
const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string' },
    seeds: { type: 'string' },
    wall: { type: 'boolean' },
    bits: { type: 'string' },
  },
});

const seeds = Array.from({ length: Number(options.seeds ?? 3) }, (_, k) => k + 1);
/** What is timed: the processor, for others may use the machine; with `--wall` the wall. */
const clock: Clock = options.wall === true ? 'wall' : 'processor';
/** Seconds a run. */
const limit = Number(options.seconds ?? 10);

const peer = await peerOf(options.peer);
for (const problem of problems) {
  if (options.only !== undefined && !problem.name.startsWith(options.only)) continue;
  console.log(`\n${problem.title}`);
  const methods = [...entries, ...checks].map((entry) => entry.ours(entry.steps[problem.name]));
  const opened = openProblem(problem, methods);
  if (peer !== undefined) await same(opened, peer);
  await races(opened);
}
if (peer !== undefined) {
  console.log(
    `\nmissing: the other side has no ${oursAlone.join(', ')}; dotopt has no ${theirsAlone.join(', ')}`,
  );
  for (const entry of entries)
    if (entry.differs !== undefined) console.log(`${entry.name}: ${entry.differs}`);
}
peer?.close();

async function peerOf(directory: string | undefined): Promise<Peer | undefined> {
  console.log(`node ${process.versions.node}, one thread, seconds of the ${clock}`);
  if (directory === undefined) {
    console.log(
      'alone: `--peer DIR` takes a copy of github.com/benchopt/benchmark_bilevel beside it',
    );
    return undefined;
  }
  const found = await startPeer(directory);
  if (typeof found === 'string') {
    console.log(`missing: the other side (${found})`);
    return undefined;
  }
  console.log(found.versions);
  for (const name of found.missing) console.log(`missing: ${name}`);
  return found;
}

/** Whether both sides have the same problem, and the same method where nothing is drawn. */
async function same(opened: OpenProblem, other: Peer): Promise<void> {
  const { problem } = opened;
  await other.open(dataOf(opened), 64);
  const lower = Float64Array.from({ length: problem.lowerCount }, (_, k) => Math.sin(3 * k) / 3);
  const x = Float64Array.from({ length: problem.upperCount }, (_, k) => Math.cos(5 * k));
  const theirs = await other.values([...lower], [...x]);
  const ours = goalsAt(opened, lower, x);
  const goalsApart = Math.max(...ours.map((value, k) => Math.abs(value - Number(theirs[k]))));
  console.log(`both goals at a drawn point differ by ${goalsApart.toExponential(1)}`);
  for (const [k, entry] of checks.entries()) {
    const a = await after(await ourSide(opened, entries.length + k, entry.every, clock), 2);
    const b = await after(other.start(entry, problem.name, clock), 2);
    const begun = await after(other.start(entry, problem.name, clock), 0);
    const iterations = 2 * entry.every;
    console.log(
      `${entry.name} with all samples: after ${iterations} iterations the two x differ by ${apart(a, b).toExponential(1)}, having gone ${apart(begun, b).toPrecision(2)}`,
    );
  }
}

/** The outer variables after some blocks. */
async function after(start: Start, blocks: number): Promise<Float64Array> {
  const runner = await start(1);
  if (typeof runner === 'string') return new Float64Array();
  let at = runner.start;
  for (let block = 0; block < blocks; block++) {
    const mark = await runner.next();
    if (typeof mark !== 'string') at = mark.x;
  }
  await runner.stop();
  return at;
}

function apart(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length || a.length === 0) return NaN;
  return Math.max(...a.map((entry, k) => Math.abs(entry - b[k])));
}

/** The table of a problem: each method on each side, rounds in turn. */
async function races(opened: OpenProblem): Promise<void> {
  const { problem, session } = opened;
  const value = valueFunction(opened);
  const known = session.program.known[0]?.value[0] ?? NaN;
  const first = value(startOf(opened)).value;
  const goals = targets.map((left) => known + left * (first - known));
  console.log(
    `value ${first.toPrecision(6)} at the start, ${known.toPrecision(6)} is the best known; targets ${goals.map((goal) => goal.toPrecision(6)).join(' and ')}`,
  );
  row(
    [
      'method',
      'side',
      ...targets.map((left) => `${left * 100} % left`),
      'ratio',
      'µs an iteration',
      'compiling',
    ],
    true,
  );
  let lowerGap = 0;
  for (const [k, entry] of entries.entries()) {
    const sides: (readonly [name: string, open: () => Promise<void>, start: Start])[] = [
      ['dotopt', () => Promise.resolve(), await ourSide(opened, k, entry.every, clock)],
    ];
    if (peer !== undefined && entry.peer !== undefined) {
      const data = dataOf(opened);
      const start = peer.start(entry, problem.name, clock);
      for (const bits of [64, 32] as const)
        if (options.bits === undefined || options.bits === String(bits))
          sides.push([`benchmark, f${bits}`, () => peer.open(data, bits), start]);
    }
    const finishes = sides.map((): (Finish | string)[] => []);
    for (const seed of entry.drawn ? seeds : seeds.slice(0, 1))
      for (const [s, [, open, start]] of sides.entries()) {
        await open();
        finishes[s].push(await race(start, seed, value, goals, limit));
      }
    for (const [s, [name]] of sides.entries()) {
      row([s === 0 ? entry.name : '', name, ...cells(finishes[s], finishes[0])]);
      for (const finish of finishes[s])
        if (typeof finish !== 'string') lowerGap = Math.max(lowerGap, finish.lowerGap);
    }
  }
  console.log(
    `lower levels solved to a proven gap of ${lowerGap.toExponential(1)} or less wherever a value was asked`,
  );
}

/** Times to each target and to the last one in our times, the median over seeds; of runs that did not arrive, how far they came. */
function cells(runs: readonly (Finish | string)[], ours: readonly (Finish | string)[]): string[] {
  const done = runs.filter((run) => typeof run !== 'string');
  const [why] = runs.filter((run) => typeof run === 'string');
  if (done.length < runs.length) return [`none: ${why}`];
  const first = ours.filter((run) => typeof run !== 'string');
  const seconds = (of: readonly Finish[], k: number): number =>
    median(of.map(({ reached }) => reached[k]?.seconds ?? Infinity));
  const iterations = (k: number): number =>
    median(done.map(({ reached }) => reached[k]?.iterations ?? Infinity));
  const ratio = targets.map((_, k) => seconds(first, k) / seconds(done, k)).filter(Number.isFinite);
  const last = ratio.at(-1);
  return [
    ...targets.map((_, k) =>
      seconds(done, k) < Infinity
        ? `${duration(seconds(done, k))} (${iterations(k)})`
        : `not in ${limit} s (${median(done.map(({ best }) => best)).toPrecision(5)})`,
    ),
    runs === ours || last === undefined || last === 0 ? '' : last.toPrecision(2),
    (1e6 * median(done.map((run) => run.secondsAnIteration))).toPrecision(3),
    duration(median(done.map((run) => run.compiling))),
  ];
}

function duration(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

function row(cellsOf: readonly string[], head = false): void {
  console.log(`| ${cellsOf.join(' | ')} |`);
  if (head) console.log(`|${'---|'.repeat(cellsOf.length)}`);
}

/** The problem's own start. */
function startOf({ problem }: OpenProblem): Float64Array {
  return new Float64Array(problem.upperCount).fill(problem.start);
}
