// Rows read from memory once: a loop over rows that takes the product of a row, works on its result, and then adds a multiple of the same row to something else. Where the
// second visit can wait for other rows, rows go in groups (row-groups.ts); else it is done in the same loop as the product of the next row.
import type { Local } from './assembler.ts';
import { writeLoop } from './loop.ts';
import { writeNeighbours, writeStreams } from './row-groups.ts';
import { gainsBySharing, mayMove, mayWait, type For, type Product, type Rows } from './rows.ts';
import { writeNumber } from './scalar.ts';
import { writeEntries, type WriteStatements } from './write-entries.ts';
import { localOf, type Writer } from './writer.ts';

/** How the rows can be written, `row` and `to` being set; the loop is left with row = to. Undefined where one after the other is best. */
export function overlapped(
  writer: Writer,
  rows: Rows,
  writeStatements: WriteStatements,
): ((row: Local, to: Local) => void) | undefined {
  const { product, update, fused, body } = rows;
  const once = product === undefined || update === undefined;
  const { code } = writer;
  const theRest = (row: Local, to: Local): void =>
    writeLoop(code, row, to, () => writeStatements({ ...writer, decays: new Map() }, body));
  if (once && !gainsBySharing(writer, rows)) return undefined;
  if (mayMove(writer, rows))
    return (row, to) => {
      writeStreams(writer, rows, row, to, writeStatements);
      theRest(row, to);
    };
  if (once) return undefined;
  if (!fused && mayWait(writer, rows))
    return (row, to) => {
      writeNeighbours(writer, rows, [product, update], row, to, writeStatements);
      theRest(row, to);
    };
  return (row, to) => writeWithNext(writer, rows, [product, update], row, to, writeStatements);
}

function writeWithNext(
  writer: Writer,
  { variable, between, after, fused }: Rows,
  [{ name, start, loop: product }, update]: readonly [Product, For],
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { code } = writer;
  const next = code.local('i32');
  const nextSum = code.local('f64');
  const sum = localOf(writer, name, 'f64');
  const ahead: Writer = {
    ...writer,
    decays: new Map(),
    locals: new Map([...writer.locals, [variable, next], [name, nextSum]]),
  };
  const begin = (): void => {
    writeNumber(writer, start);
    code.set(nextSum);
  };
  code.get(row);
  code.get(to);
  code.op('i32.lt_s');
  code.branch(() => {
    code.get(row);
    code.set(next);
    begin();
    if (fused) writeEntries(ahead, [[ahead, product]], writeStatements);
    else writeStatements(ahead, [product]);
    code.loop(() => {
      code.get(nextSum);
      code.set(sum);
      const here: Writer = { ...writer, decays: new Map() };
      writeStatements(here, between);
      // After the last row its own product is taken once more, and not used.
      code.get(row);
      code.i32(1);
      code.op('i32.add');
      code.get(row);
      code.get(row);
      code.i32(1);
      code.op('i32.add');
      code.get(to);
      code.op('i32.lt_s', 'select');
      code.set(next);
      begin();
      if (!fused) {
        writeStatements(ahead, [product]);
        writeStatements(here, [update, ...after]);
      } else {
        writeEntries(
          writer,
          [
            [ahead, product],
            [here, update],
          ],
          writeStatements,
        );
        writeStatements(here, after);
      }
      code.get(row);
      code.i32(1);
      code.op('i32.add');
      code.tee(row);
      code.get(to);
      code.op('i32.lt_s');
      code.brIf(0);
    });
  });
}
