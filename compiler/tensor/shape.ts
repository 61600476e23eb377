// The type of every operation's results: shape, kind of element, storage. One rule an operation; a call against a rule is a fault of ours.
import {
  addDims,
  constantValue,
  minDim,
  productOfDims,
  sameDim,
  sameShape,
  constantDim,
  type Dim,
} from './dim.ts';
import { InternalError } from './internal-error.ts';
import type { Attributes, BinaryFn, Element, Node, Op, Region, TensorType, UnaryFn } from './ir.ts';
import { joinElements, printType, type Shape } from './type.ts';

/** The types of the results. Leaves that carry a type of their own (`input`, `parameter`) get it as `leafType`. */
export type ShapeRule<O extends Op> = (
  attributes: Attributes[O],
  args: readonly Node[],
  leafType: TensorType | undefined,
) => readonly TensorType[];

export const shapeRules: { readonly [O in Op]: ShapeRule<O> } = {
  input: (_, args, type) => [leaf('input', args, type)],
  parameter: (_, args, type) => [leaf('parameter', args, type)],
  constant: ({ value }, args) => {
    arity('constant', args, 0);
    return [dense(elementOfValue(value), [])];
  },
  literal: ({ values }, args, type) => {
    arity('literal', args, 0);
    const element = values.every((v) => Number.isInteger(v)) ? 'int' : 'real';
    const shape = type?.shape ?? [constantDim(values.length)];
    demand(
      constantValue(productOfDims(shape)) === values.length,
      'literal',
      args,
      'the values do not fill the shape',
    );
    return [dense(element, shape)];
  },
  size: (_, args) => {
    arity('size', args, 0);
    return [dense('int', [])];
  },
  iota: ({ length }, args) => {
    arity('iota', args, 0);
    return [dense('int', [length])];
  },

  unary: ({ fn }, args) => {
    arity('unary', args, 1);
    const [{ type }] = args;
    return [
      {
        element: unaryElements[fn](type.element),
        shape: type.shape,
        storage: type.storage === 'csr' && zeroPreserving[fn] ? 'csr' : 'dense',
      },
    ];
  },
  binary: ({ fn }, args) => {
    arity('binary', args, 2);
    const [x, y] = args;
    demand(sameShape(x.type.shape, y.type.shape), fn, args, 'shapes differ');
    return [
      { element: binaryElement(fn, x, y), shape: x.type.shape, storage: binaryStorage(fn, x, y) },
    ];
  },
  select: (_, args) => {
    arity('select', args, 3);
    const [condition, x, y] = args;
    demand(
      sameShape(condition.type.shape, x.type.shape) && sameShape(x.type.shape, y.type.shape),
      'select',
      args,
      'shapes differ',
    );
    const sparse = x.type.storage === 'csr' && y.type.storage === 'csr';
    return [
      {
        element: joinElements(x.type.element, y.type.element),
        shape: x.type.shape,
        storage: sparse ? 'csr' : 'dense',
      },
    ];
  },
  stop: (_, args) => {
    arity('stop', args, 1);
    return [args[0].type];
  },
  oracle: (_, args) => {
    arity('oracle', args, 1);
    return [args[0].type];
  },

  broadcast: ({ shape, axes }, args) => {
    arity('broadcast', args, 1);
    const [{ type }] = args;
    demand(
      axes.length === type.shape.length,
      'broadcast',
      args,
      'one output axis for each input axis',
    );
    demand(increasing(axes, shape.length), 'broadcast', args, 'axes must increase and exist');
    demand(
      axes.every((axis, k) => sameDim(shape[axis], type.shape[k])),
      'broadcast',
      args,
      () => `kept axes differ from the target [${keys(shape)}]`,
    );
    return [dense(type.element, shape)];
  },
  transpose: ({ permutation }, args) => {
    arity('transpose', args, 1);
    const [{ type }] = args;
    demand(isPermutation(permutation, type.shape.length), 'transpose', args, 'not a permutation');
    return [{ ...type, shape: permutation.map((axis) => type.shape[axis]) }];
  },
  reshape: ({ shape }, args) => {
    arity('reshape', args, 1);
    const [{ type }] = args;
    demand(
      sameDim(productOfDims(shape), productOfDims(type.shape)),
      'reshape',
      args,
      () => `[${keys(shape)}] has another number of entries`,
    );
    return [dense(type.element, shape)];
  },
  slice: ({ start, size }, args) => {
    arity('slice', args, 1);
    const [{ type }] = args;
    const rank = type.shape.length;
    demand(
      start.length === rank && size.length === rank,
      'slice',
      args,
      'one start and size an axis',
    );
    demand(
      size.every((dim, k) => fits(addDims(start[k], dim), type.shape[k])),
      'slice',
      args,
      () => `block [${keys(size)}] at [${keys(start)}] leaves the array`,
    );
    return [{ ...type, shape: size }];
  },
  pad: ({ before, shape }, args) => {
    arity('pad', args, 1);
    const [{ type }] = args;
    const rank = type.shape.length;
    demand(
      before.length === rank && shape.length === rank,
      'pad',
      args,
      'one offset and size an axis',
    );
    demand(
      shape.every((dim, k) => fits(addDims(before[k], type.shape[k]), dim)),
      'pad',
      args,
      () => `does not fit into [${keys(shape)}] at [${keys(before)}]`,
    );
    return [{ ...type, shape }];
  },
  reverse: ({ axis }, args) => {
    arity('reverse', args, 1);
    axisExists('reverse', args, axis);
    return [dense(args[0].type.element, args[0].type.shape)];
  },
  concat: ({ axis }, args) => {
    demand(args.length > 0, 'concat', args, 'nothing to join');
    axisExists('concat', args, axis);
    const [first, ...others] = args;
    const rest = (shape: Shape): Shape => shape.filter((_, k) => k !== axis);
    demand(
      others.every(
        ({ type }) =>
          type.shape.length === first.type.shape.length &&
          sameShape(rest(type.shape), rest(first.type.shape)),
      ),
      'concat',
      args,
      () => `shapes differ off axis ${axis}`,
    );
    const total = others.reduce(
      (sum, { type }) => addDims(sum, type.shape[axis]),
      first.type.shape[axis],
    );
    return [
      {
        element: args.map((x) => x.type.element).reduce(joinElements),
        shape: first.type.shape.map((dim, k) => (k === axis ? total : dim)),
        storage: args.every((x) => x.type.storage === 'csr') ? 'csr' : 'dense',
      },
    ];
  },
  gather: ({ axes }, args) => {
    const [{ type }, ...indices] = args;
    const shape = gathered('gather', args, type.shape, axes, indices);
    const rowsOfSparse =
      type.storage === 'csr' && axes.length === 1 && axes[0] === 0 && shape.length === 2;
    return [{ element: type.element, shape, storage: rowsOfSparse ? 'csr' : 'dense' }];
  },
  scatter: ({ axes, shape }, args) => {
    const [updates, ...indices] = args;
    const expected = gathered('scatter', args, shape, axes, indices);
    demand(
      sameShape(updates.type.shape, expected),
      'scatter',
      args,
      () => `updates must be [${keys(expected)}]`,
    );
    return [dense(sumElement(updates.type.element), shape)];
  },
  put: ({ axes }, args) => {
    const [x, value, ...indices] = args;
    const expected = gathered('put', args, x.type.shape, axes, indices);
    demand(
      sameShape(value.type.shape, expected),
      'put',
      args,
      () => `the value must be [${keys(expected)}]`,
    );
    return [dense(joinElements(x.type.element, value.type.element), x.type.shape)];
  },
  compress: ({ length }, args) => {
    arity('compress', args, 1);
    return [dense('int', [length, constantDim(args[0].type.shape.length)])];
  },

  reduce: ({ fn, axes }, args) => {
    arity('reduce', args, 1);
    const [{ type }] = args;
    demand(increasing(axes, type.shape.length), 'reduce', args, 'axes must increase and exist');
    const shape = type.shape.filter((_, axis) => !axes.includes(axis));
    const element =
      fn === 'any' || fn === 'all'
        ? 'bool'
        : fn === 'max' || fn === 'min'
          ? type.element
          : sumElement(type.element);
    return [dense(element, shape)];
  },
  argreduce: ({ axis }, args) => {
    arity('argreduce', args, 1);
    axisExists('argreduce', args, axis);
    return [
      dense(
        'int',
        args[0].type.shape.filter((_, k) => k !== axis),
      ),
    ];
  },
  cumulate: ({ axis }, args) => {
    arity('cumulate', args, 1);
    axisExists('cumulate', args, axis);
    return [dense(sumElement(args[0].type.element), args[0].type.shape)];
  },
  sort: ({ axis }, args) => {
    arity('sort', args, 1);
    axisExists('sort', args, axis);
    return [dense(args[0].type.element, args[0].type.shape)];
  },
  argsort: ({ axis }, args) => {
    arity('argsort', args, 1);
    axisExists('argsort', args, axis);
    return [dense('int', args[0].type.shape)];
  },

  contract: ({ batch, sum }, args) => {
    arity('contract', args, 2);
    const [a, b] = args;
    const [p, q] = [a.type.shape, b.type.shape];
    const pairs = batch.length === 0 ? sum : [...batch, ...sum];
    const isPaired = (side: 0 | 1, axis: number): boolean =>
      pairs.some((pair) => pair[side] === axis);
    const isOnce = (side: 0 | 1, rank: number): boolean =>
      pairs.every(
        (pair, k) =>
          pair[side] >= 0 &&
          pair[side] < rank &&
          pairs.findIndex((other) => other[side] === pair[side]) === k,
      );
    demand(
      isOnce(0, p.length) && isOnce(1, q.length),
      'contract',
      args,
      'an axis is missing or paired twice',
    );
    demand(
      pairs.every(([i, j]) => sameDim(p[i], q[j])),
      'contract',
      args,
      () => `paired axes differ (${pairs.map(([i, j]) => `${i}~${j}`).join(', ')})`,
    );
    const product =
      a.type.storage === 'csr' &&
      b.type.storage === 'csr' &&
      batch.length === 0 &&
      sum.length === 1;
    const shape = batch.map(([axis]) => p[axis]);
    for (let axis = 0; axis < p.length; axis++) if (!isPaired(0, axis)) shape.push(p[axis]);
    for (let axis = 0; axis < q.length; axis++) if (!isPaired(1, axis)) shape.push(q[axis]);
    return [
      {
        element: sumElement(joinElements(a.type.element, b.type.element)),
        shape,
        storage: product ? 'csr' : 'dense',
      },
    ];
  },

  cholesky: (_, args) => {
    arity('cholesky', args, 1);
    square('cholesky', args);
    return [real(args[0].type.shape)];
  },
  triangularSolve: (_, args) => [solution('triangularSolve', args)],
  solve: (_, args) => [solution('solve', args)],
  leastSquares: (_, args) => {
    arity('leastSquares', args, 2);
    const [a, b] = args;
    const { batch, rows, columns } = matrix('leastSquares', args, a);
    const right = matrix('leastSquares', args, b);
    demand(
      sameShape(batch, right.batch) && sameDim(rows, right.rows),
      'leastSquares',
      args,
      'rows of A and b differ',
    );
    return [real([...batch, columns, right.columns])];
  },
  qr: (_, args) => {
    arity('qr', args, 1);
    const { batch, rows, columns } = matrix('qr', args, args[0]);
    const thin = minDim(rows, columns);
    return [real([...batch, rows, thin]), real([...batch, thin, columns])];
  },
  eigh: (_, args) => {
    arity('eigh', args, 1);
    const { batch, rows, columns } = square('eigh', args);
    return [real([...batch, rows]), real([...batch, rows, columns])];
  },
  svd: (_, args) => {
    arity('svd', args, 1);
    const { batch, rows, columns } = matrix('svd', args, args[0]);
    const thin = minDim(rows, columns);
    return [real([...batch, rows, thin]), real([...batch, thin]), real([...batch, columns, thin])];
  },
  logabsdet: (_, args) => {
    arity('logabsdet', args, 1);
    const { batch } = square('logabsdet', args);
    return [real(batch), real(batch)];
  },
  expm: (_, args) => {
    arity('expm', args, 1);
    square('expm', args);
    return [real(args[0].type.shape)];
  },

  part: ({ index }, args) => {
    arity('part', args, 1);
    const [{ results }] = args;
    demand(
      results.length > 1 && index < results.length,
      'part',
      args,
      () => `has no result ${index}`,
    );
    return [results[index]];
  },

  loop: ({ region, states, length }, args) => {
    const [count, ...inits] = args;
    demand(
      args.length === states + 1 && count.type.shape.length === 0,
      'loop',
      args,
      'one count and the states',
    );
    demand(
      region.parameters.length === states + 1,
      'loop',
      args,
      'parameters: the index and the states',
    );
    demand(region.results.length >= states, 'loop', args, 'a result for each state');
    const carried = region.parameters.slice(1).map((p) => p.type);
    carry('loop', args, carried, inits, region.results.slice(0, states));
    const outputs = region.results.slice(states).map(({ type }) => {
      if (length === undefined) throw fault('loop', args, 'stacked outputs need a length');
      return dense(type.element, [length, ...type.shape]);
    });
    return [...carried, ...outputs];
  },
  while: ({ condition, body }, args) => {
    const carried = body.parameters.map((p) => p.type);
    demand(carried.length === args.length, 'while', args, 'a parameter for each state');
    demand(
      condition.parameters.length === args.length,
      'while',
      args,
      'a parameter for each state',
    );
    demand(
      condition.results.length === 1 && condition.results[0].type.shape.length === 0,
      'while',
      args,
      'the condition is one scalar',
    );
    carry('while', args, carried, args, body.results);
    return carried;
  },
  cond: (attributes, args) => {
    arity('cond', args, 1);
    const { then, otherwise } = attributes;
    demand(args[0].type.shape.length === 0, 'cond', args, 'the condition is one scalar');
    demand(
      then.parameters.length + otherwise.parameters.length === 0,
      'cond',
      args,
      'no parameters',
    );
    demand(
      then.results.length === otherwise.results.length,
      'cond',
      args,
      'as many results in both branches',
    );
    return then.results.map(({ type }, k) => {
      const other = otherwise.results[k].type;
      demand(
        sameShape(type.shape, other.shape),
        'cond',
        args,
        () => `branches differ: ${printType(type)}, ${printType(other)}`,
      );
      const sparse = type.storage === 'csr' && other.storage === 'csr';
      return {
        element: joinElements(type.element, other.element),
        shape: type.shape,
        storage: sparse ? 'csr' : 'dense',
      };
    });
  },
  root: ({ residual }, args) => [implicit('root', args, residual, true)],
  fixpoint: ({ map }, args) => [implicit('fixpoint', args, map, true)],
  minimizer: ({ objective }, args) => [implicit('minimizer', args, objective, false)],

  draw: ({ distribution, parameters, shape }, args) => {
    demand(args.length >= parameters, 'draw', args, 'parameters are missing');
    demand(
      args.slice(parameters).every((counter) => counter.type.shape.length === 0),
      'draw',
      args,
      'counters are scalars',
    );
    return [dense(drawElements[distribution], shape)];
  },
  sample: ({ count }, args) => {
    demand(
      args.every((x) => x.type.shape.length === 0),
      'sample',
      args,
      'counters are scalars',
    );
    return [dense('int', [count])];
  },
};

