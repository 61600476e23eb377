// The functions of one part of a module (a step, the measures) that become WebAssembly, and the lines of JavaScript that start them.
import type { Binaries, Here } from '../ts/spec.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Scalar } from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';
import {
  constantsGlobal,
  createAssembler,
  parameterLocals,
  type Local,
  type WasmFunction,
} from './assembler.ts';
import { constantsOf, encodeModule, fuses } from './binary.ts';
import { addressOf, createLink, numberOf, sizeOf, type CellGroup, type Collected } from './link.ts';
import { nativeKernels } from './kernels.ts';
import { writeNumber } from './scalar.ts';
import { writeStatements } from './statements.ts';
import { vectorMath, type VectorMath } from './vector-math.ts';
import type { Writer, WriterContext } from './writer.ts';

export interface FunctionSpec {
  readonly name: string;
  /** Numbers by name. */
  readonly parameters: readonly string[];
  readonly statements: readonly Statement[];
  /** `done`: the statements return a truth value. `nothing`: they only write. Else the number that is returned. */
  readonly gives: 'done' | 'nothing' | Scalar;
}

export interface Native {
  /** Writes a function; false where it must stay JavaScript. */
  readonly add: (context: Omit<WriterContext, 'link'>, spec: FunctionSpec) => boolean;
  /** The module and what it asks for; undefined where no function was written. */
  readonly finish: () => NativeModule | undefined;
  /** What was written, and what stayed JavaScript and why. */
  readonly notes: () => NativeNotes;
}

export interface NativeNotes {
  readonly bytes: number;
  readonly functions: readonly string[];
  readonly inJavaScript: readonly { readonly name: string; readonly because: string }[];
  /** Calls of JavaScript out of the module. */
  readonly calls: number;
}

/** Notes of several modules as one. */
export const joined = (all: readonly NativeNotes[]): NativeNotes => ({
  bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  functions: all.flatMap(({ functions }) => functions),
  inJavaScript: all.flatMap(({ inJavaScript }) => inJavaScript),
  calls: all.reduce((sum, { calls }) => sum + calls, 0),
});

export interface NativeModule extends Collected {
  /** `fused`: with products and sums rounded once. */
  readonly encoded: (fused: boolean) => Uint8Array<ArrayBuffer>;
  /** Whether fusing makes a difference. */
  readonly fuses: boolean;
  readonly constants: readonly number[];
  readonly functions: readonly string[];
}

/** `here`: what the module runs with at once; anything unless given. */
export function createNative(groups: readonly CellGroup[], here?: Here): Native {
  const link = createLink(groups);
  const functions: WasmFunction[] = [];
  const exported: string[] = [];
  const left: { readonly name: string; readonly because: string }[] = [];
  let size = 0;
  let calls = 0;
  return {
    notes: () => ({ bytes: size, functions: exported, inJavaScript: left, calls }),
    add: (context, { name, parameters, statements, gives }) => {
      if (!statements.every(isNative)) {
        left.push({ name, because: 'it makes arrays, or holds text of JavaScript' });
        return false;
      }
      const results =
        gives === 'nothing' ? [] : gives === 'done' ? (['i32'] as const) : (['f64'] as const);
      const types = parameters.map(() => 'f64' as const);
      const code = createAssembler(name, types, results);
      const own = parameterLocals(types);
      const writer: Writer = {
        ...context,
        link,
        code,
        locals: new Map(parameters.map((parameter, k): [string, Local] => [parameter, own[k]])),
        shared: here?.heap === undefined || here.heap.blocks > 1,
        sizes: here?.sizes ?? {},
        bases: new Map(),
        streams: new Map(),
        vectors: new Map(),
        lane: 0,
        decays: new Map(),
      };
      writeStatements(writer, statements);
      if (gives === 'done') code.i32(0);
      else if (gives !== 'nothing') writeNumber(writer, gives);
      functions.push(code.finish());
      exported.push(name);
      if (gives === 'done') {
        functions.push(advance(name, parameters.length));
        exported.push('advance');
      }
      return true;
    },
    finish: () => {
      if (functions.length === 0) return undefined;
      const collected = link.collected();
      const { importedFunctions, importedGlobals, math, kernels, parts } = collected;
      const all = [...called(kernels, math), ...parts, ...functions];
      const constants = constantsOf(all);
      const table = constants.length === 0 ? [] : [{ name: constantsGlobal, type: 'i32' } as const];
      const module = {
        importedFunctions,
        importedGlobals: [...importedGlobals, ...table],
        functions: all,
        exported: [...exported, ...parts.map(({ name }) => name)],
      };
      const encoded = (fused: boolean): Uint8Array<ArrayBuffer> => {
        const bytes = encodeModule(module, fused);
        size = bytes.length;
        return bytes;
      };
      calls = collected.hosts.length;
      return { ...collected, encoded, fuses: fuses(module), constants, functions: exported };
    },
  };
}

