/** One text that was read: a `.opt` file, or a text from a test or an editor. */
export interface Source {
  /** Position in the list of sources; spans refer to it. */
  readonly index: number;
  /** What messages call it: a path as the user wrote it. */
  readonly name: string;
  readonly text: string;
  /** Offset at which each line begins; the first entry is 0. */
  readonly lineStarts: readonly number[];
}

/** Line and column as people count them, from 1. The column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function makeSource(index: number, name: string, text: string): Source {
  return { index, name, text, lineStarts: findLineStarts(text) };
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line and column of an offset, by bisection. */
export function position(source: Source, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStart(source, middle) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - lineStart(source, low) + 1 };
}

/** The text of a line, counted from 1, without its line end. */
export function lineText(source: Source, line: number): string {
  const start = lineStart(source, line - 1);
  const next = source.lineStarts[line];
  const text = source.text.slice(start, next === undefined ? undefined : next - 1);
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function lineStart(source: Source, index: number): number {
  return source.lineStarts[index] ?? source.text.length;
}
