// What `dotopt cross` found: a line for each route, then what disagrees.
import { visible } from '../../../grammar/quote.ts';
import { formatSeconds, formatSmall, formatValue } from '../../../runtime/report/number.ts';
import type { Cross, CrossRoute, Disagreement } from '../../cross.ts';
import type { Io } from '../io.ts';
import { resultJson } from './json.ts';
import { padVisible, visibleLength, wrap } from './text.ts';

export function printCross(io: Io, { problem, routes, disagreements }: Cross): void {
  const { color } = io;
  io.out(`${color.strong(visible(problem))}\n\n`);
  const head = ['route', 'method', 'status', 'value', 'lower gap', 'time'];
  const solved = routes.filter(({ outcome }) => outcome.kind === 'solved');
  const rows = [head.map(color.soft), ...solved.map((route) => cellsOf(io, route))];
  const widths = head.map((_, k) => Math.max(...rows.map((row) => visibleLength(row[k]))));
  for (const row of rows)
    io.out(`  ${row.map((cell, k) => padVisible(cell, widths[k])).join('  ')}`.trimEnd() + '\n');
  for (const { route, outcome } of routes)
    if (outcome.kind === 'obstacle')
      io.out(
        `  ${block(io, `${color.soft(route)} does not apply: ${visible(outcome.because)}`)}\n`,
      );
  io.out('\n');
  if (disagreements.length === 0)
    io.out(
      `${color.good('✓')} ${solved.length > 1 ? 'No certified values disagree.' : 'There was nothing to compare.'}\n\n`,
    );
  for (const found of disagreements)
    io.out(
      `${found.grave ? color.bad('✗') : color.warn('!')} ${block(io, disagreementText(found))}\n\n`,
    );
}

const block = (io: Io, text: string): string =>
  wrap(text, Math.max(40, io.width - 4)).join('\n    ');

function cellsOf({ color }: Io, { route, outcome }: CrossRoute): readonly string[] {
  if (outcome.kind === 'obstacle') return [];
  const { result, lowerGap, seconds } = outcome;
  const certified = result.status === 'optimal' || result.status === 'stationary';
  return [
    visible(route),
    visible(result.method),
    certified ? color.good(result.status) : color.warn(result.status),
    result.value === undefined ? '–' : formatValue(result.value),
    lowerGap === undefined ? '–' : formatSmall(lowerGap),
    formatSeconds(seconds),
  ];
}

const disagreementText = ({ routes: [a, b], values: [x, y], grave }: Disagreement): string =>
  `${a} certifies ${formatValue(x)}, ${b} ${formatValue(y)}: ${
    grave
      ? 'both as optimal, so one of them is wrong.'
      : 'stationary points of a problem that is not known to be convex may differ; the better value counts.'
  }`;

export const crossJson = ({ problem, routes, disagreements }: Cross): Record<string, unknown> => ({
  problem,
  routes: routes.map(({ route, outcome }) =>
    outcome.kind === 'obstacle'
      ? { route, obstacle: outcome.because }
      : {
          route,
          lowerGap: outcome.lowerGap ?? null,
          totalSeconds: outcome.seconds,
          ...resultJson(outcome.result),
        },
  ),
  disagreements,
});
