import type { Binary, Expr } from '../ast.ts';

/**
 * With what an expression is printed. The printer of expressions is written once for any `D`: prettier's documents
 * for the formatter, plain strings for messages.
 */
export interface Pen<D> {
  readonly concat: (parts: readonly (D | string)[]) => D;
  /** Breaks all its lines or none. */
  readonly group: (content: D) => D;
  readonly indent: (content: D) => D;
  /** Packs as many parts into a line as fit; contents and separators in turn. */
  readonly fill: (parts: readonly D[]) => D;
  /** A blank, or a new line in a group that breaks. */
  readonly line: D;
  /** Nothing, or a new line in a group that breaks. */
  readonly softline: D;
  readonly nothing: D;
  /** Whether blanks stand around an operator that may do without. */
  readonly spaced: (binary: Binary, inside: boolean) => boolean;
  /** Whether parentheses that only help the reader are kept. */
  readonly keeps: (expr: Expr) => boolean;
  /** The comments with lines of their own in a stretch of the text, before a part of a list or sum. */
  readonly before: (start: number, end: number) => D;
  /** The comment behind a part, on its line and before `limit`. */
  readonly after: (offset: number, limit: number) => D;
  /** Whether a comment waits in a stretch of the text. */
  readonly commented: (start: number, end: number) => boolean;
}

/** One line, no comments. */
export const inline: Pen<string> = {
  concat: (parts) => parts.join(''),
  group: (content) => content,
  indent: (content) => content,
  fill: (parts) => parts.join(''),
  line: ' ',
  softline: '',
  nothing: '',
  spaced: (binary, inside) => {
    switch (binary.op) {
      case '+':
      case '-':
      case '.+':
      case '.-':
        return !inside;
      case '*':
      case '/':
        return false;
      case '\\':
      case '.*':
      case './':
      case 'or':
      case 'and':
        return true;
      case '^':
      case '.^':
        return false;
    }
  },
  keeps: () => false,
  before: () => '',
  after: () => '',
  commented: () => false,
};
