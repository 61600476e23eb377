// Where backends are known to be wrong, beside plain JavaScript: operations that move entries, on truth values, integers and floats, which backends hold in bytes of their own
// and some read as another; products by the same data in several shapes.
import { describe, expect, it } from 'vitest';
import { facade } from '../../runtime/tfjs/facade.ts';
import type { DeviceTensor, DeviceType, Tfjs } from '../../runtime/tfjs/tfjs.ts';
import { testedBackends } from './backends.ts';

const [rows, columns] = [5, 7];
type Rows = readonly (readonly number[])[];

const arrays: { readonly [T in DeviceType]: Rows } = {
  bool: table(rows, columns, (i, j) => ((i * i + 3 * j) % 4 < 2 ? 1 : 0)),
  int32: table(rows, columns, (i, j) => 1000 * i - 70_001 * j),
  float32: table(rows, columns, (i, j) => i / 4 - j / 8),
};

function table(m: number, n: number, entry: (i: number, j: number) => number): Rows {
  return Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
}
const backwards = <T>(list: readonly T[]): T[] => [...list].reverse();
const at = [4, 0, 2, 2];

interface Move {
  readonly by: (tf: Tfjs, x: DeviceTensor) => DeviceTensor;
  readonly gives: (x: Rows) => unknown;
  /** For all types unless it says for which: what generated code hands over. */
  readonly types?: readonly DeviceType[];
}

const positions = (tf: Tfjs): DeviceTensor => tf.tensor(at, [at.length], 'int32');

