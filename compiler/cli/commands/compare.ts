// `dotopt compare`: runs the comparisons of a file; a table and the claims in the terminal, every trace and a report under --out.
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Comparison } from '../../../runtime/compare/comparison.ts';
import { traceTable } from '../../../runtime/compare/trace-table.ts';
import { htmlReport } from '../../../runtime/report/html.ts';
import { compareModel } from '../../compare/compare.ts';
import type { CompareModel } from '../../model/types.ts';
import { exitCode } from '../exit.ts';
import { listenForInterrupt, type Interrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics, openProgram, tellFailure, type Opened } from '../open.ts';
import { folderNames, writeOutput } from '../output.ts';
import { comparisonJson } from '../print/comparison-json.ts';
import { printComparison } from '../print/comparison.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { toJson } from '../print/json.ts';
import { compareProgress } from '../compare-progress.ts';
import { programVersion } from '../version.ts';
import { limitsOf } from './run.ts';

type CompareCommandOptions = SharedOptions & { readonly check: boolean };

export async function compareCommand(
  io: Io,
  file: string,
  options: CompareCommandOptions,
): Promise<number> {
  const opened = openProgram(io, file, { ...options, hashData: true });
  if (typeof opened === 'number') return opened;
  const compares = opened.front.model.compares.filter(({ problem }) =>
    opened.problems.includes(problem),
  );
  if (compares.length === 0) return nothingToCompare(io, file, options);
  const folders = folderNames(compares.map(({ title, problem }) => title ?? problem.name));
  const interrupt = listenForInterrupt((text) => io.err(text));
  const finished: Comparison[] = [];
  let code: number = exitCode.done;
  try {
    for (const [k, compare] of compares.entries()) {
      if (interrupt.requested()) break;
      const one = await compareOne(io, opened, compare, options, interrupt);
      if (typeof one === 'number') {
        code = Math.max(code, one);
        continue;
      }
      finished.push(one);
      if (!options.json) printComparison(io, one, finished.length > 1);
      code = Math.max(code, codeOfComparison(one, options.check));
      const written = await writeFiles(io, opened, one, folders[k], file, options);
      code = Math.max(code, written);
    }
  } finally {
    interrupt.release();
  }
  if (options.json && finished.length > 0) {
    io.out(`${toJson({ ...opened.envelope(), comparisons: finished.map(comparisonJson) })}\n`);
  }
  return code;
}

function nothingToCompare(io: Io, file: string, { problem }: SharedOptions): number {
  const what = problem === undefined ? file : `problem \`${problem}\` in ${file}`;
  io.err(
    `${io.errColor.bad('error')}: there is no comparison of ${what}\n` +
      `  ${io.errColor.name('= help:')} write one: compare "title" of NAME { with fista  with ista }\n`,
  );
  return exitCode.usage;
}

async function compareOne(
  io: Io,
  opened: Opened,
  compare: CompareModel,
  options: CompareCommandOptions,
  interrupt: Interrupt,
): Promise<Comparison | number> {
  const result = await compareModel(opened.front, compare, opened.host, opened.settings, {
    limits: limitsOf(options),
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    progress: compareProgress(io),
    interrupted: interrupt.requested,
    breathe: () => nextTurn(),
  });
  if (result.ok) {
    printDiagnostics(io, result.diagnostics, opened.front.sources);
    return result.comparison;
  }
  tellFailure(io, opened, result.diagnostics, options.json);
  return codeOfDiagnostics(result.diagnostics);
}

/** A comparison that ran is a result, whatever its methods did; errors of the file, faults of ours and failed claims are not. */
export function codeOfComparison(comparison: Comparison, check: boolean): number {
  const codes = [
    comparison.notes.some(({ kind }) => kind === 'error') ? exitCode.source : exitCode.done,
    comparison.interrupted ? exitCode.notConverged : exitCode.done,
    check && comparison.claims.some(({ holds }) => !holds) ? exitCode.claim : exitCode.done,
    comparison.runs.some(({ failure }) => failure?.kind === 'internal')
      ? exitCode.fault
      : exitCode.done,
  ];
  return Math.max(...codes);
}

async function writeFiles(
  io: Io,
  opened: Opened,
  comparison: Comparison,
  folder: string,
  file: string,
  options: CompareCommandOptions,
): Promise<number> {
  const meta = {
    version: programVersion(),
    command: `dotopt compare ${file}`,
    date: new Date().toISOString().slice(0, 10),
  };
  const contents: readonly (readonly [string, string])[] = [
    ['traces.csv', traceTable(comparison)],
    ['comparison.json', `${toJson({ ...opened.envelope(), ...comparisonJson(comparison) })}\n`],
    ['report.html', await htmlReport(comparison, meta)],
  ];
  for (const [name, content] of contents) {
    const written = writeOutput(path.resolve(io.cwd, options.out), folder, name, content);
    if (!written.ok) {
      io.err(`${io.errColor.bad('error')}: ${written.message}\n`);
      return exitCode.usage;
    }
    if (name === 'report.html' && !options.json)
      io.out(`\n${io.color.soft('report')}  ${path.join(options.out, folder, name)}\n`);
  }
  return exitCode.done;
}
