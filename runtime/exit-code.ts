// Exit codes of a result. Documented in docs/command.md, never reused.
import type { Status } from './certify/certificate.ts';
import type { StopReason } from './stop.ts';

/** Codes of programs and of the command; the command has more of its own. */
export const resultCode = {
  done: 0,
  usage: 2,
  infeasible: 3,
  unbounded: 4,
  notConverged: 5,
  numerical: 6,
} as const;

const statusCode: { readonly [S in Status]: number } = {
  optimal: resultCode.done,
  stationary: resultCode.done,
  feasible: resultCode.done,
  infeasible: resultCode.infeasible,
  unbounded: resultCode.unbounded,
  'not converged': resultCode.notConverged,
};

/** The exit code of one result: its status, and numerical trouble where that ended the run. A better status than the class allows at best does not occur, so a
 * lesser one (`feasible` where `optimal` is possible) counts as not converged. */
export function codeOf(result: {
  readonly status: Status;
  readonly reason: StopReason;
  readonly certificate: { readonly promise: Status };
}): number {
  const good = result.status === 'optimal' || result.status === result.certificate.promise;
  if (good) return resultCode.done;
  if (result.status === 'infeasible' || result.status === 'unbounded')
    return statusCode[result.status];
  if (result.reason.kind === 'nonfinite' || result.reason.kind === 'fault')
    return resultCode.numerical;
  const code = statusCode[result.status];
  return code === resultCode.done ? resultCode.notConverged : code;
}
