// Lines of equal height over a grid.
import type { Heights, PlanePoint } from '../compare/comparison.ts';

const levels = 14;

/** Levels that lie dense near the bottom: equal shares of the cells lie between two of them; near the top for what is made large. */
export function contourLevels(
  values: readonly number[],
  sense: 'minimize' | 'maximize',
): readonly number[] {
  const sign = sense === 'maximize' ? -1 : 1;
  const sorted = values.filter(Number.isFinite).sort((a, b) => sign * (a - b));
  if (sorted.length === 0) return [];
  return Array.from(
    { length: levels },
    (_, k) => sorted[Math.floor(((k + 0.5) / levels) ** 1.5 * (sorted.length - 1))],
  );
}

type Segment = readonly [PlanePoint, PlanePoint];

/** Marching squares (Lorensen & Cline 1987, in the plane), each cell cut into two triangles so that no case is ambiguous. */
export function contour({ xs, ys, values }: Heights, level: number): readonly Segment[] {
  const segments: Segment[] = [];
  const corner = (i: number, j: number): Corner => ({
    at: [xs[i], ys[j]],
    value: values[j * xs.length + i],
  });
  for (let j = 0; j + 1 < ys.length; j++)
    for (let i = 0; i + 1 < xs.length; i++) {
      const [a, b, c, d] = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
      for (const triangle of [
        [a, b, c],
        [a, c, d],
      ]) {
        const crossings = triangle.flatMap((from, k) =>
          crossing(from, triangle[(k + 1) % 3], level),
        );
        if (crossings.length === 2) segments.push([crossings[0], crossings[1]]);
      }
    }
  return segments;
}

interface Corner {
  readonly at: PlanePoint;
  readonly value: number;
}

function crossing(from: Corner, to: Corner, level: number): readonly PlanePoint[] {
  if (!Number.isFinite(from.value) || !Number.isFinite(to.value)) return [];
  if (from.value < level === to.value < level) return [];
  const share = (level - from.value) / (to.value - from.value);
  return [
    [from.at[0] + share * (to.at[0] - from.at[0]), from.at[1] + share * (to.at[1] - from.at[1])],
  ];
}
