// Innermost loops two numbers at a time. Sums keep several accumulators, so that additions need not wait for one another; what is left over at the end is done
// one by one.
import { scalarsBelow, type Scalar, type ScalarOf } from '../../schedule/scalar.ts';
import type { Local } from './assembler.ts';
import { writeSteps } from './loop.ts';
import { changeOps, type PlainOp } from './opcodes.ts';
import { unaryRules } from './scalar.ts';
import { newFrame, pointerOf, prepare, type Frame, type Turn } from './vector-frame.ts';
import type { Reduction, Step, VectorLoop } from './vector-loop.ts';
import { writeAddress } from './index.ts';
import { atLane, writeMask, writeVector } from './vector-scalar.ts';
import { getName, setName, type VectorLocal, type Writer } from './writer.ts';

/** Goes from `counter` as far as whole steps reach, and leaves the rest: `counter` then stands at the first entry that is not done. */
export function writeVectorLoop(loop: VectorLoop, writer: Writer, counter: Local, to: Local): void {
  const { code } = writer;
  const unroll = unrollOf(loop);
  const accumulators = accumulatorsOf(loop, unroll);
  writeSteps(code, counter, to, 2 * unroll, () => {
    const frame = newFrame(loop, counter, unroll);
    prepare(frame);
    const sums = loop.steps.map(({ step, writer: own }) =>
      step.kind === 'reduce' ? startSums(own, step, accumulators) : [],
    );
    const together = addedTogether(frame);
    return {
      pointers: () => frame.pointers.values(),
      step: () => {
        for (let u = 0; u < unroll; u++) writeTurn(frame, u, sums, together);
      },
      after: () =>
        loop.steps.forEach(({ step, writer: own }, k) => {
          if (step.kind === 'reduce') endSums(own, step, sums[k]);
        }),
    };
  });
}

/** Two entries that need not be neighbours; the constants that were worked out. */
export function writePair(
  loop: VectorLoop,
  writer: Writer,
  [one, other]: readonly [Local, Local],
): ReadonlyMap<string, VectorLocal> {
  const frame = newFrame(loop, one, 1, other);
  prepare(frame);
  const sums = loop.steps.map(({ step, writer: own }) =>
    step.kind === 'reduce' ? startSums(own, step, 1) : [],
  );
  const vectors = new Map(writer.vectors);
  writeTurn(frame, 0, sums, new Map(), vectors);
  loop.steps.forEach(({ step, writer: own }, k) => {
    if (step.kind === 'reduce') endSums(own, step, sums[k]);
  });
  for (const name of writer.vectors.keys()) vectors.delete(name);
  return vectors;
}

/** Short bodies are repeated: their additions overlap, and addresses move once for all. Of rows side by side each counts by itself. */
function unrollOf({ steps }: VectorLoop): number {
  const below = steps.flatMap(({ step, writer }) => scalarsBelow(writer.pool, [step.value]));
  if (below.some((x) => x.kind === 'unary' && unaryRules[x.fn].kind !== 'op')) return 1;
  const work = below.length / new Set(steps.map(({ writer }) => writer)).size;
  return work <= 10 ? 4 : work <= 24 ? 2 : 1;
}

/** Of each sum: as many as keep the processor busy and have room in its registers. */
function accumulatorsOf({ steps }: VectorLoop, unroll: number): number {
  const reductions = steps.filter(({ step }) => step.kind === 'reduce').length;
  return Math.min(unroll, Math.ceil(8 / reductions));
}

type Reduce = Extract<Step, { readonly kind: 'reduce' }>;

const identities: { readonly [R in Reduction]: number } = {
  sum: 0,
  prod: 1,
  max: -Infinity,
  min: Infinity,
};

const combine: { readonly [R in Reduction]: { readonly both: PlainOp; readonly one: PlainOp } } = {
  sum: { both: 'f64x2.add', one: 'f64.add' },
  prod: { both: 'f64x2.mul', one: 'f64.mul' },
  max: { both: 'f64x2.max', one: 'f64.max' },
  min: { both: 'f64x2.min', one: 'f64.min' },
};

function startSums({ code }: Writer, { reduction }: Reduce, count: number): readonly Local[] {
  return Array.from({ length: count }, () => {
    const sum = code.local('v128');
    code.both(identities[reduction]);
    code.set(sum);
    return sum;
  });
}

function endSums(
  writer: Writer,
  { name, reduction, negative }: Reduce,
  sums: readonly Local[],
): void {
  const { code } = writer;
  const { both, one } = combine[reduction];
  const [first, ...rest] = sums;
  code.get(first);
  for (const sum of rest) {
    code.get(sum);
    code.op(both);
  }
  code.set(first);
  getName(writer, name);
  for (const lane of [0, 1]) {
    code.get(first);
    code.lane('f64x2.extract_lane', lane);
    if (lane === 1) code.op(one);
  }
  code.op(negative ? 'f64.sub' : one);
  setName(writer, name);
}

type Store = Extract<Step, { readonly kind: 'store' }>;

