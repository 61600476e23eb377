// The standard library of methods, as checked syntax trees.
import type { FileAst, MethodDecl } from '../grammar/ast.ts';
import { makeSource, type Source } from '../grammar/source.ts';
import type { Span } from '../grammar/span.ts';
import { firstLibraryIndex, libraryEntries, type LibraryEntry } from './library-trees.ts';
import type { LibraryFile } from './model/library.ts';

/** One file a method, called after it; its tree is made when it is asked for. */
export const libraryFiles = (): readonly LibraryFile[] =>
  libraryEntries.map((entry) => new BundledFile(entry));

class BundledFile implements LibraryFile {
  readonly id: string;
  readonly methods: readonly string[];
  private readonly entry: LibraryEntry;
  private tree: FileAst | undefined;

  constructor(entry: LibraryEntry) {
    this.id = `${entry.name}.opt`;
    this.methods = [entry.name];
    this.entry = entry;
  }

  get ast(): FileAst {
    return (this.tree ??= readTree(this.entry));
  }
}

/** The text of a library file, for messages that point into it. */
export function librarySource(index: number): Source | undefined {
  const entry = libraryEntries[index - firstLibraryIndex];
  return entry === undefined ? undefined : makeSource(index, `${entry.name}.opt`, entry.text);
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

/** Spans are kept as `[start, end]`; the file is the entry's. */
function readTree(entry: LibraryEntry): FileAst {
  const file = firstLibraryIndex + libraryEntries.indexOf(entry);
  const spans = /"(\w*[sS]pan)":\[(\d+),(\d+)\]/g;
  return JSON.parse(entry.tree.replace(spans, `"$1":{"file":${file},"start":$2,"end":$3}`));
}

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
