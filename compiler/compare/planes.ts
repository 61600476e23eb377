// What the report draws of a problem of few numbers: the plane its runs move in, and what they move through: heights of the goal, slopes of the players, the
// answer of the lower level.
import type { ComparedRun, Plane, PlanePoint } from '../../runtime/compare/comparison.ts';
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Values } from '../../runtime/program.ts';
import type { Session } from '../session.ts';
import { cornersOf, middlesOf, rangeOf, type Range } from './axis.ts';
import { fieldOf } from './field.ts';
import { numberNames, pointOf } from './numbers.ts';
import { reactionCurve, settledNumbers } from './reaction-curve.ts';

type Shapes = ComparedRun['answer'];

interface Scene {
  readonly session: Session;
  readonly runs: readonly ComparedRun[];
  readonly shapes: Shapes;
  readonly names: readonly string[];
  /** Points of all runs. */
  readonly points: readonly (readonly number[])[];
  readonly marked: Marked | undefined;
}

interface Marked {
  readonly numbers: readonly number[];
  readonly text: string;
}

/** `objectives` are the names of several, if there are. */
export function planesOf(
  session: Session,
  runs: readonly ComparedRun[],
  objectives: readonly string[],
): readonly Plane[] {
  const points = runs.flatMap(({ path }) => path).filter((at) => at.every(Number.isFinite));
  const shapes = runs.find(({ answer }) => answer.length > 0)?.answer;
  if (points.length === 0 || shapes === undefined) return [];
  const names = numberNames(shapes);
  const scene = { session, runs, shapes, names, points, marked: markedOf(session, shapes, runs) };
  const { level } = session.lowered.problem;
  const own = new Set(level.variables.map(({ name }) => name));
  const outer = shapes.reduce((sum, { name, data }) => sum + (own.has(name) ? data.length : 0), 0);
  if (level.lower.length > 0) return outer === 1 ? reactionPlanes(scene) : [];
  if (names.length !== 2) return [];
  if (objectives.length > 1) return objectivePlanes(scene, objectives);
  const plays = level.goals.length > 1 || level.goals[0]?.player !== undefined;
  const sought = level.goals[0]?.sense === 'find';
  return plays || sought ? fieldPlanes(scene) : goalPlanes(scene);
}

/** The reference answer, else the best certified end. */
function markedOf(
  session: Session,
  shapes: Shapes,
  runs: readonly ComparedRun[],
): Marked | undefined {
  const { program, lowered } = session;
  const { level } = lowered.problem;
  // Of several objectives no one answer is the one.
  if (level.goals.some(({ objectives }) => objectives > 1)) return undefined;
  const text = level.goals.length > 1 || level.goals[0]?.player ? 'equilibrium' : 'answer';
  const outer = new Set(level.variables.map(({ name }) => name));
  for (const known of program.known) {
    const given = shapes.every(({ name }) => known[name] !== undefined || !outer.has(name));
    if (!given) continue;
    const numbers = shapes.flatMap(({ name, data }) => [...(known[name] ?? data)]);
    const settled = level.lower.length > 0 ? settledAt(session, shapes, numbers) : numbers;
    if (settled !== undefined) return { numbers: settled, text };
  }
  const certified = runs.filter(({ status }) => status === 'optimal' || status === 'stationary');
  const optimal = certified.filter(({ status }) => status === 'optimal');
  const best = (optimal.length > 0 ? optimal : certified).toSorted((a, b) => a.gap - b.gap).at(0);
  const numbers = best?.answer.flatMap(({ data }) => [...data]);
  return numbers === undefined ? undefined : { numbers, text };
}

const settledAt = (
  session: Session,
  shapes: Shapes,
  numbers: readonly number[],
): readonly number[] | undefined => settledNumbers(session, pointOf(shapes, numbers));

/** Along two of the numbers; `more` is to be seen as well. */
function rangesOf(
  { runs, marked }: Scene,
  [i, j]: readonly [number, number],
  more: readonly PlanePoint[] = [],
): readonly [Range, Range] {
  const range = (k: number, side: 0 | 1): Range =>
    rangeOf(
      runs.filter(({ path }) => path.length > 0).map(({ path }) => path.map((at) => at[k])),
      [...(marked === undefined ? [] : [marked.numbers[k]]), ...more.map((at) => at[side])],
    );
  return [range(i, 0), range(j, 1)];
}

const planeOf = (
  { names, marked }: Scene,
  entries: readonly [number, number],
  ranges: readonly [Range, Range],
): Omit<Plane, 'kind'> => ({
  names: [names[entries[0]], names[entries[1]]],
  entries,
  ranges,
  contours: undefined,
  arrows: [],
  curves: [],
  mark:
    marked === undefined
      ? undefined
      : { at: [marked.numbers[entries[0]], marked.numbers[entries[1]]], text: marked.text },
});

