// Sums and differences of sizes, quick where both are small numbers, as most are.
import {
  addDims,
  constantDim,
  constantValue,
  multiplyDims,
  scaleDim,
  subtractDims,
  type Dim,
} from '../tensor/dim.ts';

const small: readonly Dim[] = Array.from({ length: 1025 }, (_, n) => constantDim(n));

export const numberDim = (n: number): Dim => small[n] ?? constantDim(n);

/** Both as numbers, where they are. */
function numbers(a: Dim, b: Dim): readonly [number, number] | undefined {
  const p = constantValue(a);
  if (p === undefined) return undefined;
  const q = constantValue(b);
  return q === undefined ? undefined : [p, q];
}

export function plus(a: Dim, b: Dim): Dim {
  if (a.monomials.length === 0) return b;
  if (b.monomials.length === 0) return a;
  const both = numbers(a, b);
  return both === undefined ? addDims(a, b) : numberDim(both[0] + both[1]);
}

export function minus(a: Dim, b: Dim): Dim {
  if (b.monomials.length === 0) return a;
  if (a.key === b.key) return numberDim(0);
  const both = numbers(a, b);
  return both === undefined ? subtractDims(a, b) : numberDim(both[0] - both[1]);
}

export function product(a: Dim, b: Dim): Dim {
  const both = numbers(a, b);
  return both === undefined ? multiplyDims(a, b) : numberDim(both[0] * both[1]);
}

export function multiple(a: Dim, factor: number): Dim {
  const value = constantValue(a);
  return value === undefined ? scaleDim(a, factor) : numberDim(value * factor);
}

export const productOf = (dims: readonly Dim[]): Dim => dims.reduce(product, numberDim(1));
