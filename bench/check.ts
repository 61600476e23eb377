// How long `check` takes in a warm process, against the number of lines: parsing, model, lowering; and for the gallery, as people write. Prints
// milliseconds by the clock and of CPU (the collector's threads and those that compile count there too), the least and the median of the rounds, and the
// cost a line, which is constant where the growth is linear.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkProgram } from '../compiler/check.ts';
import { memoryHost } from '../compiler/index.ts';
import { median } from '../runtime/compare/statistics.ts';

/** A problem of a real shape for each index, about twelve lines long. */
const problemText = (k: number): string => `## Sparse regression number ${k}.
problem regression_${k} {
  param lambda : real >= 0 = 0.1
  param m : int = 40
  param n : int = 10
  data A : real[m, n] ~ normal
  data b : real[m] ~ normal
  let residual = b - A*x
  var x : real[n] >= -10
  minimize sum(i in 1..m) log(1 + exp(-b[i]*(A[i, :]*x))) / m + sumsq(residual) / (2*m) + lambda*norm(x, 1)
  metric nonzeros = sum(abs(x) > 1e-9)
}

`;

const linesOf = (text: string): number => text.split('\n').length - 1;

function programOf(lines: number): string {
  const each = linesOf(problemText(1));
  return Array.from({ length: Math.round(lines / each) }, (_, k) => problemText(k)).join('');
}

interface Times {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
}

/** Milliseconds of each of the rounds. */
function timesOf(task: () => void, rounds: number): Times {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let k = 0; k < rounds; k++) {
    const [before, begun] = [process.cpuUsage(), performance.now()];
    task();
    wall.push(performance.now() - begun);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  return { wall, cpu };
}

const both = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(1)}, ${median(values).toFixed(1)}`;

const host = memoryHost({});
const check = (text: string): void => {
  const { diagnostics } = checkProgram('bench.opt', new TextEncoder().encode(text), host);
  if (diagnostics.length > 0) throw new Error(diagnostics[0].message);
};

const programs = [250, 500, 1000, 2000, 4000].map(programOf);
for (let k = 0; k < 100; k++) check(programs[2]);
console.log('lines   wall: least, median   cpu: least, median ms   wall: µs a line');
for (const text of programs) {
  const { wall, cpu } = timesOf(() => check(text), 40);
  const lines = linesOf(text);
  const perLine = ((1000 * median(wall)) / lines).toFixed(1);
  console.log(
    `${String(lines).padEnd(7)} ${both(wall).padEnd(21)} ${both(cpu).padEnd(23)} ${perLine}`,
  );
}

const gallery = path.join(import.meta.dirname, '..', 'examples', 'gallery');
const reads = /\bfrom (?:csv|json|npy|npz|parquet|libsvm|sql)\(/;
// Those that read no files: reading is another matter.
const files = readdirSync(gallery)
  .filter((name) => name.endsWith('.opt'))
  .map((name) => readFileSync(path.join(gallery, name)))
  .filter((bytes) => !reads.test(bytes.toString()));
const all = files.reduce((sum, bytes) => sum + linesOf(bytes.toString()), 0);
const checkAll = (): void => {
  for (const bytes of files) checkProgram('gallery.opt', bytes, host);
};
for (let k = 0; k < 10; k++) checkAll();
const whole = median(timesOf(checkAll, 25).wall);
console.log(
  `gallery: ${files.length} files, ${all} lines, ${whole.toFixed(0)} ms, ${((1000 * all) / whole).toFixed(0)} lines a second`,
);
