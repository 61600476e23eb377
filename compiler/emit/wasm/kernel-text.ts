// Kernels of the runtime written as text, close to the JavaScript that they stand for:
//
//   for k < n { … }   for k from a to b { … }   if a < b { … } else { … }
//   let x = e   const x = e   x += e   A[i*n + k] -= e   where i = n - 1 - step
//
// Loop variables and sizes are whole numbers, arrays are given by their addresses, all else is a number. A name after `where` only stands for what is written.
// `let` may change. A `const` in an innermost loop is worked out for two entries at a time.
import { addDims, multiplyDims, subtractDims } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { UnaryFn } from '../../tensor/ir.ts';
import type { Index, Scalar, ScalarFn } from '../../schedule/scalar.ts';
import type { AssignOp, Statement } from '../../schedule/statement.ts';
import type { Kit, KernelSpec } from './kernel-kit.ts';

/** `header` names arrays as `A[]` and sizes as `n`, in the order of the call. `aliases` are other names of arrays, for rows that never are the same one: a loop
 * over one name may then change the other two entries at a time. */
export function textKernel(
  name: string,
  header: string,
  aliases: Readonly<Record<string, string>>,
  text: string,
): KernelSpec {
  const parameters = header
    .split(' ')
    .map((each) =>
      each.endsWith('[]')
        ? ({ name: each.slice(0, -2), kind: 'array' } as const)
        : ({ name: each, kind: 'size' } as const),
    );
  const sizes = parameters.flatMap((each) => (each.kind === 'size' ? [each.name] : []));
  return { name, parameters, aliases, body: (kit) => parsed(kit, sizes, text) };
}

const token = /\s*(\d+(?:\.\d*)?(?:e[-+]?\d+)?|[A-Za-z_]\w*|[-+*]=|[<>=!]=|[-+*/<>=()[\]{},])/y;

function tokensOf(text: string): readonly string[] {
  const source = text.replace(/\/\/.*$/gm, '').trimEnd();
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const found = token.exec(source);
    if (found === null) throw new InternalError(`a kernel has ${source.slice(at, at + 20)}`);
    tokens.push(found[1]);
  }
  return tokens;
}

const unaryNames: ReadonlyMap<string, UnaryFn> = new Map([
  ['abs', 'abs'],
  ['sqrt', 'sqrt'],
  ['log', 'log'],
]);

const binaryNames: ReadonlyMap<string, ScalarFn> = new Map([
  ['max', 'max'],
  ['min', 'min'],
]);

/** Operators by how strongly they bind, weakest first. */
const levels: readonly ReadonlyMap<string, ScalarFn>[] = [
  new Map([['or', 'or']]),
  new Map([['and', 'and']]),
  new Map([
    ['<', 'lt'],
    ['<=', 'le'],
    ['>', 'lt'],
    ['>=', 'le'],
    ['==', 'eq'],
    ['!=', 'ne'],
  ]),
  new Map([
    ['+', 'add'],
    ['-', 'sub'],
  ]),
  new Map([
    ['*', 'mul'],
    ['/', 'div'],
  ]),
];

const changes: ReadonlyMap<string, AssignOp> = new Map([
  ['=', '='],
  ['+=', '+='],
  ['-=', '-='],
  ['*=', '*='],
]);

function parsed(
  { pool, at, load }: Kit,
  sizes: readonly string[],
  text: string,
): readonly Statement[] {
  const tokens = tokensOf(text);
  let next = 0;
  const take = (): string => tokens[next++] ?? '';
  const accept = (wanted: string): boolean => {
    if (tokens[next] !== wanted) return false;
    next++;
    return true;
  };
  const expect = (wanted: string): void => {
    const found = take();
    if (found !== wanted)
      throw new InternalError(
        `a kernel has ${found}, not ${wanted}, after ${tokens.slice(Math.max(0, next - 12), next - 1).join(' ')}`,
      );
  };
  const scope = new Map<string, Scalar>(sizes.map((name) => [name, pool.index(at(name))]));

  /** Sums and products of positions, so that it is seen along which loop they move. */
  const indexOf = (x: Scalar): Index => {
    if (x.kind === 'binary' && (x.fn === 'add' || x.fn === 'sub' || x.fn === 'mul')) {
      const combine = { add: addDims, sub: subtractDims, mul: multiplyDims }[x.fn];
      return combine(indexOf(x.x), indexOf(x.y));
    }
    return pool.asIndex(x);
  };
  const position = (): Index => {
    const value = expression(0);
    expect(']');
    return indexOf(value);
  };
  const list = (): readonly Scalar[] => {
    const values = [expression(0)];
    while (accept(',')) values.push(expression(0));
    expect(')');
    return values;
  };
  const primary = (): Scalar => {
    const word = take();
    if (word === '-') return pool.unary('neg', primary());
    if (word === '(') {
      const value = expression(0);
      expect(')');
      return value;
    }
    if (/^\d/.test(word)) return pool.number(Number(word));
    if (word === 'NaN') return pool.number(NaN);
    if (accept('[')) return load(word, position());
    if (!accept('(')) return scope.get(word) ?? pool.name(word);
    const [x, y, z] = list();
    const unary = unaryNames.get(word);
    if (unary !== undefined) return pool.unary(unary, x);
    const binary = binaryNames.get(word);
    if (binary !== undefined) return pool.binary(binary, x, y);
    if (word === 'select') return pool.select(x, y, z);
    throw new InternalError(`a kernel calls ${word}`);
  };
  function expression(level: number): Scalar {
    if (level === levels.length) return primary();
    let x = expression(level + 1);
    for (;;) {
      const sign = tokens[next] ?? '';
      const fn = levels[level].get(sign);
      if (fn === undefined) return x;
      next++;
      const y = expression(level + 1);
      x = sign.startsWith('>') ? pool.binary(fn, y, x) : pool.binary(fn, x, y);
    }
  }
  const block = (): readonly Statement[] => {
    expect('{');
    const body: Statement[] = [];
    while (!accept('}')) body.push(...statement());
    return body;
  };
  const changed = (): AssignOp => {
    const found = changes.get(take());
    if (found === undefined) throw new InternalError('a kernel assigns nothing');
    return found;
  };
  const loop = (): Statement => {
    const variable = take();
    const from = accept('from') ? expression(3) : undefined;
    expect(from === undefined ? '<' : 'to');
    const to = expression(3);
    scope.set(variable, pool.index(at(variable)));
    const body = block();
    scope.delete(variable);
    return { kind: 'for', variable, from: from ?? pool.number(0), to, body };
  };
  function statement(): readonly Statement[] {
    const word = take();
    if (word === 'for') return [loop()];
    if (word === 'if') {
      const condition = expression(0);
      const then = block();
      return [{ kind: 'if', condition, then, otherwise: accept('else') ? block() : [] }];
    }
    if (word === 'where') {
      const name = take();
      expect('=');
      const value = expression(0);
      scope.set(name, value);
      return [];
    }
    if (word === 'let' || word === 'const') {
      const name = take();
      if (scope.has(name)) throw new InternalError(`a kernel has two meanings of ${name}`);
      expect('=');
      return [{ kind: word, name, value: expression(0) }];
    }
    if (accept('[')) {
      const to = position();
      return [{ kind: 'store', array: word, at: to, op: changed(), value: expression(0) }];
    }
    return [{ kind: 'assign', name: word, op: changed(), value: expression(0) }];
  }
  const statements: Statement[] = [];
  while (next < tokens.length) statements.push(...statement());
  return statements;
}
