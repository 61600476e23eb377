// The instructions of WebAssembly that we use, by their names in the specification (WebAssembly 2.0 and the SIMD proposal), as their bytes.

const plain = {
  unreachable: 0x00,
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'f64.eq': 0x61,
  'f64.ne': 0x62,
  'f64.lt': 0x63,
  'f64.gt': 0x64,
  'f64.le': 0x65,
  'f64.ge': 0x66,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'f64.abs': 0x99,
  'f64.neg': 0x9a,
  'f64.ceil': 0x9b,
  'f64.floor': 0x9c,
  'f64.trunc': 0x9d,
  'f64.nearest': 0x9e,
  'f64.sqrt': 0x9f,
  'f64.add': 0xa0,
  'f64.sub': 0xa1,
  'f64.mul': 0xa2,
  'f64.div': 0xa3,
  'f64.min': 0xa4,
  'f64.max': 0xa5,
  'f64.copysign': 0xa6,
  'f64.convert_i32_s': 0xb7,
} as const;

/** Behind the prefix 0xfd; the last two are of the relaxed SIMD proposal. */
const simd = {
  'i64x2.splat': 0x12,
  'f64x2.splat': 0x14,
  'f64x2.eq': 0x47,
  'f64x2.ne': 0x48,
  'f64x2.lt': 0x49,
  'f64x2.gt': 0x4a,
  'f64x2.le': 0x4b,
  'f64x2.ge': 0x4c,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'v128.any_true': 0x53,
  'f64x2.ceil': 0x74,
  'f64x2.floor': 0x75,
  'f64x2.trunc': 0x7a,
  'f64x2.nearest': 0x94,
  'i64x2.shl': 0xcb,
  'i64x2.shr_s': 0xcc,
  'i64x2.shr_u': 0xcd,
  'i64x2.add': 0xce,
  'i64x2.sub': 0xd1,
  'f64x2.abs': 0xec,
  'f64x2.neg': 0xed,
  'f64x2.sqrt': 0xef,
  'f64x2.add': 0xf0,
  'f64x2.sub': 0xf1,
  'f64x2.mul': 0xf2,
  'f64x2.div': 0xf3,
  'f64x2.min': 0xf4,
  'f64x2.max': 0xf5,
  'f64x2.relaxed_madd': 0x107,
  'f64x2.relaxed_nmadd': 0x108,
} as const;

/** Behind the prefix 0xfd, with the number of a lane. */
const lanes = { 'f64x2.extract_lane': 0x21, 'f64x2.replace_lane': 0x22 } as const;

/** Behind the prefix 0xfc, with the index of the memory. */
const bulk = { 'memory.copy': [0x0a, 0, 0], 'memory.fill': [0x0b, 0] } as const;

/** Behind the prefix 0xfc. */
const saturating = { 'i32.trunc_sat_f64_s': 0x02 } as const;

/** Loads and stores, with their alignment as a power of two. */
const memory = {
  'i32.load': [[0x28], 2],
  'i32.load8_u': [[0x2d], 0],
  'i32.store': [[0x36], 2],
  'i64.load': [[0x29], 3],
  'i64.store': [[0x37], 3],
  'f64.load': [[0x2b], 3],
  'f64.store': [[0x39], 3],
  'v128.load': [[0xfd, 0x00], 3],
  'v128.load64_splat': [[0xfd, 0x0a], 3],
  'v128.store': [[0xfd, 0x0b], 3],
} as const;

/** Loads and stores of one lane. */
const memoryLanes = { 'v128.load64_lane': 0x57, 'v128.store64_lane': 0x5b } as const;

export type PlainOp =
  keyof typeof plain | keyof typeof simd | keyof typeof bulk | keyof typeof saturating;
export type LaneOp = keyof typeof lanes;
export type MemoryOp = keyof typeof memory;
export type MemoryLaneOp = keyof typeof memoryLanes;

/** An unsigned number in LEB128. */
export function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const table: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...Object.entries(plain).map(([name, byte]) => [name, [byte]] as const),
  ...Object.entries(simd).map(([name, code]) => [name, [0xfd, ...unsigned(code)]] as const),
  ...Object.entries(bulk).map(([name, bytes]) => [name, [0xfc, ...bytes]] as const),
  ...Object.entries(saturating).map(([name, code]) => [name, [0xfc, code]] as const),
]);

export const plainBytes = (op: PlainOp): readonly number[] => table.get(op) ?? [];

export const laneBytes = (op: LaneOp, lane: number): readonly number[] => [0xfd, lanes[op], lane];

export const memoryBytes = (op: MemoryOp, offset: number): readonly number[] => {
  const [bytes, align] = memory[op];
  return [...bytes, align, ...unsigned(offset)];
};

export const memoryLaneBytes = (
  op: MemoryLaneOp,
  offset: number,
  lane: number,
): readonly number[] => [0xfd, memoryLanes[op], 3, ...unsigned(offset), lane];

/** What an assignment does to the number before. */
export const changeOps = { '+=': 'f64.add', '-=': 'f64.sub', '*=': 'f64.mul' } as const;
