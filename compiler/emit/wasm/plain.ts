import type { Statement } from '../../schedule/statement.ts';

/** Works out a number and keeps it: no loop, no choice, no call. */
export const isPlain = ({ kind }: Statement): boolean =>
  kind === 'const' || kind === 'assign' || kind === 'store';
