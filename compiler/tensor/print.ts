// Prints a node as a person would write it in the language. For explanations and messages: positions are 1-based again, repetitions are
// left to the dotted operators, and a long expression is cut with `…`. What has no surface form is written as a call.
import { addDims, constantDim, constantValue, sameDim, type Dim } from './dim.ts';
import type { Attributes, BinaryFn, Node, NodeOf, Op, ReduceFn, Region, UnaryFn } from './ir.ts';
import { constantEntry } from './shape.ts';
import { isOp } from './type.ts';

/** How tightly a text binds, loosest first, in the order of the language page. */
const level = {
  open: 0,
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  sum: 6,
  product: 7,
  minus: 8,
  power: 9,
  atom: 10,
};

interface Text {
  readonly text: string;
  readonly level: number;
}

/** What is left to print of one call, so that shared parts cannot make the text explode. */
interface Budget {
  nodes: number;
}

interface Printer {
  readonly of: (node: Node) => Text;
  /** The text, bracketed where it binds looser than `least`. */
  readonly at: (node: Node, least: number) => string;
  readonly list: (nodes: readonly Node[]) => string;
}

export interface PrintOptions {
  /** At most this many operations are written out. */
  readonly nodes?: number;
  /** At most this many levels of nesting. */
  readonly depth?: number;
}

/** The node in surface syntax. */
export function printNode(node: Node, { nodes = 400, depth = 80 }: PrintOptions = {}): string {
  return printer({ nodes }, depth).of(node).text;
}

function printer(budget: Budget, depth: number): Printer {
  const of = (node: Node): Text => {
    budget.nodes--;
    if (budget.nodes < 0 || depth < 0) return atom('…');
    return printAs(node, printer(budget, depth - 1));
  };
  const at = (node: Node, least: number): string => {
    const { text, level: own } = of(node);
    return own < least ? `(${text})` : text;
  };
  return { of, at, list: (nodes) => nodes.map((node) => at(node, level.open)).join(', ') };
}

const atom = (text: string): Text => ({ text, level: level.atom });

type PrintRule<O extends Op> = (node: NodeOf<O>, p: Printer) => Text;

function printAs<O extends Op>(node: NodeOf<O>, p: Printer): Text {
  return rules[node.op](node, p);
}

const call = (name: string, inner: string): Text => atom(`${name}(${inner})`);

const onlyArgument =
  (name: string): ((node: NodeOf<Op>, p: Printer) => Text) =>
  ({ args }, p) =>
    call(name, p.list(args));

/** The inner expression alone: what the surface syntax leaves implicit. */
const transparent = ({ args }: NodeOf<Op>, p: Printer): Text => p.of(args[0]);

const axisName = (axis: number): string => `axis = ${axis + 1}`;

