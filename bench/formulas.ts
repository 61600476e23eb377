// The least squares functions of Moré, Garbow and Hillstrom (1981), written out: value and gradient at the start, beside CasADi and JAX.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TargetName } from '../compiler/choose-target.ts';
import { writeData } from './draw.ts';
import { interleave, type Times } from './interleave.ts';
import { oracleProgram } from './oracle.ts';
import { competitorsOf } from './peers.ts';
import { standing, time, type Section, type Table } from './section.ts';
import { steps } from './steps.ts';

interface Formula {
  readonly name: string;
  readonly dim: number;
  readonly start: readonly number[];
  readonly minimize: string;
  readonly valueAtStart: number;
}

const suite = path.join(import.meta.dirname, 'data', 'more_garbow_hillstrom.json');
const targets: readonly TargetName[] = ['ts', 'wasm'];
const libraries = ['CasADi', 'JAX'];

export const formulas: Section = {
  name: 'formulas',
  run: async ({ one, folder }) => {
    const problems = readSuite();
    const place = folder();
    writeData(place, { suite }, {});
    const { tasks, missing } = await one.load('formulas', place);
    const timed: Times[] = [];
    for (const problem of problems) {
      const text = programOf(problem);
      agree(problem, text);
      const ours = targets.map((target) => steps(text, target, 'gradient', 2000));
      const theirs = libraries
        .map((library) => `${library} ${problem.name}`)
        .filter((task) => tasks.includes(task));
      timed.push(await interleave([...ours, ...competitorsOf(one, theirs)], 5));
    }
    return { tables: [tableOf(problems, timed)], notes: notesOf(problems, timed), missing };
  },
};

function readSuite(): readonly Formula[] {
  const { problems }: { readonly problems: readonly Formula[] } = JSON.parse(
    readFileSync(suite, 'utf8'),
  );
  return problems;
}

const programOf = ({ dim, start, minimize }: Formula): string => `problem formula {
  var x : real[${dim}] start [${start.join(', ')}]
  minimize ${minimize}
}
`;

/** Both sides evaluate what the suite means: the value at the start is the published formula's. */
function agree({ name, valueAtStart }: Formula, text: string): void {
  const module = oracleProgram(text, 'ts', 'gradient');
  const input = { params: {}, data: {}, sizes: {}, seed: 1, dataSeed: 1 };
  const program = module.createStep(module.prepare(input), 1);
  program.init();
  program.step(1);
  const { value } = program.reports();
  if (Math.abs(value - valueAtStart) > 1e-9 * Math.abs(valueAtStart))
    throw new Error(`${name}: ${value} at the start, not ${valueAtStart}`);
}

const bestOf = (times: Times): string => targets.toSorted((a, b) => times.of(a) - times.of(b))[0];

const tableOf = (problems: readonly Formula[], timed: readonly Times[]): Table => ({
  title: 'An evaluation of value and gradient; in brackets where the better of our targets stands',
  columns: ['function', 'variables', ...targets, ...libraries],
  rows: problems.map(({ name, dim }, k) => [
    name.replace(/^MGH(\d+)-/, '$1 ').replaceAll('-', ' '),
    String(dim),
    ...targets.map((target) => time(timed[k].of(target))),
    ...libraries.map((library) => {
      const task = `${library} ${name}`;
      return `${time(timed[k].of(task))} (${standing(timed[k].ratio(bestOf(timed[k]), task))})`;
    }),
  ]),
});

function notesOf(problems: readonly Formula[], timed: readonly Times[]): readonly string[] {
  const lost = problems.flatMap(({ name }, k) =>
    libraries
      .filter((library) => timed[k].ratio(bestOf(timed[k]), `${library} ${name}`) > 1)
      .map((library) => `${name} beside ${library}`),
  );
  return [lost.length === 0 ? 'We lose nowhere in this table.' : `We lose: ${lost.join('; ')}.`];
}
