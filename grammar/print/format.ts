import type { FileAst } from '../ast.ts';
import type { Comment } from '../ast.ts';
import { isError, type Diagnostic } from '../diagnostic.ts';
import { parse } from '../parse.ts';
import { makeSource } from '../source.ts';
import { printer, type Doc } from './builders.ts';
import { FilePrinter } from './document.ts';
import { Trivia } from './trivia.ts';

export interface FormatOptions {
  readonly printWidth?: number;
  readonly tabWidth?: number;
}

/** Columns of a line, as in the gallery. */
export const defaultWidth = 110;

/** The document of a file that was read from `text`. */
export function documentOf(text: string, file: FileAst, comments: readonly Comment[]): Doc {
  return new FilePrinter(new Trivia(text, comments)).file(file);
}

/**
 * The text in its standard form: the same program, with its comments. A text with errors comes back unchanged, with
 * the errors.
 */
export function format(
  text: string,
  options: FormatOptions = {},
  name = 'text.opt',
): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = parse(makeSource(0, name, text));
  if (parsed.diagnostics.some(isError)) return { text, diagnostics: parsed.diagnostics };
  const printed = printer.printDocToString(documentOf(text, parsed.file, parsed.comments), {
    printWidth: options.printWidth ?? defaultWidth,
    tabWidth: options.tabWidth ?? 2,
    useTabs: false,
  });
  return { text: printed.formatted, diagnostics: parsed.diagnostics };
}
