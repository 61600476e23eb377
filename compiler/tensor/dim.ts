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

const plain = (value: number): Dim =>
  value === 0
    ? { monomials: [], key: '0' }
    : { monomials: [{ coefficient: value, symbols: [] }], key: String(value) };

/** The numbers that sizes and positions hold most, made once. */
const small: readonly Dim[] = Array.from({ length: 18 }, (_, k) => plain(k - 1));
const zero = small[1];

// Most sizes are numbers or single symbols: these forms are canonical as they stand.
export const constantDim = (value: number): Dim => small[value + 1] ?? plain(value);

export const symbolDim = (name: string): Dim => ({
  monomials: [{ coefficient: 1, symbols: [name] }],
  key: name,
});

export function addDims(a: Dim, b: Dim): Dim {
  if (b.monomials.length === 0) return a;
  return a.monomials.length === 0 ? b : combine(a, b, 1);
}

export function scaleDim(a: Dim, factor: number): Dim {
  if (factor === 1 || a.monomials.length === 0) return a;
  const value = constantValue(a);
  if (factor === 0 || value !== undefined) return constantDim(factor * (value ?? 0));
  return dimOf(a.monomials.map((m) => scaled(m, factor)));
}

export function subtractDims(a: Dim, b: Dim): Dim {
  if (a.key === b.key) return zero;
  return b.monomials.length === 0 ? a : combine(a, b, -1);
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  const [p, q] = [constantValue(a), constantValue(b)];
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

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis].key !== b[axis].key) return false;
  return true;
}

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
export function symbolsOf(dim: Dim): readonly string[] {
  const found: string[] = [];
  for (const { symbols } of dim.monomials)
    for (const symbol of symbols)
      for (const each of symbolsWithin(symbol)) if (!found.includes(each)) found.push(each);
  return found;
}

function symbolsWithin(symbol: string): readonly string[] {
  const pair = minimumOf(symbol);
  return pair === undefined ? [symbol] : pair.flatMap(symbolsOf);
}

/** a + factor*b: one pass over both, as both are in order. */
function combine(a: Dim, b: Dim, factor: number): Dim {
  const p = constantValue(a);
  const q = p === undefined ? undefined : constantValue(b);
  if (p !== undefined && q !== undefined) return constantDim(p + factor * q);
  const merged: Monomial[] = [];
  let i = 0;
  let j = 0;
  while (i < a.monomials.length && j < b.monomials.length) {
    const m = a.monomials[i];
    const n = b.monomials[j];
    const order = compareMonomials(m, n);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order !== 0) merged.push(order < 0 ? m : scaled(n, factor));
    else {
      const coefficient = m.coefficient + factor * n.coefficient;
      if (coefficient !== 0) merged.push({ coefficient, symbols: m.symbols });
    }
  }
  for (; i < a.monomials.length; i++) merged.push(a.monomials[i]);
  for (; j < b.monomials.length; j++) merged.push(scaled(b.monomials[j], factor));
  return dimOf(merged);
}

const scaled = (m: Monomial, factor: number): Monomial =>
  factor === 1 ? m : { coefficient: m.coefficient * factor, symbols: m.symbols };

/** Higher degrees first, then by name. */
function compareMonomials(a: Monomial, b: Monomial): number {
  const degrees = b.symbols.length - a.symbols.length;
  if (degrees !== 0 || a.symbols === b.symbols) return degrees;
  const [p, q] = [nameOf(a), nameOf(b)];
  return p < q ? -1 : p > q ? 1 : 0;
}

const nameOf = ({ symbols }: Monomial): string =>
  symbols.length === 1 ? symbols[0] : symbols.join('*');

/** From monomials in order, each once and none zero. */
const dimOf = (monomials: readonly Monomial[]): Dim => {
  const [first] = monomials;
  if (first === undefined) return zero;
  if (monomials.length === 1 && first.symbols.length === 0) return constantDim(first.coefficient);
  return { monomials, key: print(monomials) };
};

function canonical(monomials: readonly Monomial[]): Dim {
  const byName = new Map<string, Monomial>();
  for (const { coefficient, symbols } of monomials) {
    const sorted = symbols.length < 2 ? symbols : [...symbols].sort();
    const name = sorted.join('*');
    const sum = (byName.get(name)?.coefficient ?? 0) + coefficient;
    byName.set(name, { coefficient: sum, symbols: sorted });
  }
  return dimOf([...byName.values()].filter((m) => m.coefficient !== 0).sort(compareMonomials));
}

function print(monomials: readonly Monomial[]): string {
  let text = '';
  for (const monomial of monomials) {
    const { coefficient, symbols } = monomial;
    const size = Math.abs(coefficient);
    if (coefficient < 0) text += text === '' ? '-' : ' - ';
    else if (text !== '') text += ' + ';
    if (symbols.length === 0) text += String(size);
    else text += size === 1 ? nameOf(monomial) : `${size}*${nameOf(monomial)}`;
  }
  return text === '' ? '0' : text;
}
