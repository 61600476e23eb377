// How long `check` takes in a warm process, against the number of lines: parsing, model, lowering; and for the gallery, as people write. Prints
// milliseconds of CPU, so that a busy machine distorts little, and the cost a line, which is constant where the growth is linear.
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

function milliseconds(task: () => void): number {
  const before = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const host = memoryHost({});
const check = (text: string): void => {
  const { diagnostics } = checkProgram('bench.opt', new TextEncoder().encode(text), host);
  if (diagnostics.length > 0) throw new Error(diagnostics[0].message);
};

const programs = [250, 500, 1000, 2000, 4000].map(programOf);
for (let k = 0; k < 100; k++) check(programs[2]);
console.log('lines   least  median ms   µs a line');
for (const text of programs) {
  const spent = Array.from({ length: 25 }, () => milliseconds(() => check(text)));
  const [least, half] = [Math.min(...spent), median(spent)];
  const lines = linesOf(text);
  console.log(
    `${String(lines).padEnd(7)} ${least.toFixed(1).padEnd(6)} ${half.toFixed(1).padEnd(11)} ${((1000 * half) / lines).toFixed(1)}`,
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
const whole = median(Array.from({ length: 25 }, () => milliseconds(checkAll)));
console.log(
  `gallery: ${files.length} files, ${all} lines, ${whole.toFixed(0)} ms, ${((1000 * all) / whole).toFixed(0)} lines a second`,
);
