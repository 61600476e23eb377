// One function of a WebAssembly module while it is written: its locals and its instructions. Functions and globals are named; their numbers are
// known when the module is put together.
import { createCodeBuffer, type Piece } from './code-buffer.ts';
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

/** What is known when the module is put together. */
export type Later = Reference | FusedPart | ConstantLoad;

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: readonly Piece<Later>[];
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
  const body = createCodeBuffer<Later>();
  const locals: ValueType[] = [];
  const op = (...ops: readonly PlainOp[]): void => {
    for (const each of ops) body.bytes(plainBytes(each));
  };
  const numbered = (opcode: number, index: number): void => {
    body.byte(opcode);
    if (index < 128) body.byte(index);
    else body.bytes(unsigned(index));
  };
  /** Eight bytes, written as a number or as bits. */
  const view = new DataView(new ArrayBuffer(8));
  const eight = new Uint8Array(view.buffer);
  const globals = new Map<string, Local>();
  const local = (type: ValueType): Local => {
    locals.push(type);
    return { index: parameters.length + locals.length - 1, type };
  };
  const getGlobal = (global: string, type: 'i32' | 'f64' = 'i32'): void => {
    const known = globals.get(global);
    const kept = known ?? local(type);
    if (known === undefined) globals.set(global, kept);
    numbered(0x20, kept.index);
  };
  const prologue = (): Piece<Later> => {
    const start = createCodeBuffer<Later>();
    for (const [global, { index }] of globals) {
      start.byte(0x23);
      start.mark({ to: 'global', name: global });
      start.byte(0x21);
      start.bytes(unsigned(index));
    }
    return start.finish();
  };
  return {
    op,
    lane: (each, lane) => body.bytes(laneBytes(each, lane)),
    access: (each, offset = 0) => body.bytes(memoryBytes(each, offset)),
    accessLane: (each, lane, offset = 0) => body.bytes(memoryLaneBytes(each, offset, lane)),
    i32: (value) => {
      body.byte(0x41);
      body.bytes(signed(value));
    },
    f64: (value) => {
      view.setFloat64(0, value, true);
      body.byte(0x44);
      body.bytes(eight);
    },
    both: (value) => {
      view.setFloat64(0, value, true);
      body.byte(0xfd);
      body.byte(0x0c);
      body.bytes(eight);
      body.bytes(eight);
    },
    constant: (value) => {
      getGlobal(constantsGlobal);
      body.mark({ to: 'constant', value });
    },
    bothBits: (bits) => {
      view.setBigUint64(0, BigInt.asUintN(64, bits), true);
      body.byte(0xfd);
      body.byte(0x0c);
      body.bytes(eight);
      body.bytes(eight);
    },
    madd: (factors, addend, negative = false) => {
      factors();
      body.mark({ to: 'fuse', part: 'multiply', negative });
      addend();
      body.mark({ to: 'fuse', part: 'add', negative });
    },
    get: ({ index }) => numbered(0x20, index),
    set: ({ index }) => numbered(0x21, index),
    tee: ({ index }) => numbered(0x22, index),
    getGlobal,
    call: (callee) => {
      body.byte(0x10);
      body.mark({ to: 'function', name: callee });
    },
    local,
    block: (inside) => {
      body.byte(0x02);
      body.byte(empty);
      inside();
      op('end');
    },
    loop: (inside) => {
      body.byte(0x03);
      body.byte(empty);
      inside();
      op('end');
    },
    branch: (then, otherwise) => {
      body.byte(0x04);
      body.byte(empty);
      then();
      if (otherwise !== undefined) {
        op('else');
        otherwise();
      }
      op('end');
    },
    br: (label) => numbered(0x0c, label),
    brIf: (label) => numbered(0x0d, label),
    finish: () => {
      op('end');
      return { name, parameters, results, locals, body: [prologue(), body.finish()] };
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
