// One live line on long runs, on standard error of a terminal only.
import {
  formatCount,
  formatSeconds,
  formatSmall,
  formatValue,
} from '../../runtime/report/number.ts';
import type { Observer } from '../../runtime/observe.ts';
import type { Io } from './io.ts';

const waitMilliseconds = 400;
const everyMilliseconds = 120;

/** Shows `fista  1 240 iterations  value 12.5  gap 3e-5  2.1 s` after 0.4 s; wiped at the end. */
export function progressLine(io: Io, label: string): Observer {
  if (!io.interactive) return {};
  const begun = performance.now();
  let shown = false;
  let last = begun;
  let value = NaN;
  let gap = NaN;
  return {
    measured: (row) => {
      value = row.values.value ?? NaN;
      gap = row.values.gap ?? NaN;
    },
    tick: (iteration, seconds) => {
      const now = performance.now();
      if (now - begun < waitMilliseconds || now - last < everyMilliseconds) return;
      last = now;
      shown = true;
      const parts = [
        label,
        `${formatCount(iteration)} iteration${iteration === 1 ? '' : 's'}`,
        Number.isNaN(value) ? '' : `value ${formatValue(value)}`,
        Number.isNaN(gap) ? '' : `gap ${formatSmall(gap)}`,
        formatSeconds(seconds),
      ];
      const text = parts.filter((part) => part !== '').join('   ');
      io.err(`\r\u001b[2K${io.errColor.soft(text.slice(0, io.width - 1))}`);
    },
    ended: () => {
      if (shown) io.err('\r\u001b[2K');
    },
  };
}
