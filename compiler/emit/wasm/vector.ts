// Innermost loops two numbers at a time: which loops may be, and their instructions. Sums keep several accumulators, so that additions need not wait for one
// another; what is left over at the end is done one by one.
import { symbolsOf } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import {
  isAtom,
  isBool,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
  type ScalarOf,
} from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Local } from './assembler.ts';
import { isWhole, sizeOfEntry, writeAddress } from './index.ts';
import { writeSteps, type Pointer } from './loop.ts';
import type { PlainOp } from './opcodes.ts';
import { binaryRules, unaryRules, writeNumber } from './scalar.ts';
import { getName, setName, type VectorLocal, type Writer } from './writer.ts';

/** A statement of the body, and the function's names as it sees them: fused loops may stand at different rows. */
export interface Item {
  readonly statement: Statement;
  readonly writer: Writer;
}

type Reduction = 'sum' | 'prod' | 'max' | 'min';

type Step =
  | {
      readonly kind: 'const';
      readonly name: string;
      readonly value: Scalar;
      readonly mask: boolean;
    }
  | {
      readonly kind: 'reduce';
      readonly name: string;
      readonly reduction: Reduction;
      readonly negative: boolean;
      readonly value: Scalar;
    }
  | {
      readonly kind: 'store';
      readonly array: string;
      readonly at: Index;
      readonly op: '=' | '+=' | '-=' | '*=';
      readonly value: Scalar;
    };

/** A loop that can be carried out two numbers at a time. */
export interface VectorLoop {
  readonly variable: string;
  readonly steps: readonly { readonly step: Step; readonly writer: Writer }[];
}

/** Undefined where entries depend on each other, or a statement is of another kind. */
export function vectorLoop(items: readonly Item[], variable: string): VectorLoop | undefined {
  const steps: { readonly step: Step; readonly writer: Writer }[] = [];
  for (const { statement, writer } of items) {
    const step = stepOf(statement);
    if (step === undefined) return undefined;
    steps.push({ step, writer });
  }
  const own = new Set(steps.flatMap(({ step }) => (step.kind === 'const' ? [step.name] : [])));
  const reduced = steps.flatMap(({ step }) => (step.kind === 'reduce' ? [step.name] : []));
  if (new Set(reduced).size < reduced.length) return undefined;
  const stores = steps.flatMap(({ step, writer }) =>
    step.kind === 'store' ? [{ step, writer }] : [],
  );
  if (stores.some(({ step, writer }) => strideOf(writer, step.at, variable) !== 1))
    return undefined;
  const written = new Map<string, string>();
  for (const { step } of stores) {
    const before = written.get(step.array);
    if (before !== undefined && before !== step.at.key) return undefined;
    written.set(step.array, step.at.key);
  }
  for (const { step, writer } of steps)
    for (const x of scalarsBelow(writer.pool, [step.value])) {
      if (x.kind === 'checked') return undefined;
      if (x.kind === 'name' && reduced.includes(x.name)) return undefined;
      if (x.kind === 'load') {
        const stored = written.get(x.array);
        if (stored !== undefined && stored !== x.at.key) return undefined;
        // A position that is itself computed in the loop.
        if (symbolsOf(x.at).some((symbol) => namesIn(writer, symbol).some((name) => own.has(name))))
          return undefined;
      }
    }
  return steps.length === 0 ? undefined : { variable, steps };
}

const namesIn = ({ pool }: Writer, symbol: string): readonly string[] => {
  const scalar = isAtom(symbol) ? pool.atom(symbol) : undefined;
  if (scalar === undefined) return [];
  return scalarsBelow(pool, [scalar]).flatMap((x) => (x.kind === 'name' ? [x.name] : []));
};

function stepOf(statement: Statement): Step | undefined {
  if (!('value' in statement) || !('id' in statement.value)) return undefined;
  const { value } = statement;
  switch (statement.kind) {
    case 'const':
      return {
        kind: 'const',
        name: statement.name,
        value,
        mask: isBool(value) && statement.numeric !== true,
      };
    case 'assign':
      return reductionOf(statement.name, statement.op, value);
    case 'store':
      return { kind: 'store', array: statement.array, at: statement.at, op: statement.op, value };
    default:
      return undefined;
  }
}

