// Symbolic sizes: integer polynomials over named size symbols (`n`, `m`, `n*k - 1`), kept in one canonical form,
// so that two sizes are equal for all values of their symbols exactly when their keys are equal.

/** One monomial: an integer coefficient and the sorted names of its factors (with repetition). */
export interface Monomial {
  readonly coefficient: number;
  readonly symbols: readonly string[];
}

export interface Dim {
  readonly monomials: readonly Monomial[];
  /** Canonical text, e.g. `n*k + 2*n - 1`; equal keys mean equal sizes. */
  readonly key: string;
}

/** Values of size symbols. */
export type Sizes = Readonly<Record<string, number>>;

export const constantDim = (value: number): Dim => canonical([{ coefficient: value, symbols: [] }]);

export const symbolDim = (name: string): Dim => canonical([{ coefficient: 1, symbols: [name] }]);

export const addDims = (a: Dim, b: Dim): Dim => canonical([...a.monomials, ...b.monomials]);

export const scaleDim = (a: Dim, factor: number): Dim =>
  canonical(a.monomials.map((m) => ({ coefficient: m.coefficient * factor, symbols: m.symbols })));

export const subtractDims = (a: Dim, b: Dim): Dim => addDims(a, scaleDim(b, -1));

export const multiplyDims = (a: Dim, b: Dim): Dim =>
  canonical(
    a.monomials.flatMap((p) =>
      b.monomials.map((q) => ({
        coefficient: p.coefficient * q.coefficient,
        symbols: [...p.symbols, ...q.symbols],
      })),
    ),
  );

export const productOfDims = (dims: readonly Dim[]): Dim =>
  dims.reduce(multiplyDims, constantDim(1));

export const sameDim = (a: Dim, b: Dim): boolean => a.key === b.key;

export const sameShape = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((dim, axis) => dim.key === b[axis].key);

/** The value of a size without symbols, else undefined. */
export function constantValue(dim: Dim): number | undefined {
  if (dim.monomials.length === 0) return 0;
  const [first] = dim.monomials;
  return dim.monomials.length === 1 && first.symbols.length === 0 ? first.coefficient : undefined;
}

/** The value of a size for given symbols; undefined where a symbol has no value. */
export function evaluateDim(dim: Dim, sizes: Sizes): number | undefined {
  let total = 0;
  for (const { coefficient, symbols } of dim.monomials) {
    let term = coefficient;
    for (const symbol of symbols) {
      if (!Object.hasOwn(sizes, symbol)) return undefined;
      term *= sizes[symbol];
    }
    total += term;
  }
  return total;
}

/** Replaces symbols by sizes. */
export function substituteDim(dim: Dim, replace: (symbol: string) => Dim | undefined): Dim {
  return dim.monomials.reduce(
    (sum, { coefficient, symbols }) =>
      addDims(
        sum,
        symbols.reduce(
          (product, symbol) => multiplyDims(product, replace(symbol) ?? symbolDim(symbol)),
          constantDim(coefficient),
        ),
      ),
    constantDim(0),
  );
}

export const symbolsOf = (dim: Dim): readonly string[] => [
  ...new Set(dim.monomials.flatMap((m) => m.symbols)),
];

function canonical(monomials: readonly Monomial[]): Dim {
  const byKey = new Map<string, Monomial>();
  for (const { coefficient, symbols } of monomials) {
    const sorted = [...symbols].sort();
    const key = sorted.join('*');
    const sum = (byKey.get(key)?.coefficient ?? 0) + coefficient;
    byKey.set(key, { coefficient: sum, symbols: sorted });
  }
  const kept = [...byKey.entries()]
    .filter(([, m]) => m.coefficient !== 0)
    .sort(([a, p], [b, q]) => q.symbols.length - p.symbols.length || (a < b ? -1 : a > b ? 1 : 0))
    .map(([, m]) => m);
  return { monomials: kept, key: print(kept) };
}

function print(monomials: readonly Monomial[]): string {
  if (monomials.length === 0) return '0';
  return monomials
    .map(({ coefficient, symbols }, index) => {
      const size = Math.abs(coefficient);
      const body =
        symbols.length === 0 ? String(size) : (size === 1 ? '' : `${size}*`) + symbols.join('*');
      if (index === 0) return coefficient < 0 ? `-${body}` : body;
      return coefficient < 0 ? ` - ${body}` : ` + ${body}`;
    })
    .join('');
}
