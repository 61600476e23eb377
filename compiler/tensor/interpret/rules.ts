// What each operation computes, one rule an operation, from the values of its arguments.
import type { Dim } from '../dim.ts';
import { InternalError } from '../internal-error.ts';
import type { Attributes, BinaryFn, NodeOf, Op, ReduceFn, Region } from '../ir.ts';
import { distributions } from '../../../runtime/random/distributions.ts';
import { moveTo, type Random } from '../../../runtime/random/random.ts';
import { sampleWithoutReplacement } from '../../../runtime/random/sample.ts';
import * as factor from './factor.ts';
import {
  differenceGradient,
  findFixpoint,
  findMinimizer,
  findRoot,
  type VectorMap,
} from './implicit.ts';
import { binaryRules, carried, unaryRules } from './scalar.ts';
import {
  axesExcept,
  entryCount,
  exactValue,
  offsetsOf,
  pick,
  positionsOf,
  scalarValue,
  stridesOf,
  valueOf,
  type Value,
} from './value.ts';

/** What a rule may ask of the interpreter. */
export interface Run {
  readonly size: (dim: Dim) => number;
  /** The value of an input. */
  readonly input: (node: NodeOf<'input'>) => Value;
  /** The results of a region for these parameters, within the frame of the node in work. */
  readonly region: (region: Region, parameters: readonly Value[]) => readonly Value[];
  readonly random: (stream: 'run' | 'data') => Random;
  readonly count: (kind: Attributes['oracle']['kind'], times: number) => void;
  /** A size symbol that a `compress` found. */
  readonly define: (length: Dim, value: number) => void;
  /** The gradient of a region's scalar result, where the caller gave a way to build it. */
  readonly gradient: ((objective: Region) => Region) | undefined;
}

export type EvaluationRule<O extends Op> = (
  node: NodeOf<O>,
  args: readonly Value[],
  run: Run,
) => readonly Value[];

const shapeIn = (dims: readonly Dim[], run: Run): readonly number[] => dims.map(run.size);
const shapesIn = (node: NodeOf<Op>, run: Run): readonly (readonly number[])[] =>
  node.results.map(({ shape }) => shapeIn(shape, run));

