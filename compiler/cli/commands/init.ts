// `dotopt init`: a first problem of one's own, ready to run.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { usageError } from '../print/usage.ts';

const starter = (
  name: string,
): string => `## A line through five points, with a small penalty on its slope.
problem ${name} {
  data t : real[m] = [0, 1, 2, 3, 4]
  data y : real[m] = [1.1, 2.9, 5.2, 7.1, 8.8]
  param mu : real >= 0 = 0.01

  var slope : real
  var offset : real
  minimize sumsq(slope*t + offset - y) / (2*m) + mu/2 * slope^2

  metric largest_error = max(abs(slope*t + offset - y))
}

compare of ${name} {
  with gradient_descent
  with lbfgs as "L-BFGS"
  stop when gap <= 1e-8 or iterations >= 1000
}
`;

export function init(io: Io, target: string): number {
  const file = path.resolve(io.cwd, target.endsWith('.opt') ? target : `${target}.opt`);
  const shown = path.relative(io.cwd, file) || file;
  if (existsSync(file)) {
    return usageError(io, `${shown} exists already`, 'choose another name');
  }
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, starter(problemName(path.basename(file, '.opt'))), { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return usageError(io, `${shown} cannot be written (${code})`);
  }
  io.out(
    `wrote ${io.color.strong(shown)}\n\n` +
      `  dotopt run ${shown}       solve it\n` +
      `  dotopt explain ${shown}   see its structure\n` +
      `  dotopt compare ${shown}   compare two methods on it\n`,
  );
  return exitCode.done;
}

const reserved = new Set(
  'problem method compare function import solve data param var let minimize maximize find subject forall over in where for if then else while repeat return solves complements implies and or not true false inf'.split(
    ' ',
  ),
);

/** A file name as an identifier. */
function problemName(base: string): string {
  const cleaned = base.normalize('NFC').replace(/[^\p{L}\p{Nd}_]/gu, '_');
  const begun = /^[\p{L}_]/u.test(cleaned) ? cleaned : `p_${cleaned}`;
  return reserved.has(begun) ? `${begun}_` : begun;
}
