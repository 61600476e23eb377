// Products of matrices that several threads can share. Blocks of rows of the result stand for themselves, so cutting them changes no bit. Where the result is small and
// the inner side of A'B is long, that side is cut instead, always into the same blocks: each has a result of its own, and these are added in order.
import type { Argument } from '../../schedule/statement.ts';
import { createAssembler, parameterLocals, type Assembler, type Local } from './assembler.ts';
import { addEntries, writeLoop } from './loop.ts';
import { productMemory, productMemoryName, type Sides } from './matmul.ts';
import type { Writer } from './writer.ts';

/** From this many multiply-adds on, waking other threads pays. */
const worthSharing = 1_000_000;

/** Rows of the result in a block, at least: each block packs B again. A multiple of the rows of all tiles. */
const fewestRows = 96;

/** Blocks of a long inner side, on any number of threads; how long it is then, and how many entries the result has at most. */
const innerBlocks = 16;
const longInner = 16_384;
const largestResult = 32_768;

/** What the blocks are told, in the order in which it lies in memory. */
const told = ['m', 'k', 'n', 'span', 'turns'] as const;
type Told = (typeof told)[number];

/** Takes the addresses of C, A and B and the sizes m, k and n from the stack. */
export function writeProduct(
  writer: Writer,
  name: string,
  sides: Sides,
  args: readonly Argument[],
): void {
  const { code, link } = writer;
  const [C, A, B, m, k, n] = Array.from({ length: 6 }, () => code.local('i32'));
  for (const local of [n, k, m, B, A, C]) code.set(local);
  const kernel = link.kernel(name, undefined);
  const scratch = link.own(productMemoryName, `${productMemory} * heap.blocks`);
  const arrays = args.flatMap((arg) => (arg.kind === 'array' ? [arg.name] : []));
  const alone = (): void => {
    for (const local of [C, A, B, m, k, n, sides.A ? m : k]) code.get(local);
    code.getGlobal(scratch);
    code.call(kernel);
  };
  const call: ProductCall = { writer, kernel, scratch, arrays, sides, sizes: { m, k, n } };
  const byRows = (): void => {
    if (!writer.shared) return alone();
    paysToShare(call);
    code.branch(() => writeRows(call), alone);
  };
  if (!sides.A) return byRows();
  code.get(k);
  code.i32(longInner);
  code.op('i32.ge_s');
  code.getGlobal(link.length(arrays[0]));
  code.i32(largestResult);
  code.op('i32.le_s', 'i32.and');
  code.branch(() => writeInner(call), byRows);
}

interface ProductCall {
  readonly writer: Writer;
  readonly kernel: string;
  /** The global with the address of what kernels keep for themselves, for each block. */
  readonly scratch: string;
  /** C, A, B. */
  readonly arrays: readonly string[];
  readonly sides: Sides;
  readonly sizes: { readonly [S in 'm' | 'k' | 'n']: Local };
}

/** Leaves whether there are threads, and enough to do. */
function paysToShare({ writer: { code }, sizes }: ProductCall): void {
  code.f64(1);
  for (const size of [sizes.m, sizes.k, sizes.n]) {
    code.get(size);
    code.op('f64.convert_i32_s', 'f64.mul');
  }
  code.f64(worthSharing);
  code.op('f64.ge');
  code.getGlobal('blocks');
  code.i32(1);
  code.op('i32.gt_s', 'i32.and');
}

/** Tells the blocks of sizes; `span`: rows of a block, or turns of the inner side. `blocks`: how many calls take all blocks. */
function tell(call: ProductCall, frame: string, span: () => void, blocks: () => void): void {
  const { code } = call.writer;
  const values: { readonly [T in Told]: () => void } = {
    m: () => code.get(call.sizes.m),
    k: () => code.get(call.sizes.k),
    n: () => code.get(call.sizes.n),
    span,
    turns: blocks,
  };
  told.forEach((each, at) => {
    code.getGlobal(frame);
    values[each]();
    code.op('f64.convert_i32_s');
    code.access('f64.store', 8 * at);
  });
}

/** Reads what `tell` has written. */
function hear(code: Assembler, frame: string): { readonly [T in Told]: Local } {
  const [m, k, n, span, turns] = told.map((_, at) => {
    const local = code.local('i32');
    code.getGlobal(frame);
    code.access('f64.load', 8 * at);
    code.op('i32.trunc_sat_f64_s');
    code.set(local);
    return local;
  });
  return { m, k, n, span, turns };
}

const frameOf = (part: string): string => `frame ${part}`;
const numberOf = (part: string): number => Number(part.slice('part'.length));

/** Blocks of rows of the result, as many as there are calls. */
function writeRows(call: ProductCall): void {
  const { writer, arrays, sides } = call;
  const { code, link } = writer;
  const part = link.nextPart();
  const frame = link.own(frameOf(part), String(told.length));
  const rows = code.local('i32');
  const blocks = (): void => code.getGlobal('blocks');
  // The rows of a block: m/blocks, rounded up to whole tiles.
  code.get(call.sizes.m);
  blocks();
  code.i32(fewestRows);
  code.op('i32.mul', 'i32.add');
  code.i32(1);
  code.op('i32.sub');
  blocks();
  code.i32(fewestRows);
  code.op('i32.mul', 'i32.div_s');
  code.i32(fewestRows);
  code.op('i32.mul');
  code.set(rows);
  tell(call, frame, () => code.get(rows), blocks);
  code.f64(numberOf(part));
  code.call('parallel');

  const inside = createAssembler(part, ['i32'], []);
  const [block] = parameterLocals(['i32']);
  const { m, k, n, span } = hear(inside, frame);
  const [from, length] = [inside.local('i32'), inside.local('i32')];
  cut(inside, block, m, span, from, length, () => {
    address(inside, link.array(arrays[0]), from, n);
    address(inside, link.array(arrays[1]), from, sides.A ? undefined : k);
    inside.getGlobal(link.array(arrays[2]));
    for (const local of [length, k, n, sides.A ? m : k]) inside.get(local);
    scratchOf(inside, call, block);
    inside.call(call.kernel);
  });
  link.addPart(inside.finish(), new Map());
}

