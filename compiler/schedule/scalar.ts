// Scalar expressions: what one entry of an array is, written out. Interned, so that equal expressions are one object and common ones can be
// found by counting. An index is an integer polynomial (tensor/dim.ts) over sizes, loop variables (`$3`) and atoms (`@7`, a scalar by its id).
import {
  addDims,
  constantDim,
  constantValue,
  multiplyDims,
  subtractDims,
  symbolDim,
  type Dim,
} from '../tensor/dim.ts';
import type { BinaryFn, UnaryFn } from '../tensor/ir.ts';
import type { Target } from './target.ts';

export type Index = Dim;

/** Functions of two numbers: those of the IR, and soft thresholding, sign(x) max(|x| - y, 0). */
export type ScalarFn = BinaryFn | 'soft';

/** Parts of a compressed matrix. */
export type SparsePart = 'rowStart' | 'column' | 'data';

type Shape =
  | { readonly kind: 'number'; readonly value: number }
  /** An integer polynomial as a number. */
  | { readonly kind: 'index'; readonly index: Index }
  /** An entry of what a target will hold. */
  | { readonly kind: 'read'; readonly target: Target; readonly at: readonly Index[] }
  /** An entry by its row-major position. */
  | { readonly kind: 'flat'; readonly target: Target; readonly at: Index }
  | {
      readonly kind: 'sparse';
      readonly target: Target;
      readonly part: SparsePart;
      readonly at: Index;
    }
  | { readonly kind: 'name'; readonly name: string; readonly bool: boolean }
  | { readonly kind: 'load'; readonly array: string; readonly at: Index; readonly target: Target }
  | { readonly kind: 'unary'; readonly fn: UnaryFn; readonly x: Scalar }
  | { readonly kind: 'binary'; readonly fn: ScalarFn; readonly x: Scalar; readonly y: Scalar }
  | {
      readonly kind: 'select';
      readonly condition: Scalar;
      readonly x: Scalar;
      readonly y: Scalar;
    }
  /** A position that is checked against a size where it is used; `place` numbers the expression. */
  | {
      readonly kind: 'checked';
      readonly x: Scalar;
      readonly size: Dim;
      readonly place: number;
    };

export type Scalar = Shape & { readonly id: number };
export type ScalarOf<K extends Scalar['kind']> = Extract<Scalar, { readonly kind: K }>;

/** Makes scalars; the same object for equal content. */
export interface Pool {
  readonly number: (value: number) => Scalar;
  readonly index: (index: Index) => Scalar;
  readonly read: (target: Target, at: readonly Index[]) => Scalar;
  readonly flat: (target: Target, at: Index) => Scalar;
  readonly sparse: (target: Target, part: SparsePart, at: Index) => Scalar;
  readonly name: (name: string, bool?: boolean) => Scalar;
  readonly load: (array: string, at: Index, target: Target) => Scalar;
  readonly unary: (fn: UnaryFn, x: Scalar) => Scalar;
  readonly binary: (fn: ScalarFn, x: Scalar, y: Scalar) => Scalar;
  readonly select: (condition: Scalar, x: Scalar, y: Scalar) => Scalar;
  readonly checked: (x: Scalar, size: Dim, place: number) => Scalar;
  /** The scalar as an index: exact where it is an index or a whole number, else an atom. */
  readonly asIndex: (x: Scalar) => Index;
  /** The scalar behind an atom `@7`. */
  readonly atom: (symbol: string) => Scalar | undefined;
  /** The scalar and all below it, operands first, each once; gathered once a scalar. */
  readonly below: (x: Scalar) => readonly Scalar[];
}

export const isAtom = (symbol: string): boolean => symbol.startsWith('@');
export const isLoopVariable = (symbol: string): boolean => symbol.startsWith('$');

