// The frame around generated functions: what is the same for every program.
import { RuntimeFault } from '../fault.ts';
import type { MeasureProgram, OracleCounts, StepProgram, Values } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import { dense, scalar } from './tensors.ts';

export const noCounts = (): OracleCounts => ({
  values: 0,
  grads: 0,
  hvps: 0,
  jvps: 0,
  solves: 0,
  projections: 0,
  proxes: 0,
  lmos: 0,
  samples: 0,
  bits: 0,
  bits_down: 0,
  draws: 0,
});

/** What generated functions give: a number, a vector, or any other array with its shape. */
type Plain = number | Float64Array | Tensor;
type Point = Readonly<Record<string, Plain>>;

function tensorOf(value: Plain): Tensor {
  if (typeof value === 'number') return scalar(value);
  return 'storage' in value ? value : dense([value.length], value);
}

const valuesOf = (point: Point): Values =>
  Object.fromEntries(
    Object.entries(point).map(([name, value]): [string, Tensor] => [name, tensorOf(value)]),
  );

/** The functions of a step and where its states live. */
export interface StepParts {
  readonly counts: OracleCounts;
  readonly init: () => void;
  /** One iteration; true where the method itself is done. */
  readonly iterate: (iteration: number) => boolean;
  /** Several iterations in one call: from the one after the first number to the second; the last that was done, negative where the method is done then. */
  readonly advance?: (done: number, to: number) => number;
  readonly answer: () => Point;
  /** The answer before the first iteration, where it is not the same. */
  readonly startAnswer?: () => Point;
  readonly arrays?: Readonly<Record<string, Float64Array>>;
  /** States that keep the value that they start with: never copied. */
  readonly fixed?: Readonly<Record<string, Float64Array>>;
  /** States that are numbers. */
  readonly state?: Record<string, number>;
  readonly reports?: Readonly<Record<string, number>>;
}

export function stepProgram(parts: StepParts): StepProgram {
  const { counts, arrays = {}, fixed = {}, state = {}, reports = {} } = parts;
  const { startAnswer = parts.answer } = parts;
  let begun = false;
  // What never changes has been computed, and counted, by now.
  const atStart = { ...counts };
  const begunAdvance =
    (advance: (done: number, to: number) => number): NonNullable<StepProgram['advance']> =>
    (done, to) => {
      begun = true;
      const last = advance(done, to);
      return { iteration: Math.abs(last), asked: last < 0 };
    };
  return {
    counts,
    init: () => {
      begun = false;
      Object.assign(counts, atStart);
      parts.init();
    },
    step: (iteration) => {
      begun = true;
      return parts.iterate(iteration);
    },
    ...(parts.advance === undefined ? {} : { advance: begunAdvance(parts.advance) }),
    answer: () => valuesOf(begun ? parts.answer() : startAnswer()),
    reports: () => reports,
    save: () =>
      Object.fromEntries<Tensor>([
        ...Object.entries(arrays).map(([name, x]) => [name, dense([x.length], x.slice())] as const),
        ...Object.entries(fixed).map(([name, x]) => [name, dense([x.length], x)] as const),
        ...Object.entries(state).map(([name, x]) => [name, scalar(x)] as const),
        ['', scalar(begun ? 1 : 0)],
      ]),
    restore: (states) => {
      for (const [name, x] of Object.entries(arrays)) x.set(states[name].data);
      for (const name of Object.keys(state)) state[name] = states[name].data[0];
      begun = states[''].data[0] === 1;
    },
    trace: () => undefined,
  };
}

/** What measures are given: any variable by its name, a vector or matrix by its entries. */
export type Arrays = Readonly<Record<string, Float64Array>>;

/** Named functions of the variables: of their entries, and for compressed ones of the tensors as they are. */
export function measureProgram(
  measures: Readonly<Record<string, (variables: Arrays, tensors: Values) => Plain>>,
): MeasureProgram {
  return {
    names: Object.keys(measures),
    evaluate: (name, variables) => {
      if (!Object.hasOwn(measures, name)) throw new RuntimeFault(`no measure ${name}`);
      const arrays = Object.fromEntries(
        Object.entries(variables).map(([variable, value]) => [variable, value.data]),
      );
      return tensorOf(measures[name](arrays, variables));
    },
  };
}
