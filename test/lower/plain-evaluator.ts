// A second route for lowering: walks the typed tree with plain loops over plain arrays of numbers. Slow, and written without a look at compiler/lower.
import { childrenOf } from '../../compiler/model/children.ts';
import type {
  BoundIndex,
  Declaration,
  IndexBinding,
  IndexSet,
  Local,
  Multi,
  ProblemModel,
  Subscript,
  TypedExpression,
} from '../../compiler/model/types.ts';
import { evaluateDim, symbolsOf, type Dim } from '../../compiler/tensor/dim.ts';

export interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface PlainWorld {
  readonly problem: ProblemModel;
  /** Values of variables, required data and data of files, by key. */
  readonly given: ReadonlyMap<string, Plain>;
}

interface Frame {
  readonly locals: ReadonlyMap<Local | BoundIndex, Plain>;
  /** Element of a computed set by its position, where a name stands for a whole element. */
  readonly depth: number;
}

export class NotPlain extends Error {}

export interface PlainEvaluator {
  readonly value: (expression: TypedExpression) => Plain;
  readonly size: (dim: Dim) => number;
  readonly declared: (declaration: Declaration) => Plain;
  readonly elements: (set: IndexSet) => readonly (readonly number[])[];
  /** With a quantifier's indices at every combination that passes its condition, in order. */
  readonly over: (
    bindings: readonly IndexBinding[],
    where: TypedExpression | undefined,
    visit: (value: (expression: TypedExpression) => Plain) => void,
  ) => void;
}

