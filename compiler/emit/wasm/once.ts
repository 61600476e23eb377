// What is worked out once before the first iteration (a Lipschitz constant, a factorisation): WebAssembly carries it out where it is more than a pass through a
// vector, with the functions that an iteration gets. Engines interpret JavaScript that runs once for the most part.
import type { CodeUnit } from '../ts/code-unit.ts';
import type { Binaries, Here } from '../ts/spec.ts';
import { isBool } from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import { nativeKernels } from './kernels.ts';
import type { CellGroup } from './link.ts';
import { codeConstant, createNative, isNative, startLines, type NativeNotes } from './native.ts';

export interface OnceOptions {
  /** Begins the names of what is made here; no name of the source has a `$`. */
  readonly part: string;
  /** Numbers that the statements may change, beside their own. */
  readonly groups: readonly CellGroup[];
  readonly here: Here | undefined;
}

export interface OnceText {
  /** Constants of the module around. */
  readonly code: readonly string[];
  readonly lines: readonly string[];
  readonly binaries: Binaries;
  readonly notes: readonly NativeNotes[];
}

/** Statements in order: what has instructions in modules of their own, the rest as JavaScript; all of it where no options are given. */
export function printOnce(
  unit: CodeUnit,
  statements: readonly Statement[],
  indent: string,
  options: OnceOptions | undefined,
): OnceText {
  if (options === undefined) return plainRun(unit, statements, indent);
  const texts = runsOf(statements).map((run, k) =>
    run.every(isNative) && run.some(isHeavy)
      ? nativeRun(unit, run, indent, { ...options, part: `${options.part}${k}` })
      : plainRun(unit, run, indent),
  );
  return {
    code: texts.flatMap(({ code }) => code),
    lines: texts.flatMap(({ lines }) => lines),
    binaries: Object.assign({}, ...texts.map(({ binaries }) => binaries)),
    notes: texts.flatMap(({ notes }) => notes),
  };
}

/** Statements side by side that have instructions, or have none. */
function runsOf(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const runs: Statement[][] = [];
  for (const statement of statements) {
    const last = runs.at(-1);
    if (last !== undefined && isNative(last[0]) === isNative(statement)) last.push(statement);
    else runs.push([statement]);
  }
  return runs;
}

/** A loop that does more than pass through a vector, or a kernel. */
export function isHeavy(statement: Statement): boolean {
  if (statement.kind === 'call') return nativeKernels.has(statement.call.name);
  if (statement.kind === 'if') return [...statement.then, ...statement.otherwise].some(isHeavy);
  if (statement.kind === 'while') return true;
  return (
    statement.kind === 'for' &&
    statement.body.some(({ kind }) => kind === 'for' || kind === 'while' || kind === 'call')
  );
}

const plainRun = (unit: CodeUnit, run: readonly Statement[], indent: string): OnceText => ({
  code: [],
  lines: unit.print({ statements: run, outputs: [] }, indent),
  binaries: {},
  notes: [],
});

/** A number that the statements leave for others. */
interface Left {
  readonly name: string;
  readonly keyword: 'const' | 'let';
  readonly truth: boolean;
}

type For = Extract<Statement, { readonly kind: 'for' }>;

/** Statements that are one function; a loop that is called for a part of its turns at a time. */
interface Piece {
  readonly statements: readonly Statement[];
  /** How many calls carry the loop out; undefined: one a turn. */
  readonly loop?: { readonly of: For; readonly calls: number | undefined };
}

/** Calls that a pass over rows is cut into. */
const passes = 16;
const [first, end] = ['first$', 'end$'];

