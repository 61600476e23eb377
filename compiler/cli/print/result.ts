// The answer of one solve as a person wants it.
import type { Check, Status } from '../../../runtime/certify/certificate.ts';
import {
  formatCount,
  formatSeconds,
  formatSmall,
  formatValue,
} from '../../../runtime/report/number.ts';
import type { OracleCounts, OracleName } from '../../../runtime/program.ts';
import type { DispatchStats, SolveResult } from '../../../runtime/result.ts';
import { reasonText } from '../../../runtime/stop.ts';
import { oracleNames } from '../../../runtime/trace.ts';
import type { Io } from '../io.ts';
import { solutionLines } from './solution.ts';
import { wrap } from './text.ts';

const good: { readonly [S in Status]: boolean } = {
  optimal: true,
  stationary: true,
  feasible: true,
  infeasible: false,
  unbounded: false,
  'not converged': false,
};

export function printResult(io: Io, result: SolveResult, stats = false): void {
  const { color } = io;
  const paint = good[result.status] ? color.good : color.bad;
  const lines = [
    `${color.strong(result.problem)}   ${paint(color.strong(result.status))}${valueText(io, result)}`,
    '',
    ...row(io, 'method', methodText(result)),
    ...certificateRows(io, result),
    ...stopRows(io, result),
    ...row(io, 'work', workText(result)),
    ...searchRows(io, result),
    ...row(io, 'time', timeText(result)),
    ...(stats ? statsRows(io, result) : []),
    ...answerLines(io, result),
  ];
  io.out(`${lines.join('\n')}\n`);
}

/** Where it was shown that there is no optimum, the point where the run ended is no answer. */
const isAnswer = ({ status }: SolveResult): boolean =>
  status !== 'infeasible' && status !== 'unbounded';

const valueText = (io: Io, result: SolveResult): string =>
  result.value === undefined || !isAnswer(result)
    ? ''
    : `   value ${io.color.strong(formatValue(result.value))}`;

function answerLines(io: Io, result: SolveResult): readonly string[] {
  if (!isAnswer(result)) return [];
  const metrics = Object.entries(result.metrics);
  const { goals = [], objectives = [] } = result;
  return [
    ...(goals.length + objectives.length === 0 ? [] : ['']),
    ...objectives.map((value, k) => `  objective ${k + 1} = ${formatValue(value)}`),
    ...goals.map(({ who, value }) => `  goal over ${io.color.name(who)} = ${formatValue(value)}`),
    ...(metrics.length === 0 ? [] : ['']),
    ...metrics.map(([name, value]) => `  ${io.color.name(name)} = ${formatValue(value)}`),
    '',
    ...result.solution.flatMap((entry) => solutionLines(io, entry).map((line) => `  ${line}`)),
  ];
}

/** What the status rests on. Of numbers that are not finite there is nothing to measure. */
function certificateRows(io: Io, result: SolveResult): readonly string[] {
  const { checks, notes } = result.certificate;
  const decisive = checks.filter(({ decides, value }) => decides && !Number.isNaN(value));
  // Of a point outside the constraints no value and no slope says anything.
  const outside = decisive.find(({ name, holds }) => name === 'feasibility' && !holds);
  const shown = !isAnswer(result) ? [] : outside === undefined ? decisive : [outside];
  const lines = [...shown.map((check) => checkText(io, check)), ...notes];
  return lines.flatMap((line, k) => row(io, k === 0 ? 'certificate' : '', line));
}

/** Why the run ended, where that is news: an answer that could be certified ended it itself. */
function stopRows(io: Io, { reason, status }: SolveResult): readonly string[] {
  const settled = good[status] || status === 'infeasible' || status === 'unbounded';
  if (settled && ['rule', 'method', 'rounding'].includes(reason.kind)) return [];
  return row(io, 'stopped', reasonText[reason.kind]);
}

const labelWidth = 13;

/** A label and a text that is broken at the width of the terminal. */
function row(io: Io, label: string, text: string): readonly string[] {
  const room = Math.max(40, io.width - labelWidth - 4);
  return wrap(text, room).map(
    (line, k) => `  ${io.color.soft((k === 0 ? label : '').padEnd(labelWidth))}${line}`,
  );
}

