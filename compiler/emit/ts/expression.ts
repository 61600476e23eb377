// Prints scalars and indices as TypeScript expressions.
import { minimumOf, type Dim, type Monomial } from '../../tensor/dim.ts';
import type { UnaryFn } from '../../tensor/ir.ts';
import {
  isAtom,
  isBool,
  isLoopVariable,
  squareOf,
  type Index,
  type Pool,
  type Scalar,
  type ScalarFn,
} from '../../schedule/scalar.ts';

export interface ExpressionContext {
  readonly pool: Pool;
  /** The name of a loop variable `$3`. */
  readonly variable: (symbol: string) => string;
  /** The name of a size symbol. */
  readonly size: (symbol: string) => string;
  /** Functions of the runtime that are called. */
  readonly calls: Set<string>;
  /** The call that stands where this name is used. */
  readonly inlined: (name: string) => string | undefined;
}

/** Binding strength, as in JavaScript. */
const strength = {
  conditional: 1,
  or: 2,
  and: 3,
  equality: 4,
  relation: 5,
  sum: 6,
  product: 7,
  unary: 8,
  atom: 9,
} as const;

interface Printed {
  readonly text: string;
  readonly strength: number;
}

const atom = (text: string): Printed => ({ text, strength: strength.atom });

const wrap = ({ text, strength: own }: Printed, needed: number): string =>
  own < needed ? `(${text})` : text;

/** A number as it is written in code. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('e+', 'e');
}

/** The expression as a number. */
export const printNumber = (context: ExpressionContext, x: Scalar): string =>
  number(context, x).text;

/** The expression as a condition. */
export const printCondition = (context: ExpressionContext, x: Scalar): string =>
  condition(context, x).text;

export const printIndex = (context: ExpressionContext, index: Index): string =>
  indexOf(context, index).text;

function number(context: ExpressionContext, x: Scalar): Printed {
  if (isBool(x))
    return {
      text: `${wrap(condition(context, x), strength.or)} ? 1 : 0`,
      strength: strength.conditional,
    };
  switch (x.kind) {
    case 'number':
      return { text: numberText(x.value), strength: x.value < 0 ? strength.unary : strength.atom };
    case 'index':
      return indexOf(context, x.index);
    case 'name':
      return atom(context.inlined(x.name) ?? x.name);
    case 'load':
      return atom(`${x.array}[${indexOf(context, x.at).text}]`);
    case 'unary':
      return unary(context, x.fn, x.x);
    case 'binary': {
      const squared = squareOf(x);
      if (squared === undefined) return binary(context, x.fn, x.x, x.y);
      context.calls.add('square');
      return atom(`square(${number(context, squared).text})`);
    }
    case 'select': {
      const test = wrap(condition(context, x.condition), strength.or);
      const then = wrap(number(context, x.x), strength.conditional);
      const otherwise = wrap(number(context, x.y), strength.conditional);
      return { text: `${test} ? ${then} : ${otherwise}`, strength: strength.conditional };
    }
    case 'checked':
      context.calls.add('checkedIndex');
      return atom(
        `checkedIndex(${number(context, x.x).text}, ${indexOf(context, x.size).text}, ${x.place})`,
      );
    case 'read':
    case 'flat':
    case 'sparse':
      return atom('undefined');
  }
}

function condition(context: ExpressionContext, x: Scalar): Printed {
  if (x.kind === 'number') return atom(x.value === 0 ? 'false' : 'true');
  if (!isBool(x)) {
    const value = wrap(number(context, x), strength.equality + 1);
    return { text: `${value} !== 0`, strength: strength.equality };
  }
  if (x.kind === 'name') return atom(x.name);
  if (x.kind === 'unary' && x.fn === 'not') return negated(context, x.x);
  if (x.kind === 'unary') return atom(`Number.isNaN(${number(context, x.x).text})`);
  if (x.kind === 'select') {
    const test = wrap(condition(context, x.condition), strength.or);
    const then = wrap(condition(context, x.x), strength.conditional + 1);
    const otherwise = wrap(condition(context, x.y), strength.conditional);
    return { text: `${test} ? ${then} : ${otherwise}`, strength: strength.conditional };
  }
  if (x.kind === 'binary') {
    if (x.fn === 'and') return logical(context, x.x, x.y, '&&', strength.and);
    if (x.fn === 'or') return logical(context, x.x, x.y, '||', strength.or);
    const sign = comparisons.get(x.fn);
    if (sign !== undefined) return compare(context, x.x, x.y, sign);
  }
  return atom('false');
}

const comparisons: ReadonlyMap<ScalarFn, string> = new Map<ScalarFn, string>([
  ['eq', '==='],
  ['ne', '!=='],
  ['le', '<='],
  ['lt', '<'],
]);

