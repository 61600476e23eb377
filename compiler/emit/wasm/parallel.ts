// Loops over rows that several threads can share: each row writes its own entries, and what all rows add to is added up for each block of rows by itself. Blocks
// and their order do not depend on which thread takes them, so that a run repeated gives the same bits.
import { evaluateDim, multiplyDims, symbolsOf } from '../../tensor/dim.ts';
import {
  indexOfScalar,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
} from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import { createAssembler, parameterLocals, type Local, type WasmFunction } from './assembler.ts';
import { strideWith } from './stride.ts';
import { writeIndexNumber } from './index.ts';
import { addEntries, advance, writeWhileBefore, writeWhileBelow } from './loop.ts';
import { binaryRules, unaryRules, writeBound } from './scalar.ts';
import { strideOf } from './vector-loop.ts';
import { isPlain } from './plain.ts';
import { getName, setName, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;
type Store = Extract<Statement, { readonly kind: 'store' }>;

export interface ParallelLoop {
  readonly loop: For;
  /** Scalars that all rows add to. */
  readonly sums: readonly string[];
  /** Arrays that all rows add to. */
  readonly added: readonly string[];
}

/** Undefined where rows depend on each other, or call what only the main thread has. */
export function parallelLoop(writer: Writer, loop: For): ParallelLoop | undefined {
  if (loop.from.kind !== 'number' || loop.from.value !== 0 || indexOfScalar(loop.to) === undefined)
    return undefined;
  if (!writer.shared || entriesOf(writer, loop) < worthSharing) return undefined;
  const all = within(loop.body);
  if (
    !all.every((each) => isPlain(each) || each.kind === 'let' || each.kind === 'for') ||
    !all.some(({ kind }) => kind === 'for')
  )
    return undefined;
  const scalars = scalarsBelow(writer.pool, all.flatMap(scalarsOf));
  if (!scalars.every(runsAnywhere) || !knowsItsRows(writer, loop, all, scalars)) return undefined;
  const declared = new Set(
    all.flatMap((each) => ('name' in each && each.kind !== 'assign' ? [each.name] : [])),
  );
  const read = new Set(scalars.flatMap((x) => (x.kind === 'name' ? [x.name] : [])));
  const sums = new Set<string>();
  for (const each of all) {
    if (each.kind !== 'assign' || declared.has(each.name)) continue;
    if ((each.op !== '+=' && each.op !== '-=') || read.has(each.name)) return undefined;
    sums.add(each.name);
  }
  const loads = scalars.flatMap((x) => (x.kind === 'load' ? [x] : []));
  const added = new Set<string>();
  const own = new Map<string, string>();
  for (const store of all.filter((each): each is Store => each.kind === 'store')) {
    const { array, at, op } = store;
    if (isOwnRow(writer, loop, all, at)) own.set(array, at.key);
    else if ((op === '+=' || op === '-=') && strideOf(writer, at, loop.variable) === 0)
      added.add(array);
    else return undefined;
  }
  if ([...added].some((array) => own.has(array) || loads.some((x) => x.array === array)))
    return undefined;
  if (loads.some((x) => own.has(x.array) && own.get(x.array) !== x.at.key)) return undefined;
  const stores = all.filter((each): each is Store => each.kind === 'store');
  if (stores.some(({ array, at }) => own.has(array) && own.get(array) !== at.key)) return undefined;
  return { loop, sums: [...sums], added: [...added] };
}

/** Whether all loop variables that stand in positions are those of the loop and the loops in it. */
function knowsItsRows(
  writer: Writer,
  loop: For,
  all: readonly Statement[],
  scalars: readonly Scalar[],
): boolean {
  const own = new Set([
    loop.variable,
    ...all.flatMap((each) => (each.kind === 'for' ? [each.variable] : [])),
  ]);
  const positions = [
    ...all.flatMap((each) => (each.kind === 'store' ? [each.at] : [])),
    ...scalars.flatMap((x) => (x.kind === 'load' ? [x.at] : x.kind === 'index' ? [x.index] : [])),
  ];
  return positions.every((at) =>
    symbolsOf(at).every((symbol) => !isLoopVariable(symbol) || own.has(writer.variable(symbol))),
  );
}

const within = (body: readonly Statement[]): readonly Statement[] =>
  body.flatMap((each) => (each.kind === 'for' ? [each, ...within(each.body)] : [each]));

function scalarsOf(statement: Statement): readonly Scalar[] {
  if (statement.kind === 'for') return [statement.from, statement.to];
  return 'value' in statement && 'id' in statement.value ? [statement.value] : [];
}

/** Whether a worker can work it out: it calls nothing but `Math`. */
function runsAnywhere(x: Scalar): boolean {
  if (x.kind === 'checked') return false;
  const rule =
    x.kind === 'unary' ? unaryRules[x.fn] : x.kind === 'binary' ? binaryRules[x.fn] : undefined;
  return rule?.kind !== 'host' || rule.name.startsWith('Math.');
}

/** at = i, or i*n + j with j below n: no two rows write one entry. */
function isOwnRow(writer: Writer, loop: For, all: readonly Statement[], at: Index): boolean {
  const isRow = (symbol: string): boolean =>
    isLoopVariable(symbol) && writer.variable(symbol) === loop.variable;
  const row = strideWith(at, isRow);
  if (row === undefined) return false;
  const { stride, rest } = row;
  if (stride.key === '1' && rest.length === 0) return true;
  const [column, ...rests] = rest;
  if (rests.length > 0 || column?.coefficient !== 1) return false;
  const [symbol, ...more] = column.symbols;
  if (symbol === undefined || more.length > 0 || !isLoopVariable(symbol)) return false;
  return all.some(
    (each) =>
      each.kind === 'for' &&
      each.variable === writer.variable(symbol) &&
      indexOfScalar(each.to)?.key === stride.key,
  );
}

/** From this many entries on, waking other threads pays. */
const worthSharing = 150_000;

/** How many numbers blocks keep for themselves at most, where that leaves two blocks; and how many entries a block visits for each of them, at least. */
const mostPrivate = 2 ** 22;
const visitsForPrivate = 32;

/** Loops over rows of a function, with the numbers that they share. */
interface Part extends ParallelLoop {
  readonly name: string;
  /** Locals of the function that the loop reads: passed in memory. */
  readonly given: readonly string[];
}

/** Where a part keeps its numbers: how many blocks there are, those given, then the sums of each block. */
const frameOf = (name: string): string => `frame ${name}`;
const privateOf = (name: string, array: string): string => `${name} ${array}`;

/** Shares the loop where that pays; `alone` writes it for one thread. */
export function writeParallel(
  writer: Writer,
  parallel: ParallelLoop,
  writeRange: WriteRange,
  alone: () => void,
): void {
  const { code, link } = writer;
  const { loop, sums, added } = parallel;
  const given = namesGiven(writer, loop, sums);
  const part = link.nextPart();
  link.addPart(
    partFunction(writer, { ...parallel, given, name: part }, writeRange),
    new Map([
      [frameOf(part), `${1 + given.length} + ${sums.length} * heap.blocks`],
      ...added.map((array): [string, string] => [
        privateOf(part, array),
        `${array}.length * ${otherBlocks(added)}`,
      ]),
    ]),
  );
  const work = code.local('f64');
  const blocks = code.local('i32');
  writeWork(writer, loop);
  code.tee(work);
  code.f64(worthSharing);
  code.op('f64.ge');
  code.getGlobal('blocks');
  code.i32(1);
  code.op('i32.gt_s', 'i32.and');
  code.branch(() => {
    writeBlocks(writer, added, work);
    code.set(blocks);
    code.getGlobal(link.array(frameOf(part)));
    code.get(blocks);
    code.op('f64.convert_i32_s');
    code.access('f64.store');
    given.forEach((name, k) => {
      code.getGlobal(link.array(frameOf(part)));
      if (getName(writer, name) === 'i32') code.op('f64.convert_i32_s');
      code.access('f64.store', 8 * (1 + k));
    });
    code.f64(Number(part.slice('part'.length)));
    code.call('parallel');
    const block = code.local('i32');
    const at = code.local('i32');
    code.getGlobal(link.array(frameOf(part)));
    code.i32(8 * (1 + given.length));
    code.op('i32.add');
    code.set(at);
    code.i32(0);
    code.set(block);
    code.loop(() => {
      sums.forEach((name, k) => {
        getName(writer, name);
        code.get(at);
        code.access('f64.load', 8 * k);
        code.op('f64.add');
        setName(writer, name);
      });
      advance(code, at, 8 * sums.length);
      code.get(block);
      code.i32(1);
      code.op('i32.add');
      code.tee(block);
      code.get(blocks);
      code.op('i32.lt_s');
      code.brIf(0);
    });
    for (const array of added) addBlocks(writer, part, array, blocks);
  }, alone);
}

/** In JavaScript: how many blocks after the first there can be. */
const otherBlocks = (added: readonly string[]): string =>
  `(heap.blocks === 1 ? 0 : Math.max(2, Math.min(heap.blocks, Math.floor(${mostPrivate} / (${added.map((array) => `${array}.length`).join(' + ')})))) - 1)`;

/** Leaves how many blocks the rows are cut into: as many as can be, but what they keep for themselves must stay small beside what they visit. */
function writeBlocks({ code, link }: Writer, added: readonly string[], work: Local): void {
  code.getGlobal('blocks');
  if (added.length === 0) return;
  const length = code.local('f64');
  code.f64(0);
  for (const array of added) {
    code.getGlobal(link.length(array));
    code.op('f64.convert_i32_s', 'f64.add');
  }
  code.set(length);
  code.op('f64.convert_i32_s');
  code.f64(mostPrivate);
  code.get(length);
  code.op('f64.div', 'f64.floor', 'f64.min');
  code.get(work);
  code.f64(visitsForPrivate);
  code.get(length);
  code.op('f64.mul', 'f64.div', 'f64.floor', 'f64.min');
  code.f64(2);
  code.op('f64.max', 'i32.trunc_sat_f64_s');
}

/** Adds what the blocks after the first have kept for themselves. */
function addBlocks({ code, link }: Writer, part: string, array: string, blocks: Local): void {
  const [from, to, end] = Array.from({ length: 3 }, () => code.local('i32'));
  const block = code.local('i32');
  code.getGlobal(link.array(privateOf(part, array)));
  code.set(from);
  code.i32(1);
  code.set(block);
  writeWhileBelow(code, block, blocks, () => {
    code.getGlobal(link.array(array));
    code.tee(to);
    code.getGlobal(link.length(array));
    code.i32(3);
    code.op('i32.shl', 'i32.add');
    code.set(end);
    writeWhileBefore(code, to, end, () => addEntries(code, to, from, 'f64'));
    advance(code, block, 1);
  });
}

function namesGiven(writer: Writer, loop: For, sums: readonly string[]): readonly string[] {
  const all = within(loop.body);
  const names = scalarsBelow(writer.pool, [loop.to, ...all.flatMap(scalarsOf)]).flatMap((x) =>
    x.kind === 'name' ? [x.name] : [],
  );
  const inside = new Set(all.flatMap((each) => ('name' in each ? [each.name] : [])));
  return [...new Set(names)].filter(
    (name) => !inside.has(name) && !sums.includes(name) && writer.locals.has(name),
  );
}

/** About how many entries the loop visits, where its sizes are known; else as many as can be. */
function entriesOf({ sizes }: Writer, { to, body }: For): number {
  const inner = within(body).filter((each): each is For => each.kind === 'for');
  return inner.reduce((sum, each) => {
    const [rows, entries] = [indexOfScalar(to), indexOfScalar(each.to)];
    if (rows === undefined || entries === undefined) return Infinity;
    return sum + (evaluateDim(multiplyDims(rows, entries), sizes) ?? Infinity);
  }, 0);
}

/** Leaves about how many entries the loop visits. */
function writeWork(writer: Writer, { to, body }: For): void {
  const { code, link } = writer;
  const inner = within(body).filter((each): each is For => each.kind === 'for');
  code.f64(0);
  const rows = indexOfScalar(to);
  for (const each of inner) {
    const entries = indexOfScalar(each.to);
    if (
      rows !== undefined &&
      entries !== undefined &&
      symbolsOf(entries).every((symbol) => !isLoopVariable(symbol))
    ) {
      writeIndexNumber(writer, entries);
      writeIndexNumber(writer, rows);
      code.op('f64.mul', 'f64.add');
    } else if (each.to.kind === 'load') {
      code.getGlobal(link.length(each.to.array.replace(/rowStart$/, 'column')));
      code.op('f64.convert_i32_s', 'f64.add');
    }
  }
}

/** Writes the loop for the rows from `counter` to `to`. */
export type WriteRange = (writer: Writer, loop: For, counter: Local, to: Local) => void;

/** The function of one block of rows, by its number. */
function partFunction(
  writer: Writer,
  { name, loop, sums, added, given }: Part,
  writeRange: WriteRange,
): WasmFunction {
  const code = createAssembler(name, ['i32'], []);
  const [block] = parameterLocals(['i32']);
  const { link } = writer;
  const locals = new Map<string, Local>();
  const bases = new Map<string, Local>();
  const inside: Writer = { ...writer, code, locals, bases, shared: false, decays: new Map() };
  const blocks = code.local('f64');
  code.getGlobal(link.array(frameOf(name)));
  code.access('f64.load');
  code.set(blocks);
  code.get(block);
  code.op('f64.convert_i32_s');
  code.get(blocks);
  code.op('f64.ge');
  code.branch(() => code.op('return'));
  given.forEach((each, k) => {
    const local = code.local('f64');
    code.getGlobal(link.array(frameOf(name)));
    code.access('f64.load', 8 * (1 + k));
    code.set(local);
    locals.set(each, local);
  });
  for (const each of sums) locals.set(each, code.local('f64'));
  for (const array of added) {
    const base = code.local('i32');
    // The first block adds to the array itself; the others to zeros of their own.
    code.getGlobal(link.array(array));
    code.set(base);
    code.get(block);
    code.branch(() => {
      code.getGlobal(link.array(privateOf(name, array)));
      code.get(block);
      code.i32(1);
      code.op('i32.sub');
      code.getGlobal(link.length(array));
      code.op('i32.mul');
      code.i32(3);
      code.op('i32.shl', 'i32.add');
      code.tee(base);
      code.i32(0);
      code.getGlobal(link.length(array));
      code.i32(3);
      code.op('i32.shl', 'memory.fill');
    });
    bases.set(array, base);
  }
  const [from, to, rows] = Array.from({ length: 3 }, () => code.local('i32'));
  writeBound(inside, loop.to);
  code.set(rows);
  // Blocks of rows as even as can be: rows*block/blocks, in numbers that do not overflow.
  const bound = (next: number): void => {
    code.get(rows);
    code.op('f64.convert_i32_s');
    code.get(block);
    code.i32(next);
    code.op('i32.add', 'f64.convert_i32_s', 'f64.mul');
    code.get(blocks);
    code.op('f64.div', 'f64.floor', 'i32.trunc_sat_f64_s');
  };
  bound(0);
  code.set(from);
  bound(1);
  code.set(to);
  locals.set(loop.variable, from);
  writeRange(inside, loop, from, to);
  sums.forEach((each, k) => {
    code.getGlobal(link.array(frameOf(name)));
    code.get(block);
    code.i32(8 * sums.length);
    code.op('i32.mul', 'i32.add');
    getName(inside, each);
    code.access('f64.store', 8 * (1 + given.length + k));
  });
  return code.finish();
}
