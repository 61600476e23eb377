// A state that never changes and is a copy of the data by columns, of which an iteration reads only some rows: each row is filled where it is first read, not all at the start.
import { substituteDim, symbolDim, symbolsOf, type Dim } from '../../tensor/dim.ts';
import {
  atomsOf,
  indexOfScalar,
  isAtom,
  isLoopVariable,
  scalarsBelow,
  type Index,
  type Pool,
  type Scalar,
} from '../../schedule/scalar.ts';
import type { Argument, Statement } from '../../schedule/statement.ts';
import type { Target } from '../../schedule/target.ts';

type For = Extract<Statement, { readonly kind: 'for' }>;

/** The statements of a function, and what its loop variables `$3` are called. */
export interface Lines {
  readonly pool: Pool;
  readonly statements: readonly Statement[];
  readonly variable: (symbol: string) => string;
}

export interface LazyRows {
  readonly start: readonly Statement[];
  readonly iteration: readonly Statement[];
  /** How many rows there are. */
  readonly rows: Dim;
}

/** `array` is filled at the start and read in the iteration, nowhere else; `marks` will hold 1 for each row that is there. Undefined where all rows are read, or more than the
 * data and constants is needed to fill them. */
export function lazyRows(
  array: string,
  marks: Target,
  start: Lines,
  iteration: Lines,
): LazyRows | undefined {
  const { given } = marks;
  if (given === undefined) return undefined;
  const filling = start.statements.find((each) => fillOf(each, array) !== undefined);
  const fill = filling === undefined ? undefined : fillOf(filling, array);
  if (fill === undefined) return undefined;
  const others = start.statements.filter((each) => each !== filling);
  if (others.some((each) => mentions(start.pool, each, array))) return undefined;
  const { outer, inner, at, value } = fill;
  const written = new Set([...start.statements, ...iteration.statements].flatMap(writtenBy));
  const carried = carrier(start, iteration.pool, written);
  const into = carried(value);
  const rows = indexOfScalar(outer.to);
  if (into === undefined || rows === undefined) return undefined;
  const shape = placeOf(at, start.variable);
  if (shape === undefined || indexOfScalar(inner.to)?.key !== shape.stride) return undefined;
  if (shape.row !== outer.variable || shape.column !== inner.variable) return undefined;

  /** The body of a loop over rows, with the row that is read filled before. */
  const guarded = (body: readonly Statement[], of: For): readonly Statement[] | undefined => {
    const users = body.filter((each) => mentions(iteration.pool, each, array));
    const [only] = users;
    if (users.length === 1 && only.kind === 'if') {
      const [then, otherwise] = [only.then, only.otherwise].map((branch) =>
        branch.some((each) => mentions(iteration.pool, each, array)),
      );
      const tested = scalarsBelow(iteration.pool, [only.condition]).some(
        (x) => x.kind === 'load' && x.array === array,
      );
      if (tested || otherwise || !then) return undefined;
      const first = firstRead(iteration, only.then, array, of, shape);
      if (first === undefined) return undefined;
      const { pool } = iteration;
      const place = symbolDim(first.row);
      const entry = symbolDim(first.column);
      const move = (index: Index): Index =>
        substituteDim(index, (symbol) => {
          if (!isLoopVariable(symbol)) return undefined;
          const name = start.variable(symbol);
          return name === shape.row ? place : name === shape.column ? entry : undefined;
        });
      const filled: Statement = {
        kind: 'if',
        condition: pool.binary('eq', pool.load(given.name, place, marks), pool.number(0)),
        then: [
          {
            kind: 'for',
            variable: first.loop.variable,
            from: pool.number(0),
            to: first.loop.to,
            body: [{ kind: 'store', array, at: move(at), op: '=', value: moved(pool, into, move) }],
          },
          { kind: 'store', array: given.name, at: place, op: '=', value: pool.number(1) },
        ],
        otherwise: [],
      };
      return body.map((each) => (each === only ? { ...only, then: [filled, ...only.then] } : each));
    }
    return undefined;
  };

  /** The statements with the loop over rows guarded, where it is the only one that reads the array. */
  const descend = (statements: readonly Statement[]): readonly Statement[] | undefined => {
    const users = statements.filter((each) => mentions(iteration.pool, each, array));
    const [only] = users;
    if (users.length !== 1) return undefined;
    const replaced = (made: Statement): readonly Statement[] =>
      statements.map((each) => (each === only ? made : each));
    switch (only.kind) {
      case 'for': {
        const body = guarded(only.body, only) ?? descend(only.body);
        return body && replaced({ ...only, body });
      }
      case 'while': {
        const body = descend(only.body);
        return body && replaced({ ...only, body });
      }
      case 'if': {
        const then = descend(only.then);
        if (then !== undefined) return replaced({ ...only, then });
        const otherwise = descend(only.otherwise);
        return otherwise && replaced({ ...only, otherwise });
      }
      default:
        return undefined;
    }
  };

  const guardedLines = descend(iteration.statements);
  return guardedLines && { start: others, iteration: guardedLines, rows };
}

