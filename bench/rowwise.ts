// Values and gradients of mean losses over the rows of a matrix, beside NumPy, SciPy and JAX; with the least time that reading and multiplying take.
import { setTimeout as wait } from 'node:timers/promises';
import type { TargetName } from '../compiler/choose-target.ts';
import { largePages } from '../compiler/cli/large-pages.ts';
import { threadPool } from '../compiler/cli/threads.ts';
import type { ProgramModule } from '../compiler/instantiate.ts';
import { createHeap, type Heap } from '../runtime/wasm/heap.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { drawFrom, drawSparse, vectorOf, writeData } from './draw.ts';
import {
  lossNames,
  lossProgram,
  productsProgram,
  readProgram,
  softmaxProgram,
} from './generated.ts';
import { interleave, type Competitor, type Times } from './interleave.ts';
import { competitorsOf, type Loaded, type Peers } from './peers.ts';
import {
  digits,
  standing,
  time,
  type Bench,
  type Report,
  type Section,
  type Table,
} from './section.ts';

const [m, n, classes] = [20_000, 512, 10];
const [sparseRows, sparseColumns] = [100_000, 10_000];
const square = 512;
const rounds = 21;

/** Where our programs run. */
interface Place {
  readonly name: string;
  readonly target: TargetName;
  readonly threads: 1 | 2;
  readonly heap: Heap | undefined;
}

async function places(): Promise<readonly Place[]> {
  const pool = threadPool(2);
  await pool?.ready();
  return [
    { name: 'ts', target: 'ts', threads: 1, heap: undefined },
    {
      name: 'wasm',
      target: 'wasm',
      threads: 1,
      heap: createHeap(undefined, { largePages: largePages() }),
    },
    {
      name: 'wasm 2',
      target: 'wasm',
      threads: 2,
      heap: createHeap(pool, { largePages: largePages() }),
    },
  ];
}

/** One thing that is timed everywhere. */
interface Work {
  readonly name: string;
  readonly data: Readonly<Record<string, Tensor>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly program: (target: TargetName) => ProgramModule;
  /** Of the libraries: what stands before the name of a task. */
  readonly libraries: readonly string[];
  readonly multiplyAdds: number;
}

export const rowwise: Section = {
  name: 'rowwise',
  run: async (bench) => {
    const dense = await onDense(bench);
    const sparse = await onSparse(bench);
    return {
      tables: [...dense.tables, ...sparse.tables],
      notes: [...dense.notes, ...sparse.notes],
      missing: [...dense.missing, ...sparse.missing],
    };
  },
};

async function onDense(bench: Bench): Promise<Report> {
  const draw = drawFrom(7);
  const A = vectorOf(m * n, () => draw.uniform() - 0.5);
  const b = vectorOf(m, () => (draw.uniform() < 0.5 ? 1 : -1));
  const labels = vectorOf(m, () => 1 + Math.floor(classes * draw.uniform()));
  const folder = bench.folder();
  writeData(folder, { storage: 'dense', m, n, classes }, { A, b, labels });
  const loaded = await loadBoth(bench, folder);
  const matrix: Tensor = { storage: 'dense', shape: [m, n], data: A };
  const vector = (data: Float64Array): Tensor => ({ storage: 'dense', shape: [m], data });
  const given = { A: matrix, b: vector(b) };
  const common = { sizes: { m, n }, libraries: ['numpy', 'jax'] };
  const works: readonly Work[] = [
    ...lossNames.map((loss) => ({
      ...common,
      name: loss,
      data: given,
      program: (target: TargetName) => lossProgram(loss, target),
      multiplyAdds: 2 * m * n,
    })),
    {
      ...common,
      name: 'softmax',
      data: { A: matrix, b: vector(labels) },
      program: (target) => softmaxProgram(target, classes),
      multiplyAdds: 2 * m * n * classes,
    },
  ];
  const read: Work = {
    ...common,
    name: 'read',
    data: given,
    program: readProgram,
    libraries: ['numpy'],
    multiplyAdds: m * n,
  };
  const products: Work = {
    name: 'products',
    data: { A: { storage: 'dense', shape: [square, square], data: A.slice(0, square ** 2) } },
    sizes: { n: square },
    program: productsProgram,
    libraries: ['numpy'],
    multiplyAdds: 2 * square ** 3,
  };
  const here = await places();
  const reads = ready(here, read);
  const limits = await interleave(
    [
      ...reads,
      ...ready(here.slice(1), products),
      ...both(bench, ['numpy read', 'numpy sum', 'numpy products'], loaded.tasks),
    ],
    5,
  );
  const bytes = 8 * m * n;
  const timesOf = new Map<Work, Times>();
  for (const work of works)
    timesOf.set(
      work,
      await interleave(
        [...ready(here, work), ...reads, ...both(bench, tasksOf(work), loaded.tasks)],
        rounds,
      ),
    );
  return {
    tables: [
      limitsTable(limits, bytes, products.multiplyAdds),
      ...tables(`f64, ${m} × ${n}`, here, works, timesOf, (work, place, ms, times) =>
        boundOf(
          ms,
          times.of(`${place.name} read`),
          (work.multiplyAdds / products.multiplyAdds) * limits.of(`${place.name} products`),
        ),
      ),
    ],
    notes: behind(here, works, timesOf),
    missing: loaded.missing,
  };
}

