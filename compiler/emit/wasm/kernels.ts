// Kernels of the runtime that have a form in WebAssembly, by name. They take addresses and sizes; each is made where a module calls it.
import type { WasmFunction } from './assembler.ts';
import { choleskyKernels } from './cholesky.ts';
import { kernelFunction } from './kernel-kit.ts';
import { product, productOfRows } from './matmul.ts';

export interface NativeKernel {
  /** Sizes that a call leaves out at the end are 1. */
  readonly parameters: number;
  readonly make: () => WasmFunction;
}

const products: readonly (readonly [string, () => WasmFunction])[] = [
  ['matmul', () => product('matmul', false)],
  ['matmulTN', () => product('matmulTN', true)],
  ['matmulNT', () => productOfRows('matmulNT')],
];

export const nativeKernels: ReadonlyMap<string, NativeKernel> = new Map<string, NativeKernel>([
  ...products.map(([name, make]) => [name, { parameters: 6, make }] as const),
  ...choleskyKernels.map(
    (spec) =>
      [
        spec.name,
        { parameters: spec.parameters.length, make: () => kernelFunction(spec) },
      ] as const,
  ),
]);
