// Statements as instructions.
import { constantDim, subtractDims, type Dim } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import {
  atomsOf,
  isBool,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Scalar,
} from '../../schedule/scalar.ts';
import type { Argument, Statement } from '../../schedule/statement.ts';
import type { Local, ValueType } from './assembler.ts';
import { distributed } from './distribute.ts';
import { advance, writeLoop, writeWhileBefore } from './loop.ts';
import { writeAddress, writeIndex, writeIndexNumber } from './index.ts';
import { nativeKernels, type NativeKernel } from './kernels.ts';
import { changeOps } from './opcodes.ts';
import { overlapped } from './overlap.ts';
import { rowsOf } from './rows.ts';
import { parallelLoop, writeParallel } from './parallel.ts';
import { writeProduct } from './shared-product.ts';
import { writeBound, writeCondition, writeNumber } from './scalar.ts';
import { transposing, writeTransposing } from './transpose.ts';
import { writeUnrolled } from './unroll.ts';
import { vectorLoop } from './vector-loop.ts';
import { writeVectorLoop } from './vector.ts';
import { getName, localOf, setName, type Writer } from './writer.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;
type Call = Extract<Argument, { readonly kind: 'call' }>;

export function writeStatements(writer: Writer, statements: readonly Statement[]): void {
  for (const statement of statements) writeStatement(writer, statement);
}

/** A block of its own: what is worked out in it is not known after it, and what was known before it may change. */
function writeBlock(writer: Writer, statements: readonly Statement[]): void {
  writeStatements({ ...writer, decays: new Map() }, statements);
  writer.decays.clear();
}

export function writeStatement(writer: Writer, statement: Statement): void {
  const { code } = writer;
  switch (statement.kind) {
    case 'const':
    case 'let':
      return writeDeclaration(writer, statement);
    case 'declare':
      localOf(writer, statement.name, 'f64');
      return;
    case 'assign':
      writer.decays.delete(statement.name);
      if (statement.op !== '=') getNumber(writer, statement.name);
      writeValue(writer, statement.value, statement);
      if (statement.op !== '=') code.op(changeOps[statement.op]);
      setName(writer, statement.name);
      return;
    case 'store': {
      const { array, at } = statement;
      const offset = writeAddress(writer, array, at);
      if (statement.op !== '=') {
        const address = code.local('i32');
        code.tee(address);
        code.get(address);
        code.access('f64.load', offset);
      }
      writeValue(writer, statement.value, statement);
      if (statement.op !== '=') code.op(changeOps[statement.op]);
      return code.access('f64.store', offset);
    }
    case 'for':
      writeFor(writer, statement);
      return writer.decays.clear();
    case 'while':
      return writeWhile(writer, statement);
    case 'if':
      writeCondition(writer, statement.condition);
      code.branch(
        () => writeBlock(writer, statement.then),
        statement.otherwise.length === 0
          ? undefined
          : () => writeBlock(writer, statement.otherwise),
      );
      return;
    case 'breakUnless':
      writeCondition(writer, statement.condition);
      code.op('i32.eqz');
      return code.brIf(1);
    case 'call':
      return writeCall(writer, statement);
    case 'closure':
      return writeHost(writer, statement, undefined);
    case 'count': {
      const name = `counts.${statement.oracle}`;
      getName(writer, name);
      writeIndexNumber(writer, statement.times);
      code.op('f64.add');
      return setName(writer, name);
    }
    case 'return':
      writeCondition(writer, statement.value);
      return code.op('return');
    case 'allocate':
    case 'text':
      throw new InternalError(`${statement.kind} has no instructions`);
  }
}

function getNumber(writer: Writer, name: string): void {
  if (getName(writer, name) === 'i32') writer.code.op('f64.convert_i32_s');
}

function writeDeclaration(
  writer: Writer,
  statement: Extract<Statement, { readonly kind: 'const' | 'let' }>,
): void {
  const { code } = writer;
  const { name, value } = statement;
  writer.decays.delete(name);
  const truth =
    statement.kind === 'const' && statement.numeric !== true && 'id' in value && isBool(value);
  if (truth) writeCondition(writer, value);
  else writeValue(writer, value, statement);
  code.set(localOf(writer, name, truth ? 'i32' : 'f64'));
}

/** Leaves a number: that of a scalar, or what a call gives. */
function writeValue(writer: Writer, value: Scalar | Argument, statement: Statement): void {
  if ('id' in value) return writeNumber(writer, value);
  if (statement.kind !== 'const') throw new InternalError(`a call cannot be ${statement.kind}ed`);
  writeHost(writer, statement, statement.name);
}