const same = (element: Element): Element => element;
const number = (element: Element): Element => (element === 'bool' ? 'int' : element);
const real = (shape: Shape): TensorType => dense('real', shape);
const realOf = (element: Element): Element => (element === 'complex' ? 'complex' : 'real');
const bool = (): Element => 'bool';
const int = (): Element => 'int';

const unaryElements: { readonly [F in UnaryFn]: (element: Element) => Element } = {
  neg: number,
  abs: (element) => (element === 'complex' ? 'real' : same(element)),
  sign: same,
  sqrt: realOf,
  cbrt: realOf,
  exp: realOf,
  log: realOf,
  log1p: realOf,
  expm1: realOf,
  sin: realOf,
  cos: realOf,
  tan: realOf,
  asin: realOf,
  acos: realOf,
  atan: realOf,
  sinh: realOf,
  cosh: realOf,
  tanh: realOf,
  sigmoid: realOf,
  softplus: realOf,
  erf: realOf,
  lgamma: realOf,
  digamma: realOf,
  trigamma: realOf,
  floor: int,
  ceil: int,
  round: int,
  not: bool,
  xlogx: realOf,
  isnan: bool,
};

/** Functions with f(0) = 0: a compressed matrix stays compressed under them. */
export const zeroPreserving: { readonly [F in UnaryFn]: boolean } = {
  neg: true,
  abs: true,
  sign: true,
  sqrt: true,
  cbrt: true,
  exp: false,
  log: false,
  log1p: true,
  expm1: true,
  sin: true,
  cos: false,
  tan: true,
  asin: true,
  acos: false,
  atan: true,
  sinh: true,
  cosh: false,
  tanh: true,
  sigmoid: false,
  softplus: false,
  erf: true,
  lgamma: false,
  digamma: false,
  trigamma: false,
  floor: true,
  ceil: true,
  round: true,
  not: false,
  xlogx: true,
  isnan: true,
};

