// The lower levels solved for the outer variables as they are: where a comparison measures value and gap (language §7). A level starts from where the point has
// it; what is found is brought to rounding by Newton's method on its equations.
import type { MeasureProgram, Values } from '../program.ts';
import { dense } from '../kernels/tensors.ts';
import { RuntimeFault } from '../fault.ts';
import { descend, largestEntry } from './descend.ts';
import {
  isConvexHere,
  isUnique,
  lowerLimit,
  unitDistance,
  type GoalUnit,
  type LevelsSpec,
  type NestedUnit,
  type UnitSpec,
} from './levels.ts';
import { measuredNumber } from './measured.ts';
import { searchLower, spaceOf, type SearchLimits, type SearchSpec } from './lower-search.ts';

const quick: SearchLimits = { milliseconds: 300, starts: 8, others: true };
const local = { iterations: 3000, residual: 1e-11 };
const nestedLocal = { iterations: 60, residual: 1e-9 };
const newtonSteps = 8;
const milliseconds = 2000;

/** The point with all lower levels solved, each within `limit` of its least value, relative; undefined where one could not be. */
export function settle(
  { units }: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
  limit = lowerLimit,
): Values | undefined {
  let at: Values | undefined = point;
  for (let k = 0; k < units.length && at !== undefined; k += 1 + units[k].below)
    at = settleUnit(units.slice(k, k + 1 + units[k].below), measures, at, limit);
  return at;
}

function settleUnit(
  [unit, ...below]: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
  limit = lowerLimit,
): Values | undefined {
  if (unit.crossing !== undefined && measuredNumber(measures, unit.crossing, point) === 1)
    return undefined;
  // From where the point is, Newton's method alone may do.
  const near = polished([unit, ...below], measures, point);
  const distance = (at: Values): number => distanceOf([unit, ...below], measures, at);
  if (distance(near) <= 1e-12 && canTrust(unit, measures, near)) return near;
  const found = solved(unit, below, measures, point);
  if (found === undefined) return distance(near) <= limit ? near : undefined;
  const fine = polished([unit, ...below], measures, found);
  const [better, best] =
    distance(fine) < distance(found) ? [fine, distance(fine)] : [found, distance(found)];
  return best <= limit ? better : undefined;
}

const distanceOf = (units: readonly UnitSpec[], measures: MeasureProgram, at: Values): number =>
  units.reduce((most, unit) => {
    const each = unitDistance(unit, measures, at);
    return Number.isNaN(each) ? Infinity : Math.max(most, each);
  }, 0);

/** Whether a point where the slopes vanish is the solution. */
function canTrust(unit: UnitSpec, measures: MeasureProgram, at: Values): boolean {
  if (unit.kind !== 'goal') return true;
  return isConvexHere(unit, measures, at) && isUnique(unit, measures, at);
}

function solved(
  unit: UnitSpec,
  below: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
): Values | undefined {
  switch (unit.kind) {
    case 'goal':
      return solvedGoal(unit, measures, point);
    case 'nested':
      return solvedNested(unit, below, measures, point);
    case 'game':
    case 'variational':
      return solvedOperator(unit.search, measures, point);
  }
}

function solvedGoal(unit: GoalUnit, measures: MeasureProgram, point: Values): Values | undefined {
  const { search } = unit;
  if (search === undefined) return undefined;
  const space = spaceOf(search, measures, point);
  const begun = performance.now();
  const expired = (): boolean => performance.now() - begun > milliseconds;
  const found = descend(space.landscape, space.here, { ...local, expired });
  const at = space.at(found.x);
  if (canTrust(unit, measures, at)) return at;
  const { best, range } = searchLower(search, measures, at, quick);
  if (range === undefined) return space.at(best.x);
  return space.at(unit.choice === 'optimistic' ? range.least.x : range.most.x);
}

/** z with z = P(z - F(z)), by the extragradient method with steps that are tried (Khobotov 1987). */
function solvedOperator(
  search: SearchSpec | undefined,
  measures: MeasureProgram,
  point: Values,
): Values | undefined {
  if (search === undefined) return undefined;
  const { landscape, here, at } = spaceOf(search, measures, point);
  const { slope, nearest } = landscape;
  const begun = performance.now();
  const moved = (z: Float64Array, F: Float64Array, step: number): Float64Array =>
    nearest(z.map((x, k) => x - step * F[k]));
  const apart = (a: Float64Array, b: Float64Array): number =>
    Math.sqrt(a.reduce((sum, x, k) => sum + (x - b[k]) ** 2, 0));
  let z = nearest(here);
  let step = 1;
  for (let k = 0; k < local.iterations && performance.now() - begun < milliseconds; k++) {
    const F = slope(z);
    let middle = moved(z, F, step);
    let ahead = slope(middle);
    while (step * apart(F, ahead) > 0.9 * apart(z, middle) && step > 1e-12) {
      step /= 2;
      middle = moved(z, F, step);
      ahead = slope(middle);
    }
    const next = moved(z, ahead, step);
    const gone = apart(next, z);
    z = next;
    if (gone <= 1e-9 * step * Math.max(1, largestEntry(z))) break;
    step *= 1.2;
  }
  return at(z);
}