const scalar = (value: number): Plain => ({ shape: [], data: [value] });
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const make = (shape: readonly number[], entry: (at: readonly number[]) => number): Plain => {
  const data: number[] = [];
  each(shape, (at) => data.push(entry(at)));
  return { shape, data };
};
function each(shape: readonly number[], visit: (at: readonly number[]) => void): void {
  const at = shape.map(() => 0);
  const total = count(shape);
  for (let k = 0; k < total; k++) {
    visit([...at]);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
}
const get = (x: Plain, at: readonly number[]): number => {
  let offset = 0;
  x.shape.forEach((size, axis) => {
    if (at[axis] < 0 || at[axis] >= size)
      throw new RangeError(`${at.join()} outside of ${x.shape.join()}`);
    offset = offset * size + at[axis];
  });
  return x.data[offset];
};
const one = (x: Plain): number => x.data[0];

export function plainEvaluator(world: PlainWorld): PlainEvaluator {
  const sizes: Record<string, number> = {};
  const known = new Map<string, Plain>(world.given);
  const sets = new Map<IndexSet, readonly (readonly number[])[]>();
  const empty: Frame = { locals: new Map(), depth: 0 };

  const size = (dim: Dim): number => {
    for (const symbol of symbolsOf(dim))
      if (!(symbol in sizes)) sizes[symbol] = symbolValue(symbol);
    const value = evaluateDim(dim, sizes);
    if (value === undefined) throw new NotPlain(`size ${dim.key}`);
    return value;
  };

  const symbolValue = (symbol: string): number => {
    const declaration = world.problem.sizes.find((s) => s.symbol === symbol);
    if (declaration === undefined) throw new NotPlain(`size ${symbol}`);
    const { from, value } = declaration;
    switch (from.kind) {
      case 'param':
        return one(declared(from.param));
      case 'data': {
        const data = world.given.get(from.data.key);
        if (data !== undefined && from.size.key === symbol) return data.shape[from.axis];
        break;
      }
      case 'filter':
        return elements(from.set).length;
      case 'labels':
        if (from.set.elements.kind === 'labels') return from.set.elements.labels.length;
        break;
      case 'expression':
        return one(evaluate(from.value, empty));
    }
    if (value !== undefined) return value;
    throw new NotPlain(`size ${symbol}`);
  };

  const declared = (declaration: Declaration): Plain => {
    const key = 'key' in declaration ? declaration.key : declaration.name;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = compute(declaration);
    known.set(key, made);
    return made;
  };

  const compute = (declaration: Declaration): Plain => {
    switch (declaration.kind) {
      case 'data':
        if (declaration.value.kind !== 'expression') throw new NotPlain(declaration.name);
        return filled(
          evaluate(declaration.value.value, empty),
          declaration.type.shape.map((a) => size(a.size)),
        );
      case 'param':
        if (declaration.value === undefined) throw new NotPlain(declaration.name);
        return filled(
          evaluate(declaration.value, empty),
          declaration.type.shape.map((a) => size(a.size)),
        );
      case 'let':
      case 'metric':
        return evaluate(declaration.value, empty);
      case 'variable':
      case 'sweep':
      case 'patternVariable':
      case 'part':
      case 'state':
      case 'statementLet':
      case 'statementDraw':
      case 'parameter':
        throw new NotPlain(declaration.name);
    }
  };

  const filled = (x: Plain, shape: readonly number[]): Plain =>
    x.shape.length === 0 ? make(shape, () => x.data[0]) : x;

  /** All elements, each as the values of its components. */
  const elements = (set: IndexSet, frame: Frame = empty): readonly (readonly number[])[] => {
    const fixed = frame === empty || set.name !== undefined;
    const cached = fixed ? sets.get(set) : undefined;
    if (cached !== undefined) return cached;
    const made = listed(set, frame);
    if (fixed) sets.set(set, made);
    return made;
  };

  const listed = (set: IndexSet, frame: Frame): readonly (readonly number[])[] => {
    const { elements: of } = set;
    switch (of.kind) {
      case 'range': {
        const [from, to] = [one(evaluate(of.from, frame)), one(evaluate(of.to, frame))];
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => [from + k]);
      }
      case 'labels':
        return of.labels.map((_, k) => [k]);
      case 'numbers':
        return of.values.map((value) => [one(evaluate(value, frame))]);
      case 'column':
        return (of.labels ?? []).map((_, k) => [k]);
      case 'tuples': {
        const made: number[][] = [];
        loop(of.bindings, of.where, frame, (inner) =>
          made.push(of.components.map((component) => one(evaluate(component, inner)))),
        );
        return made;
      }
      case 'role':
      case 'batch':
        throw new NotPlain('a set of a method');
    }
  };

  const loop = (
    bindings: readonly IndexBinding[],
    where: TypedExpression | undefined,
    frame: Frame,
    visit: (frame: Frame) => void,
  ): void => {
    const [binding, ...rest] = bindings;
    if (binding === undefined) {
      if (where === undefined || one(evaluate(where, frame)) !== 0) visit(frame);
      return;
    }
    elements(binding.set, frame).forEach((element, position) => {
      const whole = binding.indices.length === 1 && binding.set.arity > 1;
      const values = whole ? [position] : element;
      const locals = new Map(frame.locals);
      binding.indices.forEach((index, k) => locals.set(index, scalar(values[k])));
      loop(rest, where, { ...frame, locals }, visit);
    });
  };

  const bind = (frame: Frame, entries: readonly (readonly [Local, Plain])[]): Frame => ({
    ...frame,
    locals: new Map([...frame.locals, ...entries]),
  });

  const positionIn = (set: IndexSet, values: readonly number[]): number =>
    elements(set).findIndex((element) => element.every((v, k) => v === values[k]));

  const shapeOf = (node: TypedExpression): readonly number[] =>
    node.type.shape.map((axis) => size(axis.size));

  function evaluate(node: TypedExpression, frame: Frame): Plain {
    const sub = (inner: TypedExpression): Plain => evaluate(inner, frame);
    switch (node.kind) {
      case 'number':
        return scalar(node.value);
      case 'bool':
        return scalar(node.value ? 1 : 0);
      case 'label':
        return scalar(node.position ?? Number.NaN);
      case 'size':
        return scalar(size(node.dim));
      case 'range': {
        const first = size(node.first);
        return make(shapeOf(node), ([k]) => first + k);
      }
      case 'reference':
        if (node.leading > 0) return declaredWhole(node.to);
        return declared(node.to);
      case 'local':
        return found(frame.locals.get(node.local), node.local.name);
      case 'index':
        return found(frame.locals.get(node.index), node.index.name);
      case 'elementwise': {
        const shape = shapeOf(node);
        const args = node.args.map(sub);
        const entry = elementwise[node.fn];
        return make(shape, (at) =>
          entry(
            args.map((x, k) => {
              if (x.shape.length === 0) return x.data[0];
              const { keep, to } = node.alignments[k];
              const own = x.shape.map(() => 0);
              keep.forEach((axis, j) => (own[axis] = at[to[j]]));
              return get(x, own);
            }),
          ),
        );
      }
      case 'product':
        return product(node.form, sub(node.left), sub(node.right));
      case 'solve': {
        const [A, b] = [sub(node.matrix), sub(node.right)];
        return node.form === 'square' ? solve(A, b) : leastSquares(A, b);
      }
      case 'matrixPower': {
        const A = sub(node.matrix);
        const base = node.exponent < 0 ? solve(A, identity(A.shape[0])) : A;
        let result = identity(A.shape[0]);
        for (let k = 0; k < Math.abs(node.exponent); k++) result = product('matmul', result, base);
        return result;
      }
      case 'transpose': {
        const A = sub(node.operand);
        return make([A.shape[1], A.shape[0]], ([i, j]) => get(A, [j, i]));
      }
      case 'indexed':
        return indexed(sub(node.operand), node.subscripts, frame);
      case 'reduce': {
        const x = sub(node.operand);
        const first = node.first === undefined ? 1 : size(node.first);
        const fold = (values: readonly number[]): number =>
          node.fn === 'argmax' || node.fn === 'argmin'
            ? first + argBest(values, node.fn === 'argmax' ? 1 : -1)
            : reductions[node.fn](values);
        if (node.axis === undefined) return scalar(fold(x.data));
        const { axis } = node;
        const kept = x.shape.filter((_, k) => k !== axis);
        return make(kept, (at) =>
          fold(
            Array.from({ length: x.shape[axis] }, (_, k) =>
              get(x, [...at.slice(0, axis), k, ...at.slice(axis)]),
            ),
          ),
        );
      }
      case 'norm': {
        const x = sub(node.operand);
        const p = node.p === 'fro' ? 2 : node.p;
        if (p === 'op' || p === 'nuc') {
          const s = singularValues(x);
          return scalar(p === 'op' ? Math.max(...s) : s.reduce((a, b) => a + b, 0));
        }
        const sizes_ = x.data.map(Math.abs);
        if (p === Infinity) return scalar(Math.max(...sizes_));
        return scalar(sizes_.reduce((a, b) => a + b ** p, 0) ** (1 / p));
      }
      case 'call':
        return call(node.name, node.args.map(sub), node.axis, shapeOf(node));
      case 'reshape':
        return { shape: shapeOf(node), data: sub(node.operand).data };
      case 'join': {
        const items = node.items.map(sub);
        const { axis } = node;
        return make(shapeOf(node), (at) => {
          let k = at[axis];
          for (const item of items) {
            if (k < item.shape[axis])
              return get(
                item,
                at.map((v, j) => (j === axis ? k : v)),
              );
            k -= item.shape[axis];
          }
          return Number.NaN;
        });
      }
      case 'tensor': {
        const items = node.items.map(sub);
        return {
          shape: [items.length, ...(items[0]?.shape ?? [])],
          data: items.flatMap((x) => x.data),
        };
      }
      case 'comprehension': {
        const parts: Plain[] = [];
        loop(node.bindings, node.where, frame, (inner) => parts.push(evaluate(node.body, inner)));
        return { shape: shapeOf(node), data: parts.flatMap((x) => x.data) };
      }
      case 'binder': {
        const bindings = node.bindings.filter((b) => b.kind === 'in');
        if (bindings.length < node.bindings.length) throw new NotPlain('an expectation');
        const parts: Plain[] = [];
        loop(bindings, node.where, frame, (inner) => parts.push(evaluate(node.body, inner)));
        const { op } = node;
        const shape = shapeOf(node);
        return make(shape, (at) =>
          reductions[op === 'E' || op === 'P' ? 'mean' : op](parts.map((part) => get(part, at))),
        );
      }
      case 'conditional':
        return one(sub(node.condition)) !== 0
          ? filled(sub(node.then), shapeOf(node))
          : filled(sub(node.otherwise), shapeOf(node));
      case 'membership':
        return scalar(
          positionIn(
            node.set,
            node.values.map((v) => one(sub(v))),
          ) >= 0
            ? 1
            : 0,
        );
      case 'let': {
        let inner = frame;
        for (const { local, value } of node.bindings)
          inner = bind(inner, [[local, evaluate(value, inner)]]);
        return evaluate(node.body, inner);
      }
      case 'map': {
        const tensors = node.entries.map(({ local, tensor }) => ({ local, x: sub(tensor) }));
        return make(shapeOf(node), (at) =>
          one(
            evaluate(
              node.body,
              bind(
                frame,
                tensors.map(({ local, x }): [Local, Plain] => [
                  local,
                  scalar(x.shape.length === 0 ? x.data[0] : get(x, at)),
                ]),
              ),
            ),
          ),
        );
      }
      case 'part':
        return multi(node.of, frame)[node.index];
      case 'stop':
        return sub(node.operand);
      case 'text':
      case 'derivative':
      case 'dual':
      case 'oracle':
      case 'patternCall':
      case 'patternMap':
      case 'applyMap':
      case 'exchange':
      case 'count':
      case 'iteration':
      case 'column':
      case 'measurement':
      case 'unknown':
        throw new NotPlain(node.kind);
    }
  }

  const declaredWhole = (declaration: Declaration): Plain => {
    if (declaration.kind === 'variable') return declared(declaration);
    throw new NotPlain(`${declaration.name} of a family`);
  };

  const indexed = (x: Plain, subscripts: readonly Subscript[], frame: Frame): Plain => {
    const axes = subscripts.map((s, axis) => {
      switch (s.kind) {
        case 'all':
          return { keep: [x.shape[axis]], at: (k: readonly number[]) => k[0] };
        case 'slice': {
          const start = size(s.start);
          return { keep: [size(s.size)], at: (k: readonly number[]) => start + k[0] };
        }
        case 'position': {
          const position = one(evaluate(s.value, frame)) - size(s.first);
          return { keep: [], at: () => position };
        }
        case 'gather': {
          const value = evaluate(s.value, frame);
          const first = size(s.first);
          return { keep: value.shape, at: (k: readonly number[]) => get(value, k) - first };
        }
        case 'member': {
          const position = positionIn(
            s.set,
            s.values.map((v) => one(evaluate(v, frame))),
          );
          return { keep: [], at: () => position };
        }
      }
    });
    return make(
      axes.flatMap(({ keep }) => keep),
      (at) => {
        let used = 0;
        return get(
          x,
          axes.map((axis) => {
            const own = at.slice(used, used + axis.keep.length);
            used += axis.keep.length;
            return axis.at(own);
          }),
        );
      },
    );
  };

  const multi = (of: Multi, frame: Frame): readonly Plain[] => {
    if (of.kind === 'multi') {
      const [A] = of.args.map((arg) => evaluate(arg, frame));
      if (of.name !== 'eigh') throw new NotPlain(of.name);
      const { values, vectors } = jacobi(A);
      return [{ shape: [A.shape[0]], data: values }, make(A.shape, ([i, j]) => vectors[j][i])];
    }
    if (of.kind === 'implicit') throw new NotPlain(of.op);
    const shapes = of.states.map((state) => state.type.shape.map((axis) => size(axis.size)));
    let states = of.starts.map((start, k) => filled(evaluate(start, frame), shapes[k]));
    const stacks: Plain[][] = states.map(() => []);
    loop(of.bindings, undefined, frame, (inner) => {
      const bound = bind(
        inner,
        of.states.map((state, k): [Local, Plain] => [state, states[k]]),
      );
      if (of.where === undefined || one(evaluate(of.where, bound)) !== 0)
        states = of.steps.map((step, k) => filled(evaluate(step, bound), shapes[k]));
      states.forEach((state, k) => stacks[k].push(state));
    });
    if (of.op === 'fold') return states;
    return stacks.map((stack, k) => ({
      shape: [stack.length, ...shapes[k]],
      data: stack.flatMap((x) => x.data),
    }));
  };

  return {
    value: (expression) => evaluate(expression, empty),
    size,
    declared,
    elements,
    over: (bindings, where, visit) => {
      loop(bindings, where, empty, (frame) => {
        visit((expression) => evaluate(expression, frame));
      });
    },
  };
}

