// Type errors of a generated program, under the strictest settings. The compiler of TypeScript is loaded only here.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One line an error; none where the program is sound. */
export async function typeErrors(code: string): Promise<readonly string[]> {
  const { Project, ts } = await import('ts-morph');
  const project = new Project({
    useInMemoryFileSystem: false,
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      strict: true,
      noUnusedLocals: true,
      noImplicitReturns: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      paths: { 'dotopt/runtime': [runtimeTypes()] },
    },
  });
  const file = project.createSourceFile('program.ts', code, { overwrite: true });
  return file.getPreEmitDiagnostics().map((diagnostic) => {
    const text = diagnostic.getMessageText();
    const message = typeof text === 'string' ? text : text.getMessageText();
    return `line ${diagnostic.getLineNumber() ?? 0}: ${message}`;
  });
}

/** The declarations of the runtime: compiled ones in a package, else its source. */
function runtimeTypes(): string {
  const places = ['./runtime/index.d.ts', '../runtime/index.d.ts', '../../runtime/index.ts'];
  const found = places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((file) => existsSync(file));
  return found ?? 'dotopt/runtime';
}
