// Rows read from memory once: a loop over rows that takes the product of a row, works on its result, and then adds a multiple of the same row to something else. Where the
// second visit can wait for other rows, rows go in groups: eight of the same length side by side, as many streams as memory answers best, and visited again while the
// processor still has them; four of different lengths (compressed matrices), whose products come before the second visits of the four before them, which so need not
// wait for what stands between. Where it cannot wait, it is done in the same loop as the product of the next row.
import type { Statement } from '../../schedule/statement.ts';
import { indexOfScalar, scalarsBelow, type Scalar } from '../../schedule/scalar.ts';
import type { Assembler, Local } from './assembler.ts';
import { writeLoop, writeSteps } from './loop.ts';
import { vectorLoop } from './vector-loop.ts';
import { writePair, writeVectorLoop } from './vector.ts';
import { writeBound, writeNumber } from './scalar.ts';
import { isPlain } from './plain.ts';
import { localOf, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;

/** for rows { let sum = 0; for entries { sum += … } ; between ; for entries { … } ; after } */
export interface Rows {
  readonly variable: string;
  readonly body: readonly Statement[];
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
    indexOfScalar(product.to) !== undefined;
  const between = body.slice(first + 1, second);
  const after = body.slice(second + 1);
  const plain = [...between, ...after].every((each) => isPlain(each) || each.kind === 'count');
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
  return { variable, body, start: { name, value }, product, between, update, after, fused };
}

/** Over the entries of a compressed row. */
const isByRow = ({ from, to }: For): boolean => from.kind === 'load' && to.kind === 'load';

function writtenArrays(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((each): readonly string[] => {
    if (each.kind === 'store') return [each.array];
    return each.kind === 'for' ? writtenArrays(each.body) : [];
  });
}

/** Whether the second visit of a row can wait for others: what stands between writes nothing that the visits read. */
function mayWait({ pool }: Writer, { between, update, after }: Rows): boolean {
  if (after.length > 0) return false;
  const loads = (statements: readonly Statement[]): readonly string[] =>
    scalarsBelow(pool, statements.flatMap(scalarsIn)).flatMap((x) =>
      x.kind === 'load' ? [x.array] : [],
    );
  const apart = (written: readonly string[], read: readonly string[]): boolean =>
    written.every((array) => !read.includes(array));
  if (!apart(writtenArrays(between), [...loads(update.body), ...writtenArrays(update.body)]))
    return false;
  if (!apart(writtenArrays(update.body), loads(between))) return false;
  const assigned = between.flatMap((each) => (each.kind === 'assign' ? [each.name] : []));
  return !scalarsBelow(pool, update.body.flatMap(scalarsIn)).some(
    (x) => x.kind === 'name' && assigned.includes(x.name),
  );
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
  if (mayWait(writer, rows)) {
    writeGroups(writer, rows, row, to, writeStatements);
    return writeLoop(code, row, to, () =>
      writeStatements({ ...writer, decays: new Map() }, rows.body),
    );
  }
  const next = code.local('i32');
  const nextSum = code.local('f64');
  const sum = localOf(writer, start.name, 'f64');
  const ahead: Writer = {
    ...writer,
    decays: new Map(),
    locals: new Map([...writer.locals, [variable, next], [start.name, nextSum]]),
  };
  const begin = (): void => {
    writeNumber(writer, start.value);
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

/** Rows side by side: those that go over the same entries share what they read of other arrays, and add to the same entries at once. */
const sideOf = (fused: boolean): number => (fused ? 8 : 4);

/** A row of a group: where it is, and the function's names as it sees them. */
interface Line {
  readonly at: Local;
  readonly inside: Writer;
}

/** Rows side by side have locals of their own. */
function newGroup(writer: Writer, { variable, start, between, fused }: Rows): readonly Line[] {
  const { code } = writer;
  const own = [
    start.name,
    ...between.flatMap((each) => (each.kind === 'const' ? [each.name] : [])),
  ];
  return Array.from({ length: sideOf(fused) }, () => {
    const at = code.local('i32');
    const locals = new Map([...writer.locals, [variable, at]]);
    for (const name of own) locals.delete(name);
    const inside: Writer = { ...writer, decays: new Map(), locals };
    localOf(inside, start.name, 'f64');
    return { at, inside };
  });
}

/** The rows from `first` on, their products begun. */
function beginAt(code: Assembler, { start }: Rows, group: readonly Line[], first: Local): void {
  group.forEach(({ at, inside }, k) => {
    code.get(first);
    code.i32(k);
    code.op('i32.add');
    code.set(at);
    writeNumber(inside, start.value);
    code.set(localOf(inside, start.name, 'f64'));
  });
}

/** What stands between the visits, two rows at a time where that can be. */
function writeBetween(
  { code }: Writer,
  { variable, start, between }: Rows,
  lines: readonly Line[],
  writeStatements: WriteStatements,
): void {
  const sums = code.local('v128');
  const vectors = new Map([[start.name, { local: sums, mask: false }]]);
  for (let k = 0; k < lines.length; k += 2) {
    const [one, other] = lines.slice(k, k + 2).map(({ inside }) => inside);
    const first: Writer = { ...one, vectors };
    const pairs = vectorLoop(
      between.map((statement) => ({ statement, writer: first })),
      variable,
    );
    if (pairs === undefined) {
      for (const each of [one, other]) writeStatements(each, between);
      continue;
    }
    code.get(localOf(one, start.name, 'f64'));
    code.op('f64x2.splat');
    code.get(localOf(other, start.name, 'f64'));
    code.lane('f64x2.replace_lane', 1);
    code.set(sums);
    const made = writePair(pairs, first, localOf(one, variable, 'i32'));
    for (const [name, { local, mask }] of made)
      [one, other].forEach((each, lane) => {
        code.get(local);
        if (mask) {
          code.both(1);
          code.op('v128.and');
        }
        code.lane('f64x2.extract_lane', lane);
        code.set(localOf(each, name, 'f64'));
      });
  }
}

/** As many rows as whole groups hold; `row` is left at the first that is not done. */
function writeGroups(
  writer: Writer,
  rows: Rows,
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { fused, product, update, start } = rows;
  const { code } = writer;
  const side = sideOf(fused);
  if (fused) {
    const group = newGroup(writer, rows);
    const loops = (loop: For): (readonly [Writer, For])[] =>
      group.map(({ inside }) => [inside, loop] as const);
    return writeSteps(code, row, to, side, () => ({
      pointers: () => [],
      step: () => {
        beginAt(code, rows, group, row);
        writeEntries(writer, loops(product), writeStatements);
        writeBetween(writer, rows, group, writeStatements);
        writeEntries(writer, loops(update), writeStatements);
      },
    }));
  }
  const [ahead, here] = [newGroup(writer, rows), newGroup(writer, rows)];
  const products = (first: Local): void => {
    beginAt(code, rows, ahead, first);
    for (const { inside } of ahead) writeStatements(inside, [product]);
  };
  const next = code.local('i32');
  writeSteps(code, row, to, side, (end) => {
    products(row);
    return {
      pointers: () => [],
      step: () => {
        here.forEach(({ at, inside }, k) => {
          code.get(ahead[k].at);
          code.set(at);
          code.get(localOf(ahead[k].inside, start.name, 'f64'));
          code.set(localOf(inside, start.name, 'f64'));
        });
        writeBetween(writer, rows, here, writeStatements);
        code.get(row);
        code.i32(side);
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
