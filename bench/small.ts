// Small problems: what an iteration or an evaluation costs, beside C, CasADi, JAX, SciPy and POT.
import type { TargetName } from '../compiler/choose-target.ts';
import { solve } from '../compiler/index.ts';
import { writeData } from './draw.ts';
import { interleave, type Competitor, type Times } from './interleave.ts';
import { competitorsOf } from './peers.ts';
import { standing, time, type Section, type Table } from './section.ts';
import { steps } from './steps.ts';

const n = 1000;
const [points, eps] = [200, 0.02];
const targets: readonly TargetName[] = ['ts', 'wasm'];

const inTwo = `problem rosenbrock {
  var x : real[2] start [-1.2, 1]
  minimize 100*(x[2] - x[1]^2)^2 + (1 - x[1])^2
}
`;
const chain = `problem rosenbrock {
  var x : real[${n}] start full(0.5, ${n})
  minimize sum(i in 1..${n - 1}) (100*(x[i + 1] - x[i]^2)^2 + (1 - x[i])^2)
}
`;
/** The dual, with the second potential at its best. */
const transport = `problem transport {
  data a : real[${points}] = [2*i / (${points}*${points + 1}) for i in 1..${points}]
  data C : real[${points}, ${points}] = [(i - j)^2 / ${points}^2 for i in 1..${points}, j in 1..${points}]
  var f : real[${points}]
  minimize ${eps} * (sum(j in 1..${points}) logsumexp((f - C[:, j])/${eps} + log(a)))/${points} - dot(a, f)
}
solve transport with lbfgs
`;

interface Row {
  readonly title: string;
  readonly ours: readonly Competitor[];
  /** Tasks. */
  readonly theirs: readonly string[];
}

const makeRows = (): readonly Row[] => [
  {
    title: 'Rosenbrock in two variables, a step of gradient descent',
    ours: targets.map((target) => steps(inTwo, target, 'descent', 200_000)),
    theirs: ['C descent'],
  },
  {
    title: 'the same, an iteration of L-BFGS',
    ours: [whole('ts', `${inTwo}solve rosenbrock with lbfgs\n`, 'iteration')],
    theirs: ['SciPy L-BFGS-B'],
  },
  {
    title: `Rosenbrock in ${n} variables, a gradient`,
    ours: targets.map((target) => steps(chain, target, 'gradient', 2000)),
    theirs: ['C gradient', 'CasADi gradient', 'JAX gradient'],
  },
  {
    title: 'the same, a product with the Hessian',
    ours: targets.map((target) => steps(chain, target, 'Hessian product', 2000)),
    theirs: ['C Hessian product', 'CasADi Hessian product', 'JAX Hessian product'],
  },
  {
    title: `entropic transport of ${points} points, solved: ours the dual by L-BFGS to a slope of 1e-7`,
    ours: [whole('wasm', transport, 'solution')],
    theirs: ['POT sinkhorn', 'POT sinkhorn_log'],
  },
];

export const small: Section = {
  name: 'small',
  run: async ({ one, folder }) => {
    const place = folder();
    writeData(place, { n, points, eps }, {});
    const { tasks, missing } = await one.load('small', place);
    const rows = makeRows();
    const timed: Times[] = [];
    for (const { ours, theirs } of rows) {
      const there = theirs.filter((task) => tasks.includes(task));
      timed.push(await interleave([...ours, ...competitorsOf(one, there)], 5));
    }
    return { tables: [tableOf(rows, timed)], notes: notesOf(rows, timed), missing };
  },
};

function tableOf(rows: readonly Row[], timed: readonly Times[]): Table {
  return {
    title: 'An evaluation or an iteration; in brackets where our best of the targets stands',
    columns: ['what', 'dotopt', 'beside it'],
    rows: rows.map(({ title, ours, theirs }, k) => {
      const times = timed[k];
      const best = bestOf(ours, times);
      const text = (task: string): string =>
        `${task.split(' ')[0]}${task.startsWith('POT') ? ` ${task.split(' ')[1]}` : ''}: ${time(times.of(task))} (${standing(times.ratio(best, task))})`;
      return [
        title,
        ours.map(({ name }) => `${name}: ${time(times.of(name))}`).join(', '),
        theirs.map(text).join(', '),
      ];
    }),
  };
}

const bestOf = (ours: readonly Competitor[], times: Times): string =>
  ours.map(({ name }) => name).toSorted((a, b) => times.of(a) - times.of(b))[0];

function notesOf(rows: readonly Row[], timed: readonly Times[]): readonly string[] {
  const lost = rows.flatMap(({ title, ours, theirs }, k) =>
    theirs
      .filter((task) => timed[k].ratio(bestOf(ours, timed[k]), task) > 1)
      .map((task) => `${title}, beside ${task}`),
  );
  return [lost.length === 0 ? 'We lose nowhere in this table.' : `We lose: ${lost.join('; ')}.`];
}

/** A solution, or an iteration of it. */
function whole(target: TargetName, text: string, per: 'iteration' | 'solution'): Competitor {
  return {
    name: target,
    round: async () => {
      const solved = await solve(text, { target, tolerance: 1e-7 });
      if (!solved.ok) throw new Error(solved.text);
      const [{ seconds, iterations }] = solved.results;
      return (1000 * seconds.iterations) / (per === 'iteration' ? iterations : 1);
    },
  };
}