const moves: Readonly<Record<string, Move>> = {
  'reverse, rows': { by: (tf, x) => tf.reverse(x, 0), gives: backwards },
  'reverse, columns': { by: (tf, x) => tf.reverse(x, 1), gives: (x) => x.map(backwards) },
  transpose: {
    by: (tf, x) => tf.transpose(x),
    gives: (x) => table(columns, rows, (i, j) => x[j][i]),
  },
  'transpose, by its axes': {
    by: (tf, x) => tf.transpose(tf.reshape(x, [1, rows, columns]), [2, 0, 1]),
    gives: (x) => table(columns, rows, (i, j) => x[j][i]).map((row) => [row]),
  },
  reshape: {
    by: (tf, x) => tf.reshape(x, [columns, rows]),
    gives: (x) => table(columns, rows, (i, j) => x.flat()[i * rows + j]),
  },
  slice: {
    by: (tf, x) => tf.slice(x, [1, 2], [3, 4]),
    gives: (x) => x.slice(1, 4).map((row) => row.slice(2, 6)),
  },
  pad: {
    by: (tf, x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    gives: (x) => [Array<number>(columns + 2).fill(0), ...x.map((row) => [...row, 0, 0])],
  },
  'concat, rows': { by: (tf, x) => tf.concat([x, x], 0), gives: (x) => [...x, ...x] },
  'concat, columns': {
    by: (tf, x) => tf.concat([x, tf.reverse(x, 1)], 1),
    gives: (x) => x.map((row) => [...row, ...backwards(row)]),
  },
  'stack, first': { by: (tf, x) => tf.stack([x, x]), gives: (x) => [x, x] },
  'stack, last': {
    by: (tf, x) => tf.stack([x, x], 2),
    gives: (x) => x.map((row) => row.map((entry) => [entry, entry])),
  },
  'gather, rows': {
    by: (tf, x) => tf.gather(x, positions(tf), 0),
    gives: (x) => at.map((i) => x[i]),
  },
  'gather, columns': {
    by: (tf, x) => tf.gather(x, positions(tf), 1),
    gives: (x) => x.map((row) => at.map((j) => row[j])),
  },
  gatherND: {
    by: (tf, x) => tf.gatherND(x, tf.stack([positions(tf), positions(tf)], 1)),
    gives: (x) => at.map((i) => x[i][i]),
  },
  broadcastTo: {
    by: (tf, x) => tf.broadcastTo(tf.reshape(x, [rows, 1, columns]), [rows, 2, columns]),
    gives: (x) => x.map((row) => [row, row]),
  },
  where: {
    by: (tf, x) => tf.where(tf.cast(tf.reverse(x, 0), 'bool'), x, tf.reverse(x, 1)),
    gives: (x) =>
      x.map((row, i) =>
        row.map((entry, j) => (backwards(x)[i][j] !== 0 ? entry : backwards(row)[j])),
      ),
  },
  'cast to float': { by: (tf, x) => tf.cast(x, 'float32'), gives: (x) => x },
  'cast to bool': {
    by: (tf, x) => tf.cast(x, 'bool'),
    gives: (x) => x.map((row) => row.map((entry) => (entry === 0 ? 0 : 1))),
  },
  scatterND: {
    by: (tf, x) => tf.scatterND(tf.tensor([3, 0, 1, 7, 5], [rows, 1], 'int32'), x, [9, columns]),
    gives: (x) => {
      const zeros = Array<number>(columns).fill(0);
      return [x[1], x[2], zeros, x[0], zeros, x[4], zeros, x[3], zeros];
    },
    types: ['float32'],
  },
  tensorScatterUpdate: {
    by: (tf, x) =>
      tf.tensorScatterUpdate(
        x,
        tf.tensor([3, 1], [2, 1], 'int32'),
        tf.slice(x, [0, 0], [2, columns]),
      ),
    gives: (x) => [x[0], x[1], x[2], x[0], x[4]],
    types: ['float32'],
  },
  topk: {
    by: (tf, x) => tf.topk(x, 3, true).values,
    gives: (x) => x.map((row) => [...row].sort((a, b) => b - a).slice(0, 3)),
    types: ['float32'],
  },
};

const cases = Object.entries(moves).flatMap(([name, move]) =>
  (move.types ?? (['bool', 'int32', 'float32'] as const)).map(
    (type) => [name, type, move] as const,
  ),
);

for (const { name: backend, tf: plain, why } of await testedBackends()) {
  if (plain === undefined) {
    it.skip(`on ${backend}: not run: ${why}`, () => undefined);
    continue;
  }
  describe(`on ${backend}`, () => {
    it('a product by data that was a matrix of another shape before', async () => {
      await plain.setBackend(backend);
      const tf = facade(plain);
      const x = tf.tensor([1, 2, 3, 4], [4]);
      const [row, column] = [tf.reshape(x, [1, 4]), tf.reshape(x, [4, 1])];
      const square = tf.reshape(x, [2, 2]);
      const made = [
        tf.matMul(column, row),
        tf.dot(x, x),
        tf.matMul(row, column),
        tf.matMul(square, square),
        tf.matMul(row, column, true, true),
        tf.dot(tf.tensor([1, 0], [2]), square),
        tf.matMul(tf.reshape(x, [2, 1, 2]), tf.reshape(x, [2, 2, 1])),
      ];
      const outer = [1, 2, 3, 4].flatMap((a) => [1, 2, 3, 4].map((b) => a * b));
      const expected = [outer, [30], [30], [7, 10, 15, 22], outer, [1, 2], [5, 25]];
      for (const [k, product] of made.entries())
        expect(Array.from(await product.data())).toEqual(expected[k]);
      tf.dispose([x, row, column, square, ...made]);
    });

    it.each(cases)('%s of %s', async (_, type, { by, gives }) => {
      await plain.setBackend(backend);
      const tf = facade(plain);
      const entries = arrays[type];
      const made = tf.tidy(() => by(tf, tf.tensor(entries.flat(), [rows, columns], type)));
      const expected: unknown = gives(entries);
      const found = Array.from(await made.data(), Number);
      made.dispose();
      expect(found).toEqual(Array.isArray(expected) ? expected.flat(Infinity) : expected);
    });
  });
}
