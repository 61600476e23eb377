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
  /** Left out where rows are only added to something. */
  readonly product: Product | undefined;
  readonly between: readonly Statement[];
  /** Left out where rows are only multiplied. */
  readonly update: For | undefined;
  readonly after: readonly Statement[];
  /** All rows have the same entries, both loops go over them, and can be one of two lanes. */
  readonly fused: boolean;
}

export interface Product {
  readonly name: string;
  readonly start: Scalar;
  readonly loop: For;
}

/** The parts of a loop over rows; undefined where it is of another kind. */
export function rowsOf(writer: Writer, { variable, body }: For): Rows | undefined {
  const product = productOf(body);
  const rest = body.slice(product === undefined ? 0 : 2);
  const at = rest.findIndex(({ kind }) => kind === 'for');
  const update = rest.find((each) => each.kind === 'for');
  const between = rest.slice(0, update === undefined ? rest.length : at);
  const after = update === undefined ? [] : rest.slice(at + 1);
  const plain = [...between, ...after].every((each) => isPlain(each) || each.kind === 'count');
  const [first, second] = [product?.loop, update].filter((loop) => loop !== undefined);
  if (!plain || first === undefined) return undefined;
  if (product !== undefined && !isAhead(writer, product, body)) return undefined;
  const sameExtent =
    (second === undefined ||
      (first.variable === second.variable &&
        first.from === second.from &&
        first.to === second.to)) &&
    indexOfScalar(first.to) !== undefined &&
    ![first.from, first.to].some((bound) => scalarVaries(writer, bound, variable));
  const items = [first, second].flatMap((loop) =>
    (loop?.body ?? []).map((statement) => ({ statement, writer })),
  );
  const fused = sameExtent && vectorLoop(items, first.variable) !== undefined;
  const sparse = second !== undefined && isByRow(first) && isByRow(second);
  if (!fused && !sparse) return undefined;
  return { variable, body, product, between, update, after, fused };
}

/** What a body begins with: a number, and a loop that changes only that. */
function productOf([start, loop]: readonly Statement[]): Product | undefined {
  if (start?.kind !== 'let' || !('id' in start.value) || start.value.kind !== 'number')
    return undefined;
  if (loop?.kind !== 'for') return undefined;
  const [only, ...others] = loop.body;
  if (only?.kind !== 'assign' || only.name !== start.name || others.length > 0) return undefined;
  return { name: start.name, start: start.value, loop };
}

/** Whether the product of the next row needs nothing that this row works out. */
function isAhead({ pool }: Writer, { loop }: Product, body: readonly Statement[]): boolean {
  if (!loop.body.every((each) => 'value' in each && 'id' in each.value)) return false;
  const written = new Set(writtenArrays(body));
  const changed = new Set(
    body.flatMap((each) =>
      each.kind === 'const' || each.kind === 'let' || each.kind === 'assign' ? [each.name] : [],
    ),
  );
  const reads = scalarsBelow(pool, [...loop.body.flatMap(scalarsIn), loop.from, loop.to]);
  return !reads.some(
    (x) =>
      (x.kind === 'load' && written.has(x.array)) || (x.kind === 'name' && changed.has(x.name)),
  );
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
  const { variable, product, between, update } = rows;
  if (!rows.fused || !mayWait(writer, rows)) return false;
  if (between.some((each) => each.kind === 'assign' && each.name === product?.name)) return false;
  const items = between.map((statement) => ({ statement, writer }));
  if (items.length > 0 && vectorLoop(items, variable) === undefined) return false;
  const again = update?.body ?? [];
  const read = loadsIn(writer, again);
  // Sums over all rows would want a register for each of the group.
  return again.every(
    (each) =>
      each.kind === 'const' ||
      (each.kind === 'store' &&
        (((each.op === '+=' || each.op === '-=') && !read.includes(each.array)) ||
          isRowByRow(writer, rows, each))),
  );
}

/** Whether rows that are visited once gain by going several at a time: each has entries of its own, and all are added to the same. */
export function gainsBySharing(writer: Writer, { variable, product, update }: Rows): boolean {
  const loop = product?.loop ?? update;
  if (loop === undefined) return false;
  const has = (at: Index, name: string): boolean =>
    symbolsOf(at).some((s) => isLoopVariable(s) && writer.variable(s) === name);
  const shared = loop.body.every((each) => each.kind !== 'store' || !has(each.at, variable));
  return (
    shared &&
    scalarsBelow(writer.pool, loop.body.flatMap(scalarsIn)).some(
      (x) => x.kind === 'load' && has(x.at, variable) && has(x.at, loop.variable),
    )
  );
}

/** An entry of a matrix with rows as long as the loop: no two rows share one. */
function isRowByRow(writer: Writer, { variable, update }: Rows, { at }: Store): boolean {
  if (update === undefined) return false;
  const symbolOf = (name: string): Index | undefined => {
    const found = symbolsOf(at).find((s) => isLoopVariable(s) && writer.variable(s) === name);
    return found === undefined ? undefined : symbolDim(found);
  };
  const [row, column] = [symbolOf(variable), symbolOf(update.variable)];
  const length = indexOfScalar(update.to);
  if (row === undefined || column === undefined || length === undefined) return false;
  return at.key === addDims(multiplyDims(row, length), column).key;
}
