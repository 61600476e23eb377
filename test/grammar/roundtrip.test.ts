import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileAst } from '../../grammar/index.ts';
import { makeSource, parseText, printExpression, renderAll } from '../../grammar/index.ts';
import { printer } from '../../grammar/print/builders.ts';
import { documentOf, format } from '../../grammar/print/format.ts';
import { strip } from './strip.ts';
import { expression, file } from './trees.ts';

// Tree → text → the same tree, for random trees of every kind of node.

const runs = process.env['DOTOPT_LONG'] === undefined ? 300 : 20_000;

function reread(text: string): FileAst {
  const { file: tree, diagnostics } = parseText(text);
  if (diagnostics.length > 0)
    throw new Error(`${text}\n${renderAll(diagnostics, [makeSource(0, 'text.opt', text)])}`);
  return tree;
}

function print(tree: FileAst, printWidth: number): string {
  const options = { printWidth, tabWidth: 2, useTabs: false };
  return printer.printDocToString(documentOf('', tree, []), options).formatted;
}

describe('random trees', () => {
  test('an expression on one line', () => {
    fc.assert(
      fc.property(expression, (expr) => {
        const text = printExpression(expr);
        expect(text).not.toContain('\n');
        const [decl] = reread(`function f(x) = (${text})`).declarations;
        expect(decl?.kind === 'Function' ? strip(decl.body.value) : undefined).toEqual(strip(expr));
      }),
      { numRuns: 2 * runs },
    );
  });

  test.each([20, 60, 110])('a file at %i columns', (width) => {
    fc.assert(
      fc.property(file, (tree) => {
        expect(strip(reread(print(tree, width)))).toEqual(strip(tree));
      }),
      { numRuns: runs },
    );
  });

  test('formatting is idempotent and keeps the tree', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: 20, max: 120 }), (tree, printWidth) => {
        const once = format(print(tree, 40), { printWidth });
        expect(once.diagnostics).toEqual([]);
        expect(format(once.text, { printWidth }).text).toBe(once.text);
        expect(strip(reread(once.text))).toEqual(strip(tree));
      }),
      { numRuns: runs },
    );
  });
});