interface Fill {
  readonly outer: For;
  readonly inner: For;
  readonly at: Index;
  readonly value: Scalar;
}

/** for i { for j { array[i*m + j] = value } } */
function fillOf(outer: Statement, array: string): Fill | undefined {
  if (outer.kind !== 'for' || outer.body.length !== 1) return undefined;
  const [inner] = outer.body;
  if (inner.kind !== 'for' || inner.body.length !== 1) return undefined;
  const [store] = inner.body;
  if (store.kind !== 'store' || store.array !== array || store.op !== '=') return undefined;
  const isFromZero = [outer, inner].every(({ from }) => from.kind === 'number' && from.value === 0);
  if (!isFromZero || !('id' in store.value) || symbolsOf(store.at).some(isAtom)) return undefined;
  return { outer, inner, at: store.at, value: store.value };
}

interface Read {
  readonly row: string;
  readonly column: string;
  readonly loop: For;
}

/** How the first of the statements that read a row calls the row and its entries. Undefined where any of them reads anything but the row of the loop, in full. */
function firstRead(
  { pool, variable }: Lines,
  statements: readonly Statement[],
  array: string,
  of: For,
  shape: Place,
): Read | undefined {
  const reads: (Read | undefined)[] = [];
  const visit = (statement: Statement, over: readonly For[]): void => {
    if (statement.kind === 'for') {
      scalars(statement, over);
      statement.body.forEach((each) => visit(each, [...over, statement]));
      return;
    }
    if (statement.kind === 'if') {
      scalars(statement, over);
      [...statement.then, ...statement.otherwise].forEach((each) => visit(each, over));
      return;
    }
    if (!isPlainUse(statement) && mentions(pool, statement, array)) reads.push(undefined);
    else scalars(statement, over);
  };
  const scalars = (statement: Statement, over: readonly For[]): void => {
    for (const x of scalarsBelow(pool, scalarsOf(pool, statement)))
      if (x.kind === 'load' && x.array === array) reads.push(readOf(x.at, over));
  };
  const readOf = (position: Index, over: readonly For[]): Read | undefined => {
    const own = symbolsOf(position).filter(isLoopVariable);
    const row = own.find((symbol) => variable(symbol) === of.variable);
    const column = own.find((symbol) => symbol !== row);
    if (row === undefined || column === undefined || own.length !== 2) return undefined;
    const loop = over.find((each) => each.variable === variable(column));
    if (loop === undefined || loop.from.kind !== 'number' || loop.from.value !== 0)
      return undefined;
    if (indexOfScalar(loop.to)?.key !== shape.stride) return undefined;
    const found = placeOf(position, variable);
    return found?.stride === shape.stride && found.row === of.variable
      ? { row, column, loop }
      : undefined;
  };
  statements.forEach((each) => visit(each, []));
  const [first] = reads;
  return reads.every((each) => each !== undefined) ? first : undefined;
}

interface Place {
  readonly stride: string;
  readonly row: string;
  readonly column: string;
}

/** i*m + j: m, which may be a number, and what i and j are called. */
function placeOf(at: Index, variable: (symbol: string) => string): Place | undefined {
  const isColumn = ({ coefficient, symbols }: Index['monomials'][number]): boolean =>
    coefficient === 1 && symbols.length === 1 && isLoopVariable(symbols[0]);
  const [columns, ...others] = at.monomials.filter(isColumn);
  const [rows, ...rest] = at.monomials.filter((each) => each !== columns);
  if (columns === undefined || rows === undefined) return undefined;
  if (others.length > 0 || rest.length > 0) return undefined;
  const [row, ...more] = rows.symbols.filter(isLoopVariable);
  const [size, ...sizes] = rows.symbols.filter((symbol) => !isLoopVariable(symbol));
  if (row === undefined || more.length > 0 || sizes.length > 0) return undefined;
  if (size !== undefined && rows.coefficient !== 1) return undefined;
  const [i, j] = [variable(row), variable(columns.symbols[0])];
  return i === j ? undefined : { stride: size ?? String(rows.coefficient), row: i, column: j };
}

