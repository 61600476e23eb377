// What a loop of two lanes keeps in registers: addresses that move along, and numbers that do not change.
import { symbolsOf } from '../../tensor/dim.ts';
import {
  isAtom,
  isBool,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
  type ScalarOf,
} from '../../schedule/scalar.ts';
import type { Local } from './assembler.ts';
import { isWhole, sizeOfEntry, writeAddress } from './index.ts';
import type { Pointer } from './loop.ts';
import { writeNumber } from './scalar.ts';
import { scalarVaries, strideOf, type VectorLoop } from './vector-loop.ts';
import type { Writer } from './writer.ts';

export interface Frame {
  readonly loop: VectorLoop;
  /** Where the first lane stands. */
  readonly counter: Local;
  /** Where the second one stands, if not beside the first. */
  readonly apart: Local | undefined;
  /** Addresses that move along, by array and position. */
  readonly pointers: Map<string, Pointer>;
  /** Numbers that do not change in the loop, in both lanes. */
  readonly fixed: Map<string, Local>;
  /** How often an entry is read in one turn, by its address. */
  readonly reads: Map<Local, number>;
  readonly unroll: number;
  /** Names that differ from lane to lane. */
  readonly lanes: ReadonlySet<string>;
  /** Whether a scalar differs from turn to turn, by its id, as far as it was asked for. */
  readonly changing: Map<number, boolean>;
  /** The names that a position or a number is made of, as far as they were asked for. */
  readonly names: Map<string, readonly string[]>;
}

export const newFrame = (
  loop: VectorLoop,
  counter: Local,
  unroll: number,
  apart?: Local,
): Frame => ({
  loop,
  counter,
  apart,
  pointers: new Map(),
  fixed: new Map(),
  reads: new Map(),
  unroll,
  lanes: new Set(
    loop.steps.flatMap(({ step, writer }) => [
      ...writer.vectors.keys(),
      ...(step.kind === 'const' ? [step.name] : []),
    ]),
  ),
  changing: new Map(),
  names: new Map(),
});

/** One turn of those that are written out, the u-th. */
export interface Turn {
  readonly frame: Frame;
  readonly u: number;
  readonly writer: Writer;
  /** Entries that were read in this turn and are read again, by their address. */
  readonly known: Map<Local, Local>;
  /** exp(-|x|) by the local of x, where it was worked out in this turn. */
  readonly decays: Map<Local, Local>;
}

/** Addresses and numbers that the loop needs, worked out before it. */
export function prepare(frame: Frame): void {
  const { loop, reads, apart } = frame;
  for (const { step, writer } of loop.steps) {
    if (step.kind === 'store' && apart === undefined) pointerOf(frame, writer, step.array, step.at);
    visit(writer, step.value);
  }

  function visit(writer: Writer, x: Scalar): void {
    if (!changes(frame, writer, x)) {
      fixedOf(frame, writer, x);
      return;
    }
    if (x.kind === 'load') {
      if (apart !== undefined) return;
      const through = gatheredBy(frame, writer, x);
      if (through !== undefined) pointerOf(frame, writer, through.array, through.at);
      else if (strideOf(writer, x.at, loop.variable) === 1 && !isWhole(x.array)) {
        const pointer = pointerOf(frame, writer, x.array, x.at);
        reads.set(pointer, (reads.get(pointer) ?? 0) + 1);
      }
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
export function changes({ loop, lanes, changing }: Frame, writer: Writer, x: Scalar): boolean {
  const before = changing.get(x.id);
  if (before !== undefined) return before;
  const made =
    scalarsBelow(writer.pool, [x]).some((part) => part.kind === 'name' && lanes.has(part.name)) ||
    scalarVaries(writer, x, loop.variable);
  changing.set(x.id, made);
  return made;
}

/** The locals that stand for names: rows side by side read the same entries where these are the same. */
function whereOf(
  { loop, names }: Frame,
  { locals }: Writer,
  what: string,
  make: () => readonly string[],
): string {
  const before = names.get(what);
  const known = before ?? [...new Set(make())].filter((name) => name !== loop.variable);
  if (before === undefined) names.set(what, known);
  return known.map((name) => locals.get(name)?.index ?? name).join(' ');
}

/** The names that symbols of a position stand for. */
const namesOf = (writer: Writer, symbols: readonly string[]): readonly string[] =>
  symbols.flatMap((symbol): readonly string[] => {
    if (isLoopVariable(symbol)) return [writer.variable(symbol)];
    const scalar = isAtom(symbol) ? writer.pool.atom(symbol) : undefined;
    if (scalar === undefined) return [];
    return [
      ...namesBelow(writer, scalar),
      ...symbolsBelow(writer, scalar).flatMap((each) =>
        isLoopVariable(each) ? [writer.variable(each)] : [],
      ),
    ];
  });

const namesBelow = ({ pool }: Writer, x: Scalar): readonly string[] =>
  scalarsBelow(pool, [x]).flatMap((part) => (part.kind === 'name' ? [part.name] : []));

const symbolsBelow = ({ pool }: Writer, x: Scalar): readonly string[] =>
  scalarsBelow(pool, [x]).flatMap((part) => {
    if (part.kind === 'index') return symbolsOf(part.index);
    return part.kind === 'load' ? symbolsOf(part.at) : [];
  });

export function pointerOf(frame: Frame, writer: Writer, array: string, at: Index): Local {
  const { code } = writer;
  const where = whereOf(frame, writer, at.key, () => namesOf(writer, symbolsOf(at)));
  const key = `${array} ${at.key} ${where}`;
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

export function fixedOf(frame: Frame, writer: Writer, x: Scalar): Local {
  const { code } = writer;
  const where = whereOf(frame, writer, `number ${x.id}`, () => [
    ...namesOf(writer, symbolsBelow(writer, x)),
    ...namesBelow(writer, x),
  ]);
  const key = `${x.id} ${where}`;
  const known = frame.fixed.get(key);
  if (known !== undefined) return known;
  const local = code.local('v128');
  if (x.kind === 'number') code.both(x.value);
  else if (isBool(x)) {
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

/** The positions of x[column[p]], where they lie one after the other. */
export function gatheredBy(
  { loop }: Frame,
  writer: Writer,
  x: ScalarOf<'load'>,
): ScalarOf<'load'> | undefined {
  const [only, ...others] = x.at.monomials;
  if (only === undefined || others.length > 0 || only.coefficient !== 1) return undefined;
  const [symbol, ...more] = only.symbols;
  if (symbol === undefined || more.length > 0 || !isAtom(symbol)) return undefined;
  const at = writer.pool.atom(symbol);
  if (at?.kind !== 'load' || !isWhole(at.array) || isWhole(x.array)) return undefined;
  return strideOf(writer, at.at, loop.variable) === 1 ? at : undefined;
}
