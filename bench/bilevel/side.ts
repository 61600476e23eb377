// What a competitor is to the race: runs that go on block by block, whoever computes them.

/** Where a run stands after a block of iterations. */
export interface Mark {
  readonly iterations: number;
  /** Seconds in iterations, the start of the method's states included, compiling and evaluating not. */
  readonly seconds: number;
  /** The outer variables. */
  readonly x: Float64Array;
}

export interface Runner {
  /** Seconds from the problem to a program that is warm. */
  readonly compiling: number;
  /** The outer variables before the first iteration. */
  readonly start: Float64Array;
  /** The next mark; why there is none. */
  readonly next: () => Promise<Mark | string>;
  readonly stop: () => Promise<void>;
}

/** Starts a run with a seed; why there is none. */
export type Start = (seed: number) => Promise<Runner | string>;

/** What seconds are: of the wall, or of the processor where others use the machine too. */
export type Clock = 'wall' | 'processor';
