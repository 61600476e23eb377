// Whole-number expressions as sizes: polynomials of size symbols, their known values, and the range of values that indices give them.
import { constantValue, symbolDim, symbolsOf, type Dim } from '../tensor/dim.ts';
import { minus, multiple, numberDim, plus, product } from './size-arithmetic.ts';
import { childrenOf, ofSet } from './children.ts';
import type { Shared } from './context.ts';
import { printTyped, type Naming } from './print.ts';
import type { BoundIndex, IndexBinding, ParamDecl, TypedExpression } from './types.ts';

/** The size that an expression of data and params gives, else undefined. Anything that is no polynomial of sizes becomes a symbol of its own. */
export function toDim(shared: Shared, e: TypedExpression): Dim | undefined {
  if (e.type.element !== 'int' || e.type.shape.length > 0) return undefined;
  const exact = polynomial(shared, e, undefined);
  if (exact !== undefined) return exact;
  if (!isInput(e)) return undefined;
  const value = knownConstant(shared, e, false);
  if (value !== undefined) return Number.isSafeInteger(value) ? numberDim(value) : undefined;
  const symbol = printTyped(e, symbolNaming(shared));
  if (!shared.expressions.has(symbol)) shared.expressions.set(symbol, e);
  return shared.sizes.symbol({
    symbol,
    span: e.span,
    text: `\`${symbol}\` is computed here`,
    value: knownConstant(shared, e, true),
  });
}

/** Texts that are equal only for equal values. */
export const symbolNaming = (shared: Shared): Naming => ({
  value: (local) => shared.bindings.get(local),
  other: (e) => `<${e.kind} ${shared.id++}>`,
  deepest: 60,
});

/** The symbol that stands for a bound index inside polynomials. */
const indexSymbol = (index: BoundIndex): string => `@${index.id}`;

/** An expression as a polynomial of sizes, and of bound indices where `indices` collects them. */
export function polynomial(
  shared: Shared,
  e: TypedExpression,
  indices: Map<string, BoundIndex> | undefined,
): Dim | undefined {
  if (e.type.shape.length > 0) return undefined;
  switch (e.kind) {
    case 'number':
      return Number.isSafeInteger(e.value) ? numberDim(e.value) : undefined;
    case 'size':
      return e.dim;
    case 'index':
      if (indices === undefined || e.index.type.element !== 'int') return undefined;
      indices.set(indexSymbol(e.index), e.index);
      return symbolDim(indexSymbol(e.index));
    case 'local': {
      const value = shared.bindings.get(e.local);
      return value === undefined ? undefined : named(shared, e.local, value, indices);
    }
    case 'reference':
      return referencePolynomial(shared, e, indices);
    case 'let':
      return polynomial(shared, e.body, indices);
    case 'elementwise':
      return arithmetic(shared, e.fn, e.args, indices);
    default:
      return undefined;
  }
}

function referencePolynomial(
  shared: Shared,
  e: Extract<TypedExpression, { readonly kind: 'reference' }>,
  indices: Map<string, BoundIndex> | undefined,
): Dim | undefined {
  if (e.type.element !== 'int') return undefined;
  const { to } = e;
  switch (to.kind) {
    case 'param':
      return paramDim(shared, to);
    case 'let':
    case 'statementLet':
      return named(shared, to, to.value, indices);
    case 'parameter':
      if (to.value !== undefined) return named(shared, to, to.value, indices);
      return shared.sizes.symbol({
        symbol: to.key,
        span: to.span,
        text: `\`${to.name}\` is a parameter`,
        value: undefined,
      });
    default:
      return undefined;
  }
}

/** The polynomial of a name's value, worked out once. */
function named(
  shared: Shared,
  name: object,
  value: TypedExpression,
  indices: Map<string, BoundIndex> | undefined,
): Dim | undefined {
  let memo = shared.polynomials.get(name);
  if (memo === undefined) {
    const found = new Map<string, BoundIndex>();
    memo = { dim: polynomial(shared, value, found), indices: found };
    shared.polynomials.set(name, memo);
  }
  if (memo.indices.size > 0 && indices === undefined) return undefined;
  for (const [symbol, index] of memo.indices) indices?.set(symbol, index);
  return memo.dim;
}

/** The symbol of `param n : int`. */
export function paramDim(shared: Shared, param: ParamDecl): Dim {
  return shared.sizes.symbol({
    symbol: param.key,
    span: param.span,
    text: `\`${param.name}\` is a param`,
    value: paramValue(shared, param, true),
  });
}

