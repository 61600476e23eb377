// The standard library of methods, as checked syntax trees.
import { makeSource, type Source } from '../grammar/source.ts';
import { firstLibraryIndex, libraryEntries, readTree } from './library-trees.ts';
import type { ModelFile } from './model/imports.ts';

export const libraryFiles = (): readonly ModelFile[] =>
  libraryEntries.map((entry) => ({ id: entry.name, ast: readTree(entry) }));

/** The text of a library file, for messages that point into it. */
export function librarySource(index: number): Source | undefined {
  const entry = libraryEntries[index - firstLibraryIndex];
  return entry === undefined ? undefined : makeSource(index, entry.name, entry.text);
}