export function createPool(): Pool {
  const known = new Map<string, Scalar>();
  const all: Scalar[] = [];
  const gathered = new Map<number, readonly Scalar[]>();

  const intern = (key: string, shape: Shape): Scalar => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made: Scalar = { ...shape, id: all.length };
    known.set(key, made);
    all.push(made);
    return made;
  };

  const number = (value: number): Scalar =>
    intern(`n${Object.is(value, -0) ? '-0' : value}`, { kind: 'number', value });

  const index = (dim: Index): Scalar => {
    const value = constantValue(dim);
    if (value !== undefined) return number(value);
    const [only] = dim.monomials;
    const [symbol] = only.symbols;
    if (dim.monomials.length === 1 && only.coefficient === 1 && only.symbols.length === 1) {
      const scalar = atom(symbol);
      if (scalar !== undefined) return scalar;
    }
    return intern(`i${dim.key}`, { kind: 'index', index: dim });
  };

  const atom = (symbol: string): Scalar | undefined =>
    isAtom(symbol) ? all[Number(symbol.slice(1))] : undefined;

  const unary = (fn: UnaryFn, x: Scalar): Scalar => {
    if (fn === 'neg' && x.kind === 'number') return number(-x.value);
    if (fn === 'not' && x.kind === 'number') return number(x.value === 0 ? 1 : 0);
    return intern(`u${fn} ${x.id}`, { kind: 'unary', fn, x });
  };

  const binary = (fn: ScalarFn, x: Scalar, y: Scalar): Scalar => {
    const simpler = simplified(fn, x, y);
    return simpler ?? intern(`b${fn} ${x.id} ${y.id}`, { kind: 'binary', fn, x, y });
  };

  /** Powers with a small whole exponent become products; what is plain by constants is left out. */
  const simplified = (fn: ScalarFn, x: Scalar, y: Scalar): Scalar | undefined => {
    if (fn === 'pow' && y.kind === 'number') {
      if (y.value === 2) return binary('mul', x, x);
      if (y.value === 3) return binary('mul', binary('mul', x, x), x);
      if (y.value === 4) {
        const square = binary('mul', x, x);
        return binary('mul', square, square);
      }
      if (y.value === -1) return binary('div', number(1), x);
      if (y.value === -2) return binary('div', number(1), binary('mul', x, x));
    }
    if (fn === 'add' || fn === 'sub' || fn === 'mul') {
      const [a, b] = [indexOfScalar(x), indexOfScalar(y)];
      if (a !== undefined && b !== undefined && (x.kind === 'index' || y.kind === 'index'))
        return index(combined[fn](a, b));
    }
    const compared = comparedIndices(fn, x, y);
    if (compared !== undefined) return number(compared ? 1 : 0);
    if (fn === 'and') {
      if (isNumber(x, 0) || isNumber(y, 0)) return number(0);
      if (x.kind === 'number' && isBool(y)) return y;
      if (y.kind === 'number' && isBool(x)) return x;
      if (x.kind === 'number' && y.kind === 'number') return number(1);
    }
    if (fn === 'or' && x.kind === 'number' && y.kind === 'number')
      return number(x.value !== 0 || y.value !== 0 ? 1 : 0);
    if (x.kind === 'number' && y.kind === 'number') {
      if (fn === 'add') return number(x.value + y.value);
      if (fn === 'sub') return number(x.value - y.value);
      if (fn === 'mul') return number(x.value * y.value);
      if (fn === 'div') return number(x.value / y.value);
    }
    if (fn === 'mul') {
      if (isNumber(x, 1)) return y;
      if (isNumber(y, 1)) return x;
      if (isNumber(x, -1)) return unary('neg', y);
    }
    if (fn === 'add' && isNumber(x, 0)) return y;
    if ((fn === 'add' || fn === 'sub') && isNumber(y, 0)) return x;
    if (fn === 'div' && isNumber(y, 1)) return x;
    if (fn === 'add' && y.kind === 'number' && y.value < 0)
      return binary('sub', x, number(-y.value));
    if (fn === 'sub' && y.kind === 'number' && y.value < 0)
      return binary('add', x, number(-y.value));
    if (fn === 'add' && y.kind === 'unary' && y.fn === 'neg') return binary('sub', x, y.x);
    if (fn === 'sub' && y.kind === 'unary' && y.fn === 'neg') return binary('add', x, y.x);
    return undefined;
  };

  const pool: Pool = {
    number,
    index,
    atom,
    below: (x) => {
      const before = gathered.get(x.id);
      if (before !== undefined) return before;
      const made = gatherBelow(pool, [x]);
      gathered.set(x.id, made);
      return made;
    },
    unary,
    binary,
    read: (target, at) =>
      intern(`r${target.id} ${at.map((i) => i.key).join(',')}`, { kind: 'read', target, at }),
    flat: (target, at) => intern(`f${target.id} ${at.key}`, { kind: 'flat', target, at }),
    sparse: (target, part, at) =>
      intern(`s${target.id} ${part} ${at.key}`, { kind: 'sparse', target, part, at }),
    name: (name, bool = false) => intern(`m${bool} ${name}`, { kind: 'name', name, bool }),
    load: (array, at, target) => intern(`l${array} ${at.key}`, { kind: 'load', array, at, target }),
    select: (condition, x, y) =>
      condition.kind === 'number'
        ? condition.value !== 0
          ? x
          : y
        : intern(`c${condition.id} ${x.id} ${y.id}`, { kind: 'select', condition, x, y }),
    checked: (x, size, place) =>
      intern(`k${x.id} ${size.key} ${place}`, { kind: 'checked', x, size, place }),
    asIndex: (x) => {
      if (x.kind === 'index') return x.index;
      if (x.kind === 'number' && Number.isInteger(x.value)) return constantDim(x.value);
      return symbolDim(`@${x.id}`);
    },
  };
  return pool;
}

