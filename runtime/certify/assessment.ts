// What a certificate that is not about one goal says of a point: games, variational inequalities, levels.
import type { Certificate, Check, CheckName, Status } from './certificate.ts';

export interface Assessment {
  /** What the class allows at best at this point. */
  readonly promise: Certificate['promise'];
  /** Where the point is finite and keeps its bounds and domains. */
  readonly status: Extract<Status, 'optimal' | 'stationary' | 'feasible' | 'not converged'>;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  /** The distance from a certificate: what a run waits for. */
  readonly residual: number;
}

export interface CheckParts {
  readonly name: CheckName;
  readonly value: number;
  readonly limit: number;
  readonly text: string;
  readonly decides: boolean;
}

/** A number that is not known does not hold. */
export const checked = (parts: CheckParts): Check => ({
  ...parts,
  holds: parts.value <= parts.limit,
});

/** The largest; NaN where one is not known. */
export const largestOf = (values: readonly number[]): number =>
  values.reduce((a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b)), 0);
