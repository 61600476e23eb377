// Random programs over the tensor IR for property tests: small arrays with symbolic sizes, inputs inside the domain of every function and away from
// kinks and ties, so that derivatives exist and rewrites have something to agree on.
import fc from 'fast-check';
import { constantDim, multiplyDims, symbolDim, type Dim } from '../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import { evaluateBinary, evaluateUnary } from '../../compiler/tensor/interpret/scalar.ts';
import type { BinaryFn, Node, ReduceFn, UnaryFn } from '../../compiler/tensor/ir.ts';
import { entriesOf, realType, type Shape } from '../../compiler/tensor/type.ts';
import { createRandom, moveTo } from '../../runtime/random/random.ts';
import { distributions } from '../../runtime/random/distributions.ts';
import type { Tensor } from '../../runtime/tensor.ts';

export interface Program {
  readonly graph: Graph;
  /** Real inputs: `s` scalar, `x[n]`, `y[m]`, `A[m, n]`, `B[n, n]`, `T[2, m, n]`, and `S[m, n]` sparse. */
  readonly inputs: readonly Node<'input'>[];
  /** The last thing built: any shape, any kind. */
  readonly root: Node;
  /** A scalar that depends on every entry of the root, with different weights. */
  readonly objective: Node;
  readonly environment: Environment;
  /** Names of the constructions that took part, for messages. */
  readonly steps: readonly string[];
}

export interface ProgramOptions {
  /** Constructions to use, by name; all of `constructionNames` unless given. */
  readonly only?: (name: string) => boolean;
  /** At most this many steps. */
  readonly steps?: number;
}

interface Step {
  readonly name: string;
  readonly picks: readonly number[];
}

/** A random program. Shrinks by leaving steps out. */
export function arbitraryProgram({
  only = () => true,
  steps = 8,
}: ProgramOptions = {}): fc.Arbitrary<Program> {
  const names = constructionNames.filter(only);
  return fc
    .record({
      seed: fc.nat(1_000_000),
      n: fc.integer({ min: 1, max: 4 }),
      m: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(
        fc.record({
          name: fc.constantFrom(...names),
          picks: fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }),
        }),
        { minLength: 1, maxLength: steps },
      ),
    })
    .map(({ seed, n, m, steps: chosen }) => buildProgram(seed, n, m, chosen));
}

/** The program without its graph, for messages of failures. */
export const describeProgram = ({ steps, environment }: Program): string =>
  `${steps.join(' → ')} with n = ${environment.sizes?.n}, m = ${environment.sizes?.m}`;

const n = symbolDim('n');
const m = symbolDim('m');

function buildProgram(
  seed: number,
  nValue: number,
  mValue: number,
  steps: readonly Step[],
): Program {
  const graph = createGraph();
  const shapes: Readonly<Record<string, Shape>> = {
    s: [],
    x: [n],
    y: [m],
    A: [m, n],
    B: [n, n],
    T: [constantDim(2), m, n],
    S: [m, n],
  };
  const inputs = Object.entries(shapes).map(([name, shape]) =>
    graph.input(name, 'variable', {
      ...realType(shape),
      storage: name === 'S' ? 'csr' : 'dense',
    }),
  );
  const sizes: Record<string, number> = { n: nValue, m: mValue };
  const environment: Environment = {
    sizes,
    seed,
    inputs: Object.fromEntries(
      inputs.map((node, k) => [node.attributes.name, randomTensor(node, sizes, seed, k)]),
    ),
  };
  const world = createWorld(graph, inputs, environment, sizes);
  const taken: string[] = [];
  for (const { name, picks } of steps) {
    const construct = constructions[name];
    const made = attempt(() => construct(world, picks));
    if (made !== undefined && world.admit(made)) taken.push(name);
  }
  const root = world.last();
  return { graph, inputs, root, objective: weighted(graph, root), environment, steps: taken };
}

function randomTensor(
  node: Node<'input'>,
  sizes: Readonly<Record<string, number>>,
  seed: number,
  site: number,
): Tensor | number {
  const shape = node.type.shape.map((dim) => sizes[dim.key] ?? Number(dim.key));
  const random = createRandom(seed, 'data');
  moveTo(random, site, []);
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  distributions.uniform(random, data, [Float64Array.of(-2), Float64Array.of(2)], data.length);
  if (shape.length === 0) return data[0];
  return node.type.storage === 'dense'
    ? { storage: 'dense', shape, data }
    : everyOther(shape[0], shape[1], data);
}

