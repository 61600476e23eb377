// Elementwise builders. A plain number or a scalar joins an array by repetition; two arrays must have equal shapes.
import { productOfDims, sameShape } from '../dim.ts';
import type { BinaryFn, Node, ReduceFn, UnaryFn } from '../ir.ts';
import type { Core } from '../graph.ts';
import { InternalError } from '../internal-error.ts';
import { constantEntry } from '../shape.ts';
import { isOp, printType, toDim, toShape, type DimLike, type Shape } from '../type.ts';

/** A node, or a number that stands for a constant. */
export type Operand = Node | number;

type UnaryBuilder = (x: Operand) => Node;
type BinaryBuilder = (x: Operand, y: Operand) => Node;

export type Arithmetic = { readonly [F in Exclude<UnaryFn, 'neg'>]: UnaryBuilder } & {
  readonly [F in Exclude<BinaryFn, 'max' | 'min'>]: BinaryBuilder;
} & {
  readonly neg: UnaryBuilder;
  /** Elementwise; `maxOver` and `minOver` reduce. */
  readonly max: BinaryBuilder;
  readonly min: BinaryBuilder;
  readonly ge: BinaryBuilder;
  readonly gt: BinaryBuilder;
  readonly square: UnaryBuilder;
  readonly unary: (fn: UnaryFn, x: Operand) => Node;
  readonly binary: (fn: BinaryFn, x: Operand, y: Operand) => Node;
  readonly constant: (value: number) => Node<'constant'>;
  readonly literal: (values: readonly number[], shape?: readonly DimLike[]) => Node;
  /** The value of a size. */
  readonly size: (dim: DimLike) => Node;
  /** start, start + 1, …; from 0 unless told. */
  readonly iota: (length: DimLike, start?: DimLike) => Node;
  readonly zeros: (shape: readonly DimLike[]) => Node;
  readonly ones: (shape: readonly DimLike[]) => Node;
  readonly full: (value: Operand, shape: readonly DimLike[]) => Node;
  /** then where the condition holds, else otherwise. */
  readonly select: (condition: Operand, then: Operand, otherwise: Operand) => Node;
  readonly stop: UnaryBuilder;
  /** Over the axes, or over all of them. */
  readonly sum: (x: Operand, axes?: readonly number[]) => Node;
  readonly mean: (x: Operand, axes?: readonly number[]) => Node;
  readonly prod: (x: Operand, axes?: readonly number[]) => Node;
  readonly maxOver: (x: Operand, axes?: readonly number[]) => Node;
  readonly minOver: (x: Operand, axes?: readonly number[]) => Node;
  readonly any: (x: Operand, axes?: readonly number[]) => Node;
  readonly all: (x: Operand, axes?: readonly number[]) => Node;
  readonly reduce: (fn: ReduceFn, x: Operand, axes?: readonly number[]) => Node;
};

