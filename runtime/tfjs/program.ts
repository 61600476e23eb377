// The frame around a step that tfjs carries out: states on the device, replaced at each iteration, read back only when somebody asks.
import { RuntimeFault } from '../fault.ts';
import { dense } from '../kernels/tensors.ts';
import type { Advanced, OracleCounts, Program, Values } from '../program.ts';
import type { DenseTensor } from '../tensor.ts';
import type { Device, Item } from './device.ts';
import type { DeviceTensor } from './tfjs.ts';

export type Items = Readonly<Record<string, Item>>;

/** States by name. */
type Named<S> = { readonly [K in keyof S]: Item };

/** What one iteration gives. */
export interface Turn<S extends Named<S> = Items> {
  readonly states: S;
  readonly reports?: Items;
  /** Whether the method itself is done. */
  readonly done?: Item | boolean;
}

export interface DeviceParts<S extends Named<S> = Items> {
  readonly counts: OracleCounts;
  /** The shape of each state; empty for numbers that stay on this side. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** States that are numbers on this side. */
  readonly numbers: readonly string[];
  readonly init: () => S | Promise<S>;
  readonly iterate: (states: S, iteration: number) => Turn<S> | Promise<Turn<S>>;
  readonly answer: (states: S) => Items | Promise<Items>;
  /** Whether the answer has to be waited for. */
  readonly waits?: boolean;
  /** The answer before the first iteration, where it is not the same. */
  readonly startAnswer?: (states: S) => Items | Promise<Items>;
}

/** How many iterations run between two questions whether the method is done, where asking means waiting. */
const unasked = 16;

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;
const isTensor = (x: Item | boolean | undefined): x is DeviceTensor => typeof x === 'object';

/** What has been read of the present states. */
interface Reading {
  readonly states: Values;
  readonly answer: Values;
  readonly reports: Readonly<Record<string, number>>;
}

