// Sorting along an axis, as in runtime/kernels/sort.ts: stable, NaN last. Long vectors are sorted by their bits, one byte after the other from the last (radix sort, Knuth
// 1998, 5.2.5), short ones by insertion.
import {
  createAssembler,
  parameterLocals,
  type Assembler,
  type Local,
  type WasmFunction,
} from './assembler.ts';
import { advance, writeLoop } from './loop.ts';
import { bits, type Vector } from './vector-kit.ts';

/** How often each value of each of the 8 bytes occurs, as whole numbers of 32 bits. */
export const sortMemory = 1024;
export const sortMemoryName = 'sorting';

/** Vectors shorter than this are sorted by insertion. */
const short = 64;

const topBit = bits(1n << 63n);

interface Sorting {
  readonly code: Assembler;
  readonly positions: boolean;
  readonly length: Local;
  /** In bytes. */
  readonly stride: Local;
  readonly descending: Local;
  /** All bits set where the order descends. */
  readonly inverted: Local;
  /** Keys and positions, and where the next pass writes them. */
  readonly keys: Local;
  readonly places: Local;
  readonly nextKeys: Local;
  readonly nextPlaces: Local;
  readonly counts: string;
}

/** sort(out, x, outer, length, inner, descending, work), or the positions that sort; `counts` is the global with the address of `sortMemory` numbers. */
export function sorting(name: string, counts: string, positions: boolean): WasmFunction {
  const types = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  const code = createAssembler(name, types, []);
  const [out, x, outer, length, inner, descending, work] = parameterLocals(types);
  const i32 = (): Local => code.local('i32');
  const [a, c, stride, from, keys, places, nextKeys, nextPlaces] = Array.from({ length: 8 }, i32);
  const inverted = code.local('v128');
  const sort: Sorting = {
    code,
    positions,
    length,
    stride,
    descending,
    inverted,
    keys,
    places,
    nextKeys,
    nextPlaces,
    counts,
  };
  scaled(code, inner, 8, stride);
  code.bothBits(-1n);
  code.bothBits(0n);
  code.get(descending);
  code.op('select');
  code.set(inverted);
  writeLoop(code, a, outer, () => {
    zero(code, c);
    writeLoop(code, c, inner, () => {
      // keys, then as many for the next pass, then positions of 32 bits, twice.
      code.get(work);
      code.set(keys);
      after(code, keys, length, 8, nextKeys);
      after(code, nextKeys, length, 8, places);
      after(code, places, length, 4, nextPlaces);
      code.get(a);
      code.get(length);
      code.op('i32.mul');
      code.get(inner);
      code.op('i32.mul');
      code.get(c);
      code.op('i32.add');
      code.i32(8);
      code.op('i32.mul');
      code.set(from);
      code.get(length);
      code.i32(short);
      code.op('i32.lt_s');
      code.branch(
        () => insert(sort, x, out, from),
        () => byBytes(sort, x, out, from),
      );
    });
  });
  return code.finish();
}

const zero = (code: Assembler, local: Local): void => {
  code.i32(0);
  code.set(local);
};

/** to = x*by */
function scaled(code: Assembler, x: Local, by: number, to: Local): void {
  code.get(x);
  code.i32(by);
  code.op('i32.mul');
  code.set(to);
}

/** to = start + by*count */
function after(code: Assembler, start: Local, count: Local, by: number, to: Local): void {
  code.get(start);
  code.get(count);
  code.i32(by);
  code.op('i32.mul', 'i32.add');
  code.set(to);
}

function sum(code: Assembler, x: Local, y: Local, to: Local): void {
  code.get(x);
  code.get(y);
  code.op('i32.add');
  code.set(to);
}

/** For each entry of the vector, at `pointer`, which goes along it. */
function forEntries(
  { code, length, stride }: Sorting,
  array: Local,
  from: Local,
  body: (pointer: Local, k: Local) => void,
): void {
  const [pointer, k] = [code.local('i32'), code.local('i32')];
  sum(code, array, from, pointer);
  zero(code, k);
  writeLoop(code, k, length, () => {
    body(pointer, k);
    sum(code, pointer, stride, pointer);
  });
}

