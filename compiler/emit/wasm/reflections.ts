// QR and least squares by Householder reflections, as in runtime/kernels/{qr,least-squares}.ts, on the transposed matrix: what goes down a column there goes along a row
// here. `row` is another name of the scratch memory.
import { textKernel } from './kernel-text.ts';
import type { KernelSpec } from './kernel-kit.ts';

/** The norm of entries `from` … `to`-1 after `start`; with care where squares are too large or too small. */
export const normed = (
  name: string,
  A: string,
  start: string,
  from: string,
  to: string,
): string => `
  let ${name} = 0
  for k from ${from} to ${to} { ${name} += ${A}[${start} + k]*${A}[${start} + k] }
  if ${name} > 1e-270 and ${name} < 1e300 { ${name} = sqrt(${name}) } else {
    let most = 0
    for k from ${from} to ${to} { most = max(most, abs(${A}[${start} + k])) }
    ${name} = most
    if most > 0 and most < 1/0 {
      ${name} = 0
      for k from ${from} to ${to} {
        const scaled = ${A}[${start} + k] / most
        ${name} += scaled*scaled
      }
      ${name} = most*sqrt(${name})
    }
  }`;

/** Row j of A (rows of `length` entries after `start`) becomes a reflection that leaves entry j alone; its factor is in tau. */
const made = (A: string, start: string, length: string): string => `
  ${normed('norm', A, `${start} + j*${length}`, 'j', length)}
  let tau = 0
  if norm > 0 {
    // Numbers near the smallest have few digits: what is made of them would be no reflection.
    let lift = 1
    if norm < 1e-200 {
      lift = 4.149515568880993e180
      for i from j to ${length} { ${A}[${start} + j*${length} + i] = ${A}[${start} + j*${length} + i]*lift }
      ${normed('norm', A, `${start} + j*${length}`, 'j', length)}
    }
    let head = ${A}[${start} + j*${length} + j]
    let beta = select(head > 0, -norm, norm)
    let scale = head - beta
    for i from j + 1 to ${length} { ${A}[${start} + j*${length} + i] = ${A}[${start} + j*${length} + i] / scale }
    ${A}[${start} + j*${length} + j] = beta / lift
    tau = (beta - head) / beta
  }`;

/** The reflection of row j applied to the row of C at `at`, where C is not named as A is. */
const applied = (A: string, start: string, length: string, C: string, at: string): string => `
  let along = ${C}[${at} + j]
  for i from j + 1 to ${length} { along += ${A}[${start} + j*${length} + i]*${C}[${at} + i] }
  along *= tau
  ${C}[${at} + j] -= along
  for i from j + 1 to ${length} { ${C}[${at} + i] -= along*${A}[${start} + j*${length} + i] }`;

const pivoted = `
  for j < n { work[pivots + j] = j }
  let rank = steps
  let first = 0
  let going = 1
  for j < steps {
    if going == 1 {
      let best = j
      let largest = -1
      for c from j to n {
        ${normed('size', 'work', 'c*m', 'j', 'm')}
        if size > largest {
          largest = size
          best = c
        }
      }
      if j == 0 { first = largest }
      if largest > first*max(m, n)*2.220446049250313e-16 {
        if best != j {
          for i < m {
            const kept = work[j*m + i]
            work[j*m + i] = row[best*m + i]
            row[best*m + i] = kept
          }
          let kept = work[pivots + j]
          work[pivots + j] = work[pivots + best]
          work[pivots + best] = kept
        }
        ${made('work', '0', 'm')}
        if tau != 0 {
          for c from j + 1 to n { ${applied('work', '0', 'm', 'row', 'c*m')} }
          for c < width { ${applied('work', '0', 'm', 'row', 'q + c*m')} }
        }
      } else {
        rank = j
        going = 0
      }
    }
  }`;

