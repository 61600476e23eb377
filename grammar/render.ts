import type { Diagnostic, Related, Severity } from './diagnostic.ts';
import { displayWidth, sanitise } from './display.ts';
import { lineText, position, type Source } from './source.ts';
import type { Span } from './span.ts';

/** How parts of a message are coloured. The default leaves them plain; the command line passes a terminal's. */
export interface Colors {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly accent: (text: string) => string;
}

const same = (text: string): string => text;

export const plain: Colors = { error: same, warning: same, bold: same, dim: same, accent: same };

export interface RenderOptions {
  readonly colors?: Colors;
  /** Columns of the terminal; source lines are cut to it. */
  readonly width?: number;
}

/** All diagnostics in order, an empty line between them. */
export function renderAll(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  options: RenderOptions = {},
): string {
  return diagnostics.map((d) => render(d, sources, options)).join('\n\n');
}

/** A diagnostic as text: code and message, the source line with the place underlined, related places, help. */
export function render(
  diagnostic: Diagnostic,
  sources: readonly Source[],
  options: RenderOptions = {},
): string {
  const colors = options.colors ?? plain;
  const width = Math.max(40, options.width ?? 120);
  const paint = severityColor(diagnostic.severity, colors);
  const related = diagnostic.related ?? [];
  const gutter = gutterWidth([diagnostic.span, ...related.map((r) => r.span)], sources);
  const frame = { gutter, width, colors, mark: '^', paint, note: '' };
  const beside = related.find((r) => sharesLine(diagnostic.span, r.span, sources, width - gutter));
  const lines = [
    `${paint(`${diagnostic.severity}[${diagnostic.code}]`)}${colors.bold(`: ${printable(diagnostic.message)}`)}`,
    ...excerpt(diagnostic.span, sources, frame, beside),
  ];
  for (const other of related) {
    if (other === beside) continue;
    const second = { ...frame, mark: '-', paint: colors.accent, note: printable(other.message) };
    lines.push(...excerpt(other.span, sources, second));
  }
  if (diagnostic.help !== undefined) {
    const [first = '', ...rest] = printable(diagnostic.help).split('\n');
    lines.push(`${' '.repeat(gutter)} ${colors.accent('= help:')} ${first}`);
    for (const line of rest) lines.push(`${' '.repeat(gutter)}         ${line}`);
  }
  return lines.join('\n');
}

function severityColor(severity: Severity, colors: Colors): (text: string) => string {
  return severity === 'error' ? colors.error : colors.warning;
}

/** Messages may have line breaks of their own, and nothing else that a terminal obeys. */
function printable(message: string): string {
  return message.split('\n').map(sanitise).join('\n');
}

function gutterWidth(spans: readonly Span[], sources: readonly Source[]): number {
  const lines = spans.map((s) => {
    const source = sources[s.file];
    return source === undefined ? 1 : position(source, s.start).line;
  });
  return Math.max(2, String(Math.max(...lines)).length + 1);
}

interface Frame {
  readonly gutter: number;
  readonly width: number;
  readonly colors: Colors;
  readonly mark: string;
  readonly paint: (text: string) => string;
  /** Words beside the underline. */
  readonly note: string;
}

/** `--> file:line:column`, the line, and the marks under the place, and under another one of the same line. */
function excerpt(span: Span, sources: readonly Source[], frame: Frame, beside?: Related): string[] {
  const { colors, gutter } = frame;
  const source = sources[span.file];
  if (source === undefined) return frame.note === '' ? [] : [`${' '.repeat(gutter)} ${frame.note}`];
  const { line, column } = position(source, span.start);
  const text = lineText(source, line);
  const from = Math.min(column - 1, text.length);
  const to = Math.max(from, Math.min(text.length, from + span.end - span.start));
  const shown = clip(text, from, to, frame.width - gutter - 3);
  const bar = colors.dim('|');
  const pad = ' '.repeat(gutter);
  const start = displayWidth(shown.before);
  const own = { start, width: Math.max(1, displayWidth(shown.place)) };
  const columnOf = (offset: number): number =>
    displayWidth(sanitise(text.slice(0, offset - span.start + column - 1)));
  const under =
    beside === undefined ? [ownMarks(own, frame)] : bothMarks(own, frame, beside, columnOf);
  return [
    `${pad}${colors.dim('-->')} ${sanitise(source.name)}:${line}:${column}`,
    `${pad} ${bar}`,
    `${colors.dim(String(line).padStart(gutter))} ${bar} ${shown.before}${shown.place}${shown.after}`.trimEnd(),
    ...under.map((marks) => `${pad} ${bar} ${marks}`),
  ];
}

