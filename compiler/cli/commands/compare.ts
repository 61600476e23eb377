// `dotopt compare`: runs the comparisons of a file; a table and the claims in the terminal, every trace and a report under --out.
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Comparison } from '../../../runtime/compare/comparison.ts';
import { traceTable } from '../../../runtime/compare/trace-table.ts';
import { htmlReport } from '../../../runtime/report/html.ts';
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import { compareModel, type CompareResult } from '../../compare/compare.ts';
import type { CompareModel } from '../../model/types.ts';
import { exitCode } from '../exit.ts';
import { interruptible, type Interrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics, openProgram, type Opened } from '../open.ts';
import { folderNames, writeOutput } from '../output.ts';
import { comparisonJson } from '../print/comparison-json.ts';
import { printComparison } from '../print/comparison.ts';
import { diagnosticJson, printDiagnostics } from '../print/diagnostics.ts';
import { toJson } from '../print/json.ts';
import { usageError, usageErrorJson } from '../print/usage.ts';
import { compareProgress } from '../compare-progress.ts';
import { programVersion } from '../version.ts';
import { telling, tfjsFor } from '../tfjs.ts';
import { watching } from '../watch.ts';
import { limitsOf } from './run.ts';

type CompareCommandOptions = SharedOptions & { readonly check: boolean };

export async function compareCommand(
  io: Io,
  file: string,
  options: CompareCommandOptions,
): Promise<number> {
  return watching(io, options.watch, (onRead) => compareOnce(io, file, { ...options, onRead }));
}

async function compareOnce(
  io: Io,
  file: string,
  options: CompareCommandOptions & { readonly onRead: (file: string) => void },
): Promise<number> {
  const tfjs = await tfjsFor(io, options);
  if (typeof tfjs === 'number') return tfjs;
  const opened = openProgram(io, file, { ...options, hashData: true, tfjs: telling(io, tfjs) });
  if (typeof opened === 'number') return opened;
  const compares = opened.front.model.compares.filter(({ problem }) =>
    opened.problems.includes(problem),
  );
  if (compares.length === 0) return nothingToCompare(io, file, options);
  const folders = folderNames(compares.map(({ title, problem }) => title ?? problem.name));
  const interrupt = interruptible(io.err);
  const finished: Comparison[] = [];
  const failures: Diagnostic[] = [];
  let code: number = exitCode.done;
  try {
    for (const [k, compare] of compares.entries()) {
      if (interrupt.requested()) break;
      const result = await compareOne(io, opened, compare, options, interrupt);
      printDiagnostics(io, result.diagnostics, opened.front.sources);
      if (!result.ok) {
        failures.push(...result.diagnostics);
        code = Math.max(code, codeOfDiagnostics(result.diagnostics));
        continue;
      }
      const { comparison } = result;
      finished.push(comparison);
      if (!options.json) printComparison(io, comparison, finished.length > 1);
      code = Math.max(code, codeOfComparison(comparison, options.check));
      const written = await writeFiles(io, opened, comparison, folders[k], file, options);
      code = Math.max(code, written);
    }
  } finally {
    interrupt.release();
  }
  if (options.json) {
    const told =
      failures.length === 0
        ? {}
        : { diagnostics: failures.map((d) => diagnosticJson(d, opened.front.sources)) };
    const comparisons = finished.map(comparisonJson);
    io.out(`${toJson({ ...opened.envelope(), comparisons, ...told })}\n`);
  }
  return code;
}

function nothingToCompare(io: Io, file: string, { problem, json }: SharedOptions): number {
  const what = problem === undefined ? file : `problem \`${problem}\` in ${file}`;
  const message = `there is no comparison of ${what}`;
  const help = 'write one: compare "title" of NAME { with fista  with ista }';
  return json ? usageErrorJson(io, message, help) : usageError(io, message, help);
}

function compareOne(
  io: Io,
  opened: Opened,
  compare: CompareModel,
  options: CompareCommandOptions,
  interrupt: Interrupt,
): Promise<CompareResult> {
  return compareModel(opened.front, compare, opened.host, opened.settings, {
    limits: limitsOf(options),
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    progress: compareProgress(io),
    interrupted: interrupt.poll,
    breathe: () => nextTurn(),
  });
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
    command: commandText(file, options),
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
      return usageError(io, written.message);
    }
    if (name === 'report.html' && !options.json)
      io.out(`\n${io.color.soft('report')}  ${path.join(options.out, folder, name)}\n`);
  }
  return exitCode.done;
}

/** The command that makes this report again. */
function commandText(file: string, options: CompareCommandOptions): string {
  const { set, data, seed, dataSeed, problem, iterations, time, tolerance } = options;
  const flags: readonly (readonly [string, string | number | undefined])[] = [
    ...set.map((text) => ['set', text] as const),
    ...data.map((text) => ['data', text] as const),
    ['seed', seed],
    ['data-seed', dataSeed === 1 ? undefined : dataSeed],
    ['problem', problem],
    ['iterations', iterations],
    ['time', time],
    ['tolerance', tolerance],
  ];
  const told = flags.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  return ['dotopt compare', file, ...told].join(' ');
}
