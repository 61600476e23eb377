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

const zero: Dim = { monomials: [], key: '0' };

// Most sizes are numbers or single symbols: these forms are canonical as they stand.
export const constantDim = (value: number): Dim =>
  value === 0 ? zero : { monomials: [{ coefficient: value, symbols: [] }], key: String(value) };

export const symbolDim = (name: string): Dim => ({
  monomials: [{ coefficient: 1, symbols: [name] }],
  key: name,
});

export function addDims(a: Dim, b: Dim): Dim {
  if (b.monomials.length === 0) return a;
  if (a.monomials.length === 0) return b;
  const [p, q] = [constantValue(a), constantValue(b)];
  if (p !== undefined && q !== undefined) return constantDim(p + q);
  return canonical([...a.monomials, ...b.monomials]);
}

export const scaleDim = (a: Dim, factor: number): Dim =>
  factor === 1
    ? a
    : canonical(
        a.monomials.map((m) => ({ coefficient: m.coefficient * factor, symbols: m.symbols })),
      );

export const subtractDims = (a: Dim, b: Dim): Dim =>
  a.key === b.key ? zero : addDims(a, scaleDim(b, -1));

export function multiplyDims(a: Dim, b: Dim): Dim {
  const [p, q] = [constantValue(a), constantValue(b)];
  if (p !== undefined && q !== undefined) return constantDim(p * q);
  if (p !== undefined) return scaleDim(b, p);
  if (q !== undefined) return scaleDim(a, q);
  return canonical(
    a.monomials.flatMap((m) =>
      b.monomials.map((n) => ({
        coefficient: m.coefficient * n.coefficient,
        symbols: [...m.symbols, ...n.symbols],
      })),
    ),
  );
}

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
      const value = symbolValue(symbol, sizes);
      if (value === undefined) return undefined;
      term *= value;
    }
    total += term;
  }
  return total;
}

function symbolValue(symbol: string, sizes: Sizes): number | undefined {
  if (Object.hasOwn(sizes, symbol)) return sizes[symbol];
  const pair = minimumOf(symbol);
  if (pair === undefined) return undefined;
  const [a, b] = [evaluateDim(pair[0], sizes), evaluateDim(pair[1], sizes)];
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}

/** The smaller of two sizes: one of them where their difference has a known sign, else a symbol `min(a, b)` that
 * `evaluateDim` and `substituteDim` understand. Thin factorisations need it. */
export function minDim(a: Dim, b: Dim): Dim {
  const difference = constantValue(subtractDims(a, b));
  if (difference !== undefined) return difference <= 0 ? a : b;
  const [first, second] = a.key < b.key ? [a, b] : [b, a];
  return symbolDim(`min(${first.key}, ${second.key})`);
}

/** The two sizes of a symbol `min(a, b)`. */
export function minimumOf(symbol: string): readonly [Dim, Dim] | undefined {
  if (!symbol.startsWith('min(')) return undefined;
  const inner = symbol.slice(4, -1);
  const comma = splitAt(inner, ',');
  return [parseDim(inner.slice(0, comma)), parseDim(inner.slice(comma + 1))];
}

/** Reads a size back from its key. */
export function parseDim(key: string): Dim {
  let sum = constantDim(0);
  let depth = 0;
  let start = 0;
  for (let at = 1; at <= key.length; at++) {
    const character = key[at - 1];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    const ends = at === key.length || (depth === 0 && (key[at] === '+' || key[at] === '-'));
    if (!ends) continue;
    sum = addDims(sum, parseTerm(key.slice(start, at)));
    start = at;
  }
  return sum;
}

function parseTerm(text: string): Dim {
  const trimmed = text.trim();
  const negative = trimmed.startsWith('-');
  const body = trimmed.replace(/^[+-] ?/, '');
  const factors: string[] = [];
  for (let rest = body; ;) {
    const star = splitAt(rest, '*');
    factors.push(star < 0 ? rest : rest.slice(0, star));
    if (star < 0) break;
    rest = rest.slice(star + 1);
  }
  const product = factors
    .map((factor) => (/^\d+$/.test(factor) ? constantDim(Number(factor)) : symbolDim(factor)))
    .reduce(multiplyDims);
  return negative ? scaleDim(product, -1) : product;
}

/** The first place of a character outside brackets, or -1. */
function splitAt(text: string, character: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (depth === 0 && text[at] === character) return at;
  }
  return -1;
}

/** Replaces symbols by sizes. */
export function substituteDim(dim: Dim, replace: (symbol: string) => Dim | undefined): Dim {
  return dim.monomials.reduce(
    (sum, { coefficient, symbols }) =>
      addDims(
        sum,
        symbols.reduce(
          (product, symbol) => multiplyDims(product, substituteSymbol(symbol, replace)),
          constantDim(coefficient),
        ),
      ),
    constantDim(0),
  );
}

function substituteSymbol(symbol: string, replace: (symbol: string) => Dim | undefined): Dim {
  const direct = replace(symbol);
  if (direct !== undefined) return direct;
  const pair = minimumOf(symbol);
  if (pair === undefined) return symbolDim(symbol);
  return minDim(substituteDim(pair[0], replace), substituteDim(pair[1], replace));
}

/** The symbols a size is made of; for `min(a, b)` those of a and b. */
export const symbolsOf = (dim: Dim): readonly string[] => [
  ...new Set(dim.monomials.flatMap((m) => m.symbols).flatMap(symbolsWithin)),
];

function symbolsWithin(symbol: string): readonly string[] {
  const pair = minimumOf(symbol);
  return pair === undefined ? [symbol] : pair.flatMap(symbolsOf);
}

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
