// Lasso and logistic regression to a relative duality gap of 1e-8 from data in memory, with our best methods, beside scikit-learn, celer, skglm and SciPy; one thread.
import { solve } from '../compiler/index.ts';
import { drawFrom, vectorOf, writeData } from './draw.ts';
import { interleave, type Competitor } from './interleave.ts';
import { competitorsOf } from './peers.ts';
import { digits, time, type Bench, type Report, type Section } from './section.ts';

const rounds = 5;
const tolerance = 1e-8;
const share = 0.1;

interface Fit {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly text: string;
  /** The best of these counts. */
  readonly methods: readonly string[];
  /** From a row's score and a draw of noise. */
  readonly label: (score: number, noise: number) => number;
}

const fits: readonly Fit[] = [
  {
    name: 'lasso',
    m: 500,
    n: 2500,
    text: `problem lasso {
  data A : real[m, n]
  data b : real[m]
  param lambda : real >= 0 = ${share} * max(abs(A' * b)) / m
  var x : real[n]
  minimize sumsq(A*x - b) / (2*m) + lambda * norm(x, 1)
}
solve lasso`,
    methods: ['working_set', 'fista'],
    label: (score, noise) => score + noise,
  },
  {
    name: 'logistic',
    m: 10_000,
    n: 256,
    text: `problem logistic {
  data A : real[m, n]
  data b : real[m]
  var w : real[n]
  minimize (sum(i in 1..m) softplus(-b[i]*(A[i, :]*w))) / m + sumsq(w) / (2*m)
}
solve logistic`,
    methods: ['lbfgs', 'newton'],
    label: (score, noise) => (score + noise > 0 ? 1 : -1),
  },
];

export const solvers: Section = {
  name: 'solvers',
  run: async (bench) => {
    const reports: Report[] = [];
    for (const fit of fits) reports.push(await race(bench, fit));
    return {
      tables: reports.flatMap(({ tables }) => tables),
      notes: reports.flatMap(({ notes }) => notes),
      missing: reports.flatMap(({ missing }) => missing),
    };
  },
};

async function race({ one, folder }: Bench, fit: Fit): Promise<Report> {
  const { name, m, n } = fit;
  const draw = drawFrom(3);
  const A = vectorOf(m * n, draw.normal);
  const truth = vectorOf(n, (j) => (j % 50 === 0 ? draw.normal() : 0));
  const b = vectorOf(m, (i) => fit.label(score(A, truth, i), draw.normal()));
  const place = folder();
  writeData(place, { problem: name, m, n, share }, { A, b });
  const { tasks, missing } = await one.load('solvers', place);
  const beside = new Map<string, string>();
  const gaps = new Map<string, number>();
  const ours = fit.methods.map((method): Competitor => ({
    name: `dotopt ${method}`,
    round: async () => {
      const solved = await solve(`${fit.text} with ${method}\n`, {
        data: {
          A: { storage: 'dense', shape: [m, n], data: A },
          b: { storage: 'dense', shape: [m], data: b },
        },
        tolerance,
        target: 'wasm',
        time: 20,
      });
      if (!solved.ok) throw new Error(solved.text);
      const [{ seconds, certificate }] = solved.results;
      const gap = certificate.checks.find((check) => check.name === 'duality gap');
      gaps.set(`dotopt ${method}`, gap?.value ?? NaN);
      const { compile, data, measuring, certificate: proof } = seconds;
      beside.set(
        `dotopt ${method}`,
        [
          `data ${time(1000 * data)}`,
          `trace ${time(1000 * measuring)}`,
          `certificate ${time(1000 * proof)}`,
          `compiling ${time(1000 * compile)}`,
        ].join(', '),
      );
      return 1000 * (seconds.iterations + seconds.checking);
    },
  }));
  for (const task of tasks) gaps.set(task, (await one.round(task))?.numbers.gap ?? NaN);
  const times = await interleave([...ours, ...competitorsOf(one, tasks)], rounds);
  const ends = [...ours.map((our) => our.name), ...tasks];
  const reached = (end: string): boolean => (gaps.get(end) ?? NaN) <= tolerance;
  const [best] = ours
    .map((our) => our.name)
    .filter(reached)
    .toSorted((a, b) => times.of(a) - times.of(b));
  const ahead = tasks.filter(
    (task) => best !== undefined && reached(task) && times.ratio(best, task) > 1,
  );
  return {
    tables: [
      {
        title: `${name}, ${m} × ${n}, dense, to a relative duality gap of ${tolerance}; data in memory by rows; of ours the start, the iterations and the checks that end the run, in brackets what else \`solve\` does`,
        columns: ['solver', 'time', 'gap', 'time of our best by it'],
        rows: ends.map((end) => {
          const rest = beside.get(end);
          return [
            end,
            `${time(times.of(end))}${rest === undefined ? '' : ` (${rest})`}`,
            reached(end) ? (gaps.get(end) ?? NaN).toExponential(1) : 'not reached',
            best === undefined ? '–' : digits(times.ratio(best, end)),
          ];
        }),
      },
    ],
    notes: [
      ahead.length === 0
        ? `None of them is ahead of our ${best ?? 'methods (none gets there)'}.`
        : `Ahead of our ${best}: ${ahead.map((task) => `${task} (${digits(times.ratio(best, task))}×)`).join(', ')}.`,
    ],
    missing,
  };
}

function score(A: Float64Array, x: Float64Array, i: number): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += A[i * x.length + j] * x[j];
  return sum;
}
