import type { Comment } from '../ast.ts';
import { makeSource, position, type Source } from '../source.ts';

/** The comments of a file in order, handed out once each, and the blank lines between places. */
export class Trivia {
  readonly text: string;
  private readonly comments: readonly Comment[];
  private readonly source: Source;
  private at = 0;

  constructor(text: string, comments: readonly Comment[]) {
    this.text = text;
    this.comments = comments;
    this.source = makeSource(0, '', text);
  }

  private lineOf(offset: number): number {
    return position(this.source, offset).line;
  }

  /** The comments that begin before an offset and were not handed out. */
  takeBefore(offset: number): Comment[] {
    const found: Comment[] = [];
    for (
      let next = this.peek();
      next !== undefined && next.span.start < offset;
      next = this.peek()
    ) {
      found.push(next);
      this.at++;
    }
    return found;
  }

  /** The comment on the line of an offset, if it begins before `limit`. */
  takeAfter(offset: number, limit: number): Comment | undefined {
    const next = this.peek();
    if (next === undefined || next.span.start < offset || next.span.start >= limit)
      return undefined;
    if (this.lineOf(offset) !== this.lineOf(next.span.start)) return undefined;
    this.at++;
    return next;
  }

  /** Whether a comment begins between two offsets. */
  anyBetween(start: number, end: number): boolean {
    const next = this.peek();
    return next !== undefined && next.span.start >= start && next.span.start < end;
  }

  peek(): Comment | undefined {
    return this.comments[this.at];
  }

  /** Whether nothing but blanks stand before an offset on its line. */
  isOwnLine(offset: number): boolean {
    for (let i = offset - 1; i >= 0; i--) {
      const c = this.text.charAt(i);
      if (c === '\n') return true;
      if (c !== ' ' && c !== '\t' && c !== '\r') return false;
    }
    return true;
  }

  /** Whether an empty line stands just before an offset, or before the line that it is on. */
  blankBefore(offset: number): boolean {
    let lines = 0;
    for (let i = offset - 1; i >= 0; i--) {
      const c = this.text.charAt(i);
      if (c === '\n') lines++;
      else if (c !== ' ' && c !== '\t' && c !== '\r') break;
      if (lines > 1) return true;
    }
    return false;
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
    return this.text.slice(start, end).includes('\n');
  }
}
