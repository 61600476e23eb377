// What a product of matrices is made of: tiles of C that stay in registers while they pass along a block of the inner side, and copies that put what they read side by
// side.
import {
  createAssembler,
  parameterLocals,
  type Assembler,
  type Local,
  type WasmFunction,
} from './assembler.ts';
import { advance, writeWhileBefore } from './loop.ts';

/** Rows, and columns in pairs. */
export interface TileShape {
  readonly rows: number;
  readonly pairs: number;
}

/** A function that is made for each shape, and its name. */
interface Family<S> {
  (shape: S): WasmFunction;
  readonly nameOf: (shape: S) => string;
}

function family<S>(
  nameOf: (shape: S) => string,
  make: (name: string, shape: S) => WasmFunction,
): Family<S> {
  return Object.assign((shape: S) => make(nameOf(shape), shape), { nameOf });
}

/** C += A*B of `length` turns: A packed in strips of `rows` numbers, B in panels of 2*pairs. (C, stride of C, A, B, length) */
export const packedTile = family<TileShape>(
  ({ rows, pairs }) => `packed tile ${rows} ${pairs}`,
  (name, { rows, pairs }) => {
    const types = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
    const code = createAssembler(name, types, []);
    const [c, strideC, a, b, length] = parameterLocals(types);
    const factor = code.local('v128');
    const sums = startSums(code, rows * pairs);
    const right = Array.from({ length: pairs }, () => code.local('v128'));
    turns(
      code,
      length,
      2,
      (u) => {
        right.forEach((side, p) => {
          code.get(b);
          code.access('v128.load', 16 * (u * pairs + p));
          code.set(side);
        });
        for (let r = 0; r < rows; r++) {
          code.get(a);
          code.access('v128.load64_splat', 8 * (u * rows + r));
          code.set(factor);
          right.forEach((side, p) => addProduct(code, sums[r * pairs + p], factor, side));
        }
      },
      (width) => {
        advance(code, a, 8 * rows * width);
        advance(code, b, 16 * pairs * width);
      },
    );
    addSums(code, c, strideC, rows, pairs, sums);
    return code.finish();
  },
);

/** The same with A where it lies. (C, stride of C, A, between its rows, between its turns, B, length) */
export const directTile = family<TileShape>(
  ({ rows, pairs }) => `direct tile ${rows} ${pairs}`,
  (name, { rows, pairs }) => {
    const types = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
    const code = createAssembler(name, types, []);
    const [c, strideC, a, rowA, stepA, b, length] = parameterLocals(types);
    const others = Array.from({ length: rows - 1 }, () => code.local('i32'));
    const pointers = [a, ...others];
    others.forEach((other, r) => {
      code.get(pointers[r]);
      code.get(rowA);
      code.op('i32.add');
      code.set(other);
    });
    const factors = pointers.map(() => code.local('v128'));
    const side = code.local('v128');
    const sums = startSums(code, rows * pairs);
    turns(
      code,
      length,
      1,
      (u) => {
        factors.forEach((factor, r) => {
          code.get(pointers[r]);
          code.access('v128.load64_splat');
          code.set(factor);
        });
        for (let p = 0; p < pairs; p++) {
          code.get(b);
          code.access('v128.load', 16 * (u * pairs + p));
          code.set(side);
          factors.forEach((factor, r) => addProduct(code, sums[r * pairs + p], factor, side));
        }
        for (const pointer of pointers) {
          advance(code, pointer, stepA);
        }
      },
      (width) => advance(code, b, 16 * pairs * width),
    );
    addSums(code, c, strideC, rows, pairs, sums);
    return code.finish();
  },
);

/** Puts `count` of `width` lines side by side, turn by turn; zeros stand for the rest. (to, from, between lines, between turns, count, length) */
export const packing = family<number>(
  (width) => `packing ${width}`,
  (name, width) => {
    const types = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
    const code = createAssembler(name, types, []);
    const [to, from, line, step, count, length] = parameterLocals(types);
    const others = Array.from({ length: width - 1 }, () => code.local('i32'));
    const pointers = [from, ...others];
    code.get(count);
    code.i32(width);
    code.op('i32.eq');
    code.branch(
      () => {
        others.forEach((other, r) => {
          code.get(pointers[r]);
          code.get(line);
          code.op('i32.add');
          code.set(other);
        });
        turns(
          code,
          length,
          1,
          () => {
            pointers.forEach((pointer, r) => {
              code.get(to);
              code.get(pointer);
              code.access('f64.load');
              code.access('f64.store', 8 * r);
              advance(code, pointer, step);
            });
          },
          (by) => advance(code, to, 8 * width * by),
        );
      },
      () => {
        const [at, end] = [code.local('i32'), code.local('i32')];
        turns(
          code,
          length,
          1,
          () => {
            clear(code, to, 8 * width);
            code.get(from);
            code.set(at);
            code.get(to);
            code.get(count);
            code.i32(3);
            code.op('i32.shl', 'i32.add');
            code.set(end);
            writeWhileBefore(code, to, end, () => {
              code.get(to);
              code.get(at);
              code.access('f64.load');
              code.access('f64.store');
              advance(code, to, 8);
              advance(code, at, line);
            });
            advance(code, from, step);
            // The zeros are skipped.
            code.get(to);
            code.i32(8 * width);
            code.get(count);
            code.i32(3);
            code.op('i32.shl', 'i32.sub', 'i32.add');
            code.set(to);
          },
          () => undefined,
        );
      },
    );
    return code.finish();
  },
);

/** Zeros for so many bytes, an even number of entries: `memory.fill` is a call, which takes longer. */
export function clear(code: Assembler, at: Local, bytes: number): void {
  for (let offset = 0; offset < bytes; offset += 16) {
    code.get(at);
    code.both(0);
    code.access('v128.store', offset);
  }
}

function startSums(code: Assembler, count: number): readonly Local[] {
  return Array.from({ length: count }, () => {
    const sum = code.local('v128');
    code.both(0);
    code.set(sum);
    return sum;
  });
}

function addProduct(code: Assembler, sum: Local, x: Local, y: Local): void {
  code.madd(
    () => {
      code.get(x);
      code.get(y);
    },
    () => code.get(sum),
  );
  code.set(sum);
}

function addSums(
  code: Assembler,
  c: Local,
  stride: Local,
  rows: number,
  pairs: number,
  sums: readonly Local[],
): void {
  for (let r = 0; r < rows; r++) {
    for (let p = 0; p < pairs; p++) {
      code.get(c);
      code.get(c);
      code.access('v128.load', 16 * p);
      code.get(sums[r * pairs + p]);
      code.op('f64x2.add');
      code.access('v128.store', 16 * p);
    }
    advance(code, c, stride);
  }
}

/** `length` turns, `width` of them written out as far as that goes. */
function turns(
  code: Assembler,
  length: Local,
  width: number,
  turn: (u: number) => void,
  moveBy: (width: number) => void,
): void {
  for (const wide of width === 1 ? [1] : [width, 1])
    code.block(() => {
      code.get(length);
      code.i32(wide);
      code.op('i32.lt_s');
      code.brIf(0);
      code.loop(() => {
        for (let u = 0; u < wide; u++) turn(u);
        moveBy(wide);
        code.get(length);
        code.i32(wide);
        code.op('i32.sub');
        code.tee(length);
        code.i32(wide);
        code.op('i32.ge_s');
        code.brIf(0);
      });
    });
}
