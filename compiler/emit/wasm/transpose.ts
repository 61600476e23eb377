// Copies that turn rows into columns: for i { for j { C[i*m + j] = f(A[j*n + i]) } ; rest }. Entry by entry, each number would come from a line of memory of its own. Eight
// rows of C go side by side, so that what is read of A lies in one line, two numbers at a time.
import { subtractDims, symbolsOf } from '../../tensor/dim.ts';
import {
  indexOfScalar,
  isAtom,
  isLoopVariable,
  scalarsBelow,
  type Index,
} from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Local } from './assembler.ts';
import { strideWith } from './stride.ts';
import { writeAddress } from './index.ts';
import { writeLoop, writeSteps } from './loop.ts';
import { isPlain } from './plain.ts';
import { writeBound } from './scalar.ts';
import { newFrame, prepare } from './vector-frame.ts';
import { strideOf } from './vector-loop.ts';
import { writeVector } from './vector-scalar.ts';
import { localOf, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;
type Store = Extract<Statement, { readonly kind: 'store' }>;
type WriteStatements = (writer: Writer, statements: readonly Statement[]) => void;

/** The parts of a loop over the rows of C. */
export interface Transposing {
  readonly variable: string;
  readonly body: readonly Statement[];
  readonly copy: For;
  readonly store: Store;
  readonly rest: readonly Statement[];
}

/** Undefined where nothing is gained, or where rows that are filled before what else is done with those above them might change a number. */
export function transposing(writer: Writer, { variable, body }: For): Transposing | undefined {
  const [copy, ...rest] = body;
  if (copy?.kind !== 'for' || copy.body.length !== 1) return undefined;
  const [store] = copy.body;
  if (store.kind !== 'store' || store.op !== '=' || !('id' in store.value)) return undefined;
  if (!fillsRows(writer, variable, copy, store.at)) return undefined;
  const reads = scalarsBelow(writer.pool, [store.value]);
  const loads = reads.flatMap((x) => (x.kind === 'load' ? [x] : []));
  const isAcross = ({ at }: { readonly at: Index }): boolean =>
    strideOf(writer, at, variable) === 1 && ![0, 1].includes(strideAlong(writer, at, copy) ?? 0);
  if (!loads.some(isAcross) || reads.some(({ kind }) => kind === 'checked')) return undefined;
  if (!rest.every((each) => isSimple(each))) return undefined;
  const all = rest.flatMap(within);
  const changed = new Set(all.flatMap((each) => ('name' in each ? [each.name] : [])));
  const written = new Set(all.flatMap((each) => (each.kind === 'store' ? [each.array] : [])));
  if (written.has(store.array)) return undefined;
  if (loads.some(({ array }) => array === store.array || written.has(array))) return undefined;
  if (reads.some((x) => x.kind === 'name' && changed.has(x.name))) return undefined;
  return keepsToRow(writer, rest, copy, store) ? { variable, body, copy, store, rest } : undefined;
}

/** Rows of C lie one after the other, and a row is filled from its beginning to its end. */
function fillsRows(writer: Writer, variable: string, copy: For, at: Index): boolean {
  const { from, to } = copy;
  if (from.kind !== 'number' || from.value !== 0) return false;
  const row = strideWith(at, (symbol) => is(writer, symbol, variable));
  if (row === undefined || row.stride.key !== indexOfScalar(to)?.key) return false;
  return !symbolsOf(at).some(isAtom) && strideOf(writer, at, copy.variable) === 1;
}

const is = (writer: Writer, symbol: string, name: string): boolean =>
  isLoopVariable(symbol) && writer.variable(symbol) === name;

/** As `strideOf`; NaN where it depends on sizes. */
function strideAlong(writer: Writer, at: Index, { variable }: For): number | undefined {
  const varies = at.monomials.some(({ symbols }) => symbols.some((s) => is(writer, s, variable)));
  return varies ? (strideOf(writer, at, variable) ?? NaN) : 0;
}

/** Numbers that are worked out and kept, and loops over such. */
const isSimple = (statement: Statement): boolean =>
  statement.kind === 'for'
    ? statement.body.every(isSimple)
    : 'value' in statement
      ? 'id' in statement.value && (isPlain(statement) || statement.kind === 'let')
      : statement.kind === 'count';

const within = (statement: Statement): readonly Statement[] =>
  statement.kind === 'for' ? [statement, ...statement.body.flatMap(within)] : [statement];

/** Whether all that is read of C is the row itself. */
function keepsToRow(
  writer: Writer,
  rest: readonly Statement[],
  copy: For,
  { array, at }: Store,
): boolean {
  const row = withoutVariable(writer, at, copy.variable);
  const visit = (statement: Statement, over: readonly For[]): boolean => {
    if (statement.kind === 'for')
      return (
        isApart(writer, [statement.from, statement.to], array) &&
        statement.body.every((each) => visit(each, [...over, statement]))
      );
    const positions = statement.kind === 'store' ? [writer.pool.index(statement.at)] : [];
    if (!isApart(writer, positions, array)) return false;
    if (!('value' in statement) || !('id' in statement.value)) return true;
    return scalarsBelow(writer.pool, [statement.value]).every(
      (x) =>
        x.kind !== 'load' ||
        x.array !== array ||
        over.some(
          ({ variable, from, to }) =>
            from === copy.from &&
            to === copy.to &&
            withoutVariable(writer, x.at, variable)?.key === row?.key,
        ),
    );
  };
  return row !== undefined && rest.every((each) => visit(each, []));
}

const isApart = (
  { pool }: Writer,
  scalars: Parameters<typeof scalarsBelow>[1],
  array: string,
): boolean => scalarsBelow(pool, scalars).every((x) => x.kind !== 'load' || x.array !== array);

/** The position less the variable; undefined where it is no summand of its own. */
function withoutVariable(writer: Writer, at: Index, variable: string): Index | undefined {
  const own = at.monomials.filter(({ symbols }) => symbols.some((s) => is(writer, s, variable)));
  const [only] = own;
  if (own.length !== 1 || only.coefficient !== 1 || only.symbols.length !== 1) return undefined;
  return subtractDims(at, { monomials: own, key: only.symbols[0] });
}

/** Rows that go side by side: as many as numbers in a line of the cache. */
const side = 8;

/** As many rows as whole groups hold; `row` is left at the first that is not done. */
export function writeTransposing(
  writer: Writer,
  { variable, copy, store, rest }: Transposing,
  row: Local,
  to: Local,
  writeStatements: WriteStatements,
): void {
  const { code } = writer;
  const inner = localOf(writer, copy.variable, 'i32');
  const [end, last, length, groupEnd] = (['i32', 'i32', 'i32', 'i32'] as const).map((type) =>
    code.local(type),
  );
  code.get(row);
  code.get(to);
  code.get(row);
  code.op('i32.sub');
  code.i32(-side);
  code.op('i32.and', 'i32.add');
  code.set(end);
  code.get(row);
  code.get(end);
  code.op('i32.lt_s');
  code.branch(() => {
    code.loop(() => {
      code.get(row);
      code.i32(side);
      code.op('i32.add');
      code.set(groupEnd);
      code.i32(0);
      code.set(inner);
      writeBound(writer, copy.to);
      code.set(length);
      writePairs(writer, variable, copy, store, row, inner, length);
      // The last number of each row, where rows have an odd number of them.
      code.get(row);
      code.set(last);
      writeLoop(code, inner, length, () => {
        const locals = new Map(writer.locals).set(variable, last);
        writeLoop(code, last, groupEnd, () =>
          writeStatements({ ...writer, locals, decays: new Map() }, copy.body),
        );
      });
      if (rest.length === 0) {
        code.get(groupEnd);
        code.set(row);
      } else
        writeLoop(code, row, groupEnd, () =>
          writeStatements({ ...writer, decays: new Map() }, rest),
        );
      code.get(row);
      code.get(end);
      code.op('i32.lt_s');
      code.brIf(0);
    });
  });
}

/** Two numbers of each row of the group at a time. */
function writePairs(
  writer: Writer,
  variable: string,
  copy: For,
  { array, at, value }: Store,
  row: Local,
  inner: Local,
  length: Local,
): void {
  if (!('id' in value)) return;
  const { code } = writer;
  writeSteps(code, inner, length, 2, () => {
    const pointers = Array.from({ length: side }, (_, k) => {
      const local = code.local('i32');
      const position = code.local('i32');
      code.get(row);
      code.i32(k);
      code.op('i32.add');
      code.set(position);
      const locals = new Map(writer.locals).set(variable, position);
      const offset = writeAddress({ ...writer, locals }, array, at);
      code.i32(offset);
      code.op('i32.add');
      code.set(local);
      return { local, entry: 8 };
    });
    const next = code.local('i32');
    return {
      pointers: () => pointers,
      step: () => {
        code.get(inner);
        code.i32(1);
        code.op('i32.add');
        code.set(next);
        const turns = [inner, next].map((position) => {
          const locals = new Map(writer.locals).set(copy.variable, position).set(variable, row);
          const own: Writer = { ...writer, locals, decays: new Map() };
          const step = { kind: 'store', array, at, op: '=', value } as const;
          const loop = { variable, steps: [{ step, writer: own }] };
          const frame = newFrame(loop, row, side / 2);
          prepare(frame);
          return { frame, own };
        });
        for (let u = 0; u < side / 2; u++) {
          const [first, second] = turns.map(({ frame, own }) => {
            const both = code.local('v128');
            writeVector({ frame, u, writer: own, known: new Map(), decays: new Map() }, value);
            code.set(both);
            return both;
          });
          code.get(pointers[2 * u].local);
          code.get(first);
          code.get(second);
          code.lane('f64x2.extract_lane', 0);
          code.lane('f64x2.replace_lane', 1);
          code.access('v128.store', 0);
          code.get(pointers[2 * u + 1].local);
          code.get(second);
          code.get(first);
          code.lane('f64x2.extract_lane', 1);
          code.lane('f64x2.replace_lane', 0);
          code.access('v128.store', 0);
        }
      },
    };
  });
}
