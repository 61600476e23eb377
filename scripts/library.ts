// Writes compiler/library-trees.ts: the methods of runtime/methods as checked syntax trees with their texts, so that a run parses none of them.
// `--check` writes nothing and fails where the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { libraryModule } from './library-module.ts';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'compiler', 'library-trees.ts');
const text = libraryModule(path.join(root, 'runtime', 'methods'));
const same = readFileSync(target, 'utf8') === text;
if (process.argv.includes('--check')) {
  console.log(
    same ? 'ok' : 'compiler/library-trees.ts is out of date: npx node scripts/library.ts',
  );
  process.exitCode = same ? 0 : 1;
} else if (!same) {
  writeFileSync(target, text);
  console.log('wrote compiler/library-trees.ts');
}