function arithmetic(
  shared: Shared,
  fn: string,
  args: readonly TypedExpression[],
  indices: Map<string, BoundIndex> | undefined,
): Dim | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (fn === 'negate') {
    const a = polynomial(shared, first, indices);
    return a === undefined ? undefined : multiple(a, -1);
  }
  if (second === undefined || (fn !== 'add' && fn !== 'subtract' && fn !== 'multiply')) {
    return undefined;
  }
  const a = polynomial(shared, first, indices);
  const b = a === undefined ? undefined : polynomial(shared, second, indices);
  if (a === undefined || b === undefined) return undefined;
  if (fn === 'multiply' && a.monomials.length * b.monomials.length > mostTerms) return undefined;
  const result = fn === 'add' ? plus(a, b) : fn === 'subtract' ? minus(a, b) : product(a, b);
  return isManageable(result) ? result : undefined;
}

/** Larger polynomials than this are sizes that nobody means; they become symbols of their own. */
const mostTerms = 200;
const highestDegree = 12;

function isManageable(dim: Dim): boolean {
  return (
    dim.monomials.length <= mostTerms &&
    dim.monomials.every(
      (m) => m.symbols.length <= highestDegree && Math.abs(m.coefficient) <= 2 ** 40,
    )
  );
}

/** Smallest and largest value of an expression that is linear in its indices. */
export function valueRange(
  shared: Shared,
  e: TypedExpression,
): { readonly low: Dim; readonly high: Dim } | undefined {
  const indices = new Map<string, BoundIndex>();
  const dim = polynomial(shared, e, indices);
  if (dim === undefined) return undefined;
  let low = dim;
  let high = dim;
  for (const [symbol, index] of indices) {
    if (index.low === undefined || index.high === undefined) return undefined;
    const slope = slopeOf(dim, symbol);
    if (slope === undefined) return undefined;
    const [least, most] = slope >= 0 ? [index.low, index.high] : [index.high, index.low];
    low = plus(low, multiple(minus(least, symbolDim(symbol)), slope));
    high = plus(high, multiple(minus(most, symbolDim(symbol)), slope));
  }
  return { low, high };
}

/** The number by which a size grows with a symbol; undefined where it is not linear in it. */
function slopeOf(dim: Dim, symbol: string): number | undefined {
  let slope = 0;
  for (const { coefficient, symbols } of dim.monomials) {
    if (!symbols.includes(symbol)) continue;
    if (symbols.length !== 1) return undefined;
    slope = coefficient;
  }
  return slope;
}

/** `to - from` of a moving window such as `i..i+2`, where the index cancels. */
export function windowSize(
  shared: Shared,
  from: TypedExpression,
  to: TypedExpression,
): Dim | undefined {
  const indices = new Map<string, BoundIndex>();
  const a = polynomial(shared, from, indices);
  const b = polynomial(shared, to, indices);
  if (a === undefined || b === undefined) return undefined;
  const size = plus(minus(b, a), numberDim(1));
  return symbolsOf(size).some((s) => indices.has(s)) ? undefined : size;
}

/** Proven for all sizes of at least 1. */
export function isNonNegative(dim: Dim): boolean {
  let sum = 0;
  for (const { coefficient, symbols } of dim.monomials) {
    if (symbols.length > 0 && coefficient < 0) return false;
    sum += coefficient;
  }
  return sum >= 0;
}

/** Proven negative for all sizes of at least 1. */
export const isNegative = (dim: Dim): boolean =>
  isNonNegative(plus(multiple(dim, -1), numberDim(-1)));

/** The size that makes an expression linear in `symbol` equal to `target`. */
export function solveFor(dim: Dim, symbol: string, target: Dim): Dim | undefined {
  const slope = slopeOf(dim, symbol);
  if (slope === undefined || slope === 0) return undefined;
  const rest = minus(target, minus(dim, multiple(symbolDim(symbol), slope)));
  if (rest.monomials.some((m) => m.coefficient % slope !== 0)) return undefined;
  return multiple(rest, 1 / slope);
}

