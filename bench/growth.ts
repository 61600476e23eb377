// How the time of a value and gradient grows: with the rows, with the columns, and with the entries of a sparse matrix. Plots go to docs/plots.
import type { TargetName } from '../compiler/choose-target.ts';
import type { Chart } from '../runtime/report/chart.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { createHeap } from '../runtime/wasm/heap.ts';
import { drawFrom, drawSparse, vectorOf, writeData } from './draw.ts';
import { lossProgram } from './generated.ts';
import { interleave, type Competitor } from './interleave.ts';
import { competitorsOf } from './peers.ts';
import { time, type Bench, type Section } from './section.ts';

interface Size {
  readonly m: number;
  readonly n: number;
  /** Of the entries; 1 is a dense matrix. */
  readonly density: number;
}

interface Growth {
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly at: (size: Size) => number;
  readonly sizes: readonly Size[];
  readonly library: 'NumPy' | 'SciPy';
}

const doubling = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => first * 2 ** k);

const growths: readonly Growth[] = [
  {
    name: 'rows',
    title: 'Logistic loss, 256 columns',
    x: 'rows',
    at: ({ m }) => m,
    sizes: doubling(500, 8).map((m) => ({ m, n: 256, density: 1 })),
    library: 'NumPy',
  },
  {
    name: 'columns',
    title: 'Logistic loss, 4000 rows',
    x: 'columns',
    at: ({ n }) => n,
    sizes: doubling(16, 8).map((n) => ({ m: 4000, n, density: 1 })),
    library: 'NumPy',
  },
  {
    name: 'entries',
    title: 'Logistic loss, 20000 × 5000, compressed rows',
    x: 'entries that are not zero',
    at: ({ m, n, density }) => m * n * density,
    sizes: doubling(0.0005, 7).map((density) => ({ m: 20_000, n: 5000, density })),
    library: 'SciPy',
  },
];

const targets: readonly TargetName[] = ['ts', 'wasm'];

export const growth: Section = {
  name: 'growth',
  run: async (bench) => {
    const missing = new Set<string>();
    const charts: { name: string; chart: Chart }[] = [];
    const rows: (readonly string[])[] = [];
    for (const each of growths) {
      const measured: { size: Size; ms: ReadonlyMap<string, number> }[] = [];
      for (const size of each.sizes) {
        const found = await measure(bench, each, size);
        found.missing.forEach((what) => missing.add(what));
        measured.push({ size, ms: found.ms });
      }
      const names = [...targets, each.library];
      charts.push({
        name: each.name,
        chart: {
          title: each.title,
          x: each.x,
          y: 'milliseconds',
          logX: true,
          logY: true,
          curves: names.map((label) => ({
            label,
            points: measured.flatMap(({ size, ms }) => {
              const y = ms.get(label) ?? NaN;
              return Number.isNaN(y) ? [] : [{ x: each.at(size), y, low: y, high: y }];
            }),
          })),
        },
      });
      const [first, last] = [measured[0], measured[measured.length - 1]];
      const factor = each.at(last.size) / each.at(first.size);
      for (const name of names) {
        const [low, high] = [first.ms.get(name) ?? NaN, last.ms.get(name) ?? NaN];
        const exponent = Math.log(high / low) / Math.log(factor);
        rows.push([
          each.x,
          name,
          time(low),
          time(high),
          `${factor.toFixed(0)} times as many`,
          exponent.toFixed(2),
        ]);
      }
    }
    return {
      tables: [
        {
          title:
            'Value and gradient of the logistic loss at the least and the largest size; the exponent is that of a power law between them (1 is linear)',
          columns: ['growing', 'by', 'least', 'largest', '', 'exponent'],
          rows,
        },
      ],
      notes: [],
      missing: [...missing],
      charts,
    };
  },
};

async function measure(
  { one, folder }: Bench,
  { library }: Growth,
  { m, n, density }: Size,
): Promise<{ readonly ms: ReadonlyMap<string, number>; readonly missing: readonly string[] }> {
  const draw = drawFrom(5);
  const b = vectorOf(m, () => (draw.uniform() < 0.5 ? 1 : -1));
  const place = folder();
  const A: Tensor =
    density === 1
      ? { storage: 'dense', shape: [m, n], data: vectorOf(m * n, () => draw.uniform() - 0.5) }
      : drawSparse(draw, m, n, density);
  if (A.storage === 'dense') writeData(place, { storage: 'dense', m, n }, { A: A.data, b });
  else {
    const { rowStart, column, data } = A;
    writeData(place, { storage: 'csr', m, n }, { rowStart, column, data, b });
  }
  const { tasks, missing } = await one.load('growth', place);
  const given = { A, b: { storage: 'dense', shape: [m], data: b } } as const;
  const count = Math.max(1, Math.round(2e7 / (m * n * density)));
  const competitors = [
    ...targets.map((target) => ours(target, given, { m, n }, count)),
    ...competitorsOf(one, tasks, () => library),
  ];
  const times = await interleave(competitors, 5);
  return { ms: new Map(competitors.map(({ name }) => [name, times.of(name)])), missing };
}

function ours(
  target: TargetName,
  given: Readonly<Record<'A' | 'b', Tensor>>,
  sizes: Readonly<Record<string, number>>,
  count: number,
): Competitor {
  const heap = target === 'wasm' ? createHeap() : undefined;
  const place = (tensor: Tensor): Tensor => heap?.placeTensor(tensor) ?? tensor;
  const module = lossProgram('logistic', target, given.A.storage);
  const program = module.createStep(
    module.prepare({
      params: {},
      data: { A: place(given.A), b: place(given.b) },
      sizes,
      seed: 1,
      dataSeed: 1,
      ...(heap === undefined ? {} : { heap }),
    }),
    1,
  );
  return {
    name: target,
    round: () => {
      program.init();
      const begun = performance.now();
      for (let k = 1; k <= count; k++) program.step(k);
      return (performance.now() - begun) / count;
    },
  };
}
