// Exit codes of the command. Documented in docs/command.md, never reused.
import type { Status } from '../../runtime/certify/certificate.ts';
import type { StopReason } from '../../runtime/stop.ts';

export const exitCode = {
  done: 0,
  source: 1,
  usage: 2,
  infeasible: 3,
  unbounded: 4,
  notConverged: 5,
  numerical: 6,
  claim: 7,
  fault: 70,
} as const;

const statusCode: { readonly [S in Status]: number } = {
  optimal: exitCode.done,
  stationary: exitCode.done,
  feasible: exitCode.done,
  infeasible: exitCode.infeasible,
  unbounded: exitCode.unbounded,
  'not converged': exitCode.notConverged,
};

/** The exit code of one result: its status, and numerical trouble where that ended the run. A better status than the class allows at best does not occur, so a
 * lesser one (`feasible` where `optimal` is possible) counts as not converged. */
export function codeOf(result: {
  readonly status: Status;
  readonly reason: StopReason;
  readonly certificate: { readonly promise: Status };
}): number {
  const good = result.status === 'optimal' || result.status === result.certificate.promise;
  if (good) return exitCode.done;
  if (result.reason.kind === 'nonfinite' || result.reason.kind === 'fault')
    return exitCode.numerical;
  const code = statusCode[result.status];
  return code === exitCode.done ? exitCode.notConverged : code;
}
