// Where a lower level is not convex its solution may jump, and no slope leads across. For few outer variables the goal along the lower solution is then searched
// by its values alone: scattered points, then steps along the coordinates that shrink (compass search; Kolda, Lewis & Torczon 2003, algorithm 3.2). At each point
// the lower levels are solved again by the code that certifies.
import { dense } from '../runtime/kernels/tensors.ts';
import type { Values } from '../runtime/program.ts';
import type { SearchWork } from '../runtime/search-work.ts';
import { noCounts } from '../runtime/trace.ts';
import { boxOf } from './certify/face.ts';
import { compileMeasures } from './evaluator.ts';
import type { Variable } from './problem/problem.ts';
import type { Session } from './session.ts';
import type { Node } from './tensor/ir.ts';

/** More outer entries than this are not searched. */
const mostEntries = 6;
/** Points looked at first, for each outer entry. */
const scattered = 24;
/** The best of them, from which steps are taken. */
const followed = 3;
/** The smallest step, relative to the size of the box. */
const finest = 1e-7;

/** How far lower levels may be from their least values, relative: a search would else find the points where they are solved worst. */
const solvedTo = 1e-10;

export interface Searched {
  /** The best point found, with its lower levels solved. */
  readonly found: { readonly answer: Values; readonly value: number } | undefined;
  readonly work: SearchWork;
}

/** No outer variable: the goal chooses among lower solutions. */
const nowhere: Box = { low: new Float64Array(0), high: new Float64Array(0) };

interface Spot {
  readonly x: Float64Array;
  readonly answer: Values;
  /** In the sense of minimisation. */
  readonly value: number;
}

/** Undefined where the outer variables are many or lie in sets that are no boxes. */
export function searchOuter(
  session: Session,
  from: Values,
  milliseconds: number,
): Searched | undefined {
  const { variables } = session.lowered.problem.level;
  const size = variables.reduce((sum, { name }) => sum + from[name].data.length, 0);
  if (size > mostEntries || !variables.every(inBox)) return undefined;
  const begun = performance.now();
  const expired = (): boolean => performance.now() - begun > milliseconds;
  const { low, high } = size === 0 ? nowhere : searchedBox(session, variables, from);
  const { program } = session;
  const sign = program.sense === 'maximize' ? -1 : 1;
  const counts = noCounts();
  const spotAt = (x: Float64Array, near: Values): Spot | undefined => {
    const answer = program.settled({ ...near, ...placed(variables, near, x) }, solvedTo);
    counts.solves++;
    if (answer === undefined) return undefined;
    counts.values++;
    const { value = NaN, violation } = program.measure(answer);
    return violation > 1e-6 || Number.isNaN(value) ? undefined : { x, answer, value: sign * value };
  };
  const here = joined(variables, from);
  const spots: Spot[] = [];
  for (const x of [here, ...scatter(size === 0 ? 0 : scattered * size, low, high)]) {
    if (expired()) break;
    const spot = spotAt(x, from);
    if (spot !== undefined) spots.push(spot);
  }
  const best = [...spots]
    .sort((a, b) => a.value - b.value)
    .slice(0, followed)
    .map((spot) => compass(spot, { low, high }, spotAt, expired))
    .reduce<Spot | undefined>((a, b) => (a === undefined || b.value < a.value ? b : a), undefined);
  return {
    found: best === undefined ? undefined : { answer: best.answer, value: sign * best.value },
    work: {
      starts: 0,
      points: counts.solves,
      counts,
      seconds: (performance.now() - begun) / 1000,
    },
  };
}

interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Steps along the coordinates, halved where none is better. */
function compass(
  start: Spot,
  { low, high }: Box,
  spotAt: (x: Float64Array, near: Values) => Spot | undefined,
  expired: () => boolean,
): Spot {
  let best = start;
  for (let length = 1 / 8; length > finest && !expired(); length /= 2) {
    for (let moved = true; moved && !expired();) {
      moved = false;
      for (let k = 0; k < best.x.length; k++)
        for (const way of [1, -1]) {
          const x = best.x.slice();
          x[k] = Math.min(Math.max(x[k] + way * length * (high[k] - low[k]), low[k]), high[k]);
          if (x[k] === best.x[k]) continue;
          const spot = spotAt(x, best.answer);
          if (spot === undefined || !(spot.value < best.value)) continue;
          [best, moved] = [spot, true];
        }
    }
  }
  return best;
}

const inBox = ({ element, domain }: Variable): boolean =>
  element === 'real' && (domain === undefined || domain.name === 'box' || domain.name === 'nonneg');

/** Where the outer variables may lie; ten times the size of the point where nothing bounds them. */
function searchedBox(session: Session, variables: readonly Variable[], from: Values): Box {
  const { lowering, problem } = session.lowered;
  const { graph } = lowering;
  const named = new Map<string, Node>();
  for (const variable of variables) {
    const { name, input } = variable;
    const { low, high } = boxOf(graph, variable);
    named.set(`low ${name}`, low ?? graph.full(-Infinity, input.type.shape));
    named.set(`high ${name}`, high ?? graph.full(Infinity, input.type.shape));
  }
  const { measures } = compileMeasures(graph, problem, session.input, named);
  const ends = (side: string): number[] =>
    variables.flatMap(({ name }) => [...measures.evaluate(`${side} ${name}`, {}).data]);
  const [low, high] = [ends('low'), ends('high')];
  const here = joined(variables, from);
  const reach = 10 * Math.max(1, ...here.map(Math.abs));
  return {
    low: Float64Array.from(low, (end, k) => (Number.isFinite(end) ? end : here[k] - reach)),
    high: Float64Array.from(high, (end, k) => (Number.isFinite(end) ? end : here[k] + reach)),
  };
}

const joined = (variables: readonly Variable[], from: Values): Float64Array =>
  Float64Array.from(variables.flatMap(({ name }) => [...from[name].data]));

function placed(variables: readonly Variable[], from: Values, x: Float64Array): Values {
  let at = 0;
  return Object.fromEntries(
    variables.map(({ name }) => {
      const { shape, data } = from[name];
      const part = dense([...shape], x.slice(at, at + data.length));
      at += data.length;
      return [name, part];
    }),
  );
}

/** The corners of the box, where they are few, then points that fill it evenly (Halton 1960). */
function scatter(count: number, low: Float64Array, high: Float64Array): readonly Float64Array[] {
  const n = low.length;
  const primes = [2, 3, 5, 7, 11, 13];
  const between = (share: (k: number) => number): Float64Array =>
    low.map((from, k) => from + share(k) * (high[k] - from));
  const corners =
    count > 0 && n <= 3
      ? Array.from({ length: 2 ** n }, (_, corner) => between((k) => (corner >> k) & 1))
      : [];
  const rest = Array.from({ length: count }, (_, k) => between((j) => digits(k + 1, primes[j])));
  return [...corners, ...rest];
}

/** The digits of k to a base, mirrored at the point. */
function digits(k: number, base: number): number {
  let share = 0;
  for (let [rest, weight] = [k, 1 / base]; rest > 0; weight /= base) {
    share += (rest % base) * weight;
    rest = Math.floor(rest / base);
  }
  return share;
}
