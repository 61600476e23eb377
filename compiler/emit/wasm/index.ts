// Positions as instructions: integer polynomials of sizes, loop variables and positions that are values.
import { constantDim, minimumOf, subtractDims, type Dim } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { isAtom, isLoopVariable, type Index } from '../../schedule/scalar.ts';
import { writeNumber } from './scalar.ts';
import { streamKey, type Writer } from './writer.ts';

/** Leaves a whole number of 32 bits. */
export function writeIndex(writer: Writer, index: Index): void {
  const { code } = writer;
  if (index.monomials.length === 0) code.i32(0);
  index.monomials.forEach(({ coefficient, symbols }, k) => {
    const [first, ...rest] = symbols;
    if (first === undefined) code.i32(coefficient);
    else {
      writeSymbol(writer, first);
      for (const symbol of rest) {
        writeSymbol(writer, symbol);
        code.op('i32.mul');
      }
      if (coefficient !== 1) {
        code.i32(coefficient);
        code.op('i32.mul');
      }
    }
    if (k > 0) code.op('i32.add');
  });
}

function writeSymbol(writer: Writer, symbol: string): void {
  const { code, link, pool } = writer;
  if (isLoopVariable(symbol)) return writeVariable(writer, writer.variable(symbol));
  if (isAtom(symbol)) {
    const scalar = pool.atom(symbol);
    if (scalar === undefined) throw new InternalError(`no scalar ${symbol}`);
    if (scalar.kind === 'load' && isWhole(scalar.array)) {
      return code.access('i32.load', writeAddress(writer, scalar.array, scalar.at));
    }
    writeNumber(writer, scalar);
    return code.op('i32.trunc_sat_f64_s');
  }
  const pair = minimumOf(symbol);
  if (pair !== undefined) {
    const [a, b] = pair;
    writeIndex(writer, a);
    writeIndex(writer, b);
    writeIndex(writer, a);
    writeIndex(writer, b);
    return code.op('i32.lt_s', 'select');
  }
  return code.getGlobal(link.size(writer.size(symbol)));
}

function writeVariable(writer: Writer, name: string): void {
  const local = writer.locals.get(name);
  if (local === undefined) throw new InternalError(`no loop has ${name}`);
  writer.code.get(local);
}

/** Leaves the position as a number: products of sizes may be beyond 32 bits. */
export function writeIndexNumber(writer: Writer, index: Index): void {
  const { code } = writer;
  if (index.monomials.length === 0) code.f64(0);
  index.monomials.forEach(({ coefficient, symbols }, k) => {
    const [first, ...rest] = symbols;
    if (first === undefined) code.f64(coefficient);
    else {
      writeSymbolNumber(writer, first);
      for (const symbol of rest) {
        writeSymbolNumber(writer, symbol);
        code.op('f64.mul');
      }
      if (coefficient !== 1) {
        code.f64(coefficient);
        code.op('f64.mul');
      }
    }
    if (k > 0) code.op('f64.add');
  });
}

function writeSymbolNumber(writer: Writer, symbol: string): void {
  const scalar = isAtom(symbol) ? writer.pool.atom(symbol) : undefined;
  if (scalar !== undefined) return writeNumber(writer, scalar);
  writeSymbol(writer, symbol);
  writer.code.op('f64.convert_i32_s');
}

/** The whole numbers of a compressed matrix; everything else is kept in 64 bits. */
export const isWhole = (array: string): boolean => /\.(column|rowStart)$/.test(array);

/** Leaves an address; the entry lies so many bytes after it, which stands in the instruction. */
export function writeAddress(writer: Writer, array: string, at: Index): number {
  const { code, link } = writer;
  const stream = writer.streams.get(streamKey(array, at));
  if (stream !== undefined) {
    code.get(stream.pointer);
    return stream.offset;
  }
  const base = writer.bases.get(array);
  if (base === undefined) code.getGlobal(link.array(array));
  else code.get(base);
  const rest = withoutOffset(at);
  if (rest.monomials.length > 0) {
    writeIndex(writer, rest);
    code.i32(isWhole(array) ? 2 : 3);
    code.op('i32.shl', 'i32.add');
  }
  return constantPart(at) * sizeOfEntry(array);
}

/** In bytes. */
export const sizeOfEntry = (array: string): number => (isWhole(array) ? 4 : 8);

/** What can stand in the instruction: the address before it must not be below 0, which it may be where something is taken away. */
const constantPart = ({ monomials }: Index): number =>
  monomials.some(({ coefficient }) => coefficient < 0)
    ? 0
    : (monomials.find(({ symbols }) => symbols.length === 0)?.coefficient ?? 0);

const withoutOffset = (at: Index): Dim => subtractDims(at, constantDim(constantPart(at)));