/** The goal as it is written, at feasible points. */
function contoursOf(
  { session, shapes }: Scene,
  [horizontal, vertical]: readonly [Range, Range],
  height: Height = goalHeight,
): Plane['contours'] {
  const valueAt = (at: PlanePoint): number => heightAt(session, shapes, height, at);
  const middle: PlanePoint = [mean(horizontal), mean(vertical)];
  // The first call may compile.
  valueAt(middle);
  const begun = performance.now();
  for (let k = 0; k < 4; k++) valueAt(middle);
  const cells = cellsWithin((performance.now() - begun) / 4);
  const xs = cornersOf(horizontal, cells);
  const ys = cornersOf(vertical, cells);
  const values = ys.flatMap((y) => xs.map((x) => valueAt([x, y])));
  return { xs, ys, values };
}

const mean = ([low, high]: Range): number => (low + high) / 2;

const mostMilliseconds = 3000;

/** Along each axis, so that a picture of large data does not take long. */
const cellsWithin = (milliseconds: number): number =>
  [96, 48].find((cells) => cells * cells * milliseconds <= mostMilliseconds) ?? 24;

type Height = (session: Session, point: Values) => number;

const goalHeight: Height = ({ program }, point) => program.measure(point).value ?? NaN;

/** NaN where bounds or domains are left. */
function heightAt(session: Session, shapes: Shapes, height: Height, at: PlanePoint): number {
  const point = pointOf(shapes, at);
  try {
    return session.program.measure(point).violation <= 1e-6 ? height(session, point) : NaN;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return NaN;
  }
}

function goalPlanes(scene: Scene): readonly Plane[] {
  if (scene.session.program.plan.value === undefined) return [];
  const ranges = rangesOf(scene, [0, 1]);
  const contours = contoursOf(scene, ranges);
  return [{ ...planeOf(scene, [0, 1], ranges), kind: 'goal', contours }];
}

const mostObjectives = 2;

/** A plane for each of the first objectives. */
function objectivePlanes(scene: Scene, names: readonly string[]): readonly Plane[] {
  const ranges = rangesOf(scene, [0, 1]);
  return names.slice(0, mostObjectives).map((heightsOf, k): Plane => {
    const height: Height = ({ program }, point) => program.objectives(point)[k] ?? NaN;
    const contours = contoursOf(scene, ranges, height);
    return { ...planeOf(scene, [0, 1], ranges), kind: 'goal', contours, heightsOf };
  });
}

const arrowsAcross = 18;
const arrowsUp = 13;

function fieldPlanes(scene: Scene): readonly Plane[] {
  const { session, shapes } = scene;
  const field = fieldOf(session);
  if (field === undefined) return [];
  const ranges = rangesOf(scene, [0, 1]);
  const arrows = middlesOf(ranges[1], arrowsUp).flatMap((y) =>
    middlesOf(ranges[0], arrowsAcross).flatMap((x): Plane['arrows'] => {
      const point = pointOf(shapes, [x, y]);
      const slope = isAllowed(session, shapes, [x, y]) ? field(point) : undefined;
      return slope === undefined ? [] : [{ at: [x, y], along: [-slope[0], -slope[1]] }];
    }),
  );
  return [{ ...planeOf(scene, [0, 1], ranges), kind: 'field', arrows }];
}

function isAllowed({ program }: Session, shapes: Shapes, at: PlanePoint): boolean {
  try {
    return program.measure(pointOf(shapes, at)).violation <= 1e-6;
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return false;
  }
}

/** A plane for each number below, over the one above. */
function reactionPlanes(scene: Scene): readonly Plane[] {
  const { session, shapes, names, points, marked } = scene;
  const start = marked?.numbers ?? points[points.length - 1];
  const [along] = rangesOf(scene, [0, 1]);
  const pieces = reactionCurve(session, shapes, along, start);
  return names.slice(1).map((_, k): Plane => {
    const entries = [0, k + 1] as const;
    const curves = pieces.map((piece) =>
      piece.map((numbers): PlanePoint => [numbers[0], numbers[k + 1]]),
    );
    const [, vertical] = rangesOf(scene, entries, curves.flat());
    const ranges = [along, vertical] as const;
    const plane = planeOf(scene, entries, ranges);
    const contours =
      names.length === 2 && session.program.plan.value !== undefined
        ? contoursOf(scene, ranges)
        : undefined;
    return { ...plane, kind: 'reaction', contours, curves };
  });
}
