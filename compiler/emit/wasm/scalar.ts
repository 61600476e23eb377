// Scalars as instructions. Both sides of a choice are worked out where that cannot fail, else only the side that is taken.
import { InternalError } from '../../tensor/internal-error.ts';
import type { UnaryFn } from '../../tensor/ir.ts';
import {
  isBool,
  scalarsBelow,
  type Pool,
  type Scalar,
  type ScalarFn,
} from '../../schedule/scalar.ts';
import { isWhole, writeAddress, writeIndex, writeIndexNumber } from './index.ts';
import type { PlainOp } from './opcodes.ts';
import { decayOf, sigmoidFrom, softplusFrom, type VectorMath } from './vector-math.ts';
import type { Vector } from './vector-kit.ts';
import { getName, type Writer } from './writer.ts';

/** Leaves a number of 64 bits. */
export function writeNumber(writer: Writer, x: Scalar): void {
  const { code } = writer;
  switch (x.kind) {
    case 'number':
      return code.f64(x.value);
    case 'index':
      return writeIndexNumber(writer, x.index);
    case 'name':
      if (takeLane(writer, x.name)) return;
      if (getName(writer, x.name) === 'i32') code.op('f64.convert_i32_s');
      return;
    case 'load':
      if (!isWhole(x.array)) return code.access('f64.load', writeAddress(writer, x.array, x.at));
      code.access('i32.load', writeAddress(writer, x.array, x.at));
      return code.op('f64.convert_i32_s');
    case 'checked':
      return writeChecked(writer, x.x, () => writeIndexNumber(writer, x.size), x.place);
    case 'unary':
      return writeUnary(writer, x.fn, x.x, x);
    case 'binary':
      return writeBinary(writer, x.fn, x.x, x.y, x);
    case 'select': {
      const sides = [x.x, x.y];
      if (sides.every((side) => isSafe(writer.pool, side))) {
        sides.forEach((side) => writeNumber(writer, side));
        writeCondition(writer, x.condition);
        return code.op('select');
      }
      const result = code.local('f64');
      writeCondition(writer, x.condition);
      code.branch(
        () => {
          writeNumber(writer, x.x);
          code.set(result);
        },
        () => {
          writeNumber(writer, x.y);
          code.set(result);
        },
      );
      return code.get(result);
    }
    case 'read':
    case 'flat':
    case 'sparse':
      throw new InternalError('a read that was not resolved');
  }
}

/** Leaves 1 or 0 of 32 bits. */
export function writeCondition(writer: Writer, x: Scalar): void {
  const { code } = writer;
  if (x.kind === 'number') return code.i32(x.value === 0 ? 0 : 1);
  if (x.kind === 'name') {
    if (!takeLane(writer, x.name) && getName(writer, x.name) === 'i32') return;
    code.f64(0);
    return code.op('f64.ne');
  }
  if (!isBool(x)) {
    writeNumber(writer, x);
    code.f64(0);
    return code.op('f64.ne');
  }
  if (x.kind === 'unary' && x.fn === 'not') {
    writeCondition(writer, x.x);
    return code.op('i32.eqz');
  }
  if (x.kind === 'unary') {
    const value = code.local('f64');
    writeNumber(writer, x.x);
    code.tee(value);
    code.get(value);
    return code.op('f64.ne');
  }
  if (x.kind === 'binary' && (x.fn === 'and' || x.fn === 'or')) return writeLogical(writer, x);
  if (x.kind === 'binary') {
    const op = comparisons.get(x.fn);
    if (op === undefined) throw new InternalError(`${x.fn} is no comparison`);
    writeNumber(writer, x.x);
    writeNumber(writer, x.y);
    return code.op(op);
  }
  if (x.kind === 'select') {
    const result = code.local('i32');
    writeCondition(writer, x.condition);
    const side = (part: Scalar) => (): void => {
      writeCondition(writer, part);
      code.set(result);
    };
    code.branch(side(x.x), side(x.y));
    return code.get(result);
  }
  throw new InternalError(`${x.kind} is no condition`);
}

/** The second operand is worked out only where it decides, unless that costs nothing. */
function writeLogical(writer: Writer, { fn, x, y }: Extract<Scalar, { kind: 'binary' }>): void {
  const { code } = writer;
  if (isSafe(writer.pool, y)) {
    writeCondition(writer, x);
    writeCondition(writer, y);
    return code.op(fn === 'and' ? 'i32.and' : 'i32.or');
  }
  const result = code.local('i32');
  writeCondition(writer, x);
  code.set(result);
  code.get(result);
  if (fn === 'or') code.op('i32.eqz');
  code.branch(() => {
    writeCondition(writer, y);
    code.set(result);
  });
  code.get(result);
}

