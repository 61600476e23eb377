// A tiny evaluator of expressions on arrays of numbers, written apart from the model: it knows sizes only by having the numbers.
import type { Expr, IndexArgument } from '../../grammar/ast.ts';

export interface Value {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** A vector that was transposed. */
  readonly row: boolean;
}

export type Environment = ReadonlyMap<string, Value>;

export class Misfit extends Error {}

const misfit = (why: string): never => {
  throw new Misfit(why);
};

const value = (shape: readonly number[], data: readonly number[], row = false): Value => ({
  shape,
  data,
  row,
});
export const scalar = (x: number): Value => value([], [x]);
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

export function tensor(shape: readonly number[]): Value {
  return value(
    shape,
    Array.from({ length: count(shape) }, (_, i) => Math.sin(i + 1)),
  );
}

export function evaluate(e: Expr, env: Environment): Value {
  switch (e.kind) {
    case 'Name':
      return env.get(e.name) ?? misfit(`no ${e.name}`);
    case 'Number':
      return scalar(e.value);
    case 'Unary': {
      const x = evaluate(e.operand, env);
      return value(
        x.shape,
        x.data.map((v) => -v),
        x.row,
      );
    }
    case 'Transpose':
      return transpose(evaluate(e.operand, env));
    case 'Binary':
      return binary(e.op, evaluate(e.left, env), evaluate(e.right, env));
    case 'Tensor':
      return stack(e.items.map((i) => evaluate(i, env)));
    case 'Index':
      return index(evaluate(e.operand, env), e.args, env);
    case 'Call':
      return call(
        e.callee.name,
        e.args.map((a) => ({ name: a.name?.name, value: evaluate(a.value, env) })),
      );
    case 'Comprehension':
      return comprehension(e, env, 0);
    case 'Binder': {
      const [binding] = e.bindings;
      if (binding?.kind !== 'In') return misfit('binding');
      return range(binding.set, env)
        .map((i) => evaluate(e.body, bind(env, binding.target.names[0].name, i)))
        .reduce((a, b) => binary('+', a, b));
    }
    default:
      return misfit(e.kind);
  }
}

const bind = (env: Environment, name: string, i: number): Environment =>
  new Map([...env, [name, scalar(i)]]);

function range(e: Expr, env: Environment): number[] {
  if (e.kind !== 'Range') return misfit('range');
  const from = evaluate(e.from, env).data[0];
  const to = evaluate(e.to, env).data[0];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

function transpose(x: Value): Value {
  if (x.shape.length < 2) return value(x.shape, x.data, x.shape.length === 1 && !x.row);
  if (x.shape.length > 2) return misfit('transpose');
  const [r, c] = x.shape;
  return value(
    [c, r],
    Array.from({ length: r * c }, (_, k) => x.data[(k % r) * c + Math.floor(k / r)]),
  );
}

function elementwise(a: Value, b: Value, f: (x: number, y: number) => number): Value {
  if (a.shape.length === 0)
    return value(
      b.shape,
      b.data.map((y) => f(a.data[0], y)),
      b.row,
    );
  if (b.shape.length === 0)
    return value(
      a.shape,
      a.data.map((x) => f(x, b.data[0])),
      a.row,
    );
  if (!same(a.shape, b.shape)) return misfit('shapes differ');
  return value(
    a.shape,
    a.data.map((x, i) => f(x, b.data[i])),
    a.row || b.row,
  );
}

function dotted(a: Value, b: Value, f: (x: number, y: number) => number): Value {
  const rank = Math.max(a.shape.length, b.shape.length);
  const shape = Array.from({ length: rank }, (_, i) => {
    const p = a.shape[i - rank + a.shape.length] ?? 1;
    const q = b.shape[i - rank + b.shape.length] ?? 1;
    return p === q ? p : p === 1 ? q : q === 1 ? p : misfit('broadcast');
  });
  const at = (x: Value, position: readonly number[]): number => {
    let k = 0;
    x.shape.forEach((n, i) => {
      k = k * n + (n === 1 ? 0 : position[i + rank - x.shape.length]);
    });
    return x.data[k];
  };
  const data = positions(shape).map((p) => f(at(a, p), at(b, p)));
  return value(shape, data, rank === 1 && (a.row || b.row));
}

function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])),
    [[]],
  );
}

function binary(op: string, a: Value, b: Value): Value {
  switch (op) {
    case '+':
      return elementwise(a, b, (x, y) => x + y);
    case '-':
      return elementwise(a, b, (x, y) => x - y);
    case '.+':
      return dotted(a, b, (x, y) => x + y);
    case '.*':
      return dotted(a, b, (x, y) => x * y);
    case '/':
      return b.shape.length > 0 ? misfit('divide') : elementwise(a, b, (x, y) => x / y);
    case '*':
      return times(a, b);
    default:
      return misfit(op);
  }
}

