import type { TypedDistribution } from '../model/types.ts';

/** Whether drawn numbers are positions as the language counts them, from 1; labels and the IR count from 0. */
export const countsFromOne = ({ name, type }: TypedDistribution): boolean =>
  (name === 'categorical' || name === 'permutation') && typeof type.element === 'string';
