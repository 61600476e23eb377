// Products of dense matrices, row-major, in tiles that stay in registers: 4 rows by 4 columns of C take 8 registers while they pass along the inner
// side. The inner side is cut into blocks, so that the four columns of B stay in the nearest cache while all rows of A pass over them
// (Goto & van de Geijn 2008, without packing).
import {
  createAssembler,
  parameterLocals,
  type Assembler,
  type Local,
  type WasmFunction,
} from './assembler.ts';

/** Entries of the inner side that are worked on at a time. */
const block = 256;
const tile = 4;

const types = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;

/** for (at = from; at + step <= to; at += step) body; `at` is left at the first that was not done. */
function steps(code: Assembler, at: Local, to: Local, step: number, body: () => void): void {
  code.block(() => {
    code.loop(() => {
      code.get(at);
      code.i32(step);
      code.op('i32.add');
      code.get(to);
      code.op('i32.gt_s');
      code.brIf(1);
      body();
      code.get(at);
      code.i32(step);
      code.op('i32.add');
      code.set(at);
      code.br(0);
    });
  });
}

/** The address base + 8 (row*stride + column). */
function address(code: Assembler, base: Local, row: Local, stride: Local, column: Local): void {
  code.get(base);
  code.get(row);
  code.get(stride);
  code.op('i32.mul');
  code.get(column);
  code.op('i32.add');
  code.i32(3);
  code.op('i32.shl', 'i32.add');
}

/** Sets `local` to 8 * value. */
function bytes(code: Assembler, value: Local): Local {
  const local = code.local('i32');
  code.get(value);
  code.i32(3);
  code.op('i32.shl');
  code.set(local);
  return local;
}

/** C = A*B (A is m×k), or A'*B (A is k×m); B is k×n. */
export function product(name: string, transposed: boolean): WasmFunction {
  const code = createAssembler(name, types, []);
  const [C, A, B, m, k, n] = parameterLocals(types);
  const [from, to, i, j, rows, columns] = Array.from({ length: 6 }, () => code.local('i32'));
  const one = code.local('i32');
  code.i32(1);
  code.set(one);
  const [along, across] = transposed ? [m, one] : [one, k];
  // C = 0
  code.get(C);
  code.i32(0);
  code.get(m);
  code.get(n);
  code.op('i32.mul');
  code.i32(3);
  code.op('i32.shl', 'memory.fill');
  code.block(() => {
    code.loop(() => {
      code.get(from);
      code.get(k);
      code.op('i32.ge_s');
      code.brIf(1);
      code.get(from);
      code.i32(block);
      code.op('i32.add');
      code.tee(to);
      code.get(k);
      code.get(to);
      code.get(k);
      code.op('i32.lt_s', 'select');
      code.set(to);
      code.i32(0);
      code.set(j);
      steps(code, j, n, tile, () => {
        code.i32(0);
        code.set(i);
        steps(code, i, m, tile, () => tileOf(tile));
        steps(code, i, m, 1, () => tileOf(1));
      });
      code.get(j);
      code.set(columns);
      rest();
      code.get(to);
      code.set(from);
      code.br(0);
    });
  });
  return code.finish();

  /** Adds to `height` rows and 4 columns of C. */
  function tileOf(height: number): void {
    const sums = Array.from({ length: 2 * height }, () => code.local('v128'));
    const [a, b, c, end] = Array.from({ length: 4 }, () => code.local('i32'));
    const [left, right] = [code.local('v128'), code.local('v128')];
    const factor = code.local('v128');
    const stepA = bytes(code, along);
    const acrossA = bytes(code, across);
    const strideB = bytes(code, n);
    const strideC = strideB;
    address(code, C, i, n, j);
    code.set(c);
    code.get(c);
    code.set(rows);
    for (let r = 0; r < height; r++) {
      for (const half of [0, 1]) {
        code.get(rows);
        code.access('v128.load', 16 * half);
        code.set(sums[2 * r + half]);
      }
      code.get(rows);
      code.get(strideC);
      code.op('i32.add');
      code.set(rows);
    }
    if (transposed) address(code, A, from, m, i);
    else address(code, A, i, k, from);
    code.set(a);
    address(code, B, from, n, j);
    code.set(b);
    address(code, B, to, n, j);
    code.set(end);
    const others = Array.from({ length: height - 1 }, () => code.local('i32'));
    others.forEach((other, r) => {
      code.get(r === 0 ? a : others[r - 1]);
      code.get(acrossA);
      code.op('i32.add');
      code.set(other);
    });
    const rowsOfA = [a, ...others];
    code.loop(() => {
      code.get(b);
      code.access('v128.load');
      code.set(left);
      code.get(b);
      code.access('v128.load', 16);
      code.set(right);
      rowsOfA.forEach((at, r) => {
        code.get(at);
        code.access('v128.load64_splat');
        code.set(factor);
        for (const [half, side] of [left, right].entries()) {
          code.get(sums[2 * r + half]);
          code.get(factor);
          code.get(side);
          code.op('f64x2.mul', 'f64x2.add');
          code.set(sums[2 * r + half]);
        }
        code.get(at);
        code.get(stepA);
        code.op('i32.add');
        code.set(at);
      });
      code.get(b);
      code.get(strideB);
      code.op('i32.add');
      code.tee(b);
      code.get(end);
      code.op('i32.lt_u');
      code.brIf(0);
    });
    for (let r = 0; r < height; r++) {
      for (const half of [0, 1]) {
        code.get(c);
        code.get(sums[2 * r + half]);
        code.access('v128.store', 16 * half);
      }
      code.get(c);
      code.get(strideC);
      code.op('i32.add');
      code.set(c);
    }
  }

  /** The last columns, fewer than four, one by one. */
  function rest(): void {
    const l = code.local('i32');
    const sum = code.local('f64');
    code.get(columns);
    code.set(j);
    steps(code, j, n, 1, () => {
      code.i32(0);
      code.set(i);
      steps(code, i, m, 1, () => {
        address(code, C, i, n, j);
        code.access('f64.load');
        code.set(sum);
        code.get(from);
        code.set(l);
        steps(code, l, to, 1, () => {
          code.get(sum);
          if (transposed) address(code, A, l, m, i);
          else address(code, A, i, k, l);
          code.access('f64.load');
          address(code, B, l, n, j);
          code.access('f64.load');
          code.op('f64.mul', 'f64.add');
          code.set(sum);
        });
        address(code, C, i, n, j);
        code.get(sum);
        code.access('f64.store');
      });
    });
  }
}