const comparisons: ReadonlyMap<ScalarFn, PlainOp> = new Map<ScalarFn, PlainOp>([
  ['eq', 'f64.eq'],
  ['ne', 'f64.ne'],
  ['le', 'f64.le'],
  ['lt', 'f64.lt'],
]);

/** Whether an expression may be worked out though nobody asked: it reads no array and cannot fault. */
const isSafe = (pool: Pool, x: Scalar): boolean =>
  scalarsBelow(pool, [x]).every(({ kind }) => kind !== 'load' && kind !== 'checked');

function writeChecked(writer: Writer, x: Scalar, size: () => void, place: number): void {
  const { code, link } = writer;
  const position = code.local('f64');
  writeNumber(writer, x);
  code.tee(position);
  code.f64(0);
  code.op('f64.ge');
  code.get(position);
  size();
  code.op('f64.lt', 'i32.and');
  code.get(position);
  code.get(position);
  code.op('f64.trunc', 'f64.eq', 'i32.and', 'i32.eqz');
  code.branch(() => {
    code.get(position);
    size();
    code.f64(place);
    code.call(link.fault('badIndex'));
  });
  code.get(position);
}

/** A constant of two lanes is taken apart; false where the name is none. */
function takeLane({ code, vectors, lane }: Writer, name: string): boolean {
  const vector = vectors.get(name);
  if (vector === undefined) return false;
  code.get(vector.local);
  if (vector.mask) {
    code.both(1);
    code.op('v128.and');
  }
  code.lane('f64x2.extract_lane', lane);
  return true;
}

type UnaryRule =
  | { readonly kind: 'op'; readonly op: PlainOp }
  | { readonly kind: 'math'; readonly fn: VectorMath }
  /** A function of JavaScript: `Math.sin`, or one of the runtime. */
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'own' };

const op = (name: PlainOp): UnaryRule => ({ kind: 'op', op: name });
const math = (fn: VectorMath): UnaryRule => ({ kind: 'math', fn });
const host = (name: string): UnaryRule => ({ kind: 'host', name });

export const unaryRules: { readonly [F in UnaryFn]: UnaryRule } = {
  neg: op('f64.neg'),
  abs: op('f64.abs'),
  sign: { kind: 'own' },
  sqrt: op('f64.sqrt'),
  cbrt: host('Math.cbrt'),
  exp: math('exp'),
  log: math('log'),
  log1p: math('log1p'),
  expm1: math('expm1'),
  sin: host('Math.sin'),
  cos: host('Math.cos'),
  tan: host('Math.tan'),
  asin: host('Math.asin'),
  acos: host('Math.acos'),
  atan: host('Math.atan'),
  sinh: host('Math.sinh'),
  cosh: host('Math.cosh'),
  tanh: math('tanh'),
  sigmoid: math('sigmoid'),
  softplus: math('softplus'),
  erf: host('erf'),
  lgamma: host('lgamma'),
  digamma: host('digamma'),
  trigamma: host('trigamma'),
  floor: op('f64.floor'),
  ceil: op('f64.ceil'),
  round: host('round'),
  not: { kind: 'own' },
  xlogx: { kind: 'own' },
  isnan: { kind: 'own' },
};

function writeUnary(writer: Writer, fn: UnaryFn, x: Scalar, whole: Scalar): void {
  const { code, link, pool } = writer;
  const rule = unaryRules[fn];
  switch (rule.kind) {
    case 'op':
      writeNumber(writer, x);
      return code.op(rule.op);
    case 'math':
      return writeMath(writer, rule.fn, x);
    case 'host':
      writeNumber(writer, x);
      return code.call(link.scalarFunction(rule.name, 1));
    case 'own':
      if (fn === 'sign') return writeSign(writer, x);
      if (fn === 'xlogx') return writeNumber(writer, pool.binary('xlogy', x, x));
      writeCondition(writer, whole);
      return code.op('f64.convert_i32_s');
  }
}