/** Columns of an underline. */
interface Marks {
  readonly start: number;
  readonly width: number;
}

function ownMarks(own: Marks, frame: Frame): string {
  const note = frame.note === '' ? '' : ` ${frame.paint(frame.note)}`;
  return ' '.repeat(own.start) + frame.paint(frame.mark.repeat(own.width)) + note;
}

/** Both underlines on one line; the words beside the second if it is the right one, else below it. */
function bothMarks(
  own: Marks,
  frame: Frame,
  beside: Related,
  columnOf: (offset: number) => number,
): string[] {
  const at = columnOf(beside.span.start);
  const width = Math.max(1, columnOf(beside.span.end) - at);
  const { accent } = frame.colors;
  const first = frame.paint(frame.mark.repeat(own.width));
  const second = accent('-'.repeat(width));
  const note = accent(printable(beside.message));
  if (at > own.start) {
    const gap = ' '.repeat(Math.max(0, at - own.start - own.width));
    return [`${' '.repeat(own.start)}${first}${gap}${second} ${note}`];
  }
  const gap = ' '.repeat(Math.max(0, own.start - at - width));
  return [`${' '.repeat(at)}${second}${gap}${first}`, `${' '.repeat(at)}${note}`];
}

/** Whether a place stands on the line of another, apart from it, and the line fits as a whole. */
function sharesLine(one: Span, other: Span, sources: readonly Source[], room: number): boolean {
  const source = sources[one.file];
  if (source === undefined || one.file !== other.file) return false;
  const { line } = position(source, one.start);
  const lines = [one.end, other.start, other.end].map((offset) => position(source, offset).line);
  const apart = one.end < other.start || other.end < one.start;
  const text = lineText(source, line);
  const fits = text.length < 1000 && displayWidth(sanitise(text)) <= room - 3;
  return apart && fits && lines.every((l) => l === line);
}

interface Shown {
  readonly before: string;
  readonly place: string;
  readonly after: string;
}

/** The part of a line around the place that fits, in printable form. `…` stands where something was cut. */
function clip(text: string, from: number, to: number, room: number): Shown {
  const most = Math.max(20, room);
  // Take a window of raw characters first, so that a line of megabytes costs nothing.
  const end = Math.min(to, from + most);
  const before = sanitise(text.slice(Math.max(0, from - most), from));
  const place = fit(sanitise(text.slice(from, end)), most - 2, 'end');
  const after = sanitise(text.slice(end, end + most));
  const all = displayWidth(before) + displayWidth(place) + displayWidth(after);
  const cutLeft = from > most;
  const cutRight = text.length > end + most;
  if (all <= most && !cutLeft && !cutRight) return { before, place, after };
  const left = most - displayWidth(place);
  const beforeRoom = Math.max(
    Math.floor(left / 2),
    left - displayWidth(after) - (cutRight ? 1 : 0),
  );
  const shownBefore = fit(before, beforeRoom, 'start', cutLeft);
  const afterRoom = left - displayWidth(shownBefore);
  return { before: shownBefore, place, after: fit(after, afterRoom, 'end', cutRight) };
}

/** At most `room` columns of a text, from its start or its end. */
function fit(text: string, room: number, cut: 'start' | 'end', cutAlready = false): string {
  if (displayWidth(text) <= room && !cutAlready) return text;
  const characters = [...text];
  if (cut === 'start') characters.reverse();
  let kept = '';
  let used = 1;
  for (const c of characters) {
    used += displayWidth(c);
    if (used > room) break;
    kept = cut === 'start' ? c + kept : kept + c;
  }
  return cut === 'start' ? `…${kept}` : `${kept}…`;
}
