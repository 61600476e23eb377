// Scalars as instructions for two lanes.
import { InternalError } from '../../tensor/internal-error.ts';
import { isBool, scalarsBelow, type Scalar, type ScalarOf } from '../../schedule/scalar.ts';
import type { Local } from './assembler.ts';
import { isWhole } from './index.ts';
import type { PlainOp } from './opcodes.ts';
import { binaryRules, unaryRules, writeNumber } from './scalar.ts';
import { changes, fixedOf, gatheredBy, pointerOf, type Turn } from './vector-frame.ts';
import type { Vector } from './vector-kit.ts';
import { strideOf } from './vector-loop.ts';
import { decayOf, sigmoidFrom, softplusFrom, type VectorMath } from './vector-math.ts';
import type { Writer } from './writer.ts';

type Load = ScalarOf<'load'>;

/** Leaves x[column[p]] and x[column[p + 1]]. */
function writeGather({ frame, u, writer }: Turn, x: Load, through: Load): void {
  const { code, link } = writer;
  const positions = pointerOf(frame, writer, through.array, through.at);
  const address = (lane: number): void => {
    code.getGlobal(link.array(x.array));
    code.get(positions);
    code.access('i32.load', 4 * (2 * u + lane));
    code.i32(3);
    code.op('i32.shl', 'i32.add');
  };
  address(1);
  address(0);
  code.access('v128.load64_splat');
  code.accessLane('v128.load64_lane', 1);
}

/** Leaves two entries that lie side by side. */
function writeEntry({ frame, u, writer, known }: Turn, x: Load): void {
  const { code } = writer;
  const pointer = pointerOf(frame, writer, x.array, x.at);
  const before = known.get(pointer);
  if (before !== undefined) return code.get(before);
  code.get(pointer);
  code.access('v128.load', 16 * u);
  const written = frame.loop.steps.some(
    ({ step }) => step.kind === 'store' && step.array === x.array,
  );
  if (written || (frame.reads.get(pointer) ?? 0) < 2) return;
  const kept = code.local('v128');
  code.tee(kept);
  known.set(pointer, kept);
}

/** Leaves two numbers. */
export function writeVector(turn: Turn, x: Scalar): void {
  const { frame, writer } = turn;
  const { code, vectors } = writer;
  if (isBool(x)) {
    writeMask(turn, x);
    code.both(1);
    return code.op('v128.and');
  }
  const vector = x.kind === 'name' ? vectors.get(x.name) : undefined;
  if (vector !== undefined) return code.get(vector.local);
  if (!changes(frame, writer, x)) return code.get(fixedOf(frame, writer, x));
  switch (x.kind) {
    case 'load': {
      if (frame.apart !== undefined) return writeLanes(turn, x);
      const through = gatheredBy(frame, writer, x);
      if (through !== undefined) return writeGather(turn, x, through);
      if (strideOf(writer, x.at, frame.loop.variable) !== 1 || isWhole(x.array))
        return writeLanes(turn, x);
      return writeEntry(turn, x);
    }
    case 'unary': {
      const rule = unaryRules[x.fn];
      if (x.fn === 'sign') return writeSigns(turn, x.x);
      if (rule.kind === 'host' || rule.kind === 'own') return writeLanes(turn, x);
      if (rule.kind === 'math') return writeMath(turn, rule.fn, x.x);
      writeVector(turn, x.x);
      return code.op(vectorOp(rule.op));
    }
    case 'binary': {
      const rule = binaryRules[x.fn];
      if (x.fn === 'soft') return writeSoft(turn, x.x, x.y);
      if (rule.kind !== 'op') return writeLanes(turn, x);
      writeVector(turn, x.x);
      writeVector(turn, x.y);
      return code.op(vectorOp(rule.op));
    }
    case 'select':
      if (scalarsBelow(writer.pool, [x.x, x.y]).some(({ kind }) => kind === 'load'))
        return writeLanes(turn, x);
      writeVector(turn, x.x);
      writeVector(turn, x.y);
      writeMask(turn, x.condition);
      return code.op('v128.bitselect');
    case 'index':
    case 'name':
    case 'checked':
      return writeLanes(turn, x);
    case 'read':
    case 'flat':
    case 'sparse':
      throw new InternalError('a read that was not resolved');
  }
}

function writeMath(turn: Turn, fn: VectorMath, x: Scalar): void {
  const { code, link, vectors } = turn.writer;
  const call = link.math(fn);
  const value = x.kind === 'name' ? vectors.get(x.name) : undefined;
  if (value?.mask === false && (fn === 'sigmoid' || fn === 'softplus')) {
    const own: Vector = (inside) => inside.get(value.local);
    const decay = sharedDecay(turn, value.local);
    return (fn === 'sigmoid' ? sigmoidFrom : softplusFrom)(own, decay)(code);
  }
  writeVector(turn, x);
  code.call(call);
}

