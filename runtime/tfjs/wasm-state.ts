// What we keep beside the WebAssembly backend of tfjs: whether its module still works. Where it has no memory left it would take address 0 for the new array and
// abort; after an abort nothing in it is to be relied on, and nothing may call it again.
import { DeviceFault } from './device-fault.ts';
import type { Tfjs } from './tfjs.ts';

/** The part of the backend that we watch. */
export interface WasmBackend {
  readonly wasm: {
    _malloc: Allocate & { readonly state?: WasmState };
    readonly _free: (address: number) => void;
    onAbort?: () => void;
  };
  disposeData: (data: object, force?: boolean) => boolean;
  readSync: (...args: readonly unknown[]) => unknown;
  read: (...args: readonly unknown[]) => Promise<unknown>;
}

type Allocate = (bytes: number) => number;

export interface WasmState {
  /** Why the module is dead; undefined while it lives. */
  readonly trouble: () => string | undefined;
  /** Whether the error is one that leaves a module dead, which it is from now on. */
  readonly died: (error: unknown) => boolean;
}

/** The backend where it is WebAssembly. */
export function wasmBackend(tf: Tfjs): WasmBackend | undefined {
  if (tf.getBackend() !== 'wasm') return undefined;
  const backend = tf.backend();
  return isWasmBackend(backend) ? backend : undefined;
}

const isWasmBackend = (backend: unknown): backend is WasmBackend =>
  typeof backend === 'object' &&
  backend !== null &&
  'disposeData' in backend &&
  'wasm' in backend &&
  typeof backend.wasm === 'object' &&
  backend.wasm !== null &&
  '_malloc' in backend.wasm;

/** The end of the memory. */
const end = 2 ** 32;

/** Bytes that are left to the module itself, beside two arrays as large as the largest: its products make copies, and say nothing where they cannot. */
const reserve = 2 ** 26;

/** One state a backend, made when first asked for. */
export function wasmState(backend: WasmBackend): WasmState {
  const { wasm } = backend;
  const { _malloc: allocate } = wasm;
  if (allocate.state !== undefined) return allocate.state;
  const dispose = backend.disposeData.bind(backend);
  let trouble: string | undefined;
  const refuse = (): never => {
    throw new DeviceFault(trouble ?? 'the module of tfjs is dead');
  };
  const die = (): void => {
    trouble ??= "tfjs's WebAssembly failed";
    // Arrays are forgotten, and nothing else is done any more.
    backend.disposeData = () => true;
    backend.readSync = refuse;
    backend.read = () => Promise.reject(new DeviceFault(trouble ?? ''));
  };
  const died = (error: unknown): boolean => {
    if (!(error instanceof Error) || error.name !== 'RuntimeError') return false;
    die();
    return true;
  };
  const state: WasmState = { trouble: () => trouble, died };
  let largest = 0;
  const watched = (bytes: number): number => {
    if (trouble !== undefined) return refuse();
    const address = attempt(() => allocate(bytes)) >>> 0;
    largest = Math.max(largest, bytes);
    if ((address > 0 && address + bytes + 2 * largest + reserve <= end) || bytes === 0)
      return address;
    if (address > 0) attempt(() => wasm._free(address));
    throw new DeviceFault(`tfjs's WebAssembly has no memory left for ${bytes} bytes`);
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (died(error)) return refuse();
      throw error;
    }
  };
  wasm._malloc = Object.assign(watched, { state });
  wasm.onAbort = die;
  backend.disposeData = (data, force) => {
    try {
      return dispose(data, force);
    } catch (error) {
      if (died(error)) return true;
      throw error;
    }
  };
  return state;
}
