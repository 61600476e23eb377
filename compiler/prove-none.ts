// What a native solver says of a problem without an answer, proved from the problem as written: that no point keeps its constraints, or that its goal has no
// bound. What cannot be proved is told as what the solver says.
import { defaultTolerances, type Evidence } from '../runtime/certify/judge.ts';
import { unboundedAlong } from '../runtime/certify/unbounded.ts';
import { elasticProgram } from '../runtime/native/elastic.ts';
import type { HighsSolver } from '../runtime/native/highs.ts';
import type { LinearProgram } from '../runtime/native/lp-text.ts';
import { feasibilityProgram, rayProgram } from '../runtime/native/ray.ts';
import type { StepProgram, Values } from '../runtime/program.ts';
import { compileProblem, type ProblemProgram } from './problem-program.ts';
import type { Session } from './session.ts';
import type { Specialised } from './specialise.ts';

/** A linear or quadratic program that a native solver was given. */
export interface NativeProgram {
  readonly solver: HighsSolver;
  readonly program: LinearProgram;
  /** The problem's own variables at a flat answer. */
  readonly point: (x: Float64Array) => Values;
  /** Multipliers of the problem's own constraints, where its rows are these. */
  readonly multipliers: ((rows: Float64Array) => Values) | undefined;
}

/** What the end of a native solver's run shows. */
export function nativeEvidence(
  session: Session,
  specialised: Specialised,
  answer: Values,
): Partial<Evidence> {
  const { native, nativeStatus, label } = specialised;
  const status = nativeStatus();
  if (native === undefined) return {};
  if (status === 'Infeasible') return infeasible(session, native, label);
  if (status === 'Unbounded') return unbounded(session, native, label);
  // HiGHS regularises quadratic programs: one without a bound ends far away.
  if (status === 'Optimal' && native.program.Q !== undefined && sizeOf(answer) > farQuadratic) {
    const text = unboundedText(session, native);
    return text === undefined ? {} : { unbounded: text };
  }
  if (status !== 'Primal infeasible or unbounded') return {};
  const { solver, program } = native;
  return solver.solve(feasibilityProgram(program)).status === 'Infeasible'
    ? infeasible(session, native, label)
    : unbounded(session, native, label);
}

const unproved = ({ program: { plan } }: Session, claim: string): Partial<Evidence> => ({
  notes: [...plan.notes, claim],
});

/**
 * Multipliers λ >= 0 and ν with λ'g(x) + ν'h(x) > 0 for every x within bounds and domains leave no point with g(x) <= 0 and h(x) == 0 (Farkas 1902). They come
 * from the cheapest way to break the rows; the least value of the sum is the certificate's own bound of the problem with the goal 0.
 */
function infeasible(session: Session, native: NativeProgram, label: string): Partial<Evidence> {
  const said = unproved(
    session,
    `${label} says that no point keeps all constraints; this could not be proved.`,
  );
  const { solver, program, point, multipliers } = native;
  if (multipliers === undefined) return said;
  const elastic = solver.solve(elasticProgram(feasibilityProgram(program), 1));
  if (elastic.status !== 'Optimal') return said;
  const { measures } = withoutGoal(session);
  if (!measures.names.includes('proposed bound')) return said;
  const material = {
    ...point(elastic.x.slice(0, program.c.length)),
    ...multipliers(elastic.multipliers),
  };
  const [least] = measures.evaluate('proposed bound', material).data;
  if (!(least > defaultTolerances.feasibility)) return said;
  const isBounded = [...program.lower, ...program.upper].every(Number.isFinite);
  const where = isBounded ? '' : ', of those within 100 times the size of the answer';
  return {
    infeasible: `No point keeps all constraints${where}: a sum of them with proved multipliers is at least ${least.toPrecision(2)} where it had to be at most 0.`,
  };
}

/** The problem with the goal 0. */
export function withoutGoal({ lowered, input }: Session): ProblemProgram {
  const { problem, lowering } = lowered;
  const [goal] = problem.level.goals;
  const idle = {
    ...goal,
    sense: 'minimize',
    node: lowering.graph.constant(0),
    terms: [],
    sums: [],
  } as const;
  return compileProblem(
    lowering.graph,
    { ...problem, metrics: [], known: [], level: { ...problem.level, goals: [idle] } },
    input,
  );
}

function unbounded(session: Session, native: NativeProgram, label: string): Partial<Evidence> {
  const text = unboundedText(session, native);
  return text === undefined
    ? unproved(session, `${label} says that the goal has no bound; this could not be proved.`)
    : { unbounded: text };
}

/** A sentence where the goal, measured along a ray that the solver finds, falls without end. */
function unboundedText(
  { program: certifier }: Session,
  { solver, program, point }: NativeProgram,
): string | undefined {
  const start = solver.solve(feasibilityProgram(program));
  const ray = solver.solve(rayProgram(program));
  if (start.status !== 'Optimal' || ray.status !== 'Optimal') return undefined;
  return unboundedAlong(
    certifier,
    (length) => point(start.x.map((x, j) => x + length * ray.x[j])),
    defaultTolerances.feasibility,
  );
}

/** A run that went far away: the ray from its start through where it ended. */
export function runawayEvidence(
  { program: certifier }: Session,
  create: () => StepProgram,
  end: Values,
): Partial<Evidence> {
  const size = sizeOf(end);
  if (!(size > far)) return {};
  // A program prepares the constants of its method anew: only such an answer is worth that.
  const program = create();
  program.init();
  const first = program.answer();
  const at = (length: number): Values =>
    Object.fromEntries(
      Object.entries(first).map(([name, tensor]) => [
        name,
        {
          ...tensor,
          data: tensor.data.map((x, k) => x + (length * (end[name].data[k] - x)) / size),
        },
      ]),
    );
  const text = unboundedAlong(certifier, at, defaultTolerances.feasibility);
  return text === undefined ? {} : { unbounded: text };
}

/** Answers of well-posed problems are smaller. */
const far = 1e8;

const farQuadratic = 1e5;

const sizeOf = (point: Values): number =>
  Math.max(...Object.values(point).map(({ data }) => largest(data)));

const largest = (data: Float64Array): number =>
  data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
