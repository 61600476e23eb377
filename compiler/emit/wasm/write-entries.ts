import type { Statement } from '../../schedule/statement.ts';
import { writeLoop } from './loop.ts';
import type { For } from './rows.ts';
import { writeBound } from './scalar.ts';
import { vectorLoop } from './vector-loop.ts';
import { writeVectorLoop } from './vector.ts';
import { localOf, type Writer } from './writer.ts';

export type WriteStatements = (writer: Writer, statements: readonly Statement[]) => void;

/** Loops over the same entries as one. */
export function writeEntries(
  writer: Writer,
  loops: readonly (readonly [Writer, For])[],
  writeStatements: WriteStatements,
): void {
  const { code } = writer;
  const [[, { variable, from, to: bound }]] = loops;
  const counter = localOf(writer, variable, 'i32');
  for (const [each] of loops) each.locals.set(variable, counter);
  const to = code.local('i32');
  writeBound(writer, from);
  code.set(counter);
  writeBound(writer, bound);
  code.set(to);
  const items = loops.flatMap(([each, loop]) =>
    loop.body.map((statement) => ({ statement, writer: each })),
  );
  const pairs = vectorLoop(items, variable);
  if (pairs !== undefined) writeVectorLoop(pairs, writer, counter, to);
  writeLoop(code, counter, to, () => {
    for (const { statement, writer: each } of items) writeStatements(each, [statement]);
  });
}
