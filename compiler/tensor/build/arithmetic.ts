// Elementwise builders. A plain number or a scalar joins an array by repetition; two arrays must have equal shapes.
import { constantValue, productOfDims, sameShape } from '../dim.ts';
import type { BinaryFn, Node, ReduceFn, UnaryFn } from '../ir.ts';
import { CoreBuilder } from './core.ts';
import { InternalError } from '../internal-error.ts';
import { constantEntry } from '../shape.ts';
import { isOp, printType, toDim, toShape, type DimLike, type Shape } from '../type.ts';

/** A node, or a number that stands for a constant. */
export type Operand = Node | number;

type UnaryBuilder = (x: Operand) => Node;
type BinaryBuilder = (x: Operand, y: Operand) => Node;
type Reducer = (x: Operand, axes?: readonly number[]) => Node;

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
  readonly sum: Reducer;
  readonly mean: Reducer;
  readonly prod: Reducer;
  readonly maxOver: Reducer;
  readonly minOver: Reducer;
  readonly any: Reducer;
  readonly all: Reducer;
  readonly reduce: (fn: ReduceFn, x: Operand, axes?: readonly number[]) => Node;
};

/** The core with elementwise builders. */
export class ArithmeticBuilder extends CoreBuilder implements Arithmetic {
  readonly constant = (value: number): Node<'constant'> => this.make('constant', { value }, []);

  /** A number as a node. */
  protected readonly node = (x: Operand): Node => (typeof x === 'number' ? this.constant(x) : x);

  readonly full: Arithmetic['full'] = (value, shape) => {
    const x = this.node(value);
    return shape.length === 0
      ? x
      : this.make('broadcast', { shape: toShape(shape), axes: [] }, [x]);
  };

  private fill(x: Node, shape: Shape): Node {
    return x.type.shape.length === 0 && shape.length > 0 ? this.full(x, shape) : x;
  }

  readonly unary: Arithmetic['unary'] = (fn, operand) => {
    const x = this.node(operand);
    if (fn === 'neg') {
      if (isOp(x, 'constant')) return this.constant(-x.attributes.value);
      if (isOp(x, 'unary') && x.attributes.fn === 'neg') return x.args[0];
    }
    return this.make('unary', { fn }, [x]);
  };

  readonly binary: Arithmetic['binary'] = (fn, left, right) => {
    const a = this.node(left);
    const b = this.node(right);
    const shape = commonShape(fn, a, b);
    const x = this.fill(a, shape);
    const y = this.fill(b, shape);
    const made = this.make('binary', { fn }, [x, y]);
    const neutral = withoutNeutral(fn, x, y);
    if (neutral !== undefined && sameTypeOf(neutral, made)) return neutral;
    const value = folded(fn, x, y);
    return value === undefined ? made : this.constant(value);
  };

  readonly reduce: Arithmetic['reduce'] = (fn, operand, axes) => {
    const x = this.node(operand);
    const over =
      axes === undefined ? x.type.shape.map((_, k) => k) : [...axes].sort((a, b) => a - b);
    return over.length === 0 ? x : this.make('reduce', { fn, axes: over }, [x]);
  };

  readonly size: Arithmetic['size'] = (dim) => {
    const exact = toDim(dim);
    const value = constantValue(exact);
    return value === undefined ? this.make('size', { dim: exact }, []) : this.constant(value);
  };