function writeFor(writer: Writer, statement: For): void {
  const { code } = writer;
  const counter = localOf(writer, statement.variable, 'i32');
  const to = code.local('i32');
  writeBound(writer, statement.from);
  code.set(counter);
  writeBound(writer, statement.to);
  code.set(to);
  const parallel = parallelLoop(writer, statement);
  if (parallel === undefined) return writeRange(writer, statement, counter, to);
  const alone: Writer = { ...writer, shared: false };
  writeParallel(writer, parallel, writeRange, () => writeRange(alone, statement, counter, to));
}

/** The loop for the entries from `counter` to `to`. */
function writeRange(writer: Writer, statement: For, counter: Local, to: Local): void {
  const { code } = writer;
  const rows = rowsOf(writer, statement);
  const writeRows = rows && overlapped(writer, rows, writeStatements);
  if (writeRows !== undefined) return writeRows(counter, to);
  const columns = transposing(writer, statement);
  if (columns !== undefined) {
    writeTransposing(writer, columns, counter, to, writeStatements);
    return writeLoop(code, counter, to, () => writeBlock(writer, statement.body));
  }
  const inner = { ...writer, decays: new Map() };
  const pairs = vectorLoop(
    statement.body.map((each) => ({ statement: each, writer: inner })),
    statement.variable,
  );
  const parts = pairs === undefined ? vectorParts(inner, statement) : undefined;
  if (parts !== undefined) {
    const start = code.local('i32');
    code.get(counter);
    code.set(start);
    return parts.forEach((part) => {
      code.get(start);
      code.set(counter);
      writeRange(writer, part, counter, to);
    });
  }
  if (pairs !== undefined) writeVectorLoop(pairs, inner, counter, to);
  else writeUnrolled(inner, statement, counter, to, writeStatements);
  writeLoop(code, counter, to, () => writeBlock(writer, statement.body));
}

/** The loop taken apart, where each part can be carried out two numbers at a time. */
function vectorParts(writer: Writer, statement: For): readonly For[] | undefined {
  const parts = distributed(writer.pool, statement.body);
  const fit = parts?.every(
    (body) =>
      vectorLoop(
        body.map((each) => ({ statement: each, writer })),
        statement.variable,
      ) !== undefined,
  );
  return fit === true ? parts?.map((body) => ({ ...statement, body })) : undefined;
}

function writeWhile(writer: Writer, statement: Extract<Statement, { kind: 'while' }>): void {
  const { code, link } = writer;
  const turn = localOf(writer, statement.turn, 'f64');
  code.f64(0);
  code.set(turn);
  code.block(() => {
    code.loop(() => {
      if (statement.condition !== undefined) {
        writer.decays.clear();
        writeCondition(writer, statement.condition);
        code.op('i32.eqz');
        code.brIf(1);
      }
      writeBlock(writer, statement.body);
      code.get(turn);
      code.f64(1);
      code.op('f64.add');
      code.tee(turn);
      code.f64(mostTurns);
      code.op('f64.ge');
      code.branch(() => {
        code.get(turn);
        code.f64(statement.place);
        code.call(link.fault('endless'));
      });
      code.br(0);
    });
  });
}

/** JavaScript counts exactly from here on. */
const mostTurns = 999_999;

function writeCall(writer: Writer, statement: Extract<Statement, { kind: 'call' }>): void {
  const { call } = statement;
  if (call.on !== undefined && call.name === 'fill') return writeFill(writer, call.on, call);
  if (call.on !== undefined && call.name === 'set') return writeCopy(writer, call.on, call);
  const kernel = nativeKernels.get(call.name);
  if (kernel !== undefined) return writeKernel(writer, call, kernel);
  writeHost(writer, statement, undefined);
}

/** Arrays are given by their addresses, choices as 1 or 0; sizes that the call leaves out are 1. */
function writeKernel(
  writer: Writer,
  { name, args }: Call,
  { parameters, memory, sides }: NativeKernel,
): void {
  const { code, link } = writer;
  for (const arg of args) {
    if (arg.kind === 'array') code.getGlobal(link.array(arg.name));
    else if (arg.kind === 'position') writeIndex(writer, arg.at);
    else if (arg.kind === 'text') code.i32(arg.text === 'true' ? 1 : 0);
    else throw new InternalError(`${name} takes arrays, sizes and choices`);
  }
  for (let k = args.length; k < parameters; k++) code.i32(1);
  if (sides !== undefined) return writeProduct(writer, name, sides, args);
  code.call(link.kernel(name, memory));
}

