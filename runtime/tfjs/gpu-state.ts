// What we keep beside a WebGPU backend of tfjs: how many kernels it started, and whether its device still works. A GPU says of a kernel that it
// refuses, of memory that it lacks and of its own end only in events; what is read afterwards is zeros.
import { DeviceFault } from './device-fault.ts';
import type { GpuBackend, RunProgram } from './webgpu.ts';

/** Kernels started: all, and those of our own among them. */
export interface Dispatches {
  all: number;
  own: number;
}

export interface GpuState {
  readonly dispatches: Dispatches;
  /** What went wrong; undefined while all is well. */
  readonly trouble: () => string | undefined;
  /** What comes back from the device, or a `DeviceFault` where the device failed before. */
  readonly checked: <T>(work: Promise<T>) => Promise<T>;
}

/** One state a backend, made when first asked for. */
export function gpuState(backend: GpuBackend): GpuState {
  const plain = backend.runWebGPUProgram;
  if (plain.state !== undefined) return plain.state;
  const dispatches: Dispatches = { all: 0, own: 0 };
  const state: GpuState = { dispatches, ...watch(backend) };
  const run: RunProgram = (...args) => {
    const result = Reflect.apply(plain, backend, args);
    // Nothing is started for a result without entries.
    if (result.shape.every((size) => size > 0)) dispatches.all++;
    return result;
  };
  backend.runWebGPUProgram = Object.assign(run, { state });
  return state;
}

function watch({ device }: GpuBackend): Pick<GpuState, 'trouble' | 'checked'> {
  let trouble: string | undefined;
  /** Those who wait for the device. */
  const waiting = new Set<(fault: DeviceFault) => void>();
  const fail = (why: string): void => {
    trouble ??= why;
    const fault = new DeviceFault(trouble);
    for (const reject of waiting) reject(fault);
    waiting.clear();
  };
  void device.lost.then(({ message }) =>
    fail(`the GPU device was lost${message === '' ? '' : ` (${firstLine(message)})`}`),
  );
  device.addEventListener('uncapturederror', ({ error }) =>
    fail(`the GPU refused the work (${firstLine(error.message)})`),
  );
  const check = (): void => {
    if (trouble !== undefined) throw new DeviceFault(trouble);
  };
  return {
    trouble: () => trouble,
    checked: async (work) => {
      // Where the device is known to have failed nobody waits for this.
      work.catch(() => undefined);
      check();
      let drop: (fault: DeviceFault) => void = () => undefined;
      const failed = new Promise<never>((_, reject) => {
        drop = reject;
        waiting.add(reject);
      });
      try {
        const result = await Promise.race([work, failed]);
        check();
        return result;
      } catch (error) {
        // A read that fails comes before the event that says why.
        await new Promise((resolve) => setTimeout(resolve, eventDelay));
        check();
        throw error;
      } finally {
        waiting.delete(drop);
      }
    },
  };
}

/** Milliseconds that an event may come late. */
const eventDelay = 20;

const firstLine = (text: string): string => text.split('\n')[0] ?? text;