const rules: { readonly [O in Op]: PrintRule<O> } = {
  input: ({ attributes }) => atom(attributes.name),
  parameter: ({ attributes }) => atom(parameterName(attributes)),
  constant: ({ attributes }) => printNumber(attributes.value),
  literal: ({ attributes, type }) => atom(printLiteral(attributes.values, type.shape)),
  size: ({ attributes }) => printDim(attributes.dim),
  iota: ({ attributes: { start, length } }) => ({
    text: `${start.key}..${plus(addDims(start, length), -1).key}`,
    level: level.compare,
  }),

  unary: ({ attributes: { fn }, args: [x] }, p) => {
    if (fn === 'neg') return { text: `-${p.at(x, level.minus)}`, level: level.minus };
    if (fn === 'not') return { text: `not ${p.at(x, level.not)}`, level: level.not };
    return call(unaryNames[fn], p.list([x]));
  },
  binary: ({ attributes: { fn }, args: [x, y], type }, p) =>
    printBinary(fn, x, y, type.shape.length === 0, p),
  select: ({ args: [c, x, y] }, p) => ({
    text: `if ${p.at(c, level.or)} then ${p.at(x, level.or)} else ${p.at(y, level.open)}`,
    level: level.open,
  }),
  stop: onlyArgument('stop'),
  oracle: transparent,

  broadcast: transparent,
  transpose: ({ attributes: { permutation }, args: [x] }, p) =>
    permutation.length === 2
      ? atom(flipped(p.at(x, level.atom)))
      : call('transpose', `${p.list([x])}, [${permutation.map((k) => k + 1).join(', ')}]`),
  reshape: (node, p) => printReshape(node, p),
  slice: ({ attributes, args: [x] }, p) =>
    atom(`${p.at(x, level.atom)}[${ranges(attributes, x).join(', ')}]`),
  pad: ({ attributes: { before, shape }, args: [x] }, p) =>
    call('pad', `${p.list([x])}, [${keys(before)}], [${keys(shape)}]`),
  reverse: ({ attributes, args }, p) =>
    call('flip', `${p.list(args)}, ${axisName(attributes.axis)}`),
  concat: ({ attributes: { axis }, args }, p) =>
    axis < 2
      ? call(axis === 0 ? 'vcat' : 'hcat', p.list(args))
      : call('concat', `${p.list(args)}, ${axisName(axis)}`),
  gather: ({ attributes, args: [x, ...indices] }, p) =>
    atom(`${p.at(x, level.atom)}[${positions(x, attributes.axes, indices, p)}]`),
  scatter: ({ attributes, args: [x, ...indices] }, p) =>
    call('scatter', `${p.list([x, ...indices])}, [${keys(attributes.shape)}]`),
  put: ({ attributes, args: [x, value, ...indices] }, p) =>
    call(
      'put',
      `${p.list([x])}, [${positions(x, attributes.axes, indices, p)}] <- ${p.list([value])}`,
    ),
  compress: onlyArgument('where'),

  reduce: ({ attributes: { fn, axes }, args: [x] }, p) => {
    const whole = axes.length === x.type.shape.length;
    const square = fn === 'sum' && whole ? squared(x) : undefined;
    if (square !== undefined) return call('sumsq', p.list([square]));
    const over = whole ? '' : `, ${axes.map(axisName).join(', ')}`;
    return call(reduceNames[fn], p.list([x]) + over);
  },
  argreduce: ({ attributes: { fn, axis }, args }, p) =>
    call(fn, `${p.list(args)}, ${axisName(axis)}`),
  cumulate: ({ attributes: { fn, axis }, args }, p) =>
    call(fn === 'sum' ? 'cumsum' : 'cumprod', `${p.list(args)}, ${axisName(axis)}`),
  sort: ({ attributes, args }, p) => call('sort', `${p.list(args)}, ${axisName(attributes.axis)}`),
  argsort: ({ attributes, args }, p) =>
    call('argsort', `${p.list(args)}, ${axisName(attributes.axis)}`),

  contract: (node, p) => printContract(node, p),

  cholesky: onlyArgument('chol'),
  triangularSolve: ({ attributes, args: [L, B] }, p) => ({
    text: `${attributes.transposed ? flipped(p.at(L, level.atom)) : p.at(L, level.atom)} \\ ${p.at(B, level.minus)}`,
    level: level.product,
  }),
  solve: ({ args }, p) => leftDivision(args, p),
  leastSquares: ({ args }, p) => leftDivision(args, p),
  qr: onlyArgument('qr'),
  eigh: onlyArgument('eigh'),
  svd: onlyArgument('svd'),
  logabsdet: onlyArgument('logabsdet'),
  expm: onlyArgument('expm'),
  part: ({ attributes, args: [x] }, p) => {
    if (isOp(x, 'logabsdet') && attributes.index === 0) return call('logdet', p.list(x.args));
    if (isOp(x, 'eigh') && attributes.index === 0) return call('eigenvalues', p.list(x.args));
    return atom(`${p.at(x, level.atom)}.${attributes.index + 1}`);
  },

  loop: ({ attributes: { region, states }, args: [count, ...inits] }, p) => {
    const [index, ...carried] = region.parameters;
    const last = isOp(count, 'constant')
      ? String(count.attributes.value - 1)
      : `${p.at(count, level.sum)}-1`;
    const header = `${bindings(carried, inits, p)} for ${name(index)} in 0..${last}`;
    return {
      text: `fold(${header}) ${tuple(region.results.slice(0, states), p)}`,
      level: level.open,
    };
  },
  while: ({ attributes: { condition, body }, args }, p) => ({
    text: `while(${bindings(body.parameters, args, p)}; ${p.list(condition.results)}) ${tuple(body.results, p)}`,
    level: level.open,
  }),
  cond: ({ attributes: { then, otherwise }, args: [c] }, p) => ({
    text: `if ${p.at(c, level.or)} then ${tuple(then.results, p)} else ${tuple(otherwise.results, p)}`,
    level: level.open,
  }),
  root: ({ attributes, args }, p) => implicit('root', attributes.residual, args, p),
  fixpoint: ({ attributes, args }, p) => implicit('fixpoint', attributes.map, args, p),
  minimizer: ({ attributes, args }, p) => implicit('minimizer', attributes.objective, args, p),
  draw: ({ attributes: { distribution, parameters, shape }, args }, p) => {
    const inside = parameters === 0 ? '' : `(${p.list(args.slice(0, parameters))})`;
    return atom(`${distribution}${inside}${shape.length === 0 ? '' : `[${keys(shape)}]`}`);
  },
  sample: ({ attributes: { population, count } }) =>
    atom(`batch(1..${population.key}, ${count.key})`),
};

