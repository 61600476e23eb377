// LU with partial pivoting and systems with it, triangular systems, determinants, as in runtime/kernels/{lu,solve,triangular-solve,logabsdet}.ts.
import { textKernel } from './kernel-text.ts';
import type { KernelSpec } from './kernel-kit.ts';

/** A and `other` are two names of one array. */
const factored = (A: string, other: string, start: string, pivots: string): string => `
  let sign = 1
  for k < n {
    let pivot = k
    let best = abs(${A}[${start} + k*n + k])
    for i from k + 1 to n {
      if abs(${A}[${start} + i*n + k]) > best {
        best = abs(${A}[${start} + i*n + k])
        pivot = i
      }
    }
    ${A}[${pivots} + k] = pivot
    if pivot != k {
      sign = -sign
      for j < n {
        const kept = ${A}[${start} + k*n + j]
        ${A}[${start} + k*n + j] = ${other}[${start} + pivot*n + j]
        ${other}[${start} + pivot*n + j] = kept
      }
    }
    for i from k + 1 to n {
      let factor = ${A}[${start} + i*n + k] / ${A}[${start} + k*n + k]
      ${A}[${start} + i*n + k] = factor
      if factor != 0 {
        for j from k + 1 to n { ${other}[${start} + i*n + j] -= factor*${A}[${start} + k*n + j] }
      }
    }
  }`;

const copied = (to: string, toStart: string, from: string, start: string, size: string): string =>
  `for i < ${size} { ${to}[${toStart} + i] = ${from}[${start} + i] }`;

/** X and `other` are two names of one array. One right side is a vector: sums along rows of L, or its rows added; several are done side by side. */
function substituted(
  L: string,
  start: string,
  lower: boolean,
  transposed: boolean,
  unit = false,
): string {
  const entry = (row: string, column: string): string =>
    `${L}[${start} + ${transposed ? column : row}*n + ${transposed ? row : column}]`;
  const forward = lower !== transposed;
  const where = `where i = ${forward ? 'step' : 'n - 1 - step'}`;
  const before = forward ? 'from 0 to i' : 'from i + 1 to n';
  const after = forward ? 'from i + 1 to n' : 'from 0 to i';
  const divided = (value: string): string => (unit ? value : `(${value}) / ${entry('i', 'i')}`);
  const one = transposed
    ? `let entry = ${divided('X[x + i]')}
       X[x + i] = entry
       for j ${after} { X[x + j] -= entry*${entry('j', 'i')} }`
    : `let sum = 0
       for j ${before} { sum += ${entry('i', 'j')}*X[x + j] }
       X[x + i] = ${divided('X[x + i] - sum')}`;
  return `
    where x = b*n*width
    if width == 1 {
      for step < n { ${where} ${one} }
    } else {
      for step < n {
        ${where}
        for j ${before} {
          let factor = ${entry('i', 'j')}
          if factor != 0 {
            for c < width { X[x + i*width + c] -= factor*other[x + j*width + c] }
          }
        }
        ${
          unit
            ? ''
            : `let diagonal = ${entry('i', 'i')}
        for c < width { X[x + i*width + c] = X[x + i*width + c] / diagonal }`
        }
      }
    }`;
}

const solved = (LU: string, start: string): string => `
  for i < n {
    let exchanged = ${LU}[${start} + n*n + i]
    if exchanged != i {
      for c < width {
        const kept = X[b*n*width + i*width + c]
        X[b*n*width + i*width + c] = other[b*n*width + exchanged*width + c]
        other[b*n*width + exchanged*width + c] = kept
      }
    }
  }
  ${substituted(LU, start, true, false, true)}
  ${substituted(LU, start, false, false)}`;

const rightSides = copied('X', '0', 'B', '0', 'batch*n*width');

export const systemKernels: readonly KernelSpec[] = [
  textKernel(
    'solve',
    'X[] A[] B[] n width work[] batch',
    { other: 'X', rows: 'work' },
    `
    ${rightSides}
    for b < batch {
      ${copied('work', '0', 'A', 'b*n*n', 'n*n')}
      ${factored('work', 'rows', '0', 'n*n')}
      ${solved('work', '0')}
    }`,
  ),
  textKernel(
    'factor',
    'LU[] A[] n batch',
    { rows: 'LU' },
    `
    for b < batch {
      where at = b*(n*n + n)
      ${copied('LU', 'at', 'A', 'b*n*n', 'n*n')}
      ${factored('LU', 'rows', 'at', 'at + n*n')}
    }`,
  ),
  textKernel(
    'solveFactored',
    'X[] LU[] B[] n width batch',
    { other: 'X' },
    `
    ${rightSides}
    for b < batch { ${solved('LU', 'b*(n*n + n)')} }`,
  ),
  textKernel(
    'solveAgain',
    'X[] A[] B[] n width kept[] batch',
    { other: 'X', rows: 'kept' },
    `
    ${rightSides}
    for b < batch {
      where at = b*(2*n*n + n + 1)
      where copy = at + n*n + n
      let changed = 1
      if kept[copy + n*n] != 0 {
        let different = 0
        for i < n*n { different += select(A[b*n*n + i] != kept[copy + i], 1, 0) }
        changed = different
      }
      if changed != 0 {
        ${copied('kept', 'at', 'A', 'b*n*n', 'n*n')}
        ${factored('kept', 'rows', 'at', 'at + n*n')}
        ${copied('kept', 'copy', 'A', 'b*n*n', 'n*n')}
        kept[copy + n*n] = 1
      }
      ${solved('kept', 'at')}
    }`,
  ),
  textKernel(
    'triangularSolve',
    'X[] L[] B[] n width lower transposed batch',
    { other: 'X' },
    `
    ${rightSides}
    for b < batch {
      if lower == 1 {
        if transposed == 1 { ${substituted('L', 'b*n*n', true, true)} }
        else { ${substituted('L', 'b*n*n', true, false)} }
      } else {
        if transposed == 1 { ${substituted('L', 'b*n*n', false, true)} }
        else { ${substituted('L', 'b*n*n', false, false)} }
      }
    }`,
  ),
  textKernel(
    'logabsdet',
    'logs[] signs[] A[] n work[] batch',
    { rows: 'work' },
    `
    for b < batch {
      ${copied('work', '0', 'A', 'b*n*n', 'n*n')}
      ${factored('work', 'rows', '0', 'n*n')}
      let sum = 0
      for i < n {
        sum += log(abs(work[i*n + i]))
        if work[i*n + i] < 0 { sign = -sign }
        if work[i*n + i] == 0 { sign = 0 }
      }
      // A singular matrix leaves divisions by a zero pivot behind.
      let infinite = 0
      for i < n*n { infinite += 0*A[b*n*n + i] }
      let zero = 0
      if sum != sum and infinite == 0 { zero = 1 }
      if sum == -1/0 { zero = 1 }
      if zero == 1 {
        logs[b] = -1/0
        signs[b] = 0
      } else {
        logs[b] = sum
        signs[b] = select(sum != sum, sum, sign)
      }
    }`,
  ),
];
