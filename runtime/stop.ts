// Why a run ended. A closed set: nothing else ends a run.

import type { NonFinite } from './program.ts';

export type StopReason =
  | { readonly kind: 'rule' } // the stop rule of the run held
  | { readonly kind: 'method' } // the method asked to stop
  | { readonly kind: 'iterations' } // the limit on iterations
  | { readonly kind: 'time' } // the limit on time
  | { readonly kind: 'stalled' } // an iteration changed no state: nothing can change any more
  | { readonly kind: 'rounding' } // the value changed by no more than the rounding of the method's numbers, for half of the run
  | { readonly kind: 'interrupted' } // the person asked to stop
  | {
      readonly kind: 'nonfinite';
      readonly iteration: number;
      readonly value: 'nan' | 'infinite';
      /** What made it, where that was found. */
      readonly made: NonFinite | undefined;
    }
  | {
      readonly kind: 'fault';
      readonly iteration: number;
      readonly message: string;
      readonly place: number | undefined;
    };

/** A sentence for each reason, without its numbers. */
export const reasonText: { readonly [K in StopReason['kind']]: string } = {
  rule: 'the stop rule held',
  method: 'the method stopped',
  iterations: 'the limit on iterations was reached',
  time: 'the time limit was reached',
  stalled: 'an iteration changed nothing, so no further one can',
  rounding: 'the value changes by no more than rounding',
  interrupted: 'interrupted',
  nonfinite: 'a number stopped being finite',
  fault: 'the program failed',
};