/** Made of data, params, sizes and numbers alone: the same for a whole run. */
export function isInput(e: TypedExpression): boolean {
  const waiting = [e];
  const seen = new Set<TypedExpression>();
  const bound = new Set<BoundIndex>();
  const used = new Set<BoundIndex>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (!isInputNode(node, waiting)) return false;
    if (node.kind === 'index') used.add(node.index);
    for (const index of indicesBoundBy(node)) bound.add(index);
    for (const child of childrenOf(node)) waiting.push(child);
  }
  // An index that is bound outside has a value of its own each time.
  return [...used].every((index) => bound.has(index));
}

function indicesBoundBy(node: TypedExpression): readonly BoundIndex[] {
  const bindings =
    node.kind === 'binder' || node.kind === 'comprehension'
      ? node.bindings
      : node.kind === 'part' && node.of.kind === 'recurrence'
        ? node.of.bindings
        : [];
  return bindings.flatMap((binding) => (binding.kind === 'in' ? bindingIndices(binding) : []));
}

/** Of a binding and of the sets in it that are written in place. */
function bindingIndices({ indices, set }: IndexBinding): readonly BoundIndex[] {
  const inner = set.elements.kind === 'tuples' ? set.elements.bindings.flatMap(bindingIndices) : [];
  return [...indices, ...inner];
}

function isInputNode(node: TypedExpression, waiting: TypedExpression[]): boolean {
  switch (node.kind) {
    case 'reference':
      if (node.to.kind === 'let' || node.to.kind === 'statementLet') waiting.push(node.to.value);
      else if (node.to.kind === 'parameter') {
        if (node.to.value === undefined) return false;
        waiting.push(node.to.value);
      } else if (node.to.kind !== 'data' && node.to.kind !== 'param') return false;
      return true;
    case 'local':
      return (
        node.local.role === 'let' ||
        node.local.role === 'entry' ||
        node.local.role === 'recurrence' ||
        node.local.role === 'parameter'
      );
    case 'oracle':
    case 'patternCall':
    case 'patternMap':
    case 'applyMap':
    case 'exchange':
    case 'iteration':
    case 'column':
    case 'measurement':
    case 'dual':
    case 'unknown':
      return false;
    case 'binder':
      return node.bindings.every((b) => b.kind === 'in' && b.set.elements.kind !== 'batch');
    case 'count':
      waiting.push(...ofSet(node.set));
      return true;
    default:
      return true;
  }
}

const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  negate: (a) => -a,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  abs: Math.abs,
  sqrt: Math.sqrt,
  log: Math.log,
  exp: Math.exp,
  maximum: Math.max,
  minimum: Math.min,
  mod: (a, b) => a - b * Math.floor(a / b),
};

/** The number that an expression is, where it can be told now; with `defaults`, at the values that sizes and params have in this file. */
export function knownConstant(
  shared: Shared,
  e: TypedExpression,
  defaults: boolean,
): number | undefined {
  switch (e.kind) {
    case 'number':
      return e.value;
    case 'size':
      return defaults ? shared.sizes.value(e.dim) : constantValue(e.dim);
    case 'local':
      return constantOf(shared, e.local, shared.bindings.get(e.local), defaults);
    case 'let':
      return knownConstant(shared, e.body, defaults);
    case 'reference':
      if (e.to.kind === 'param') return paramValue(shared, e.to, defaults);
      if (e.to.kind === 'let' || e.to.kind === 'statementLet' || e.to.kind === 'parameter') {
        return constantOf(shared, e.to, e.to.value, defaults);
      }
      return undefined;
    case 'elementwise': {
      const f = functions[e.fn];
      if (f === undefined || e.type.shape.length > 0) return undefined;
      const args: number[] = [];
      for (const arg of e.args) {
        const value = knownConstant(shared, arg, defaults);
        if (value === undefined) return undefined;
        args.push(value);
      }
      return f(...args);
    }
    default:
      return undefined;
  }
}

function paramValue(shared: Shared, param: ParamDecl, defaults: boolean): number | undefined {
  const fixed = shared.sizes.fixedValue(param.key);
  if (fixed !== undefined) return fixed;
  if (!defaults) return undefined;
  const given = shared.settings.get(param.key);
  if (given !== undefined) return given;
  return constantOf(shared, param, param.value, defaults);
}

/** The constant of a name's value, worked out once. */
function constantOf(
  shared: Shared,
  name: object,
  value: TypedExpression | undefined,
  defaults: boolean,
): number | undefined {
  if (value === undefined) return undefined;
  const memo = defaults ? shared.defaultConstants : shared.constants;
  if (!memo.has(name)) memo.set(name, knownConstant(shared, value, defaults));
  return memo.get(name);
}