export const evaluationRules: { readonly [O in Op]: EvaluationRule<O> } = {
  input: (node, _, run) => [run.input(node)],
  parameter: ({ attributes }) => {
    throw new InternalError(`parameter ${attributes.key} outside its region`);
  },
  constant: ({ attributes }) => [scalarValue(attributes.value)],
  literal: ({ attributes, type }, _, run) => [
    exactValue(shapeIn(type.shape, run), Float64Array.from(attributes.values)),
  ],
  size: ({ attributes }, _, run) => [scalarValue(run.size(attributes.dim))],
  iota: ({ attributes: { start, length } }, _, run) => {
    const first = run.size(start);
    const count = run.size(length);
    return [
      exactValue(
        [count],
        Float64Array.from({ length: count }, (__, k) => first + k),
      ),
    ];
  },

  unary: ({ attributes: { fn } }, [x]) => {
    const { value, slope } = unaryRules[fn];
    return [
      valueOf(x.shape, (k) => {
        const v = value(x.data[k]);
        return [v, carried(slope(x.data[k]), x.scale[k]) + Math.abs(v)];
      }),
    ];
  },
  binary: ({ attributes: { fn } }, [x, y]) => [
    valueOf(x.shape, (k) => combine(fn, [x.data[k], x.scale[k]], [y.data[k], y.scale[k]])),
  ],
  select: (_, [condition, x, y]) => [
    valueOf(x.shape, (k) => {
      const chosen = condition.data[k] !== 0 ? x : y;
      return [chosen.data[k], chosen.scale[k]];
    }),
  ],
  stop: (_, args) => args,
  oracle: ({ attributes: { kind, times } }, args, run) => {
    run.count(kind, run.size(times));
    return args;
  },

  broadcast: ({ attributes: { shape, axes } }, [x], run) => {
    const target = shapeIn(shape, run);
    const strides = stridesOf(x.shape);
    return [
      arranged(x, target, (at) => axes.reduce((sum, axis, k) => sum + at[axis] * strides[k], 0)),
    ];
  },
  transpose: ({ attributes: { permutation } }, [x]) => {
    const strides = stridesOf(x.shape);
    return [
      arranged(
        x,
        permutation.map((axis) => x.shape[axis]),
        (at) => permutation.reduce((sum, axis, k) => sum + at[k] * strides[axis], 0),
      ),
    ];
  },
  reshape: ({ attributes: { shape } }, [x], run) => {
    const target = shapeIn(shape, run);
    require(entryCount(target) === x.data.length, 'reshape to another number of entries');
    return [{ ...x, shape: target }];
  },
  slice: ({ attributes: { start, size } }, [x], run) => {
    const from = shapeIn(start, run);
    const block = shapeIn(size, run);
    const strides = stridesOf(x.shape);
    require(block.every(
      (length, axis) => from[axis] >= 0 && from[axis] + length <= x.shape[axis],
    ), 'slice leaves the array');
    return [
      arranged(x, block, (at) =>
        at.reduce((sum, i, axis) => sum + (from[axis] + i) * strides[axis], 0),
      ),
    ];
  },
  pad: ({ attributes: { before, shape } }, [x], run) => {
    const from = shapeIn(before, run);
    const strides = stridesOf(x.shape);
    return [
      arranged(x, shapeIn(shape, run), (at) => {
        const inner = at.map((i, axis) => i - from[axis]);
        return inner.every((i, axis) => i >= 0 && i < x.shape[axis])
          ? inner.reduce((sum, i, axis) => sum + i * strides[axis], 0)
          : -1;
      }),
    ];
  },
  reverse: ({ attributes: { axis } }, [x]) => {
    const strides = stridesOf(x.shape);
    return [
      arranged(x, x.shape, (at) =>
        at.reduce((sum, i, k) => sum + (k === axis ? x.shape[k] - 1 - i : i) * strides[k], 0),
      ),
    ];
  },
  concat: ({ attributes: { axis }, type }, parts, run) => {
    const shape = shapeIn(type.shape, run);
    const pieces = [...positionsOf(shape)].map((at) => {
      let position = at[axis];
      const part = parts.find(({ shape: own }) => {
        if (position < own[axis]) return true;
        position -= own[axis];
        return false;
      });
      if (part === undefined) throw new InternalError('concat beyond its parts');
      const strides = stridesOf(part.shape);
      const k = at.reduce((sum, i, a) => sum + (a === axis ? position : i) * strides[a], 0);
      return { part, k };
    });
    return [
      valueOf(shape, (n) => [pieces[n].part.data[pieces[n].k], pieces[n].part.scale[pieces[n].k]]),
    ];
  },
  gather: ({ attributes: { axes }, type }, [x, ...indices], run) => [
    pick(x, shapeIn(type.shape, run), addressed(x.shape, axes, indices)),
  ],
  scatter: ({ attributes: { axes, shape } }, [updates, ...indices], run) => {
    const target = shapeIn(shape, run);
    const data = new Float64Array(entryCount(target));
    const scale = new Float64Array(data.length);
    addressed(target, axes, indices).forEach((to, k) => {
      data[to] += updates.data[k];
      scale[to] += updates.scale[k];
    });
    return [{ shape: target, data, scale }];
  },
  put: ({ attributes: { axes } }, [x, value, ...indices]) => {
    const data = x.data.slice();
    const scale = x.scale.slice();
    addressed(x.shape, axes, indices).forEach((to, k) => {
      data[to] = value.data[k];
      scale[to] = value.scale[k];
    });
    return [{ shape: x.shape, data, scale }];
  },
  compress: ({ attributes: { length } }, [mask], run) => {
    const found = [...positionsOf(mask.shape)].filter((_, k) => mask.data[k] !== 0);
    run.define(length, found.length);
    return [exactValue([found.length, mask.shape.length], Float64Array.from(found.flat()))];
  },

  reduce: ({ attributes: { fn, axes } }, [x]) => {
    const kept = axesExcept(x.shape.length, axes);
    const starts = offsetsOf(x.shape, kept);
    const along = offsetsOf(x.shape, axes);
    const { start, step } = reductions[fn];
    return [
      valueOf(
        kept.map((axis) => x.shape[axis]),
        (k) => {
          let result: Entry = start;
          for (const offset of along) {
            const at = starts[k] + offset;
            result = step(result, [x.data[at], x.scale[at]]);
          }
          return result;
        },
      ),
    ];
  },
  argreduce: ({ attributes: { fn, axis } }, [x]) => {
    const kept = axesExcept(x.shape.length, [axis]);
    const starts = offsetsOf(x.shape, kept);
    const along = offsetsOf(x.shape, [axis]);
    const better =
      fn === 'argmax' ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
    return [
      valueOf(
        kept.map((k) => x.shape[k]),
        (k) => {
          let best = 0;
          along.forEach((offset, position) => {
            if (better(x.data[starts[k] + offset], x.data[starts[k] + along[best]]))
              best = position;
          });
          return [best, best];
        },
      ),
    ];
  },
  cumulate: ({ attributes: { fn, axis, reverse } }, [x]) => {
    const result = { shape: x.shape, data: x.data.slice(), scale: x.scale.slice() };
    const { step } = reductions[fn];
    for (const start of offsetsOf(x.shape, axesExcept(x.shape.length, [axis]))) {
      const along = offsetsOf(x.shape, [axis]).map((offset) => start + offset);
      if (reverse) along.reverse();
      along.slice(1).forEach((at, k) => {
        const before = along[k];
        [result.data[at], result.scale[at]] = step(
          [result.data[before], result.scale[before]],
          [x.data[at], x.scale[at]],
        );
      });
    }
    return [result];
  },
  sort: ({ attributes: { axis, descending } }, [x]) => [
    pick(x, x.shape, sortedSources(x, axis, descending).sources),
  ],
  argsort: ({ attributes: { axis, descending } }, [x]) => [
    exactValue(x.shape, Float64Array.from(sortedSources(x, axis, descending).positions)),
  ],

  contract: ({ attributes: { batch, sum }, type }, [a, b], run) => {
    const [batchA, batchB] = [batch.map(([p]) => p), batch.map(([, q]) => q)];
    const [sumA, sumB] = [sum.map(([p]) => p), sum.map(([, q]) => q)];
    const each = { a: offsetsOf(a.shape, batchA), b: offsetsOf(b.shape, batchB) };
    const over = { a: offsetsOf(a.shape, sumA), b: offsetsOf(b.shape, sumB) };
    const freeA = offsetsOf(a.shape, axesExcept(a.shape.length, [...batchA, ...sumA]));
    const freeB = offsetsOf(b.shape, axesExcept(b.shape.length, [...batchB, ...sumB]));
    return [
      valueOf(shapeIn(type.shape, run), (k) => {
        const fromB = freeB[k % freeB.length];
        const rest = Math.floor(k / freeB.length);
        const fromA = freeA[rest % freeA.length] + each.a[Math.floor(rest / freeA.length)];
        const base = fromB + each.b[Math.floor(rest / freeA.length)];
        let total: Entry = [0, 0];
        over.a.forEach((offset, n) => {
          const [p, q] = [fromA + offset, base + over.b[n]];
          const term = combine('mul', [a.data[p], a.scale[p]], [b.data[q], b.scale[q]]);
          total = [total[0] + term[0], total[1] + term[1]];
        });
        return total;
      }),
    ];
  },

  cholesky: (node, args, run) => factor.ofCholesky(args, shapesIn(node, run)),
  triangularSolve: (node, args, run) =>
    factor.ofTriangularSolve(node.attributes.lower, node.attributes.transposed)(
      args,
      shapesIn(node, run),
    ),
  solve: (node, args, run) => factor.ofSolve(args, shapesIn(node, run)),
  leastSquares: (node, args, run) => factor.ofLeastSquares(args, shapesIn(node, run)),
  qr: (node, args, run) => factor.ofQr(args, shapesIn(node, run)),
  eigh: (node, args, run) => factor.ofEigh(args, shapesIn(node, run)),
  svd: (node, args, run) => factor.ofSvd(args, shapesIn(node, run)),
  logabsdet: (node, args, run) => factor.ofLogAbsDet(args, shapesIn(node, run)),
  expm: (node, args, run) => factor.ofExpm(args, shapesIn(node, run)),

  part: () => {
    throw new InternalError('part is read by the interpreter itself');
  },

  loop: ({ attributes: { region, states, length } }, [count, ...inits], run) => {
    let carry: readonly Value[] = inits;
    const stacked: (readonly Value[])[] = [];
    const times = count.data[0];
    for (let index = 0; index < times; index++) {
      const results = run.region(region, [scalarValue(index), ...carry]);
      carry = results.slice(0, states);
      stacked.push(results.slice(states));
    }
    if (length === undefined) return carry;
    require(run.size(length) ===
      Math.max(0, times), 'a loop that stacks runs another number of times than its length');
    const outputs = region.results.slice(states).map(({ type }, k) =>
      stack(
        stacked.map((results) => results[k]),
        shapeIn(type.shape, run),
      ),
    );
    return [...carry, ...outputs];
  },
  while: ({ attributes: { condition, body } }, inits, run) => {
    let states: readonly Value[] = inits;
    for (let turn = 0; run.region(condition, states)[0].data[0] !== 0; turn++) {
      require(turn < 1_000_000, 'a while loop does not end');
      states = run.region(body, states);
    }
    return states;
  },
  cond: ({ attributes: { then, otherwise } }, [condition], run) =>
    run.region(condition.data[0] !== 0 ? then : otherwise, []),
  root: ({ attributes: { residual, solved } }, [start], run) => [
    solved ? start : findRoot(vectorMap(residual, start.shape, run), start),
  ],
  fixpoint: ({ attributes: { map } }, [start], run) => [
    findFixpoint(vectorMap(map, start.shape, run), start),
  ],
  minimizer: ({ attributes: { objective } }, [start], run) => {
    const { shape } = start;
    const value = (z: Float64Array): number =>
      run.region(objective, [exactValue(shape, z)])[0].data[0];
    const gradient =
      run.gradient === undefined
        ? differenceGradient(value, shape)
        : vectorMap(run.gradient(objective), shape, run);
    return [findMinimizer(value, gradient, start)];
  },

  draw: ({ attributes, type }, args, run) => {
    const { distribution, site, parameters, stream } = attributes;
    const shape = shapeIn(type.shape, run);
    const random = run.random(stream);
    moveTo(
      random,
      site,
      args.slice(parameters).map(({ data }) => data[0]),
    );
    const out = new Float64Array(entryCount(shape));
    const given = args.slice(0, parameters);
    distributions[distribution](
      random,
      out,
      given.map(({ data }) => data),
      shape.length === 0 ? 1 : shape[shape.length - 1],
      given[0]?.shape.at(-1),
    );
    return [exactValue(shape, out)];
  },
  sample: ({ attributes: { site, population, count } }, counters, run) => {
    const random = run.random('run');
    moveTo(
      random,
      site,
      counters.map(({ data }) => data[0]),
    );
    const out = new Float64Array(run.size(count));
    sampleWithoutReplacement(random, out, run.size(population));
    return [exactValue([out.length], out)];
  },
};