/** Keeps about half of the entries. */
function everyOther(rows: number, columns: number, data: Float64Array): Tensor {
  const kept: { readonly row: number; readonly column: number; readonly value: number }[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if ((row + column) % 2 === 0) kept.push({ row, column, value: data[row * columns + column] });
  return {
    storage: 'csr',
    shape: [rows, columns],
    rowStart: Int32Array.from(
      { length: rows + 1 },
      (_, r) => kept.filter(({ row }) => row < r).length,
    ),
    column: Int32Array.from(kept, ({ column }) => column),
    data: Float64Array.from(kept, ({ value }) => value),
  };
}

/** A scalar in which no two entries count alike. */
export function weighted(graph: Graph, root: Node): Node {
  const flat = graph.flatten(root);
  const weights = graph.add(0.7, graph.mul(0.37, graph.iota(entriesOf(root.type.shape))));
  return graph.sum(graph.mul(flat, weights));
}

interface World {
  readonly g: Graph;
  /** A node of the pool that fits, chosen by a number. */
  readonly pick: (fits: (node: Node) => boolean, choice: number) => Node;
  readonly values: (node: Node) => Float64Array;
  readonly all: (node: Node, test: (v: number) => boolean) => boolean;
  /** Takes a node into the pool if its value is finite and of moderate size. */
  readonly admit: (node: Node) => boolean;
  readonly last: () => Node;
  /** Gives a size symbol its value. */
  readonly define: (symbol: string, value: number) => void;
}

class NoFit extends Error {}

function createWorld(
  g: Graph,
  inputs: readonly Node[],
  environment: Environment,
  sizes: Record<string, number>,
): World {
  const pool: Node[] = [...inputs];
  const known = new Map<Node, Float64Array>();
  const values = (node: Node): Float64Array => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const { data } = interpret([node], environment).values[0];
    known.set(node, data);
    return data;
  };
  return {
    g,
    values,
    pick: (fits, choice) => {
      const fitting = pool.filter(fits);
      if (fitting.length === 0) throw new NoFit();
      // Recent nodes are likelier, so that programs grow deep.
      const recent = choice % 3 === 0 ? fitting.slice(-2) : fitting;
      return recent[Math.floor(choice / 3) % recent.length];
    },
    all: (node, test) => values(node).every(test),
    admit: (node) => {
      if (pool.includes(node)) return false;
      const { values: results, bounds } = interpret([node], environment);
      const fine =
        results[0].data.length <= 64 &&
        results[0].data.every((v) => Number.isFinite(v) && Math.abs(v) <= 60) &&
        bounds[0].data.every((v) => v <= 1e4);
      if (fine) pool.push(node);
      return fine;
    },
    last: () => pool[pool.length - 1],
    define: (symbol, value) => (sizes[symbol] = value),
  };
}

function attempt(build: () => Node): Node | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof NoFit) return undefined;
    throw error;
  }
}

type Construction = (world: World, picks: readonly number[]) => Node;

const any = (): boolean => true;
const ofRank =
  (...ranks: readonly number[]) =>
  (node: Node): boolean =>
    ranks.includes(node.type.shape.length);
const like =
  (other: Node) =>
  (node: Node): boolean =>
    node.type.shape.map((dim) => dim.key).join() === other.type.shape.map((dim) => dim.key).join();
const square = (node: Node): boolean =>
  node.type.shape.length === 2 && node.type.shape[0].key === node.type.shape[1].key;

/** x itself where all entries pass the test, else a tame image of it. */
function within(
  { g, all }: World,
  x: Node,
  test: (v: number) => boolean,
  image: 'positive' | 'unit' | 'apart',
): Node {
  if (all(x, test)) return x;
  const tame = {
    positive: () => g.add(0.3, g.square(g.sin(x))),
    unit: () => g.mul(0.9, g.sin(x)),
    apart: () => g.add(x, 0.2137),
  }[image]();
  if (!all(tame, test)) throw new NoFit();
  return tame;
}

