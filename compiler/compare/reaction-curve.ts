// The answer of the lower levels as a curve over the one number above them: they are solved again at points between which no answer is far from the next.
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Values } from '../../runtime/program.ts';
import type { Session } from '../session.ts';
import { numbersOf, pointOf } from './numbers.ts';
import type { ComparedRun } from '../../runtime/compare/comparison.ts';

/** All numbers of a settled point; the first is the one above. */
export type Settled = readonly number[];

const coarse = 16;
const mostPoints = 160;
const milliseconds = 2500;
const seenAsFeasible = 1e-6;

/** In pieces: between two of them the answer jumps, or there is none. */
export function reactionCurve(
  session: Session,
  shapes: ComparedRun['answer'],
  [low, high]: readonly [number, number],
  start: readonly number[],
): readonly (readonly Settled[])[] {
  const begun = performance.now();
  const expired = (): boolean => performance.now() - begun > milliseconds;
  const at = (x: number, near: readonly number[]): Settled | undefined =>
    settledNumbers(session, pointOf(shapes, [x, ...near.slice(1)]));
  const xs = Array.from({ length: coarse + 1 }, (_, k) => low + (k * (high - low)) / coarse);
  let near = start;
  const samples: Sample[] = [];
  for (const x of xs) {
    if (expired()) break;
    const found = at(x, near);
    near = found ?? near;
    samples.push({ x, found });
  }
  const width = (high - low) / 800;
  let count = samples.length;
  while (count < mostPoints && !expired()) {
    const rough = roughest(samples, width);
    if (rough === undefined) break;
    const [a, b] = [samples[rough], samples[rough + 1]];
    const x = (a.x + b.x) / 2;
    samples.splice(rough + 1, 0, { x, found: at(x, a.found ?? b.found ?? start) });
    count++;
  }
  return pieces(samples, width * 4);
}

interface Sample {
  readonly x: number;
  readonly found: Settled | undefined;
}

/** Nothing where the lower levels have no answer, or the point above breaks its bounds. */
export function settledNumbers(session: Session, point: Values): Settled | undefined {
  try {
    const settled = session.program.settled(point);
    if (settled === undefined) return undefined;
    if (!(session.program.measure(settled).violation <= seenAsFeasible)) return undefined;
    return numbersOf(session, settled);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return undefined;
  }
}

/** Relative to the extent of each number. */
function apart(a: Settled, b: Settled, extents: readonly number[]): number {
  return Math.max(...a.map((value, k) => (k === 0 ? 0 : Math.abs(value - b[k]) / extents[k])));
}

function extentsOf(samples: readonly Sample[]): readonly number[] {
  const known = samples.flatMap(({ found }) => (found === undefined ? [] : [found]));
  const [first] = known;
  return (first ?? []).map((_, k) => {
    const values = known.map((numbers) => numbers[k]);
    return Math.max(Math.max(...values) - Math.min(...values), 1e-12);
  });
}

/** Bends below this, relative to the extent of the curve, are not seen. */
const seenBend = 0.002;

/** The interval at whose ends the curve bends most, for its width; undefined where all is smooth, or as narrow as can be seen. */
function roughest(samples: readonly Sample[], width: number): number | undefined {
  const extents = extentsOf(samples);
  const whole = samples[samples.length - 1].x - samples[0].x;
  let most = seenBend;
  let found: number | undefined;
  for (let k = 0; k + 1 < samples.length; k++) {
    const [a, b] = [samples[k], samples[k + 1]];
    const wide = b.x - a.x;
    if (wide <= width) continue;
    const one = (a.found === undefined) !== (b.found === undefined);
    const size = one
      ? wide / whole
      : wide * Math.max(bendAt(samples, k, extents), bendAt(samples, k + 1, extents));
    if (size > most) {
      most = size;
      found = k;
    }
  }
  return found;
}

/** By how much the slope changes at a sample, relative to the extents. */
function bendAt(samples: readonly Sample[], k: number, extents: readonly number[]): number {
  const [a, b, c] = [samples[k - 1], samples[k], samples[k + 1]];
  if (a?.found === undefined || b.found === undefined || c?.found === undefined) return 0;
  const [before, here, after] = [a.found, b.found, c.found];
  return Math.max(
    ...here.map((value, entry) => {
      const left = (value - before[entry]) / (b.x - a.x);
      const right = (after[entry] - value) / (c.x - b.x);
      return entry === 0 ? 0 : Math.abs(right - left) / extents[entry];
    }),
  );
}

/** Cut where there is no answer, and where it jumps within what is hardly seen. */
function pieces(samples: readonly Sample[], width: number): readonly (readonly Settled[])[] {
  const extents = extentsOf(samples);
  const found: Settled[][] = [[]];
  let last: Sample | undefined;
  for (const sample of samples) {
    const piece = found[found.length - 1];
    const jumps =
      last?.found !== undefined &&
      sample.found !== undefined &&
      sample.x - last.x <= width &&
      apart(last.found, sample.found, extents) > 0.1;
    if (sample.found === undefined || jumps) found.push([]);
    if (sample.found !== undefined) (jumps ? found[found.length - 1] : piece).push(sample.found);
    last = sample;
  }
  return found.filter((piece) => piece.length > 1);
}
