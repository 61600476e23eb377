// What is known of an answer, from code that knows nothing of the method that found it (language §8).

export type Status =
  'optimal' | 'stationary' | 'feasible' | 'infeasible' | 'unbounded' | 'not converged';

/** What a check measures, in the field's words. */
export type CheckName =
  | 'feasibility' // largest violation of a bound, domain or constraint, relative
  | 'stationarity' // projected gradient, or distance of 0 to the subdifferential, relative
  | 'duality gap' // value minus a proven lower bound, relative
  | 'kktResidual'
  | 'complementarity'
  | 'natural residual' // ‖z - P(z - F(z))‖ of a game or a variational inequality, relative
  | 'Nikaido-Isoda gap' // what all players together could gain at most by leaving alone, relative
  | 'dual gap' // of a variational inequality: largest F(y)'(z - y), bounded from above, relative
  | 'second order' // how far a player's goal curves the wrong way, relative
  | 'lower-level gap' // value of a lower level minus the least it can have for these outer variables, relative
  | 'lower level' // whether a lower level has an answer for these outer variables, and only one
  | 'hypergradient' // slope of the upper goal along the lower solution, relative
  | 'nearby points' // how much better the upper goal is at nearby outer variables, relative
  | 'finite';

export interface Check {
  readonly name: CheckName;
  readonly value: number;
  /** The check holds where value <= limit. */
  readonly limit: number;
  readonly holds: boolean;
  /** Whether the status rests on it. A small slope says nothing more of an answer whose gap is known. */
  readonly decides: boolean;
  /** What was measured, in a sentence: "largest entry of x - P(x - ∇f(x))". */
  readonly text: string;
}

export interface Certificate {
  readonly status: Status;
  readonly tolerance: number;
  /** What the class of the problem allows at best. */
  readonly promise: 'optimal' | 'stationary' | 'feasible';
  readonly checks: readonly Check[];
  /** A proven bound on the optimal value (below for minimise, above for maximise), where there is one. */
  readonly bound: number | undefined;
  /** The value is the mean over a sample, with this standard error; undefined where it is exact. */
  readonly standardError?: number;
  /** Sentences for a person: why this status and not a better one. */
  readonly notes: readonly string[];
}