/** How often an entry is added to in one turn, by its address, where all that the loop does with the array is to add: it is then read and written once. */
function addedTogether(frame: Frame): ReadonlyMap<Local, number> {
  const { steps } = frame.loop;
  const read = new Set(
    steps.flatMap(({ step, writer }) =>
      scalarsBelow(writer.pool, [step.value]).flatMap((x) => (x.kind === 'load' ? [x.array] : [])),
    ),
  );
  const stores = steps.flatMap(({ step, writer }) =>
    step.kind === 'store' ? [{ step, pointer: pointerOf(frame, writer, step.array, step.at) }] : [],
  );
  const times = new Map<Local, number>();
  for (const { pointer } of stores) times.set(pointer, (times.get(pointer) ?? 0) + 1);
  const apart = stores.filter(
    ({ step: { array, op } }) =>
      read.has(array) ||
      (op !== '+=' && op !== '-=') ||
      stores.some(({ step, pointer }) => step.array === array && times.get(pointer) === 1),
  );
  for (const { pointer } of apart) times.delete(pointer);
  return times;
}

/** One step of two numbers; the u-th of those that are written out. */
function writeTurn(
  frame: Frame,
  u: number,
  sums: readonly (readonly Local[])[],
  together: ReadonlyMap<Local, number>,
  vectors = new Map<string, VectorLocal>(),
): void {
  const known = new Map<Local, Local>();
  const decays = new Map<Local, Local>();
  const entries = new Map<Local, Entry>();
  frame.loop.steps.forEach(({ step, writer: around }, k) => {
    const { code } = around;
    const writer: Writer = { ...around, vectors, decays: new Map() };
    const turn: Turn = { frame, u, known, decays, writer };
    switch (step.kind) {
      case 'const': {
        const local = code.local('v128');
        if (step.mask) writeMask(turn, step.value);
        else writeVector(turn, step.value);
        code.set(local);
        vectors.set(step.name, { local, mask: step.mask });
        return;
      }
      case 'reduce': {
        const sum = sums[k][u % sums[k].length];
        if (step.reduction === 'sum') writeSum(turn, step.value, false, () => code.get(sum));
        else {
          code.get(sum);
          writeVector(turn, step.value);
          code.op(combine[step.reduction].both);
        }
        return code.set(sum);
      }
      case 'store':
        return writeStore(turn, step, together, entries);
    }
  });
}

/** Leaves sum + x, or sum - x; a product is added at once. */
function writeSum(turn: Turn, x: Scalar, negative: boolean, sum: () => void): void {
  const { code } = turn.writer;
  if (isProduct(x))
    return code.madd(
      () => {
        writeVector(turn, x.x);
        writeVector(turn, x.y);
      },
      sum,
      negative,
    );
  sum();
  writeVector(turn, x);
  code.op(negative ? 'f64x2.sub' : 'f64x2.add');
}

const isProduct = (x: Scalar): x is ScalarOf<'binary'> => x.kind === 'binary' && x.fn === 'mul';

/** Two entries that are added to, and how often they still will be. */
interface Entry {
  readonly local: Local;
  left: number;
}

/** Two entries that are not neighbours. */
function writeStoreApart(
  turn: Turn,
  { array, at, op, value }: Pick<Store, 'array' | 'at' | 'op' | 'value'>,
): void {
  const { code } = turn.writer;
  const both = code.local('v128');
  writeVector(turn, value);
  code.set(both);
  for (const lane of lanes) {
    const address = code.local('i32');
    const offset = writeAddress(atLane(turn, lane), array, at);
    code.tee(address);
    if (op !== '=') {
      code.get(address);
      code.access('f64.load', offset);
    }
    code.get(both);
    code.lane('f64x2.extract_lane', lane);
    if (op !== '=') code.op(changeOps[op]);
    code.access('f64.store', offset);
  }
}

const lanes = [0, 1] as const;

function writeStore(
  turn: Turn,
  { array, at, op, value }: Store,
  together: ReadonlyMap<Local, number>,
  entries: Map<Local, Entry>,
): void {
  const { frame, u, writer } = turn;
  const { code } = writer;
  if (frame.apart !== undefined) return writeStoreApart(turn, { array, at, op, value });
  const pointer = pointerOf(frame, writer, array, at);
  const before = (): void => {
    code.get(pointer);
    code.access('v128.load', 16 * u);
  };
  const times = together.get(pointer);
  if (times !== undefined) {
    const known = entries.get(pointer);
    const entry = known ?? { local: code.local('v128'), left: times };
    entries.set(pointer, entry);
    entry.left--;
    if (entry.left === 0) code.get(pointer);
    writeSum(turn, value, op === '-=', known === undefined ? before : () => code.get(entry.local));
    if (entry.left === 0) code.access('v128.store', 16 * u);
    else code.set(entry.local);
    return;
  }
  code.get(pointer);
  if (op === '=') writeVector(turn, value);
  else if (op === '*=') {
    before();
    writeVector(turn, value);
    code.op('f64x2.mul');
  } else writeSum(turn, value, op === '-=', before);
  code.access('v128.store', 16 * u);
}