const unaryNames: { readonly [F in UnaryFn]: string } = {
  neg: '-',
  abs: 'abs',
  sign: 'sign',
  sqrt: 'sqrt',
  cbrt: 'cbrt',
  exp: 'exp',
  log: 'log',
  log1p: 'log1p',
  expm1: 'expm1',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  asin: 'asin',
  acos: 'acos',
  atan: 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  softplus: 'softplus',
  erf: 'erf',
  lgamma: 'lgamma',
  digamma: 'digamma',
  trigamma: 'trigamma',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  not: 'not',
  xlogx: 'xlogx',
  isnan: 'isnan',
};

interface Infix {
  /** For scalars, and for arrays where one side is a scalar repeated. */
  readonly symbol: string;
  /** Between two arrays. */
  readonly dotted: string;
  readonly level: number;
  readonly left: number;
  readonly right: number;
}

const infix = (
  symbol: string,
  dotted: string,
  own: number,
  left = own,
  right = own + 1,
): Infix => ({
  symbol,
  dotted,
  level: own,
  left,
  right,
});
const comparison = (symbol: string): Infix =>
  infix(symbol, symbol, level.compare, level.sum, level.sum);

const binaryNames: { readonly [F in BinaryFn]: Infix | string } = {
  add: infix('+', '+', level.sum),
  sub: infix('-', '-', level.sum),
  mul: infix('*', '.*', level.product),
  div: infix('/', './', level.product),
  pow: infix('^', '.^', level.power, level.atom, level.power),
  max: 'max',
  min: 'min',
  atan2: 'atan2',
  mod: 'mod',
  eq: comparison('=='),
  ne: comparison('!='),
  le: comparison('<='),
  lt: comparison('<'),
  and: infix('and', 'and', level.and),
  or: infix('or', 'or', level.or),
  xlogy: 'xlogy',
  kl: 'kl_div',
};

const reduceNames: { readonly [F in ReduceFn]: string } = {
  sum: 'sum',
  prod: 'prod',
  max: 'max',
  min: 'min',
  any: 'any',
  all: 'all',
};

function printBinary(fn: BinaryFn, x: Node, y: Node, scalar: boolean, p: Printer): Text {
  const form = binaryNames[fn];
  const constant = fn === 'add' ? constantEntry(y) : undefined;
  if (constant !== undefined && constant < 0)
    return { text: `${p.at(x, level.sum)} - ${numberText(-constant)}`, level: level.sum };
  if (typeof form === 'string') return call(form, p.list([x, y]));
  const plain = scalar || repeatedScalar(y) || (fn === 'mul' && repeatedScalar(x));
  const written = plain && !(fn === 'pow' && !scalar) ? form.symbol : form.dotted;
  const [left, right] = [p.at(x, form.left), p.at(y, form.right)];
  const product = fn === 'mul' || fn === 'div';
  const tight = fn === 'pow' || (product && !left.includes(' ') && !right.includes(' '));
  const space = tight ? '' : ' ';
  return { text: `${left}${space}${written}${space}${right}`, level: form.level };
}

