// Evidence that a goal has no bound: points along a ray that keep all constraints while the goal falls at least as fast as the way grows.
import type { Values } from '../program.ts';
import type { Certifier } from './certifier.ts';

/** How far along the ray it is measured. */
const lengths = [1, 1e3, 1e6, 1e9];

/** Of a thousandfold way the goal must fall by this factor more: a line falls by 1000. */
const leastGrowth = 100;

/** A sentence with the last point's value, or undefined where the points show nothing. */
export function unboundedAlong(
  certifier: Certifier,
  at: (length: number) => Values,
  feasibility: number,
): string | undefined {
  const sign = certifier.sense === 'maximize' ? -1 : 1;
  const measured = [0, ...lengths].map((length) => {
    const { value = NaN, violation } = certifier.measure(at(length));
    return { value: sign * value, kept: violation <= feasibility };
  });
  if (measured.some(({ value, kept }) => !kept || Number.isNaN(value))) return undefined;
  const [{ value: start }] = measured;
  const fallen = measured.slice(1).map(({ value }) => start - value);
  const [, , before, last] = fallen;
  if (!(before > 0 && last >= leastGrowth * before)) return undefined;
  const value = (sign * (start - last)).toPrecision(2).replace('e+', 'e').replace('Infinity', '∞');
  return `The goal has no bound: along a ray of points that keep all constraints it ${sign === 1 ? 'falls' : 'rises'} without end, to ${value} where it was last measured.`;
}
