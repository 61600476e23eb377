// Products of dense matrices, row-major. The inner side is cut into blocks; of each block, the columns of B lie packed in panels, and tiles of C stay in registers while
// they pass along it (Goto & van de Geijn 2008). Wide products pack strips of A too; where B has few columns, one panel holds them all and A is read where it lies.
import {
  createAssembler,
  parameterLocals,
  type Assembler,
  type Local,
  type WasmFunction,
} from './assembler.ts';
import { addEntries, advance, writeWhileBelow } from './loop.ts';
import { clear, directTile, packedTile, packing, type TileShape } from './matmul-tiles.ts';

/** Entries of the inner side, and columns, that are worked on at a time. */
const depth = 256;
const breadth = 128;
/** Entries of the inner side where one panel holds all columns: rows of A are then read far along, as the memory likes it. */
const long = 2048;
/** Where A is read column by column, a block of it must stay near. */
const shallow = 64;

/** Tiles of wide products. */
const wide: TileShape = { rows: 6, pairs: 2 };
/** By the number of pairs of columns: enough sums to keep multiplying, and no more than there are registers. */
const narrow: readonly TileShape[] = [
  { rows: 8, pairs: 1 },
  { rows: 4, pairs: 2 },
  { rows: 3, pairs: 3 },
  { rows: 2, pairs: 4 },
  { rows: 2, pairs: 5 },
  { rows: 2, pairs: 6 },
];

/** Up to so many multiply-adds, copies would take longer than the sums themselves. */
const tiny = 48;

const columnsOf = ({ pairs }: TileShape): number => 2 * pairs;
const widest = columnsOf(wide) * 3;

/** How many numbers a product keeps for itself: panels of B, a strip of A, a tile at an edge. */
export const productMemory = depth * breadth + depth * wide.rows + 8 * widest;
export const productMemoryName = 'products';

const types = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;

/** Which of the two are given transposed. */
export interface Sides {
  readonly A: boolean;
  readonly B: boolean;
}

/** C = A*B with A m×k (or k×m, transposed) and B k×n (or n×k); and the functions that it calls. (C, A, B, m, k, n, entries from one line of A to the next, memory of its
 * own) */
