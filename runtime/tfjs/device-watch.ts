// Whether an error means that a device failed, and how to say it: each backend fails in a way of its own.
import { DeviceFault } from './device-fault.ts';
import { gpuState } from './gpu-state.ts';
import type { Tfjs } from './tfjs.ts';
import { wasmBackend, wasmState } from './wasm-state.ts';
import { gpuBackend } from './webgpu.ts';

export interface DeviceWatch {
  /** Why the device failed, where it did; `error` is what work on it threw. */
  readonly failure: (error?: unknown) => string | undefined;
}

export function watchDevice(tf: Tfjs): DeviceWatch {
  const gpu = gpuBackend(tf);
  const wasm = wasmBackend(tf);
  const [onGpu, inWasm] = [
    gpu === undefined ? undefined : gpuState(gpu),
    wasm === undefined ? undefined : wasmState(wasm),
  ];
  return {
    failure: (error) => {
      // Asked first: it marks the module.
      inWasm?.died(error);
      const trouble = onGpu?.trouble() ?? inWasm?.trouble();
      if (trouble !== undefined) return trouble;
      if (error instanceof DeviceFault) return error.message;
      return isOutOfMemory(error) ? `tfjs on ${tf.getBackend()} has no memory left` : undefined;
    },
  };
}

/** As engines of JavaScript and TensorFlow say it. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof RangeError && /allocation failed|typed array length/i.test(error.message)) ||
    /TF_Status: 8\b|resource exhausted|bad_alloc/i.test(error.message));
