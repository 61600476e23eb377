// Directions along which a linear or convex quadratic program can go on for ever.
import type { LinearProgram } from './lp-text.ts';

/** The recession cone within a box, with the goal's slope: its answer is a direction along which the goal falls fastest. A quadratic goal must be flat along it. */
export function rayProgram(program: LinearProgram): LinearProgram {
  const { Q, rowLower, rowUpper } = program;
  const n = program.c.length;
  const flat = Q === undefined ? 0 : n;
  const rows = rowLower.length + flat;
  const A = new Float64Array(rows * n);
  A.set(program.A);
  if (Q !== undefined) A.set(Q, rowLower.length * n);
  const limit = (values: Float64Array, infinite: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) =>
      i < values.length && !Number.isFinite(values[i]) ? infinite : 0,
    );
  return {
    offset: 0,
    c: program.c,
    A,
    rowLower: limit(rowLower, -Infinity),
    rowUpper: limit(rowUpper, Infinity),
    lower: program.lower.map((low) => (Number.isFinite(low) ? 0 : -1)),
    upper: program.upper.map((high) => (Number.isFinite(high) ? 0 : 1)),
    integer: new Float64Array(n),
    Q: undefined,
  };
}

/** The same rows and bounds with nothing to minimise. */
export const feasibilityProgram = (program: LinearProgram): LinearProgram => ({
  ...program,
  offset: 0,
  c: new Float64Array(program.c.length),
  Q: undefined,
});
