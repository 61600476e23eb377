// The standard library of methods, read as far as it is needed. Its files are ours: mistakes in them are found by our tests.
import type { ModelFile } from './imports.ts';
import { readMethod } from './method.ts';
import type { MethodModel } from './method-types.ts';
import { newScope } from './scope.ts';

export interface LibraryFile extends ModelFile {
  /** The methods in it, where they are known before its tree is asked for. */
  readonly methods?: readonly string[];
}

/** Methods by their names. */
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

/** Methods of one's own before those of a library; of two with one name the first counts. */
export function methodsOver(
  own: readonly MethodModel[],
  library: Library = openLibrary([]),
): Library {
  const hidden = new Set(own.map(({ name }) => name));
  return {
    get: (name) => own.find((method) => method.name === name) ?? library.get(name),
    names: () => [...hidden, ...library.names().filter((name) => !hidden.has(name))],
    all: () => [...own, ...library.all().filter(({ name }) => !hidden.has(name))],
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
