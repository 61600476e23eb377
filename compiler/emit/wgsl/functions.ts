// Scalar functions in WGSL, the language of kernels on a GPU. What it lacks or has to too few digits is made of what it has, as in runtime/tfjs/special.ts.
import type { BinaryFn, ReduceFn, UnaryFn } from '../../tensor/ir.ts';

/** A function of our own that a kernel declares, and those that it calls. */
export type Helper =
  | 'power'
  | 'largest'
  | 'smallest'
  | 'signOf'
  | 'cbrt'
  | 'roundAway'
  | 'log1p'
  | 'expm1'
  | 'sinhOf'
  | 'tanhOf'
  | 'softplus'
  | 'erf'
  | 'xlogx'
  | 'xlogy'
  | 'kl'
  | 'modulo';

export interface ScalarText {
  readonly text: (...operands: readonly string[]) => string;
  readonly helper?: Helper;
  /** Costs no more than a few additions, so it may be done again for each entry that needs it. */
  readonly cheap?: true;
  readonly gives?: 'bool';
  readonly takes?: 'bool';
}

const call = (name: string): ScalarText => ({ text: (...x) => `${name}(${x.join(', ')})` });
const helped = (helper: Helper): ScalarText => ({ ...call(helper), helper });
const cheap = (text: ScalarText): ScalarText => ({ ...text, cheap: true });
const infix = (sign: string): ScalarText => ({ text: (x, y) => `(${x} ${sign} ${y})` });
const test = (sign: string): ScalarText => ({ ...infix(sign), cheap: true, gives: 'bool' });

/** Undefined where there is nothing in 32 bits. */
export const unaryWgsl: { readonly [F in UnaryFn]: ScalarText | undefined } = {
  neg: cheap({ text: (x) => `(-${x})` }),
  abs: cheap(call('abs')),
  sign: cheap(helped('signOf')),
  sqrt: call('sqrt'),
  cbrt: helped('cbrt'),
  exp: call('exp'),
  log: call('log'),
  log1p: helped('log1p'),
  expm1: helped('expm1'),
  sin: call('sin'),
  cos: call('cos'),
  tan: call('tan'),
  asin: call('asin'),
  acos: call('acos'),
  atan: call('atan'),
  sinh: helped('sinhOf'),
  cosh: call('cosh'),
  tanh: helped('tanhOf'),
  sigmoid: { text: (x) => `(1.0 / (1.0 + exp(-${x})))` },
  softplus: helped('softplus'),
  erf: helped('erf'),
  lgamma: undefined,
  digamma: undefined,
  trigamma: undefined,
  floor: cheap(call('floor')),
  ceil: cheap(call('ceil')),
  round: cheap(helped('roundAway')),
  not: cheap({ text: (x) => `(!${x})`, gives: 'bool', takes: 'bool' }),
  xlogx: helped('xlogx'),
  isnan: cheap({ ...call('isnan'), gives: 'bool' }),
};

export const binaryWgsl: { readonly [F in BinaryFn]: ScalarText } = {
  add: cheap(infix('+')),
  sub: cheap(infix('-')),
  mul: cheap(infix('*')),
  div: infix('/'),
  pow: helped('power'),
  max: cheap(helped('largest')),
  min: cheap(helped('smallest')),
  atan2: call('atan2'),
  mod: helped('modulo'),
  eq: test('=='),
  ne: test('!='),
  le: test('<='),
  lt: test('<'),
  and: { ...test('&&'), takes: 'bool' },
  or: { ...test('||'), takes: 'bool' },
  xlogy: helped('xlogy'),
  kl: helped('kl'),
};

export interface ReduceText {
  readonly empty: string;
  /** What two parts make. */
  readonly join: (x: string, y: string) => string;
  readonly helper?: Helper;
  /** Whether terms and result are truth values, which are carried as 0 and 1. */
  readonly logical?: true;
}

export const reduceWgsl: { readonly [F in ReduceFn]: ReduceText } = {
  sum: { empty: '0.0', join: (x, y) => `${x} + ${y}` },
  prod: { empty: '1.0', join: (x, y) => `${x} * ${y}` },
  max: { empty: '-uniforms.INFINITY', join: (x, y) => `largest(${x}, ${y})`, helper: 'largest' },
  min: { empty: 'uniforms.INFINITY', join: (x, y) => `smallest(${x}, ${y})`, helper: 'smallest' },
  any: { empty: '0.0', join: (x, y) => `max(${x}, ${y})`, logical: true },
  all: { empty: '1.0', join: (x, y) => `min(${x}, ${y})`, logical: true },
};

/** `c[0] + x * (c[1] + x * (…))`. */
const polynomial = (c: readonly number[], x: string): string =>
  c
    .slice(0, -1)
    .reduceRight((sum, a) => `${literal(a)} + ${x} * (${sum})`, literal(c[c.length - 1] ?? 0));

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const series = (count: number, term: (k: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, k) => term(k));

// erf near 0: DLMF 7.6.1. Beyond 1: the rational fit of Press et al., Numerical Recipes, erfc.
const erfSeries = series(
  12,
  (k) => ((2 / Math.sqrt(Math.PI)) * (k % 2 === 0 ? 1 : -1)) / (factorial(k) * (2 * k + 1)),
);
const erfcFit = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];

interface HelperText {
  readonly lines: readonly string[];
  readonly calls?: readonly Helper[];
}

