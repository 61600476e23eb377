// A bound from below over a box by subdivision: each part has the better of the interval of the goal and of its first-order form around the middle,
//   f(c) + Σ_i g_i(part) (part_i - c_i),
// where g holds all slopes over the part (Ratschek & Rokne 1984, ch. 3). Where a slope has one sign the least value lies on that side.

export interface Part {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface Enclosed {
  /** The least that the goal can be in the part. */
  readonly least: number;
  /** All slopes in the part. */
  readonly slopes: Part;
}

export interface SubdivideSpec {
  readonly box: Part;
  readonly enclose: (part: Part) => Enclosed;
  /** Parts whose bound is at least this need no more work. */
  readonly target: number;
  readonly parts: number;
  readonly milliseconds: number;
}

export interface Subdivided {
  /** Nothing in the box lies below. */
  readonly bound: number;
  readonly parts: number;
}

interface Open {
  readonly part: Part;
  readonly bound: number;
  readonly slopes: Part;
}

export function subdivide(spec: SubdivideSpec): Subdivided {
  const begun = performance.now();
  let parts = 0;
  let settled = Infinity;
  const bounded = (part: Part, known: number): Open => {
    parts++;
    const { least, slopes } = spec.enclose(part);
    const narrowed = narrow(part, slopes);
    const middle = narrowed.low.map((x, k) => (x + narrowed.high[k]) / 2);
    const centre = spec.enclose({ low: middle, high: middle }).least;
    const firstOrder = middle.reduce((sum, c, k) => {
      const [a, b] = [narrowed.low[k] - c, narrowed.high[k] - c];
      const [g, h] = [slopes.low[k], slopes.high[k]];
      return sum + (a === 0 && b === 0 ? 0 : Math.min(g * a, g * b, h * a, h * b));
    }, centre);
    const bound = [least, firstOrder].reduce((a, b) => (b > a ? b : a), known);
    return { part: narrowed, bound, slopes };
  };
  const open = [bounded(spec.box, -Infinity)];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    if (top.bound >= spec.target) {
      settled = Math.min(settled, top.bound);
      continue;
    }
    if (parts >= spec.parts || performance.now() - begun > spec.milliseconds) {
      open.push(top);
      break;
    }
    const axis = widest(top);
    if (axis < 0) {
      settled = Math.min(settled, top.bound);
      continue;
    }
    for (const half of halves(top.part, axis)) open.push(bounded(half, top.bound));
  }
  return { bound: open.reduce((least, { bound }) => Math.min(least, bound), settled), parts };
}

/** Where the goal rises along an axis throughout, only the lower end matters. */
function narrow({ low, high }: Part, slopes: Part): Part {
  return {
    low: low.map((x, k) => (slopes.high[k] < 0 ? high[k] : x)),
    high: high.map((x, k) => (slopes.low[k] > 0 ? low[k] : x)),
  };
}

/** The axis along which the goal may change most; -1 where the part is a point. */
function widest({ part: { low, high }, slopes }: Open): number {
  let found = -1;
  let most = -1;
  low.forEach((x, k) => {
    const width = high[k] - x;
    const middle = x + width / 2;
    if (!(middle > x && middle < high[k])) return;
    const steep = Math.max(Math.abs(slopes.low[k]), Math.abs(slopes.high[k]));
    const change = Number.isFinite(steep) ? width * Math.max(steep, 1e-12) : Infinity;
    if (change > most || (change === most && width > high[found] - low[found])) {
      most = change;
      found = k;
    }
  });
  return found;
}

function halves({ low, high }: Part, axis: number): readonly Part[] {
  const middle = low[axis] + (high[axis] - low[axis]) / 2;
  const below = high.slice();
  below[axis] = middle;
  const above = low.slice();
  above[axis] = middle;
  return [
    { low, high: below },
    { low: above, high },
  ];
}