const apartFromIntegers = (v: number): boolean => Math.abs(v * 2 - Math.round(v * 2)) > 0.02;

const unaryDomains: {
  readonly [F in UnaryFn]: readonly [(v: number) => boolean, 'positive' | 'unit' | 'apart'];
} = {
  neg: [any, 'unit'],
  abs: [(v) => Math.abs(v) > 0.05, 'apart'],
  sign: [(v) => Math.abs(v) > 0.05, 'apart'],
  sqrt: [(v) => v > 0.05, 'positive'],
  cbrt: [(v) => Math.abs(v) > 0.05, 'positive'],
  exp: [(v) => v < 3, 'unit'],
  log: [(v) => v > 0.05, 'positive'],
  log1p: [(v) => v > -0.9, 'positive'],
  expm1: [(v) => v < 3, 'unit'],
  sin: [any, 'unit'],
  cos: [any, 'unit'],
  tan: [(v) => Math.abs(Math.cos(v)) > 0.3, 'unit'],
  asin: [(v) => Math.abs(v) < 0.95, 'unit'],
  acos: [(v) => Math.abs(v) < 0.95, 'unit'],
  atan: [any, 'unit'],
  sinh: [(v) => Math.abs(v) < 4, 'unit'],
  cosh: [(v) => Math.abs(v) < 4, 'unit'],
  tanh: [any, 'unit'],
  sigmoid: [any, 'unit'],
  softplus: [any, 'unit'],
  erf: [any, 'unit'],
  lgamma: [(v) => v > 0.1, 'positive'],
  digamma: [(v) => v > 0.1, 'positive'],
  trigamma: [(v) => v > 0.1, 'positive'],
  floor: [apartFromIntegers, 'apart'],
  ceil: [apartFromIntegers, 'apart'],
  round: [apartFromIntegers, 'apart'],
  not: [any, 'unit'],
  xlogx: [(v) => v > 0.05, 'positive'],
  isnan: [any, 'unit'],
};

const differ = (a: number, b: number): boolean => Math.abs(a - b) > 0.05;

const binaryDomains: { readonly [F in BinaryFn]: (x: number, y: number) => boolean } = {
  add: any,
  sub: any,
  mul: any,
  div: (_, y) => Math.abs(y) > 0.2,
  pow: (x, y) => x > 0.1 && Math.abs(y) < 3,
  max: differ,
  min: differ,
  atan2: (x, y) => Math.hypot(x, y) > 0.2,
  mod: (x, y) => Math.abs(y) > 0.3 && apartFromIntegers(x / y),
  eq: differ,
  ne: differ,
  le: differ,
  lt: differ,
  and: any,
  or: any,
  xlogy: (_, y) => y > 0.1,
  kl: (x, y) => x > 0.1 && y > 0.1,
};

const binaryImages: { readonly [F in BinaryFn]: readonly [boolean, boolean] } = {
  add: [false, false],
  sub: [false, false],
  mul: [false, false],
  div: [false, true],
  pow: [true, false],
  max: [false, false],
  min: [false, false],
  atan2: [false, true],
  mod: [false, true],
  eq: [false, false],
  ne: [false, false],
  le: [false, false],
  lt: [false, false],
  and: [false, false],
  or: [false, false],
  xlogy: [false, true],
  kl: [true, true],
};

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] => {
  const isKey = (key: string): key is K => Object.hasOwn(table, key);
  return Object.keys(table).filter(isKey);
};

const unaryConstructions = keysOf(unaryDomains).map((fn): readonly [string, Construction] => [
  fn,
  (world, [a]) => {
    const [test, image] = unaryDomains[fn];
    const x = within(world, world.pick(any, a), test, image);
    if (!world.all(x, (v) => Number.isFinite(evaluateUnary(fn, v)))) throw new NoFit();
    return world.g.unary(fn, x);
  },
]);

