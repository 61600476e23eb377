// Eigenvalues and eigenvectors of symmetric matrices, as in runtime/kernels/eigh.ts (tred2 and tql2), on the transposed matrix: what changes a column there goes along a
// row here. `row` is another name of V.
import { textKernel } from './kernel-text.ts';
import type { KernelSpec } from './kernel-kit.ts';

/** sqrt(x² + y²) without overflow. */
export const hypotenuse = (name: string, x: string, y: string): string => `
  let ${name}Large = max(abs(${x}), abs(${y}))
  let ${name}Ratio = select(${name}Large == 0, 0, min(abs(${x}), abs(${y})) / ${name}Large)
  let ${name} = ${name}Large*sqrt(1 + ${name}Ratio*${name}Ratio)`;

/** Entries of which the largest is `most` are multiplied by a power of two where their squares may be too large or too small; `unit` undoes it. */
export const brought = (A: string, start: string, size: string): string => `
  let unit = 1
  if most > 1e100 { unit = 4.149515568880993e180 }
  if most < 1e-100 { unit = 2.409919865102884e-181 }
  if unit != 1 {
    for i < ${size} { ${A}[${start} + i] = ${A}[${start} + i]*(1 / unit) }
  }`;

/** Rows of numbers too small to have all their digits count as zeros. */
const tridiagonalized = (vectors: boolean): string => `
  for j < n { w[d + j] = V[v + j*n + n - 1] }
  for step < n - 1 {
    where i = n - 1 - step
    let scale = 0
    let h = 0
    for k < i { scale += abs(w[d + k]) }
    if scale < 1e-280 {
      e[i] = w[d + i - 1]
      for j < i {
        w[d + j] = V[v + j*n + i - 1]
        V[v + j*n + i] = 0
        V[v + i*n + j] = 0
      }
    } else {
      for k < i {
        const entry = w[d + k] / scale
        w[d + k] = entry
        h += entry*entry
      }
      let f = w[d + i - 1]
      let g = select(f > 0, -sqrt(h), sqrt(h))
      e[i] = scale*g
      h -= f*g
      w[d + i - 1] = f - g
      for j < i { e[j] = 0 }
      for j < i {
        f = w[d + j]
        V[v + i*n + j] = f
        g = e[j] + V[v + j*n + j]*f
        for k from j + 1 to i {
          g += V[v + j*n + k]*w[d + k]
          e[k] += V[v + j*n + k]*f
        }
        e[j] = g
      }
      f = 0
      for j < i {
        const entry = e[j] / h
        e[j] = entry
        f += entry*w[d + j]
      }
      let half = f / (h + h)
      for j < i { e[j] -= half*w[d + j] }
      for j < i {
        f = w[d + j]
        g = e[j]
        for k from j to i { V[v + j*n + k] -= f*e[k] + g*w[d + k] }
        w[d + j] = V[v + j*n + i - 1]
        V[v + j*n + i] = 0
      }
    }
    w[d + i] = h
  }
  ${vectors ? gathered : 'for j < n { w[d + j] = V[v + j*n + j] }'}
  e[0] = 0`;

/** The product of the reflections. */
const gathered = `
  for i < n - 1 {
    V[v + i*n + n - 1] = V[v + i*n + i]
    V[v + i*n + i] = 1
    let h = w[d + i + 1]
    if h != 0 {
      for k < i + 1 { w[d + k] = V[v + i*n + n + k] / h }
      for j < i + 1 {
        let g = 0
        for k < i + 1 { g += V[v + i*n + n + k]*V[v + j*n + k] }
        for k < i + 1 { row[v + j*n + k] -= g*w[d + k] }
      }
    }
    for k < i + 1 { V[v + i*n + n + k] = 0 }
  }
  for j < n {
    w[d + j] = V[v + j*n + n - 1]
    V[v + j*n + n - 1] = 0
  }
  V[v + n*n - 1] = 1`;

const rotated = `
  for k < n {
    const lower = V[v + i*n + k]
    const upper = row[v + i*n + n + k]
    row[v + i*n + n + k] = s*lower + c*upper
    V[v + i*n + k] = c*lower - s*upper
  }`;

/** Whether an entry beside the diagonal is no rounding error, has all its digits, and is large enough to divide by. */
const counts = (i: string): string =>
  `abs(e[${i}]) > 1e-280 and abs(e[${i}]) > 2.220446049250313e-16*largest and abs(e[${i}]) > 1e-290*(abs(w[d + ${i}]) + abs(w[d + ${i} + 1]))`;

