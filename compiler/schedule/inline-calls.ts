// A call whose result is used once, in the very next statement, is written there: no constant in between.
import type { Index, Pool, Scalar } from './scalar.ts';
import { atomsOf, operandsOfScalar, squareOf } from './scalar.ts';
import type { Argument, Statement } from './statement.ts';

export type Call = Extract<Argument, { readonly kind: 'call' }>;

/** The statements without the constants whose calls are now found in `inlined`, by name. */
export function inlineCalls(
  pool: Pool,
  statements: readonly Statement[],
  outputs: readonly Scalar[],
  inlined: Map<string, Call>,
): readonly Statement[] {
  const uses = new Map<string, number>();
  const count = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  namesIn(pool, statements).forEach(count);
  scalarNames(pool, outputs).forEach(count);
  const tidy = (list: readonly Statement[]): readonly Statement[] =>
    list.flatMap((statement, k): readonly Statement[] => {
      const call = callOf(statement);
      const next = list[k + 1];
      if (call !== undefined && uses.get(call.name) === 1 && next !== undefined) {
        const value = valueOf(next);
        const used = value !== undefined && scalarNames(pool, [value]).includes(call.name);
        if (used) {
          inlined.set(call.name, call.call);
          return [];
        }
      }
      return [mapBodies(statement, tidy)];
    });
  return tidy(statements);
}

function callOf(statement: Statement): { readonly name: string; readonly call: Call } | undefined {
  if (statement.kind !== 'const' || 'id' in statement.value) return undefined;
  const { name, value } = statement;
  return value.kind === 'call' && value.on === undefined && value.name === 'dot'
    ? { name, call: value }
    : undefined;
}

/** The scalar that a plain statement evaluates, once and at once. */
function valueOf(statement: Statement): Scalar | undefined {
  switch (statement.kind) {
    case 'const':
    case 'let':
    case 'assign':
    case 'store':
      return 'id' in statement.value ? statement.value : undefined;
    case 'if':
    case 'breakUnless':
      return statement.condition;
    case 'return':
      return statement.value;
    case 'declare':
    case 'allocate':
    case 'for':
    case 'while':
    case 'call':
    case 'count':
    case 'text':
    case 'closure':
      return undefined;
  }
}

function mapBodies(
  statement: Statement,
  tidy: (body: readonly Statement[]) => readonly Statement[],
): Statement {
  switch (statement.kind) {
    case 'for':
    case 'while':
      return { ...statement, body: tidy(statement.body) };
    case 'if':
      return {
        ...statement,
        then: tidy(statement.then),
        otherwise: tidy(statement.otherwise),
      };
    case 'closure':
      return {
        ...statement,
        functions: statement.functions.map((each) => ({ ...each, body: tidy(each.body) })),
      };
    case 'const':
    case 'let':
    case 'declare':
    case 'assign':
    case 'store':
    case 'allocate':
    case 'breakUnless':
    case 'call':
    case 'count':
    case 'return':
    case 'text':
      return statement;
  }
}

/** Every use of a name, as often as it stands there. */
function namesIn(pool: Pool, statements: readonly Statement[]): readonly string[] {
  const scalar = (x: Scalar | undefined): readonly string[] =>
    x === undefined ? [] : scalarNames(pool, [x]);
  const index = (at: Index): readonly string[] => scalarNames(pool, atomsOf(pool, at));
  const argument = (arg: Argument): readonly string[] => {
    switch (arg.kind) {
      case 'array':
        return [arg.name];
      case 'value':
        return scalar(arg.value);
      case 'position':
        return index(arg.at);
      case 'text':
        return arg.text.match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu) ?? [];
      case 'call':
        return arg.args.flatMap(argument);
    }
  };
  const value = (x: Scalar | Argument): readonly string[] => ('id' in x ? scalar(x) : argument(x));
  return statements.flatMap((statement): readonly string[] => {
    switch (statement.kind) {
      case 'const':
      case 'let':
        return value(statement.value);
      case 'assign':
        return [statement.name, ...value(statement.value)];
      case 'store':
        return [...index(statement.at), ...value(statement.value)];
      case 'declare':
        return [];
      case 'allocate':
        return index(statement.length);
      case 'for':
        return [
          ...scalar(statement.from),
          ...scalar(statement.to),
          ...namesIn(pool, statement.body),
        ];
      case 'while':
        return [...scalar(statement.condition), ...namesIn(pool, statement.body)];
      case 'if':
        return [
          ...scalar(statement.condition),
          ...namesIn(pool, statement.then),
          ...namesIn(pool, statement.otherwise),
        ];
      case 'breakUnless':
        return scalar(statement.condition);
      case 'return':
        return scalar(statement.value);
      case 'call':
        return argument(statement.call);
      case 'closure':
        return [
          ...statement.before.flatMap(argument),
          ...statement.functions.flatMap(({ body }) => namesIn(pool, body)),
        ];
      case 'count':
        return index(statement.times);
      case 'text':
        return statement.text.match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu) ?? [];
    }
  });
}

/** Names below scalars; one that stands in an expression twice is told twice. */
function scalarNames(pool: Pool, roots: readonly Scalar[]): readonly string[] {
  const found: string[] = [];
  const stack = [...roots];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (x.kind === 'name') found.push(x.name);
    const squared = squareOf(x);
    stack.push(...(squared === undefined ? operandsOfScalar(pool, x) : [squared]));
  }
  return found;
}