export function product(name: string, sides: Sides): readonly WasmFunction[] {
  const code = createAssembler(name, types, []);
  const [C, A, B, m, k, n, lineA, panels] = parameterLocals(types);
  const entry = constant(code, 8);
  const rowA = sides.A ? entry : bytes(code, lineA);
  const stepA = sides.A ? bytes(code, lineA) : entry;
  const columnB = sides.B ? bytes(code, k) : entry;
  const stepB = sides.B ? entry : bytes(code, n);
  const rowC = bytes(code, n);
  const strip = offset(code, panels, 8 * depth * breadth);
  const edge = offset(code, strip, 8 * depth * wide.rows);
  // Sizes below 128 have a product that fits.
  code.get(m);
  code.get(k);
  code.get(n);
  code.op('i32.or', 'i32.or');
  code.i32(128);
  code.op('i32.lt_u');
  code.get(m);
  code.get(k);
  code.get(n);
  code.op('i32.mul', 'i32.mul');
  code.i32(tiny);
  code.op('i32.le_u', 'i32.and');
  code.branch(() => {
    writeTiny();
    code.op('return');
  });
  // C = 0
  code.get(C);
  code.i32(0);
  code.get(m);
  code.get(rowC);
  code.op('i32.mul', 'memory.fill');
  code.get(n);
  code.i32(widest);
  code.op('i32.gt_s');
  code.branch(writeWide, () => writeNarrow(0));
  return [code.finish(), ...tiles()];

  function tiles(): readonly WasmFunction[] {
    return [
      packedTile(wide),
      packing(wide.rows),
      packing(columnsOf(wide)),
      ...narrow.flatMap((shape) => [directTile(shape), packing(columnsOf(shape))]),
    ];
  }

  /** One sum after the other. */
  function writeTiny(): void {
    const [i, j, p, a, b, to] = Array.from({ length: 6 }, () => code.local('i32'));
    const [one, sum] = [constant(code, 1), code.local('f64')];
    copy(code, to, C);
    each(code, i, m, one, () => {
      each(code, j, n, one, () => {
        place(A, i, rowA);
        code.set(a);
        place(B, j, columnB);
        code.set(b);
        code.f64(0);
        code.set(sum);
        each(code, p, k, one, () => {
          code.get(a);
          code.access('f64.load');
          code.get(b);
          code.access('f64.load');
          code.op('f64.mul');
          code.get(sum);
          code.op('f64.add');
          code.set(sum);
          for (const [pointer, step] of [
            [a, stepA],
            [b, stepB],
          ]) {
            advance(code, pointer, step);
          }
        });
        code.get(to);
        code.get(sum);
        code.access('f64.store');
        advance(code, to, 8);
      });
    });
  }

  function writeNarrow(which: number): void {
    const shape = narrow[which];
    if (shape === undefined) return;
    code.get(n);
    code.i32(columnsOf(shape));
    code.op('i32.le_s');
    code.branch(
      () => writeDirect(shape),
      () => writeNarrow(which + 1),
    );
  }

  /** All columns in one panel. */
  function writeDirect(shape: TileShape): void {
    const { rows } = shape;
    const [from, length, i] = [code.local('i32'), code.local('i32'), code.local('i32')];
    const block = constant(code, sides.A ? shallow : long);
    const left = code.local('i32');
    each(code, from, k, block, () => {
      least(code, length, k, from, block);
      pack(columnsOf(shape), panels, B, from, stepB, undefined, columnB, n, length);
      const call = (row: Local, distance: Local | undefined, tile: () => void, stride: Local) => {
        tile();
        code.get(stride);
        place(A, row, rowA, from, stepA);
        if (distance === undefined) code.i32(0);
        else code.get(distance);
        code.get(stepA);
        code.get(panels);
        code.get(length);
        code.call(directTile.nameOf(shape));
      };
      const strip = (body: () => void): void =>
        code.block(() => {
          code.loop(() => {
            code.get(m);
            code.get(i);
            code.op('i32.sub');
            code.i32(rows);
            code.op('i32.lt_s');
            code.brIf(1);
            body();
            advance(code, i, rows);
            code.br(0);
          });
        });
      const stride = constant(code, 8 * columnsOf(shape));
      const high = constant(code, rows);
      code.i32(0);
      code.set(i);
      // Where the last column is alone, rows are written through the edge.
      code.get(n);
      code.i32(columnsOf(shape));
      code.op('i32.eq');
      code.branch(
        () => strip(() => call(i, rowA, () => place(C, i, rowC), rowC)),
        () =>
          strip(() => {
            clearEdge(8 * columnsOf(shape) * rows);
            call(i, rowA, () => code.get(edge), stride);
            addEdge(i, high, undefined, n, stride);
          }),
      );
      code.i32(1);
      code.set(left);
      each(
        code,
        i,
        m,
        left,
        () => {
          clearEdge(8 * columnsOf(shape) * rows);
          call(i, undefined, () => code.get(edge), stride);
          addEdge(i, left, undefined, n, stride);
        },
        false,
      );
    });
  }

  /** Panels of some columns, strips of some rows. */
  function writeWide(): void {
    const { rows } = wide;
    const columns = columnsOf(wide);
    const [jFrom, width, from, length] = Array.from({ length: 4 }, () => code.local('i32'));
    const [i, j, high, broad, panel] = Array.from({ length: 5 }, () => code.local('i32'));
    const [breadths, depths] = [constant(code, breadth), constant(code, depth)];
    const [strips, across] = [constant(code, rows), constant(code, columns)];
    const end = code.local('i32');
    each(code, jFrom, n, breadths, () => {
      least(code, width, n, jFrom, breadths);
      code.get(jFrom);
      code.get(width);
      code.op('i32.add');
      code.set(end);
      each(code, from, k, depths, () => {
        least(code, length, k, from, depths);
        const nextPanel = (): void => {
          code.get(panel);
          code.get(length);
          code.i32(8 * columns);
          code.op('i32.mul', 'i32.add');
          code.set(panel);
        };
        copy(code, panel, panels);
        copy(code, j, jFrom);
        each(
          code,
          j,
          end,
          across,
          () => {
            least(code, broad, end, j, across);
            pack(columns, panel, B, from, stepB, j, columnB, broad, length);
            nextPanel();
          },
          false,
        );
        each(code, i, m, strips, () => {
          least(code, high, m, i, strips);
          pack(rows, strip, A, from, stepA, i, rowA, high, length);
          copy(code, panel, panels);
          copy(code, j, jFrom);
          each(
            code,
            j,
            end,
            across,
            () => {
              least(code, broad, end, j, across);
              const tile = (at: () => void, stride: Local): void => {
                at();
                code.get(stride);
                code.get(strip);
                code.get(panel);
                code.get(length);
                code.call(packedTile.nameOf(wide));
              };
              code.get(high);
              code.i32(rows);
              code.op('i32.eq');
              code.get(broad);
              code.i32(columns);
              code.op('i32.eq', 'i32.and');
              code.branch(
                () => tile(() => place(C, i, rowC, j, entry), rowC),
                () => {
                  const stride = constant(code, 8 * columns);
                  clearEdge(8 * columns * rows);
                  tile(() => code.get(edge), stride);
                  addEdge(i, high, j, broad, stride);
                },
              );
              nextPanel();
            },
            false,
          );
        });
      });
    });
  }

  /** `count` of `width` rows or columns of a matrix side by side, zeros for the rest. */
  function pack(
    width: number,
    to: Local,
    base: Local,
    from: Local,
    step: Local,
    first: Local | undefined,
    distance: Local,
    count: Local,
    length: Local,
  ): void {
    code.get(to);
    place(base, from, step, first, distance);
    code.get(distance);
    code.get(step);
    code.get(count);
    code.get(length);
    code.call(packing.nameOf(width));
  }

  /** Leaves base + a*strideA + b*strideB, in bytes. */
  function place(base: Local, a: Local, strideA: Local, b?: Local, strideB?: Local): void {
    code.get(base);
    code.get(a);
    code.get(strideA);
    code.op('i32.mul', 'i32.add');
    if (b === undefined || strideB === undefined) return;
    code.get(b);
    code.get(strideB);
    code.op('i32.mul', 'i32.add');
  }

  function clearEdge(length: number): void {
    clear(code, edge, length);
  }

  /** C[i + r, j + c] += edge[r, c] */
  function addEdge(i: Local, high: Local, j: Local | undefined, broad: Local, stride: Local): void {
    const [r, c, one] = [code.local('i32'), code.local('i32'), constant(code, 1)];
    const [to, from] = [code.local('i32'), code.local('i32')];
    each(code, r, high, one, () => {
      place(C, i, rowC, j, entry);
      code.get(r);
      code.get(rowC);
      code.op('i32.mul', 'i32.add');
      code.set(to);
      place(edge, r, stride);
      code.set(from);
      each(code, c, broad, one, () => addEntries(code, to, from, 'f64'));
    });
  }
}