async function onSparse(bench: Bench): Promise<Report> {
  const draw = drawFrom(11);
  const A = drawSparse(draw, sparseRows, sparseColumns, 0.01);
  const b = vectorOf(sparseRows, () => (draw.uniform() < 0.5 ? 1 : -1));
  const folder = bench.folder();
  const { rowStart, column, data } = A;
  writeData(
    folder,
    { storage: 'csr', m: sparseRows, n: sparseColumns },
    { rowStart, column, data, b },
  );
  const loaded = await loadBoth(bench, folder);
  const given: Readonly<Record<string, Tensor>> = {
    A,
    b: { storage: 'dense', shape: [sparseRows], data: b },
  };
  const works: readonly Work[] = lossNames.slice(0, 2).map((loss) => ({
    name: loss,
    data: given,
    sizes: { m: sparseRows, n: sparseColumns },
    program: (target) => lossProgram(loss, target, 'csr'),
    libraries: ['scipy', 'jax'],
    multiplyAdds: 2 * data.length,
  }));
  // As many bytes as numbers and columns take, read as a dense matrix.
  const rows = Math.round((12 * data.length) / 8 / n);
  const read: Work = {
    name: 'read',
    data: {
      A: { storage: 'dense', shape: [rows, n], data: new Float64Array(rows * n) },
      b: { storage: 'dense', shape: [rows], data: new Float64Array(rows) },
    },
    sizes: { m: rows, n },
    program: readProgram,
    libraries: [],
    multiplyAdds: rows * n,
  };
  const here = await places();
  const reads = ready(here, read);
  const timesOf = new Map<Work, Times>();
  for (const work of works)
    timesOf.set(
      work,
      await interleave(
        [...ready(here, work), ...reads, ...both(bench, tasksOf(work), loaded.tasks)],
        5,
        1,
      ),
    );
  const title = `f64, ${sparseRows} × ${sparseColumns}, 1 % of the entries, by compressed rows`;
  return {
    tables: tables(title, here, works, timesOf, (_, place, ms, times) =>
      boundOf(ms, times.of(`${place.name} read`), NaN),
    ),
    notes: behind(here, works, timesOf),
    missing: loaded.missing,
  };
}

const tasksOf = ({ name, libraries }: Work): readonly string[] =>
  libraries.map((library) => `${library} ${name}`);

/** Our programs, started: each place with the data in its memory, once. */
function ready(here: readonly Place[], work: Work): readonly Competitor[] {
  return here.map(({ name, target, heap }) => {
    const module = work.program(target);
    const data = Object.fromEntries(
      Object.entries(work.data).map(([key, tensor]) => [key, placed(heap, tensor)]),
    );
    const program = module.createStep(
      module.prepare({
        params: {},
        data,
        sizes: work.sizes,
        seed: 1,
        dataSeed: 1,
        ...(heap === undefined ? {} : { heap }),
      }),
      1,
    );
    return {
      name: `${name} ${work.name}`,
      round: () => {
        program.init();
        const begun = performance.now();
        program.step(1);
        return performance.now() - begun;
      },
    };
  });
}

/** Tensors as they lie in a memory already. */
const copies = new WeakMap<Heap, WeakMap<Tensor, Tensor>>();

function placed(heap: Heap | undefined, tensor: Tensor): Tensor {
  if (heap === undefined) return tensor;
  const known = copies.get(heap) ?? new WeakMap<Tensor, Tensor>();
  copies.set(heap, known);
  const made = known.get(tensor) ?? heap.placeTensor(tensor);
  known.set(tensor, made);
  return made;
}