const binaryConstructions = keysOf(binaryDomains).map((fn): readonly [string, Construction] => [
  fn,
  (world, [a, b, c]) => {
    const { g, values } = world;
    const [tameX, tameY] = binaryImages[fn];
    const first = world.pick(any, a);
    const second = c % 4 === 0 ? g.constant(((c % 7) + 1) / 2) : world.pick(like(first), b);
    const x = tameX ? g.add(0.3, g.square(g.sin(first))) : first;
    const y = tameY && second.op !== 'constant' ? g.add(0.4, g.square(g.sin(second))) : second;
    const [u, v] = [values(x), values(y)];
    const fits = u.every((p, k) => {
      const q = v.length === 1 ? v[0] : v[k];
      return binaryDomains[fn](p, q) && Number.isFinite(evaluateBinary(fn, p, q));
    });
    if (!fits) throw new NoFit();
    return g.binary(fn, x, y);
  },
]);

const reduceConstructions = (['sum', 'prod', 'max', 'min', 'any', 'all'] as const).map(
  (fn: ReduceFn): readonly [string, Construction] => [
    `reduce ${fn}`,
    (world, [a, b]) => {
      const x = world.pick(ofRank(1, 2, 3), a);
      const rank = x.type.shape.length;
      const axes = Array.from({ length: rank }, (_, k) => k).filter((k) => b & (1 << k));
      requireSpread(world, x, fn === 'max' || fn === 'min');
      return world.g.reduce(fn, x, axes.length === 0 ? undefined : axes);
    },
  ],
);

/** No two entries nearly equal, where ties would matter. */
function requireSpread({ values }: World, x: Node, matters = true): void {
  const sorted = values(x).slice().sort();
  if (matters && sorted.some((v, k) => k > 0 && v - sorted[k - 1] < 0.01)) throw new NoFit();
}

const axisOf = (x: Node, choice: number): number => choice % x.type.shape.length;
const sizeOf = (world: World, dim: Dim): number => world.values(world.g.size(dim))[0];

/** A well-conditioned symmetric positive definite matrix made of a square one. */
const positiveDefinite = ({ g }: World, B: Node): Node => {
  const S = g.sin(B);
  return g.add(g.matmul(S, g.transpose(S)), diagonalOf(g, B.type.shape[0], 1.5));
};
/** A matrix whose symmetric part has well separated eigenvalues. */
const separated = ({ g }: World, B: Node): Node => {
  const S = g.mul(0.3, g.sin(B));
  const spread = g.diagonalMatrix(g.mul(3, g.add(g.iota(B.type.shape[0]), 1)));
  return g.add(g.add(S, g.transpose(S)), spread);
};
const diagonalOf = (g: Graph, size: Dim, value: number): Node => g.mul(value, g.eye(size));