function reductionOf(name: string, op: '=' | '+=' | '-=' | '*=', value: Scalar): Step | undefined {
  if (op === '+=' || op === '-=')
    return { kind: 'reduce', name, reduction: 'sum', negative: op === '-=', value };
  if (op === '*=') return { kind: 'reduce', name, reduction: 'prod', negative: false, value };
  if (value.kind !== 'binary' || (value.fn !== 'max' && value.fn !== 'min')) return undefined;
  if (value.x.kind !== 'name' || value.x.name !== name) return undefined;
  return { kind: 'reduce', name, reduction: value.fn, negative: false, value: value.y };
}

/** By how much a position grows with the loop variable: a number that is known, or undefined. */
export function strideOf(writer: Writer, index: Index, variable: string): number | undefined {
  let stride = 0;
  for (const { coefficient, symbols } of index.monomials) {
    const varying = symbols.filter((symbol) => varies(writer, symbol, variable));
    if (varying.length === 0) continue;
    if (symbols.length > 1 || isAtom(symbols[0])) return undefined;
    stride += coefficient;
  }
  return stride;
}

function varies(writer: Writer, symbol: string, variable: string): boolean {
  if (isLoopVariable(symbol)) return writer.variable(symbol) === variable;
  if (!isAtom(symbol)) return false;
  const scalar = writer.pool.atom(symbol);
  return scalar !== undefined && scalarVaries(writer, scalar, variable);
}

function scalarVaries(writer: Writer, x: Scalar, variable: string): boolean {
  return scalarsBelow(writer.pool, [x]).some((part) => {
    if (part.kind === 'name') return part.name === variable || writer.vectors.has(part.name);
    if (part.kind === 'index') return indexVaries(writer, part.index, variable);
    return part.kind === 'load' && indexVaries(writer, part.at, variable);
  });
}

const indexVaries = (writer: Writer, index: Index, variable: string): boolean =>
  symbolsOf(index).some((symbol) => varies(writer, symbol, variable));

/** What a loop of two lanes keeps in registers. */
interface Frame {
  readonly loop: VectorLoop;
  /** Where the lanes stand. */
  readonly counter: Local;
  /** Addresses that move along, by array and position. */
  readonly pointers: Map<string, Pointer>;
  /** Numbers that do not change in the loop, in both lanes. */
  readonly fixed: Map<string, Local>;
  readonly unroll: number;
}

/** Goes from `counter` as far as whole steps reach, and leaves the rest: `counter` then stands at the first entry that is not done. */
export function writeVectorLoop(loop: VectorLoop, writer: Writer, counter: Local, to: Local): void {
  const { code } = writer;
  const unroll = unrollOf(loop);
  writeSteps(code, counter, to, 2 * unroll, () => {
    const frame: Frame = { loop, counter, pointers: new Map(), fixed: new Map(), unroll };
    prepare(frame);
    const sums = loop.steps.map(({ step, writer: own }) =>
      step.kind === 'reduce' ? startSums(own, step, unroll) : [],
    );
    return {
      pointers: () => frame.pointers.values(),
      step: () => {
        for (let u = 0; u < unroll; u++) writeTurn(frame, u, sums);
      },
      after: () =>
        loop.steps.forEach(({ step, writer: own }, k) => {
          if (step.kind === 'reduce') endSums(own, step, sums[k]);
        }),
    };
  });
}

/** Short bodies are repeated: their additions overlap. */
function unrollOf({ steps }: VectorLoop): number {
  const work = steps.reduce(
    (sum, { step, writer }) => sum + scalarsBelow(writer.pool, [step.value]).length,
    0,
  );
  const calls = steps.some(({ step, writer }) =>
    scalarsBelow(writer.pool, [step.value]).some(
      (x) => x.kind === 'unary' && unaryRules[x.fn].kind !== 'op',
    ),
  );
  if (calls) return 1;
  return work <= 10 ? 4 : work <= 24 ? 2 : 1;
}

