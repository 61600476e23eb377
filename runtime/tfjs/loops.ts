// Loops of generated tfjs code: each turn frees all but what it gives, so the number of live tensors does not grow.
import type { Item } from './device.ts';
import type { DeviceTensor, Tfjs } from './tfjs.ts';

/** What may stand where an item does: an array for an array, any number for a number. */
export type Kinds<S extends readonly Item[]> = {
  readonly [K in keyof S]: S[K] extends number
    ? number
    : S[K] extends DeviceTensor
      ? DeviceTensor
      : Item;
};

type Stacks<O extends readonly Item[]> = { readonly [K in keyof O]: DeviceTensor };
type Shapes = readonly (readonly number[])[];

/** A turn that has outputs too: states, then outputs. */
type Told = readonly [readonly Item[], readonly Item[]];

/** A turn that has none. */
type Alone = readonly [readonly Item[], readonly []];

export interface Loops {
  /** So many turns from states to states; the last states. */
  readonly repeat: <S extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    turn: (states: Kinds<S>, index: number) => Kinds<S>,
  ) => Kinds<S>;
  readonly repeatAsync: <S extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    turn: (states: Kinds<S>, index: number) => Promise<Kinds<S>>,
  ) => Promise<Kinds<S>>;
  readonly repeatWhile: <S extends readonly Item[]>(
    start: readonly [...S],
    holds: (states: Kinds<S>) => Promise<boolean> | boolean,
    turn: (states: Kinds<S>) => Promise<Kinds<S>> | Kinds<S>,
  ) => Promise<Kinds<S>>;
  /** The same with outputs, stacked along a new first axis; `shapes` are theirs, for a loop without turns. The last states, and the stacks. */
  readonly scan: <S extends readonly Item[], O extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    shapes: Shapes,
    turn: (states: Kinds<S>, index: number) => readonly [Kinds<S>, readonly [...O]],
  ) => readonly [Kinds<S>, Stacks<O>];
  readonly scanAsync: <S extends readonly Item[], O extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    shapes: Shapes,
    turn: (states: Kinds<S>, index: number) => Promise<readonly [Kinds<S>, readonly [...O]]>,
  ) => Promise<readonly [Kinds<S>, Stacks<O>]>;
}

/** What loops ask of the device. */
export interface LoopMemory {
  readonly tf: Tfjs;
  readonly float: (x: DeviceTensor) => DeviceTensor;
  readonly mark: () => number;
  readonly free: (before: readonly Item[], now: readonly Item[], since: number) => void;
  readonly tidyAsync: <T>(
    work: () => Promise<T>,
    kept: (result: T) => readonly Item[],
  ) => Promise<T>;
}

const isTensor = (x: Item): x is DeviceTensor => typeof x !== 'number';

export function createLoops({ tf, float, mark, free, tidyAsync }: LoopMemory): Loops {
  const tensor = (x: Item): DeviceTensor => (isTensor(x) ? x : tf.scalar(x));

  /** Keeps what turns give, and frees what each of them replaced. */
  const keeper = (start: readonly Item[], shapes: Shapes = []) => {
    const outputs: DeviceTensor[][] = shapes.map(() => []);
    const since = mark();
    let states = start;
    /** Each array is one of its own: where it was there before, or stands twice, under a second handle, so that each may be freed. */
    const own = (): readonly Item[] =>
      states.map((item, k) =>
        isTensor(item) && (item.id <= since || states.indexOf(item) < k)
          ? tf.reshape(item, item.shape)
          : item,
      );
    return {
      states: (): readonly Item[] => states,
      own,
      take: ([next, told]: Told): void => {
        // A state that is an output too is freed when it is replaced: the output is one of its own.
        told.forEach((item, k) => {
          const x = tensor(item);
          outputs[k].push(tf.reshape(x, x.shape));
        });
        free(states, [...next, ...told], since);
        states = next;
      },
      told: (): Told => [
        own(),
        outputs.map((parts, k) => {
          if (parts.length === 0) return tf.zeros([0, ...shapes[k]]);
          const stacked = tf.tidy(() => tf.stack(parts.map(float)));
          tf.dispose(parts);
          return stacked;
        }),
      ],
    };
  };

  // The first signature of each is for its callers, the second for its body.
  function scan<S extends readonly Item[], O extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    shapes: Shapes,
    turn: (states: Kinds<S>, index: number) => readonly [Kinds<S>, readonly [...O]],
  ): readonly [Kinds<S>, Stacks<O>];
  function scan(
    count: number,
    start: readonly Item[],
    shapes: Shapes,
    turn: (states: readonly Item[], index: number) => Told,
  ): Told {
    const kept = keeper(start, shapes);
    for (let index = 0; index < count; index++) {
      let now: Told = [[], []];
      tf.tidy(() => {
        now = turn(kept.states(), index);
        return now.flat().filter(isTensor);
      });
      kept.take(now);
    }
    return kept.told();
  }

  function scanAsync<S extends readonly Item[], O extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    shapes: Shapes,
    turn: (states: Kinds<S>, index: number) => Promise<readonly [Kinds<S>, readonly [...O]]>,
  ): Promise<readonly [Kinds<S>, Stacks<O>]>;
  async function scanAsync(
    count: number,
    start: readonly Item[],
    shapes: Shapes,
    turn: (states: readonly Item[], index: number) => Promise<Told>,
  ): Promise<Told> {
    const kept = keeper(start, shapes);
    for (let index = 0; index < count; index++)
      kept.take(
        await tidyAsync(
          () => turn(kept.states(), index),
          (now) => now.flat(),
        ),
      );
    return kept.told();
  }

  function repeatWhile<S extends readonly Item[]>(
    start: readonly [...S],
    holds: (states: Kinds<S>) => Promise<boolean> | boolean,
    turn: (states: Kinds<S>) => Promise<Kinds<S>> | Kinds<S>,
  ): Promise<Kinds<S>>;
  async function repeatWhile(
    start: readonly Item[],
    holds: (states: readonly Item[]) => Promise<boolean> | boolean,
    turn: (states: readonly Item[]) => Promise<readonly Item[]> | readonly Item[],
  ): Promise<readonly Item[]> {
    const kept = keeper(start);
    const goesOn = (): Promise<boolean> =>
      tidyAsync(
        async () => await holds(kept.states()),
        () => [],
      );
    while (await goesOn())
      kept.take(
        await tidyAsync(
          async (): Promise<Told> => [await turn(kept.states()), []],
          ([states]) => states,
        ),
      );
    return kept.own();
  }

  function repeat<S extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    turn: (states: Kinds<S>, index: number) => Kinds<S>,
  ): Kinds<S>;
  function repeat(
    count: number,
    start: readonly Item[],
    turn: (states: readonly Item[], index: number) => readonly Item[],
  ): readonly Item[] {
    const told = scan(count, start, [], (states, index): Alone => [turn(states, index), []]);
    return told[0];
  }

  function repeatAsync<S extends readonly Item[]>(
    count: number,
    start: readonly [...S],
    turn: (states: Kinds<S>, index: number) => Promise<Kinds<S>>,
  ): Promise<Kinds<S>>;
  async function repeatAsync(
    count: number,
    start: readonly Item[],
    turn: (states: readonly Item[], index: number) => Promise<readonly Item[]>,
  ): Promise<readonly Item[]> {
    const alone = async (states: readonly Item[], index: number): Promise<Alone> => [
      await turn(states, index),
      [],
    ];
    const told = await scanAsync(count, start, [], alone);
    return told[0];
  }

  return { repeat, repeatAsync, repeatWhile, scan, scanAsync };
}
