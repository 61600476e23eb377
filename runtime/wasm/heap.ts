// The memory that functions of WebAssembly work in. Arrays lie there in place as views: both sides read and write the same numbers.
import { MemoryFault, RuntimeFault } from '../fault.ts';
import type { ProgramMemory } from '../program.ts';
import type { SparseTensor, Tensor } from '../tensor.ts';
import {
  fusesMultiplyAdd,
  webAssembly,
  type ImportValue,
  type WasmMemory,
} from './web-assembly.ts';

/** What a module is started with. */
export interface StartImports {
  readonly arrays: Readonly<Record<string, unknown>>;
  /** Arrays whose number of entries is asked for. */
  readonly lengths: Readonly<Record<string, unknown>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly functions: Readonly<Record<string, (...args: number[]) => unknown>>;
}

/** Threads that take blocks of rows. */
export interface ThreadPool {
  /** Blocks that a loop is cut into. */
  readonly blocks: number;
  /** Threads at work, the main one included. */
  readonly used: () => number;
  /** Makes a module known to the threads; what shares one of its parts out: all blocks are done when it returns. `run` does one here. */
  readonly share: (
    module: object,
    memory: WasmMemory,
    numbers: Readonly<Record<string, number>>,
  ) => (part: number, run: (block: number) => void) => void;
}

/** A module in base64: as every engine takes it, and with products and sums fused (relaxed SIMD), where that differs. */
export interface NativeCode {
  readonly plain: string;
  readonly fused?: string;
}

/** Asks the system to hold a part of a memory in large pages; one that cannot does nothing. */
export type AskLargePages = (part: Uint8Array) => void;

export interface HeapOptions {
  /** Whether products and sums are rounded once; left out: where the engine can. */
  readonly fused?: boolean;
  readonly largePages?: AskLargePages | undefined;
}

export type NativeFunction = (...args: number[]) => number;

export interface Heap extends ProgramMemory {
  readonly memory: WasmMemory;
  /** A vector of zeros. */
  readonly vector: (length: number) => Float64Array;
  readonly vectors: (count: number, length: number) => Float64Array[];
  /** Arrays and compressed matrices as they lie in this memory, copied there once; anything else as it is. */
  readonly place: (value: unknown) => unknown;
  /** A tensor whose entries lie in this memory. */
  readonly placeTensor: (tensor: Tensor) => Tensor;
  /** `place` for all fields of an object. */
  readonly placeAll: (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** An object whose numbers lie in this memory. */
  readonly cells: (values: Readonly<Record<string, number>>) => Record<string, number>;
  /** Starts a module, as bytes where it was made for this memory; its functions. */
  readonly start: (
    code: NativeCode | Uint8Array<ArrayBuffer>,
    imports: StartImports,
  ) => Readonly<Record<string, NativeFunction>>;
}

const page = 65536;
const mostPages = 65536;
const spare = 16;
/** Bytes from which on large pages are asked for: less is read too quickly to win back what asking costs. */
const large = 2 ** 25;
/** Arrays begin at lines of the cache. */
const alignment = 64;

/** A memory that grows as it is needed, up to 4 GiB. It is shared, so that views of it stay valid when it grows. */
export function createHeap(
  threads?: ThreadPool,
  { fused = fusesMultiplyAdd(), largePages }: HeapOptions = {},
): Heap {
  const memory = newMemory();
  let next = alignment;
  const placed = new Map<object, unknown>();
  // Compressed matrices that lie here as a whole.
  const own = new WeakSet<object>();
  const addresses = new Map<unknown, number>();
  // Each growth gives the same memory a new buffer.
  const buffers = new WeakSet<object>([memory.buffer]);

  const take = (bytes: number): number => {
    const at = next;
    next = Math.ceil((at + bytes) / alignment) * alignment;
    // Loops of two lanes may look a little beyond the last entry.
    const pages = Math.ceil((next + alignment) / page);
    const missing = pages - memory.buffer.byteLength / page;
    if (missing > 0) {
      const before = memory.buffer.byteLength;
      grow(memory, missing);
      buffers.add(memory.buffer);
      if (memory.buffer.byteLength >= large) largePages?.(new Uint8Array(memory.buffer, before));
    }
    return at;
  };
  const vector = (length: number): Float64Array => {
    const at = take(8 * length);
    return new Float64Array(memory.buffer, at, length);
  };
  const place = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (!(value instanceof Float64Array) && !(value instanceof Int32Array) && !isSparse(value))
      return value;
    if (own.has(value) || ('buffer' in value && buffers.has(value.buffer))) return value;
    const known = placed.get(value);
    if (known !== undefined) return known;
    const made = copied(value);
    placed.set(value, made);
    if (isSparse(value) && typeof made === 'object' && made !== null) own.add(made);
    return made;
  };
  const whole = (values: Int32Array): Int32Array => {
    const at = take(4 * values.length);
    const copy = new Int32Array(memory.buffer, at, values.length);
    copy.set(values);
    return copy;
  };
  const numbers = (values: Float64Array): Float64Array => {
    const copy = vector(values.length);
    copy.set(values);
    return copy;
  };
  const sparse = (value: SparseTensor): SparseTensor => ({
    ...value,
    rowStart: whole(value.rowStart),
    column: whole(value.column),
    data: numbers(value.data),
  });
  const copied = (value: Float64Array | Int32Array | SparseTensor): unknown => {
    if (value instanceof Float64Array) return numbers(value);
    return value instanceof Int32Array ? whole(value) : sparse(value);
  };
  const addressOf = (name: string, value: unknown): number => {
    const cells = addresses.get(value);
    if (cells !== undefined) return cells;
    const view = place(value);
    if (view instanceof Float64Array || view instanceof Int32Array) return view.byteOffset;
    throw new RuntimeFault(`${name} is no array`);
  };

