// Sizes as they are for the data and settings at hand, whole-number params among them.
import type { Session } from './session.ts';
import type { Sizes } from './tensor/dim.ts';
import { constantEntry } from './tensor/shape.ts';

export function knownSizes({ input, lowered }: Pick<Session, 'input' | 'lowered'>): Sizes {
  const params = lowered.problem.params.flatMap(({ name, value }): [string, number][] => {
    const given = input.params[name] ?? (value === undefined ? undefined : constantEntry(value));
    return typeof given === 'number' ? [[name, given]] : [];
  });
  return { ...Object.fromEntries(params), ...input.sizes };
}
