// Arrays as NumPy saves them: a head that gives type and shape, then the entries.
// Format: NumPy enhancement proposal 1 (Kern 2007), versions 1.0 to 3.0.
import { blockSize, type ByteSource } from './byte-source.ts';
import { npyType, type NpyType } from './npy-type.ts';
import { notANumber, type Allocate, type NumberFile } from './number-file.ts';
import { chooseColumns, chooseRows } from './select.ts';
import { fault, ok, quoteCell, type Result, type SourceOptions } from './source.ts';
import { columnName, type TableShape } from './table.ts';

interface NpyHead {
  readonly type: NpyType;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  /** Where the entries begin, in bytes. */
  readonly offset: number;
}

/** Opens a .npy file. `rows` choose along the first axis, `columns` along the second of a matrix. */
export function openNpy(
  file: string,
  source: ByteSource,
  options: SourceOptions = {},
): Result<NumberFile> {
  const head = readHead(file, source);
  if (!head.ok) return head;
  const chosen = choose(file, head.value.shape, options);
  if (!chosen.ok) return chosen;
  const choice = chosen.value;
  return ok({
    shape: choice.shape,
    vector: choice.shape.length === 1,
    numbers: (allocate) => readNumbers(file, source, head.value, choice, allocate),
    labels: () =>
      fault('D009', file, 'Labels come from a column of text; this file holds numbers.'),
  });
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const longestHead = 2 ** 20;

function readHead(file: string, source: ByteSource): Result<NpyHead> {
  const start = source.read(0, 12);
  if (start.length < 12 || magic.some((byte, k) => start[k] !== byte))
    return fault('D002', file, 'This is not a .npy file: it does not begin as NumPy writes them.');
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const [length, from] =
    start[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  if (length > longestHead) return fault('D002', file, 'The head of this .npy file is too long.');
  const text = new TextDecoder('latin1').decode(source.read(from, length));
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined)
    return fault('D002', file, 'The head of this .npy file cannot be read.');
  const type = descr === undefined ? undefined : npyType(descr);
  if (type === undefined) {
    const what = descr === undefined ? 'records' : `entries of type ${quoteCell(descr)}`;
    return fault('D002', file, `This .npy file holds ${what}, not real numbers.`, {
      help: 'Save it as numbers: `np.save(file, array.astype("float64"))`.',
    });
  }
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const offset = from + length;
  const bytes = shape.reduce((a, b) => a * b, type.size);
  if (offset + bytes > source.size) {
    const message = `The file ends early: its head speaks of ${bytes} bytes of numbers, ${Math.max(0, source.size - offset)} are there.`;
    return fault('D002', file, message);
  }
  return ok({ type, columnMajor: order === 'True', shape, offset });
}

/** What is read, where the array is seen as a matrix: first axis by all others. */
interface Choice {
  readonly shape: readonly number[];
  /** From 0. */
  readonly firstRow: number;
  readonly rows: number;
  /** Columns in the array's own order of rows. */
  readonly columns: readonly number[];
  readonly every: boolean;
  readonly table: TableShape;
}

function choose(file: string, shape: readonly number[], options: SourceOptions): Result<Choice> {
  const [height = 1, ...others] = shape;
  const width = others.reduce((a, b) => a * b, 1);
  const table: TableShape = { file, header: undefined, width, height };
  if (options.columns !== undefined && shape.length !== 2)
    return fault('D006', file, `Columns are those of a matrix; this array has ${axes(shape)}.`);
  if (options.rows !== undefined && shape.length === 0)
    return fault('D007', file, 'Rows are asked for; this file holds one number.');
  const columns = chooseColumns(table, options);
  if (!columns.ok) return columns;
  const all = { first: 1, last: height };
  const rows = options.rows === undefined ? ok(all) : chooseRows(table, options.rows);
  if (!rows.ok) return rows;
  const { first, last } = rows.value;
  const single = typeof options.columns === 'number';
  const inner = options.columns === undefined ? others : single ? [] : [columns.value.length];
  return ok({
    shape: shape.length === 0 ? [] : [last - first + 1, ...inner],
    firstRow: first - 1,
    rows: last - first + 1,
    columns: columns.value,
    every: options.columns === undefined,
    table,
  });
}

const axes = (shape: readonly number[]): string =>
  shape.length === 1 ? 'one axis' : `${shape.length} axes`;

function readNumbers(
  file: string,
  source: ByteSource,
  head: NpyHead,
  choice: Choice,
  allocate: Allocate,
): ReturnType<NumberFile['numbers']> {
  const data = allocate(choice.rows * choice.columns.length);
  const placeOf = (index: number): { readonly row: number; readonly column: string } => ({
    row: choice.firstRow + Math.floor(index / choice.columns.length) + 1,
    column: columnName(choice.table, choice.columns[index % choice.columns.length]),
  });
  for (const run of head.columnMajor ? columnRuns(head, choice) : rowRuns(head, choice)) {
    const wrong = decodeRun(source, head.type, run, data);
    if (wrong === undefined) continue;
    const told = notANumber(file, wrong.value, placeOf(wrong.index));
    if (told !== undefined) return told;
  }
  return ok({ storage: 'dense', shape: choice.shape, data });
}

/** Entries that are read at once and lie side by side in the file; of each group of `group`, those at `picked` are taken. */
interface Run {
  /** In bytes. */
  readonly at: number;
  readonly groups: number;
  readonly group: number;
  /** Undefined: all of them. */
  readonly picked: readonly number[] | undefined;
  /** Where the first goes, and how far apart they go. */
  readonly to: number;
  readonly stride: number;
}

/** Row by row: blocks of whole rows. */
function* rowRuns({ type, shape, offset }: NpyHead, choice: Choice): Generator<Run> {
  const group = shape.slice(1).reduce((a, b) => a * b, 1);
  const block = Math.max(1, Math.floor(blockSize / Math.max(1, group * type.size)));
  for (let row = 0; row < choice.rows; row += block)
    yield {
      at: offset + (choice.firstRow + row) * group * type.size,
      groups: Math.min(block, choice.rows - row),
      group,
      picked: choice.every ? undefined : choice.columns,
      to: row * choice.columns.length,
      stride: 1,
    };
}

/** Column by column: blocks of the rows of one. */
function* columnRuns({ type, shape, offset }: NpyHead, choice: Choice): Generator<Run> {
  const [height = 1, ...others] = shape;
  const block = Math.max(1, Math.floor(blockSize / type.size));
  for (const [k, column] of choice.columns.entries())
    for (let row = 0; row < choice.rows; row += block)
      yield {
        at:
          offset + (columnMajorIndex(column, others) * height + choice.firstRow + row) * type.size,
        groups: Math.min(block, choice.rows - row),
        group: 1,
        picked: undefined,
        to: row * choice.columns.length + k,
        stride: choice.columns.length,
      };
}

/** Where entry `index`, counted with the last axis fastest, stands with the first axis fastest. */
function columnMajorIndex(index: number, shape: readonly number[]): number {
  let rest = index;
  let stride = shape.reduce((a, b) => a * b, 1);
  let found = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride /= shape[axis];
    found += (rest % shape[axis]) * stride;
    rest = Math.floor(rest / shape[axis]);
  }
  return found;
}

interface WrongEntry {
  readonly value: number | bigint;
  readonly index: number;
}

/** Fills in what a run holds; the first entry that is no finite number of 64 bits. */
function decodeRun(
  source: ByteSource,
  { size, decode, native }: NpyType,
  { at, groups, group, picked, to, stride }: Run,
  data: Float64Array,
): WrongEntry | undefined {
  const bytes = source.read(at, groups * group * size);
  const taken = picked?.length ?? group;
  if (native && picked === undefined && stride === 1) {
    const count = groups * group;
    const into = data.subarray(to, to + count);
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes);
    for (let k = 0; k < count; k++)
      if (!Number.isFinite(into[k])) return { value: into[k], index: to + k };
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let g = 0; g < groups; g++) {
    for (let k = 0; k < taken; k++) {
      const value = decode(view, (g * group + (picked === undefined ? k : picked[k])) * size);
      const index = to + (g * taken + k) * stride;
      data[index] = Number(value);
      if (typeof value === 'bigint' ? !Number.isSafeInteger(data[index]) : !Number.isFinite(value))
        return { value, index };
    }
  }
  return undefined;
}