export const helperTexts: { readonly [H in Helper]: HelperText } = {
  power: {
    lines: [
      'fn power(x : f32, y : f32) -> f32 {',
      '  if (y == 0.0) { return 1.0; }',
      '  if (y == 2.0) { return x * x; }',
      '  if (x > 0.0) { return pow(x, y); }',
      '  if (x == 0.0) { return select(uniforms.INFINITY, 0.0, y > 0.0); }',
      '  if (y != floor(y)) { return uniforms.NAN; }',
      '  return select(-1.0, 1.0, floor(y / 2.0) * 2.0 == y) * pow(-x, y);',
      '}',
    ],
  },
  largest: {
    lines: [
      'fn largest(x : f32, y : f32) -> f32 {',
      '  if (isnan(x) || isnan(y)) { return uniforms.NAN; }',
      '  return max(x, y);',
      '}',
    ],
  },
  smallest: {
    lines: [
      'fn smallest(x : f32, y : f32) -> f32 {',
      '  if (isnan(x) || isnan(y)) { return uniforms.NAN; }',
      '  return min(x, y);',
      '}',
    ],
  },
  signOf: {
    lines: [
      'fn signOf(x : f32) -> f32 {',
      '  if (isnan(x)) { return x; }',
      '  return sign(x);',
      '}',
    ],
  },
  cbrt: {
    lines: [
      'fn cbrt(x : f32) -> f32 {',
      '  if (x == 0.0) { return 0.0; }',
      '  return sign(x) * exp(log(abs(x)) / 3.0);',
      '}',
    ],
  },
  roundAway: {
    lines: ['fn roundAway(x : f32) -> f32 {', '  return sign(x) * floor(abs(x) + 0.5);', '}'],
  },
  log1p: {
    // 2 atanh(x / (2 + x))
    lines: [
      'fn log1p(x : f32) -> f32 {',
      '  if (abs(x) >= 0.3) { return log(1.0 + x); }',
      '  let s = x / (x + 2.0);',
      '  let t = s * s;',
      `  return 2.0 * s * (${polynomial(
        series(6, (k) => 1 / (2 * k + 1)),
        't',
      )});`,
      '}',
    ],
  },
  expm1: {
    lines: [
      'fn expm1(x : f32) -> f32 {',
      '  if (abs(x) >= 0.5) { return exp(x) - 1.0; }',
      `  return x * (${polynomial(
        series(9, (k) => 1 / factorial(k + 1)),
        'x',
      )});`,
      '}',
    ],
  },
  sinhOf: {
    lines: [
      'fn sinhOf(x : f32) -> f32 {',
      '  if (abs(x) < 1.0) {',
      '    let t = x * x;',
      `    return x * (${polynomial(
        series(6, (k) => 1 / factorial(2 * k + 1)),
        't',
      )});`,
      '  }',
      `  let half = exp(abs(x) - ${literal(Math.LN2)});`,
      '  return sign(x) * (half - 0.25 / half);',
      '}',
    ],
  },
  tanhOf: {
    lines: [
      'fn tanhOf(x : f32) -> f32 {',
      '  let e = expm1(-2.0 * abs(x));',
      '  return sign(x) * (-e / (e + 2.0));',
      '}',
    ],
    calls: ['expm1'],
  },
  softplus: {
    lines: [
      'fn softplus(x : f32) -> f32 {',
      '  return largest(x, 0.0) + log1p(exp(-abs(x)));',
      '}',
    ],
    calls: ['largest', 'log1p'],
  },
  erf: {
    lines: [
      'fn erf(x : f32) -> f32 {',
      '  if (abs(x) < 1.0) {',
      '    let s = x * x;',
      `    return x * (${polynomial(erfSeries, 's')});`,
      '  }',
      '  let t = 1.0 / (1.0 + 0.5 * abs(x));',
      `  return sign(x) * (1.0 - t * exp(-x * x + ${polynomial(erfcFit, 't')}));`,
      '}',
    ],
  },
  xlogx: {
    lines: [
      'fn xlogx(x : f32) -> f32 {',
      '  if (x == 0.0) { return 0.0; }',
      '  return x * log(x);',
      '}',
    ],
  },
  xlogy: {
    lines: [
      'fn xlogy(x : f32, y : f32) -> f32 {',
      '  if (x == 0.0) { return 0.0; }',
      '  return x * log(y);',
      '}',
    ],
  },
  kl: {
    lines: [
      'fn kl(x : f32, y : f32) -> f32 {',
      '  if (x == 0.0) { return y; }',
      '  return x * log(x / y) - x + y;',
      '}',
    ],
  },
  modulo: {
    lines: [
      'fn modulo(x : f32, y : f32) -> f32 {',
      '  let r = x - y * trunc(x / y);',
      '  return select(r, r + y, r != 0.0 && (r < 0.0) != (y < 0.0));',
      '}',
    ],
  },
};

/** The functions and all that they call, callees first. */
export function declarations(helpers: Iterable<Helper>): readonly string[] {
  const found = new Set<Helper>();
  const visit = (helper: Helper): void => {
    if (found.has(helper)) return;
    helperTexts[helper].calls?.forEach(visit);
    found.add(helper);
  };
  for (const helper of helpers) visit(helper);
  return [...found].flatMap((helper) => [...helperTexts[helper].lines, '']);
}

/** A number as WGSL writes it, which has no infinities and no digits beyond 32 bits. */
export function literal(value: number): string {
  const near = Math.fround(value);
  if (!Number.isFinite(near)) return infinite(near);
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const infinite = (value: number): string =>
  Number.isNaN(value) ? 'uniforms.NAN' : value > 0 ? 'uniforms.INFINITY' : '(-uniforms.INFINITY)';
