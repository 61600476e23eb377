// One function while its statements become instructions: what names stand for.
import { InternalError } from '../../tensor/internal-error.ts';
import type { Index, Pool } from '../../schedule/scalar.ts';
import type { Sizes } from '../../tensor/dim.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Assembler, Local } from './assembler.ts';
import type { Link } from './link.ts';

export interface WriterContext {
  readonly pool: Pool;
  readonly link: Link;
  /** The name of a loop variable `$3`. */
  readonly variable: (symbol: string) => string;
  /** The name of a size symbol. */
  readonly size: (symbol: string) => string;
  /** A statement that JavaScript carries out. */
  readonly print: (statement: Statement, indent: string) => readonly string[];
}

export interface Writer extends WriterContext {
  readonly code: Assembler;
  /** Constants, variables, loop variables and parameters of the function, by name. */
  readonly locals: Map<string, Local>;
  /** Whether loops may be shared among threads here. */
  readonly shared: boolean;
  /** Sizes that are known while the module is written. */
  readonly sizes: Sizes;
  /** Arrays that stand for another copy here: of each block of rows its own. */
  readonly bases: ReadonlyMap<string, Local>;
  /** Addresses that move along with a loop, by array and position (`streamKey`). */
  readonly streams: ReadonlyMap<string, Stream>;
  /** Constants of a loop of two lanes, and the lane that is written now where they are taken apart. */
  readonly vectors: ReadonlyMap<string, VectorLocal>;
  readonly lane: 0 | 1;
  /** exp(-|x|) by the name of x, as far as it is worked out in this block. */
  readonly decays: Map<string, Local>;
}

/** Where an entry lies: so many bytes after the address. */
export interface Stream {
  readonly pointer: Local;
  readonly offset: number;
}

export const streamKey = (array: string, at: Index): string => `${array} ${at.key}`;

export interface VectorLocal {
  readonly local: Local;
  /** A truth value: all bits set or none. */
  readonly mask: boolean;
}

/** A local of the function by its name, made where there is none. */
export function localOf(writer: Writer, name: string, type: 'i32' | 'f64'): Local {
  const known = writer.locals.get(name);
  if (known?.type === type) return known;
  const made = writer.code.local(type);
  writer.locals.set(name, made);
  return made;
}

export function getName(writer: Writer, name: string): 'i32' | 'f64' {
  const { code, link } = writer;
  const local = writer.locals.get(name);
  if (local !== undefined) {
    code.get(local);
    return local.type === 'i32' ? 'i32' : 'f64';
  }
  if (link.isCell(name)) {
    const { global, offset } = link.cell(name);
    code.getGlobal(global);
    code.access('f64.load', offset);
  } else code.getGlobal(link.number(name), 'f64');
  return 'f64';
}

/** Takes the number on the stack. */
export function setName(writer: Writer, name: string): void {
  const { code, link } = writer;
  const local = writer.locals.get(name);
  if (local !== undefined) return code.set(local);
  if (!link.isCell(name)) throw new InternalError(`${name} is assigned and not declared`);
  const { global, offset } = link.cell(name);
  const value = code.local('f64');
  code.set(value);
  code.getGlobal(global);
  code.get(value);
  code.access('f64.store', offset);
}
