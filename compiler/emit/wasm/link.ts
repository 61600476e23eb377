// What a module of WebAssembly takes from outside, collected while its functions are written: addresses of arrays, sizes, numbers, functions of JavaScript;
// and the numbers that it keeps.
import { InternalError } from '../../tensor/internal-error.ts';
import type { ValueType, WasmFunction } from './assembler.ts';
import type { ImportedFunction, ImportedGlobal } from './binary.ts';
import type { NativeKernel } from './kernels.ts';
import { vectorMath, type VectorMath } from './vector-math.ts';

/** A statement that JavaScript carries out, with the locals that it reads. */
export interface HostCall {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The statement as lines of JavaScript. */
  readonly print: (indent: string) => readonly string[];
  /** The name of the constant that it gives, where it gives one. */
  readonly gives: string | undefined;
}

export interface Link {
  /** The global with the address of an array (`x`, or a part of a compressed matrix: `A.column`). */
  readonly array: (name: string) => string;
  /** The global with the number of its entries. */
  readonly length: (name: string) => string;
  readonly size: (name: string) => string;
  /** A number that does not change. */
  readonly number: (name: string) => string;
  /** A number that the module changes: `state.t`, `counts.grads`. The global with the address of its group, and where it lies there in bytes. */
  readonly cell: (name: string) => { readonly global: string; readonly offset: number };
  readonly isCell: (name: string) => boolean;
  readonly math: (name: VectorMath) => string;
  /** A kernel of the runtime that has a form in WebAssembly. */
  readonly kernel: (name: string, memory: NativeKernel['memory']) => string;
  /** An array that only the module uses: a name, and how many numbers as JavaScript says it. The global with its address. */
  readonly own: (name: string, length: string) => string;
  /** A scalar function of the runtime or of `Math`. */
  readonly scalarFunction: (name: string, parameters: number) => string;
  readonly host: (
    print: HostCall['print'],
    parameters: readonly (readonly [name: string, type: ValueType])[],
    gives: string | undefined,
  ) => string;
  /** The name of the next part of a loop that threads share. */
  readonly nextPart: () => string;
  /** Keeps its function, and arrays that it needs for itself: a name and how many numbers, as JavaScript says it. */
  readonly addPart: (part: WasmFunction, memory: ReadonlyMap<string, string>) => void;
  /** A fault at a numbered place. */
  readonly fault: (kind: Fault) => string;
  readonly collected: () => Collected;
}

export type Fault = 'badIndex' | 'endless';

/** Everything that was asked for, in the order in which it was. */
export interface Collected {
  readonly arrays: readonly string[];
  readonly lengths: readonly string[];
  readonly sizes: readonly string[];
  readonly numbers: readonly string[];
  readonly math: readonly VectorMath[];
  readonly kernels: readonly string[];
  readonly scalarFunctions: readonly string[];
  readonly hosts: readonly HostCall[];
  readonly faults: readonly Fault[];
  readonly parts: readonly WasmFunction[];
  /** Arrays that only parts use, by name: how many numbers. */
  readonly memory: ReadonlyMap<string, string>;
  readonly importedFunctions: readonly ImportedFunction[];
  readonly importedGlobals: readonly ImportedGlobal[];
}

/** The names of globals: an array's address and length and a size may have the same name in the source. */
export const addressOf = (array: string): string => `address ${array}`;
export const lengthOf = (array: string): string => `length ${array}`;
export const sizeOf = (size: string): string => `size ${size}`;
export const numberOf = (name: string): string => `number ${name}`;

/** Numbers that change, kept side by side: the name of the object that holds them, and their names in the code, in order. */
export interface CellGroup {
  readonly object: string;
  readonly names: readonly string[];
}