const repeatedScalar = (node: Node): boolean =>
  constantEntry(node) !== undefined ||
  (node.op === 'broadcast' && node.args[0].type.shape.length === 0);

/** x where the node is x^2 or x*x. */
function squared(node: Node): Node | undefined {
  if (!isOp(node, 'binary')) return undefined;
  const [x, y] = node.args;
  if (node.attributes.fn === 'mul' && x === y) return x;
  return node.attributes.fn === 'pow' && constantEntry(y) === 2 ? x : undefined;
}

function printContract(node: NodeOf<'contract'>, p: Printer): Text {
  const {
    attributes: { batch, sum },
    args: [a, b],
  } = node;
  const [left, right] = [a.type.shape.length, b.type.shape.length];
  const all = batch.length === 0 && sum.length === left && left === right;
  if (all && left !== 1 && sum.every(([i, j]) => i === j))
    return a === b ? call('sumsq', p.list([a])) : call('dot', p.list([a, b]));
  const plain = batch.length === 0 && left <= 2 && right <= 2 && left > 0 && right > 0;
  if (plain && sum.length === 1) {
    const [[i, j]] = sum;
    const flipLeft = left === 1 ? right === 1 || j !== 1 : i === 0;
    // x' A is A' x where b is summed over its second axis: written x' * A'.
    const turned = left === 1 || flipLeft;
    const first = turned ? flipped(p.at(a, level.atom)) : p.at(a, level.product);
    const inner = p.at(b, level.atom);
    const second = right === 2 && j === 1 ? flipped(inner) : inner;
    if (left === 1 && right === 1 && a === b) return call('sumsq', p.list([a]));
    return { text: `${first}*${second}`, level: level.product };
  }
  if (plain && sum.length === 0 && left === 1 && right === 1)
    return { text: `${p.at(a, level.atom)}*${flipped(p.at(b, level.atom))}`, level: level.product };
  const pairs = (axes: readonly (readonly [number, number])[]): string =>
    axes.map(([i, j]) => `${i + 1}~${j + 1}`).join(' ');
  const over = [
    batch.length === 0 ? '' : `, each ${pairs(batch)}`,
    sum.length === 0 ? '' : `, over ${pairs(sum)}`,
  ].join('');
  return call('contract', p.list([a, b]) + over);
}

const leftDivision = ([A, B]: readonly Node[], p: Printer): Text => ({
  text: `${p.at(A, level.product)} \\ ${p.at(B, level.minus)}`,
  level: level.product,
});

/** An axis of size 1 dropped from a slice is a position; one added or dropped elsewhere is not written. */
function printReshape({ args: [x], type }: NodeOf<'reshape'>, p: Printer): Text {
  if (isOp(x, 'slice') && sameWithoutOnes(x.type.shape, type.shape)) {
    const [inner] = x.args;
    const kept = type.shape.map((dim) => dim.key);
    const parts = ranges(x.attributes, inner).map((range, axis) => {
      if (constantValue(x.attributes.size[axis]) !== 1 || kept.includes('1')) return range;
      return plus(x.attributes.start[axis], 1).key;
    });
    return atom(`${p.at(inner, level.atom)}[${parts.join(', ')}]`);
  }
  if (sameWithoutOnes(x.type.shape, type.shape)) return p.of(x);
  if (type.shape.length === 1) return call('vec', p.list([x]));
  return call('reshape', `${p.list([x])}, [${keys(type.shape)}]`);
}

const sameWithoutOnes = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  withoutOnes(a) === withoutOnes(b);
const withoutOnes = (shape: readonly Dim[]): string => keys(shape.filter((d) => d.key !== '1'));