/** With [R S] of full row rank: QR of its transpose, Z = Q*T, and X = Q*inv(T')*c. Rows of Z are kept as `rank` vectors of n. */
const minimumNorm = `
  for j < columns {
    for i < n {
      work[z + j*n + i] = 0
      if i >= j { work[z + j*n + i] = work[i*m + j] }
    }
  }
  for j < columns {
    ${made('work', 'z', 'n')}
    work[taus + j] = tau
    if tau != 0 {
      for c from j + 1 to columns { ${applied('work', 'z', 'n', 'row', 'z + c*n')} }
    }
  }
  for c < width {
    for i < n { work[part + i] = 0 }
    for i < columns {
      let sum = work[q + c*m + i]
      for j < i { sum -= work[z + i*n + j]*work[part + j] }
      work[part + i] = sum / work[z + i*n + i]
    }
    for step < columns {
      where j = columns - 1 - step
      let tau = work[taus + j]
      if tau != 0 { ${applied('work', 'z', 'n', 'row', 'part')} }
    }
    for i < n {
      let at = work[pivots + i]
      X[x + at*width + c] = work[part + i]
    }
  }`;

const backSubstituted = `
  for c < width {
    for step < n {
      where i = n - 1 - step
      let entry = work[q + c*m + i] / work[i*m + i]
      let at = work[pivots + i]
      X[x + at*width + c] = entry
      for k < i { row[q + c*m + k] -= entry*work[i*m + k] }
    }
  }`;

export const reflectionKernels: readonly KernelSpec[] = [
  textKernel(
    'qr',
    'Q[] R[] A[] m n work[] batch',
    { row: 'work', other: 'Q' },
    `
    for b < batch {
      for r from min(m, n) to min(m, n) + 1 {
        where q = b*m*r
        for i < m {
          for j < n { work[j*m + i] = A[b*m*n + i*n + j] }
        }
        for j < r {
          ${made('work', '0', 'm')}
          work[m*n + j] = tau
          if tau != 0 {
            for c from j + 1 to n { ${applied('work', '0', 'm', 'row', 'c*m')} }
          }
        }
        // Q = H(1) … H(r) I by rows; the last row of R holds the sums.
        for i < m {
          for k < r { Q[q + i*r + k] = 0 }
        }
        for i < r { Q[q + i*r + i] = 1 }
        where sums = b*r*n + r*n - r
        for step < r {
          where j = r - 1 - step
          let tau = work[m*n + j]
          if tau != 0 {
            for k from j to r { R[sums + k] = Q[q + j*r + k] }
            for i from j + 1 to m {
              let factor = work[j*m + i]
              for k from j to r { R[sums + k] += factor*Q[q + i*r + k] }
            }
            for k from j to r { R[sums + k] *= tau }
            for k from j to r { Q[q + j*r + k] -= R[sums + k] }
            for i from j + 1 to m {
              let factor = work[j*m + i]
              for k from j to r { Q[q + i*r + k] -= factor*R[sums + k] }
            }
          }
        }
        for i < r {
          let sign = 1
          if work[i*m + i] < 0 { sign = -1 }
          for j < n {
            R[b*r*n + i*n + j] = 0
            if j >= i { R[b*r*n + i*n + j] = sign*work[j*m + i] }
          }
          if sign < 0 {
            for k < m { Q[q + k*r + i] = -Q[q + k*r + i] }
          }
        }
      }
    }`,
  ),
  textKernel(
    'leastSquares',
    'X[] A[] B[] m n width work[] batch',
    { row: 'work' },
    `
    where q = m*n
    where z = q + m*width
    where taus = z + n*n
    where pivots = taus + n
    where part = pivots + n
    where steps = min(m, n)
    for b < batch {
      where x = b*n*width
      for i < m {
        for j < n { work[j*m + i] = A[b*m*n + i*n + j] }
        for c < width { work[q + c*m + i] = B[b*m*width + i*width + c] }
      }
      ${pivoted}
      if rank == n { ${backSubstituted} } else {
        // columns is rank, as a whole number.
        for columns from rank to rank + 1 {
          if columns > 0 { ${minimumNorm} } else {
            for i < n*width { X[x + i] = 0 }
          }
        }
      }
    }`,
  ),
];