/** Scalars of one function as those of another: constants written out. Undefined where they need what changes. */
function carrier(
  { pool, statements }: Lines,
  to: Pool,
  written: ReadonlySet<string>,
): (x: Scalar) => Scalar | undefined {
  const constants = new Map<string, Scalar>();
  for (const each of statements)
    if (each.kind === 'const' && 'id' in each.value) constants.set(each.name, each.value);
  const carried = (x: Scalar): Scalar | undefined => {
    switch (x.kind) {
      case 'number':
        return to.number(x.value);
      case 'index':
        return atomsOf(pool, x.index).length === 0 ? to.index(x.index) : undefined;
      case 'name': {
        const value = constants.get(x.name);
        if (value !== undefined) return carried(value);
        return written.has(x.name) ? undefined : to.name(x.name, x.bool);
      }
      case 'load':
        return written.has(x.array) || atomsOf(pool, x.at).length > 0
          ? undefined
          : to.load(x.array, x.at, x.target);
      case 'unary': {
        const inner = carried(x.x);
        return inner && to.unary(x.fn, inner);
      }
      case 'binary': {
        const [left, right] = [carried(x.x), carried(x.y)];
        return left && right && to.binary(x.fn, left, right);
      }
      case 'select':
      case 'checked':
      case 'read':
      case 'flat':
      case 'sparse':
        return undefined;
    }
  };
  return carried;
}

/** The scalar with its positions moved. */
function moved(pool: Pool, x: Scalar, move: (index: Index) => Index): Scalar {
  switch (x.kind) {
    case 'index':
      return pool.index(move(x.index));
    case 'load':
      return pool.load(x.array, move(x.at), x.target);
    case 'unary':
      return pool.unary(x.fn, moved(pool, x.x, move));
    case 'binary':
      return pool.binary(x.fn, moved(pool, x.x, move), moved(pool, x.y, move));
    case 'number':
    case 'name':
    case 'select':
    case 'checked':
    case 'read':
    case 'flat':
    case 'sparse':
      return x;
  }
}

const isPlainUse = ({ kind }: Statement): boolean =>
  kind === 'const' || kind === 'let' || kind === 'assign' || kind === 'store';

/** The scalars that stand in a statement itself. */
function scalarsOf(pool: Pool, statement: Statement): readonly Scalar[] {
  switch (statement.kind) {
    case 'const':
    case 'let':
    case 'assign':
      return 'id' in statement.value ? [statement.value] : [];
    case 'store':
      return [
        ...('id' in statement.value ? [statement.value] : []),
        ...atomsOf(pool, statement.at),
      ];
    case 'for':
      return [statement.from, statement.to];
    case 'while':
      return statement.condition === undefined ? [] : [statement.condition];
    case 'if':
    case 'breakUnless':
      return [statement.condition];
    case 'return':
      return [statement.value];
    case 'declare':
    case 'allocate':
    case 'call':
    case 'closure':
    case 'count':
    case 'text':
      return [];
  }
}

const below = (statement: Statement): readonly Statement[] => {
  switch (statement.kind) {
    case 'for':
    case 'while':
      return statement.body;
    case 'if':
      return [...statement.then, ...statement.otherwise];
    case 'closure':
      return statement.functions.flatMap(({ body }) => body);
    default:
      return [];
  }
};

/** Whether a statement reads or writes the array; of callbacks it is not known. */
function mentions(pool: Pool, statement: Statement, array: string): boolean {
  const has = (x: Scalar): boolean =>
    scalarsBelow(pool, [x]).some((part) => part.kind === 'load' && part.array === array);
  const within = (argument: Argument): boolean => {
    switch (argument.kind) {
      case 'array':
        return argument.name === array;
      case 'value':
        return has(argument.value);
      case 'position':
        return atomsOf(pool, argument.at).some(has);
      case 'text':
        return argument.text.includes(array);
      case 'call':
        return argument.on === array || argument.args.some(within);
    }
  };
  if (statement.kind === 'closure') return true;
  if (statement.kind === 'text') return statement.text.includes(array);
  if (statement.kind === 'call') return within(statement.call);
  if (statement.kind === 'store' && statement.array === array) return true;
  if ('value' in statement && !('id' in statement.value)) return within(statement.value);
  return (
    scalarsOf(pool, statement).some(has) ||
    below(statement).some((each) => mentions(pool, each, array))
  );
}

/** Arrays and variables that a statement changes. */
function writtenBy(statement: Statement): readonly string[] {
  const own =
    statement.kind === 'store'
      ? [statement.array]
      : statement.kind === 'assign' ||
          statement.kind === 'let' ||
          statement.kind === 'const' ||
          statement.kind === 'declare' ||
          statement.kind === 'allocate'
        ? [statement.name]
        : statement.kind === 'for'
          ? [statement.variable]
          : statement.kind === 'call'
            ? statement.call.args.flatMap((arg) => (arg.kind === 'array' ? [arg.name] : []))
            : [];
  const on =
    statement.kind === 'call' && statement.call.on !== undefined ? [statement.call.on] : [];
  return [...own, ...on, ...below(statement).flatMap(writtenBy)];
}
