// How long compiling for WebAssembly takes: a problem of 30 lines, its growth with the terms, whether data matter; and from the start of the process to the first iteration.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { solve } from '../compiler/index.ts';
import { writeData } from './draw.ts';
import { interleave, type Competitor } from './interleave.ts';
import { competitorsOf } from './peers.ts';
import { digits, time, type Section, type Table } from './section.ts';

const terms = [10, 30, 100, 300, 1000];
/** Beyond, the others take minutes. */
const mostOfOthers = 100;
const rows = [100, 1000, 10_000];

/** 30 lines. */
const thirty = (m: number): string => `## A fit with a penalty, bounds and a few metrics.
problem fit {
  ## Rows.
  param m : int = ${m}
  ## Columns.
  param n : int = 20

  ## The weight of the penalty.
  param lambda : real >= 0 = 0.01
  ## How far from the residual losses turn linear.
  param delta : real > 0 = 1

  data A : real[m, n] = [sin(i*1.3 + j*j) for i in 1..m, j in 1..n]
  data b : real[m] = [cos(i*0.7) for i in 1..m]
  data labels : real[m] = [if b[i] > 0 then 1 else -1 for i in 1..m]

  var x : real[n] start full(0, n)

  let z = A*x
  let residual = z - b

  minimize sum(i in 1..m) softplus(-labels[i]*z[i]) / m
    + sum(i in 1..m) (sqrt(delta^2 + residual[i]^2) - delta) / m
    + lambda * sumsq(x) / 2

  metric largest = max(abs(residual))
  metric mean_residual = mean(residual)
  metric right = mean(labels .* z > 0)
  metric norm_x = norm(x)
}
solve fit with lbfgs
`;

/** One sum, written out. */
function sumOf(count: number): string {
  const all = Array.from(
    { length: count },
    (_, k) =>
      `(x[${((k + 1) % 10) + 1}] - ${k + 1}/7)^2 + 0.01*exp(x[${((k + 4) % 10) + 1}]/${k + 2})`,
  );
  return `problem terms {
  var x : real[10]
  minimize ${all.join('\n    + ')}
}
solve terms with lbfgs
`;
}

export const compile: Section = {
  name: 'compile',
  run: async ({ one, folder }) => {
    const place = folder();
    writeFileSync(path.join(place, 'thirty.opt'), thirty(1000));
    writeData(place, {}, {});
    writeFileSync(
      path.join(place, 'sizes.json'),
      JSON.stringify({ terms: terms.filter((count) => count <= mostOfOthers) }),
    );
    const { tasks, missing } = await one.load('compile', place);
    const command = path.join(import.meta.dirname, '..', 'dist', 'dotopt.js');
    const starts = existsSync(command) ? [startOf(command, path.join(place, 'thirty.opt'))] : [];
    const fixed = await interleave(
      rows.map((m) => compiling(`${m} rows`, thirty(m))),
      20,
      // Until V8 has compiled what is called often: a process that compiles now and then is as warm.
      15,
    );
    const started = await interleave(starts, 10);
    const growing = await interleave(
      terms.map((count) => compiling(`${count} terms`, sumOf(count))),
      3,
      1,
    );
    // Once each: these take seconds.
    const others = await interleave(competitorsOf(one, tasks), 1, 0);
    const growth: Table = {
      title:
        'Compiling for WebAssembly in a warm process, from the model to functions that can be called, against the number of terms',
      columns: ['terms', 'dotopt', 'a term', 'JAX, up to 100', 'CVXPY, up to 100'],
      rows: terms.map((count) => [
        `${count}`,
        time(growing.of(`${count} terms`)),
        time(growing.of(`${count} terms`) / count),
        time(others.of(`JAX ${count}`)),
        time(others.of(`CVXPY ${count}`)),
      ]),
    };
    const first = fixed.of(`${rows[0]} rows`);
    return {
      tables: [
        {
          title: 'A problem of 30 lines',
          columns: ['what', 'least', 'median', 'wanted'],
          rows: [
            ...rows.map((m) => [
              `compiled for WebAssembly, warm, ${m} rows of data`,
              time(fixed.least(`${m} rows`)),
              time(fixed.of(`${m} rows`)),
              '100 ms',
            ]),
            [
              'the whole command, `dotopt run --target wasm --iterations 1`, certificate included',
              time(started.least('command')),
              time(started.of('command')),
              '600 ms to the first iteration',
            ],
          ],
        },
        growth,
      ],
      notes: [
        `A hundred times the data: ${digits(fixed.of(`${rows[2]} rows`) / first)} times the time to compile. Ten times the terms, from 10 on and from 30 on: ${digits(growing.of('100 terms') / growing.of('10 terms'))} and ${digits(growing.of('300 terms') / growing.of('30 terms'))} times.`,
        ...terms
          .filter((count) => Number.isNaN(growing.of(`${count} terms`)))
          .map(
            (count) =>
              `${count} terms in one goal are more than the compiler bears: its stack ends.`,
          ),
      ],
      missing: [
        ...missing,
        ...(starts.length > 0 ? [] : ['the built command: `npm run build` makes it']),
      ],
    };
  },
};

const compiling = (name: string, text: string): Competitor => ({
  name,
  round: async () => {
    // A program that the compiler cannot bear is a gap in the table, not the end of the bench.
    try {
      const solved = await solve(text, { target: 'wasm', iterations: 1 });
      return solved.ok ? 1000 * solved.results[0].seconds.compile : NaN;
    } catch (error) {
      if (error instanceof RangeError) return NaN;
      throw error;
    }
  },
});

const startOf = (command: string, file: string): Competitor => ({
  name: 'command',
  round: () => {
    const begun = performance.now();
    const args = [command, 'run', file, '--target', 'wasm', '--iterations', '1', '--json'];
    // One iteration does not converge: the exit status says so.
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - begun;
  },
});