function ranges({ start, size }: Attributes['slice'], x: Node): readonly string[] {
  return start.map((from, axis) => {
    if (constantValue(from) === 0 && sameDim(size[axis], x.type.shape[axis])) return ':';
    return `${plus(from, 1).key}..${addDims(from, size[axis]).key}`;
  });
}

/** Index expressions, 1-based: `e - 1` is written `e`. */
function positions(x: Node, axes: readonly number[], indices: readonly Node[], p: Printer): string {
  return x.type.shape
    .map((_, axis) => {
      const at = axes.indexOf(axis);
      return at < 0 ? ':' : oneBased(indices[at], p);
    })
    .join(', ');
}

function oneBased(index: Node, p: Printer): string {
  if (isOp(index, 'constant')) return String(index.attributes.value + 1);
  if (isOp(index, 'iota')) {
    const { start, length } = index.attributes;
    return `${plus(start, 1).key}..${addDims(start, length).key}`;
  }
  if (isOp(index, 'binary')) {
    const [x, y] = index.args;
    const step = constantEntry(y);
    const shift =
      index.attributes.fn === 'sub'
        ? step
        : index.attributes.fn === 'add' && step !== undefined
          ? -step
          : undefined;
    if (shift === 1) return p.at(x, level.open);
    if (shift !== undefined)
      return `${p.at(x, level.sum)} ${shift < 1 ? '+' : '-'} ${Math.abs(1 - shift)}`;
  }
  return `${p.at(index, level.sum)} + 1`;
}

const name = ({ attributes }: Node<'parameter'>): string => parameterName(attributes);
const parameterName = ({ key, name: given }: Attributes['parameter']): string =>
  given === '' ? `_${key}` : given;

const bindings = (
  parameters: readonly Node<'parameter'>[],
  inits: readonly Node[],
  p: Printer,
): string =>
  parameters.length === 1
    ? `${name(parameters[0])} = ${p.list(inits)}`
    : `(${parameters.map(name).join(', ')}) = (${p.list(inits)})`;

const tuple = (nodes: readonly Node[], p: Printer): string =>
  nodes.length === 1 ? p.at(nodes[0], level.open) : `(${p.list(nodes)})`;

const implicit = (kind: string, region: Region, starts: readonly Node[], p: Printer): Text => ({
  text: `${kind}(${bindings(region.parameters, starts, p)}) ${tuple(region.results, p)}`,
  level: level.open,
});

function printNumber(value: number): Text {
  const size = Math.abs(value);
  const text =
    size === Infinity
      ? 'inf'
      : Number.isNaN(value)
        ? 'nan'
        : size === Math.PI
          ? 'pi'
          : String(size);
  const negative = value < 0 || Object.is(value, -0);
  return negative ? { text: `-${text}`, level: level.minus } : atom(text);
}

function printDim(dim: Dim): Text {
  const simple = dim.monomials.length === 1 && /^[\p{L}\p{N}_]+$/u.test(dim.key);
  return { text: dim.key, level: simple ? level.atom : level.sum };
}

function printLiteral(values: readonly number[], shape: readonly Dim[]): string {
  if (values.length > 24) return `[${values.slice(0, 6).map(numberText).join(', ')}, …]`;
  const sizes = shape.map((dim) => constantValue(dim) ?? 0);
  const nest = (from: number, axis: number): string => {
    if (axis === sizes.length) return numberText(values[from]);
    const stride = sizes.slice(axis + 1).reduce((a, b) => a * b, 1);
    const parts = Array.from({ length: sizes[axis] }, (_, k) => nest(from + k * stride, axis + 1));
    return `[${parts.join(', ')}]`;
  };
  return nest(0, 0);
}

const numberText = (value: number): string => printNumber(value).text;

const keys = (shape: readonly Dim[]): string => shape.map((dim) => dim.key).join(', ');
const plus = (dim: Dim, by: number): Dim => addDims(dim, constantDim(by));

/** The transpose of an atom: a transpose of a transpose is the thing itself. */
const flipped = (text: string): string => (text.endsWith("'") ? text.slice(0, -1) : `${text}'`);
