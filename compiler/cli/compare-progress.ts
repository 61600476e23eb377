// One live line while a comparison runs: which run of how many, how far it is. On standard error of a terminal only.
import { formatCount, formatSeconds, formatSmall } from '../../runtime/report/number.ts';
import type { CompareProgress } from '../compare/world.ts';
import type { Io } from './io.ts';

const waitMilliseconds = 400;
const everyMilliseconds = 120;

/** `3/12  FISTA, lam = 10   1 240 iterations   gap 3e-5   2.1 s`, wiped at the end. */
export function compareProgress(io: Io): CompareProgress {
  const begun = performance.now();
  let last = begun;
  let shown = false;
  const show = (parts: readonly string[]): void => {
    const now = performance.now();
    if (!io.interactive || now - begun < waitMilliseconds || now - last < everyMilliseconds) return;
    last = now;
    shown = true;
    const text = parts.filter((part) => part !== '').join('   ');
    io.err(`\r\u001b[2K${io.errColor.soft(text.slice(0, io.width - 1))}`);
  };
  return {
    run: (label, done, total) => {
      const head = total === 0 ? label : `${done + 1}/${total}  ${label}`;
      let gap = NaN;
      return {
        measured: (row) => {
          gap = row.values.gap ?? NaN;
        },
        tick: (iteration, seconds) =>
          show([
            head,
            `${formatCount(iteration)} iteration${iteration === 1 ? '' : 's'}`,
            Number.isNaN(gap) ? '' : `gap ${formatSmall(gap)}`,
            formatSeconds(seconds),
          ]),
      };
    },
    timing: (done, total) => show([`timing ${done + 1}/${total}`]),
    end: () => {
      if (shown) io.err('\r\u001b[2K');
    },
  };
}
