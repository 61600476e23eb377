// Branch and bound as a proof: boxes that cover all whole points, each with a bound that the certificate proves from multipliers that someone proposes
// (Land & Doig 1960). What is proposed may be wrong: then the bounds are poor, never false.

/** Bounds of the whole variables, one after the other. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface Proposed<M> {
  /** The whole variables at the relaxed answer: where to branch. */
  readonly whole: Float64Array;
  readonly material: M;
}

export interface BranchSpec<M> {
  readonly box: Box;
  /** Material for a bound on a box. */
  readonly propose: (box: Box) => Proposed<M> | undefined;
  /** A proven bound from below on the goal within a box. */
  readonly bound: (box: Box, material: M) => number;
  /** A box whose bound is at least this needs no more work. */
  readonly target: number;
  readonly boxes: number;
  readonly milliseconds: number;
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
}

export interface Branched {
  /** No whole point lies below. */
  readonly bound: number;
  readonly boxes: number;
  /** Whether every box reached the target. */
  readonly closed: boolean;
}

interface Open {
  readonly box: Box;
  /** What is known of it from the box it was cut from. */
  readonly bound: number;
}

const breatheEvery = 16;

export async function branch<M>(spec: BranchSpec<M>): Promise<Branched> {
  const begun = performance.now();
  const open: Open[] = [{ box: spec.box, bound: -Infinity }];
  let settled = Infinity;
  let boxes = 0;
  const tired = (): boolean =>
    boxes >= spec.boxes ||
    performance.now() - begun > spec.milliseconds ||
    spec.interrupted?.() === true;
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    if (tired()) {
      open.push(top);
      break;
    }
    boxes++;
    if (boxes % breatheEvery === 0) await spec.breathe?.();
    const proposed = spec.propose(top.box);
    const found = proposed === undefined ? NaN : spec.bound(top.box, proposed.material);
    const bound = found > top.bound ? found : top.bound;
    const entry = bound >= spec.target || proposed === undefined ? -1 : fractional(proposed.whole);
    if (entry < 0 || proposed === undefined) {
      settled = Math.min(settled, bound);
      continue;
    }
    open.push(...halves(top.box, entry, proposed.whole[entry]).map((box) => ({ box, bound })));
  }
  const bound = open.reduce((least, { bound: each }) => Math.min(least, each), settled);
  return { bound, boxes, closed: bound >= spec.target };
}

/** The entry farthest from whole, -1 where all are. */
function fractional(whole: Float64Array): number {
  let found = -1;
  let most = 1e-6;
  whole.forEach((value, k) => {
    const off = Math.abs(value - Math.round(value));
    if (off > most) {
      most = off;
      found = k;
    }
  });
  return found;
}

/** The two boxes on either side of a value that is not whole; the nearer side last, to be looked at first. */
function halves({ lower, upper }: Box, entry: number, value: number): readonly Box[] {
  const below = upper.slice();
  below[entry] = Math.floor(value);
  const above = lower.slice();
  above[entry] = Math.floor(value) + 1;
  const sides = [
    { lower, upper: below },
    { lower: above, upper },
  ];
  return value - Math.floor(value) < 0.5 ? [sides[1], sides[0]] : sides;
}