/** The number on the stack, negated where the order descends; it is kept as it was. */
function turned({ code, descending }: Sorting, value: Local): void {
  code.tee(value);
  code.op('f64.neg');
  code.get(value);
  code.get(descending);
  code.op('select');
}

/** Each entry moves left past those that it comes before; where the order descends, all are negated meanwhile. */
function insert(sort: Sorting, x: Local, out: Local, from: Local): void {
  const { code, positions, keys, places } = sort;
  const [value, before] = [code.local('f64'), code.local('f64')];
  const [at, place] = [code.local('i32'), code.local('i32')];
  forEntries(sort, x, from, (pointer, k) => {
    code.get(pointer);
    code.access('f64.load');
    turned(sort, value);
    code.set(value);
    after(code, keys, k, 8, at);
    after(code, places, k, 4, place);
    code.block(() => {
      code.loop(() => {
        code.get(at);
        code.get(keys);
        code.op('i32.eq');
        code.brIf(1);
        advance(code, at, -8);
        code.get(at);
        code.access('f64.load');
        code.tee(before);
        code.get(value);
        code.op('f64.le');
        // A NaN stays where it is, and all else passes it.
        code.get(value);
        code.get(value);
        code.op('f64.ne', 'i32.or');
        code.branch(() => {
          advance(code, at, 8);
          code.br(2);
        });
        code.get(at);
        code.get(before);
        code.access('f64.store', 8);
        if (positions) {
          advance(code, place, -4);
          code.get(place);
          code.get(place);
          code.access('i32.load');
          code.access('i32.store', 4);
        }
        code.br(0);
      });
    });
    code.get(at);
    code.get(value);
    code.access('f64.store');
    if (positions) {
      code.get(place);
      code.get(k);
      code.access('i32.store');
    }
  });
  if (positions) return givePlaces(sort, out, from);
  forEntries(sort, out, from, (pointer) => {
    code.get(pointer);
    code.get(keys);
    code.access('f64.load');
    turned(sort, value);
    code.access('f64.store');
    advance(code, keys, 8);
  });
}

function givePlaces(sort: Sorting, out: Local, from: Local): void {
  const { code, places } = sort;
  forEntries(sort, out, from, (pointer) => {
    code.get(pointer);
    code.get(places);
    code.access('i32.load');
    code.op('f64.convert_i32_s');
    code.access('f64.store');
    advance(code, places, 4);
  });
}

function byBytes(sort: Sorting, x: Local, out: Local, from: Local): void {
  const { code, positions, inverted, keys } = sort;
  countBytes(sort, x, from);
  for (let byte = 0; byte < 8; byte++) pass(sort, byte);
  if (positions) return givePlaces(sort, out, from);
  const key = code.local('v128');
  forEntries(sort, out, from, (pointer) => {
    code.get(keys);
    code.access('v128.load64_splat');
    code.get(inverted);
    code.op('v128.xor');
    code.set(key);
    code.get(pointer);
    xored(code, key, () => {
      negative(code, key);
      code.op('v128.not');
    });
    code.accessLane('v128.store64_lane', 0);
    advance(code, keys, 8);
  });
  giveZeros(sort, x, out, from);
}

/** Zeros of both signs are equal, and had one key: they are written again in the order in which they stand in x. */
function giveZeros(sort: Sorting, x: Local, out: Local, from: Local): void {
  const { code, stride } = sort;
  const to = code.local('i32');
  const value = code.local('f64');
  // After all that comes before them.
  sum(code, out, from, to);
  forEntries(sort, x, from, (pointer) => {
    code.get(pointer);
    code.access('f64.load');
    turned(sort, value);
    code.f64(0);
    code.op('f64.lt');
    code.branch(() => sum(code, to, stride, to));
  });
  forEntries(sort, x, from, (pointer) => {
    code.get(pointer);
    code.access('f64.load');
    code.tee(value);
    code.f64(0);
    code.op('f64.eq');
    code.branch(() => {
      code.get(to);
      code.get(value);
      code.access('f64.store');
      sum(code, to, stride, to);
    });
  });
}

/** All bits set where the first one is. */
function negative(code: Assembler, key: Local): void {
  code.get(key);
  code.i32(63);
  code.op('i64x2.shr_s');
}