const diagonalized = (vectors: boolean): string => `
  for i from 1 to n { e[i - 1] = e[i] }
  e[n - 1] = 0
  let shift = 0
  let largest = 0
  for l < n {
    largest = max(largest, abs(w[d + l]) + abs(e[l]))
    let last = l
    let going = 1
    for i from l to n - 1 {
      if going == 1 {
        if ${counts('i')} { last = i + 1 } else { going = 0 }
      }
    }
    if last > l {
      going = 1
      // m is last, as a whole number.
      for m from last to last + 1 {
        for turn < 60 {
          if going == 1 {
            let g = w[d + l]
            let p = (w[d + l + 1] - g) / (2*e[l])
            ${hypotenuse('size', 'p', '1')}
            let r = select(p < 0, -size, size)
            w[d + l] = e[l] / (p + r)
            w[d + l + 1] = e[l]*(p + r)
            let next = w[d + l + 1]
            let h = g - w[d + l]
            for i from l + 2 to n { w[d + i] -= h }
            shift += h
            p = w[d + m]
            let c = 1
            let c2 = 1
            let c3 = 1
            let after = e[l + 1]
            let s = 0
            let s2 = 0
            for step < m - l {
              where i = m - 1 - step
              c3 = c2
              c2 = c
              s2 = s
              g = c*e[i]
              h = c*p
              ${hypotenuse('radius', 'p', 'e[i]')}
              e[i + 1] = s*radius
              s = e[i] / radius
              c = p / radius
              p = c*w[d + i] - s*g
              w[d + i + 1] = h + s*(c*g + s*w[d + i])
              ${vectors ? rotated : ''}
            }
            p = -s*s2*c3*after*(e[l] / next)
            e[l] = s*p
            w[d + l] = c*p
            if ${counts('l')} { going = 1 } else { going = 0 }
          }
        }
      }
    }
    w[d + l] += shift
    e[l] = 0
  }`;

const sorted = (vectors: boolean): string => `
  for i < n - 1 {
    let least = i
    let value = w[d + i]
    for j from i + 1 to n {
      if w[d + j] < value {
        least = j
        value = w[d + j]
      }
    }
    if least != i {
      w[d + least] = w[d + i]
      w[d + i] = value
      ${
        vectors
          ? `for k < n {
        const kept = V[v + i*n + k]
        V[v + i*n + k] = row[v + least*n + k]
        row[v + least*n + k] = kept
      }`
          : ''
      }
    }
  }`;

/** The first entry that is at least 0.41 of the largest becomes positive. */
const signed = `
  for j < n {
    let top = 0
    for k < n { top = max(top, abs(V[v + j*n + k])) }
    let sign = 0
    for k < n {
      if sign == 0 {
        if abs(V[v + j*n + k]) >= 0.41*top { sign = select(V[v + j*n + k] < 0, -1, 1) }
      }
    }
    if sign < 0 {
      for k < n { V[v + j*n + k] = -V[v + j*n + k] }
    }
  }
  for i < n {
    for j < i {
      let kept = V[v + i*n + j]
      V[v + i*n + j] = V[v + j*n + i]
      V[v + j*n + i] = kept
    }
  }`;

const decomposed = (vectors: boolean): string => `
  for i < n {
    for j < n { V[v + i*n + j] = (A[a + i*n + j] + A[a + j*n + i]) / 2 }
  }
  let infinite = 0
  for i < n*n { infinite += 0*V[v + i] }
  if infinite != 0 {
    for i < n { w[d + i] = NaN }
    for i < n*n { V[v + i] = NaN }
  } else {
    if n > 0 {
      let most = 0
      for i < n*n { most = max(most, abs(V[v + i])) }
      ${brought('V', 'v', 'n*n')}
      ${tridiagonalized(vectors)}
      ${diagonalized(vectors)}
      ${sorted(vectors)}
      if unit != 1 {
        for i < n { w[d + i] = w[d + i]*unit }
      }
      ${vectors ? signed : ''}
    }
  }`;

export const eigenKernels: readonly KernelSpec[] = [
  textKernel(
    'eigh',
    'w[] V[] A[] n e[] batch',
    { row: 'V' },
    `
    for b < batch {
      where d = b*n
      where v = b*n*n
      where a = b*n*n
      ${decomposed(true)}
    }`,
  ),
  textKernel(
    'eigenvalues',
    'w[] A[] n V[] batch',
    { row: 'V', work: 'V' },
    `
    for b < batch {
      where d = b*n
      where v = 0
      where a = b*n*n
      ${decomposed(false).replaceAll(/\be\[/g, 'work[n*n + ')}
    }`,
  ),
];
