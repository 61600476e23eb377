// What the compiler asks of the world. The command line answers from files, an editor or a page from memory.
import type { Allocate } from '../runtime/data/number-file.ts';
import type { Result } from '../runtime/data/source.ts';
import type { DenseTensor } from '../runtime/tensor.ts';
import type { DataSource } from './problem/problem.ts';

/** The shape and the kinds of a data source, known before its numbers. */
export interface DataHeader {
  readonly rows: number;
  readonly columns: number;
  /** True for a single named column: the source is a vector. */
  readonly vector: boolean;
  /** Shape of a source that is no table (json arrays). */
  readonly shape: readonly number[];
}

export interface Host {
  /** The text of an imported file. `from` is the importing file's name. */
  readonly readImport: (from: string, path: string) => Imported;
  /** `from` is the name of the file that holds the `from csv(…)`. */
  readonly readHeader: (from: string, source: DataSource) => Result<DataHeader>;
  /** `allocate` makes the array that numbers are decoded into; formats of text have one of their own. */
  readonly readNumbers: (
    from: string,
    source: DataSource,
    allocate?: Allocate,
  ) => Result<DenseTensor>;
  readonly readLabels: (from: string, source: DataSource) => Result<readonly string[]>;
}

export type Imported =
  | { readonly ok: true; readonly name: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string; readonly help: string | undefined };
