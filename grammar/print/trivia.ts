import type { Comment } from '../ast.ts';
import { makeSource, position, type Source } from '../source.ts';

/** The comments of a file, handed out once each, and what stands between its places. */
export class Trivia {
  readonly text: string;
  private readonly comments: readonly Comment[];
  private readonly source: Source;
  private readonly taken = new Set<Comment>();

  constructor(text: string, comments: readonly Comment[]) {
    this.text = text;
    this.comments = comments;
    this.source = makeSource(0, '', text);
  }

  /** The comments that begin in a stretch of the text and were not handed out. */
  take(start: number, end: number): Comment[] {
    const found = this.waiting(start, end);
    for (const comment of found) this.taken.add(comment);
    return found;
  }

  /** The same for those that have a line of their own. */
  takeOwnLines(start: number, end: number): Comment[] {
    const found = this.waiting(start, end).filter((comment) => this.isOwnLine(comment));
    for (const comment of found) this.taken.add(comment);
    return found;
  }

  /** The comment that ends the line of an offset, if it begins before `limit`. */
  takeAfter(offset: number, limit: number): Comment | undefined {
    const [next] = this.waiting(offset, limit, 1);
    if (next === undefined || this.lineOf(offset) !== this.lineOf(next.span.start)) {
      return undefined;
    }
    this.taken.add(next);
    return next;
  }

  /** Whether a comment waits in a stretch of the text. */
  any(start: number, end: number): boolean {
    return this.waiting(start, end, 1).length > 0;
  }

  private waiting(start: number, end: number, most = Infinity): Comment[] {
    const found: Comment[] = [];
    for (let i = this.firstFrom(start); i < this.comments.length && found.length < most; i++) {
      const comment = this.comments[i];
      if (comment === undefined || comment.span.start >= end) break;
      if (!this.taken.has(comment)) found.push(comment);
    }
    return found;
  }

  /** The index of the first comment that begins at an offset or behind it. */
  private firstFrom(offset: number): number {
    let low = 0;
    let high = this.comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.comments[middle]?.span.start ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private lineOf(offset: number): number {
    return position(this.source, offset).line;
  }

  /** Whether nothing but blanks stand before a comment on its line. */
  private isOwnLine(comment: Comment): boolean {
    const start = this.source.lineStarts[this.lineOf(comment.span.start) - 1] ?? 0;
    return this.text.slice(start, comment.span.start).trim() === '';
  }

  /** Whether an empty line stands just before the line of an offset. */
  blankBefore(offset: number): boolean {
    const line = this.lineOf(offset);
    const start = this.source.lineStarts[line - 2] ?? 0;
    const end = this.source.lineStarts[line - 1] ?? 0;
    return line > 1 && this.text.slice(start, end).trim() === '';
  }

  /** The blanks before a comment that ends a line, at least one: authors line them up. */
  gapBefore(comment: Comment): string {
    let start = comment.span.start;
    while (this.text.charAt(start - 1) === ' ') start--;
    return ' '.repeat(Math.min(40, Math.max(1, comment.span.start - start)));
  }

  /** The first `{` from an offset on that is in no comment. */
  braceFrom(offset: number): number {
    for (let i = offset; i < this.text.length; i++) {
      const c = this.text.charAt(i);
      if (c === '{') return i;
      if (c === '#') i = this.endOfLine(i);
    }
    return offset;
  }

  private endOfLine(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    return end < 0 ? this.text.length : end;
  }

  hasNewline(start: number, end: number): boolean {
    return this.lineOf(start) !== this.lineOf(end);
  }
}