/** Blocks of the inner side. */
function writeInner(call: ProductCall): void {
  const { writer, arrays } = call;
  const { code, link } = writer;
  const [C, A, B] = arrays;
  const part = link.nextPart();
  const frame = link.own(frameOf(part), String(told.length));
  const results = link.own(
    `${part} ${C}`,
    `${C}.length <= ${largestResult} ? ${C}.length * ${innerBlocks - 1} : 0`,
  );
  const span = (): void => {
    code.get(call.sizes.k);
    code.i32(innerBlocks - 1);
    code.op('i32.add');
    code.i32(innerBlocks);
    code.op('i32.div_s');
  };
  const alone = (): void => {
    tell(call, frame, span, () => code.i32(1));
    code.i32(0);
    code.call(part);
  };
  if (writer.shared) {
    paysToShare(call);
    code.branch(() => {
      tell(call, frame, span, () => code.getGlobal('blocks'));
      code.f64(numberOf(part));
      code.call('parallel');
    }, alone);
  } else alone();
  addResults(code, link.array(C), results, call.sizes);

  // Call `block` takes the blocks block, block + turns, ...
  const inside = createAssembler(part, ['i32'], []);
  const [block] = parameterLocals(['i32']);
  const given = hear(inside, frame);
  const [from, length, to] = Array.from({ length: 3 }, () => inside.local('i32'));
  const at = inside.local('i32');
  inside.get(block);
  inside.set(at);
  inside.block(() => {
    inside.loop(() => {
      inside.get(at);
      inside.i32(innerBlocks);
      inside.op('i32.ge_s');
      inside.brIf(1);
      inside.getGlobal(link.array(C));
      inside.set(to);
      inside.get(at);
      inside.branch(() => {
        inside.getGlobal(results);
        inside.get(at);
        inside.i32(1);
        inside.op('i32.sub');
        for (const size of [given.m, given.n]) {
          inside.get(size);
          inside.op('i32.mul');
        }
        inside.i32(3);
        inside.op('i32.shl', 'i32.add');
        inside.set(to);
      });
      cut(inside, at, given.k, given.span, from, length, () => {
        inside.get(to);
        address(inside, link.array(A), from, given.m);
        address(inside, link.array(B), from, given.n);
        for (const local of [given.m, length, given.n, given.m]) inside.get(local);
        scratchOf(inside, call, block);
        inside.call(call.kernel);
      });
      inside.get(at);
      inside.get(given.turns);
      inside.op('i32.add');
      inside.set(at);
      inside.br(0);
    });
  });
  link.addPart(inside.finish(), new Map());
}

/** C += the results of the blocks after the first, in order. */
function addResults(
  code: Assembler,
  C: string,
  results: string,
  { m, n }: ProductCall['sizes'],
): void {
  const [size, block, blocks, pairs, at] = Array.from({ length: 5 }, () => code.local('i32'));
  const [to, from] = [code.local('i32'), code.local('i32')];
  code.get(m);
  code.get(n);
  code.op('i32.mul');
  code.set(size);
  code.get(size);
  code.i32(1);
  code.op('i32.shr_u');
  code.set(pairs);
  code.getGlobal(results);
  code.set(from);
  code.i32(0);
  code.set(block);
  code.i32(innerBlocks - 1);
  code.set(blocks);
  writeLoop(code, block, blocks, () => {
    code.getGlobal(C);
    code.set(to);
    code.i32(0);
    code.set(at);
    writeLoop(code, at, pairs, () => addEntries(code, to, from, 'f64x2'));
    code.get(size);
    code.i32(1);
    code.op('i32.and');
    code.branch(() => addEntries(code, to, from, 'f64'));
  });
}

/** Sets what block `block` of `all` takes where each takes `span`; `body` where that is something. */
function cut(
  code: Assembler,
  block: Local,
  all: Local,
  span: Local,
  from: Local,
  length: Local,
  body: () => void,
): void {
  code.get(block);
  code.get(span);
  code.op('i32.mul');
  code.tee(from);
  code.get(all);
  code.op('i32.lt_s');
  code.branch(() => {
    code.get(all);
    code.get(from);
    code.op('i32.sub');
    code.get(span);
    code.get(all);
    code.get(from);
    code.op('i32.sub');
    code.get(span);
    code.op('i32.lt_s', 'select');
    code.set(length);
    body();
  });
}

/** Leaves the address of entry `from` of an array, or of line `from` of `line` entries. */
function address(code: Assembler, array: string, from: Local, line: Local | undefined): void {
  code.getGlobal(array);
  code.get(from);
  if (line !== undefined) {
    code.get(line);
    code.op('i32.mul');
  }
  code.i32(3);
  code.op('i32.shl', 'i32.add');
}

function scratchOf(code: Assembler, { scratch }: ProductCall, block: Local): void {
  code.getGlobal(scratch);
  code.get(block);
  code.i32(8 * productMemory);
  code.op('i32.mul', 'i32.add');
}
