// Formulas of two lanes written as expressions: each is a piece of code that leaves a v128 on the stack.
import {
  parameterLocals,
  createAssembler,
  type Assembler,
  type WasmFunction,
} from './assembler.ts';
import type { PlainOp } from './opcodes.ts';

/** Leaves two numbers (or two masks) on the stack. */
export type Vector = (code: Assembler) => void;
type Operand = Vector | number;

const vector = (x: Operand): Vector =>
  typeof x === 'number' ? (code) => (x === 0 ? code.both(x) : code.constant(x)) : x;

const unary =
  (op: PlainOp) =>
  (x: Operand): Vector =>
  (code) => {
    vector(x)(code);
    code.op(op);
  };

const binary =
  (op: PlainOp) =>
  (x: Operand, y: Operand): Vector =>
  (code) => {
    vector(x)(code);
    vector(y)(code);
    code.op(op);
  };

export const abs = unary('f64x2.abs');
export const neg = unary('f64x2.neg');
export const add = binary('f64x2.add');
export const sub = binary('f64x2.sub');
export const mul = binary('f64x2.mul');
/** x*y + z, rounded once where the module is encoded so. */
export const madd =
  (x: Operand, y: Operand, z: Operand): Vector =>
  (code) =>
    code.madd(
      () => [x, y].forEach((each) => vector(each)(code)),
      () => vector(z)(code),
    );

/** z - x*y, likewise. */
export const nmadd =
  (x: Operand, y: Operand, z: Operand): Vector =>
  (code) =>
    code.madd(
      () => [x, y].forEach((each) => vector(each)(code)),
      () => vector(z)(code),
      true,
    );

export const div = binary('f64x2.div');
export const max = binary('f64x2.max');
export const min = binary('f64x2.min');
export const lessThan = binary('f64x2.lt');
export const atLeast = binary('f64x2.ge');
export const equal = binary('f64x2.eq');
export const and = binary('v128.and');
export const or = binary('v128.or');
export const addBits = binary('i64x2.add');
export const subBits = binary('i64x2.sub');

/** The same 64 bits in both lanes. */
export const bits =
  (value: bigint): Vector =>
  (code) =>
    code.bothBits(value);

const shift =
  (op: PlainOp) =>
  (x: Vector, by: number): Vector =>
  (code) => {
    x(code);
    code.i32(by);
    code.op(op);
  };

export const shiftLeft = shift('i64x2.shl');
export const shiftRight = shift('i64x2.shr_s');

/** x where the mask is set, else y. */
export const choose =
  (mask: Vector, x: Operand, y: Operand): Vector =>
  (code) => {
    vector(x)(code);
    vector(y)(code);
    mask(code);
    code.op('v128.bitselect');
  };

export const callOf =
  (name: string, x: Vector): Vector =>
  (code) => {
    x(code);
    code.call(name);
  };

/** c[0] + c[1] x + … by Estrin's scheme: pairs, then pairs of pairs. `powers` are x, x², x⁴, …. */
export function polynomial(coefficients: readonly number[], powers: readonly Vector[]): Vector {
  let level: readonly Operand[] = coefficients;
  for (const power of powers) {
    if (level.length === 1) break;
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, k) =>
      2 * k + 1 < level.length ? madd(level[2 * k + 1], power, level[2 * k]) : level[2 * k],
    );
  }
  return vector(level[0]);
}

/** A value that is worked out now and may be used often. */
export function keep(code: Assembler, value: Vector): Vector {
  const local = code.local('v128');
  value(code);
  code.set(local);
  return (inside) => inside.get(local);
}

/** A function from two numbers to two numbers. */
export function vectorFunction(
  name: string,
  body: (code: Assembler, x: Vector) => Vector,
): WasmFunction {
  const code = createAssembler(name, ['v128'], ['v128']);
  const [x] = parameterLocals(['v128']);
  body(code, (inside) => inside.get(x))(code);
  return code.finish();
}
