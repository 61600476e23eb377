// The part of the JavaScript API of WebAssembly that we use, which Node and pages have alike.
import { RuntimeFault } from '../fault.ts';

export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

export type ImportValue = number | WasmMemory | ((...args: number[]) => unknown);

export interface WebAssemblyApi {
  readonly Memory: new (options: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: Readonly<Record<string, ImportValue>> },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const isApi = (value: unknown): value is WebAssemblyApi =>
  typeof value === 'object' &&
  value !== null &&
  ['Memory', 'Module', 'Instance'].every((name) => name in value);

export function webAssembly(): WebAssemblyApi {
  const api: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (isApi(api)) return api;
  throw new RuntimeFault('there is no WebAssembly here; --target ts does without');
}
