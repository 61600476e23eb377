// Scalar functions: by tfjs on arrays, by plain JavaScript on numbers of this side.
import type { BinaryFn, UnaryFn } from '../../tensor/ir.ts';
import { bracketed } from './value.ts';

export interface UnaryText {
  /** A call on an array; undefined where tfjs has nothing. */
  readonly device: ((x: string) => string) | undefined;
  readonly number: (x: string) => string;
  /** Functions of the runtime that the text for a number calls. */
  readonly calls?: string;
  readonly gives?: 'bool';
  readonly takes?: 'bool';
}

export interface BinaryText {
  readonly device: (x: string, y: string) => string;
  readonly number: (x: string, y: string) => string;
  readonly calls?: string;
  readonly gives?: 'bool';
  readonly takes?: 'bool';
}

const plain = (name: string): UnaryText => ({
  device: (x) => `tf.${name}(${x})`,
  number: (x) => `Math.${name}(${x})`,
});
const ours = (name: string, number = `Math.${name}`): UnaryText => ({
  device: (x) => `device.${name}(${x})`,
  number: (x) => `${number}(${x})`,
  ...(number.startsWith('Math.') ? {} : { calls: number }),
});
const hosted = (name: string): UnaryText => ({
  device: undefined,
  number: (x) => `${name}(${x})`,
  calls: name,
});

export const unaryTexts: { readonly [F in UnaryFn]: UnaryText } = {
  neg: { device: (x) => `tf.neg(${x})`, number: (x) => `(-${bracketed(x)})` },
  abs: plain('abs'),
  sign: ours('sign'),
  sqrt: plain('sqrt'),
  cbrt: ours('cbrt'),
  exp: plain('exp'),
  log: plain('log'),
  log1p: ours('log1p'),
  expm1: ours('expm1'),
  sin: plain('sin'),
  cos: plain('cos'),
  tan: plain('tan'),
  asin: plain('asin'),
  acos: plain('acos'),
  atan: plain('atan'),
  sinh: ours('sinh'),
  cosh: plain('cosh'),
  tanh: ours('tanh'),
  sigmoid: { device: (x) => `tf.sigmoid(${x})`, number: (x) => `sigmoid(${x})`, calls: 'sigmoid' },
  softplus: ours('softplus', 'softplus'),
  erf: ours('erf', 'erf'),
  lgamma: hosted('lgamma'),
  digamma: hosted('digamma'),
  trigamma: hosted('trigamma'),
  floor: plain('floor'),
  ceil: plain('ceil'),
  round: ours('round', 'round'),
  not: {
    device: (x) => `tf.logicalNot(${x})`,
    number: (x) => `!${bracketed(x)}`,
    gives: 'bool',
    takes: 'bool',
  },
  xlogx: ours('xlogx', 'xlogx'),
  isnan: { device: (x) => `tf.isNaN(${x})`, number: (x) => `Number.isNaN(${x})`, gives: 'bool' },
};

const operator = (name: string, sign: string): BinaryText => ({
  device: (x, y) => `tf.${name}(${x}, ${y})`,
  number: (x, y) => `(${bracketed(x)} ${sign} ${bracketed(y)})`,
});
const comparison = (name: string, sign: string): BinaryText => ({
  ...operator(name, sign),
  gives: 'bool',
});
const logical = (name: string, sign: string): BinaryText => ({
  ...operator(name, sign),
  gives: 'bool',
  takes: 'bool',
});
const both = (name: string, math: string): BinaryText => ({
  device: (x, y) => `tf.${name}(${x}, ${y})`,
  number: (x, y) => `Math.${math}(${x}, ${y})`,
});
const special = (name: string): BinaryText => ({
  device: (x, y) => `device.${name}(${x}, ${y})`,
  number: (x, y) => `${name}(${x}, ${y})`,
  calls: name,
});

export const binaryTexts: { readonly [F in BinaryFn]: BinaryText } = {
  add: operator('add', '+'),
  sub: operator('sub', '-'),
  mul: operator('mul', '*'),
  div: operator('div', '/'),
  pow: {
    device: (x, y) => (y === '2' ? `tf.square(${x})` : `tf.pow(${x}, ${y})`),
    number: (x, y) => `Math.pow(${x}, ${y})`,
  },
  max: both('maximum', 'max'),
  min: both('minimum', 'min'),
  atan2: both('atan2', 'atan2'),
  mod: {
    device: (x, y) => `tf.mod(${x}, ${y})`,
    number: (x, y) => `mod(${x}, ${y})`,
    calls: 'mod',
  },
  eq: comparison('equal', '==='),
  ne: comparison('notEqual', '!=='),
  le: comparison('lessEqual', '<='),
  lt: comparison('less', '<'),
  and: logical('logicalAnd', '&&'),
  or: logical('logicalOr', '||'),
  xlogy: special('xlogy'),
  kl: special('kl'),
};
