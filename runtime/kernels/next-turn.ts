import { RuntimeFault } from '../fault.ts';

const mostTurns = 1_000_000;

/** The number of the next turn of a `while` loop; a fault at the numbered expression where the loop does not end. */
export function nextTurn(turn: number, place: number): number {
  if (turn + 1 < mostTurns) return turn + 1;
  throw new RuntimeFault('a while loop does not end', place);
}
