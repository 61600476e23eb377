// `dotopt init`: a first problem of one's own, ready to run.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { shownName } from '../open.ts';
import { makeFolder } from '../make-folder.ts';
import { envelope, toJson } from '../print/json.ts';
import { usageError, usageErrorJson } from '../print/usage.ts';
import { systemReason } from '../system-reason.ts';

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

export function init(io: Io, target: string, json: boolean): number {
  const fail = json ? usageErrorJson : usageError;
  if (!/[^./\\]/.test(path.basename(target, '.opt')) || /[/\\]$/.test(target))
    return fail(io, `${JSON.stringify(target)} is no name of a file`, 'e.g. dotopt init line');
  const file = path.resolve(io.cwd, target.endsWith('.opt') ? target : `${target}.opt`);
  const shown = shownName(io, file);
  if (existsSync(file)) {
    return fail(io, `${shown} exists already`, 'choose another name');
  }
  try {
    makeFolder(path.dirname(file));
    writeFileSync(file, starter(problemName(path.basename(file, '.opt'))), { flag: 'wx' });
  } catch (error) {
    return fail(io, `${shown} cannot be written: ${systemReason(error)}`, undefined);
  }
  if (json) {
    io.out(`${toJson({ ...envelope([], new Map()), file: shown })}\n`);
    return exitCode.done;
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
