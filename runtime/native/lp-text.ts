// A program in the CPLEX LP format, all digits kept.

/** minimise offset + c'x + x'Qx/2 subject to rowLower <= A x <= rowUpper, lower <= x <= upper, x[i] whole where integer[i]. */
export interface LinearProgram {
  readonly offset: number;
  readonly c: Float64Array;
  /** Row-major, rows × columns. */
  readonly A: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly integer: Float64Array;
  readonly Q: Float64Array | undefined;
}

const signed = (value: number, name: string): string =>
  `${value < 0 ? '-' : '+'} ${Math.abs(value)} ${name}`;

/** At most eight terms a line: the format limits lines. */
function sum(terms: readonly string[]): string {
  if (terms.length === 0) return '0 x0';
  const lines: string[] = [];
  for (let k = 0; k < terms.length; k += 8) lines.push(terms.slice(k, k + 8).join(' '));
  return lines.join('\n   ');
}

export function linearProgramText(program: LinearProgram): string {
  const n = program.c.length;
  const rows = program.rowLower.length;
  const linear = (values: Float64Array, from: number): readonly string[] =>
    Array.from({ length: n }, (_, j) => j).flatMap((j) =>
      values[from + j] === 0 ? [] : [signed(values[from + j], `x${j}`)],
    );
  const constraints = Array.from({ length: rows }, (_, i) =>
    rowText(program, i, sum(linear(program.A, i * n))),
  ).flat();
  const whole = Array.from({ length: n }, (_, j) => j).filter((j) => program.integer[j] !== 0);
  return [
    'Minimize',
    ` obj: ${sum(linear(program.c, 0))}${quadraticText(program)}`,
    'Subject To',
    ...constraints,
    'Bounds',
    ...Array.from({ length: n }, (_, j) => boundText(program, j)),
    ...(whole.length === 0 ? [] : ['General', ...whole.map((j) => ` x${j}`)]),
    'End',
    '',
  ].join('\n');
}

function rowText(
  { rowLower, rowUpper }: LinearProgram,
  i: number,
  left: string,
): readonly string[] {
  const [low, high] = [rowLower[i], rowUpper[i]];
  if (low === high) return [` r${i}: ${left} = ${low}`];
  return [
    ...(Number.isFinite(low) ? [` l${i}: ${left} >= ${low}`] : []),
    ...(Number.isFinite(high) ? [` u${i}: ${left} <= ${high}`] : []),
  ];
}

function boundText({ lower, upper }: LinearProgram, j: number): string {
  const low = Number.isFinite(lower[j]) ? String(lower[j]) : '-inf';
  const high = Number.isFinite(upper[j]) ? String(upper[j]) : '+inf';
  return ` ${low} <= x${j} <= ${high}`;
}

function quadraticText({ Q, c }: LinearProgram): string {
  if (Q === undefined) return '';
  const n = c.length;
  const terms: string[] = [];
  for (let i = 0; i < n; i++) {
    if (Q[i * n + i] !== 0) terms.push(signed(Q[i * n + i], `x${i} ^ 2`));
    for (let j = i + 1; j < n; j++) {
      const entry = Q[i * n + j] + Q[j * n + i];
      if (entry !== 0) terms.push(signed(entry, `x${i} * x${j}`));
    }
  }
  return terms.length === 0 ? '' : `\n   + [ ${sum(terms)} ] / 2`;
}
