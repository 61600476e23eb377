// One function of a WebAssembly module while it is written: its locals and its instructions. Functions and globals are named; their numbers are
// known when the module is put together.
import {
  laneBytes,
  memoryBytes,
  memoryLaneBytes,
  plainBytes,
  unsigned,
  type LaneOp,
  type MemoryLaneOp,
  type MemoryOp,
  type PlainOp,
} from './opcodes.ts';

export type ValueType = 'i32' | 'f64' | 'v128';

/** A local variable, by its number. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** A function or global whose number is not known yet. */
export interface Reference {
  readonly to: 'function' | 'global';
  readonly name: string;
}

/** A place where code depends on whether products and sums are fused: after two factors (`multiply`), or after the addend (`add`). */
export interface FusedPart {
  readonly to: 'fuse';
  readonly part: 'multiply' | 'add';
  /** The product is subtracted. */
  readonly negative: boolean;
}

/** A number that is loaded into both lanes from the module's table of constants: as an instruction it would be made anew in three steps each time. */
export interface ConstantLoad {
  readonly to: 'constant';
  readonly value: number;
}

/** The global with the address of that table. */
export const constantsGlobal = 'address constants';

export type Code = number | Reference | FusedPart | ConstantLoad;

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: readonly Code[];
}

export interface Assembler {
  readonly op: (...ops: readonly PlainOp[]) => void;
  readonly lane: (op: LaneOp, lane: number) => void;
  readonly access: (op: MemoryOp, offset?: number) => void;
  readonly accessLane: (op: MemoryLaneOp, lane: number, offset?: number) => void;
  readonly i32: (value: number) => void;
  readonly f64: (value: number) => void;
  /** Both lanes the same number. */
  readonly both: (value: number) => void;
  /** The same from the table of constants. */
  readonly constant: (value: number) => void;
  /** Both lanes the same 64 bits. */
  readonly bothBits: (bits: bigint) => void;
  /** x*y + z, or z - x*y, of two lanes; rounded once where the module is encoded so. */
  readonly madd: (factors: () => void, addend: () => void, negative?: boolean) => void;
  readonly get: (local: Local) => void;
  readonly set: (local: Local) => void;
  readonly tee: (local: Local) => void;
  /** The value of a global, which does not change: it is read once, where the function begins. */
  readonly getGlobal: (name: string, type?: 'i32' | 'f64') => void;
  readonly call: (name: string) => void;
  /** A new local; its value is 0. */
  readonly local: (type: ValueType) => Local;
  /** What `inside` writes stands in a block, a loop, or the two arms of a branch. Labels are counted from the innermost. */
  readonly block: (inside: () => void) => void;
  readonly loop: (inside: () => void) => void;
  readonly branch: (then: () => void, otherwise?: () => void) => void;
  readonly br: (label: number) => void;
  readonly brIf: (label: number) => void;
  readonly finish: () => WasmFunction;
}

const empty = 0x40;

export function createAssembler(
  name: string,
  parameters: readonly ValueType[],
  results: readonly ValueType[],
): Assembler {
  const body: Code[] = [];
  const locals: ValueType[] = [];
  const push = (bytes: readonly number[]): void => {
    for (const byte of bytes) body.push(byte);
  };
  const op = (...ops: readonly PlainOp[]): void => {
    for (const each of ops) push(plainBytes(each));
  };
  const globals = new Map<string, Local>();
  const local = (type: ValueType): Local => {
    locals.push(type);
    return { index: parameters.length + locals.length - 1, type };
  };
  const getGlobal = (global: string, type: 'i32' | 'f64' = 'i32'): void => {
    const known = globals.get(global);
    const kept = known ?? local(type);
    if (known === undefined) globals.set(global, kept);
    push([0x20, ...unsigned(kept.index)]);
  };
  const prologue = (): readonly (number | Reference)[] =>
    [...globals].flatMap(([global, { index }]): readonly (number | Reference)[] => [
      0x23,
      { to: 'global', name: global },
      0x21,
      ...unsigned(index),
    ]);
  return {
    op,
    lane: (each, lane) => push(laneBytes(each, lane)),
    access: (each, offset = 0) => push(memoryBytes(each, offset)),
    accessLane: (each, lane, offset = 0) => push(memoryLaneBytes(each, offset, lane)),
    i32: (value) => push([0x41, ...signed(value)]),
    f64: (value) => push([0x44, ...bytesOf(value)]),
    both: (value) => push([0xfd, 0x0c, ...bytesOf(value), ...bytesOf(value)]),
    constant: (value) => {
      getGlobal(constantsGlobal);
      body.push({ to: 'constant', value });
    },
    bothBits: (bits) => {
      const bytes = bytesOfBits(bits);
      push([0xfd, 0x0c, ...bytes, ...bytes]);
    },
    madd: (factors, addend, negative = false) => {
      factors();
      body.push({ to: 'fuse', part: 'multiply', negative });
      addend();
      body.push({ to: 'fuse', part: 'add', negative });
    },
    get: ({ index }) => push([0x20, ...unsigned(index)]),
    set: ({ index }) => push([0x21, ...unsigned(index)]),
    tee: ({ index }) => push([0x22, ...unsigned(index)]),
    getGlobal,
    call: (callee) => body.push(0x10, { to: 'function', name: callee }),
    local,
    block: (inside) => {
      push([0x02, empty]);
      inside();
      op('end');
    },
    loop: (inside) => {
      push([0x03, empty]);
      inside();
      op('end');
    },
    branch: (then, otherwise) => {
      push([0x04, empty]);
      then();
      if (otherwise !== undefined) {
        op('else');
        otherwise();
      }
      op('end');
    },
    br: (label) => push([0x0c, ...unsigned(label)]),
    brIf: (label) => push([0x0d, ...unsigned(label)]),
    finish: () => {
      op('end');
      return { name, parameters, results, locals, body: [...prologue(), ...body] };
    },
  };
}

/** The parameters of a function as locals. */
export const parameterLocals = (types: readonly ValueType[]): readonly Local[] =>
  types.map((type, index) => ({ index, type }));

/** A whole number of 32 bits in signed LEB128. */
function signed(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}

function bytesOf(value: number): readonly number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer)];
}

function bytesOfBits(bits: bigint): readonly number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  return [...new Uint8Array(view.buffer)];
}