/** C = A*B' with A m×k and B n×k: products of rows, two rows of A with four of B at a time. */
export function productOfRows(name: string): WasmFunction {
  const code = createAssembler(name, types, []);
  const [C, A, B, m, k, n] = parameterLocals(types);
  const [i, j] = [code.local('i32'), code.local('i32')];
  const zero = code.local('i32');
  const stride = bytes(code, k);
  const strideC = bytes(code, n);
  steps(code, i, m, 2, () => columnsOf(2));
  steps(code, i, m, 1, () => columnsOf(1));
  return code.finish();

  function columnsOf(height: number): void {
    code.i32(0);
    code.set(j);
    steps(code, j, n, tile, () => tileOf(height, tile));
    steps(code, j, n, 1, () => tileOf(height, 1));
  }

  function tileOf(height: number, width: number): void {
    const sums = Array.from({ length: height * width }, () => code.local('v128'));
    for (const sum of sums) {
      code.both(0);
      code.set(sum);
    }
    const starts = (base: Local, row: Local, count: number): readonly Local[] => {
      const pointers = Array.from({ length: count }, () => code.local('i32'));
      pointers.forEach((pointer, r) => {
        if (r === 0) address(code, base, row, k, zero);
        else {
          code.get(pointers[r - 1]);
          code.get(stride);
          code.op('i32.add');
        }
        code.set(pointer);
      });
      return pointers;
    };
    const left = starts(A, i, height);
    const right = starts(B, j, width);
    const end = code.local('i32');
    const whole = code.local('i32');
    code.get(left[0]);
    code.get(stride);
    code.op('i32.add');
    code.set(end);
    code.get(left[0]);
    code.get(stride);
    code.i32(-16);
    code.op('i32.and', 'i32.add');
    code.set(whole);
    const values = left.map(() => code.local('v128'));
    const other = code.local('v128');
    const turn = (load: (at: Local) => void, step: number): void => {
      left.forEach((at, r) => {
        load(at);
        code.set(values[r]);
      });
      right.forEach((at, c) => {
        load(at);
        code.set(other);
        values.forEach((value, r) => {
          code.get(sums[r * width + c]);
          code.get(value);
          code.get(other);
          code.op('f64x2.mul', 'f64x2.add');
          code.set(sums[r * width + c]);
        });
      });
      for (const at of [...left, ...right]) {
        code.get(at);
        code.i32(step);
        code.op('i32.add');
        code.set(at);
      }
    };
    const repeat = (to: Local, body: () => void): void =>
      code.block(() =>
        code.loop(() => {
          code.get(left[0]);
          code.get(to);
          code.op('i32.ge_u');
          code.brIf(1);
          body();
          code.br(0);
        }),
      );
    repeat(whole, () =>
      turn((at) => {
        code.get(at);
        code.access('v128.load');
      }, 16),
    );
    // The last entry of an odd number, beside a zero.
    repeat(end, () =>
      turn((at) => {
        code.both(0);
        code.get(at);
        code.access('f64.load');
        code.lane('f64x2.replace_lane', 0);
      }, 8),
    );
    const c = code.local('i32');
    address(code, C, i, n, j);
    code.set(c);
    for (let r = 0; r < height; r++) {
      for (let w = 0; w < width; w++) {
        code.get(c);
        for (const lane of [0, 1]) {
          code.get(sums[r * width + w]);
          code.lane('f64x2.extract_lane', lane);
        }
        code.op('f64.add');
        code.access('f64.store', 8 * w);
      }
      code.get(c);
      code.get(strideC);
      code.op('i32.add');
      code.set(c);
    }
  }
}
