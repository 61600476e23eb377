// Rows several at a time. Rows that all go over the same entries share what they read of other arrays, and add to the same entries at once; they are taken from parts of the
// matrix far from one another, so that each is a stream that goes on from one row to the next: memory reads such streams ahead as long as they last, while a group of
// neighbours would begin each of its rows anew. Rows of different lengths (compressed matrices) are neighbours; their products come before the second visits of the
// four before them, which so need not wait for what stands between.
import type { Assembler, Local } from './assembler.ts';
import { writeLoop, writeSteps } from './loop.ts';
import type { For, Product, Rows } from './rows.ts';
import { writeNumber } from './scalar.ts';
import { vectorLoop } from './vector-loop.ts';
import { writePair } from './vector.ts';
import { writeEntries, type WriteStatements } from './write-entries.ts';
import { localOf, type Writer } from './writer.ts';

/** An even number, and fewer than the ways of the nearest cache: rows whose length is a power of two all want the same places there. */
const streams = 6;
const neighbours = 4;

/** A row of a group: where it is, and the function's names as it sees them. */
interface Line {
  readonly at: Local;
  readonly inside: Writer;
}

/** Rows side by side have locals of their own. */
function newGroup(
  writer: Writer,
  { variable, product, between }: Rows,
  count: number,
): readonly Line[] {
  const { code } = writer;
  const own = [
    ...(product === undefined ? [] : [product.name]),
    ...between.flatMap((each) => (each.kind === 'const' ? [each.name] : [])),
  ];
  return Array.from({ length: count }, () => {
    const at = code.local('i32');
    const locals = new Map([...writer.locals, [variable, at]]);
    for (const name of own) locals.delete(name);
    const inside: Writer = { ...writer, decays: new Map(), locals };
    if (product !== undefined) localOf(inside, product.name, 'f64');
    return { at, inside };
  });
}

function beginSums({ name, start }: Product, group: readonly Line[]): void {
  for (const { inside } of group) {
    writeNumber(inside, start);
    inside.code.set(localOf(inside, name, 'f64'));
  }
}

/** The rows from `first` on, `step` apart where that is given, else neighbours. */
function standAt(code: Assembler, group: readonly Line[], first: Local, step?: Local): void {
  group.forEach(({ at }, k) => {
    code.get(first);
    code.i32(k);
    if (step !== undefined) {
      code.get(step);
      code.op('i32.mul');
    }
    code.op('i32.add');
    code.set(at);
  });
}

/** What stands between the visits, two rows at a time where that can be. */
function writeBetween(
  { code }: Writer,
  { variable, product, between }: Rows,
  lines: readonly Line[],
  writeStatements: WriteStatements,
): void {
  if (between.length === 0) return;
  const sums = code.local('v128');
  const name = product?.name;
  const vectors = new Map(name === undefined ? [] : [[name, { local: sums, mask: false }]]);
  for (let k = 0; k < lines.length; k += 2) {
    const [one, other] = lines.slice(k, k + 2);
    const first: Writer = { ...one.inside, vectors };
    const pairs = vectorLoop(
      between.map((statement) => ({ statement, writer: first })),
      variable,
    );
    if (pairs === undefined) {
      for (const { inside } of [one, other]) writeStatements(inside, between);
      continue;
    }
    if (name !== undefined) {
      code.get(localOf(one.inside, name, 'f64'));
      code.op('f64x2.splat');
      code.get(localOf(other.inside, name, 'f64'));
      code.lane('f64x2.replace_lane', 1);
      code.set(sums);
    }
    const made = writePair(pairs, first, [one.at, other.at]);
    for (const [name, { local, mask }] of made)
      [one, other].forEach(({ inside }, lane) => {
        code.get(local);
        if (mask) {
          code.both(1);
          code.op('v128.and');
        }
        code.lane('f64x2.extract_lane', lane);
        code.set(localOf(inside, name, 'f64'));
      });
  }
}

const loopsOf = (group: readonly Line[], loop: For): (readonly [Writer, For])[] =>
  group.map(({ inside }) => [inside, loop] as const);

/** As many rows as the streams have together; `row` is left at the first that is not done. */
export function writeStreams(
  writer: Writer,
  rows: Rows,
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { product, update } = rows;
  const { code } = writer;
  const [length, end] = [code.local('i32'), code.local('i32')];
  code.get(to);
  code.get(row);
  code.op('i32.sub');
  code.i32(streams);
  code.op('i32.div_s');
  code.set(length);
  code.get(row);
  code.get(length);
  code.op('i32.add');
  code.set(end);
  const group = newGroup(writer, rows, streams);
  writeLoop(code, row, end, () => {
    standAt(code, group, row, length);
    if (product !== undefined) {
      beginSums(product, group);
      writeEntries(writer, loopsOf(group, product.loop), writeStatements);
    }
    writeBetween(writer, rows, group, writeStatements);
    if (update !== undefined) writeEntries(writer, loopsOf(group, update), writeStatements);
  });
  code.get(row);
  code.get(length);
  code.i32(streams - 1);
  code.op('i32.mul', 'i32.add');
  code.set(row);
}

/** As many rows as whole groups of neighbours hold; `row` is left at the first that is not done. */
export function writeNeighbours(
  writer: Writer,
  rows: Rows,
  [product, update]: readonly [Product, For],
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { code } = writer;
  const [ahead, here] = [0, 1].map(() => newGroup(writer, rows, neighbours));
  const products = (first: Local): void => {
    standAt(code, ahead, first);
    beginSums(product, ahead);
    for (const { inside } of ahead) writeStatements(inside, [product.loop]);
  };
  const next = code.local('i32');
  writeSteps(code, row, to, neighbours, (end) => {
    products(row);
    return {
      pointers: () => [],
      step: () => {
        here.forEach(({ at, inside }, k) => {
          code.get(ahead[k].at);
          code.set(at);
          code.get(localOf(ahead[k].inside, product.name, 'f64'));
          code.set(localOf(inside, product.name, 'f64'));
        });
        writeBetween(writer, rows, here, writeStatements);
        code.get(row);
        code.i32(neighbours);
        code.op('i32.add');
        code.tee(next);
        code.get(end);
        code.op('i32.lt_s');
        code.branch(() => products(next));
        for (const { inside } of here) writeStatements(inside, [update]);
      },
    };
  });
}
