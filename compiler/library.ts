// The standard library of methods, as checked syntax trees.
import type { MethodDecl } from '../grammar/ast.ts';
import { makeSource, type Source } from '../grammar/source.ts';
import type { Span } from '../grammar/span.ts';
import { firstLibraryIndex, libraryEntries, readTree } from './library-trees.ts';
import type { ModelFile } from './model/imports.ts';

export const libraryFiles = (): readonly ModelFile[] =>
  libraryEntries.map((entry) => ({ id: entry.name, ast: readTree(entry) }));

/** The text of a library file, for messages that point into it. */
export function librarySource(index: number): Source | undefined {
  const entry = libraryEntries[index - firstLibraryIndex];
  return entry === undefined ? undefined : makeSource(index, entry.name, entry.text);
}

/** A method of the library as a person reads it. */
export interface LibraryMethod {
  readonly name: string;
  /** What it is, with its source, and when to use it. */
  readonly doc: string;
  /** As declared: `step : real > 0 = 1/lipschitz(f)`. */
  readonly parameters: readonly string[];
  /** The lines of the pattern: `minimize f(x) + h(x) over x`. */
  readonly pattern: readonly string[];
  /** `f is smooth`, `h has prox`. */
  readonly requirements: readonly string[];
  /** The whole method in the language, without its doc. */
  readonly text: string;
}

export const libraryMethods = (): readonly LibraryMethod[] =>
  libraryEntries.flatMap((entry) =>
    readTree(entry).declarations.flatMap((declaration) =>
      declaration.kind === 'Method' ? [methodOf(declaration, entry.text)] : [],
    ),
  );

function methodOf(declaration: MethodDecl, source: string): LibraryMethod {
  const text = ({ start, end }: Span): string => source.slice(start, end);
  const { doc, parameters, pattern, qualifiers, span } = declaration;
  return {
    name: declaration.name.name,
    doc: doc?.text ?? '',
    parameters: parameters.map((parameter) => text(parameter.span)),
    pattern: pattern.members.map((member) => text(member.span).replace(/\s+/g, ' ')),
    requirements: qualifiers.map((qualifier) => text(qualifier.span)),
    text: source.slice(doc?.span.end ?? span.start, span.end).trim(),
  };
}
