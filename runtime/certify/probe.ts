// Where the lower solution has a kink the upper goal has no slope: then nearby outer variables are looked at, with the lower levels solved again for each.
import { dense } from '../kernels/tensors.ts';
import type { MeasureProgram, Values } from '../program.ts';
import type { LevelsSpec } from './levels.ts';
import { measuredNumber } from './measured.ts';
import { settle } from './settle.ts';

export interface Probed {
  /** By how much the best of them is better, relative; 0 where none is. */
  readonly gain: number;
  readonly points: number;
  /** Points where a lower level could not be solved. */
  readonly without: number;
}

const distances = [1e-1, 1e-2, 1e-3];
const mostVariables = 6;
const milliseconds = 5000;

/** Undefined where there are too many outer variables, or none of the points could be measured. */
export function probe(
  spec: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
): Probed | undefined {
  const { moves } = spec;
  if (moves === undefined) return undefined;
  const names = moves.variables.map(({ name }) => name);
  const n = names.reduce((sum, name) => sum + point[name].data.length, 0);
  if (n === 0 || n > mostVariables) return undefined;
  const begun = performance.now();
  const here = measuredNumber(measures, moves.value, point);
  const moved = (direction: readonly number[], length: number): Values => {
    let at = 0;
    const trials = Object.fromEntries(
      moves.variables.map(({ name, trial }) => {
        const { shape, data } = point[name];
        const to = Float64Array.from(data, (x) => x + length * direction[at++]);
        return [trial, dense(shape, to)];
      }),
    );
    return {
      ...point,
      ...Object.fromEntries(
        moves.variables.map(({ name, nearest }) => [
          name,
          dense(
            point[name].shape,
            measures.evaluate(nearest, { ...point, ...trials }).data.slice(),
          ),
        ]),
      ),
    };
  };
  const size = Math.max(1, ...names.flatMap((name) => [...point[name].data].map(Math.abs)));
  let gain = 0;
  let points = 0;
  let without = 0;
  for (const distance of distances)
    for (const direction of directions(n)) {
      if (performance.now() - begun > milliseconds) return undefined;
      const to = moved(direction, distance * size);
      if (names.every((name) => to[name].data.every((x, k) => x === point[name].data[k]))) continue;
      // Solved loosely, a nearby point would look better than it is.
      const settled = settle(spec, measures, to, 1e-10);
      const value = settled === undefined ? NaN : measuredNumber(measures, moves.value, settled);
      if (Number.isNaN(value)) {
        without++;
        continue;
      }
      points++;
      gain = Math.max(gain, (here - value) / Math.max(1, Math.abs(here)));
    }
  return points === 0 ? undefined : { gain, points, without };
}

/** Both ways along each coordinate, and as many scattered ways. */
function directions(n: number): readonly (readonly number[])[] {
  const axes = Array.from({ length: n }, (_, k) => k).flatMap((k) =>
    [1, -1].map((sign) => Array.from({ length: n }, (_, i) => (i === k ? sign : 0))),
  );
  if (n === 1) return axes;
  let state = 7919;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
  const scattered = Array.from({ length: 2 * n }, () => {
    const way = Array.from({ length: n }, next);
    const length = Math.hypot(...way);
    return way.map((x) => x / length);
  });
  return [...axes, ...scattered];
}