function nativeRun(
  unit: CodeUnit,
  run: readonly Statement[],
  indent: string,
  { part, groups, here }: OnceOptions,
): OnceText {
  const [cells, native, code] = [`${part}$cells`, `${part}$native`, `${part}$code`];
  const left = run.flatMap(leftBy);
  const group: CellGroup = { object: cells, names: left.map(({ name }) => `${cells}.${name}`) };
  const writing = createNative([...groups, group], here);
  const isShared = here?.heap === undefined || here.heap.blocks > 1;
  const declared: Left[] = [];
  const calls: string[] = [];
  for (const [k, piece] of piecesOf(unit, run, isShared).entries()) {
    const before = [...declared];
    declared.push(...piece.statements.flatMap(leftBy));
    const name = `once${k}`;
    const isAdded = writing.add(unit.context, {
      name,
      parameters: piece.loop === undefined ? [] : [first, end],
      statements: [
        ...before.map((each) => taken(unit, cells, each)),
        ...piece.statements,
        ...declared
          .filter((each) => each.keyword === 'let' || !before.includes(each))
          .map((each) => kept(unit, cells, each)),
      ],
      gives: 'nothing',
    });
    if (!isAdded) return plainRun(unit, run, indent);
    calls.push(...callOf(unit, `${native}.${name}`, piece));
  }
  const module = writing.finish();
  if (module === undefined) return plainRun(unit, run, indent);
  const held = codeConstant(code, module, here);
  const zeros = left.map(({ name }) => `${name}: 0`).join(', ');
  const lines = [
    ...(left.length === 0 ? [] : [`  const ${cells} = heap.cells({ ${zeros} });`]),
    ...startLines(module, code, (name) => unit.calls.add(name), native),
    ...calls,
    ...left.map(
      ({ name, keyword, truth }) =>
        `  ${keyword} ${name} = ${cells}.${name}${truth ? ' !== 0' : ''};`,
    ),
  ];
  return {
    code: held.lines,
    binaries: held.binaries,
    notes: [writing.notes()],
    lines: lines.map((line) => `${indent.slice(2)}${line}`),
  };
}

/**
 * Engines optimise a function of WebAssembly from one call to the next, never within one. So a loop whose turns are passes over matrices is called for one turn
 * at a time, and where no threads share it a pass for a sixteenth of its rows.
 */
function piecesOf(
  { unit: { pool } }: CodeUnit,
  run: readonly Statement[],
  isShared: boolean,
): readonly Piece[] {
  const pieces: { statements: Statement[]; loop?: Piece['loop'] }[] = [];
  const isOpen = (): boolean => pieces.length > 0 && pieces.at(-1)?.loop === undefined;
  for (const statement of run) {
    if (statement.kind === 'for' && isHeavy(statement) && hasPlainBounds(statement)) {
      const isDeep = statement.body.some(isHeavy);
      if (isDeep || !isShared) {
        const [from, to] = [pool.name(first), pool.name(end)];
        const calls = isDeep ? undefined : passes;
        pieces.push({ statements: [{ ...statement, from, to }], loop: { of: statement, calls } });
        continue;
      }
    }
    if (isOpen()) pieces.at(-1)?.statements.push(statement);
    else pieces.push({ statements: [statement] });
  }
  return pieces;
}

/** Sizes and numbers, which JavaScript knows too. */
const hasPlainBounds = ({ from, to }: For): boolean =>
  [from, to].every(({ kind }) => kind === 'number' || kind === 'index');

/** A number that an earlier piece declared, as a local of this one. */
const taken = (
  { unit: { pool } }: CodeUnit,
  cells: string,
  { name, keyword, truth }: Left,
): Statement => ({ kind: keyword, name, value: pool.name(`${cells}.${name}`, truth) });

const kept = ({ unit: { pool } }: CodeUnit, cells: string, { name, truth }: Left): Statement => ({
  kind: 'assign',
  name: `${cells}.${name}`,
  op: '=',
  value: pool.name(name, truth),
});

function callOf(unit: CodeUnit, name: string, { loop }: Piece): readonly string[] {
  if (loop === undefined) return [`  ${name}();`];
  const [from, to] = [unit.number(loop.of.from), unit.number(loop.of.to)];
  const step = loop.calls === undefined ? '1' : `Math.ceil((${to} - ${from}) / ${loop.calls})`;
  return [
    `  for (let first$ = ${from}, step$ = ${step}; first$ < ${to}; first$ += step$) {`,
    `    ${name}(first$, Math.min(first$ + step$, ${to}));`,
    '  }',
  ];
}

function leftBy(statement: Statement): readonly Left[] {
  if (statement.kind === 'declare') return [{ name: statement.name, keyword: 'let', truth: false }];
  if (statement.kind !== 'const' && statement.kind !== 'let') return [];
  const { kind, name, value, numeric } = statement;
  const truth = kind === 'const' && numeric !== true && 'id' in value && isBool(value);
  return [{ name, keyword: kind, truth }];
}
