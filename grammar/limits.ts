/** Beyond these a file ends in one clear error. */
export const limits = {
  /** Brackets of any kind inside one another. */
  brackets: 100,
  /** Size of a file, in bytes. */
  bytes: 4 * 1024 * 1024,
  /** Errors of one file. */
  errors: 1000,
  /** Operators that stand inside one another, and so the height of a tree above a bracket. */
  operators: 1000,
  /** Expressions inside expressions that no bracket encloses, as in `if if if …`. */
  expressions: 150,
} as const;