/** exp(-|x|), which the sigmoid and the softplus of the same numbers share. */
function sharedDecay({ writer: { code }, decays }: Turn, x: Local): Vector {
  const known = decays.get(x);
  const decay = known ?? code.local('v128');
  if (known === undefined) {
    decayOf((inside) => inside.get(x))(code);
    code.set(decay);
    decays.set(x, decay);
  }
  return (inside) => inside.get(decay);
}

const vectorOp = (op: PlainOp): PlainOp => {
  const found = vectorOps.get(op);
  if (found === undefined) throw new InternalError(`${op} has no form for two numbers`);
  return found;
};

const vectorOps: ReadonlyMap<PlainOp, PlainOp> = new Map<PlainOp, PlainOp>([
  ['f64.neg', 'f64x2.neg'],
  ['f64.abs', 'f64x2.abs'],
  ['f64.sqrt', 'f64x2.sqrt'],
  ['f64.floor', 'f64x2.floor'],
  ['f64.ceil', 'f64x2.ceil'],
  ['f64.add', 'f64x2.add'],
  ['f64.sub', 'f64x2.sub'],
  ['f64.mul', 'f64x2.mul'],
  ['f64.div', 'f64x2.div'],
  ['f64.max', 'f64x2.max'],
  ['f64.min', 'f64x2.min'],
]);

/** Leaves two masks. */
export function writeMask(turn: Turn, x: Scalar): void {
  const { frame, writer } = turn;
  const { code, vectors } = writer;
  const vector = x.kind === 'name' ? vectors.get(x.name) : undefined;
  if (vector?.mask === true) return code.get(vector.local);
  if (isBool(x) && x.kind !== 'number' && vector === undefined && !changes(frame, writer, x))
    return code.get(fixedOf(frame, writer, x));
  if (x.kind === 'unary' && x.fn === 'not') {
    writeMask(turn, x.x);
    return code.op('v128.not');
  }
  if (x.kind === 'unary' && x.fn === 'isnan') {
    writeVector(turn, x.x);
    writeVector(turn, x.x);
    return code.op('f64x2.ne');
  }
  if (x.kind === 'binary' && (x.fn === 'and' || x.fn === 'or')) {
    writeMask(turn, x.x);
    writeMask(turn, x.y);
    return code.op(x.fn === 'and' ? 'v128.and' : 'v128.or');
  }
  const comparison = x.kind === 'binary' ? comparisons.get(x.fn) : undefined;
  if (x.kind === 'binary' && comparison !== undefined) {
    writeVector(turn, x.x);
    writeVector(turn, x.y);
    return code.op(comparison);
  }
  if (isBool(x)) writeLanes(turn, x);
  else writeVector(turn, x);
  code.both(0);
  code.op('f64x2.ne');
}

const comparisons: ReadonlyMap<string, PlainOp> = new Map<string, PlainOp>([
  ['eq', 'f64x2.eq'],
  ['ne', 'f64x2.ne'],
  ['le', 'f64x2.le'],
  ['lt', 'f64x2.lt'],
]);

function writeSigns(turn: Turn, x: Scalar): void {
  const { code } = turn.writer;
  const value = code.local('v128');
  writeVector(turn, x);
  code.set(value);
  code.both(1);
  code.both(-1);
  code.get(value);
  code.get(value);
  code.both(0);
  code.op('f64x2.lt', 'v128.bitselect');
  code.get(value);
  code.both(0);
  code.op('f64x2.gt', 'v128.bitselect');
}

/** max(|x| - t, 0) with the sign of x, and x where it is 0. */
function writeSoft(turn: Turn, x: Scalar, t: Scalar): void {
  const { code } = turn.writer;
  const value = code.local('v128');
  writeVector(turn, x);
  code.set(value);
  code.get(value);
  code.get(value);
  code.op('f64x2.abs');
  writeVector(turn, t);
  code.op('f64x2.sub');
  code.both(0);
  code.op('f64x2.max');
  code.get(value);
  code.bothBits(1n << 63n);
  code.op('v128.and', 'v128.or');
  code.get(value);
  code.both(0);
  code.op('f64x2.eq', 'v128.bitselect');
}

/** Each of the two numbers by itself. */
function writeLanes(turn: Turn, x: Scalar): void {
  const { code } = turn.writer;
  writeNumber(atLane(turn, 0), x);
  code.op('f64x2.splat');
  writeNumber(atLane(turn, 1), x);
  code.lane('f64x2.replace_lane', 1);
}

/** The function's names as one of the lanes sees them. */
export function atLane({ frame, u, writer }: Turn, lane: 0 | 1): Writer {
  const { code } = writer;
  const { apart, counter, loop } = frame;
  const locals = new Map(writer.locals);
  if (apart === undefined) {
    const position = code.local('i32');
    code.get(counter);
    code.i32(2 * u + lane);
    code.op('i32.add');
    code.set(position);
    locals.set(loop.variable, position);
  } else locals.set(loop.variable, lane === 0 ? counter : apart);
  return { ...writer, locals, lane };
}
