// One kernel of WebAssembly by itself, called with arrays in its memory.
import { constantsGlobal } from '../../../compiler/emit/wasm/assembler.ts';
import { constantsOf, encodeModule } from '../../../compiler/emit/wasm/binary.ts';
import { nativeKernels } from '../../../compiler/emit/wasm/kernels.ts';
import { createHeap } from '../../../runtime/wasm/heap.ts';

/** The memory that kernels have for themselves; one at a time uses it. */
const ownMemory = 'address own';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export interface KernelRunner {
  readonly vector: (length: number) => Float64Array;
  /** Arrays must lie in the memory: made by `vector`. */
  readonly call: (name: string, ...args: readonly (Float64Array | number | boolean)[]) => void;
}

export function kernelRunner(names: readonly string[], fused: boolean): KernelRunner {
  const heap = createHeap(undefined, { fused });
  const functions = names.flatMap((name) => nativeKernels.get(name)?.make(ownMemory) ?? []);
  const all = [...new Map(functions.map((each) => [each.name, each])).values()];
  const constants = constantsOf(all);
  const module = {
    importedFunctions: [],
    importedGlobals: [constantsGlobal, ownMemory].map((name) => ({ name, type: 'i32' }) as const),
    functions: all,
    exported: names,
  };
  const code = {
    plain: base64(encodeModule(module, false)),
    fused: base64(encodeModule(module, true)),
  };
  const native = heap.start(code, {
    arrays: {
      constants: heap.place(Float64Array.from(constants)),
      own: heap.vector(
        Math.max(0, ...names.map((name) => nativeKernels.get(name)?.memory?.length ?? 0)),
      ),
    },
    lengths: {},
    numbers: {},
    functions: {},
  });
  return {
    vector: heap.vector,
    call: (name, ...args) => {
      const given = args.map((arg) => (typeof arg === 'object' ? arg.byteOffset : Number(arg)));
      const missing = (nativeKernels.get(name)?.parameters ?? 0) - given.length;
      native[name](...given, ...Array.from({ length: missing }, () => 1));
    },
  };
}
