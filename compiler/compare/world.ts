// What a comparison needs from outside, and what it does where nothing is given.
import type { Observer } from '../../runtime/observe.ts';
import type { Limits } from '../../runtime/run.ts';
import type { CompareModel } from '../model/types.ts';

export interface CompareOptions {
  /** From the command line; they take the place of `stop when`. */
  readonly limits?: Partial<Limits>;
  readonly tolerance?: number;
  readonly progress?: CompareProgress;
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
}

export interface CompareProgress {
  /** A run begins. */
  readonly run: (label: string, done: number, total: number) => Observer;
  readonly timing: (done: number, total: number) => void;
  readonly end: () => void;
}

/** The options with everything filled in. */
export type World = CompareOptions & Required<Omit<CompareOptions, 'tolerance'>>;

export const worldOf = (options: CompareOptions): World => ({ ...quiet, ...options });

const quiet = {
  limits: {},
  progress: {
    run: (): Observer => ({}),
    timing: (): void => undefined,
    end: (): void => undefined,
  },
  interrupted: (): boolean => false,
  breathe: (): Promise<void> => Promise.resolve(),
} satisfies CompareOptions;

/** `stop when`, unless the command line sets limits in its place. */
export function stopOf(
  compare: CompareModel,
  { limits = {}, tolerance }: CompareOptions,
): CompareModel['stop'] {
  const overridden = tolerance !== undefined || Object.keys(limits).length > 0;
  return overridden ? undefined : compare.stop;
}