/** x.fill(value), or x.fill(value, from, to). */
function writeFill(writer: Writer, array: string, { args }: Call): void {
  const { code, link } = writer;
  const [value, from, to] = args;
  if (value.kind !== 'value') throw new InternalError('fill takes a number');
  const start: Index = from?.kind === 'position' ? from.at : constantDim(0);
  const length: Dim | undefined =
    from?.kind === 'position' && to?.kind === 'position' ? subtractDims(to.at, from.at) : undefined;
  const writeLength = (): void => {
    if (length === undefined) code.getGlobal(link.length(array));
    else writeIndex(writer, length);
  };
  const offset = writeAddress(writer, array, start);
  if (offset > 0) {
    code.i32(offset);
    code.op('i32.add');
  }
  if (value.value.kind === 'number' && Object.is(value.value.value, 0)) {
    code.i32(0);
    writeLength();
    code.i32(3);
    return code.op('i32.shl', 'memory.fill');
  }
  const at = code.local('i32');
  const end = code.local('i32');
  const number = code.local('f64');
  code.tee(at);
  writeLength();
  code.i32(3);
  code.op('i32.shl', 'i32.add');
  code.set(end);
  writeNumber(writer, value.value);
  code.set(number);
  writeWhileBefore(code, at, end, () => {
    code.get(at);
    code.get(number);
    code.access('f64.store');
    advance(code, at, 8);
  });
}

/** x.set(y) */
function writeCopy({ code, link }: Writer, array: string, { args }: Call): void {
  const [from] = args;
  if (from.kind !== 'array') throw new InternalError('set takes an array');
  code.getGlobal(link.array(array));
  code.getGlobal(link.array(from.name));
  code.getGlobal(link.length(from.name));
  code.i32(3);
  code.op('i32.shl', 'memory.copy');
}

/** JavaScript carries the statement out; it gets the locals that it reads. */
function writeHost(writer: Writer, statement: Statement, gives: string | undefined): void {
  const { code, link } = writer;
  const parameters = [...namesRead(writer, statement)].flatMap(
    (name): readonly (readonly [string, ValueType])[] => {
      const local = writer.locals.get(name);
      return local === undefined ? [] : [[name, local.type]];
    },
  );
  for (const [name] of parameters) getName(writer, name);
  const { print } = writer;
  code.call(link.host((indent) => print(statement, indent), parameters, gives));
}

/** Names of scalars and loop variables in a statement. */
function namesRead(writer: Writer, statement: Statement): ReadonlySet<string> {
  const { pool } = writer;
  const names = new Set<string>();
  const visitIndex = (index: Index): void => {
    for (const { symbols } of index.monomials)
      for (const symbol of symbols) if (isLoopVariable(symbol)) names.add(writer.variable(symbol));
    atomsOf(pool, index).forEach(visitScalar);
  };
  function visitScalar(x: Scalar): void {
    for (const part of scalarsBelow(pool, [x])) {
      if (part.kind === 'name') names.add(part.name);
      if (part.kind === 'index') visitIndex(part.index);
      if (part.kind === 'load') visitIndex(part.at);
    }
  }
  const visitArgument = (argument: Argument): void => {
    if (argument.kind === 'value') visitScalar(argument.value);
    if (argument.kind === 'position') visitIndex(argument.at);
    if (argument.kind === 'call') argument.args.forEach(visitArgument);
  };
  const visitValue = (value: Scalar | Argument): void => {
    if ('id' in value) visitScalar(value);
    else visitArgument(value);
  };
  const visit = (each: Statement): void => {
    switch (each.kind) {
      case 'const':
      case 'let':
      case 'assign':
        return visitValue(each.value);
      case 'store':
        visitIndex(each.at);
        return visitValue(each.value);
      case 'allocate':
        return visitIndex(each.length);
      case 'for':
        visitScalar(each.from);
        visitScalar(each.to);
        return each.body.forEach(visit);
      case 'while':
        if (each.condition !== undefined) visitScalar(each.condition);
        return each.body.forEach(visit);
      case 'if':
        visitScalar(each.condition);
        each.then.forEach(visit);
        return each.otherwise.forEach(visit);
      case 'breakUnless':
        return visitScalar(each.condition);
      case 'return':
        return visitScalar(each.value);
      case 'call':
        return visitArgument(each.call);
      case 'closure':
        each.before.forEach(visitArgument);
        return each.functions.forEach(({ body }) => body.forEach(visit));
      case 'count':
        return visitIndex(each.times);
      case 'declare':
      case 'text':
        return;
    }
  };
  visit(statement);
  return names;
}