/** An elementary function of one number is that of two, of which one is dropped. */
function writeMath(writer: Writer, fn: VectorMath, x: Scalar): void {
  const { code, link } = writer;
  link.math(fn);
  if ((fn === 'sigmoid' || fn === 'softplus') && x.kind === 'name' && !writer.vectors.has(x.name)) {
    const decay = sharedDecay(writer, x.name);
    const value: Vector = () => {
      writeNumber(writer, x);
      code.op('f64x2.splat');
    };
    (fn === 'sigmoid' ? sigmoidFrom : softplusFrom)(value, decay)(code);
  } else {
    writeNumber(writer, x);
    code.op('f64x2.splat');
    code.call(fn);
  }
  code.lane('f64x2.extract_lane', 0);
}

/** exp(-|x|), which the sigmoid and the softplus of one number share. */
function sharedDecay(writer: Writer, name: string): Vector {
  const { code, decays } = writer;
  const known = decays.get(name);
  if (known !== undefined) return (inside) => inside.get(known);
  const local = code.local('v128');
  decayOf(() => {
    getName(writer, name);
    code.op('f64x2.splat');
  })(code);
  code.set(local);
  decays.set(name, local);
  return (inside) => inside.get(local);
}

/** 1, -1, or x itself where it is 0 or NaN. */
function writeSign(writer: Writer, x: Scalar): void {
  const { code } = writer;
  const value = code.local('f64');
  writeNumber(writer, x);
  code.set(value);
  code.f64(1);
  code.f64(-1);
  code.get(value);
  code.get(value);
  code.f64(0);
  code.op('f64.lt', 'select');
  code.get(value);
  code.f64(0);
  code.op('f64.gt', 'select');
}

type BinaryRule =
  | { readonly kind: 'op'; readonly op: PlainOp }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'condition' }
  | { readonly kind: 'own' };

export const binaryRules: { readonly [F in ScalarFn]: BinaryRule } = {
  add: { kind: 'op', op: 'f64.add' },
  sub: { kind: 'op', op: 'f64.sub' },
  mul: { kind: 'op', op: 'f64.mul' },
  div: { kind: 'op', op: 'f64.div' },
  max: { kind: 'op', op: 'f64.max' },
  min: { kind: 'op', op: 'f64.min' },
  pow: { kind: 'host', name: 'Math.pow' },
  atan2: { kind: 'host', name: 'Math.atan2' },
  mod: { kind: 'host', name: 'mod' },
  eq: { kind: 'condition' },
  ne: { kind: 'condition' },
  le: { kind: 'condition' },
  lt: { kind: 'condition' },
  and: { kind: 'condition' },
  or: { kind: 'condition' },
  xlogy: { kind: 'host', name: 'xlogy' },
  kl: { kind: 'host', name: 'kl' },
  soft: { kind: 'own' },
};

function writeBinary(writer: Writer, fn: ScalarFn, x: Scalar, y: Scalar, whole: Scalar): void {
  const { code, link } = writer;
  const rule = binaryRules[fn];
  switch (rule.kind) {
    case 'op':
      writeNumber(writer, x);
      writeNumber(writer, y);
      return code.op(rule.op);
    case 'host':
      writeNumber(writer, x);
      writeNumber(writer, y);
      return code.call(link.scalarFunction(rule.name, 2));
    case 'condition':
      writeCondition(writer, whole);
      return code.op('f64.convert_i32_s');
    case 'own':
      return writeSoft(writer, x, y);
  }
}

/** max(|x| - t, 0) with the sign of x, and x where it is 0. */
function writeSoft(writer: Writer, x: Scalar, t: Scalar): void {
  const { code } = writer;
  const value = code.local('f64');
  writeNumber(writer, x);
  code.set(value);
  code.get(value);
  code.get(value);
  code.op('f64.abs');
  writeNumber(writer, t);
  code.op('f64.sub');
  code.f64(0);
  code.op('f64.max');
  code.get(value);
  code.op('f64.copysign');
  code.get(value);
  code.f64(0);
  code.op('f64.eq', 'select');
}

/** Leaves a whole number of 32 bits: where a loop begins or ends. A bound that is not whole is rounded up, as `i < bound` does. */
export function writeBound(writer: Writer, x: Scalar): void {
  const { code } = writer;
  if (x.kind === 'number') return code.i32(Math.ceil(x.value));
  if (x.kind === 'index') return writeIndex(writer, x.index);
  if (x.kind === 'load' && isWhole(x.array)) {
    return code.access('i32.load', writeAddress(writer, x.array, x.at));
  }
  writeNumber(writer, x);
  code.op('f64.ceil', 'i32.trunc_sat_f64_s');
}