/** Elementary functions, kernels and what they call; some call the same. */
function called(names: readonly string[], math: readonly VectorMath[]): readonly WasmFunction[] {
  const kernels = names.flatMap((name) => {
    const kernel = nativeKernels.get(name);
    return kernel?.make(addressOf(kernel.memory?.name ?? name)) ?? [];
  });
  const made = [...math.map((fn) => vectorMath[fn].make()), ...kernels];
  return [...new Map(made.map((each) => [each.name, each])).values()];
}

/** Iterations `from` + 1 to `to` in one call: the last that was done, negative where the method asked to stop there. */
function advance(iterate: string, parameters: number): WasmFunction {
  if (parameters !== 1) throw new InternalError('an iteration takes its number');
  const types = ['f64', 'f64'] as const;
  const code = createAssembler('advance', types, ['f64']);
  const [at, to] = parameterLocals(types);
  code.loop(() => {
    code.get(at);
    code.f64(1);
    code.op('f64.add');
    code.tee(at);
    code.call(iterate);
    code.branch(() => {
      code.get(at);
      code.op('f64.neg', 'return');
    });
    code.get(at);
    code.get(to);
    code.op('f64.lt');
    code.brIf(0);
  });
  code.get(at);
  return code.finish();
}

/** Whether a statement has instructions, or can be handed to JavaScript as a whole. */
export function isNative(statement: Statement): boolean {
  switch (statement.kind) {
    case 'const':
      // A call that gives an array makes it, which only JavaScript can.
      return 'id' in statement.value;
    case 'let':
    case 'assign':
    case 'store':
      return 'id' in statement.value;
    case 'declare':
    case 'breakUnless':
    case 'count':
    case 'return':
    case 'call':
      return true;
    case 'closure':
      return statement.functions.every(({ body }) => body.every(standsAlone));
    case 'for':
    case 'while':
      return statement.body.every(isNative);
    case 'if':
      return statement.then.every(isNative) && statement.otherwise.every(isNative);
    case 'allocate':
    case 'text':
      return false;
  }
}

/** Whether a statement of a callback may run in JavaScript: it counts nothing and asks for no size that is found on the way. */
function standsAlone(statement: Statement): boolean {
  switch (statement.kind) {
    case 'text':
      return false;
    case 'for':
    case 'while':
      return statement.body.every(standsAlone);
    case 'if':
      return statement.then.every(standsAlone) && statement.otherwise.every(standsAlone);
    default:
      return true;
  }
}

/** Bytes as text. */
function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The lines that start the module under a name. */
export function startLines(
  module: NativeModule,
  code: string,
  runtime: (name: string) => void,
  name = 'native',
): readonly string[] {
  const entry = (key: string, value: string): string =>
    key === value && !key.includes('.') ? key : `'${key}': ${value}`;
  const arrays = [
    ...module.arrays.map((array) => entry(array, array)),
    ...(module.constants.length === 0
      ? []
      : [`constants: heap.place(Float64Array.of(${module.constants.join(', ')}))`]),
    ...[...module.memory].map(([own, length]) => `'${own}': heap.vector(${length})`),
  ];
  const list = (items: readonly string[]): string => `{ ${items.join(', ')} }`;
  for (const fn of module.scalarFunctions) if (!fn.startsWith('Math.')) runtime(fn);
  for (const fault of module.faults)
    if (fault === 'badIndex') runtime('checkedIndex');
    else runtime('nextTurn');
  return [
    `  const ${name} = heap.start(${code}, {`,
    `    arrays: ${list(arrays)},`,
    `    lengths: ${list(module.lengths.map((array) => entry(array, array)))},`,
    `    numbers: ${list([
      ...module.sizes.map((size) => `'${sizeOf(size)}': ${size}`),
      ...module.numbers.map((number) => `'${numberOf(number)}': Number(${number})`),
    ])},`,
    '    functions: {',
    ...module.scalarFunctions.map((fn) => `      ${entry(fn, fn)},`),
    ...module.faults.map((fault) =>
      fault === 'badIndex' ? '      badIndex: checkedIndex,' : '      endless: nextTurn,',
    ),
    ...module.hosts.flatMap((call) => [
      `      ${call.name}(${call.parameters.join(', ')}) {`,
      ...call.print('        '),
      ...(call.gives === undefined ? [] : [`        return ${call.gives};`]),
      '      },',
    ]),
    '    },',
    '  });',
  ];
}

/** The constant that holds the module: as bytes for the memory in which it runs at once, else as text in both forms, for which one runs is seen where
 * it is started. */
export function codeConstant(
  name: string,
  module: NativeModule | undefined,
  here: Here | undefined,
): { readonly lines: readonly string[]; readonly binaries: Binaries } {
  if (module === undefined) return { lines: [], binaries: {} };
  if (here?.heap !== undefined)
    return { lines: [], binaries: { [name]: module.encoded(here.heap.fused) } };
  const plain = base64(module.encoded(false));
  const fused = module.fuses ? [`  fused: '${base64(module.encoded(true))}',`] : [];
  return { lines: [`const ${name} = {`, `  plain: '${plain}',`, ...fused, '};', ''], binaries: {} };
}