/** The levels below follow each trial point. */
function solvedNested(
  { search }: NestedUnit,
  below: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
): Values | undefined {
  if (search === undefined) return undefined;
  const space = spaceOf(search, measures, point);
  const begun = performance.now();
  const expired = (): boolean => performance.now() - begun > milliseconds;
  let last: Values = point;
  const following = (x: Float64Array): Values | undefined => {
    const moved = { ...last, ...pick(space.at(x), search.variables) };
    let at: Values | undefined = moved;
    for (let k = 0; k < below.length && at !== undefined; k += 1 + below[k].below)
      at = settleUnit(below.slice(k, k + 1 + below[k].below), measures, at);
    if (at !== undefined) last = at;
    return at;
  };
  const landscapeAt = (at: Values): ReturnType<typeof spaceOf>['landscape'] =>
    spaceOf(search, measures, at).landscape;
  const found = descend(
    {
      value: (x) => {
        const at = following(x);
        return at === undefined ? NaN : landscapeAt(at).value(x);
      },
      slope: (x) => {
        const at = following(x);
        return at === undefined ? x.map(() => NaN) : landscapeAt(at).slope(x);
      },
      nearest: space.landscape.nearest,
    },
    space.here,
    { ...nestedLocal, expired },
  );
  return following(found.x);
}

export interface NestedSearch {
  /** The least value of the level's goal that was found, to be made small. */
  readonly least: number;
  readonly here: number;
  readonly starts: number;
}

const nestedStarts = 6;
const nestedMilliseconds = 3000;

/** A level that has lower ones solved again from elsewhere, the levels below following. Undefined where it cannot be. */
export function searchNested(
  [unit, ...below]: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
): NestedSearch | undefined {
  if (unit.kind !== 'nested' || unit.search === undefined) return undefined;
  const { search } = unit;
  const { landscape, here, low, high } = spaceOf(search, measures, point);
  const begun = performance.now();
  const value = (at: Values): number => {
    const space = spaceOf(search, measures, at);
    return space.landscape.value(space.here);
  };
  const own = value(point);
  let least = own;
  let starts = 0;
  for (const start of startsAround(here, low, high)) {
    if (performance.now() - begun > nestedMilliseconds) break;
    const from = {
      ...point,
      ...pick(spaceOf(search, measures, point).at(landscape.nearest(start)), search.variables),
    };
    const found = solvedNested(unit, below, measures, from);
    if (found === undefined) continue;
    starts++;
    const reached = value(found);
    if (reached < least) least = reached;
  }
  return { least, here: own, starts };
}

/** Nearby and far, on both sides. */
function startsAround(
  here: Float64Array,
  low: Float64Array,
  high: Float64Array,
): readonly Float64Array[] {
  const size = Math.max(1, largestEntry(here));
  return Array.from({ length: nestedStarts }, (_, s) => {
    const reach = [0.01, 0.5, 2][s % 3] * size;
    const sign = s < 3 ? 1 : -1;
    return here.map((x, k) => {
      const to = x + sign * reach * (k % 2 === 0 ? 1 : Math.cos(k + s));
      return Math.min(Math.max(to, low[k]), high[k]);
    });
  });
}

const pick = (values: Values, variables: readonly { readonly name: string }[]): Values =>
  Object.fromEntries(variables.map(({ name }) => [name, values[name]]));

/** Newton's method while it brings the equations nearer; matrices that are singular end it. */
function polished(
  [unit, ...below]: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
): Values {
  const { newton } = unit;
  const size = newton.reduce((sum, { variable }) => sum + point[variable].data.length, 0);
  if (newton.length === 0 || size > mostEntries) return point;
  let at = point;
  let left = Infinity;
  for (let k = 0; k < newtonSteps; k++) {
    const next = newtonStep(newton, measures, at, (to) =>
      Number.isFinite(distanceOf([unit, ...below], measures, to)),
    );
    if (next === undefined) break;
    const moved = largestMove(newton, at, next);
    // Rounding is reached, or the method runs away.
    if (!(moved < left)) break;
    left = moved;
    at = next;
    if (moved === 0) break;
  }
  const before = distanceOf([unit, ...below], measures, point);
  return distanceOf([unit, ...below], measures, at) <= before ? at : point;
}

const mostEntries = 300;

function newtonStep(
  newton: UnitSpec['newton'],
  measures: MeasureProgram,
  at: Values,
  good: (to: Values) => boolean,
): Values | undefined {
  try {
    const moved = Object.fromEntries(
      newton.map(({ variable, measure }) => [
        variable,
        dense(at[variable].shape, measures.evaluate(measure, at).data.slice()),
      ]),
    );
    const finite = Object.values(moved).every(({ data }) => data.every(Number.isFinite));
    if (!finite) return undefined;
    // Less far where that is a point at which nothing can be measured.
    for (let t = 1; t > 1e-3; t /= 2) {
      const to = { ...at, ...between(at, moved, t) };
      if (good(to)) return to;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return undefined;
  }
}

const between = (from: Values, to: Values, t: number): Values =>
  Object.fromEntries(
    Object.entries(to).map(([name, { shape, data }]) => [
      name,
      dense(
        shape,
        Float64Array.from(data, (x, k) => from[name].data[k] + t * (x - from[name].data[k])),
      ),
    ]),
  );

const largestMove = (newton: UnitSpec['newton'], from: Values, to: Values): number =>
  newton.reduce(
    (most, { variable }) =>
      Math.max(
        most,
        largestEntry(Float64Array.from(to[variable].data, (x, k) => x - from[variable].data[k])),
      ),
    0,
  );
