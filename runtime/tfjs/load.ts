// Which tfjs runs: the native binding where it loads, else WebGPU, else WebAssembly, else plain JavaScript. None of them is needed to install us.
import { isTfjs, type Tfjs } from './tfjs.ts';

/** Best first. `tensorflow` is the native binding. */
export type Backend = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

export const backendNames: readonly Backend[] = ['tensorflow', 'webgpu', 'wasm', 'cpu'];

/** Loads a package for a backend by its name; fails where it is not installed. All packages of a backend come from one place. */
export type Load = (name: string, backend: Backend) => Promise<unknown>;

export interface Missing {
  readonly backend: Backend;
  readonly why: string;
}

export interface LoadedTfjs {
  readonly tf: Tfjs;
  readonly backend: Backend;
  /** Backends that would be faster, and why they do not run. */
  readonly better: readonly Missing[];
  /** Told when a device fails and a run goes on elsewhere. */
  readonly tell?: (line: string) => void;
}

export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedTfjs }
  | { readonly ok: false; readonly missing: readonly Missing[] };

export const missingText = ({ backend, why }: Missing): string => `not ${backend}: ${why}`;

/** Which backend runs, and why none that is faster. */
export function runningText({ backend, better }: LoadedTfjs): string {
  const why = better.length === 0 ? '' : ` (${better.map(missingText).join('; ')})`;
  return `tfjs runs on ${backend}, in 32 bits${why}`;
}

/** What to install for each. */
export const packagesOf: { readonly [B in Backend]: readonly string[] } = {
  tensorflow: ['@tensorflow/tfjs-node'],
  webgpu: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  wasm: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
  cpu: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
};

type LoadOne = (name: string) => Promise<unknown>;

const plainLoad: Load = (name) => import(/* @vite-ignore */ name);

/** The best backend that loads, or the best of `among`. */
export async function loadTfjs(
  load: Load = plainLoad,
  among: readonly Backend[] = backendNames,
): Promise<LoadResult> {
  const missing: Missing[] = [];
  for (const backend of among) {
    try {
      const tf = await starters[backend]((name) => load(name, backend));
      return { ok: true, loaded: { tf, backend, better: missing } };
    } catch (error) {
      missing.push({ backend, why: reasonOf(error) });
    }
  }
  return { ok: false, missing };
}

/** The first line of what went wrong. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const absent = /Cannot find (?:package|module) '([^'/][^']*)'/.exec(text);
  if (absent !== null) return `the package ${absent[1]} is not installed`;
  return text.split('\n')[0] ?? text;
}

const starters: { readonly [B in Backend]: (load: LoadOne) => Promise<Tfjs> } = {
  tensorflow: async (load) => {
    restoreUtil();
    const tf = tfjsOf(await load('@tensorflow/tfjs-node'));
    return await begun(tf, 'tensorflow');
  },
  webgpu: async (load) => {
    await offerGpu(load);
    const tf = tfjsOf(await load('@tensorflow/tfjs-core'));
    await load('@tensorflow/tfjs-backend-webgpu');
    return await begun(tf, 'webgpu');
  },
  wasm: async (load) => {
    const tf = tfjsOf(await load('@tensorflow/tfjs-core'));
    await load('@tensorflow/tfjs-backend-wasm');
    return await begun(tf, 'wasm');
  },
  cpu: async (load) => {
    const tf = tfjsOf(await load('@tensorflow/tfjs-core'));
    await load('@tensorflow/tfjs-backend-cpu');
    return await begun(tf, 'cpu');
  },
};

async function begun(tf: Tfjs, backend: Backend): Promise<Tfjs> {
  // Each copy of tfjs greets once.
  const { log, warn, info } = console;
  const silent = (): void => undefined;
  Object.assign(console, { log: silent, warn: silent, info: silent });
  try {
    const set = await tf.setBackend(backend);
    if (!set) throw new Error(`tfjs cannot start its backend ${backend}`);
    await tf.ready();
    tf.tidy(() => tf.add(tf.scalar(1), 1));
    return tf;
  } finally {
    Object.assign(console, { log, warn, info });
  }
}

/** A module, or its default export, as tfjs. */
function tfjsOf(module: unknown): Tfjs {
  if (isTfjs(module)) return module;
  const inner = member(module, 'default');
  if (isTfjs(inner)) return inner;
  throw new Error('the package is not tfjs');
}

const member = (x: unknown, name: string): unknown =>
  (typeof x === 'object' || typeof x === 'function') && x !== null
    ? Reflect.get(x, name)
    : undefined;

/** tfjs-node calls functions of Node that version 23 took away. */
function restoreUtil(): void {
  const process = member(globalThis, 'process');
  const get = member(process, 'getBuiltinModule');
  if (typeof get !== 'function') return;
  const util: unknown = Reflect.apply(get, process, ['util']);
  if (typeof util !== 'object' || util === null) return;
  const lost = {
    isNullOrUndefined: (x: unknown): boolean => x === null || x === undefined,
    isArray: (x: unknown): boolean => Array.isArray(x),
  };
  for (const [name, test] of Object.entries(lost))
    if (typeof member(util, name) !== 'function') Reflect.set(util, name, test);
}

/** A page has a GPU of its own; Node gets one by the package `webgpu`. */
async function offerGpu(load: LoadOne): Promise<void> {
  const navigator = member(globalThis, 'navigator');
  if (member(navigator, 'gpu') === undefined) {
    const dawn = await load('webgpu');
    const create = member(dawn, 'create');
    const globals = member(dawn, 'globals');
    if (typeof create !== 'function' || typeof globals !== 'object' || globals === null)
      throw new Error('the package webgpu has no GPU to offer');
    Object.assign(globalThis, globals);
    const gpu: unknown = Reflect.apply(create, undefined, [[]]);
    const holder = typeof navigator === 'object' && navigator !== null ? navigator : {};
    Object.defineProperty(holder, 'gpu', { value: gpu, configurable: true });
    if (holder !== navigator)
      Object.defineProperty(globalThis, 'navigator', { value: holder, configurable: true });
  }
  const gpu = member(member(globalThis, 'navigator'), 'gpu');
  const request = member(gpu, 'requestAdapter');
  const adapter: unknown =
    typeof request === 'function' ? await Reflect.apply(request, gpu, []) : undefined;
  if (adapter === null || adapter === undefined)
    throw new Error('there is no driver for a GPU (no WebGPU adapter)');
}
