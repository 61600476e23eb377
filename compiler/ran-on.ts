// Where a run took place.
import type { Ran } from '../runtime/result.ts';
import { targetOf } from './choose-target.ts';
import type { Session } from './session.ts';
import type { Specialised } from './specialise.ts';

export const ranOn = (
  { input }: Pick<Session, 'input'>,
  { device }: Pick<Specialised, 'device'>,
): Ran => ({
  target: device === undefined ? targetOf(input) : 'tfjs',
  threads: input.heap?.threads() ?? 1,
});