const drawElements: { readonly [D in Attributes['draw']['distribution']]: Element } = {
  normal: 'real',
  uniform: 'real',
  bernoulli: 'bool',
  categorical: 'int',
  poisson: 'int',
  exponential: 'real',
  gamma: 'real',
  beta: 'real',
  laplace: 'real',
  student_t: 'real',
  dirichlet: 'real',
  rademacher: 'int',
  permutation: 'int',
};

type ElementOfTwo = (x: Node, y: Node) => Element;
const joined: ElementOfTwo = (x, y) => joinElements(x.type.element, y.type.element);
const summed: ElementOfTwo = (x, y) => number(joined(x, y));
const quotient: ElementOfTwo = (x, y) => realOf(joined(x, y));

const binaryElements: { readonly [F in BinaryFn]: ElementOfTwo } = {
  add: summed,
  sub: summed,
  mul: joined,
  div: quotient,
  // An integer to a constant power 0, 1, 2, … stays one.
  pow: (x, y) => {
    const exponent = constantEntry(y);
    const whole = exponent !== undefined && Number.isInteger(exponent) && exponent >= 0;
    return whole ? number(x.type.element) : quotient(x, y);
  },
  max: joined,
  min: joined,
  atan2: quotient,
  mod: summed,
  eq: bool,
  ne: bool,
  le: bool,
  lt: bool,
  and: bool,
  or: bool,
  xlogy: quotient,
  kl: quotient,
};

