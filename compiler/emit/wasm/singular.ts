// Singular values and vectors by one-sided Jacobi rotations, as in runtime/kernels/svd.ts. Columns of the tall one of A and A' are rows of the scratch memory; `row` is
// another name of it.
import { textKernel } from './kernel-text.ts';
import { hypotenuse } from './eigen.ts';
import { normed } from './reflections.ts';
import type { KernelSpec } from './kernel-kit.ts';

/** All pairs of rows once. Squares of norms follow from the rotations; they are worked out again at the start, and where much is lost. */
const rotatedAll = `
  for p < n { ${`
    let square = 0
    for k < m { square += work[p*m + k]*work[p*m + k] }
    work[squares + p] = square`}
  }
  for p < n {
    for q from p + 1 to n {
      let gamma = 0
      for k < m { gamma += work[p*m + k]*work[q*m + k] }
      let alpha = work[squares + p]
      let beta = work[squares + q]
      if gamma != 0 and abs(gamma) > tolerance*sqrt(alpha)*sqrt(beta) {
        rotated = 1
        let zeta = (beta - alpha) / (2*gamma)
        ${hypotenuse('size', '1', 'zeta')}
        let t = select(zeta >= 0, 1, -1) / (abs(zeta) + size)
        let c = 1 / sqrt(1 + t*t)
        let s = c*t
        for k < m {
          const first = work[p*m + k]
          const second = row[q*m + k]
          work[p*m + k] = c*first - s*second
          row[q*m + k] = s*first + c*second
        }
        for k < n {
          const first = work[turns + p*n + k]
          const second = row[turns + q*n + k]
          work[turns + p*n + k] = c*first - s*second
          row[turns + q*n + k] = s*first + c*second
        }
        let less = alpha - t*gamma
        if less < 0.5*alpha {
          less = 0
          for k < m { less += work[p*m + k]*work[p*m + k] }
        }
        work[squares + p] = less
        let more = beta + t*gamma
        if more < 0.5*beta {
          more = 0
          for k < m { more += work[q*m + k]*work[q*m + k] }
        }
        work[squares + q] = more
      }
    }
  }`;

/** Columns for zero singular values, orthonormal to the others (Gram-Schmidt twice on unit vectors). */
const completed = (U: string): string => `
  for j < n {
    if s[d + j] > 0 { rotated = 0 } else {
      let found = 0
      for unit < m {
        if found == 0 {
          for i < m { work[i] = select(i == unit, 1, 0) }
          for pass < 2 {
            for k < n {
              let useful = 1
              if k == j { useful = 0 }
              if s[d + k] == 0 and k > j { useful = 0 }
              if useful == 1 {
                let along = 0
                for i < m { along += ${U}[u + i*n + k]*work[i] }
                for i < m { work[i] -= along*${U}[u + i*n + k] }
              }
            }
          }
          ${normed('norm', 'work', '0', '0', 'm')}
          if norm >= 0.5 / sqrt(m) {
            for i < m { ${U}[u + i*n + j] = work[i] / norm }
            found = 1
          }
        }
      }
    }
  }`;

/** For m >= n, with columns in the rows of `work` (n×m). */
const tall = (U: string, V: string): string => `
  where turns = m*n
  where order = turns + n*n
  where squares = order + n
  for i < n {
    for j < n { work[turns + i*n + j] = 0 }
    work[turns + i*n + i] = 1
  }
  let infinite = 0
  for i < m*n { infinite += 0*work[i] }
  if infinite != 0 {
    for i < m*n { ${U}[u + i] = NaN }
    for i < n { s[d + i] = NaN }
    for i < n*n { ${V}[v + i] = NaN }
  } else {
    let tolerance = 1.1102230246251565e-16*sqrt(m)
    let rotated = 1
    for sweep < 60 {
      if rotated == 1 {
        rotated = 0
        ${rotatedAll}
      }
    }
    for j < n {
      ${normed('norm', 'work', 'j*m', '0', 'm')}
      s[d + j] = norm
      work[order + j] = j
    }
    for i < n {
      let best = i
      for j from i + 1 to n {
        if s[d + j] > s[d + best] { best = j }
      }
      let value = s[d + best]
      let which = work[order + best]
      for step < n {
        where j = n - 1 - step
        if j > i and j <= best {
          s[d + j] = s[d + j - 1]
          work[order + j] = work[order + j - 1]
        }
      }
      s[d + i] = value
      work[order + i] = which
    }
    for j < n {
      let from = work[order + j]
      let value = s[d + j]
      if value > 0 {
        for i < m { ${U}[u + i*n + j] = work[from*m + i] / value }
      } else {
        for i < m { ${U}[u + i*n + j] = 0 }
      }
      for i < n { ${V}[v + i*n + j] = work[turns + from*n + i] }
    }
    ${completed(U)}
  }`;

/** For m < n the sizes change places. */
const wide = tall('V', 'U').replaceAll(/\b[mnuv]\b/g, (name) =>
  name === 'm' ? 'n' : name === 'n' ? 'm' : name === 'u' ? 'v' : 'u',
);

export const singularKernels: readonly KernelSpec[] = [
  textKernel(
    'svd',
    'U[] s[] V[] A[] m n work[] batch',
    { row: 'work' },
    `
    for b < batch {
      for r from min(m, n) to min(m, n) + 1 {
        where u = b*m*r
        where v = b*n*r
        where d = b*r
        if m >= n {
          for i < m {
            for j < n { work[j*m + i] = A[b*m*n + i*n + j] }
          }
          ${tall('U', 'V')}
        } else {
          for i < m*n { work[i] = A[b*m*n + i] }
          ${wide}
        }
        for j < r {
          let top = 0
          for i < m { top = max(top, abs(U[u + i*r + j])) }
          let sign = 0
          for i < m {
            if sign == 0 {
              if abs(U[u + i*r + j]) >= 0.41*top { sign = select(U[u + i*r + j] < 0, -1, 1) }
            }
          }
          if sign < 0 {
            for i < m { U[u + i*r + j] = -U[u + i*r + j] }
            for i < n { V[v + i*r + j] = -V[v + i*r + j] }
          }
        }
      }
    }`,
  ),
];