export function createLink(groups: readonly CellGroup[]): Link {
  const cells = new Map(
    groups.flatMap(({ object, names }) =>
      names.map((name, k) => [name, { object, offset: 8 * k }] as const),
    ),
  );
  const arrays = new Set<string>();
  const lengths = new Set<string>();
  const sizes = new Set<string>();
  const numbers = new Set<string>();
  const math = new Set<VectorMath>();
  const kernels = new Set<string>();
  const scalarFunctions = new Map<string, number>();
  const faults = new Set<Fault>();
  const parts: WasmFunction[] = [];
  const memory = new Map<string, string>();
  let partNames = 0;
  const hosts: (HostCall & { readonly types: readonly ValueType[] })[] = [];
  const needMath = (name: VectorMath): void => {
    vectorMath[name].calls.forEach(needMath);
    math.add(name);
  };
  const asked = (set: Set<string>, global: (name: string) => string) => (name: string) => {
    set.add(name);
    return global(name);
  };
  return {
    array: asked(arrays, addressOf),
    length: asked(lengths, lengthOf),
    size: asked(sizes, sizeOf),
    number: asked(numbers, numberOf),
    cell: (name) => {
      const found = cells.get(name);
      if (found === undefined) throw new InternalError(`${name} is kept nowhere`);
      arrays.add(found.object);
      return { global: addressOf(found.object), offset: found.offset };
    },
    isCell: (name) => cells.has(name),
    math: (name) => {
      needMath(name);
      return name;
    },
    kernel: (name, own) => {
      kernels.add(name);
      if (own !== undefined) {
        arrays.add(own.name);
        memory.set(own.name, String(own.length));
      }
      return name;
    },
    own: (name, length) => {
      arrays.add(name);
      memory.set(name, length);
      return addressOf(name);
    },
    scalarFunction: (name, parameters) => {
      scalarFunctions.set(name, parameters);
      return name;
    },
    host: (print, parameters, gives) => {
      const name = `host${hosts.length}`;
      hosts.push({
        name,
        parameters: parameters.map(([parameter]) => parameter),
        types: parameters.map(([, type]) => type),
        print,
        gives,
      });
      return name;
    },
    nextPart: () => `part${partNames++}`,
    addPart: (part, own) => {
      parts.push(part);
      for (const [name, length] of own) memory.set(name, length);
    },
    fault: (kind) => {
      faults.add(kind);
      return kind;
    },
    collected: () => ({
      arrays: [...arrays].filter((name) => !memory.has(name)),
      parts,
      memory,
      lengths: [...lengths],
      sizes: [...sizes],
      numbers: [...numbers],
      math: [...math],
      kernels: [...kernels],
      scalarFunctions: [...scalarFunctions.keys()],
      hosts,
      faults: [...faults],
      importedFunctions: [
        ...[...scalarFunctions].map(([name, parameters]): ImportedFunction => ({
          name,
          parameters: Array.from({ length: parameters }, () => 'f64'),
          results: ['f64'],
        })),
        ...hosts.map(({ name, types, gives }): ImportedFunction => ({
          name,
          parameters: types,
          results: gives === undefined ? [] : ['f64'],
        })),
        ...(parts.length === 0
          ? []
          : [{ name: 'parallel', parameters: ['f64'], results: [] } as const]),
        ...[...faults].map((name): ImportedFunction => ({
          name,
          parameters: faultParameters[name],
          results: [],
        })),
      ],
      importedGlobals: [
        ...(parts.length === 0 ? [] : [{ name: 'blocks', type: 'i32' } as const]),
        ...[...arrays].map((name) => ({ name: addressOf(name), type: 'i32' }) as const),
        ...[...lengths].map((name) => ({ name: lengthOf(name), type: 'i32' }) as const),
        ...[...sizes].map((name) => ({ name: sizeOf(name), type: 'i32' }) as const),
        ...[...numbers].map((name) => ({ name: numberOf(name), type: 'f64' }) as const),
      ],
    }),
  };
}

/** Position, size and place; turn and place. */
const faultParameters: { readonly [F in Fault]: readonly ValueType[] } = {
  badIndex: ['f64', 'f64', 'f64'],
  endless: ['f64', 'f64'],
};