const binaryElement = (fn: BinaryFn, x: Node, y: Node): Element => binaryElements[fn](x, y);

type SparseOfTwo = (x: Node, y: Node) => boolean;
const sparse = (x: Node): boolean => x.type.storage === 'csr';
const bothSparse: SparseOfTwo = (x, y) => sparse(x) && sparse(y);
const eitherSparse: SparseOfTwo = (x, y) => sparse(x) || sparse(y);
const leftSparse: SparseOfTwo = (x) => sparse(x);
const neverSparse: SparseOfTwo = () => false;

/** When the result is zero wherever the compressed arguments are: a missing entry counts as an exact zero. */
const binarySparse: { readonly [F in BinaryFn]: SparseOfTwo } = {
  add: bothSparse,
  sub: bothSparse,
  mul: eitherSparse,
  div: (x, y) => sparse(x) && !sparse(y),
  pow: (x, y) => sparse(x) && (constantEntry(y) ?? 0) > 0,
  max: bothSparse,
  min: bothSparse,
  atan2: neverSparse,
  mod: neverSparse,
  eq: neverSparse,
  ne: bothSparse,
  le: neverSparse,
  lt: bothSparse,
  and: eitherSparse,
  or: bothSparse,
  xlogy: leftSparse,
  kl: neverSparse,
};

