// Prints statements as lines of TypeScript.
import type { Argument, Statement } from '../../schedule/statement.ts';
import { isBool, type Index, type Scalar } from '../../schedule/scalar.ts';
import { printCondition, printIndex, printNumber, type ExpressionContext } from './expression.ts';

export interface StatementContext extends ExpressionContext {
  /** The line that counts oracle calls. */
  readonly count: (oracle: string, times: string) => string;
  /** How an array is made, and one that a call gives is kept, where that is not JavaScript's own memory. */
  readonly newArray: ((length: string) => string) | undefined;
}

export function printStatements(
  context: StatementContext,
  statements: readonly Statement[],
  indent: string,
): readonly string[] {
  return statements.flatMap((statement) => printStatement(context, statement, indent));
}

function printStatement(
  context: StatementContext,
  statement: Statement,
  indent: string,
): readonly string[] {
  const inner = (body: readonly Statement[]): readonly string[] =>
    printStatements(context, body, `${indent}  `);
  switch (statement.kind) {
    case 'const':
    case 'let': {
      // Of a const, TypeScript knows that it is 0 or 1, and refuses to ask again where it was asked before.
      const { kind, numeric, value } = statement;
      const asked = kind === 'const' && numeric === true && !isArgument(value) && isBool(value);
      const keyword = asked ? 'let' : kind;
      return assignment(
        context,
        `${indent}${keyword} ${statement.name} =`,
        value,
        indent,
        kind === 'const' && numeric !== true,
      );
    }
    case 'declare':
      return [`${indent}let ${statement.name};`];
    case 'assign':
      return assignment(
        context,
        `${indent}${statement.name} ${statement.op}`,
        statement.value,
        indent,
      );
    case 'store': {
      const left = `${indent}${statement.array}[${printIndex(context, statement.at)}] ${statement.op}`;
      return assignment(context, left, statement.value, indent);
    }
    case 'allocate':
      return [`${indent}const ${statement.name} = ${newArray(context, statement.length)};`];
    case 'for': {
      const { variable } = statement;
      const from = printNumber(context, statement.from);
      const to = printNumber(context, statement.to);
      const head = `${indent}for (let ${variable} = ${from}; ${variable} < ${to}; ${variable}++)`;
      return withBody(head, inner(statement.body), indent);
    }
    case 'while': {
      context.calls.add('nextTurn');
      const { turn, place } = statement;
      const test =
        statement.condition === undefined
          ? ' '
          : ` ${printCondition(context, statement.condition)}`;
      const next = `${turn} = nextTurn(${turn}, ${place})`;
      return [
        ...forHead(`let ${turn} = 0;${test}; ${next}`, indent),
        ...inner(statement.body),
        `${indent}}`,
      ];
    }
    case 'if':
      return ifLines(context, statement, indent);
    case 'breakUnless': {
      const { condition } = statement;
      return [`${indent}if (${printNegated(context, condition)}) break;`];
    }
    case 'call':
      return callLines(context, statement.call, indent, '', ';');
    case 'closure':
      return closureLines(context, statement, indent);
    case 'count':
      return [`${indent}${context.count(statement.oracle, printIndex(context, statement.times))}`];
    case 'return':
      return [`${indent}return ${printCondition(context, statement.value)};`];
    case 'text':
      return statement.text.split('\n').map((line) => (line === '' ? '' : indent + line));
  }
}

function newArray(context: StatementContext, length: Index): string {
  const size = printIndex(context, length);
  return context.newArray?.(size) ?? `new Float64Array(${size})`;
}

/** A body of one short line stands beside its head. */
function withBody(head: string, body: readonly string[], indent: string): readonly string[] {
  const [only] = body;
  if (body.length === 1 && isPlain(only)) {
    const line = `${head} ${only.trimStart()}`;
    if (line.length <= width) return [line];
  }
  return [`${head} {`, ...body, `${indent}}`];
}

/** No declaration, and no statement with a body of its own. */
const isPlain = (line: string): boolean => !/^\s*(const|let|if|for|while) ?\b/.test(line);

function closureLines(
  context: StatementContext,
  { name, before, functions }: Extract<Statement, { kind: 'closure' }>,
  indent: string,
): readonly string[] {
  context.calls.add(name);
  const given = before.map((arg) => printArgument(context, arg));
  const [only] = functions;
  if (functions.length === 1) {
    const head = `${indent}${name}(${given.join(', ')}, (${only.parameters.join(', ')}) => {`;
    return [head, ...printStatements(context, only.body, `${indent}  `), `${indent}});`];
  }
  return [
    `${indent}${name}(`,
    ...given.map((text) => `${indent}  ${text},`),
    ...functions.flatMap(({ parameters, body }) => [
      `${indent}  (${parameters.join(', ')}) => {`,
      ...printStatements(context, body, `${indent}    `),
      `${indent}  },`,
    ]),
    `${indent});`,
  ];
}

