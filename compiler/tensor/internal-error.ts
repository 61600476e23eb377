/** A fault of ours, never of the user: shapes that do not fit, a node used against its contract. Caught once at the edge of the command. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

/** Throws where something that must hold does not. */
export function invariant(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InternalError(message());
}
