// Innermost loops whose entries depend on each other, or lie where a table says: one by one, but four written out, with addresses that move along.
import { scalarsBelow, type Index, type Scalar } from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Local } from './assembler.ts';
import { sizeOfEntry, writeAddress } from './index.ts';
import { writeSteps } from './loop.ts';
import { strideOf } from './vector-loop.ts';
import { isPlain } from './plain.ts';
import { streamKey, type Stream, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;
type WriteStatements = (writer: Writer, statements: readonly Statement[]) => void;

const width = 4;

/** Goes as far as whole steps reach; `counter` then stands at the first entry that is not done. Writes nothing where the body is of another kind. */
export function writeUnrolled(
  writer: Writer,
  { variable, body }: For,
  counter: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  if (!body.every(isPlain)) return;
  const { code } = writer;
  const accesses = body.flatMap((each) => accessesOf(writer, each));
  const moving = new Map(
    accesses
      .filter(({ at }) => strideOf(writer, at, variable) === 1)
      .map(({ array, at }) => [streamKey(array, at), { array, at }]),
  );
  if (moving.size === 0) return;
  writeSteps(code, counter, to, width, () => {
    const pointers = [...moving].map(([key, { array, at }]) => {
      const local = code.local('i32');
      const offset = writeAddress(writer, array, at);
      code.i32(offset);
      code.op('i32.add');
      code.set(local);
      return { key, local, entry: sizeOfEntry(array) };
    });
    const at = code.local('i32');
    const locals = new Map(writer.locals).set(variable, at);
    return {
      pointers: () => pointers,
      step: () => {
        for (let u = 0; u < width; u++) {
          const streams = new Map<string, Stream>(
            pointers.map(({ key, local, entry }) => [key, { pointer: local, offset: entry * u }]),
          );
          code.get(counter);
          code.i32(u);
          code.op('i32.add');
          code.set(at);
          writeStatements({ ...writer, locals, streams, decays: new Map() }, body);
        }
      },
    };
  });
}

interface Access {
  readonly array: string;
  readonly at: Index;
}

/** Every entry that a plain statement reads or writes, those of its positions included. */
function accessesOf(writer: Writer, statement: Statement): readonly Access[] {
  const { pool } = writer;
  const within = (x: Scalar): readonly Access[] =>
    scalarsBelow(pool, [x]).flatMap((part) => (part.kind === 'load' ? [part] : []));
  const own = statement.kind === 'store' ? [{ array: statement.array, at: statement.at }] : [];
  const position = own.flatMap(({ at }) => within(pool.index(at)));
  const value = 'value' in statement && 'id' in statement.value ? within(statement.value) : [];
  return [...own, ...position, ...value];
}
