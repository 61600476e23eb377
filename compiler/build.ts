// `build`: one readable program that reads the data of a problem, runs its method and prints the certified answer.
import { withoutSearch } from '../runtime/certify/beyond.ts';
import { mainImports, mainLines, metricMeasure, type ProgramSurroundings } from './build-main.ts';
import { decideSizes, type KnownSizes } from './decide-sizes.ts';
import { exactMinimizers } from './exact-minimizers.ts';
import { emitModule } from './emit/ts/module.ts';
import type { Measure } from './emit/ts/spec.ts';
import { askedBy } from './compare/question.ts';
import { inputProblems } from './input-checks.ts';
import { knownSizes } from './known-sizes.ts';
import type { Column, TypedExpression } from './model/types.ts';
import type { Node } from './tensor/ir.ts';
import { constantEntry } from './tensor/shape.ts';
import { substituteIn } from './tensor/substitute.ts';
import { realType } from './tensor/type.ts';
import type { MatchedStep } from './match/step.ts';
import type { Session } from './session.ts';
import { simplify, simplifyNode } from './simplify/simplify.ts';
import { moduleSpec } from './specialise.ts';
import { isOp } from './tensor/type.ts';

export interface BuildOptions extends ProgramSurroundings {
  readonly flavour: 'typescript' | 'javascript';
  /** `stop when` of the `solve`. */
  readonly stop: TypedExpression | undefined;
}

/** The program as text, not yet formatted. `decided`: the sizes that the step was made for. */
export function buildProgram(
  session: Session,
  step: MatchedStep,
  decided: KnownSizes,
  options: BuildOptions,
): string {
  const certificate = certificateMeasures(session);
  const stop = options.stop === undefined ? undefined : stopMeasure(session, options.stop);
  const measures = [...certificate.measures, ...(stop?.measures ?? [])];
  const { lowering, problem } = session.lowered;
  const main = mainLines(session, {
    ...options,
    typed: options.flavour === 'typescript',
    measured: new Set(measures.map(({ name }) => name)),
    metrics: stop?.metrics ?? [],
    sizes: { ...decided, ...certificate.decided },
  });
  const { code } = emitModule({
    ...moduleSpec(session, step),
    flavour: options.flavour,
    target: options.backends === undefined ? 'ts' : 'tfjs',
    graph: lowering.graph,
    writtenFor: knownSizes(session),
    measures,
    checks: inputProblems(lowering.graph, problem)
      .map(({ holds, text }) => ({
        node: simplifyNode(lowering.graph, holds),
        message: text.replace(/`/g, ''),
      }))
      .filter(({ node }) => constantEntry(node) !== 1),
    main: { lines: main, imports: mainImports(problem, options) },
  });
  return code;
}

interface StopMeasure {
  readonly measures: readonly Measure[];
  readonly metrics: readonly string[];
}

/** The stop rule as a measure of the columns of the trace, with the metrics that it asks for. */
function stopMeasure(session: Session, stop: TypedExpression): StopMeasure {
  const { lowering, frame, problem } = session.lowered;
  const { graph } = lowering;
  const { node, columns } = askedBy(lowering, frame.scope, stop);
  const named = new Map(
    columns.map((column, k): [Node, Node] => [
      graph.input(`column ${k}`, 'state', realType([])),
      graph.input(columnName(column), 'state', realType([])),
    ]),
  );
  const metrics = problem.metrics.filter(({ name }) =>
    columns.some((column) => column.kind === 'metric' && column.name === name),
  );
  return {
    measures: [
      ...metrics.map(({ name, node: metric }) => ({
        name: metricMeasure(name),
        node: simplifyNode(graph, metric),
      })),
      {
        name: 'stop',
        node: simplifyNode(graph, substituteIn(graph, node, named)),
        doc: 'The run ends where this is not 0.',
      },
    ],
    metrics: metrics.map(({ name }) => name),
  };
}

const columnName = ({ kind, name }: Column): string =>
  kind === 'measure' && name === 'feasibility' ? 'violation' : name;

interface CertificateMeasures {
  readonly measures: readonly Measure[];
  readonly decided: KnownSizes;
}

/** What decides the status: feasibility where it can fail, a proven bound where there is one, else stationarity. */
function certificateMeasures({ program, lowered, input }: Session): CertificateMeasures {
  const { graph } = lowered.lowering;
  const { plan, promise } = program;
  const { value, violation, bound, stationarity } = plan;
  const all: readonly Measure[] = [
    ...(value === undefined ? [] : [{ name: 'value', node: value }]),
    { name: 'violation', node: violation },
    ...(promise === 'optimal' && bound !== undefined
      ? [{ name: 'bound', node: bound.node, doc: 'A proven bound on the optimal value.' }]
      : stationarity === undefined
        ? []
        : [{ name: 'stationarity', node: stationarity.node }]),
    ...beyondMeasures(program.plan.beyond),
  ];
  const nodes = all.map(({ node }) => node);
  const decided = decideSizes(graph, exactMinimizers(graph, nodes), input.sizes);
  const simple = simplify(graph, decided.nodes);
  const measures = all.map((measure, k) => ({ ...measure, node: simple[k] }));
  return {
    measures: measures.filter(({ name, node }) => name !== 'violation' || !isZero(node)),
    decided: decided.sizes,
  };
}

/** What the certificate of a program asks for beyond one goal. */
function beyondMeasures(beyond: Session['program']['plan']['beyond']): readonly Measure[] {
  if (beyond === undefined) return [];
  const asked = new Set(stringsIn(withoutSearch(beyond.spec)));
  return [beyond.measures, ...beyond.later].flatMap((group) =>
    [...group].flatMap(([name, node]) => (asked.has(name) ? [{ name, node }] : [])),
  );
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const isZero = (node: Measure['node']): boolean =>
  isOp(node, 'constant') && node.attributes.value === 0;
