// A module of WebAssembly as bytes: types, imports, functions, globals, exports, code, in the order of the specification (WebAssembly 2.0, chapter 5).
import type { FusedPart, Later, Reference, ValueType, WasmFunction } from './assembler.ts';
import type { Piece } from './code-buffer.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { memoryBytes, plainBytes, unsigned } from './opcodes.ts';

/** A function of JavaScript that the module calls. */
export interface ImportedFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A number that is known when the module is started. */
export interface ImportedGlobal {
  readonly name: string;
  readonly type: 'i32' | 'f64';
}

export interface WasmModule {
  readonly importedFunctions: readonly ImportedFunction[];
  readonly importedGlobals: readonly ImportedGlobal[];
  readonly functions: readonly WasmFunction[];
  /** Names of the functions that JavaScript calls. */
  readonly exported: readonly string[];
}

type Bytes = readonly number[] | Uint8Array;

const typeBytes: { readonly [T in ValueType]: number } = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

const section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** The largest memory that 32-bit addresses reach, in pages of 64 KiB. */
export const largestMemory = 65536;

/** `fused`: products and sums are rounded once (relaxed SIMD), which not every engine takes. */
export function encodeModule(module: WasmModule, fused: boolean): Uint8Array<ArrayBuffer> {
  const constants = constantsOf(module.functions);
  const signatures = [...module.importedFunctions, ...module.functions].map(signatureOf);
  const types = [...new Set(signatures)];
  const typeOf = (signature: string): number => types.indexOf(signature);
  const numbers = {
    function: numbered([...module.importedFunctions, ...module.functions].map(({ name }) => name)),
    global: numbered(module.importedGlobals.map(({ name }) => name)),
  };
  const indexOf = ({ to, name }: Reference): number => {
    const index = numbers[to].get(name);
    if (index === undefined) throw new InternalError(`no ${to} ${name}`);
    return index;
  };
  const parts = [
    part(
      section.type,
      types.map((signature) => signature.split(',').map(Number)),
    ),
    part(section.import, [
      [...text('env'), ...text('memory'), 0x02, 0x03, ...unsigned(0), ...unsigned(largestMemory)],
      ...module.importedFunctions.map(({ name }, k) => [
        ...text('env'),
        ...text(name),
        0x00,
        ...unsigned(typeOf(signatures[k])),
      ]),
      ...module.importedGlobals.map(({ name, type }) => [
        ...text('env'),
        ...text(name),
        0x03,
        typeBytes[type],
        0x00,
      ]),
    ]),
    part(
      section.function,
      module.functions.map((_, k) =>
        unsigned(typeOf(signatures[module.importedFunctions.length + k])),
      ),
    ),
    part(section.export, [
      ...module.exported.map((name) => [
        ...text(name),
        0x00,
        ...unsigned(indexOf({ to: 'function', name })),
      ]),
    ]),
    part(
      section.code,
      module.functions.map((each) => sized(codeOf(each, indexOf, fused, constants))),
    ),
  ];
  return joined([[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], ...parts]);
}

const numbered = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, k) => [name, k]));

const signatureOf = ({
  parameters,
  results,
}: {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}): string =>
  [
    0x60,
    ...unsigned(parameters.length),
    ...parameters.map((type) => typeBytes[type]),
    ...unsigned(results.length),
    ...results.map((type) => typeBytes[type]),
  ].join(',');

/** A section, or nothing where it has no entries. */
function part(id: number, entries: readonly Bytes[]): Bytes {
  if (entries.length === 0) return [];
  return joined([[id], sized(joined([unsigned(entries.length), ...entries]))]);
}

const sized = (bytes: Bytes): Uint8Array => joined([unsigned(bytes.length), bytes]);

/** Copied once a level: code has hundreds of thousands of bytes. */
function joined(pieces: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const text = (value: string): Uint8Array => sized(new TextEncoder().encode(value));

function codeOf(
  { locals, body }: WasmFunction,
  indexOf: (reference: Reference) => number,
  fused: boolean,
  constants: readonly number[],
): Bytes {
  const groups: { type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = groups.at(-1);
    if (last?.type === type) last.count++;
    else groups.push({ type, count: 1 });
  }
  const bytes = [
    ...unsigned(groups.length),
    ...groups.flatMap(({ type, count }) => [...unsigned(count), typeBytes[type]]),
  ];
  return joined([bytes, ...body.flatMap(completed)]);

  /** What lies between marks, and what they stand for. */
  function completed({ bytes: given, marks }: Piece<Later>): readonly Bytes[] {
    const parts: Bytes[] = [];
    let from = 0;
    for (const { at, what } of marks) {
      if (at > from) parts.push(given.subarray(from, at));
      parts.push(bytesOf(what));
      from = at;
    }
    return [...parts, given.subarray(from)];
  }

  function bytesOf(each: Later): readonly number[] {
    if (each.to === 'constant') {
      const at = constants.findIndex((value) => Object.is(value, each.value));
      return memoryBytes('v128.load64_splat', 8 * at);
    }
    if (each.to !== 'fuse') return unsigned(indexOf(each));
    return fused ? fusedBytes(each) : plainParts(each);
  }
}

const fusedBytes = ({ part, negative }: FusedPart): readonly number[] =>
  part === 'multiply' ? [] : plainBytes(negative ? 'f64x2.relaxed_nmadd' : 'f64x2.relaxed_madd');

function plainParts({ part, negative }: FusedPart): readonly number[] {
  if (part === 'add') return plainBytes('f64x2.add');
  return [...plainBytes('f64x2.mul'), ...(negative ? plainBytes('f64x2.neg') : [])];
}

/** What the table of constants holds. */
export const constantsOf = (functions: readonly WasmFunction[]): readonly number[] => [
  ...new Set(marksOf(functions).flatMap((what) => (what.to === 'constant' ? [what.value] : []))),
];

/** Whether fusing makes a difference. */
export const fuses = ({ functions }: WasmModule): boolean =>
  marksOf(functions).some(({ to }) => to === 'fuse');

const marksOf = (functions: readonly WasmFunction[]): readonly Later[] =>
  functions.flatMap(({ body }) => body.flatMap(({ marks }) => marks.map(({ what }) => what)));