export function arithmetic({ make }: Core): Arithmetic {
  const constant = (value: number): Node<'constant'> => make('constant', { value }, []);
  const node = (x: Operand): Node => (typeof x === 'number' ? constant(x) : x);

  const full = (value: Operand, shape: readonly DimLike[]): Node => {
    const x = node(value);
    return shape.length === 0 ? x : make('broadcast', { shape: toShape(shape), axes: [] }, [x]);
  };

  const fill = (x: Node, shape: Shape): Node =>
    x.type.shape.length === 0 && shape.length > 0 ? full(x, shape) : x;

  const unary = (fn: UnaryFn, operand: Operand): Node => {
    const x = node(operand);
    if (fn === 'neg') {
      if (isOp(x, 'constant')) return constant(-x.attributes.value);
      if (isOp(x, 'unary') && x.attributes.fn === 'neg') return x.args[0];
    }
    return make('unary', { fn }, [x]);
  };

  const binary = (fn: BinaryFn, left: Operand, right: Operand): Node => {
    const [a, b] = [node(left), node(right)];
    const shape = commonShape(fn, a, b);
    const [x, y] = [fill(a, shape), fill(b, shape)];
    const made = make('binary', { fn }, [x, y]);
    const neutral = withoutNeutral(fn, x, y);
    if (neutral !== undefined && sameTypeOf(neutral, made)) return neutral;
    const value = folded(fn, x, y);
    return value === undefined ? made : constant(value);
  };

  const reduce = (fn: ReduceFn, operand: Operand, axes?: readonly number[]): Node => {
    const x = node(operand);
    const over =
      axes === undefined ? x.type.shape.map((_, k) => k) : [...axes].sort((a, b) => a - b);
    return over.length === 0 ? x : make('reduce', { fn, axes: over }, [x]);
  };

  const of =
    (fn: UnaryFn): UnaryBuilder =>
    (x) =>
      unary(fn, x);
  const ofTwo =
    (fn: BinaryFn): BinaryBuilder =>
    (x, y) =>
      binary(fn, x, y);
  const over =
    (fn: ReduceFn) =>
    (x: Operand, axes?: readonly number[]): Node =>
      reduce(fn, x, axes);

  const size = (dim: DimLike): Node => {
    const exact = toDim(dim);
    const [first] = exact.monomials;
    if (first === undefined) return constant(0);
    return exact.monomials.length === 1 && first.symbols.length === 0
      ? constant(first.coefficient)
      : make('size', { dim: exact }, []);
  };

  return {
    constant,
    unary,
    binary,
    reduce,
    full,
    size,
    literal: (values, shape) =>
      make('literal', { values }, [], {
        element: 'real',
        shape: toShape(shape ?? [values.length]),
        storage: 'dense',
      }),
    iota: (length, start = 0) => make('iota', { start: toDim(start), length: toDim(length) }, []),
    zeros: (shape) => full(0, shape),
    ones: (shape) => full(1, shape),
    select: (condition, then, otherwise) => {
      const parts = [node(condition), node(then), node(otherwise)];
      const shape = parts.find((x) => x.type.shape.length > 0)?.type.shape ?? [];
      const [c, x, y] = parts.map((part) => fill(part, shape));
      return x === y ? x : make('select', {}, [c, x, y]);
    },
    stop: (x) => make('stop', {}, [node(x)]),
    square: (x) => binary('pow', x, 2),
    neg: of('neg'),
    abs: of('abs'),
    sign: of('sign'),
    sqrt: of('sqrt'),
    cbrt: of('cbrt'),
    exp: of('exp'),
    log: of('log'),
    log1p: of('log1p'),
    expm1: of('expm1'),
    sin: of('sin'),
    cos: of('cos'),
    tan: of('tan'),
    asin: of('asin'),
    acos: of('acos'),
    atan: of('atan'),
    sinh: of('sinh'),
    cosh: of('cosh'),
    tanh: of('tanh'),
    sigmoid: of('sigmoid'),
    softplus: of('softplus'),
    erf: of('erf'),
    lgamma: of('lgamma'),
    digamma: of('digamma'),
    trigamma: of('trigamma'),
    floor: of('floor'),
    ceil: of('ceil'),
    round: of('round'),
    not: of('not'),
    xlogx: of('xlogx'),
    isnan: of('isnan'),
    add: ofTwo('add'),
    sub: ofTwo('sub'),
    mul: ofTwo('mul'),
    div: ofTwo('div'),
    pow: ofTwo('pow'),
    max: ofTwo('max'),
    min: ofTwo('min'),
    atan2: ofTwo('atan2'),
    mod: ofTwo('mod'),
    eq: ofTwo('eq'),
    ne: ofTwo('ne'),
    le: ofTwo('le'),
    lt: ofTwo('lt'),
    ge: (x, y) => binary('le', y, x),
    gt: (x, y) => binary('lt', y, x),
    and: ofTwo('and'),
    or: ofTwo('or'),
    xlogy: ofTwo('xlogy'),
    kl: ofTwo('kl'),
    sum: over('sum'),
    prod: over('prod'),
    maxOver: over('max'),
    minOver: over('min'),
    any: over('any'),
    all: over('all'),
    mean: (operand, axes) => {
      const x = node(operand);
      const averaged = axes ?? x.type.shape.map((_, k) => k);
      const count = productOfDims(averaged.map((axis) => x.type.shape[axis]));
      return binary('div', reduce('sum', x, averaged), size(count));
    },
  };
}

function commonShape(fn: string, x: Node, y: Node): Shape {
  const [a, b] = [x.type.shape, y.type.shape];
  if (a.length === 0) return b;
  if (b.length === 0 || sameShape(a, b)) return a;
  throw new InternalError(`${fn}: ${printType(x.type)} with ${printType(y.type)}`);
}

/** The other operand, where one is neutral. */
function withoutNeutral(fn: BinaryFn, x: Node, y: Node): Node | undefined {
  const [a, b] = [constantEntry(x), constantEntry(y)];
  if (fn === 'add') return b === 0 ? x : a === 0 ? y : undefined;
  if (fn === 'mul') return b === 1 ? x : a === 1 ? y : undefined;
  if (fn === 'sub') return b === 0 ? x : undefined;
  if (fn === 'div' || fn === 'pow') return b === 1 ? x : undefined;
  return undefined;
}

/** Neutral elements are left out where that changes no more than `int` to `real`. */
const sameTypeOf = (kept: Node, made: Node): boolean =>
  kept.type.storage === made.type.storage && kept.type.element !== 'bool';

function folded(fn: BinaryFn, x: Node, y: Node): number | undefined {
  if (!isOp(x, 'constant') || !isOp(y, 'constant')) return undefined;
  const [a, b] = [x.attributes.value, y.attributes.value];
  if (fn === 'add') return a + b;
  if (fn === 'sub') return a - b;
  if (fn === 'mul') return a * b;
  return fn === 'div' ? a / b : undefined;
}
