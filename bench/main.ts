// `npm run bench [-- names] [-- --write]`: what generated code costs, beside other libraries. `--write` puts the tables into docs/performance.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { compile } from './compile.ts';
import { formulas } from './formulas.ts';
import { network } from './network.ts';
import { growth } from './growth.ts';
import { renderChart } from '../runtime/report/chart.ts';
import { colorRules } from '../runtime/report/style.ts';
import { startPeers } from './peers.ts';
import { rowwise } from './rowwise.ts';
import { small } from './small.ts';
import { solvers } from './solvers.ts';
import { markdown, type Section } from './section.ts';
import { replaceBetween } from './write.ts';

const sections: readonly Section[] = [rowwise, solvers, small, formulas, growth, network, compile];
const docs = path.join(import.meta.dirname, '..', 'docs');
const page = path.join(docs, 'performance.md');
const plots = path.join(docs, 'plots');

mkdirSync(plots, { recursive: true });
const args = process.argv.slice(2);
const names = args.filter((name) => !name.startsWith('--'));
const wanted = sections.filter(({ name }) => names.length === 0 || names.includes(name));
const root = mkdtempSync(path.join(tmpdir(), 'dotopt-bench-'));
const [one, two] = [await startPeers(1), await startPeers(2)];
try {
  const machine = `Node ${process.versions.node}, ${one.versions}; ${cpus().length} × ${cpus()[0]?.model ?? 'an unknown processor'}.`;
  const absent = one.missing.length === 0 ? '' : ` Missing: ${one.missing.join(', ')}.`;
  console.log(`${machine}${absent}\n`);
  for (const { name, run } of wanted) {
    const before = loadavg()[0];
    const begun = performance.now();
    const report = await run({ one, two, folder: () => mkdtempSync(path.join(root, `${name}-`)) });
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const text = `${markdown(report)}\n\n\`npm run bench -- ${name}\` made this in ${seconds} s with a load of ${before.toFixed(1)} on the machine at its start: ${machine}${absent}`;
    console.log(`## ${name}\n\n${text}\n`);
    if (!args.includes('--write')) continue;
    writeFileSync(page, replaceBetween(readFileSync(page, 'utf8'), name, text));
    for (const { name: file, chart } of report.charts ?? []) {
      const svg = await renderChart(chart);
      // A picture that stands alone brings the colours that a report has.
      const alone = svg?.replace(
        '>',
        `><style>${colorRules} svg { background: var(--paper) }</style>`,
      );
      if (alone !== undefined) writeFileSync(path.join(plots, `${file}.svg`), alone);
    }
  }
} finally {
  one.close();
  two.close();
  rmSync(root, { recursive: true, force: true });
}