async function loadBoth(bench: Bench, folder: string): Promise<Loaded> {
  const loaded = await bench.one.load('rowwise', folder);
  await bench.two.load('rowwise', folder);
  return loaded;
}

/** The tasks that are there, with one thread and with two: ` 2` ends the latter's names. */
function both(
  { one, two }: { readonly one: Peers; readonly two: Peers },
  wanted: readonly string[],
  there: readonly string[],
): readonly Competitor[] {
  const tasks = wanted.filter((task) => there.includes(task));
  return [
    ...competitorsOf(one, tasks),
    ...competitorsOf(two, tasks, (task) => `${task} 2`).map(thenIdle),
  ];
}

/** Threads of NumPy and JAX look for work for some time after a task, and would take a core from the next competitor. */
const thenIdle = ({ name, round }: Competitor): Competitor => ({
  name,
  round: async () => {
    const ms = await round();
    await wait(50);
    return ms;
  },
});

const suffix = (threads: number): string => (threads === 1 ? '' : ' 2');

function limitsTable(limits: Times, bytes: number, multiplyAdds: number): Table {
  const row = (name: string, reads: readonly string[], products: string): readonly string[] => {
    const ms = Math.min(...reads.map(limits.of));
    return [
      name,
      time(ms),
      `${digits(bytes / ms / 1e6)} GB/s`,
      `${digits(multiplyAdds / limits.of(products) / 1e6)} billion/s`,
    ];
  };
  return {
    title: `Limits of the machine in this run: the best read of the dense matrix, and multiply-adds in products of ${square} × ${square} matrices`,
    columns: ['', 'a read', 'read', 'multiply-adds'],
    rows: [
      row('wasm, one thread', ['wasm read'], 'wasm products'),
      row('wasm, two', ['wasm 2 read'], 'wasm 2 products'),
      row('NumPy, one thread', ['numpy read', 'numpy sum'], 'numpy products'),
      row('NumPy, two', ['numpy read 2', 'numpy sum 2'], 'numpy products 2'),
    ],
  };
}

type BoundText = (work: Work, place: Place, ms: number, times: Times) => string;

/** Which least time is larger, and how far the time is from it. */
function boundOf(ms: number, read: number, multiplyAdds: number): string {
  const reading = !(multiplyAdds > read);
  const least = reading ? read : multiplyAdds;
  return `${digits(ms / least)}× ${reading ? 'the read' : 'the multiply-adds'}`;
}

function tables(
  title: string,
  here: readonly Place[],
  works: readonly Work[],
  timesOf: ReadonlyMap<Work, Times>,
  bound: BoundText,
): readonly Table[] {
  const [{ libraries }] = works;
  return [
    {
      title: `Value and gradient, ${title}; in brackets our standing beside the library with as many threads`,
      columns: ['loss', 'dotopt on', 'time', 'of its limit', ...libraries],
      rows: works.flatMap((work) =>
        here.map((place) => {
          const times = timesOf.get(work);
          const own = `${place.name} ${work.name}`;
          const ms = times?.of(own) ?? NaN;
          return [
            work.name,
            place.name,
            time(ms),
            times === undefined ? '–' : bound(work, place, ms, times),
            ...tasksOf(work).map((task) => {
              const theirs = `${task}${suffix(place.threads)}`;
              return times === undefined || Number.isNaN(times.of(theirs))
                ? '–'
                : `${time(times.of(theirs))} (${standing(times.ratio(own, theirs))})`;
            }),
          ];
        }),
      ),
    },
  ];
}

/** Where wasm is behind, in a sentence. */
function behind(
  here: readonly Place[],
  works: readonly Work[],
  timesOf: ReadonlyMap<Work, Times>,
): readonly string[] {
  const lost = works.flatMap((work) =>
    here
      .filter(({ target }) => target === 'wasm')
      .flatMap(({ name, threads }) =>
        tasksOf(work).flatMap((task) => {
          const theirs = `${task}${suffix(threads)}`;
          const ratio = timesOf.get(work)?.ratio(`${name} ${work.name}`, theirs) ?? NaN;
          return ratio > 1 ? [`${name} beside ${theirs} (${digits(ratio)}×)`] : [];
        }),
      ),
  );
  return [
    lost.length === 0 ? 'wasm is ahead everywhere in this table.' : `We lose: ${lost.join(', ')}.`,
  ];
}
