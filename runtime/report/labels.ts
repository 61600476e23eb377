// Names of curves beside their ends, moved apart where they would overlap.

export interface End {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** With where the text stands; the curve ends at `y`. */
export type Placed<T extends End> = T & { readonly labelY: number };

const lineHeight = 14.5;
const letter = 7;
const gap = 7;

export const widthOfLabel = (text: string): number => gap + letter * [...text].length;

/** In the order of their ends, as near to them as they go: half way between all pushed down and all pushed up. */
export function placeLabels<T extends End>(
  ends: readonly T[],
  height: number,
): readonly Placed<T>[] {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const here = sorted.map(({ y }) => y);
  const down = pushedUp(sorted, pushedDown(sorted, here, top), height);
  const up = pushedDown(sorted, pushedUp(sorted, here, height), top);
  return sorted.map((end, k) => ({ ...end, labelY: (down[k] + up[k]) / 2 }));
}

const top = 4;

/** Each at least a line below all that stand above it. */
function pushedDown(ends: readonly End[], ys: readonly number[], least: number): readonly number[] {
  const placed: number[] = [];
  for (const [k, y] of ys.entries()) {
    const above = placed.flatMap((at, i) => (beside(ends[i], ends[k]) ? [] : [at + lineHeight]));
    placed.push(Math.max(y, least, ...above));
  }
  return placed;
}

const pushedUp = (ends: readonly End[], ys: readonly number[], most: number): readonly number[] =>
  pushedDown(
    ends.toReversed(),
    ys.toReversed().map((y) => -y),
    -most,
  )
    .map((y) => -y)
    .toReversed();

const beside = (a: End, b: End): boolean =>
  a.x >= b.x + widthOfLabel(b.text) || b.x >= a.x + widthOfLabel(a.text);