/** for (at = 0; at < to; at += step) body; `at` stays as it is first where `fromZero` is false. */
function each(
  code: Assembler,
  at: Local,
  to: Local,
  step: Local,
  body: () => void,
  fromZero = true,
): void {
  if (fromZero) {
    code.i32(0);
    code.set(at);
  }
  writeWhileBelow(code, at, to, () => {
    body();
    advance(code, at, step);
  });
}

/** Sets `local` to min(to - at, step). */
function least(code: Assembler, local: Local, to: Local, at: Local, step: Local): void {
  const rest = code.local('i32');
  code.get(to);
  code.get(at);
  code.op('i32.sub');
  code.tee(rest);
  code.get(step);
  code.get(rest);
  code.get(step);
  code.op('i32.lt_s', 'select');
  code.set(local);
}

function copy(code: Assembler, to: Local, from: Local): void {
  code.get(from);
  code.set(to);
}

function constant(code: Assembler, value: number): Local {
  const local = code.local('i32');
  code.i32(value);
  code.set(local);
  return local;
}

/** 8 * value */
function bytes(code: Assembler, value: Local): Local {
  const local = code.local('i32');
  code.get(value);
  code.i32(3);
  code.op('i32.shl');
  code.set(local);
  return local;
}

/** base + value */
function offset(code: Assembler, base: Local, value: number): Local {
  const local = code.local('i32');
  code.get(base);
  code.i32(value);
  code.op('i32.add');
  code.set(local);
  return local;
}