// The first signature is for its callers, the second for its body.
export function deviceProgram<S extends Named<S>>(device: Device, parts: DeviceParts<S>): Program;
export function deviceProgram(device: Device, parts: DeviceParts): Program {
  const { counts } = parts;
  const atStart = { ...counts };
  device.hold();
  const since = device.mark();
  let states: Items = {};
  let reports: Items = {};
  let begun = false;
  let reading: Reading | undefined;

  const dispose = (old: Items, now: readonly Item[]): void =>
    device.free(Object.values(old), now, since);

  const turned = ({ states: next, reports: told = {} }: Turn): void => {
    const now = [...Object.values(next), ...Object.values(told)];
    dispose(states, now);
    dispose(reports, now);
    states = next;
    reports = told;
    reading = undefined;
  };

  /** Runs what may or may not wait, freeing all but what it gives. */
  function scoped<T>(work: () => T | Promise<T>, kept: (result: T) => readonly Item[]) {
    const engine = device.tf.engine();
    engine.startScope();
    const end = (result: T): T => {
      engine.endScope(kept(result).filter(isTensor));
      return result;
    };
    const fail = (error: unknown): never => {
      engine.endScope([]);
      throw error;
    };
    try {
      const result = work();
      return isPromise(result) ? result.then(end, fail) : end(result);
    } catch (error) {
      return fail(error);
    }
  }

  const keptOf = ({ states: next, reports: told = {}, done }: Turn): readonly Item[] => [
    ...Object.values(next),
    ...Object.values(told),
    ...(isTensor(done) ? [done] : []),
  ];
  const worked = { iterations: 0, dispatches: 0, own: 0 };
  const iterate = (iteration: number): Turn | Promise<Turn> => {
    const { all, own } = device.dispatches ?? { all: 0, own: 0 };
    const counted = (turn: Turn): Turn => {
      worked.iterations++;
      worked.dispatches += (device.dispatches?.all ?? 0) - all;
      worked.own += (device.dispatches?.own ?? 0) - own;
      return turn;
    };
    const turn = scoped(() => parts.iterate(states, iteration), keptOf);
    return isPromise(turn) ? turn.then(counted) : counted(turn);
  };

  const isDone = (done: Turn['done']): boolean | Promise<boolean> => {
    if (!isTensor(done)) return done === true || (typeof done === 'number' && done !== 0);
    const read = (values: ArrayLike<number>): boolean => {
      device.traffic.reads++;
      done.dispose();
      return values[0] !== 0;
    };
    return device.immediate ? read(done.dataSync()) : device.data(done).then(read);
  };
  const taken = (turn: Turn): boolean | Promise<boolean> => {
    turned(turn);
    return isDone(turn.done);
  };
  const step = (iteration: number): boolean | Promise<boolean> => {
    begun = true;
    const turn = iterate(iteration);
    return isPromise(turn) ? turn.then(taken) : taken(turn);
  };

  function advance(done: number, to: number): Advanced | Promise<Advanced> {
    if (!device.immediate) return advanceInBlocks(done, to);
    for (let iteration = done + 1; iteration <= to; iteration++) {
      const asked = step(iteration);
      if (isPromise(asked)) return goOn(asked, iteration, to);
      if (asked) return { iteration, asked };
    }
    return { iteration: to, asked: false };
  }
  async function goOn(first: Promise<boolean>, at: number, to: number): Promise<Advanced> {
    if (await first) return { iteration: at, asked: true };
    for (let iteration = at + 1; iteration <= to; iteration++)
      if (await step(iteration)) return { iteration, asked: true };
    return { iteration: to, asked: false };
  }

  /** Whether the method is done is asked once a block; where it was, the block is run again up to there. */
  async function advanceInBlocks(done: number, to: number): Promise<Advanced> {
    for (let from = done; from < to; from += unasked) {
      const end = Math.min(from + unasked, to);
      const before = { states, reports, counts: { ...counts } };
      const asked: DeviceTensor[] = [];
      let stopped: number | undefined;
      begun = true;
      let at = from;
      while (at < end && stopped === undefined) {
        at++;
        const turn = await iterate(at);
        const now = keptOf(turn);
        // What the block began with is kept for going again.
        const first = [...Object.values(before.states), ...Object.values(before.reports)];
        device.free(
          [...Object.values(states), ...Object.values(reports)],
          [...now, ...first],
          since,
        );
        states = turn.states;
        reports = turn.reports ?? {};
        reading = undefined;
        if (isTensor(turn.done)) asked.push(turn.done);
        else if (await isDone(turn.done)) stopped = at;
      }
      if (asked.length > 0) {
        const flags = await allOf(asked);
        const index = flags.findIndex((flag) => flag !== 0);
        if (index >= 0) {
          const last = from + index + 1;
          if (last < at) {
            const now = [...Object.values(before.states), ...Object.values(before.reports)];
            dispose(states, now);
            dispose(reports, now);
            states = before.states;
            reports = before.reports;
            Object.assign(counts, before.counts);
            for (let k = from + 1; k <= last; k++) await step(k);
            return { iteration: last, asked: true };
          }
          stopped = last;
        }
      }
      const now = [...Object.values(states), ...Object.values(reports)];
      dispose(before.states, now);
      dispose(before.reports, now);
      if (stopped !== undefined) return { iteration: stopped, asked: true };
    }
    return { iteration: to, asked: false };
  }
  async function allOf(flags: DeviceTensor[]): Promise<number[]> {
    device.traffic.reads++;
    const { tf } = device;
    const stacked = tf.tidy(() => tf.stack(flags.map((flag) => device.float(flag))));
    const values = Array.from(await device.data(stacked));
    for (const flag of [...flags, stacked]) flag.dispose();
    return values;
  }

  const flat = (values: ArrayLike<number>): DenseTensor => {
    const data = Float64Array.from(values);
    return dense([data.length], data);
  };
  const allStates = (data: (x: Item) => DenseTensor): Values =>
    Object.fromEntries<DenseTensor>([
      ...Object.entries(states).map(([name, x]) => [name, data(x)] as const),
      ['', dense([], Float64Array.of(begun ? 1 : 0))],
    ]);
  const numberOf = (x: number): DenseTensor => dense([], Float64Array.of(x));
  const answers = (): Items | Promise<Items> =>
    begun || parts.startAnswer === undefined ? parts.answer(states) : parts.startAnswer(states);

  /** Reads without waiting. */
  function readNow(): Reading {
    const values = (x: DeviceTensor): ArrayLike<number> => {
      device.traffic.reads++;
      return x.dataSync();
    };
    const own = allStates((x) => (isTensor(x) ? flat(values(x)) : numberOf(x)));
    const told = Object.fromEntries(
      Object.entries(reports).map(([name, x]) => [name, isTensor(x) ? values(x)[0] : x]),
    );
    let answer: Values = {};
    device.tf.tidy(() => {
      const items = answers();
      if (isPromise(items)) throw new RuntimeFault('the answer has to be waited for');
      answer = Object.fromEntries(
        Object.entries(items).map(([name, x]) => [
          name,
          isTensor(x) ? dense([...x.shape], Float64Array.from(values(x))) : numberOf(x),
        ]),
      );
      return [];
    });
    return { states: own, answer, reports: told };
  }

  async function readLater(): Promise<Reading> {
    const read = new Map<Item, DenseTensor>();
    // All at once: each comes back in its own time.
    const fetch = async (items: readonly Item[]): Promise<void> => {
      const wanted = new Set(items.filter(isTensor).filter((x) => !read.has(x)));
      device.traffic.reads += wanted.size;
      await Promise.all(
        [...wanted].map(async (x) =>
          read.set(x, dense([...x.shape], Float64Array.from(await device.data(x)))),
        ),
      );
    };
    await fetch([...Object.values(states), ...Object.values(reports)]);
    const of = (x: Item): DenseTensor =>
      isTensor(x) ? (read.get(x) ?? numberOf(NaN)) : numberOf(x);
    const answer: Record<string, DenseTensor> = {};
    await device.tidyAsync(
      async () => {
        const items = await answers();
        await fetch(Object.values(items));
        for (const [name, x] of Object.entries(items)) answer[name] = of(x);
      },
      () => [],
    );
    return {
      states: allStates((x) => (isTensor(x) ? flat(of(x).data) : of(x))),
      answer,
      reports: Object.fromEntries(
        Object.entries(reports).map(([name, x]) => [name, of(x).data[0]]),
      ),
    };
  }

  const waits = !device.immediate || parts.waits === true;
  const present = (): Reading => (reading ??= readNow());
  const began = (start: Items): void => turned({ states: start });
  return {
    counts,
    init: () => {
      begun = false;
      Object.assign(counts, atStart);
      const start = scoped(parts.init, (items) => Object.values(items));
      return isPromise(start) ? start.then(began) : began(start);
    },
    step,
    advance,
    settle: async () => {
      if (reading !== undefined) return;
      reading = waits ? await readLater() : readNow();
    },
    answer: () => present().answer,
    reports: () => present().reports,
    save: () => present().states,
    restore: (saved) => {
      const next = Object.fromEntries(
        Object.entries(parts.shapes).map(([name, shape]): [string, Item] => [
          name,
          parts.numbers.includes(name)
            ? saved[name].data[0]
            : device.upload(saved[name].data, shape),
        ]),
      );
      turned({ states: next });
      begun = saved[''].data[0] === 1;
    },
    trace: () => undefined,
    work: () => (device.dispatches === undefined ? undefined : { ...worked }),
    dispose: () => {
      turned({ states: {} });
      device.dispose();
    },
  };
}
