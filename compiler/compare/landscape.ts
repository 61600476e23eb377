// The goal over the plane, for problems of two numbers: what the paths of the methods go through.
import type { ComparedRun, Landscape, PlanePoint } from '../../runtime/compare/comparison.ts';
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Values } from '../../runtime/program.ts';
import type { Session } from '../session.ts';

const cells = 96;
/** Room left around the paths, as a share of their extent. */
const margin = 0.12;

export function landscapeOf(session: Session, runs: readonly ComparedRun[]): Landscape | undefined {
  const points = runs.flatMap(({ path }) => path);
  const shapes = runs.find(({ answer }) => answer.length > 0)?.answer;
  if (points.length === 0 || shapes === undefined || session.program.plan.value === undefined)
    return undefined;
  const known = session.program.known.flatMap((entries) => {
    const numbers = shapes.flatMap(({ name }) => [...(entries[name] ?? [])]);
    return numbers.length === 2 ? [[numbers[0], numbers[1]] as const] : [];
  });
  const seen = [...points, ...known];
  const xs = axis(
    seen.map(([x]) => x),
    known.map(([x]) => x),
  );
  const ys = axis(
    seen.map(([, y]) => y),
    known.map(([, y]) => y),
  );
  const at = ([x, y]: PlanePoint): Values => {
    let used = 0;
    return Object.fromEntries(
      shapes.map(({ name, shape, data }) => {
        const part = Float64Array.from(data, () => (used++ === 0 ? x : y));
        return [name, { storage: 'dense', shape, data: part }];
      }),
    );
  };
  const values = ys.flatMap((y) => xs.map((x) => valueAt(session, at([x, y]))));
  return { names: namesOf(shapes), xs, ys, values };
}

function valueAt({ program }: Session, point: Values): number {
  try {
    const { value = NaN, violation } = program.measure(point);
    return violation <= 1e-6 ? value : NaN;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return NaN;
  }
}

/** From a little before the smallest to a little after the largest; of paths that run far off only where most points are. */
function axis(all: readonly number[], always: readonly number[]): readonly number[] {
  const sorted = all.filter(Number.isFinite).sort((a, b) => a - b);
  const share = (q: number): number => sorted[Math.round(q * (sorted.length - 1))];
  const middle = share(0.98) - share(0.02);
  const far = 3 * Math.max(middle, 1e-12);
  const low = Math.min(Math.max(sorted[0], share(0.02) - far), ...always);
  const high = Math.max(Math.min(sorted[sorted.length - 1], share(0.98) + far), ...always);
  const size = Math.max(high - low, 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
  const from = low - margin * size;
  const step = (size * (1 + 2 * margin)) / cells;
  return Array.from({ length: cells + 1 }, (_, k) => from + k * step);
}

function namesOf(shapes: ComparedRun['answer']): readonly [string, string] {
  const [first, second] = shapes.flatMap(({ name, data }) =>
    data.length === 1 ? [name] : [...data].map((_, k) => `${name}[${k + 1}]`),
  );
  return [first, second];
}