/** The key with its first bit changed, and the others too where the mask is set. */
function xored(code: Assembler, key: Local, mask: Vector): void {
  code.get(key);
  mask(code);
  topBit(code);
  code.op('v128.or', 'v128.xor');
}

/** Keys whose order as whole numbers without a sign is the order asked for; and how often each byte occurs. */
function countBytes(sort: Sorting, x: Local, from: Local): void {
  const { code, positions, inverted, keys, places, counts } = sort;
  const value = code.local('v128');
  const [at, cell] = [code.local('i32'), code.local('i32')];
  code.getGlobal(counts);
  code.i32(0);
  code.i32(8 * sortMemory);
  code.op('memory.fill');
  forEntries(sort, x, from, (pointer, k) => {
    // Both zeros are the same.
    code.get(pointer);
    code.access('f64.load');
    code.f64(0);
    code.op('f64.add', 'f64x2.splat');
    code.set(value);
    after(code, keys, k, 8, at);
    code.get(at);
    xored(code, value, () => negative(code, value));
    code.get(inverted);
    code.op('v128.xor');
    code.get(value);
    code.get(value);
    code.op('f64x2.ne', 'v128.or');
    code.accessLane('v128.store64_lane', 0);
    for (let byte = 0; byte < 8; byte++) {
      countOf(sort, at, byte);
      code.tee(cell);
      code.get(cell);
      code.access('i32.load');
      code.i32(1);
      code.op('i32.add');
      code.access('i32.store');
    }
    if (positions) {
      after(code, places, k, 4, at);
      code.get(at);
      code.get(k);
      code.access('i32.store');
    }
  });
}

/** Leaves where the count of this byte of the key lies. */
function countOf({ code, counts }: Sorting, key: Local, byte: number): void {
  code.get(key);
  code.access('i32.load8_u', byte);
  code.i32(2);
  code.op('i32.shl');
  code.getGlobal(counts);
  code.i32(1024 * byte);
  code.op('i32.add', 'i32.add');
}

/** Keys in the order of one byte, those with the same in the order in which they were. Nothing is done where all have the same. */
function pass(sort: Sorting, byte: number): void {
  const { code, positions, length, keys, places, nextKeys, nextPlaces, counts } = sort;
  const i32 = (): Local => code.local('i32');
  const [cell, end, total, count, at, to, place, k] = Array.from({ length: 8 }, i32);
  countOf(sort, keys, byte);
  code.access('i32.load');
  code.get(length);
  code.op('i32.ne');
  code.branch(() => {
    // Where the keys with each byte begin.
    code.getGlobal(counts);
    code.i32(1024 * byte);
    code.op('i32.add');
    code.tee(cell);
    code.i32(1024);
    code.op('i32.add');
    code.set(end);
    zero(code, total);
    code.loop(() => {
      code.get(cell);
      code.access('i32.load');
      code.set(count);
      code.get(cell);
      code.get(total);
      code.access('i32.store');
      sum(code, total, count, total);
      advance(code, cell, 4);
      code.get(cell);
      code.get(end);
      code.op('i32.ne');
      code.brIf(0);
    });
    code.get(keys);
    code.set(at);
    code.get(places);
    code.set(place);
    zero(code, k);
    writeLoop(code, k, length, () => {
      countOf(sort, at, byte);
      code.tee(cell);
      code.get(cell);
      code.access('i32.load');
      code.tee(to);
      code.i32(1);
      code.op('i32.add');
      code.access('i32.store');
      after(code, nextKeys, to, 8, count);
      code.get(count);
      code.get(at);
      code.access('i64.load');
      code.access('i64.store');
      advance(code, at, 8);
      if (!positions) return;
      after(code, nextPlaces, to, 4, count);
      code.get(count);
      code.get(place);
      code.access('i32.load');
      code.access('i32.store');
      advance(code, place, 4);
    });
    exchanged(code, keys, nextKeys);
    exchanged(code, places, nextPlaces);
  });
}

function exchanged(code: Assembler, x: Local, y: Local): void {
  code.get(x);
  code.get(y);
  code.set(x);
  code.set(y);
}
