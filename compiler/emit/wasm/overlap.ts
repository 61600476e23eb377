// Rows visited once: a loop over rows that takes the product of a row, works on its result, and then adds a multiple of the same row to something else. The second
// visit of a row is done in the same loop as the product of the next row, so that arithmetic and memory overlap. Rows of different lengths (compressed matrices)
// keep two loops, but the product of the next row comes before the second visit of this one, which so need not wait for what stands between.
import type { Statement } from '../../schedule/statement.ts';
import { scalarsBelow, type Scalar } from '../../schedule/scalar.ts';
import type { Local } from './assembler.ts';
import { writeLoop } from './loop.ts';
import { vectorLoop, writeVectorLoop } from './vector.ts';
import { writeBound, writeNumber } from './scalar.ts';
import { localOf, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;

/** for rows { let sum = 0; for entries { sum += … } ; between ; for entries { … } ; after } */
export interface Rows {
  readonly variable: string;
  readonly start: { readonly name: string; readonly value: Scalar };
  readonly product: For;
  readonly between: readonly Statement[];
  readonly update: For;
  readonly after: readonly Statement[];
  /** Both loops go over the same entries, and can be one of two lanes. */
  readonly fused: boolean;
}

/** The parts of a loop that can be overlapped. */
export function overlapped(writer: Writer, { variable, body }: For): Rows | undefined {
  const loops = body.flatMap((each, k) => (each.kind === 'for' ? [{ loop: each, k }] : []));
  if (loops.length !== 2) return undefined;
  const [{ loop: product, k: first }, { loop: update, k: second }] = loops;
  if (first !== 1) return undefined;
  const [start] = body;
  if (start.kind !== 'let' || !('id' in start.value) || start.value.kind !== 'number')
    return undefined;
  const [only, ...others] = product.body;
  if (only?.kind !== 'assign' || only.name !== start.name || others.length > 0) return undefined;
  const sameExtent =
    product.variable === update.variable &&
    product.from === update.from &&
    product.to === update.to &&
    product.to.kind === 'index';
  const between = body.slice(first + 1, second);
  const after = body.slice(second + 1);
  const plain = [...between, ...after].every(isPlain);
  if (!plain) return undefined;
  const written = new Set(writtenArrays(body));
  if (!('id' in only.value)) return undefined;
  const reads = scalarsBelow(writer.pool, [only.value, product.from, product.to]);
  if (reads.some((x) => x.kind === 'load' && written.has(x.array))) return undefined;
  // The product of the next row must not need what this row works out.
  const changed = new Set(
    body.flatMap((each) =>
      each.kind === 'const' || each.kind === 'let' || each.kind === 'assign' ? [each.name] : [],
    ),
  );
  if (reads.some((x) => x.kind === 'name' && changed.has(x.name))) return undefined;
  const items = [product, update].flatMap((loop) =>
    loop.body.map((statement) => ({ statement, writer })),
  );
  const fused = sameExtent && vectorLoop(items, product.variable) !== undefined;
  if (!fused && !(isByRow(product) && isByRow(update))) return undefined;
  const { name, value } = start;
  return { variable, start: { name, value }, product, between, update, after, fused };
}

/** Over the entries of a compressed row. */
const isByRow = ({ from, to }: For): boolean => from.kind === 'load' && to.kind === 'load';

const isPlain = ({ kind }: Statement): boolean =>
  kind === 'const' || kind === 'assign' || kind === 'store' || kind === 'count';

function writtenArrays(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((each): readonly string[] => {
    if (each.kind === 'store') return [each.array];
    return each.kind === 'for' ? writtenArrays(each.body) : [];
  });
}

/** Names that the second visit of a row takes from what stands between; undefined where it must follow at once, because they write what the other reads. */
function carriedNames(
  { pool }: Writer,
  { between, update, after }: Rows,
): readonly string[] | undefined {
  if (after.length > 0) return undefined;
  const loads = (statements: readonly Statement[]): readonly string[] =>
    scalarsBelow(pool, statements.flatMap(scalarsIn)).flatMap((x) =>
      x.kind === 'load' ? [x.array] : [],
    );
  const apart = (written: readonly string[], read: readonly string[]): boolean =>
    written.every((array) => !read.includes(array));
  if (!apart(writtenArrays(between), [...loads(update.body), ...writtenArrays(update.body)]))
    return undefined;
  if (!apart(writtenArrays(update.body), loads(between))) return undefined;
  const assigned = between.flatMap((each) => (each.kind === 'assign' ? [each.name] : []));
  const names = scalarsBelow(pool, update.body.flatMap(scalarsIn)).flatMap((x) =>
    x.kind === 'name' ? [x.name] : [],
  );
  if (names.some((name) => assigned.includes(name))) return undefined;
  const declared = new Set(between.flatMap((each) => (each.kind === 'const' ? [each.name] : [])));
  return [...new Set(names)].filter((name) => declared.has(name));
}

/** The scalars of a plain statement, positions included. */
function scalarsIn(statement: Statement): readonly Scalar[] {
  if (!('value' in statement) || !('id' in statement.value)) return [];
  return [statement.value];
}

type WriteStatements = (writer: Writer, statements: readonly Statement[]) => void;

/** `row` and `to` are set; the loop is left with row = to. */
export function writeOverlapped(
  writer: Writer,
  rows: Rows,
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { code } = writer;
  const { variable, start, product, between, update, after, fused } = rows;
  const next = code.local('i32');
  const nextSum = code.local('f64');
  const sum = localOf(writer, start.name, 'f64');
  const ahead: Writer = {
    ...writer,
    row: writer.row + 1,
    decays: new Map(),
    locals: new Map([...writer.locals, [variable, next], [start.name, nextSum]]),
  };
  const begin = (): void => {
    writeNumber(writer, start.value);
    code.set(nextSum);
  };
  const carried = fused ? carriedNames(writer, rows) : undefined;
  code.get(row);
  code.get(to);
  code.op('i32.lt_s');
  code.branch(() => {
    code.get(row);
    code.set(next);
    begin();
    if (fused) writeEntries(ahead, [[ahead, product]], writeStatements);
    else writeStatements(ahead, [product]);
    const before = code.local('i32');
    const kept = new Map<string, Local>();
    const behind: Writer = {
      ...writer,
      row: writer.row + 2,
      decays: new Map(),
      locals: new Map([...writer.locals, [variable, before]]),
    };
    code.i32(-1);
    code.set(before);
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
      } else if (carried === undefined) {
        writeEntries(
          writer,
          [
            [ahead, product],
            [here, update],
          ],
          writeStatements,
        );
        writeStatements(here, after);
      } else {
        // What stands between takes its time: the second visit waits for one more row, so that nothing waits for it.
        for (const name of carried) {
          const local = writer.locals.get(name);
          if (kept.has(name) || local === undefined) continue;
          kept.set(name, code.local(local.type));
        }
        for (const [name, local] of kept) behind.locals.set(name, local);
        code.get(before);
        code.i32(0);
        code.op('i32.lt_s');
        code.branch(
          () => writeEntries(ahead, [[ahead, product]], writeStatements),
          () =>
            writeEntries(
              writer,
              [
                [ahead, product],
                [behind, update],
              ],
              writeStatements,
            ),
        );
        for (const [name, local] of kept) {
          const from = writer.locals.get(name);
          if (from === undefined) continue;
          code.get(from);
          code.set(local);
        }
        code.get(row);
        code.set(before);
      }
      code.get(row);
      code.i32(1);
      code.op('i32.add');
      code.tee(row);
      code.get(to);
      code.op('i32.lt_s');
      code.brIf(0);
    });
    if (carried !== undefined) writeEntries(behind, [[behind, update]], writeStatements);
  });
}

/** Loops over the same entries as one. */
function writeEntries(
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
