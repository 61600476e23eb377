/**
 * A prettier plugin for `.opt`: `prettier --plugin dotopt/prettier file.opt`. The exports are those that prettier
 * looks for.
 */
import type { Parser, Printer, SupportLanguage } from 'prettier';
import type { Comment, FileAst } from './ast.ts';
import { isError } from './diagnostic.ts';
import { parse } from './parse.ts';
import { documentOf } from './print/format.ts';
import { render } from './render.ts';
import { makeSource, position } from './source.ts';

/** The root that prettier hands from the parser to the printer. */
interface Root {
  readonly kind: 'Root';
  readonly text: string;
  readonly file: FileAst;
  /** Not called `comments`: we place them ourselves. */
  readonly trivia: readonly Comment[];
}

export const languages: SupportLanguage[] = [
  { name: 'opt', parsers: ['opt'], extensions: ['.opt'], vscodeLanguageIds: ['opt'] },
];

export const defaultOptions = { printWidth: 110, tabWidth: 2 };

export const options = {};

const parser: Parser<Root> = {
  astFormat: 'opt',
  parse: (text, { filepath }) => {
    const source = makeSource(0, filepath ?? 'text.opt', text);
    const { file, comments, diagnostics } = parse(source);
    const error = diagnostics.find(isError);
    if (error !== undefined) {
      const start = position(source, error.span.start);
      const loc = { start, end: position(source, error.span.end) };
      throw Object.assign(new SyntaxError(render(error, [source])), { loc });
    }
    return { kind: 'Root', text, file, trivia: comments };
  },
  locStart: () => 0,
  locEnd: (root) => root.text.length,
};

const printer: Printer<Root> = {
  print: (path) => documentOf(path.node.text, path.node.file, path.node.trivia),
  getVisitorKeys: () => [],
};

export const parsers = { opt: parser };
export const printers = { opt: printer };
