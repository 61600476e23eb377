// A proof for a problem with whole variables: branch and bound, in which HiGHS proposes multipliers for each box and the certificate's own bound, from the
// problem as written, decides.
import { defaultTolerances } from '../runtime/certify/judge.ts';
import { branch, type Box, type Branched } from '../runtime/certify/branch.ts';
import { dense } from '../runtime/kernels/tensors.ts';
import { elasticProgram } from '../runtime/native/elastic.ts';
import type { HighsSolver } from '../runtime/native/highs.ts';
import type { LinearProgram } from '../runtime/native/lp-text.ts';
import { feasibilityProgram } from '../runtime/native/ray.ts';
import type { Values } from '../runtime/program.ts';
import { withoutGoal } from './prove-none.ts';
import type { Session } from './session.ts';

/** A linear program that stands for the problem, and what its answers mean there. */
export interface Relaxation {
  readonly solver: HighsSolver;
  readonly program: LinearProgram;
  /** Columns of each variable: the first of its entries. */
  readonly columns: ReadonlyMap<string, number>;
  readonly point: (x: Float64Array) => Values;
  readonly multipliers: (rows: Float64Array) => Values;
}

export interface ProofLimits {
  readonly boxes: number;
  readonly milliseconds: number;
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
}

/** Boxes and time that a proof may take. */
export const proofLimits: ProofLimits = { boxes: 20_000, milliseconds: 10_000 };

/** Undefined where the problem has no bound to branch with. */
export async function proveWhole(
  session: Session,
  relaxation: Relaxation,
  value: number,
  tolerance: number,
  limits: ProofLimits,
): Promise<Branched | undefined> {
  const { plan, measures } = session.program;
  const { branching } = plan;
  if (branching === undefined) return undefined;
  const sign = plan.sense === 'maximize' ? -1 : 1;
  const ends = (side: 'low' | 'high'): readonly Float64Array[] =>
    branching.variables.map((_, k) => measures.evaluate(`${side} ${k}`, {}).data);
  const [lows, highs] = [ends('low'), ends('high')];
  const parts = branching.variables.map(({ variable }, k) => ({
    name: variable.name,
    column: relaxation.columns.get(variable.name) ?? 0,
    offset: lows.slice(0, k).reduce((sum, { length }) => sum + length, 0),
    count: lows[k].length,
  }));
  const box: Box = { lower: joined(lows, Math.ceil), upper: joined(highs, Math.floor) };
  const given = ({ lower, upper }: Box): Values =>
    Object.fromEntries(
      parts.flatMap(({ name, offset, count }) => [
        [`least ${name}`, dense([count], lower.slice(offset, offset + count))],
        [`most ${name}`, dense([count], upper.slice(offset, offset + count))],
      ]),
    );
  const columnsOf = (x: Float64Array): Float64Array => {
    const whole = new Float64Array(box.lower.length);
    for (const { column, offset, count } of parts)
      whole.set(x.subarray(column, column + count), offset);
    return whole;
  };
  const within = ({ lower, upper }: Box): LinearProgram => {
    const { program } = relaxation;
    const [low, high] = [program.lower.slice(), program.upper.slice()];
    for (const { column, offset, count } of parts) {
      low.set(lower.subarray(offset, offset + count), column);
      high.set(upper.subarray(offset, offset + count), column);
    }
    return { ...program, lower: low, upper: high, integer: new Float64Array(low.length) };
  };
  const price = 100 * (1 + Math.abs(value));
  const size = relaxation.program.c.length;
  const found = await branch<Values>({
    box,
    propose: (each) => {
      const relaxed = within(each);
      const plain = relaxation.solver.solve(relaxed);
      const answer =
        plain.status === 'Optimal'
          ? plain
          : relaxation.solver.solve(elasticProgram(relaxed, price));
      if (answer.status !== 'Optimal') return undefined;
      const x = answer.x.slice(0, size);
      const material = {
        ...relaxation.point(x),
        ...relaxation.multipliers(answer.multipliers),
      };
      return { whole: columnsOf(x), material };
    },
    bound: (each, material) =>
      sign * measures.evaluate('boxed bound', { ...material, ...given(each) }).data[0],
    target: sign * value - tolerance * Math.max(1, Math.abs(value)),
    ...limits,
  });
  return { ...found, bound: sign * found.bound };
}

/** The same with the goal 0: where every box has a bound above it, no whole point keeps the constraints. */
export const proveNoWhole = (
  session: Session,
  relaxation: Relaxation,
  limits: ProofLimits,
): Promise<Branched | undefined> =>
  proveWhole(
    { ...session, program: withoutGoal(session) },
    { ...relaxation, program: feasibilityProgram(relaxation.program) },
    2 * defaultTolerances.feasibility,
    defaultTolerances.feasibility,
    limits,
  );

function joined(parts: readonly Float64Array[], inward: (x: number) => number): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part].map(inward)));
}
