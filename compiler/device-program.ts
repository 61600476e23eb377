// A step on a device that goes on in 64 bits on the CPU, from the last states that came back, where the device fails.
import type { Advanced, Program, StepProgram, Values } from '../runtime/program.ts';

/** States that came back from the device. */
interface Reached {
  readonly states: Values;
  readonly counts: Program['counts'];
}

export interface FallingBack {
  /** Sets the step up on the device. */
  readonly device: () => Program;
  /** The same step on this side. */
  readonly here: StepProgram;
  /** Why the device failed, where an error means that; undefined while it works. */
  readonly trouble: (error: unknown) => string | undefined;
  /** Told once, before the run goes on here: after which iteration. */
  readonly tell: (why: string, iteration: number) => void;
}

export function fallingBack({ device: create, here, trouble, tell }: FallingBack): Program {
  const begun = setUp(create, trouble);
  if (typeof begun === 'string') {
    tell(begun, 0);
    return here;
  }
  const device = begun;
  const { counts } = device;
  let lost = false;
  let reached: Reached | undefined;
  /** The last iteration before what the device did since then. */
  let from: number | undefined;

  /** What this side does, counted where the run looks. */
  const counted = <T>(work: () => T): T => {
    Object.assign(here.counts, counts);
    const result = work();
    Object.assign(counts, here.counts);
    return result;
  };
  const go = (done: number, to: number): Advanced =>
    counted(() => {
      for (let k = done + 1; k <= to; k++) if (here.step(k)) return { iteration: k, asked: true };
      return { iteration: to, asked: false };
    });
  /** Goes to this side, and over what the device did since its states came back. */
  const fall = (why: string, to: number): Advanced => {
    lost = true;
    tell(why, from ?? to);
    if (reached === undefined) {
      counted(() => here.init());
      return go(0, to);
    }
    here.restore(reached.states);
    if (from === undefined) return { iteration: to, asked: false };
    Object.assign(counts, reached.counts);
    return go(from, to);
  };
  /** Work on the device, or on this side where the device fails at it. */
  const attempt = async <T>(
    work: () => T | Promise<T>,
    otherwise: (why: string) => T,
  ): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const why = trouble(error);
      if (why === undefined) throw error;
      return otherwise(why);
    }
  };

  let iteration = 0;
  return {
    counts,
    init: async () => {
      [iteration, from, reached] = [0, undefined, undefined];
      if (lost) return counted(() => here.init());
      await attempt(
        async () => {
          await device.init();
          here.init();
          device.restore(here.save());
        },
        (why) => void fall(why, 0),
      );
    },
    step: async (k) => {
      if (lost) return go(k - 1, k).asked;
      from ??= k - 1;
      iteration = k;
      return attempt(
        () => device.step(k),
        (why) => fall(why, k).asked,
      );
    },
    advance: async (done, to) => {
      if (lost) return go(done, to);
      from ??= done;
      const moved = await attempt(
        () => device.advance?.(done, to) ?? { iteration: done, asked: false },
        (why) => fall(why, to),
      );
      ({ iteration } = moved);
      return moved;
    },
    settle: async () => {
      if (lost) return;
      await attempt(
        async () => {
          await device.settle?.();
          reached = { states: device.save(), counts: { ...counts } };
          from = undefined;
        },
        (why) => void fall(why, iteration),
      );
    },
    answer: () => (lost ? here : device).answer(),
    reports: () => (lost ? here : device).reports(),
    save: () => (lost ? here : device).save(),
    restore: (states) => {
      reached = { states, counts: { ...counts } };
      from = undefined;
      (lost ? here : device).restore(states);
    },
    trace: here.trace,
    work: () => device.work?.(),
    dispose: () => device.dispose?.(),
  };
}

/** The step on the device, or why there is none. */
function setUp(create: () => Program, trouble: FallingBack['trouble']): Program | string {
  try {
    return create();
  } catch (error) {
    const why = trouble(error);
    if (why === undefined) throw error;
    return why;
  }
}
