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
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: Readonly<Record<string, ImportValue>> },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const isApi = (value: unknown): value is WebAssemblyApi =>
  typeof value === 'object' &&
  value !== null &&
  ['Memory', 'Module', 'Instance', 'validate'].every((name) => name in value);

export function webAssembly(): WebAssemblyApi {
  const api: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (isApi(api)) return api;
  throw new RuntimeFault('there is no WebAssembly here; --target ts does without');
}

/** Whether this engine multiplies and adds two pairs of numbers in one instruction (relaxed SIMD): asked with a function that does only that. */
export function fusesMultiplyAdd(): boolean {
  const parameter = [0x20, 0];
  const body = [0, ...parameter, ...parameter, ...parameter, 0xfd, 0x87, 0x02, 0x0b];
  const parts = [
    [1, 1, 0x60, 1, 0x7b, 1, 0x7b],
    [3, 1, 0],
    [10, 1, body.length, ...body],
  ];
  const bytes = parts.flatMap(([id, ...rest]) => [id, rest.length, ...rest]);
  return webAssembly().validate(
    Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...bytes]),
  );
}
