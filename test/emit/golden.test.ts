// Generated code as people read it: stored text, formatted as prettier would, typed under strict.
import path from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import { programs } from './programs.ts';

const folder = path.join(import.meta.dirname, 'golden');
const root = path.join(import.meta.dirname, '..', '..');

describe('generated code', () => {
  for (const [name, program] of Object.entries(programs)) {
    it(`of ${name} is as stored`, async () => {
      const { code } = emitModule(program('typescript'));
      await expect(code).toMatchFileSnapshot(path.join(folder, `${name}.ts.txt`));
    });

    it(`of ${name} is formatted as prettier would`, async () => {
      const { code } = emitModule(program('typescript'));
      const formatted = await prettier.format(code, {
        parser: 'typescript',
        singleQuote: true,
        printWidth: 100,
      });
      expect(code).toBe(formatted);
    });

    it(`of ${name} allocates nothing in an iteration`, () => {
      const { code } = emitModule(program('typescript'));
      const step = /^ {2}function step\(([\s\S]*?)^ {2}\}/m.exec(code)?.[1] ?? '';
      expect(step).not.toContain('new ');
    });
  }

  it('type-checks under strict', () => {
    const texts = new Map(
      Object.entries(programs).map(([name, program]) => [
        path.join(root, `golden-${name}.ts`),
        emitModule(program('typescript')).code,
      ]),
    );
    expect(typeErrors(texts)).toEqual([]);
  });
});

function typeErrors(texts: ReadonlyMap<string, string>): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { 'dotopt/runtime': [path.join(root, 'runtime', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => texts.get(path.normalize(file)) ?? readFile.call(host, file);
  host.fileExists = (file) => texts.has(path.normalize(file)) || fileExists.call(host, file);
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return program
      .getSemanticDiagnostics(source)
      .concat(program.getSyntacticDiagnostics(source))
      .map(
        ({ messageText }) =>
          `${path.basename(file)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
  });
}
