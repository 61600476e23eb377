/** A place in one source: offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  /** Index into the list of sources, so that a span survives imports. */
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

export function span(file: number, start: number, end: number): Span {
  return { file, start, end };
}

/** The smallest span that covers both, which must lie in one file. */
export function join(first: Span, last: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, last.start),
    end: Math.max(first.end, last.end),
  };
}
