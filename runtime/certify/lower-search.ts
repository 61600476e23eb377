// One lower level solved again for given outer variables, from many starts: whether its value can be lower than at the answer, and whether another solution
// gives the goal above another value.
import { dense } from '../kernels/tensors.ts';
import type { MeasureProgram, Values } from '../program.ts';
import { descend, largestEntry, type Landscape } from './descend.ts';
import { measuredNumber } from './measured.ts';

export interface SearchVariable {
  readonly name: string;
  /** Names of measures, in its shape: the slope of the level's goal, to be made small; the nearest allowed point to the input `trial`; its bounds; the slope of
   * the goal above by it. */
  readonly slope: string;
  readonly nearest: string;
  readonly trial: string;
  readonly low: string;
  readonly high: string;
  readonly above: string | undefined;
}

export interface SearchSpec {
  readonly variables: readonly SearchVariable[];
  /** Of the level's goal, to be made small. */
  readonly value: string;
  /** Of the goal above, to be made small. */
  readonly above: string | undefined;
}

export interface LowerSearch {
  /** The least value found, to be made small, and where. */
  readonly best: { readonly value: number; readonly x: Float64Array };
  readonly starts: number;
  /** Among the solutions found, those where the goal above, to be made small, is least and most. */
  readonly range: { readonly least: Choice; readonly most: Choice } | undefined;
}

export interface Choice {
  readonly value: number;
  readonly x: Float64Array;
}

export interface SearchLimits {
  readonly milliseconds: number;
  readonly starts: number;
  /** Whether other solutions are sought. */
  readonly others: boolean;
}

export const thorough: SearchLimits = { milliseconds: 3000, starts: 24, others: true };

/** A solution is as good as another up to this, relative to the value. */
const equalTo = 1e-9;
/** Nearer than this, relative, two solutions are one. */
const apart = 1e-2;

export function searchLower(
  spec: SearchSpec,
  measures: MeasureProgram,
  point: Values,
  { milliseconds, starts: mostStarts, others }: SearchLimits,
): LowerSearch {
  const begun = performance.now();
  const expired = (): boolean => performance.now() - begun > milliseconds;
  const space = spaceOf(spec, measures, point);
  const { landscape, here, above } = space;
  const limits = { iterations: 400, residual: 1e-10, expired };
  const found = [descend(landscape, here, limits)];
  const starts = startsOf(space, mostStarts);
  let made = 1;
  for (const start of starts) {
    if (expired()) break;
    made++;
    found.push(descend(landscape, start, limits));
  }
  const valid = found.filter(({ value }) => !Number.isNaN(value));
  const own = { x: here, value: landscape.value(here) };
  const best = valid.reduce((a, b) => (b.value < a.value ? b : a), own);
  if (!others || above === undefined)
    return { best: { value: best.value, x: best.x }, starts: made, range: undefined };
  const asGood = (value: number): boolean =>
    value <= best.value + equalTo * Math.max(1, Math.abs(best.value));
  const size = Math.max(1, largestEntry(here));
  const elsewhere = [...valid.map(({ x }) => x), ...tilted(space, expired)].filter(
    (x) =>
      asGood(landscape.value(x)) && largestEntry(x.map((xi, k) => xi - here[k])) > apart * size,
  );
  const choices = [...(asGood(own.value) ? [here] : [best.x]), ...elsewhere]
    .map((x): Choice => ({ x, value: above.value(x) }))
    .filter(({ value }) => Number.isFinite(value));
  const [one] = choices;
  return {
    best: { value: best.value, x: best.x },
    starts: made,
    range:
      one === undefined
        ? undefined
        : {
            least: choices.reduce((a, b) => (b.value < a.value ? b : a), one),
            most: choices.reduce((a, b) => (b.value > a.value ? b : a), one),
          },
  };
}

export interface Space {
  readonly landscape: Landscape;
  readonly here: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly above:
    | {
        readonly value: (x: Float64Array) => number;
        readonly slope: (x: Float64Array) => Float64Array;
      }
    | undefined;
  /** The point with these values of the level's variables. */
  readonly at: (x: Float64Array) => Values;
}