/** The head of a for loop, its parts on lines of their own where they are long. */
function forHead(parts: string, indent: string): readonly string[] {
  const line = `${indent}for (${parts}) {`;
  if (line.length <= width) return [line];
  return [
    `${indent}for (`,
    ...parts
      .split('; ')
      .map((part, k, all) => `${indent}  ${part}${k < all.length - 1 ? ';' : ''}`),
    `${indent}) {`,
  ];
}

const printNegated = (context: StatementContext, condition: Scalar): string =>
  printCondition(context, context.pool.unary('not', condition));

function ifLines(
  context: StatementContext,
  { condition, then, otherwise }: Extract<Statement, { kind: 'if' }>,
  indent: string,
): readonly string[] {
  const inner = (body: readonly Statement[]): readonly string[] =>
    printStatements(context, body, `${indent}  `);
  if (then.length === 0 && otherwise.length === 0) return [];
  if (then.length === 0)
    return withBody(`${indent}if (${printNegated(context, condition)})`, inner(otherwise), indent);
  const test = `${indent}if (${printCondition(context, condition)})`;
  if (otherwise.length === 0) return withBody(test, inner(then), indent);
  const head = [`${test} {`, ...inner(then)];
  const [only] = otherwise;
  if (otherwise.length === 1 && only.kind === 'if' && only.then.length > 0) {
    const [first, ...rest] = ifLines(context, only, indent);
    return [...head, `${indent}} else ${first.trimStart()}`, ...rest];
  }
  return [...head, `${indent}} else {`, ...inner(otherwise), `${indent}}`];
}

const width = 100;

/** `left value;`, on two lines where one is too long. */
function assignment(
  context: StatementContext,
  left: string,
  value: Scalar | Argument,
  indent: string,
  condition = false,
): readonly string[] {
  if (isArgument(value)) {
    if (value.kind === 'call' && context.newArray !== undefined && makesArray.has(value.name))
      return [`${left} heap.place(${printArgument(context, value)});`];
    if (value.kind === 'call')
      return callLines(context, value, indent, `${left.slice(indent.length)} `, ';');
    return [`${left} ${printArgument(context, value)};`];
  }
  // A constant keeps a truth value as such; everything else is a number.
  const text =
    condition && isBool(value) ? printCondition(context, value) : printNumber(context, value);
  const line = `${left} ${text};`;
  if (line.length <= width) return [line];
  const parts = breakable(context, value);
  return parts === undefined
    ? [left, `${indent}  ${text};`]
    : [
        left,
        `${indent}  ${parts.condition}`,
        `${indent}    ? ${parts.then}`,
        `${indent}    : ${parts.otherwise};`,
      ];
}

/** A choice that fits on three lines. */
function breakable(
  context: StatementContext,
  value: Scalar,
): { readonly condition: string; readonly then: string; readonly otherwise: string } | undefined {
  if (value.kind !== 'select' || isBool(value)) return undefined;
  if (value.x.kind === 'select' || value.y.kind === 'select') return undefined;
  return {
    condition: printCondition(context, value.condition),
    then: printNumber(context, value.x),
    otherwise: printNumber(context, value.y),
  };
}

/** Functions of the runtime that give a new array. */
const makesArray: ReadonlySet<string> = new Set([
  'compress',
  'sparseCombine',
  'sparseConcat',
  'sparsePad',
  'sparseProduct',
  'sparseRows',
  'sparseSlice',
  'sparseStructure',
  'sparseTranspose',
  'compressRows',
]);

const isArgument = (value: Scalar | Argument): value is Argument => !('id' in value);

function callLines(
  context: StatementContext,
  call: Extract<Argument, { kind: 'call' }>,
  indent: string,
  before: string,
  after: string,
): readonly string[] {
  const line = `${indent}${before}${printArgument(context, call)}${after}`;
  if (line.length <= width) return [line];
  const head = `${indent}${before}${call.on === undefined ? '' : `${call.on}.`}${call.name}(`;
  const items = call.args.map((arg) => printArgument(context, arg));
  return [head, ...items.map((item) => `${indent}  ${item},`), `${indent})${after}`];
}

export function printArgument(context: StatementContext, argument: Argument): string {
  switch (argument.kind) {
    case 'array':
      return argument.name;
    case 'value':
      return printNumber(context, argument.value);
    case 'position':
      return printIndex(context, argument.at);
    case 'text':
      return argument.text;
    case 'call': {
      const args = argument.args.map((arg) => printArgument(context, arg)).join(', ');
      if (argument.name === '[]') return `[${args}]`;
      if (argument.on === undefined && !argument.name.startsWith('new '))
        context.calls.add(argument.name);
      return `${argument.on === undefined ? '' : `${argument.on}.`}${argument.name}(${args})`;
    }
  }
}
