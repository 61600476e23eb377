// The standard library of methods as checked syntax trees.
import type { ModelFile } from './model/imports.ts';

export interface Library {
  readonly files: readonly ModelFile[];
}

export const libraryFiles = (): Library => ({ files: [] });
