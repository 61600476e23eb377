// Names of curves beside their ends, moved apart where they would overlap.

export interface End {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** With where the text stands; the curve ends at `y`. */
export type Placed<T extends End> = T & { readonly labelY: number };

const lineHeight = 14;
const letter = 7;
const gap = 7;

export const widthOfLabel = (text: string): number => gap + letter * [...text].length;

/** Each label at its end, or the nearest free place above or below it within the height. */
export function placeLabels<T extends End>(
  ends: readonly T[],
  height: number,
): readonly Placed<T>[] {
  const placed: Placed<T>[] = [];
  for (const end of [...ends].sort((a, b) => a.y - b.y)) {
    const free = offsets(height).find((offset) => {
      const y = end.y + offset;
      return y >= 4 && y <= height && !placed.some((other) => overlap({ ...end, y }, other));
    });
    placed.push({ ...end, labelY: end.y + (free ?? 0) });
  }
  return placed;
}

const offsets = (height: number): readonly number[] =>
  Array.from(
    { length: Math.ceil((2 * height) / 3) },
    (_, k) => (k % 2 === 0 ? 1 : -1) * 3 * Math.ceil(k / 2),
  );

function overlap(a: End, b: Placed<End>): boolean {
  if (Math.abs(a.y - b.labelY) >= lineHeight) return false;
  return a.x < b.x + widthOfLabel(b.text) && b.x < a.x + widthOfLabel(a.text);
}