/** Addresses and numbers that the loop needs, worked out before it. */
function prepare(frame: Frame): void {
  const { loop } = frame;
  for (const { step, writer } of loop.steps) {
    if (step.kind === 'store') pointerOf(frame, writer, step.array, step.at);
    visit(writer, step.value);
  }

  function visit(writer: Writer, x: Scalar): void {
    if (x.kind === 'number') return;
    if (!changes(frame, writer, x)) {
      fixedOf(frame, writer, x);
      return;
    }
    if (x.kind === 'load') {
      const through = gatheredBy(frame, writer, x);
      if (through !== undefined) pointerOf(frame, writer, through.array, through.at);
      else if (strideOf(writer, x.at, loop.variable) === 1 && !isWhole(x.array))
        pointerOf(frame, writer, x.array, x.at);
      return;
    }
    if (x.kind === 'unary') visit(writer, x.x);
    if (x.kind === 'binary') {
      visit(writer, x.x);
      visit(writer, x.y);
    }
    if (x.kind === 'select') [x.condition, x.x, x.y].forEach((part) => visit(writer, part));
  }
}

/** Whether a scalar differs from turn to turn. */
function changes({ loop }: Frame, writer: Writer, x: Scalar): boolean {
  if (scalarVaries(writer, x, loop.variable)) return true;
  const own = new Set(loop.steps.flatMap(({ step }) => (step.kind === 'const' ? [step.name] : [])));
  return scalarsBelow(writer.pool, [x]).some((part) => part.kind === 'name' && own.has(part.name));
}

const keyOf = ({ row }: Writer, text: string): string => `${row} ${text}`;

function pointerOf(frame: Frame, writer: Writer, array: string, at: Index): Local {
  const { code } = writer;
  const key = keyOf(writer, `${array} ${at.key}`);
  const known = frame.pointers.get(key);
  if (known !== undefined) return known.local;
  const pointer = code.local('i32');
  const offset = writeAddress(writer, array, at);
  if (offset > 0) {
    code.i32(offset);
    code.op('i32.add');
  }
  code.set(pointer);
  frame.pointers.set(key, { local: pointer, entry: sizeOfEntry(array) });
  return pointer;
}

function fixedOf(frame: Frame, writer: Writer, x: Scalar): Local {
  const { code } = writer;
  const key = keyOf(writer, String(x.id));
  const known = frame.fixed.get(key);
  if (known !== undefined) return known;
  const local = code.local('v128');
  if (isBool(x)) {
    // A truth value as a mask.
    writeNumber(writer, x);
    code.op('f64x2.splat');
    code.both(0);
    code.op('f64x2.ne');
  } else {
    writeNumber(writer, x);
    code.op('f64x2.splat');
  }
  code.set(local);
  frame.fixed.set(key, local);
  return local;
}

type Reduce = Extract<Step, { readonly kind: 'reduce' }>;

const identities: { readonly [R in Reduction]: number } = {
  sum: 0,
  prod: 1,
  max: -Infinity,
  min: Infinity,
};

const combine: { readonly [R in Reduction]: { readonly both: PlainOp; readonly one: PlainOp } } = {
  sum: { both: 'f64x2.add', one: 'f64.add' },
  prod: { both: 'f64x2.mul', one: 'f64.mul' },
  max: { both: 'f64x2.max', one: 'f64.max' },
  min: { both: 'f64x2.min', one: 'f64.min' },
};

function startSums({ code }: Writer, { reduction }: Reduce, unroll: number): readonly Local[] {
  return Array.from({ length: unroll }, () => {
    const sum = code.local('v128');
    code.both(identities[reduction]);
    code.set(sum);
    return sum;
  });
}

function endSums(
  writer: Writer,
  { name, reduction, negative }: Reduce,
  sums: readonly Local[],
): void {
  const { code } = writer;
  const { both, one } = combine[reduction];
  const [first, ...rest] = sums;
  code.get(first);
  for (const sum of rest) {
    code.get(sum);
    code.op(both);
  }
  code.set(first);
  getName(writer, name);
  for (const lane of [0, 1]) {
    code.get(first);
    code.lane('f64x2.extract_lane', lane);
    if (lane === 1) code.op(one);
  }
  code.op(negative ? 'f64.sub' : one);
  setName(writer, name);
}