const binaryStorage = (fn: BinaryFn, x: Node, y: Node): 'csr' | 'dense' =>
  binarySparse[fn](x, y) ? 'csr' : 'dense';

/** The value of all entries where the node is a constant, or one repeated. */
export function constantEntry(node: Node): number | undefined {
  let inner = node;
  while (inner.op === 'broadcast') [inner] = inner.args;
  return inner.op === 'constant' ? inner.attributes.value : undefined;
}

const elementOfValue = (value: number): Element => (Number.isInteger(value) ? 'int' : 'real');

/** Sums and products of truth values count them. */
const sumElement = number;

function dense(element: Element, shape: Shape): TensorType {
  return { element, shape, storage: 'dense' };
}

function leaf(op: Op, args: readonly Node[], type: TensorType | undefined): TensorType {
  arity(op, args, 0);
  if (type === undefined) throw fault(op, args, 'a type is needed');
  demand(type.storage === 'dense' || type.shape.length === 2, op, args, 'only matrices are sparse');
  return type;
}

interface Matrix {
  readonly batch: Shape;
  readonly rows: Dim;
  readonly columns: Dim;
}

function matrix(op: string, args: readonly Node[], x: Node): Matrix {
  const { shape } = x.type;
  demand(shape.length >= 2, op, args, 'needs a matrix');
  return {
    batch: shape.slice(0, -2),
    rows: shape[shape.length - 2],
    columns: shape[shape.length - 1],
  };
}

