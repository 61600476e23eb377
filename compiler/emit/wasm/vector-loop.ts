// Which innermost loops may go two numbers at a time.
import { symbolsOf } from '../../tensor/dim.ts';
import {
  isAtom,
  isBool,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
} from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Writer } from './writer.ts';

/** A statement of the body, and the function's names as it sees them: fused loops may stand at different rows. */
export interface Item {
  readonly statement: Statement;
  readonly writer: Writer;
}

export type Reduction = 'sum' | 'prod' | 'max' | 'min';

export type Step =
  | {
      readonly kind: 'const';
      readonly name: string;
      readonly value: Scalar;
      readonly mask: boolean;
    }
  | {
      readonly kind: 'reduce';
      readonly name: string;
      readonly reduction: Reduction;
      readonly negative: boolean;
      readonly value: Scalar;
    }
  | {
      readonly kind: 'store';
      readonly array: string;
      readonly at: Index;
      readonly op: '=' | '+=' | '-=' | '*=';
      readonly value: Scalar;
    };

/** A loop that can be carried out two numbers at a time. */
export interface VectorLoop {
  readonly variable: string;
  readonly steps: readonly { readonly step: Step; readonly writer: Writer }[];
}

/** Undefined where entries depend on each other, or a statement is of another kind. */
export function vectorLoop(items: readonly Item[], variable: string): VectorLoop | undefined {
  const steps: { readonly step: Step; readonly writer: Writer }[] = [];
  for (const { statement, writer } of items) {
    const step = stepOf(statement);
    if (step === undefined) return undefined;
    steps.push({ step, writer });
  }
  const own = new Set(steps.flatMap(({ step }) => (step.kind === 'const' ? [step.name] : [])));
  const reduced = steps.flatMap(({ step, writer }) =>
    step.kind === 'reduce' ? [identityOf(writer, step.name)] : [],
  );
  if (new Set(reduced).size < reduced.length) return undefined;
  const stores = steps.flatMap(({ step, writer }) =>
    step.kind === 'store' ? [{ step, writer }] : [],
  );
  if (stores.some(({ step, writer }) => strideOf(writer, step.at, variable) !== 1))
    return undefined;
  const written = new Map<string, string>();
  for (const { step } of stores) {
    const before = written.get(step.array);
    if (before !== undefined && before !== step.at.key) return undefined;
    written.set(step.array, step.at.key);
  }
  for (const { step, writer } of steps)
    for (const x of scalarsBelow(writer.pool, [step.value])) {
      if (x.kind === 'checked') return undefined;
      if (x.kind === 'name' && reduced.includes(identityOf(writer, x.name))) return undefined;
      if (x.kind === 'load') {
        const stored = written.get(x.array);
        if (stored !== undefined && stored !== x.at.key) return undefined;
        // A position that is itself computed in the loop.
        if (symbolsOf(x.at).some((symbol) => namesIn(writer, symbol).some((name) => own.has(name))))
          return undefined;
      }
    }
  return steps.length === 0 ? undefined : { variable, steps };
}

/** Rows side by side have a variable of the same name each. */
const identityOf = ({ locals }: Writer, name: string): string =>
  String(locals.get(name)?.index ?? name);

const namesIn = ({ pool }: Writer, symbol: string): readonly string[] => {
  const scalar = isAtom(symbol) ? pool.atom(symbol) : undefined;
  if (scalar === undefined) return [];
  return scalarsBelow(pool, [scalar]).flatMap((x) => (x.kind === 'name' ? [x.name] : []));
};

function stepOf(statement: Statement): Step | undefined {
  if (!('value' in statement) || !('id' in statement.value)) return undefined;
  const { value } = statement;
  switch (statement.kind) {
    case 'const':
      return {
        kind: 'const',
        name: statement.name,
        value,
        mask: isBool(value) && statement.numeric !== true,
      };
    case 'assign':
      return reductionOf(statement.name, statement.op, value);
    case 'store':
      return { kind: 'store', array: statement.array, at: statement.at, op: statement.op, value };
    default:
      return undefined;
  }
}

function reductionOf(name: string, op: '=' | '+=' | '-=' | '*=', value: Scalar): Step | undefined {
  if (op === '+=' || op === '-=')
    return { kind: 'reduce', name, reduction: 'sum', negative: op === '-=', value };
  if (op === '*=') return { kind: 'reduce', name, reduction: 'prod', negative: false, value };
  if (value.kind !== 'binary' || (value.fn !== 'max' && value.fn !== 'min')) return undefined;
  if (value.x.kind !== 'name' || value.x.name !== name) return undefined;
  return { kind: 'reduce', name, reduction: value.fn, negative: false, value: value.y };
}

/** By how much a position grows with the loop variable: a number that is known, or undefined. */
export function strideOf(writer: Writer, index: Index, variable: string): number | undefined {
  let stride = 0;
  for (const { coefficient, symbols } of index.monomials) {
    const varying = symbols.filter((symbol) => varies(writer, symbol, variable));
    if (varying.length === 0) continue;
    if (symbols.length > 1 || isAtom(symbols[0])) return undefined;
    stride += coefficient;
  }
  return stride;
}

function varies(writer: Writer, symbol: string, variable: string): boolean {
  if (isLoopVariable(symbol)) return writer.variable(symbol) === variable;
  if (!isAtom(symbol)) return false;
  const scalar = writer.pool.atom(symbol);
  return scalar !== undefined && scalarVaries(writer, scalar, variable);
}

export function scalarVaries(writer: Writer, x: Scalar, variable: string): boolean {
  return scalarsBelow(writer.pool, [x]).some((part) => {
    if (part.kind === 'name') return part.name === variable || writer.vectors.has(part.name);
    if (part.kind === 'index') return indexVaries(writer, part.index, variable);
    return part.kind === 'load' && indexVaries(writer, part.at, variable);
  });
}

const indexVaries = (writer: Writer, index: Index, variable: string): boolean =>
  symbolsOf(index).some((symbol) => varies(writer, symbol, variable));