/** One step of two numbers; the u-th of those that are written out. */
function writeTurn(frame: Frame, u: number, sums: readonly (readonly Local[])[]): void {
  const vectors = new Map<string, VectorLocal>();
  frame.loop.steps.forEach(({ step, writer: around }, k) => {
    const { code } = around;
    const turn: Turn = { frame, u, writer: { ...around, vectors, decays: new Map() } };
    switch (step.kind) {
      case 'const': {
        const local = code.local('v128');
        if (step.mask) writeMask(turn, step.value);
        else writeVector(turn, step.value);
        code.set(local);
        vectors.set(step.name, { local, mask: step.mask });
        return;
      }
      case 'reduce': {
        const sum = sums[k][u];
        code.get(sum);
        writeVector(turn, step.value);
        code.op(combine[step.reduction].both);
        code.set(sum);
        return;
      }
      case 'store': {
        const pointer = pointerOf(frame, around, step.array, step.at);
        code.get(pointer);
        if (step.op !== '=') {
          code.get(pointer);
          code.access('v128.load', 16 * u);
        }
        writeVector(turn, step.value);
        if (step.op !== '=') code.op(changeOps[step.op]);
        code.access('v128.store', 16 * u);
        return;
      }
    }
  });
}

const changeOps = { '+=': 'f64x2.add', '-=': 'f64x2.sub', '*=': 'f64x2.mul' } as const;

interface Turn {
  readonly frame: Frame;
  readonly u: number;
  readonly writer: Writer;
}

type Load = ScalarOf<'load'>;

/** The positions of x[column[p]], where they lie one after the other. */
function gatheredBy({ loop }: Frame, writer: Writer, x: Load): Load | undefined {
  const [only, ...others] = x.at.monomials;
  if (only === undefined || others.length > 0 || only.coefficient !== 1) return undefined;
  const [symbol, ...more] = only.symbols;
  if (symbol === undefined || more.length > 0 || !isAtom(symbol)) return undefined;
  const at = writer.pool.atom(symbol);
  if (at?.kind !== 'load' || !isWhole(at.array) || isWhole(x.array)) return undefined;
  return strideOf(writer, at.at, loop.variable) === 1 ? at : undefined;
}

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

/** Leaves two numbers. */
function writeVector(turn: Turn, x: Scalar): void {
  const { frame, u, writer } = turn;
  const { code, link, vectors } = writer;
  if (isBool(x)) {
    writeMask(turn, x);
    code.both(1);
    return code.op('v128.and');
  }
  if (x.kind === 'number') return code.both(x.value);
  const vector = x.kind === 'name' ? vectors.get(x.name) : undefined;
  if (vector !== undefined) return code.get(vector.local);
  if (!changes(frame, writer, x)) return code.get(fixedOf(frame, writer, x));
  switch (x.kind) {
    case 'load': {
      const through = gatheredBy(frame, writer, x);
      if (through !== undefined) return writeGather(turn, x, through);
      if (strideOf(writer, x.at, frame.loop.variable) !== 1 || isWhole(x.array))
        return writeLanes(turn, x);
      code.get(pointerOf(frame, writer, x.array, x.at));
      return code.access('v128.load', 16 * u);
    }
    case 'unary': {
      const rule = unaryRules[x.fn];
      if (x.fn === 'sign') return writeSigns(turn, x.x);
      if (rule.kind === 'host' || rule.kind === 'own') return writeLanes(turn, x);
      writeVector(turn, x.x);
      if (rule.kind === 'math') return code.call(link.math(rule.fn));
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
function writeMask(turn: Turn, x: Scalar): void {
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
  const { frame, u, writer } = turn;
  const { code } = writer;
  const at = (lane: 0 | 1): Writer => {
    const position = code.local('i32');
    code.get(frame.counter);
    code.i32(2 * u + lane);
    code.op('i32.add');
    code.set(position);
    const locals = new Map(writer.locals);
    locals.set(frame.loop.variable, position);
    return { ...writer, locals, lane };
  };
  writeNumber(at(0), x);
  code.op('f64x2.splat');
  writeNumber(at(1), x);
  code.lane('f64x2.replace_lane', 1);
}