/** The level's variables as one vector, all else as the point has it. */
export function spaceOf(
  { variables, value, above }: SearchSpec,
  measures: MeasureProgram,
  point: Values,
): Space {
  const shapes = variables.map(({ name }) => point[name].shape);
  const sizes = variables.map(({ name }) => point[name].data.length);
  const n = sizes.reduce((a, b) => a + b, 0);
  const split = (x: Float64Array, nameOf: (v: SearchVariable) => string): Values => {
    let at = 0;
    return Object.fromEntries(
      variables.map((variable, k) => {
        const part = dense(shapes[k], x.slice(at, at + sizes[k]));
        at += sizes[k];
        return [nameOf(variable), part];
      }),
    );
  };
  const at = (x: Float64Array): Values => ({ ...point, ...split(x, ({ name }) => name) });
  const joined = (
    nameOf: (v: SearchVariable) => string | undefined,
    where: Values,
  ): Float64Array => {
    const all = new Float64Array(n);
    let to = 0;
    variables.forEach((variable, k) => {
      const measure = nameOf(variable);
      if (measure !== undefined) all.set(measures.evaluate(measure, where).data, to);
      to += sizes[k];
    });
    return all;
  };
  const here = new Float64Array(n);
  let to = 0;
  variables.forEach(({ name }, k) => {
    here.set(point[name].data, to);
    to += sizes[k];
  });
  return {
    here,
    at,
    low: joined(({ low }) => low, point),
    high: joined(({ high }) => high, point),
    landscape: {
      value: (x) => measuredNumber(measures, value, at(x)),
      slope: (x) => joined(({ slope }) => slope, at(x)),
      nearest: (x) =>
        joined(({ nearest }) => nearest, { ...point, ...split(x, ({ trial }) => trial) }),
    },
    above:
      above === undefined
        ? undefined
        : {
            value: (x) => measuredNumber(measures, above, at(x)),
            slope: (x) => joined((variable) => variable.above, at(x)),
          },
  };
}

/** Points all over the set: its corners and middle where it is bounded, scattered points elsewhere, near and far. */
function startsOf(
  { here, low, high, landscape }: Space,
  mostStarts: number,
): readonly Float64Array[] {
  const n = here.length;
  const size = Math.max(1, largestEntry(here));
  const between = (share: (k: number) => number, reach: number): Float64Array =>
    Float64Array.from({ length: n }, (_, k) => {
      const from = Number.isFinite(low[k]) ? low[k] : here[k] - reach * size;
      const to = Number.isFinite(high[k]) ? high[k] : here[k] + reach * size;
      const least = Math.max(from, Math.min(here[k], to) - 100 * reach * size);
      const most = Math.min(to, Math.max(here[k], from) + 100 * reach * size);
      return least + share(k) * (most - least);
    });
  const scattered = scatter();
  const points: Float64Array[] = [];
  if (n <= 3)
    for (let corner = 0; corner < 2 ** n; corner++)
      points.push(between((k) => (corner >> k) & 1, 10));
  points.push(between(() => 0.5, 10));
  for (let k = points.length; k < mostStarts; k++)
    points.push(between(scattered, [1, 10, 100][k % 3]));
  return points.slice(0, mostStarts).map(landscape.nearest);
}

/** Numbers in (0, 1), the same every time (Park & Miller 1988). */
function scatter(): () => number {
  let state = 20011;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Solutions of the level that the goal above likes best and least: minima of g + η f and g - η f, brought back to minima of g. */
function tilted(
  { landscape, here, above }: Space,
  expired: () => boolean,
): readonly Float64Array[] {
  if (above === undefined) return [];
  const steep = Math.max(largestEntry(above.slope(here)), 1e-6);
  const limits = { iterations: 300, residual: 1e-11, expired };
  return [1, -1].flatMap((sign) =>
    [1e-2, 1e-4, 1e-6].map((weight) => {
      const eta = (sign * weight) / steep;
      const { x } = descend(
        {
          value: (y) => landscape.value(y) + eta * above.value(y),
          slope: (y) => {
            const tilt = above.slope(y);
            return landscape.slope(y).map((g, k) => g + eta * tilt[k]);
          },
          nearest: landscape.nearest,
        },
        here,
        limits,
      );
      return descend(landscape, x, limits).x;
    }),
  );
}
