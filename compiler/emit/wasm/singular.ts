// Singular values and vectors by one-sided Jacobi rotations, as in runtime/kernels/svd.ts. Columns of the tall one of A and A' are rows of the scratch memory; `row` is
// another name of it.
import { createAssembler, parameterLocals, type Local, type WasmFunction } from './assembler.ts';
import { kernelFunctions } from './kernel-kit.ts';
import { textKernel } from './kernel-text.ts';
import { brought, hypotenuse } from './eigen.ts';
import { normed } from './reflections.ts';

/** All pairs of rows once. Squares of norms follow from the rotations; they are worked out again at the start, and where much is lost. */
const rotatedAll = `
  for p < n { let square = 0
    for k < m { square += work[p*m + k]*work[p*m + k] }
    work[squares + p] = square
    largest = max(largest, square)
  }
  for p < n {
    for q from p + 1 to n {
      let gamma = 0
      for k < m { gamma += work[p*m + k]*work[q*m + k] }
      let alpha = work[squares + p]
      let beta = work[squares + q]
      if min(alpha, beta) > 1e-60*largest and abs(gamma) > tolerance*sqrt(alpha)*sqrt(beta) {
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

/** Where a small singular value is nothing but rounding errors its column of U is not orthogonal to the others: it and all that follow are zeros. */
const truncated = (U: string): string => `
  let exact = 1
  for j < n {
    if s[d + j] <= 2.220446049250313e-16*m*s[d] {
      for k < j {
        if exact == 1 {
          let along = 0
          for i < m { along += ${U}[u + i*n + k]*${U}[u + i*n + j] }
          if abs(along) > 1.7763568394002505e-15*sqrt(m) { exact = 0 }
        }
      }
    }
    if exact == 0 {
      s[d + j] = 0
      for i < m { ${U}[u + i*n + j] = 0 }
    }
  }`;

/** Columns for zero singular values, orthonormal to the others (Gram-Schmidt twice on unit vectors). */
const completed = (U: string): string => `
  for j < n {
    if s[d + j] > 0 { rotated = 0 } else {
      let found = 0
      for which < m {
        if found == 0 {
          for i < m { work[i] = select(i == which, 1, 0) }
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

/** The sign of the first entry of column j that is at least 0.41 of the largest. */
const signOf = (U: string, start: string, rows: string): string => `
  for i < ${rows} { top = max(top, abs(${U}[${start} + i*n + j])) }
  for i < ${rows} {
    if sign == 0 {
      if abs(${U}[${start} + i*n + j]) >= 0.41*top {
        sign = select(${U}[${start} + i*n + j] < 0, -1, 1)
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
    let most = 0
    for i < m*n { most = max(most, abs(work[i])) }
    ${brought('work', '0', 'm*n')}
    let tolerance = 1.1102230246251565e-16*sqrt(m)
    let rotated = 1
    for sweep < 60 {
      if rotated == 1 {
        rotated = 0
        let largest = 0
        ${rotatedAll}
      }
    }
    for j < n {
      ${normed('norm', 'work', 'j*m', '0', 'm')}
      s[d + j] = norm*unit
      work[order + j] = j
    }
    for i < n {
      let best = i
      for j from i + 1 to n {
        if s[d + j] > s[d + best] { best = j }
      }
      let value = s[d + best]
      let moved = work[order + best]
      for step < n {
        where j = n - 1 - step
        if j > i and j <= best {
          s[d + j] = s[d + j - 1]
          work[order + j] = work[order + j - 1]
        }
      }
      s[d + i] = value
      work[order + i] = moved
    }
    for j < n {
      let from = work[order + j]
      let value = s[d + j] / unit
      if value > 0 {
        for i < m { ${U}[u + i*n + j] = work[from*m + i] / value }
      } else {
        for i < m { ${U}[u + i*n + j] = 0 }
      }
      for i < n { ${V}[v + i*n + j] = work[turns + from*n + i] }
    }
    ${truncated(U)}
    ${completed(U)}
  }`;

/** U, s and V for matrices of at least as many rows as columns. `turned`: A' is given, and the signs are those of V. */
const tallKernel = textKernel(
  'svd of tall',
  'U[] s[] V[] A[] m n work[] batch turned',
  { row: 'work' },
  `
    for b < batch {
      where u = b*m*n
      where v = b*n*n
      where d = b*n
      if turned == 1 {
        for i < m*n { work[i] = A[b*m*n + i] }
      } else {
        for i < m {
          for j < n { work[j*m + i] = A[b*m*n + i*n + j] }
        }
      }
      ${tall('U', 'V')}
      for j < n {
        let top = 0
        let sign = 0
        if turned == 1 { ${signOf('V', 'v', 'n')} } else { ${signOf('U', 'u', 'm')} }
        if sign < 0 {
          for i < m { U[u + i*n + j] = -U[u + i*n + j] }
          for i < n { V[v + i*n + j] = -V[v + i*n + j] }
        }
      }
    }`,
);

/** svd(U, s, V, A, m, n, work, batch) */
export function singularValues(): readonly WasmFunction[] {
  const types = Array.from({ length: 8 }, () => 'i32' as const);
  const code = createAssembler('svd', types, []);
  const [U, s, V, A, m, n, work, batch] = parameterLocals(types);
  const decompose = (parameters: readonly Local[], turned: number): void => {
    parameters.forEach(code.get);
    code.i32(turned);
    code.call(tallKernel.name);
  };
  code.get(m);
  code.get(n);
  code.op('i32.ge_s');
  code.branch(
    () => decompose([U, s, V, A, m, n, work, batch], 0),
    () => decompose([V, s, U, A, n, m, work, batch], 1),
  );
  return [...kernelFunctions(tallKernel), code.finish()];
}
