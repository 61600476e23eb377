// `dotopt explain`: the structure of each problem, with the reason for each fact.
import { isError } from '../../../grammar/diagnostic.ts';
import { fusesMultiplyAdd } from '../../../runtime/wasm/web-assembly.ts';
import { choiceUnknown, chosenBySize, type TargetName } from '../../choose-target.ts';
import type { Front } from '../../front.ts';
import { lowerProblem, type LoweredProblem } from '../../lower/problem.ts';
import { chooseMethod } from '../../match/choose.ts';
import { methodsOf } from '../../match/survey.ts';
import type { ProblemModel } from '../../model/types.ts';
import { analyse } from '../../problem/analyse.ts';
import { explain as explanationOf, type Explanation, type Runs } from '../../problem/explain.ts';
import { explainText } from '../../problem/explain-text.ts';
import { routesOf } from '../../reduce/routes.ts';
import { withoutFamilies } from '../../reduce/without-families.ts';
import { readInputs } from '../../program-input.ts';
import { createGraph } from '../../tensor/graph.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { openProgram, tellFailure, type Opened } from '../open.ts';
import { deviceJson, deviceText, explainDevice } from '../print/device.ts';
import { toJson } from '../print/json.ts';
import { usualThreads } from '../threads.ts';

type ExplainOptions = Pick<
  SharedOptions,
  'set' | 'data' | 'allowRead' | 'problem' | 'json' | 'target'
>;

export async function explain(io: Io, file: string, options: ExplainOptions): Promise<number> {
  const opened = openProgram(io, file, options);
  if (typeof opened === 'number') return opened;
  const { front, problems } = opened;
  const lowered = problems.map((problem) => lowerProblem(problem, createGraph()));
  const diagnostics = lowered.flatMap((each) => each.diagnostics);
  if (diagnostics.some(isError)) {
    tellFailure(io, opened, diagnostics, options.json);
    return exitCode.source;
  }
  const explanations = lowered.map((each, k) => ({
    ...explanationOf(analyse(each.lowering.graph, each.problem), front.sources),
    routes: routesText(front, problems[k], each),
    runs: runsWhere(opened, each, options.target),
    ...methodOf(front, problems[k], each, options.target === 'tfjs'),
  }));
  const onDevice = options.target === 'tfjs' ? await explainDevice(opened) : [];
  if (options.json) {
    const bodies = explanations.map(bodyOf);
    const body = bodies.length === 1 ? bodies[0] : { results: bodies };
    const device = onDevice.length === 0 ? {} : { tfjs: onDevice.map(deviceJson) };
    io.out(`${toJson({ ...opened.envelope(), ...body, ...device })}\n`);
    return exitCode.done;
  }
  const texts = explanations.map((e) => explainText(e, { colors: io.color, width: io.width }));
  io.out([...texts, ...onDevice.map((each) => deviceText(each, io))].join('\n'));
  return exitCode.done;
}

/** The method that it takes where none is named. */
function methodOf(
  front: Front,
  model: ProblemModel,
  lowered: LoweredProblem,
  onDevice: boolean,
): Pick<Explanation, 'method'> {
  if (lowered.problem.level.lower.length > 0) return {};
  const context = { model, lowered, methods: methodsOf(front.model), onDevice };
  const choice = chooseMethod(context);
  if (choice === undefined) return {};
  return { method: { name: choice.method.name, because: choice.why } };
}

/** The target that is asked for, or that its size leads to. */
function runsWhere(
  { front, host, settings }: Opened,
  { problem }: LoweredProblem,
  asked: TargetName | undefined,
): Runs {
  if (asked !== undefined) return onTarget(asked, '`--target` names it');
  const { data, sizes, diagnostics } = readInputs(problem, host, front.sources, settings);
  if (diagnostics.some(isError)) return { target: null, because: choiceUnknown };
  const { target, because } = chosenBySize(problem, data, sizes);
  return onTarget(target, because);
}

const onTarget = (target: TargetName, because: string): Runs =>
  target === 'wasm'
    ? { target, because, threads: usualThreads(), fused: fusesMultiplyAdd() }
    : { target, because };

/** The ways to one level, each with its reason or its obstacle. */
function routesText(
  front: Front,
  model: ProblemModel,
  lowered: LoweredProblem,
): Explanation['routes'] {
  const { graph } = lowered.lowering;
  const flat = { ...lowered, problem: withoutFamilies(graph, lowered.problem) };
  const context = { model, lowered: flat, methods: methodsOf(front.model) };
  return routesOf(graph, context, model.span).map(({ text, answer }) => ({
    route: text,
    applies: answer.kind === 'accepts',
    because: answer.because,
  }));
}

/** What is given goes by `given`: `data` holds the hashes of the files. */
const bodyOf = ({ params, data, ...rest }: Explanation): Record<string, unknown> => ({
  ...rest,
  given: { params, data },
});