function square(op: string, args: readonly Node[]): Matrix {
  const found = matrix(op, args, args[0]);
  demand(sameDim(found.rows, found.columns), op, args, 'needs a square matrix');
  return found;
}

function solution(op: string, args: readonly Node[]): TensorType {
  arity(op, args, 2);
  const { batch, rows } = square(op, args);
  const right = matrix(op, args, args[1]);
  demand(
    sameShape(batch, right.batch) && sameDim(rows, right.rows),
    op,
    args,
    'rows of A and B differ',
  );
  return real(args[1].type.shape);
}

/** The shape that `gather` gives; `put` and `scatter` lay out their values alike. */
function gathered(
  op: string,
  args: readonly Node[],
  shape: Shape,
  axes: readonly number[],
  indices: readonly Node[],
): Shape {
  demand(axes.length > 0 && axes.length === indices.length, op, args, 'one index for each axis');
  demand(distinct(axes, shape.length), op, args, 'axes must be distinct and exist');
  const [first] = indices;
  demand(
    indices.every((index) => sameShape(index.type.shape, first.type.shape)),
    op,
    args,
    'indices differ in shape',
  );
  return [...first.type.shape, ...shape.filter((_, axis) => !axes.includes(axis))];
}

/** Carried states keep their shapes; their kind is that of the parameter. */
function carry(
  op: string,
  args: readonly Node[],
  carried: readonly TensorType[],
  inits: readonly Node[],
  next: readonly Node[],
): void {
  demand(next.length === carried.length, op, args, 'a result for each state');
  carried.forEach((type, k) => {
    demand(
      sameShape(type.shape, inits[k].type.shape),
      op,
      args,
      () => `start of state ${k} differs in shape`,
    );
    demand(
      sameShape(type.shape, next[k].type.shape),
      op,
      args,
      () => `state ${k} changes shape from ${printType(type)} to ${printType(next[k].type)}`,
    );
  });
}

function implicit(op: string, args: readonly Node[], region: Region, alike: boolean): TensorType {
  arity(op, args, 1);
  demand(
    region.parameters.length === 1 && region.results.length === 1,
    op,
    args,
    'one parameter, one result',
  );
  const [start] = args;
  const [z] = region.parameters;
  const [result] = region.results;
  demand(sameShape(z.type.shape, start.type.shape), op, args, 'the start differs in shape');
  demand(
    sameShape(result.type.shape, alike ? start.type.shape : []),
    op,
    args,
    'the result has a wrong shape',
  );
  return real(start.type.shape);
}

function arity(op: string, args: readonly Node[], count: number): void {
  if (args.length !== count) throw fault(op, args, `takes ${count} arguments`);
}

function axisExists(op: string, args: readonly Node[], axis: number): void {
  const [{ type }] = args;
  if (!(axis >= 0 && axis < type.shape.length)) throw fault(op, args, `has no axis ${axis}`);
}

/** Refuses only what certainly does not fit: sizes with symbols may. */
const fits = (needed: Dim, available: Dim): boolean => {
  const [a, b] = [constantValue(needed), constantValue(available)];
  return a === undefined || b === undefined || a <= b;
};

const keys = (shape: Shape): string => shape.map((dim) => dim.key).join(', ');

const increasing = (axes: readonly number[], rank: number): boolean =>
  axes.every((axis, k) => axis >= 0 && axis < rank && (k === 0 || axis > axes[k - 1]));

const distinct = (axes: readonly number[], rank: number): boolean =>
  axes.every((axis, k) => axis >= 0 && axis < rank && axes.indexOf(axis) === k);

const isPermutation = (axes: readonly number[], rank: number): boolean =>
  axes.length === rank && distinct(axes, rank);

function demand(
  condition: boolean,
  op: string,
  args: readonly Node[],
  message: string | (() => string),
): void {
  if (!condition) throw fault(op, args, typeof message === 'string' ? message : message());
}

const fault = (op: string, args: readonly Node[], message: string): InternalError =>
  new InternalError(`${op}(${args.map((x) => printType(x.type)).join(', ')}): ${message}`);