const structural: readonly (readonly [string, Construction])[] = [
  ['constant', ({ g }, [a]) => g.constant((a % 41) / 8 - 2.5)],
  ['literal', ({ g }, [a, b]) => g.literal([a / 500 - 1, b / 500 - 1, 0.5, -0.25], [2, 2])],
  ['size', ({ g }, [a]) => g.size(a % 2 === 0 ? n : multiplyDims(n, m))],
  ['iota', ({ g }, [a]) => g.iota(a % 2 === 0 ? n : m, a % 3)],
  [
    'select',
    (world, [a, b, c]) => {
      const x = world.pick(any, a);
      const y = world.pick(like(x), b);
      const z = world.pick(like(x), c);
      if (!world.all(z, (v) => Math.abs(v) > 0.05)) throw new NoFit();
      return world.g.select(world.g.lt(0, z), x, y);
    },
  ],
  ['stop', ({ g, pick }, [a]) => g.stop(pick(any, a))],
  ['oracle', ({ g, pick }, [a]) => g.oracle(pick(any, a), 'values', 'f')],
  [
    'broadcast',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(0, 1, 2), a);
      const at = b % (x.type.shape.length + 1);
      const shape = [...x.type.shape.slice(0, at), m, ...x.type.shape.slice(at)];
      return g.broadcastTo(
        x,
        shape,
        x.type.shape.map((_, k) => (k < at ? k : k + 1)),
      );
    },
  ],
  [
    'transpose',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(2, 3), a);
      const rank = x.type.shape.length;
      const turned = Array.from({ length: rank }, (_, k) => (k + 1 + (b % (rank - 1))) % rank);
      return g.transpose(x, turned);
    },
  ],
  [
    'reshape',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(1, 2, 3), a);
      const { shape } = x.type;
      if (shape.length === 1) return g.reshape(x, [1, shape[0]]);
      return b % 2 === 0
        ? g.flatten(x)
        : g.reshape(x, [multiplyDims(shape[0], shape[1]), ...shape.slice(2)]);
    },
  ],
  [
    'slice',
    (world, [a, b, c]) => {
      const x = world.pick(ofRank(1, 2, 3), a);
      const axis = axisOf(x, b);
      const size = sizeOf(world, x.type.shape[axis]);
      const start = c % size;
      return world.g.sliceAxis(x, axis, start, 1 + (Math.floor(c / 7) % (size - start)));
    },
  ],
  [
    'pad',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(1, 2), a);
      const axis = axisOf(x, b);
      const grown = g.concat([x, g.sliceAxis(x, axis, 0, 1)], axis).type.shape;
      return g.pad(
        x,
        x.type.shape.map((_, k) => (k === axis ? b % 2 : 0)),
        grown,
      );
    },
  ],
  [
    'reverse',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(1, 2, 3), a);
      return g.reverse(x, axisOf(x, b));
    },
  ],
  [
    'concat',
    ({ g, pick }, [a, b, c]) => {
      const x = pick(ofRank(1, 2, 3), a);
      return g.concat([x, pick(like(x), b)], axisOf(x, c));
    },
  ],
  [
    'gather',
    (world, [a, b, c]) => {
      const { g } = world;
      const x = world.pick(ofRank(1, 2, 3), a);
      const axis = axisOf(x, b);
      const index = indexInto(world, x.type.shape[axis], c);
      return g.gather(x, [index], [axis]);
    },
  ],
  [
    'gather pairs',
    (world, [a, b, c]) => {
      const x = world.pick(ofRank(2), a);
      const [rows, columns] = x.type.shape;
      return world.g.gather(
        x,
        [indexInto(world, rows, b), indexInto(world, columns, c, b)],
        [0, 1],
      );
    },
  ],
  [
    'scatter',
    (world, [a, b]) => {
      const x = world.pick(ofRank(1, 2), a);
      const target = world.g.concat([x, x], 0).type.shape;
      const index = world.g.mod(world.g.mul(world.g.iota(x.type.shape[0]), 1 + (b % 3)), 3);
      if (sizeOf(world, target[0]) < 3) throw new NoFit();
      return world.g.scatter(x, [index], target);
    },
  ],
  [
    'put',
    (world, [a, b, c]) => {
      const { g } = world;
      const x = world.pick(ofRank(1, 2), a);
      const position = c % sizeOf(world, x.type.shape[0]);
      const value = g.mul(0.5, g.at(world.pick(like(x), b), 0, 0));
      return g.put(x, value, [position]);
    },
  ],
  [
    'compress',
    ({ g, pick, all, values, define }, [a]) => {
      const x = pick(ofRank(1, 2), a);
      if (!all(x, (v) => Math.abs(v) > 0.05) || all(x, (v) => v < 0)) throw new NoFit();
      const symbol = `c${x.id}`;
      define(symbol, values(x).filter((v) => v > 0).length);
      const positions = g.compress(g.lt(0, x), symbolDim(symbol));
      const columns = x.type.shape.map((_, k) => g.at(positions, 1, k));
      return g.gather(
        x,
        columns,
        x.type.shape.map((_, k) => k),
        true,
      );
    },
  ],
  [
    'argreduce',
    (world, [a, b, c]) => {
      const x = world.pick(ofRank(1, 2, 3), a);
      requireSpread(world, x);
      return c % 2 === 0 ? world.g.argmax(x, axisOf(x, b)) : world.g.argmin(x, axisOf(x, b));
    },
  ],
  [
    'cumsum',
    ({ g, pick }, [a, b, c]) => {
      const x = pick(ofRank(1, 2, 3), a);
      return g.cumsum(x, axisOf(x, b), c % 2 === 0);
    },
  ],
  [
    'cumprod',
    ({ g, pick, all }, [a, b, c]) => {
      const x = pick(ofRank(1, 2, 3), a);
      if (!all(x, (v) => Math.abs(v) > 0.05)) throw new NoFit();
      return g.cumprod(x, axisOf(x, b), c % 2 === 0);
    },
  ],
  [
    'sort',
    (world, [a, b, c]) => {
      const x = world.pick(ofRank(1, 2, 3), a);
      requireSpread(world, x);
      return world.g.sort(x, axisOf(x, b), c % 2 === 0);
    },
  ],
  [
    'argsort',
    (world, [a, b, c]) => {
      const x = world.pick(ofRank(1, 2, 3), a);
      requireSpread(world, x);
      return world.g.argsort(x, axisOf(x, b), c % 2 === 0);
    },
  ],
  [
    'dot',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(1, 2, 3), a);
      return g.dot(x, pick(like(x), b));
    },
  ],
  [
    'matmul',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(1, 2, 3), a);
      const inner = x.type.shape[x.type.shape.length - 1].key;
      return g.matmul(
        x,
        pick((y) => y.type.shape.length > 0 && y.type.shape[0].key === inner, b),
      );
    },
  ],
  [
    'transposed product',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(2), a);
      const inner = x.type.shape[0].key;
      return g.contract(
        x,
        pick((y) => y.type.shape.length > 0 && y.type.shape[0].key === inner, b),
        [[0, 0]],
      );
    },
  ],
  ['outer', ({ g, pick }, [a, b]) => g.outer(pick(ofRank(1), a), pick(ofRank(1), b))],
  [
    'batched product',
    ({ g, pick }, [a, b]) => {
      const x = pick(ofRank(2, 3), a);
      return g.contract(x, pick(like(x), b), [[1, 1]], [[0, 0]]);
    },
  ],
  ['diagonal', ({ g, pick }, [a]) => g.diagonal(pick(square, a))],
  ['eye', ({ g }, [a]) => g.eye(a % 2 === 0 ? n : m)],
  ['diagonal matrix', ({ g, pick }, [a]) => g.diagonalMatrix(pick(ofRank(1), a))],
  ['cholesky', (world, [a]) => world.g.cholesky(positiveDefinite(world, world.pick(square, a)))],
  [
    'triangularSolve',
    (world, [a, b, c]) => {
      const { g } = world;
      const P = positiveDefinite(world, world.pick(square, a));
      const lower = c % 2 === 0;
      const L = lower ? g.cholesky(P) : g.transpose(g.cholesky(P));
      return g.triangularSolve(L, rightSide(world, P, b), { lower, transposed: c % 3 === 0 });
    },
  ],
  [
    'solve',
    (world, [a, b, c]) => {
      const P = positiveDefinite(world, world.pick(square, a));
      if (c % 2 === 0) return world.g.solve(P, rightSide(world, P, b), true);
      const shifted = world.g.add(P, world.g.mul(0.4, world.g.sin(world.pick(like(P), c))));
      return world.g.solve(shifted, rightSide(world, P, b));
    },
  ],
  [
    'leastSquares',
    (world, [a, b]) => {
      const { g } = world;
      const P = positiveDefinite(world, world.pick(square, a));
      const tall = g.concat([P, g.sliceAxis(P, 0, 0, 1)], 0);
      const right = g.concat([rightSide(world, P, b), rightSide(world, P, b)], 0);
      return g.leastSquares(tall, g.sliceAxis(right, 0, 0, tall.type.shape[0]));
    },
  ],
  [
    'qr',
    (world, [a, b]) => {
      const P = positiveDefinite(world, world.pick(square, a));
      const tall = world.g.concat([P, world.g.sliceAxis(P, 0, 0, 1)], 0);
      return world.g.qr(tall)[b % 2];
    },
  ],
  ['eigh', (world, [a, b]) => world.g.eigh(separated(world, world.pick(square, a)))[b % 2]],
  [
    'svd',
    (world, [a, b]) => {
      const P = separated(world, world.pick(square, a));
      const tall = world.g.concat([P, world.g.mul(0.2, world.g.sliceAxis(P, 0, 0, 1))], 0);
      return world.g.svd(tall)[b % 3];
    },
  ],
  [
    'logabsdet',
    (world, [a, b]) =>
      world.g.logabsdet(positiveDefinite(world, world.pick(square, a)))[b % 5 === 0 ? 1 : 0],
  ],
  ['expm', (world, [a]) => world.g.expm(world.g.sin(world.pick(square, a)))],
  [
    'loop',
    ({ g, pick }, [a, b]) => {
      const x = pick(any, a);
      const y = pick(like(x), b);
      const step = (t: Node, s: Node): Node => g.add(g.mul(0.5, g.sin(g.add(s, t))), g.mul(0.3, y));
      const { states, stacked } = g.loop(n, [x], (t, s) => ({
        next: [step(t, s)],
        stacked: b % 2 === 0 ? [g.mul(s, y)] : [],
      }));
      return stacked[0] ?? states[0];
    },
  ],
  [
    'nested loop',
    ({ g, pick }, [a, b]) => {
      const x = pick(any, a);
      const y = pick(like(x), b);
      const inner = (t: Node, s: Node): Node =>
        g.fold(2, [s], (_, r) => [g.add(g.mul(0.4, g.cos(r)), g.mul(0.1, g.mul(t, y)))])[0];
      return g.fold(m, [x], (t, s) => [inner(t, s)])[0];
    },
  ],
  [
    'while',
    (world, [a, b]) => {
      const { g } = world;
      const x = world.pick(any, a);
      const y = world.pick(like(x), b);
      return g.while(
        [0, x],
        (t) => g.lt(t, 2.5),
        (t, s) => [g.add(t, 1), g.add(g.mul(0.5, g.sin(s)), g.mul(t, y))],
      )[1];
    },
  ],
  [
    'cond',
    (world, [a, b, c]) => {
      const { g } = world;
      const x = world.pick(any, a);
      const y = world.pick(like(x), b);
      const switchOn = g.sum(world.pick(any, c));
      if (!world.all(switchOn, (v) => Math.abs(v) > 0.1)) throw new NoFit();
      return g.cond(
        g.lt(0, switchOn),
        () => [g.sin(x)],
        () => [g.mul(x, y)],
      )[0];
    },
  ],
  [
    'root',
    ({ g, pick }, [a]) => {
      const x = pick(ofRank(0, 1), a);
      // z + z^3 = x has one solution.
      return g.root(g.mul(0, g.stop(x)), (z) => g.sub(g.add(z, g.mul(z, g.mul(z, z))), g.sin(x)));
    },
  ],
  [
    'fixpoint',
    ({ g, pick }, [a]) => {
      const x = pick(ofRank(0, 1), a);
      return g.fixpoint(g.mul(0, g.stop(x)), (z) => g.add(g.mul(0.4, g.cos(z)), g.mul(0.3, x)));
    },
  ],
  [
    'minimizer',
    ({ g, pick }, [a]) => {
      const x = pick(ofRank(0, 1), a);
      return g.minimizer(g.mul(0, g.stop(x)), (z) =>
        g.add(g.sum(g.square(g.sub(z, g.sin(x)))), g.mul(0.1, g.sum(g.square(g.square(z))))),
      );
    },
  ],
  [
    'draw',
    ({ g, pick }, [a, b]) =>
      g.draw('normal', [g.mul(0.5, g.sin(pick(ofRank(0), b))), 0.5], {
        site: a,
        shape: [n],
        counters: [b % 5],
      }),
  ],
  ['sample', ({ g }, [a, b]) => g.sample(constantDim(6), constantDim(3), a, [b % 5])],
];

/** Integer positions into an axis, as long as the axis of size n or m. */
function indexInto(world: World, dim: Dim, choice: number, lengthChoice = choice): Node {
  const { g } = world;
  if (lengthChoice % 4 === 0) return g.constant(choice % sizeOf(world, dim));
  const length = lengthChoice % 2 === 0 ? n : m;
  return g.mod(g.add(g.mul(g.iota(length), 1 + (choice % 3)), choice % 5), g.size(dim));
}

/** A vector or matrix with as many rows. */
const rightSide = ({ pick }: World, P: Node, choice: number): Node =>
  pick((b) => ofRank(1, 2)(b) && b.type.shape[0].key === P.type.shape[0].key, choice);

const constructions: Readonly<Record<string, Construction>> = Object.fromEntries([
  ...unaryConstructions,
  ...binaryConstructions,
  ...reduceConstructions,
  ...structural,
]);

/** What programs are made of. */
export const constructionNames: readonly string[] = Object.keys(constructions);