const combined = { add: addDims, sub: subtractDims, mul: multiplyDims } as const;

/** Comparisons of positions that hold or fail for all sizes. */
function comparedIndices(fn: ScalarFn, x: Scalar, y: Scalar): boolean | undefined {
  if (fn !== 'eq' && fn !== 'ne' && fn !== 'le' && fn !== 'lt') return undefined;
  const [a, b] = [indexOfScalar(x), indexOfScalar(y)];
  if (a === undefined || b === undefined) return undefined;
  const difference = constantValue(subtractDims(a, b));
  if (difference === undefined) return undefined;
  if (fn === 'eq') return difference === 0;
  if (fn === 'ne') return difference !== 0;
  return fn === 'le' ? difference <= 0 : difference < 0;
}

/** A scalar as a position or a size: sizes may be written as numbers in the source. */
export const indexOfScalar = (x: Scalar): Index | undefined => {
  if (x.kind === 'index') return x.index;
  return x.kind === 'number' && Number.isInteger(x.value) ? constantDim(x.value) : undefined;
};

/** x of x*x, where it is more than a name or an entry. */
export function squareOf(product: Scalar): Scalar | undefined {
  if (product.kind !== 'binary' || product.fn !== 'mul' || product.x !== product.y)
    return undefined;
  const { x } = product;
  return x.kind === 'binary' || x.kind === 'unary' || x.kind === 'select' ? x : undefined;
}

const isNumber = (x: Scalar, value: number): boolean => x.kind === 'number' && x.value === value;

/** The scalars directly below, atoms of indices included. */
export function operandsOfScalar(pool: Pool, x: Scalar): readonly Scalar[] {
  switch (x.kind) {
    case 'number':
    case 'name':
      return [];
    case 'index':
      return atomsOf(pool, x.index);
    case 'read':
      return x.at.flatMap((index) => atomsOf(pool, index));
    case 'flat':
    case 'sparse':
    case 'load':
      return atomsOf(pool, x.at);
    case 'unary':
    case 'checked':
      return [x.x];
    case 'binary':
      return [x.x, x.y];
    case 'select':
      return [x.condition, x.x, x.y];
  }
}

/** The scalars that an index takes values of. */
export function atomsOf(pool: Pool, index: Index): readonly Scalar[] {
  const found: Scalar[] = [];
  for (const { symbols } of index.monomials)
    for (const symbol of symbols) {
      const scalar = pool.atom(symbol);
      if (scalar !== undefined) found.push(scalar);
    }
  return found;
}

/** All scalars below the given ones, operands first, each once. */
export const scalarsBelow = (pool: Pool, roots: readonly Scalar[]): readonly Scalar[] =>
  roots.length === 1 ? pool.below(roots[0]) : gatherBelow(pool, roots);

function gatherBelow(pool: Pool, roots: readonly Scalar[]): readonly Scalar[] {
  const found: Scalar[] = [];
  const entered = new Set<number>();
  const left = new Set<number>();
  const stack: Scalar[] = [];
  for (let k = roots.length - 1; k >= 0; k--) stack.push(roots[k]);
  for (let x = stack.at(-1); x !== undefined; x = stack.at(-1)) {
    if (!entered.has(x.id)) {
      entered.add(x.id);
      for (const operand of operandsOfScalar(pool, x))
        if (!entered.has(operand.id)) stack.push(operand);
      if (stack.at(-1) !== x) continue;
    }
    stack.pop();
    if (left.has(x.id)) continue;
    left.add(x.id);
    found.push(x);
  }
  return found;
}

/** Whether an expression is true or false rather than a number. */
export function isBool(x: Scalar): boolean {
  switch (x.kind) {
    case 'name':
      return x.bool;
    case 'unary':
      return x.fn === 'not' || x.fn === 'isnan';
    case 'binary':
      return boolFunctions.has(x.fn);
    case 'select':
      return isBool(x.x) && isBool(x.y);
    case 'number':
    case 'index':
    case 'read':
    case 'flat':
    case 'sparse':
    case 'load':
    case 'checked':
      return false;
  }
}

const boolFunctions: ReadonlySet<ScalarFn> = new Set(['eq', 'ne', 'le', 'lt', 'and', 'or']);