/** As matrices: a vector on the left of a matrix is a row, on the right a column; two vectors as their marks say. */
function times(a: Value, b: Value): Value {
  if (a.shape.length === 0 || b.shape.length === 0) return elementwise(a, b, (x, y) => x * y);
  if (a.shape.length > 2 || b.shape.length > 2) return misfit('product');
  const outer = a.shape.length === 1 && b.shape.length === 1 && b.row && !a.row;
  const thin = a.shape.length === 2 && b.shape.length === 1 && b.row && a.shape[1] === 1;
  if (outer || thin) {
    const [m, n] = [a.shape[0], b.shape[0]];
    return value(
      [m, n],
      Array.from({ length: m * n }, (_, k) => a.data[Math.floor(k / n)] * b.data[k % n]),
    );
  }
  const [m, k] = a.shape.length === 1 ? [1, a.shape[0]] : a.shape;
  const [l, n] = b.shape.length === 1 ? [b.shape[0], 1] : b.shape;
  if (k !== l) return misfit('inner sizes');
  const data = Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += a.data[Math.floor(at / n) * k + i] * b.data[i * n + (at % n)];
    return sum;
  });
  const shape = [...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])];
  return value(shape, data, a.shape.length === 1 && shape.length === 1 && a.row);
}

function stack(items: readonly Value[]): Value {
  const [first] = items;
  if (items.some((i) => !same(i.shape, first.shape))) return misfit('uneven');
  return value(
    [items.length, ...first.shape],
    items.flatMap((i) => i.data),
  );
}

function index(x: Value, args: readonly IndexArgument[], env: Environment): Value {
  if (args.length !== x.shape.length) return misfit('number of indices');
  const picks = args.map((arg, axis) => {
    if (arg.kind === 'All')
      return { at: Array.from({ length: x.shape[axis] }, (_, i) => i), keep: true };
    if (arg.kind === 'Range') return { at: range(arg, env).map((i) => i - 1), keep: true };
    return { at: [evaluate(arg, env).data[0] - 1], keep: false };
  });
  picks.forEach(({ at }, axis) => {
    if (at.some((i) => i < 0 || i >= x.shape[axis])) misfit('out of range');
  });
  const all = positions(picks.map((p) => p.at.length));
  const data = all.map(
    (p) => x.data[p.reduce((k, i, axis) => k * x.shape[axis] + picks[axis].at[i], 0)],
  );
  return value(
    picks.filter((p) => p.keep).map((p) => p.at.length),
    data,
  );
}

function call(
  name: string,
  args: readonly { readonly name: string | undefined; readonly value: Value }[],
): Value {
  const [first] = args;
  const axis = args.find((a) => a.name === 'axis')?.value.data[0];
  switch (name) {
    case 'exp':
      return value(first.value.shape, first.value.data.map(Math.exp), first.value.row);
    case 'sumsq':
      return scalar(first.value.data.reduce((s, v) => s + v * v, 0));
    case 'sum':
      return axis === undefined
        ? scalar(first.value.data.reduce((s, v) => s + v, 0))
        : sumAlong(first.value, axis - 1);
    case 'vcat': {
      const values = args.map((a) => a.value);
      if (values.some((v) => v.shape.length !== 1 || v.row)) return misfit('vcat');
      return value(
        [values.reduce((n, v) => n + v.shape[0], 0)],
        values.flatMap((v) => v.data),
      );
    }
    default:
      return misfit(name);
  }
}

function sumAlong(x: Value, axis: number): Value {
  if (axis < 0 || axis >= x.shape.length) return misfit('axis');
  const shape = x.shape.filter((_, i) => i !== axis);
  const data = positions(shape).map((p) => {
    let sum = 0;
    for (let i = 0; i < x.shape[axis]; i++) {
      const q = [...p.slice(0, axis), i, ...p.slice(axis)];
      sum += x.data[q.reduce((k, n, a) => k * x.shape[a] + n, 0)];
    }
    return sum;
  });
  return value(shape, data);
}

function comprehension(
  e: Extract<Expr, { readonly kind: 'Comprehension' }>,
  env: Environment,
  from: number,
): Value {
  const binding = e.bindings[from];
  if (binding === undefined) return evaluate(e.body, env);
  if (binding.kind !== 'In') return misfit('binding');
  const { name } = binding.target.names[0];
  return stack(range(binding.set, env).map((i) => comprehension(e, bind(env, name, i), from + 1)));
}