function found(x: Plain | undefined, name: string): Plain {
  if (x === undefined) throw new NotPlain(name);
  return x;
}

// ------------------------------------------------------------------------------------------------ scalars

type Entry = (args: readonly number[]) => number;
const truth = (b: boolean): number => (b ? 1 : 0);
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const elementwise: {
  readonly [F in Extract<TypedExpression, { kind: 'elementwise' }>['fn']]: Entry;
} = {
  add: ([a, b]) => a + b,
  subtract: ([a, b]) => a - b,
  multiply: ([a, b]) => a * b,
  divide: ([a, b]) => a / b,
  power: ([a, b]) => (b === 0 ? 1 : a ** b),
  negate: ([a]) => -a,
  not: ([a]) => truth(a === 0),
  and: ([a, b]) => truth(a !== 0 && b !== 0),
  or: ([a, b]) => truth(a !== 0 || b !== 0),
  equal: ([a, b]) => truth(a === b),
  notEqual: ([a, b]) => truth(a !== b),
  lessEqual: ([a, b]) => truth(a <= b),
  less: ([a, b]) => truth(a < b),
  greaterEqual: ([a, b]) => truth(a >= b),
  greater: ([a, b]) => truth(a > b),
  maximum: (args) => Math.max(...args),
  minimum: (args) => Math.min(...args),
  abs: ([a]) => Math.abs(a),
  sign: ([a]) => Math.sign(a),
  sqrt: ([a]) => Math.sqrt(a),
  cbrt: ([a]) => Math.cbrt(a),
  exp: ([a]) => Math.exp(a),
  log: ([a]) => Math.log(a),
  log1p: ([a]) => Math.log1p(a),
  expm1: ([a]) => Math.expm1(a),
  sin: ([a]) => Math.sin(a),
  cos: ([a]) => Math.cos(a),
  tan: ([a]) => Math.tan(a),
  asin: ([a]) => Math.asin(a),
  acos: ([a]) => Math.acos(a),
  atan: ([a]) => Math.atan(a),
  atan2: ([a, b]) => Math.atan2(a, b),
  sinh: ([a]) => Math.sinh(a),
  cosh: ([a]) => Math.cosh(a),
  tanh: ([a]) => Math.tanh(a),
  sigmoid: ([a]) => 1 / (1 + Math.exp(-a)),
  softplus: ([a]) => softplus(a),
  relu: ([a]) => Math.max(a, 0),
  erf: () => Number.NaN,
  lgamma: () => Number.NaN,
  digamma: () => Number.NaN,
  floor: ([a]) => Math.floor(a),
  ceil: ([a]) => Math.ceil(a),
  round: ([a]) => Math.round(a),
  mod: ([a, b]) => a - b * Math.floor(a / b),
  clip: ([a, low, high]) => Math.min(Math.max(a, low), high),
  pos: ([a]) => Math.max(a, 0),
  neg: ([a]) => Math.max(-a, 0),
  xlogx: ([a]) => (a === 0 ? 0 : a * Math.log(a)),
  xlogy: ([a, b]) => (a === 0 ? 0 : a * Math.log(b)),
  kl_div: ([a, b]) => (a === 0 ? b : a * Math.log(a / b) - a + b),
  huber: ([r, d]) => (Math.abs(r) <= d ? (r * r) / 2 : d * (Math.abs(r) - d / 2)),
  real: ([a]) => a,
  imag: () => 0,
  conj: ([a]) => a,
  arg: ([a]) => Math.atan2(0, a),
};

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return meanOf(values.map((v) => (v - mean) ** 2));
};
const reductions = {
  sum: sumOf,
  prod: (values: readonly number[]) => values.reduce((a, b) => a * b, 1),
  mean: meanOf,
  var: varianceOf,
  std: (values: readonly number[]) => Math.sqrt(varianceOf(values)),
  min: (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity),
  max: (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity),
  all: (values: readonly number[]) => truth(values.every((v) => v !== 0)),
  any: (values: readonly number[]) => truth(values.some((v) => v !== 0)),
  count: (values: readonly number[]) => values.filter((v) => v !== 0).length,
  logsumexp: (values: readonly number[]) => {
    const top = Math.max(...values);
    return top + Math.log(sumOf(values.map((v) => Math.exp(v - top))));
  },
};
const argBest = (values: readonly number[], sign: number): number =>
  values.reduce((best, v, k) => (sign * v > sign * values[best] ? k : best), 0);

