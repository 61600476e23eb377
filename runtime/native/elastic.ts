// A linear program whose rows may be broken at a price: it always has an answer, and where the program itself has none, multipliers that show it.
import type { LinearProgram } from './lp-text.ts';

/** Each row gets a column that lets it be exceeded, and an equation one that lets it fall short, at `price` a unit. Rows stay; columns are added at the end. */
export function elasticProgram(program: LinearProgram, price: number): LinearProgram {
  const rows = program.rowLower.length;
  const n = program.c.length;
  const slacks = Array.from({ length: rows }, (_, i) => i).flatMap((i) => [
    { row: i, sign: -1 },
    ...(Number.isFinite(program.rowLower[i]) ? [{ row: i, sign: 1 }] : []),
  ]);
  const width = n + slacks.length;
  const A = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) A.set(program.A.subarray(i * n, (i + 1) * n), i * width);
  slacks.forEach(({ row, sign }, k) => (A[row * width + n + k] = sign));
  const extended = (values: Float64Array, fill: number): Float64Array => {
    const longer = new Float64Array(width).fill(fill);
    longer.set(values);
    return longer;
  };
  return {
    ...program,
    A,
    c: extended(program.c, price),
    lower: extended(program.lower, 0),
    upper: extended(program.upper, Infinity),
    integer: extended(program.integer, 0),
    Q: undefined,
  };
}
