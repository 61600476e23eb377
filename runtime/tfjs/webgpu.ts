// Kernels of our own on the WebGPU backend of tfjs: handed over as programs of the backend, so arrays stay tensors of tfjs and share its queue.
import { RuntimeFault } from '../fault.ts';
import { gpuState, type GpuState } from './gpu-state.ts';
import type { DeviceTensor, Tfjs } from './tfjs.ts';

/** A kernel as the compiler writes it. */
export interface Kernel {
  /** Names in the code of the arrays, sizes and numbers that a call gives, in this order. */
  readonly arrays: readonly string[];
  readonly sizes: readonly string[];
  readonly numbers: readonly string[];
  readonly type: 'float32' | 'bool';
  /** Entries of the result that a group of threads works out; 0: one a thread. */
  readonly lanes: number;
  readonly threads: number;
  /** WGSL, without the declarations of arrays and uniforms, which tfjs adds. */
  readonly code: string;
}

/** What tfjs asks of a program of its WebGPU backend. It writes its own findings into it. */
interface GpuProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly workgroupSize: readonly [number, number, number];
  readonly size: true;
  readonly uniforms?: string;
  readonly getUserCode: () => string;
  shaderKey: string;
  dispatch: readonly [number, number, number];
}

interface TensorInfo {
  readonly dataId: object;
  readonly shape: readonly number[];
  readonly dtype: string;
}

interface Uniform {
  readonly type: 'int32' | 'float32';
  readonly data: readonly number[];
}

export type RunProgram = (
  program: GpuProgram,
  inputs: readonly TensorInfo[],
  type: string,
  uniforms: readonly Uniform[],
) => TensorInfo;

/** The part of the backend that we call. */
export interface GpuBackend {
  runWebGPUProgram: RunProgram & { readonly state?: GpuState };
  readonly device: GpuDevice;
}

export interface GpuDevice {
  readonly lost: Promise<{ readonly message: string }>;
  addEventListener(
    name: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
  destroy(): void;
}

/** The backend where it is WebGPU. */
export function gpuBackend(tf: Tfjs): GpuBackend | undefined {
  if (tf.getBackend() !== 'webgpu') return undefined;
  const backend = tf.backend();
  return isGpuBackend(backend) ? backend : undefined;
}

const isGpuBackend = (backend: unknown): backend is GpuBackend =>
  typeof backend === 'object' &&
  backend !== null &&
  'runWebGPUProgram' in backend &&
  typeof backend.runWebGPUProgram === 'function' &&
  'device' in backend;

export type RunKernel = (
  kernel: Kernel,
  shape: readonly number[],
  arrays?: readonly DeviceTensor[],
  sizes?: readonly number[],
  numbers?: readonly number[],
) => DeviceTensor;

/** Starts kernels on the backend. */
export function kernelRunner(tf: Tfjs, backend: GpuBackend | undefined): RunKernel {
  if (backend === undefined)
    return () => {
      throw new RuntimeFault('this program was made for WebGPU');
    };
  const { dispatches } = gpuState(backend);
  return (kernel, shape, arrays = [], sizes = [], numbers = []) => {
    const entries = shape.reduce((product, size) => product * size, 1);
    if (entries === 0) return tf.cast(tf.zeros(shape), kernel.type);
    // A buffer has an entry at least; nothing reads this one.
    const inputs = arrays.map((x) => flat(x.size === 0 ? tf.scalar(0) : x));
    const program: GpuProgram = {
      variableNames: kernel.arrays,
      outputShape: shape,
      dispatchLayout: { x: shape.map((_, axis) => axis) },
      workgroupSize: [kernel.threads, 1, 1],
      size: true,
      ...uniformsOf(kernel),
      getUserCode: () => kernel.code,
      shaderKey: `dotopt ${kernel.code}`,
      dispatch: [Math.ceil(entries / (kernel.lanes === 0 ? kernel.threads : kernel.lanes)), 1, 1],
    };
    const info = backend.runWebGPUProgram(program, inputs, kernel.type, [
      ...sizes.map((size): Uniform => ({ type: 'int32', data: [size] })),
      ...numbers.map((x): Uniform => ({ type: 'float32', data: [x] })),
    ]);
    dispatches.own++;
    return tf.engine().makeTensorFromTensorInfo(info);
  };
}

/** One axis: a kernel works out by itself where an entry stands. */
const flat = (x: DeviceTensor): TensorInfo => ({
  dataId: x.dataId,
  shape: [x.size],
  dtype: x.dtype,
});

function uniformsOf({ sizes, numbers }: Kernel): { readonly uniforms?: string } {
  const fields = [
    ...sizes.map((name) => `${name} : i32, `),
    ...numbers.map((name) => `${name} : f32, `),
  ];
  return fields.length === 0 ? {} : { uniforms: fields.join('') };
}
