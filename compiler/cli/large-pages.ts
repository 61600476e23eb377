// Memory in large pages, as NumPy asks for it: where a system has them on request only (`madvise`, the usual setting of Linux), big arrays are read up to a quarter
// faster with pages of 2 MB than with 4 KB. Node has no call for that; the optional package koffi makes it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AskLargePages } from '../../runtime/wasm/heap.ts';

/** What koffi has that we use. */
interface Koffi {
  readonly load: (library: null) => { readonly func: (prototype: string) => unknown };
}

type Madvise = (part: Uint8Array, bytes: number, advice: number) => unknown;

const isKoffi = (value: unknown): value is Koffi =>
  typeof value === 'object' &&
  value !== null &&
  'load' in value &&
  typeof value.load === 'function';

const isMadvise = (value: unknown): value is Madvise => typeof value === 'function';

/** MADV_HUGEPAGE of Linux. */
const hugePage = 14;

/** Asks nothing before it is first needed: loading koffi takes 30 ms. Where it is not there, memory stays as it is. */
export function largePages(): AskLargePages {
  let found: Madvise | string | undefined;
  return (part) => {
    found ??= findMadvise();
    if (typeof found !== 'string') found(part, part.byteLength, hugePage);
  };
}

/** The call, or why there is none. */
function findMadvise(): Madvise | string {
  if (process.platform !== 'linux') return 'not asked for on this system';
  try {
    const koffi: unknown = createRequire(import.meta.url)('koffi');
    const madvise =
      isKoffi(koffi) && koffi.load(null).func('int madvise(void *part, size_t bytes, int advice)');
    if (isMadvise(madvise)) return madvise;
  } catch {
    // Told below.
  }
  return 'the package koffi is not there or does not load; npm install koffi';
}

/** Whether big arrays lie in large pages here, and why not. */
export function largePagesHere(): { readonly good: boolean; readonly value: string } {
  const setting = settingOfSystem();
  if (setting === 'always') return { good: true, value: 'yes, by the system' };
  if (setting === 'never') return { good: false, value: 'no: the system has them switched off' };
  const found = findMadvise();
  return typeof found === 'string'
    ? { good: false, value: `no: ${found}` }
    : { good: true, value: 'yes, for big arrays' };
}

/** The word in brackets: `always [madvise] never`. */
function settingOfSystem(): string | undefined {
  try {
    const text = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8');
    return /\[(\w+)\]/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