// ------------------------------------------------------------------------------------------------ matrices

function product(form: string, a: Plain, b: Plain): Plain {
  if (form === 'outer') return make([a.shape[0], b.shape[0]], ([i, j]) => a.data[i] * b.data[j]);
  if (form === 'inner') return scalar(sumOf(a.data.map((v, k) => v * b.data[k])));
  const inner = b.shape[0];
  const rows = count(a.shape.slice(0, -1));
  const columns = count(b.shape.slice(1));
  const data = new Array<number>(rows * columns).fill(0);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < inner; k++)
        data[i * columns + j] += a.data[i * inner + k] * b.data[k * columns + j];
  return { shape: [...a.shape.slice(0, -1), ...b.shape.slice(1)], data };
}

const identity = (n: number): Plain => make([n, n], ([i, j]) => truth(i === j));

/** Gauss-Jordan with pivoting. */
function solve(A: Plain, b: Plain): Plain {
  const [n] = A.shape;
  const width = b.shape[1] ?? 1;
  const rows = Array.from({ length: n }, (_, i) => [
    ...A.data.slice(i * n, (i + 1) * n),
    ...b.data.slice(i * width, (i + 1) * width),
  ]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j < n + width; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return {
    shape: b.shape,
    data: rows.flatMap((row, i) => row.slice(n).map((v) => v / rows[i][i])),
  };
}

function leastSquares(A: Plain, b: Plain): Plain {
  const T = make([A.shape[1], A.shape[0]], ([i, j]) => get(A, [j, i]));
  return solve(product('matmul', T, A), product('matmul', T, b));
}

/** Eigenvalues ascending and vectors, by Jacobi rotations. Signs: the largest entry of each vector is positive. */
function jacobi(A: Plain): { readonly values: number[]; readonly vectors: number[][] } {
  const [n] = A.shape;
  const a = Array.from({ length: n }, (_, i) => A.data.slice(i * n, (i + 1) * n));
  const v = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_u, j) => truth(i === j)),
  );
  for (let sweep = 0; sweep < 60; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-300) continue;
        const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k][p], a[k][q]];
          a[k][p] = c * x - s * y;
          a[k][q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p][k], a[q][k]];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
          const [g, h] = [v[k][p], v[k][q]];
          v[k][p] = c * g - s * h;
          v[k][q] = s * g + c * h;
        }
      }
  const order = a.map((_, k) => k).sort((i, j) => a[i][i] - a[j][j]);
  return {
    values: order.map((k) => a[k][k]),
    vectors: order.map((k) => v.map((row) => row[k])),
  };
}

