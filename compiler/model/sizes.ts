// The sizes of one problem: which symbols there are, where each comes from, which value it is known to have, and whether two sizes agree.
//
// Two sizes agree when their polynomials are equal. A size that differs from another only by one symbol and a number (`n` beside
// a list of 5) agrees when that symbol may have the value that makes them equal; then the symbol is pinned to it, and the problem is read again with
// the number in its place, so that later rooms meet equal polynomials only. Two different symbols never agree.
import type { Related } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import { constantValue, evaluateDim, symbolDim, symbolsOf, type Dim } from '../tensor/dim.ts';
import { minus, numberDim } from './size-arithmetic.ts';
import type { PinnedSize } from './types.ts';

/** Where a symbol comes from, in words. */
export interface Origin {
  readonly symbol: string;
  readonly span: Span;
  /** `n is the number of columns of A`. */
  readonly text: string;
  readonly value: number | undefined;
}

export class SizeBook {
  readonly #origins = new Map<string, Origin>();
  readonly #fixed: ReadonlyMap<string, number>;
  readonly #pins = new Map<string, PinnedSize>();
  readonly #outer: SizeBook | undefined;
  /** Symbols stand for any size at all: a number agrees with every symbol, and nothing is pinned. */
  readonly #generic: boolean;
  /** Only equal polynomials agree: nothing can be pinned any more. */
  readonly #strict: boolean;

  constructor(
    fixed: ReadonlyMap<string, number>,
    options: {
      readonly outer?: SizeBook;
      readonly generic?: boolean;
      readonly strict?: boolean;
    } = {},
  ) {
    this.#fixed = fixed;
    this.#outer = options.outer;
    this.#generic = options.generic ?? false;
    this.#strict = options.strict ?? false;
  }

  get pins(): ReadonlyMap<string, PinnedSize> {
    return this.#pins;
  }

  /** The size of a symbol, which is a number where the symbol is pinned. */
  symbol(origin: Origin): Dim {
    if (!this.#origins.has(origin.symbol)) this.#origins.set(origin.symbol, origin);
    const fixed = this.#fixed.get(origin.symbol) ?? this.#outer?.fixedValue(origin.symbol);
    return fixed === undefined ? symbolDim(origin.symbol) : numberDim(fixed);
  }

  fixedValue(symbol: string): number | undefined {
    return this.#fixed.get(symbol) ?? this.#outer?.fixedValue(symbol);
  }

  origin(symbol: string): Origin | undefined {
    return this.#origins.get(symbol) ?? this.#outer?.origin(symbol);
  }

  /** The value of a size in this file, where all its symbols have one. */
  value(dim: Dim): number | undefined {
    const constant = constantValue(dim);
    if (constant !== undefined) return constant;
    const values: Record<string, number> = Object.create(null);
    for (const symbol of symbolsOf(dim)) {
      const value = this.origin(symbol)?.value;
      if (value === undefined) return undefined;
      values[symbol] = value;
    }
    return evaluateDim(dim, values);
  }

  /** Whether two sizes may be equal; changes nothing. */
  fits(a: Dim, b: Dim): boolean {
    return a.key === b.key || this.#meeting(a, b) !== undefined;
  }

  /** Whether two sizes are equal, pinning a symbol where that makes them so. */
  agree(a: Dim, b: Dim, at: Span): boolean {
    if (a.key === b.key) return true;
    const meeting = this.#meeting(a, b);
    if (meeting === undefined) return false;
    if (!this.#generic) this.#pin(meeting.symbol, meeting.value, at);
    return true;
  }

  #pin(symbol: string, value: number, span: Span): void {
    if (!this.#pins.has(symbol)) this.#pins.set(symbol, { symbol, value, span });
  }

  /** The only symbol in which two sizes differ, and the value at which they are equal. */
  #meeting(a: Dim, b: Dim): { readonly symbol: string; readonly value: number } | undefined {
    if (this.#strict) return undefined;
    const difference = minus(a, b);
    const symbols = symbolsOf(difference);
    const [symbol] = symbols;
    if (symbol === undefined || symbols.length !== 1) return undefined;
    let slope = 0;
    let rest = 0;
    for (const { coefficient, symbols: factors } of difference.monomials) {
      if (factors.length === 0) rest = coefficient;
      else if (factors.length === 1) slope = coefficient;
      else return undefined;
    }
    const value = -rest / slope;
    if (!Number.isInteger(value) || value < 0) return undefined;
    const known = this.origin(symbol)?.value;
    if (known !== undefined && known !== value) return undefined;
    const pinned = this.#pins.get(symbol);
    if (pinned !== undefined && pinned.value !== value) return undefined;
    return { symbol, value };
  }

  /** Where the symbols of sizes come from, for messages. */
  explain(dims: readonly Dim[]): Related[] {
    const related: Related[] = [];
    for (const symbol of new Set(dims.flatMap(symbolsOf))) {
      const origin = this.origin(symbol);
      if (origin === undefined) continue;
      const value = origin.value === undefined ? '' : ` (${origin.value})`;
      related.push({ span: origin.span, message: `${origin.text}${value}` });
    }
    return related;
  }
}