function methodText({ method, via, why }: SolveResult): string {
  const route = via.length === 0 ? '' : ` via ${via.join(', ')}`;
  return `${method}${route}${why === undefined ? '' : `, chosen because ${why}`}`;
}

function checkText(io: Io, { name, value, limit, holds, text }: Check): string {
  const mark = holds ? io.color.good('✓') : io.color.bad('✗');
  return `${mark} ${name} ${formatSmall(value)} ${holds ? '≤' : '>'} ${formatSmall(limit)} ${io.color.soft(`(${text})`)}`;
}

const workText = ({ iterations, counts }: SolveResult): string =>
  [many(iterations, 'iteration'), ...callTexts(counts)].join(', ');

/** What was tried beside the run that is shown. */
function searchRows(io: Io, { search }: SolveResult): readonly string[] {
  if (search === undefined) return [];
  const { starts, points, counts, seconds } = search;
  const tried = [
    ...(starts === 0 ? [] : [many(starts, 'start')]),
    ...(points === 0 ? [] : [many(points, 'outer point')]),
  ].join(', ');
  const calls = callTexts(counts).join(', ');
  return row(io, 'search', `${tried}: ${calls}, in ${formatSeconds(seconds)}`);
}

const callTexts = (counts: OracleCounts): readonly string[] =>
  oracleNames
    .filter((name) => counts[name] > 0)
    .map((name) => `${formatCount(counts[name])} ${counts[name] === 1 ? oneOf[name] : name}`);

const many = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

const oneOf: { readonly [O in OracleName]: string } = {
  values: 'value',
  grads: 'grad',
  hvps: 'hvp',
  jvps: 'jvp',
  solves: 'solve',
  projections: 'projection',
  proxes: 'prox',
  lmos: 'lmo',
  samples: 'sample',
  bits: 'bit',
  bits_down: 'bit broadcast',
  draws: 'draw',
};

/** What was taken, and what of the step is WebAssembly. */
function statsRows(io: Io, { stats, target, threads }: SolveResult): readonly string[] {
  const { memory, compile, module, dispatches } = stats;
  const heap = memory.wasm === undefined ? '' : `, ${formatBytes(memory.wasm)} in WebAssembly`;
  const left = (module?.inJavaScript ?? []).map(({ name, because }) => `${name} (${because})`);
  return [
    ...row(
      io,
      'memory',
      `${formatBytes(memory.data)} data, ${formatBytes(memory.states)} states${heap}`,
    ),
    ...row(
      io,
      'compiling',
      `${formatSeconds(compile.problem)} the problem, ${formatSeconds(compile.method)} the method`,
    ),
    ...(module === undefined
      ? []
      : row(
          io,
          'module',
          `${formatBytes(module.bytes)}: ${module.functions.join(', ') || 'no function'}; ${many(module.calls, 'call')} of JavaScript out of it${left.length === 0 ? '' : `; in JavaScript: ${left.join(', ')}`}`,
        )),
    ...(dispatches === undefined ? [] : row(io, 'dispatches', dispatchText(dispatches))),
    ...row(
      io,
      'threads',
      target === 'tfjs'
        ? `${threads} for what is measured in 64 bits; tfjs has its own`
        : String(threads),
    ),
  ];
}

/** Kernels of a GPU are few enough to be counted in tenths. */
const dispatchText = ({ iteration, own, unfused }: DispatchStats): string =>
  `${tenths(iteration)} an iteration, ${tenths(own)} of them fused kernels; without fusion ${tenths(unfused)}`;
const tenths = (x: number): string => String(Math.round(10 * x) / 10);

const formatBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 2 ** 20
      ? `${(bytes / 1024).toFixed(1)} KiB`
      : `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function timeText({ seconds, iterations: count, target, threads }: SolveResult): string {
  const { compile, data, first, iterations, proof } = seconds;
  const proving = proof === undefined ? '' : `, proof ${formatSeconds(proof)}`;
  const begun = count < 2 ? '' : ` (the first ${formatSeconds(first)})`;
  const among = threads > 1 && target !== 'tfjs' ? ` with ${threads} threads` : '';
  const where = target === 'ts' ? '' : ` on ${target}${among}`;
  return `${formatSeconds(iterations)} in iterations${where}${begun}, data ${formatSeconds(data)}, compiling ${formatSeconds(compile)}${proving}`;
}
