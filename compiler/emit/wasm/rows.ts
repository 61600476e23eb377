// Loops over rows: the product of a row, what is worked out from it, and a second visit of the same row. What may be done several rows at a time, and in which order.
import { addDims, multiplyDims, symbolDim, symbolsOf } from '../../tensor/dim.ts';
import {
  indexOfScalar,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
} from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import { isPlain } from './plain.ts';
import { scalarVaries, vectorLoop } from './vector-loop.ts';
import type { Writer } from './writer.ts';

export type For = Extract<Statement, { readonly kind: 'for' }>;
type Store = Extract<Statement, { readonly kind: 'store' }>;

/** for rows { let sum = 0; for entries { sum += … } ; between ; for entries { … } ; after } */
export interface Rows {
  readonly variable: string;
  readonly body: readonly Statement[];
  readonly start: { readonly name: string; readonly value: Scalar };
  readonly product: For;
  readonly between: readonly Statement[];
  /** Left out where rows are visited once. */
  readonly update: For | undefined;
  readonly after: readonly Statement[];
  /** All rows have the same entries, both loops go over them, and can be one of two lanes. */
  readonly fused: boolean;
}

/** The parts of a loop over rows; undefined where it is of another kind. */
export function rowsOf(writer: Writer, { variable, body }: For): Rows | undefined {
  const loops = body.flatMap((each, k) => (each.kind === 'for' ? [{ loop: each, k }] : []));
  const [visit, again, ...more] = loops;
  if (visit?.k !== 1 || more.length > 0) return undefined;
  const [start] = body;
  if (start.kind !== 'let' || !('id' in start.value) || start.value.kind !== 'number')
    return undefined;
  const product = visit.loop;
  const update = again?.loop;
  const [only, ...others] = product.body;
  if (only?.kind !== 'assign' || only.name !== start.name || others.length > 0) return undefined;
  const between = body.slice(visit.k + 1, again?.k);
  const after = again === undefined ? [] : body.slice(again.k + 1);
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
  const sameExtent =
    (update === undefined ||
      (product.variable === update.variable &&
        product.from === update.from &&
        product.to === update.to)) &&
    indexOfScalar(product.to) !== undefined &&
    ![product.from, product.to].some((bound) => scalarVaries(writer, bound, variable));
  const items = [...product.body, ...(update?.body ?? [])].map((statement) => ({
    statement,
    writer,
  }));
  const fused = sameExtent && vectorLoop(items, product.variable) !== undefined;
  const sparse = update !== undefined && isByRow(product) && isByRow(update);
  if (!fused && !sparse) return undefined;
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

const loadsIn = ({ pool }: Writer, statements: readonly Statement[]): readonly string[] =>
  scalarsBelow(pool, statements.flatMap(scalarsIn)).flatMap((x) =>
    x.kind === 'load' ? [x.array] : [],
  );

/** The scalar of a plain statement. */
function scalarsIn(statement: Statement): readonly Scalar[] {
  if (!('value' in statement) || !('id' in statement.value)) return [];
  return [statement.value];
}

/** Whether the second visit of a row can wait for others: what stands between writes nothing that the visits read. */
export function mayWait(writer: Writer, { between, update, after }: Rows): boolean {
  if (after.length > 0) return false;
  const again = update?.body ?? [];
  const apart = (written: readonly string[], read: readonly string[]): boolean =>
    written.every((array) => !read.includes(array));
  if (!apart(writtenArrays(between), [...loadsIn(writer, again), ...writtenArrays(again)]))
    return false;
  if (!apart(writtenArrays(again), loadsIn(writer, between))) return false;
  const assigned = between.flatMap((each) => (each.kind === 'assign' ? [each.name] : []));
  return !scalarsBelow(writer.pool, again.flatMap(scalarsIn)).some(
    (x) => x.kind === 'name' && assigned.includes(x.name),
  );
}

/** Whether rows may come in any order: what stands between is worked out for each by itself or added up, and so are the second visits. */
export function mayMove(writer: Writer, rows: Rows): boolean {
  const { variable, start, between, update } = rows;
  if (!rows.fused || !mayWait(writer, rows)) return false;
  if (between.some((each) => each.kind === 'assign' && each.name === start.name)) return false;
  const items = between.map((statement) => ({ statement, writer }));
  if (items.length > 0 && vectorLoop(items, variable) === undefined) return false;
  const again = update?.body ?? [];
  const read = loadsIn(writer, again);
  return again
    .filter((each) => each.kind === 'store')
    .every(
      (each) =>
        ((each.op === '+=' || each.op === '-=') && !read.includes(each.array)) ||
        isRowByRow(writer, rows, each),
    );
}

/** Whether each row has entries of its own: without them nothing is read ahead. */
export const readsRows = (writer: Writer, { variable, product }: Rows): boolean =>
  scalarsBelow(writer.pool, product.body.flatMap(scalarsIn)).some(
    (x) =>
      x.kind === 'load' &&
      [variable, product.variable].every((name) =>
        symbolsOf(x.at).some((s) => isLoopVariable(s) && writer.variable(s) === name),
      ),
  );

/** An entry of a matrix with rows as long as the loop: no two rows share one. */
function isRowByRow(writer: Writer, { variable, product }: Rows, { at }: Store): boolean {
  const symbolOf = (name: string): Index | undefined => {
    const found = symbolsOf(at).find((s) => isLoopVariable(s) && writer.variable(s) === name);
    return found === undefined ? undefined : symbolDim(found);
  };
  const [row, column] = [symbolOf(variable), symbolOf(product.variable)];
  const length = indexOfScalar(product.to);
  if (row === undefined || column === undefined || length === undefined) return false;
  return at.key === addDims(multiplyDims(row, length), column).key;
}