  return {
    memory,
    fused,
    blocks: threads?.blocks ?? 1,
    threads: () => threads?.used() ?? 1,
    used: () => next,
    vector,
    vectors: (count, length) => Array.from({ length: count }, () => vector(length)),
    place,
    placeTensor: (tensor) => {
      if (buffers.has(tensor.data.buffer)) return tensor;
      const made =
        tensor.storage === 'csr' ? sparse(tensor) : { ...tensor, data: numbers(tensor.data) };
      if (tensor.storage === 'csr') own.add(made);
      return made;
    },
    placeAll: (fields) =>
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, place(value)])),
    cells: (values) => {
      const names = Object.keys(values);
      const view = vector(names.length);
      const cells: Record<string, number> = {};
      names.forEach((name, k) => {
        view[k] = values[name];
        Object.defineProperty(cells, name, {
          enumerable: true,
          get: () => view[k],
          set: (value: number) => (view[k] = value),
        });
      });
      addresses.set(cells, view.byteOffset);
      return cells;
    },
    start: (code, { arrays, lengths, numbers: given, functions }) => {
      const env: Record<string, ImportValue> = { memory, ...functions, ...given };
      for (const [name, value] of Object.entries(arrays))
        env[`address ${name}`] = addressOf(name, value);
      for (const [name, value] of Object.entries(lengths)) env[`length ${name}`] = lengthOf(value);
      const { Module, Instance } = webAssembly();
      const module = new Module(code instanceof Uint8Array ? code : bytesOf(code, fused));
      const native: Record<string, NativeFunction> = {};
      const share = threads?.share(module, memory, numbersOf(env));
      const { exports } = new Instance(module, {
        env: {
          ...env,
          blocks: threads?.blocks ?? 1,
          parallel: (part) => share?.(part, (block) => void native[`part${part}`](block)),
        },
      });
      for (const [name, value] of Object.entries(exports))
        if (typeof value === 'function') native[name] = (...args) => Number(value(...args));
      return native;
    },
  };
}

function newMemory(): WasmMemory {
  const { Memory } = webAssembly();
  try {
    return new Memory({ initial: 1, maximum: mostPages, shared: true });
  } catch {
    throw new MemoryFault('no memory of WebAssembly can be had here; --target ts does without');
  }
}

/** At least so many pages; some more where they can be had, since growing is not free. */
function grow(memory: WasmMemory, missing: number): void {
  for (const pages of [Math.max(missing, spare), missing]) {
    try {
      memory.grow(pages);
      return;
    } catch {
      // Fewer pages may still be had.
    }
  }
  throw new MemoryFault(
    `the memory of WebAssembly is ${memory.buffer.byteLength / 2 ** 20} MiB and cannot grow by ${Math.ceil((missing * page) / 2 ** 20)} MiB; --target ts has no such limit`,
  );
}

const isSparse = (value: object): value is SparseTensor =>
  'storage' in value && value.storage === 'csr';

const lengthOf = (value: unknown): number =>
  value instanceof Float64Array || value instanceof Int32Array ? value.length : 0;

const numbersOf = (env: Readonly<Record<string, ImportValue>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );

function bytesOf(code: NativeCode, fused: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(fused ? (code.fused ?? code.plain) : code.plain);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}