/** Calls the rule of a node. */
export function evaluate<O extends Op>(
  node: NodeOf<O>,
  args: readonly Value[],
  run: Run,
): readonly Value[] {
  return evaluationRules[node.op](node, args, run);
}

type Entry = readonly [value: number, scale: number];

function combine(fn: BinaryFn, [x, sx]: Entry, [y, sy]: Entry): Entry {
  const { value, slopes } = binaryRules[fn];
  const [dx, dy] = slopes(x, y);
  const result = value(x, y);
  return [result, Math.max(carried(dx, sx) + carried(dy, sy), Math.abs(result))];
}

const reductions: {
  readonly [F in ReduceFn]: { readonly start: Entry; readonly step: (a: Entry, b: Entry) => Entry };
} = {
  sum: { start: [0, 0], step: (a, b) => combine('add', a, b) },
  prod: { start: [1, 0], step: (a, b) => combine('mul', a, b) },
  max: { start: [-Infinity, 0], step: (a, b) => combine('max', a, b) },
  min: { start: [Infinity, 0], step: (a, b) => combine('min', a, b) },
  any: { start: [0, 0], step: (a, b) => combine('or', a, b) },
  all: { start: [1, 1], step: (a, b) => combine('and', a, b) },
};

const arranged = (
  x: Value,
  shape: readonly number[],
  source: (position: readonly number[]) => number,
): Value => pick(x, shape, Array.from(positionsOf(shape), source));

