import { RuntimeFault } from '../fault.ts';

/** The 0-based position itself where it is a whole number below the size; else a fault at the numbered expression. */
export function checkedIndex(position: number, size: number, place: number): number {
  if (position >= 0 && position < size && Number.isInteger(position)) return position;
  throw new RuntimeFault(`index ${position + 1} is outside 1..${size}`, place);
}
