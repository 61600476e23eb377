// Imports: the files that a file brings in, each once, imported ones first.
import type { FileAst, ImportDecl } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import { diagnose } from './messages.ts';

/** A parsed file; `id` is one for each file however it is named (its real path, say). */
export interface ModelFile {
  readonly id: string;
  readonly ast: FileAst;
}

/** Finds what `import "path"` in a file brings in, or says why not. The driver reads; the model does no I/O. */
export type ResolveImport = (
  path: string,
  from: ModelFile,
) => { readonly file: ModelFile } | { readonly reason: string };

/** The file with all that it imports, imported files first. */
export function collectFiles(
  main: ModelFile,
  resolve: ResolveImport | undefined,
  add: (diagnostic: Diagnostic) => void,
): readonly ModelFile[] {
  const order: ModelFile[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack: {
    readonly file: ModelFile;
    readonly name: string;
    readonly waiting: ImportDecl[];
  }[] = [];
  const open = (file: ModelFile, name: string): void => {
    state.set(file.id, 'open');
    const waiting = file.ast.declarations.flatMap((d) => (d.kind === 'Import' ? [d] : []));
    stack.push({ file, name, waiting: waiting.reverse() });
  };
  open(main, main.id);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.waiting.pop();
    if (next === undefined) {
      stack.pop();
      state.set(top.file.id, 'done');
      order.push(top.file);
      continue;
    }
    const path = next.path.value;
    const found = resolve?.(path, top.file) ?? { reason: 'imports are not available here' };
    if ('reason' in found) {
      add(diagnose('M011', next.path.span, { path: quote(path), reason: found.reason }));
    } else if (state.get(found.file.id) === 'open') {
      const from = stack.findIndex((s) => s.file.id === found.file.id);
      const chain = [...stack.slice(from).map((s) => s.name), path]
        .map((n) => quote(n))
        .join(' → ');
      add(diagnose('M012', next.path.span, { path: quote(path), chain }));
    } else if (state.get(found.file.id) === undefined) open(found.file, path);
  }
  return order;
}