function compare(context: ExpressionContext, x: Scalar, y: Scalar, sign: string): Printed {
  const own = sign.length === 3 ? strength.equality : strength.relation;
  const mirrored = mirrors.get(sign);
  // A constant stands on the right: 0 < x is printed x > 0.
  if (x.kind === 'number' && y.kind !== 'number' && mirrored !== undefined)
    return compare(context, y, x, mirrored);
  return {
    text: `${wrap(number(context, x), own + 1)} ${sign} ${wrap(number(context, y), own + 1)}`,
    strength: own,
  };
}

const mirrors: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['<=', '>='],
]);

function logical(
  context: ExpressionContext,
  x: Scalar,
  y: Scalar,
  sign: '&&' | '||',
  own: number,
): Printed {
  const side = (part: Scalar): string => {
    const printed = condition(context, part);
    // Prettier sets brackets around && within ||.
    const mixed = sign === '||' && printed.strength === strength.and;
    return mixed ? `(${printed.text})` : wrap(printed, own);
  };
  return { text: `${side(x)} ${sign} ${side(y)}`, strength: own };
}

function negated(context: ExpressionContext, x: Scalar): Printed {
  const { pool } = context;
  if (x.kind === 'unary' && x.fn === 'not') return condition(context, x.x);
  if (x.kind === 'binary' && x.fn === 'and')
    return logical(context, pool.unary('not', x.x), pool.unary('not', x.y), '||', strength.or);
  if (x.kind === 'binary' && x.fn === 'eq') return compare(context, x.x, x.y, '!==');
  if (x.kind === 'binary' && x.fn === 'ne') return compare(context, x.x, x.y, '===');
  if (!isBool(x)) {
    const value = wrap(number(context, x), strength.equality + 1);
    return { text: `${value} === 0`, strength: strength.equality };
  }
  return { text: `!${wrap(condition(context, x), strength.atom)}`, strength: strength.unary };
}

type UnaryPrinter =
  | { readonly kind: 'math' | 'runtime'; readonly name: string }
  | { readonly kind: 'neg' | 'condition' };

const math = (name: string): UnaryPrinter => ({ kind: 'math', name });
const runtime = (name: string): UnaryPrinter => ({ kind: 'runtime', name });

const unaryPrinters: { readonly [F in UnaryFn]: UnaryPrinter } = {
  neg: { kind: 'neg' },
  abs: math('abs'),
  sign: math('sign'),
  sqrt: math('sqrt'),
  cbrt: math('cbrt'),
  exp: math('exp'),
  log: math('log'),
  log1p: math('log1p'),
  expm1: math('expm1'),
  sin: math('sin'),
  cos: math('cos'),
  tan: math('tan'),
  asin: math('asin'),
  acos: math('acos'),
  atan: math('atan'),
  sinh: math('sinh'),
  cosh: math('cosh'),
  tanh: math('tanh'),
  sigmoid: runtime('sigmoid'),
  softplus: runtime('softplus'),
  erf: runtime('erf'),
  lgamma: runtime('lgamma'),
  digamma: runtime('digamma'),
  trigamma: runtime('trigamma'),
  floor: math('floor'),
  ceil: math('ceil'),
  round: runtime('round'),
  not: { kind: 'condition' },
  xlogx: runtime('xlogx'),
  isnan: { kind: 'condition' },
};

function unary(context: ExpressionContext, fn: UnaryFn, x: Scalar): Printed {
  const printer = unaryPrinters[fn];
  const operand = number(context, x);
  switch (printer.kind) {
    case 'math':
      return atom(`Math.${printer.name}(${operand.text})`);
    case 'runtime':
      context.calls.add(printer.name);
      return atom(`${printer.name}(${operand.text})`);
    case 'neg':
    case 'condition':
      return {
        text: `-${operand.strength < strength.atom ? `(${operand.text})` : operand.text}`,
        strength: strength.unary,
      };
  }
}

type BinaryPrinter =
  | { readonly kind: 'operator'; readonly sign: string; readonly strength: number }
  | { readonly kind: 'math' | 'runtime'; readonly name: string }
  | { readonly kind: 'condition' };

const operator = (sign: string, own: number): BinaryPrinter => ({
  kind: 'operator',
  sign,
  strength: own,
});
const test: BinaryPrinter = { kind: 'condition' };

const binaryPrinters: { readonly [F in ScalarFn]: BinaryPrinter } = {
  add: operator('+', strength.sum),
  sub: operator('-', strength.sum),
  mul: operator('*', strength.product),
  div: operator('/', strength.product),
  pow: { kind: 'math', name: 'pow' },
  max: { kind: 'math', name: 'max' },
  min: { kind: 'math', name: 'min' },
  atan2: { kind: 'math', name: 'atan2' },
  mod: { kind: 'runtime', name: 'mod' },
  eq: test,
  ne: test,
  le: test,
  lt: test,
  and: test,
  or: test,
  xlogy: { kind: 'runtime', name: 'xlogy' },
  kl: { kind: 'runtime', name: 'kl' },
  soft: { kind: 'runtime', name: 'softThreshold' },
};

