// Functions of the runtime that generated code may call: no name of a problem hides one.
import * as kernels from '../../../runtime/kernels/index.ts';

export const runtimeNames: readonly string[] = Object.keys(kernels);
