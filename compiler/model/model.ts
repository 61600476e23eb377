// Syntax trees → typed model. The entry point of the room.
import type { Declaration, Name } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { newShared } from './context.ts';
import { collector } from './diagnostics.ts';
import { checkFunctions } from './functions.ts';
import { collectFiles, type ModelFile, type ResolveImport } from './imports.ts';
import { diagnose } from './messages.ts';
import { elaborateProblem, type DataHeader } from './problem.ts';
import { newScope, type FunctionEntry, type Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import type { Model, ProblemModel } from './types.ts';

export interface ModelOptions {
  readonly resolveImport?: ResolveImport;
  /** Shapes of data and labels of sets that files gave, by `problem.name`; see `listSources`. */
  readonly headers?: ReadonlyMap<string, DataHeader>;
  /** Values of scalar params given from outside (`--set n=20`), by name. */
  readonly settings?: ReadonlyMap<string, number>;
  /** The standard library of methods. */
  readonly library?: readonly ModelFile[];
}

export interface BuiltModel {
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
}

type Named = Exclude<Declaration, { readonly kind: 'Import' | 'Compare' | 'Solve' | 'BadMember' }>;

/** The typed model of a file with all that it imports, and every mistake in them. Never throws for a mistake of the user. */
export function buildModel(main: ModelFile, options: ModelOptions = {}): BuiltModel {
  const { add, all } = collector();
  const files = collectFiles(main, options.resolveImport, add);
  const declarations = files.flatMap((f) => f.ast.declarations);
  const scope = newScope(undefined);
  const named = uniqueNames(declarations, add);
  const functions = declareFunctions(named, scope);
  const headers = options.headers ?? new Map();
  const settings = options.settings ?? new Map();
  const shared = newShared(add, new SizeBook(new Map(), { generic: true }));
  checkFunctions(functions, shared);
  const problems = named.flatMap((d): readonly ProblemModel[] =>
    d.kind === 'Problem' ? [elaborateProblem(d, scope, { headers, settings }, add)] : [],
  );
  const model: Model = { problems, methods: [], library: [], compares: [], solves: [] };
  return { model, diagnostics: inOrder(all()) };
}

/** Problems, methods and functions have names of their own each; the first of two keeps it. */
function uniqueNames(
  declarations: readonly Declaration[],
  add: (d: Diagnostic) => void,
): readonly Named[] {
  const seen = new Map<string, Span>();
  return declarations.flatMap((d): readonly Named[] => {
    if (d.kind === 'Import' || d.kind === 'Compare' || d.kind === 'Solve' || d.kind === 'BadMember')
      return [];
    const key = `${d.kind} ${d.name.name}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, d.name.span);
    else tellTwice(d.name, first, add);
    return first === undefined ? [d] : [];
  });
}

function tellTwice(name: Name, first: Span, add: (d: Diagnostic) => void): void {
  const related = [{ span: first, message: 'first here' }];
  add(diagnose('M002', name.span, { name: quote(name.name) }, { related }));
}

function declareFunctions(named: readonly Named[], scope: Scope): readonly FunctionEntry[] {
  const entries: FunctionEntry[] = [];
  for (const d of named) {
    if (d.kind !== 'Function') continue;
    const entry: FunctionEntry = { declaration: d, scope, used: false };
    scope.functions.set(d.name.name, entry);
    entries.push(entry);
  }
  return entries;
}

/** By file and place. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) => a.span.file - b.span.file || a.span.start - b.span.start || a.span.end - b.span.end,
  );
}
