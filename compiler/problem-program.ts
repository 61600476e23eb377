// A problem as numbers: its value, violation, certificate and metrics as functions of the variables, compiled once.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { createCertifier, type Certifier } from '../runtime/certify/certifier.ts';
import type { MeasureProgram, ProgramInput } from '../runtime/program.ts';
import { samplingOf } from './certify/sampling.ts';
import { planCertificate, type CertificatePlan } from './certify/certificate.ts';
import { compileMeasures, measuresInGroups, numberAt } from './evaluator.ts';
import { lowerProver } from './lower-prover.ts';
import { inputProblems } from './input-checks.ts';
import { planarMetrics } from './problem/metrics.ts';
import type { Problem } from './problem/problem.ts';
import { structureQuestions } from './questions.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';
import { isOp } from './tensor/type.ts';
import { inputsOf } from './tensor/visit.ts';

export interface ProblemProgram extends Certifier {
  readonly plan: CertificatePlan;
  /** What holds of data and params: bounds kept, sizes right. */
  readonly diagnostics: readonly Diagnostic[];
  /** Values of the `known` blocks. */
  readonly known: readonly Readonly<Record<string, Float64Array>>[];
  /** By name: what the certificate and `compare` ask for. */
  readonly measures: MeasureProgram;
}

export function compileProblem(
  graph: Graph,
  problem: Problem,
  input: ProgramInput,
): ProblemProgram {
  const plan = planCertificate(graph, problem, structureQuestions(graph, problem));
  const sampling = samplingOf(graph, problem, plan.value);
  const checks = inputProblems(graph, problem);
  const named = new Map<string, Node>();
  const add = (name: string, node: Node | undefined): void => {
    if (node !== undefined) named.set(name, node);
  };
  add('value', plan.value);
  if (!isOp(plan.violation, 'constant')) add('violation', plan.violation);
  plan.conditions.forEach((node, k) => add(`condition ${k}`, node));
  checks.forEach(({ holds }, k) => add(`check ${k}`, holds));
  const scalars = problem.metrics.filter(({ node }) => node.type.shape.length === 0);
  const metrics = scalars.filter(({ node }) => !readsDuals(node));
  const unread = scalars.filter(({ node }) => readsDuals(node));
  for (const { name, node } of metrics) add(`metric ${name}`, node);
  problem.known.forEach(({ entries }, k) => {
    for (const { name, node } of entries) add(`known ${k} ${name}`, node);
  });
  const proof: Named[] = [
    ['stationarity', plan.stationarity?.node],
    ['bound', plan.bound?.node],
  ];
  for (const [name, node] of plan.beyond?.measures ?? []) add(name, node);
  // With constraints a proposal usually decides, and the search for multipliers of our own is not needed.
  const constrained = problem.level.constraints.length > 0;
  if (!constrained) for (const [name, node] of proof) add(name, node);
  const compiled =
    (wanted: ReadonlyMap<string, Node>): (() => MeasureProgram) =>
    () =>
      compileMeasures(graph, problem, input, wanted).measures;
  const later: readonly (readonly Named[])[] = [
    constrained ? proof : [],
    [['proposed bound', plan.proposal?.bound]],
    [['standard error', sampling?.standardError]],
    planarMetrics(problem).map(({ name, node }): Named => [`metric ${name}`, node]),
    [
      ['boxed bound', plan.branching?.bound],
      ...(plan.branching?.variables ?? []).flatMap(({ low, high }, k): readonly Named[] => [
        [`low ${k}`, low],
        [`high ${k}`, high],
      ]),
    ],
    ...(plan.beyond?.later ?? []).map((wanted): readonly Named[] => [...wanted]),
  ];
  const measures = measuresInGroups(
    [named, ...later.map(present)].map((wanted) => [[...wanted.keys()], compiled(wanted)]),
  );
  const holds = (name: string): boolean => numberAt(measures, name, {}) === 1;
  const conditional = plan.conditions.every((_, k) => holds(`condition ${k}`));
  const certifier = createCertifier({
    sense: plan.sense,
    promise: conditional ? plan.promise : 'stationary',
    measures,
    metrics: metrics.map(({ name }) => ({ name, measure: `metric ${name}` })),
    whole: plan.whole,
    ...(plan.beyond === undefined
      ? {}
      : {
          beyond: plan.beyond.spec,
          prover: lowerProver(graph, problem, input, plan.beyond, measures),
        }),
    texts: certificateTexts(plan),
    notes: [
      ...plan.notes,
      ...unread.map(({ name }) => `Multipliers are not reported yet, and so \`${name}\` is not.`),
      ...(sampling?.notes ?? []),
      ...(conditional ? [] : ['The condition for convexity does not hold for this data.']),
    ],
  });
  return {
    ...certifier,
    plan,
    diagnostics: checks.flatMap(({ broken }, k) => (holds(`check ${k}`) ? [] : [broken])),
    known: problem.known.map(({ entries }, k) =>
      Object.fromEntries(
        entries.map(({ name }) => [name, measures.evaluate(`known ${k} ${name}`, {}).data]),
      ),
    ),
    measures,
  };
}

const readsDuals = (node: Node): boolean =>
  inputsOf([node]).some(({ attributes }) => attributes.role === 'dual');

type Named = readonly [name: string, node: Node | undefined];

const present = (list: readonly Named[]): ReadonlyMap<string, Node> =>
  new Map(list.flatMap(([name, node]) => (node === undefined ? [] : [[name, node] as const])));

/** What the certificate measures, in words. */
export const certificateTexts = ({
  stationarity,
  bound,
}: CertificatePlan): { readonly stationarity?: string; readonly bound?: string } => ({
  ...(stationarity === undefined ? {} : { stationarity: stationarity.text }),
  ...(bound === undefined ? {} : { bound: bound.text }),
});