function singularValues(A: Plain): readonly number[] {
  const T = make([A.shape[1], A.shape[0]], ([i, j]) => get(A, [j, i]));
  const gram = A.shape[0] < A.shape[1] ? product('matmul', A, T) : product('matmul', T, A);
  return jacobi(gram).values.map((x) => Math.sqrt(Math.max(x, 0)));
}

function cholesky(A: Plain): Plain {
  const [n] = A.shape;
  const L = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = get(A, [i, j]);
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
    }
  return { shape: A.shape, data: L.flat() };
}

function determinant(A: Plain): number {
  const [n] = A.shape;
  if (n === 1) return A.data[0];
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const minor = make([n - 1, n - 1], ([r, c]) => get(A, [r + 1, c < j ? c : c + 1]));
    sum += (j % 2 === 0 ? 1 : -1) * get(A, [0, j]) * determinant(minor);
  }
  return sum;
}

type CallName = Extract<TypedExpression, { kind: 'call' }>['name'];

function call(
  name: CallName,
  args: readonly Plain[],
  axis: number | undefined,
  shape: readonly number[],
): Plain {
  const [x, y] = args;
  const along = (fold: (row: readonly number[]) => readonly number[]): Plain => {
    const on = axis ?? 0;
    const rows = new Map<string, readonly number[]>();
    return make(x.shape, (at) => {
      const others = at.filter((_, k) => k !== on);
      const key = others.join();
      const row =
        rows.get(key) ??
        fold(
          Array.from({ length: x.shape[on] }, (_, k) =>
            get(x, [...others.slice(0, on), k, ...others.slice(on)]),
          ),
        );
      rows.set(key, row);
      return row[at[on]];
    });
  };
  switch (name) {
    case 'sumsq':
      return scalar(sumOf(x.data.map((v) => v * v)));
    case 'dot':
      return scalar(sumOf(x.data.map((v, k) => v * y.data[k])));
    case 'trace':
      return scalar(sumOf(Array.from({ length: x.shape[0] }, (_, k) => get(x, [k, k]))));
    case 'det':
      return scalar(determinant(x));
    case 'logdet':
      return scalar(Math.log(determinant(x)));
    case 'lambda_max':
      return scalar(Math.max(...jacobi(x).values));
    case 'lambda_min':
      return scalar(Math.min(...jacobi(x).values));
    case 'entropy':
      return scalar(-sumOf(x.data.map((v) => (v === 0 ? 0 : v * Math.log(v)))));
    case 'quad_over_lin':
      return scalar(sumOf(x.data.map((v) => v * v)) / y.data[0]);
    case 'perspective':
      return scalar(x.data[0] * y.data[0]);
    case 'geo_mean':
      return scalar(x.data.reduce((a, b) => a * b, 1) ** (1 / x.data.length));
    case 'sum_largest':
      return scalar(sumOf([...x.data].sort((a, b) => b - a).slice(0, y.data[0])));
    case 'inv':
      return solve(x, identity(x.shape[0]));
    case 'pinv':
      return leastSquares(x, identity(x.shape[0]));
    case 'chol':
      return cholesky(x);
    case 'kron':
      return make(shape, ([i, j]) => {
        const [p, q] = y.shape;
        return get(x, [Math.floor(i / p), Math.floor(j / q)]) * get(y, [i % p, j % q]);
      });
    case 'cross':
      return make([3], ([k]) => {
        const [i, j] = [(k + 1) % 3, (k + 2) % 3];
        return x.data[i] * y.data[j] - x.data[j] * y.data[i];
      });
    case 'diag':
      return x.shape.length === 1
        ? make(shape, ([i, j]) => (i === j ? x.data[i] : 0))
        : make(shape, ([i]) => get(x, [i, i]));
    case 'tril':
      return make(shape, ([i, j]) => (j <= i ? get(x, [i, j]) : 0));
    case 'triu':
      return make(shape, ([i, j]) => (i <= j ? get(x, [i, j]) : 0));
    case 'zeros':
      return make(shape, () => 0);
    case 'ones':
      return make(shape, () => 1);
    case 'full':
      return make(shape, () => x.data[0]);
    case 'eye':
      return make(shape, ([i, j]) => truth(i === j));
    case 'linspace':
      return make(shape, ([k]) => x.data[0] + ((y.data[0] - x.data[0]) * k) / (shape[0] - 1));
    case 'repeat':
      return make(shape, ([k, ...rest]) => get(x, [k % x.shape[0], ...rest]));
    case 'flip':
      return along((row) => [...row].reverse());
    case 'roll': {
      const by = y.data[0];
      if (axis === undefined) {
        const n = x.data.length;
        return { shape, data: x.data.map((_, k) => x.data[(((k - by) % n) + n) % n]) };
      }
      return along((row) =>
        row.map((_, k) => row[(((k - by) % row.length) + row.length) % row.length]),
      );
    }
    case 'sort':
      return along((row) => [...row].sort((a, b) => a - b));
    case 'argsort':
      return along((row) =>
        row
          .map((_, k) => k)
          .sort((i, j) => row[i] - row[j])
          .map((k) => k + 1),
      );
    case 'top':
      return { shape, data: [...x.data].sort((a, b) => b - a).slice(0, shape[0]) };
    case 'cumsum':
      return along((row) => row.map((_, k) => sumOf(row.slice(0, k + 1))));
    case 'cumprod':
      return along((row) => row.map((_, k) => row.slice(0, k + 1).reduce((a, b) => a * b, 1)));
    case 'conv':
      return make(shape, ([k]) => sumOf(x.data.map((v, i) => v * (y.data[k - i] ?? 0))));
    case 'softmax': {
      const width = x.shape[x.shape.length - 1];
      return make(x.shape, (at) => {
        const row = Array.from({ length: width }, (_, k) => get(x, [...at.slice(0, -1), k]));
        return Math.exp(get(x, at) - reductions.logsumexp(row));
      });
    }
    case 'rank':
      return scalar(singularValues(x).filter((s) => s > 1e-9).length);
    case 'expm':
    case 'fft':
    case 'ifft':
    case 'topk':
    case 'randk':
    case 'quantize':
      throw new NotPlain(name);
  }
}

/** Whether an expression holds a node of a kind. */
export function holds(node: TypedExpression, kind: TypedExpression['kind']): boolean {
  return node.kind === kind || childrenOf(node).some((child) => holds(child, kind));
}
