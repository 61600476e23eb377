// The standard library of methods, read as far as it is needed. Its files are ours: mistakes in them are found by our tests.
import type { ModelFile } from './imports.ts';
import { readMethod } from './method.ts';
import type { MethodModel } from './method-types.ts';
import { newScope } from './scope.ts';

export interface LibraryFile extends ModelFile {
  /** The methods in it, where they are known before its tree is asked for. */
  readonly methods?: readonly string[];
}

export interface Library {
  readonly get: (name: string) => MethodModel | undefined;
  readonly names: () => readonly string[];
  readonly all: () => readonly MethodModel[];
}

export function openLibrary(files: readonly LibraryFile[]): Library {
  const read = new Map<LibraryFile, readonly MethodModel[]>();
  const methodsOf = (file: LibraryFile): readonly MethodModel[] => {
    const known = read.get(file);
    if (known !== undefined) return known;
    const methods = readFile(file);
    read.set(file, methods);
    return methods;
  };
  return {
    get: (name) => {
      for (const file of files) {
        if (file.methods !== undefined && !file.methods.includes(name)) continue;
        const found = methodsOf(file).find((method) => method.name === name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    names: () => files.flatMap((file) => file.methods ?? methodsOf(file).map(({ name }) => name)),
    all: () => files.flatMap(methodsOf),
  };
}

function readFile({ ast }: LibraryFile): readonly MethodModel[] {
  const scope = newScope(undefined);
  for (const d of ast.declarations)
    if (d.kind === 'Function')
      scope.functions.set(d.name.name, { declaration: d, scope, used: false });
  return ast.declarations.flatMap((d) =>
    d.kind === 'Method' ? [readMethod(d, scope, () => undefined, true)] : [],
  );
}