  readonly literal: Arithmetic['literal'] = (values, shape) =>
    this.make('literal', { values }, [], {
      element: 'real',
      shape: toShape(shape ?? [values.length]),
      storage: 'dense',
    });
  readonly iota: Arithmetic['iota'] = (length, start = 0) =>
    this.make('iota', { start: toDim(start), length: toDim(length) }, []);
  readonly zeros: Arithmetic['zeros'] = (shape) => this.full(0, shape);
  readonly ones: Arithmetic['ones'] = (shape) => this.full(1, shape);
  readonly select: Arithmetic['select'] = (condition, then, otherwise) => {
    const parts = [this.node(condition), this.node(then), this.node(otherwise)];
    const shape = parts.find((x) => x.type.shape.length > 0)?.type.shape ?? [];
    const [c, x, y] = parts.map((part) => this.fill(part, shape));
    return x === y ? x : this.make('select', {}, [c, x, y]);
  };
  readonly stop: UnaryBuilder = (x) => this.make('stop', {}, [this.node(x)]);
  readonly square: UnaryBuilder = (x) => this.binary('pow', x, 2);
  readonly neg: UnaryBuilder = (x) => this.unary('neg', x);
  readonly abs: UnaryBuilder = (x) => this.unary('abs', x);
  readonly sign: UnaryBuilder = (x) => this.unary('sign', x);
  readonly sqrt: UnaryBuilder = (x) => this.unary('sqrt', x);
  readonly cbrt: UnaryBuilder = (x) => this.unary('cbrt', x);
  readonly exp: UnaryBuilder = (x) => this.unary('exp', x);
  readonly log: UnaryBuilder = (x) => this.unary('log', x);
  readonly log1p: UnaryBuilder = (x) => this.unary('log1p', x);
  readonly expm1: UnaryBuilder = (x) => this.unary('expm1', x);
  readonly sin: UnaryBuilder = (x) => this.unary('sin', x);
  readonly cos: UnaryBuilder = (x) => this.unary('cos', x);
  readonly tan: UnaryBuilder = (x) => this.unary('tan', x);
  readonly asin: UnaryBuilder = (x) => this.unary('asin', x);
  readonly acos: UnaryBuilder = (x) => this.unary('acos', x);
  readonly atan: UnaryBuilder = (x) => this.unary('atan', x);
  readonly sinh: UnaryBuilder = (x) => this.unary('sinh', x);
  readonly cosh: UnaryBuilder = (x) => this.unary('cosh', x);
  readonly tanh: UnaryBuilder = (x) => this.unary('tanh', x);
  readonly sigmoid: UnaryBuilder = (x) => this.unary('sigmoid', x);
  readonly softplus: UnaryBuilder = (x) => this.unary('softplus', x);
  readonly erf: UnaryBuilder = (x) => this.unary('erf', x);
  readonly lgamma: UnaryBuilder = (x) => this.unary('lgamma', x);
  readonly digamma: UnaryBuilder = (x) => this.unary('digamma', x);
  readonly trigamma: UnaryBuilder = (x) => this.unary('trigamma', x);
  readonly floor: UnaryBuilder = (x) => this.unary('floor', x);
  readonly ceil: UnaryBuilder = (x) => this.unary('ceil', x);
  readonly round: UnaryBuilder = (x) => this.unary('round', x);
  readonly not: UnaryBuilder = (x) => this.unary('not', x);
  readonly xlogx: UnaryBuilder = (x) => this.unary('xlogx', x);
  readonly isnan: UnaryBuilder = (x) => this.unary('isnan', x);
  readonly add: BinaryBuilder = (x, y) => this.binary('add', x, y);
  readonly sub: BinaryBuilder = (x, y) => this.binary('sub', x, y);
  readonly mul: BinaryBuilder = (x, y) => this.binary('mul', x, y);
  readonly div: BinaryBuilder = (x, y) => this.binary('div', x, y);
  readonly pow: BinaryBuilder = (x, y) => this.binary('pow', x, y);
  readonly max: BinaryBuilder = (x, y) => this.binary('max', x, y);
  readonly min: BinaryBuilder = (x, y) => this.binary('min', x, y);
  readonly atan2: BinaryBuilder = (x, y) => this.binary('atan2', x, y);
  readonly mod: BinaryBuilder = (x, y) => this.binary('mod', x, y);
  readonly eq: BinaryBuilder = (x, y) => this.binary('eq', x, y);
  readonly ne: BinaryBuilder = (x, y) => this.binary('ne', x, y);
  readonly le: BinaryBuilder = (x, y) => this.binary('le', x, y);
  readonly lt: BinaryBuilder = (x, y) => this.binary('lt', x, y);
  readonly and: BinaryBuilder = (x, y) => this.binary('and', x, y);
  readonly or: BinaryBuilder = (x, y) => this.binary('or', x, y);
  readonly xlogy: BinaryBuilder = (x, y) => this.binary('xlogy', x, y);
  readonly kl: BinaryBuilder = (x, y) => this.binary('kl', x, y);
  readonly ge: BinaryBuilder = (x, y) => this.binary('le', y, x);
  readonly gt: BinaryBuilder = (x, y) => this.binary('lt', y, x);
  readonly sum: Reducer = (x, axes) => this.reduce('sum', x, axes);
  readonly prod: Reducer = (x, axes) => this.reduce('prod', x, axes);
  readonly maxOver: Reducer = (x, axes) => this.reduce('max', x, axes);
  readonly minOver: Reducer = (x, axes) => this.reduce('min', x, axes);
  readonly any: Reducer = (x, axes) => this.reduce('any', x, axes);
  readonly all: Reducer = (x, axes) => this.reduce('all', x, axes);
  readonly mean: Reducer = (operand, axes) => {
    const x = this.node(operand);
    const averaged = axes ?? x.type.shape.map((_, k) => k);
    const count = productOfDims(averaged.map((axis) => x.type.shape[axis]));
    return this.binary('div', this.reduce('sum', x, averaged), this.size(count));
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
