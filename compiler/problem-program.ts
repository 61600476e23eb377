// A problem as numbers: its value, violation, certificate and metrics as functions of the variables, compiled once.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { judge, type Evidence, type Tolerances } from '../runtime/certify/judge.ts';
import type { Certificate } from '../runtime/certify/certificate.ts';
import type { ProgramInput, Values } from '../runtime/program.ts';
import type { Measures } from '../runtime/run.ts';
import { planCertificate, type CertificatePlan } from './certify/certificate.ts';
import { compileMeasures, numberAt, type Evaluator } from './evaluator.ts';
import { inputProblems } from './input-checks.ts';
import type { Problem } from './problem/problem.ts';
import { structureQuestions } from './questions.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';

export interface ProblemProgram {
  readonly plan: CertificatePlan;
  /** What holds of data and params: bounds kept, sizes right. */
  readonly diagnostics: readonly Diagnostic[];
  /** Cheap measures of a point: value, violation, scalar metrics. */
  readonly measure: (point: Values) => Measures;
  readonly metrics: (point: Values) => Readonly<Record<string, number>>;
  readonly certify: (
    point: Values,
    tolerances: Tolerances,
    more?: Partial<Evidence>,
  ) => Certificate;
  /** The distance from a certificate: duality gap where there is a bound, else stationarity; for stop rules. */
  readonly residual: (point: Values) => number;
  /** Values of the `known` blocks. */
  readonly known: readonly Readonly<Record<string, Float64Array>>[];
  readonly evaluator: Evaluator;
}

export function compileProblem(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
): ProblemProgram {
  const plan = planCertificate(graph, problem, structureQuestions(graph, problem));
  const checks = inputProblems(graph, problem);
  const named = new Map<string, Node>();
  const add = (name: string, node: Node | undefined): void => {
    if (node !== undefined) named.set(name, node);
  };
  add('value', plan.value);
  add('violation', plan.violation);
  add('stationarity', plan.stationarity?.node);
  add('bound', plan.bound?.node);
  plan.conditions.forEach((node, k) => add(`condition ${k}`, node));
  checks.forEach(({ holds }, k) => add(`check ${k}`, holds));
  const metrics = problem.metrics.filter(({ node }) => node.type.shape.length === 0);
  for (const { name, node } of metrics) add(`metric ${name}`, node);
  problem.known.forEach(({ entries }, k) => {
    for (const { name, node } of entries) add(`known ${k} ${name}`, node);
  });
  const evaluator = compileMeasures(graph, problem, input, named);
  const { measures } = evaluator;
  const at = (name: string, point: Values): number =>
    named.has(name) ? numberAt(measures, name, point) : NaN;
  const conditional = plan.conditions.every((_, k) => at(`condition ${k}`, {}) === 1);
  const promise = conditional ? plan.promise : 'stationary';
  const metricsAt = (point: Values): Record<string, number> =>
    Object.fromEntries(metrics.map(({ name }) => [name, at(`metric ${name}`, point)]));
  const evidence = (point: Values): Evidence => evidenceAt(plan, promise, conditional, point, at);
  return {
    plan,
    diagnostics: checks.flatMap(({ broken }, k) => (at(`check ${k}`, {}) === 1 ? [] : [broken])),
    measure: (point) => ({
      ...(plan.value === undefined ? {} : { value: at('value', point) }),
      violation: at('violation', point),
      ...metricsAt(point),
    }),
    metrics: metricsAt,
    certify: (point, tolerances, more = {}) => judge({ ...evidence(point), ...more }, tolerances),
    residual: (point) => {
      const found = evidence(point);
      if (!found.finite || !(found.violation <= 1e-6)) return Infinity;
      if (found.bound !== undefined && found.value !== undefined) {
        const gap =
          plan.sense === 'maximize'
            ? found.bound.value - found.value
            : found.value - found.bound.value;
        return Math.max(gap, 0) / Math.max(1, Math.abs(found.value));
      }
      return found.stationarity?.value ?? Infinity;
    },
    known: problem.known.map(({ entries }, k) =>
      Object.fromEntries(
        entries.map(({ name }) => [name, measures.evaluate(`known ${k} ${name}`, {}).data]),
      ),
    ),
    evaluator,
  };
}

function evidenceAt(
  plan: CertificatePlan,
  promise: Evidence['promise'],
  conditional: boolean,
  point: Values,
  at: (name: string, point: Values) => number,
): Evidence {
  const value = plan.value === undefined ? undefined : at('value', point);
  const convex = promise === 'optimal';
  const finite =
    Object.values(point).every(({ data }) => data.every(Number.isFinite)) &&
    (value === undefined || Number.isFinite(value));
  return {
    promise,
    sense: plan.sense,
    value,
    violation: at('violation', point),
    finite,
    stationarity:
      plan.stationarity === undefined
        ? undefined
        : { value: at('stationarity', point), text: plan.stationarity.text },
    bound:
      !convex || plan.bound === undefined
        ? undefined
        : { value: at('bound', point), text: plan.bound.text },
    unbounded: undefined,
    infeasible: undefined,
    notes: [
      ...plan.notes,
      ...(conditional ? [] : ['The condition for convexity does not hold for this data.']),
    ],
  };
}
