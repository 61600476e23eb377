// Every program of the gallery and every code block of the reference builds without an error, and leaves nothing unknown.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { renderAll } from '../../grammar/render.ts';
import { makeSource } from '../../grammar/source.ts';
import { buildModel, type BuiltModel } from '../../compiler/model/model.ts';
import { allNodes, expressionsOfCompare, expressionsOfProblem } from './expressions-of.ts';

function build(name: string, text: string): { built: BuiltModel; errors: string } {
  const source = makeSource(0, name, text);
  const parsed = parse(source);
  const built = buildModel({ id: name, ast: parsed.file });
  const errors = [...parsed.diagnostics, ...built.diagnostics].filter(isError);
  return { built, errors: renderAll(errors, [source]) };
}

function unknowns(built: BuiltModel): string[] {
  const roots = [
    ...built.model.problems.flatMap(expressionsOfProblem),
    ...built.model.compares.flatMap(expressionsOfCompare),
  ];
  return allNodes(roots).flatMap((n) =>
    n.kind === 'unknown' || n.type.element === 'unknown' ? [`${n.kind} at ${n.span.start}`] : [],
  );
}

const folder = new URL('../../examples/gallery/', import.meta.url);
const names = readdirSync(folder).filter((f) => f.endsWith('.opt'));

describe('the gallery', () => {
  it('has 80 files', () => expect(names).toHaveLength(80));
  it.each(names)('%s', (name) => {
    const { built, errors } = build(name, readFileSync(new URL(name, folder), 'utf8'));
    expect(errors).toBe('');
    expect(unknowns(built)).toEqual([]);
  });
});

describe('the reference', () => {
  const text = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```opt\n([\s\S]*?)```/g)].map((m) => m[1]);
  it.each(blocks.map((b, i) => [i + 1, b] as const))('code block %i', (i, block) => {
    const { built, errors } = build(`block ${i}`, block);
    expect(errors).toBe('');
    expect(unknowns(built)).toEqual([]);
  });
});
