// Syntax trees → typed model. The entry point of the room.
import type { Declaration, Name, Use } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { readCompare, readSolve } from './compare.ts';
import { newShared } from './context.ts';
import { collector } from './diagnostics.ts';
import { checkFunctions } from './functions.ts';
import { collectFiles, type ModelFile, type ResolveImport } from './imports.ts';
import { diagnose } from './messages.ts';
import type { MethodModel } from './method-types.ts';
import { openLibrary, type LibraryFile } from './library.ts';
import { readMethod } from './method.ts';
import { elaborateProblem, type DataHeader } from './problem.ts';
import { newScope, type FunctionEntry, type Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import { namesIn } from './syntax.ts';
import type { Model, ProblemModel } from './types.ts';

export interface ModelOptions {
  readonly resolveImport?: ResolveImport;
  /** Shapes of data and labels of sets that files gave, by `problem.name`; see `listSources`. Asked once all imports are read. */
  readonly headers?: (files: readonly ModelFile[]) => ReadonlyMap<string, DataHeader>;
  /** Values of scalar params given from outside (`--set n=20`), by name. */
  readonly settings?: ReadonlyMap<string, number>;
  /** The standard library of methods. */
  readonly library?: readonly LibraryFile[];
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
  const headers = options.headers?.(files) ?? new Map();
  const settings = options.settings ?? new Map();
  const shared = newShared(add, new SizeBook(new Map(), { generic: true }));
  checkFunctions(functions, shared);
  const uses = outsideUses(declarations);
  const problems = named.flatMap((d): readonly ProblemModel[] => {
    if (d.kind !== 'Problem') return [];
    const outside = uses.get(d.name.name) ?? new Set<string>();
    return [elaborateProblem(d, scope, { headers, settings, uses: outside }, add)];
  });
  const methods = named.flatMap((d) => (d.kind === 'Method' ? [readMethod(d, scope, add)] : []));
  const library = openLibrary(options.library ?? []);
  const around = { problems, methods: byName(methods), library, add };
  const compares = declarations.flatMap((d) =>
    d.kind === 'Compare' ? (readCompare(around, d) ?? []) : [],
  );
  const solves = declarations.flatMap((d) =>
    d.kind === 'Solve' ? (readSolve(around, d) ?? []) : [],
  );
  warnUnused(functions, main, add);
  const model: Model = {
    problems,
    methods,
    library,
    compares,
    solves,
  };
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

const byName = (methods: readonly MethodModel[]): ReadonlyMap<string, MethodModel> =>
  new Map(methods.map((m) => [m.name, m]));

/** Names of each problem that arguments of methods and reductions use. */
function outsideUses(
  declarations: readonly Declaration[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>();
  const note = (problem: string, use: Use): void => {
    const names = uses.get(problem) ?? new Set();
    for (const arg of use.args) for (const name of namesIn(arg.value)) names.add(name);
    uses.set(problem, names);
  };
  for (const d of declarations) {
    if (d.kind === 'Solve') {
      for (const use of [...(d.method === undefined ? [] : [d.method]), ...d.via])
        note(d.problem.name, use);
    }
    if (d.kind !== 'Compare') continue;
    for (const item of d.items) {
      if (item.kind === 'With')
        for (const use of [item.method, ...item.via]) note(d.problem.name, use);
    }
  }
  return uses;
}

/** Functions of the main file that nothing calls; what is imported may be for others. */
function warnUnused(
  functions: readonly FunctionEntry[],
  main: ModelFile,
  add: (d: Diagnostic) => void,
): void {
  const others = main.ast.declarations.some((d) => d.kind === 'Problem' || d.kind === 'Method');
  if (!others) return;
  for (const { declaration, used } of functions) {
    const { name, span } = declaration.name;
    if (used || span.file !== main.ast.span.file) continue;
    add(diagnose('M004', span, { what: 'function', name: quote(name) }));
  }
}

/** By file and place. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) => a.span.file - b.span.file || a.span.start - b.span.start || a.span.end - b.span.end,
  );
}

export { elaborateMethod } from './elaborate-method.ts';
export { listSources, type NamedSource } from './sources.ts';
export type { DataHeader } from './problem.ts';
export type { LibraryFile } from './library.ts';
export type { ModelFile, ResolveImport } from './imports.ts';
