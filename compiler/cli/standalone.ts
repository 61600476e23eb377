// A program that imports nothing of ours: the declarations of the runtime that it leads to stand in the file, between its functions and its last lines.
// The compiler of TypeScript, which finds them, is loaded only here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as morphs from 'ts-morph';
import type { Identifier, Node, SourceFile, Statement } from 'ts-morph';
import { InternalError } from '../tensor/internal-error.ts';

type Morph = typeof morphs;

const programFile = '/program.ts';

/** The TypeScript program with the parts of the runtime that it needs. */
export async function standalone(code: string): Promise<string> {
  const morph = await import('ts-morph');
  const project = new morph.Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      noLib: true,
      module: morph.ts.ModuleKind.ESNext,
      moduleResolution: morph.ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
    },
  });
  for (const [name, text] of runtimeSources()) project.createSourceFile(`/runtime/${name}`, text);
  const program = project.createSourceFile(
    programFile,
    code.replaceAll("'dotopt/runtime'", "'./runtime/index.ts'"),
  );
  const needed = neededStatements(morph, program);
  renameTwins(morph, program, needed);
  return joined(morph, program, needed);
}

/** The same without types. */
export async function withoutTypes(code: string): Promise<string> {
  const { ts } = await import('ts-morph');
  return ts
    .transpileModule(code, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    })
    .outputText.replace(endsAbove, '$1\n\n');
}

/** The end of a declaration right above another one: the compiler drops empty lines. */
const endsAbove = /^(.*[;}])\n(?=\/\*\*|\/\/ |function |async function |class |export )/gm;

/** Name and text of the runtime's sources: beside the compiled package, else the repository's. */
function runtimeSources(): readonly (readonly [string, string])[] {
  const places = ['./runtime-source', '../runtime-source', '../../runtime-source', '../../runtime'];
  const root = places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((folder) => existsSync(path.join(folder, 'index.ts')));
  if (root === undefined) throw new InternalError('the sources of the runtime are missing');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name.split(path.sep).join('/'), readFileSync(path.join(root, name), 'utf8')]);
}

interface Needed {
  /** Statements of the runtime, each after what it needs. */
  readonly statements: readonly Statement[];
  /** Names taken from modules of Node, by module. */
  readonly modules: ReadonlyMap<string, ReadonlySet<string>>;
}

function neededStatements(morph: Morph, program: SourceFile): Needed {
  const statements: Statement[] = [];
  const modules = new Map<string, Set<string>>();
  const seen = new Set<Statement>();
  const visit = (statement: Statement): void => {
    if (seen.has(statement)) return;
    seen.add(statement);
    for (const name of statement.getDescendantsOfKind(morph.SyntaxKind.Identifier)) follow(name);
    statements.push(statement);
  };
  const follow = (name: Identifier): void => {
    const symbol = name.getSymbol();
    for (const declaration of symbol?.getDeclarations() ?? []) {
      const from = declaration
        .getFirstAncestorByKind(morph.SyntaxKind.ImportDeclaration)
        ?.getModuleSpecifierValue();
      if (from?.startsWith('node:') === true) {
        const names = modules.get(from) ?? new Set<string>();
        modules.set(from, names.add(name.getText()));
      }
    }
    const target = symbol?.isAlias() === true ? symbol.getAliasedSymbol() : symbol;
    for (const declaration of target?.getDeclarations() ?? []) {
      const top = topLevel(morph, declaration);
      if (top !== undefined && top.getSourceFile() !== program) visit(top);
    }
  };
  for (const statement of program.getStatements())
    for (const name of statement.getDescendantsOfKind(morph.SyntaxKind.Identifier)) follow(name);
  return { statements, modules };
}

/** The statement of its file that a declaration is, where it is no import and nothing within. */
function topLevel({ Node: kinds }: Morph, declaration: Node): Statement | undefined {
  const statement = kinds.isVariableDeclaration(declaration)
    ? declaration.getVariableStatement()
    : declaration;
  if (statement === undefined || !kinds.isSourceFile(statement.getParent())) return undefined;
  return kinds.isStatement(statement) && !kinds.isImportDeclaration(statement)
    ? statement
    : undefined;
}

/** Private helpers of two files may have one name: the later ones get a number. */
function renameTwins(morph: Morph, program: SourceFile, { statements }: Needed): void {
  const taken = new Set(program.getStatements().flatMap((each) => namesOf(morph, each)));
  for (const statement of statements) {
    for (const declaration of declarationsOf(morph, statement)) {
      const name = declaration.getName();
      let free = name;
      for (let k = 2; taken.has(free); k++) free = `${name}${k}`;
      taken.add(free);
      if (free !== name) declaration.rename(free);
    }
  }
}

function declarationsOf(
  { Node: kinds }: Morph,
  statement: Statement,
): readonly { getName: () => string; rename: (name: string) => unknown }[] {
  if (kinds.isVariableStatement(statement)) return statement.getDeclarations();
  if (kinds.isInterfaceDeclaration(statement) || kinds.isTypeAliasDeclaration(statement))
    return [statement];
  if (kinds.isFunctionDeclaration(statement) || kinds.isClassDeclaration(statement)) {
    const name = statement.getNameNode();
    if (name !== undefined)
      return [{ getName: () => name.getText(), rename: (to) => statement.rename(to) }];
  }
  return [];
}

const namesOf = (morph: Morph, statement: Statement): readonly string[] =>
  declarationsOf(morph, statement).map((declaration) => declaration.getName());

function joined(morph: Morph, program: SourceFile, { statements, modules }: Needed): string {
  const { Node: kinds } = morph;
  const own = program.getStatements().filter((each) => !kinds.isImportDeclaration(each));
  const isFunction = (each: Statement): boolean =>
    kinds.isFunctionDeclaration(each) || kinds.isTypeAliasDeclaration(each);
  const [first] = program.getStatements();
  const head = first.getLeadingCommentRanges().map((comment) => comment.getText());
  const imports = [...modules].map(
    ([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}';`,
  );
  const parts = [
    [...head, ...imports].join('\n'),
    ...own.filter(isFunction).map(textOf),
    '// What follows is the part of the runtime that the program needs: kernels, the loop, the certificate.',
    ...statements.map((statement) => textOf(statement).replace(/^export /m, '')),
    '// The data, and the run.',
    ...own.filter((each) => !isFunction(each)).map((each) => each.getText()),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** With the comment that belongs to it. */
function textOf(statement: Statement): string {
  const comments = statement
    .getLeadingCommentRanges()
    .map((comment) => comment.getText())
    .filter((text) => !text.startsWith('//'));
  return [...comments.slice(-1), statement.getText()].join('\n');
}
