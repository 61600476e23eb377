// An answer as plain text: what a generated program prints.
import type { Solved } from '../solve.ts';
import { reasonText } from '../stop.ts';
import type { Tensor } from '../tensor.ts';
import { formatCount, formatEntry, formatSeconds, formatSmall, formatValue } from './number.ts';

const mostEntries = 100;

/** Status, value, certificate, work, solution. `labels` name the entries of vectors. */
export function answerText(
  problem: string,
  solved: Solved,
  labels: Readonly<Record<string, readonly string[]>> = {},
): string {
  const { outcome, answer, certificate, measures } = solved;
  const value = measures.value === undefined ? '' : `   value ${formatValue(measures.value)}`;
  const lines = [
    `${problem}   ${certificate.status}${value}`,
    ...certificate.checks
      .filter(({ decides }) => decides)
      .map(
        ({ name, value: found, limit }) =>
          `${name} ${formatSmall(found)} ${found <= limit ? '<=' : '>'} ${formatSmall(limit)}`,
      ),
    ...certificate.notes,
    `${formatCount(outcome.iterations)} iterations in ${formatSeconds(outcome.seconds.total)}: ${reasonText[outcome.reason.kind]}`,
    ...Object.entries(answer).map(([name, tensor]) => entriesText(name, tensor, labels[name])),
  ];
  return lines.join('\n');
}

function entriesText(name: string, { shape, data }: Tensor, labels?: readonly string[]): string {
  if (shape.length === 0) return `${name} = ${formatEntry(data[0])}`;
  const entry = (value: number, k: number): string =>
    labels === undefined || shape.length > 1
      ? formatEntry(value)
      : `${labels[k] ?? k + 1}: ${formatEntry(value)}`;
  const shown = Array.from(data.slice(0, mostEntries), entry).join('  ');
  const more = data.length > mostEntries ? `  … ${data.length - mostEntries} more` : '';
  const size = shape.length > 1 ? ` (${shape.join(' × ')})` : '';
  return `${name}${size} = [${shown}${more}]`;
}