/** Flat positions of what `gather` reads, in the order of its result. */
function addressed(
  shape: readonly number[],
  axes: readonly number[],
  indices: readonly Value[],
): readonly number[] {
  const strides = stridesOf(shape);
  const rest = offsetsOf(shape, axesExcept(shape.length, axes));
  return Array.from(indices[0].data, (_, k) => {
    const start = axes.reduce((sum, axis, n) => {
      const position = indices[n].data[k];
      require(Number.isInteger(position) &&
        position >= 0 &&
        position < shape[axis], `position ${position} of an axis of size ${shape[axis]}`);
      return sum + position * strides[axis];
    }, 0);
    return rest.map((offset) => start + offset);
  }).flat();
}

function sortedSources(
  x: Value,
  axis: number,
  descending: boolean,
): { readonly sources: readonly number[]; readonly positions: readonly number[] } {
  const sources: number[] = new Array<number>(x.data.length).fill(0);
  const positions: number[] = new Array<number>(x.data.length).fill(0);
  const along = offsetsOf(x.shape, [axis]);
  for (const start of offsetsOf(x.shape, axesExcept(x.shape.length, [axis]))) {
    const order = along.map((_, k) => k);
    const value = (k: number): number => x.data[start + along[k]];
    order.sort((i, j) => (descending ? value(j) - value(i) : value(i) - value(j)));
    order.forEach((from, k) => {
      sources[start + along[k]] = start + along[from];
      positions[start + along[k]] = from;
    });
  }
  return { sources, positions };
}

function stack(parts: readonly Value[], shape: readonly number[]): Value {
  const size = entryCount(shape);
  return valueOf([parts.length, ...shape], (k) => {
    const part = parts[Math.floor(k / size)];
    return [part.data[k % size], part.scale[k % size]];
  });
}

const vectorMap =
  (region: Region, shape: readonly number[], run: Run): VectorMap =>
  (z) =>
    run.region(region, [exactValue(shape, z)])[0];

function require(condition: boolean, message: string): void {
  if (!condition) throw new InternalError(message);
}
