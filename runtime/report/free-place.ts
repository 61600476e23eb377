// Where a name beside a point hides least of a picture.
import type { PlanePoint } from '../compare/comparison.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface NamePlace {
  readonly x: number;
  /** Of the base line. */
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly box: Box;
}

const letter = 6.6;
const up = 10;
const down = 4;

/** Around the points given, at a distance: the place within the frame that fewest of the drawn points lie in, the first of several. */
export function freePlace(
  text: string,
  around: readonly PlanePoint[],
  frame: Box,
  drawn: readonly PlanePoint[],
  distance = 11,
): NamePlace {
  const width = letter * [...text].length;
  const spots = [1, 1.8, 2.8].flatMap((far) => around.map((at) => [at, far * distance] as const));
  const places = spots.flatMap(([[x, y], away]): readonly NamePlace[] =>
    (
      [
        ['start', 1, -1],
        ['start', 1, 0],
        ['end', -1, -1],
        ['start', 1, 1],
        ['end', -1, 1],
        ['end', -1, 0],
        ['middle', 0, -1],
        ['middle', 0, 1],
      ] as const
    ).map(([anchor, right, below]) => {
      const far = right === 0 || below === 0 ? away : 0.75 * away;
      const at = x + right * far;
      const base = y + below * far + (below > 0 ? up : below === 0 ? down : 0);
      const left = anchor === 'start' ? at : anchor === 'end' ? at - width : at - width / 2;
      const box = { left, right: left + width, top: base - up, bottom: base + down };
      return { x: at, y: base, anchor, box };
    }),
  );
  const costs = places.map(({ box }) => {
    const outside =
      box.left < frame.left ||
      box.right > frame.right ||
      box.top < frame.top ||
      box.bottom > frame.bottom;
    return (outside ? 1e6 : 0) + drawn.filter((at) => isIn(at, box)).length;
  });
  return places[costs.indexOf(Math.min(...costs))];
}

const isIn = ([x, y]: PlanePoint, { left, right, top, bottom }: Box): boolean =>
  x >= left && x <= right && y >= top && y <= bottom;