function binary(context: ExpressionContext, fn: ScalarFn, x: Scalar, y: Scalar): Printed {
  const cut = clipped(fn, x);
  if (cut !== undefined) {
    context.calls.add('clip');
    return atom(
      `clip(${[cut.x, y, cut.high].map((part) => number(context, part).text).join(', ')})`,
    );
  }
  const printer = binaryPrinters[fn];
  const [a, b] = [number(context, x), number(context, y)];
  switch (printer.kind) {
    case 'math':
      return atom(`Math.${printer.name}(${a.text}, ${b.text})`);
    case 'runtime':
      context.calls.add(printer.name);
      return atom(`${printer.name}(${a.text}, ${b.text})`);
    case 'operator': {
      // Prettier keeps a * b * c and a + b + c plain but sets brackets around a product within / and the other way round.
      const left = mixes(printer.sign, x) ? `(${a.text})` : wrap(a, printer.strength);
      const right = wrap(b, printer.strength + 1);
      return { text: `${left} ${printer.sign} ${right}`, strength: printer.strength };
    }
    case 'condition':
      return atom('0');
  }
}

/** max(min(x, high), low): a value cut to an interval. */
function clipped(
  fn: ScalarFn,
  inner: Scalar,
): { readonly x: Scalar; readonly high: Scalar } | undefined {
  return fn === 'max' && inner.kind === 'binary' && inner.fn === 'min'
    ? { x: inner.x, high: inner.y }
    : undefined;
}

/** Prettier brackets (a * b) / c and (a / b) * c. */
function mixes(sign: string, x: Scalar): boolean {
  const inner = productSign(x);
  if (inner === undefined) return false;
  return (sign === '/' || sign === '*') && inner !== sign;
}

function productSign(x: Scalar): string | undefined {
  if (squareOf(x) !== undefined) return undefined;
  if (x.kind === 'binary') return x.fn === 'mul' ? '*' : x.fn === 'div' ? '/' : undefined;
  if (x.kind === 'index' && x.index.monomials.length === 1) {
    const [{ coefficient, symbols }] = x.index.monomials;
    return symbols.length + (Math.abs(coefficient) === 1 ? 0 : 1) > 1 ? '*' : undefined;
  }
  return undefined;
}

/** An integer polynomial: loop variables before sizes, `i * n + j`. */
function indexOf(context: ExpressionContext, index: Dim): Printed {
  const { monomials } = index;
  if (monomials.length === 0) return atom('0');
  const ordered = [...monomials].sort(
    (a, b) =>
      Number(a.coefficient < 0) - Number(b.coefficient < 0) ||
      b.symbols.length - a.symbols.length ||
      Math.abs(b.coefficient) - Math.abs(a.coefficient),
  );
  const parts = ordered.map((monomial, k) => {
    const printed = monomialOf(context, monomial);
    if (k === 0)
      return monomial.coefficient < 0 ? `-${wrap(printed, strength.unary)}` : printed.text;
    return `${monomial.coefficient < 0 ? '-' : '+'} ${wrap(printed, strength.product)}`;
  });
  const [first] = ordered;
  if (parts.length === 1) {
    const printed = monomialOf(context, first);
    return {
      text: parts[0],
      strength: first.coefficient < 0 ? strength.unary : printed.strength,
    };
  }
  return { text: parts.join(' '), strength: strength.sum };
}

function monomialOf(context: ExpressionContext, { coefficient, symbols }: Monomial): Printed {
  const size = Math.abs(coefficient);
  const factors = symbols.map((symbol) => symbolOf(context, symbol));
  const looped = symbols.some((symbol) => isLoopVariable(symbol) || isAtom(symbol));
  const number = atom(String(size));
  const all =
    size === 1 && factors.length > 0
      ? factors
      : looped
        ? [...factors, number]
        : [number, ...factors];
  if (all.length === 1) return all[0];
  return {
    text: all.map((factor) => wrap(factor, strength.product)).join(' * '),
    strength: strength.product,
  };
}

function symbolOf(context: ExpressionContext, symbol: string): Printed {
  if (isLoopVariable(symbol)) return atom(context.variable(symbol));
  if (isAtom(symbol)) {
    const scalar = context.pool.atom(symbol);
    return scalar === undefined ? atom('undefined') : number(context, scalar);
  }
  const pair = minimumOf(symbol);
  if (pair !== undefined)
    return atom(`Math.min(${pair.map((side) => indexOf(context, side).text).join(', ')})`);
  return atom(context.size(symbol));
}
