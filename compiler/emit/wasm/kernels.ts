// Kernels of the runtime that have a form in WebAssembly, by name. They take addresses and sizes; each is made where a module calls it.
import type { WasmFunction } from './assembler.ts';
import { choleskyKernels } from './cholesky.ts';
import { eigenKernels } from './eigen.ts';
import { kernelFunctions } from './kernel-kit.ts';
import { reflectionKernels } from './reflections.ts';
import { singularValues } from './singular.ts';
import { sorting, sortMemory, sortMemoryName } from './sorting.ts';
import { systemKernels } from './systems.ts';
import { product, type Sides } from './matmul.ts';

export interface NativeKernel {
  /** Sizes that a call leaves out at the end are 1. */
  readonly parameters: number;
  /** Of a product of matrices: threads may share it. */
  readonly sides?: Sides;
  /** An array of its own: a name, and how many numbers. */
  readonly memory?: { readonly name: string; readonly length: number };
  /** The kernel and what it calls; `memory` is the global with the address of its array. */
  readonly make: (memory: string) => readonly WasmFunction[];
}

const products: readonly (readonly [string, Sides])[] = [
  ['matmul', { A: false, B: false }],
  ['matmulTN', { A: true, B: false }],
  ['matmulNT', { A: false, B: true }],
];

export const nativeKernels: ReadonlyMap<string, NativeKernel> = new Map<string, NativeKernel>([
  ['svd', { parameters: 8, make: singularValues }],
  ...products.map(
    ([name, sides]) =>
      [
        name,
        {
          parameters: 6,
          sides,
          make: () => product(name, sides),
        },
      ] as const,
  ),
  ...['sort', 'argsort'].map(
    (name) =>
      [
        name,
        {
          parameters: 7,
          memory: { name: sortMemoryName, length: sortMemory },
          make: (memory: string) => [sorting(name, memory, name === 'argsort')],
        },
      ] as const,
  ),
  ...[...choleskyKernels, ...systemKernels, ...eigenKernels, ...reflectionKernels].map(
    (spec) =>
      [
        spec.name,
        { parameters: spec.parameters.length, make: () => kernelFunctions(spec) },
      ] as const,
  ),
]);
