// A method for a session: reductions applied, the method matched or chosen, the step emitted and made callable.
import type { Argument } from '../grammar/ast.ts';
import type { Diagnostic } from '../grammar/diagnostic.ts';
import type { Span } from '../grammar/span.ts';
import type { Program, StepProgram, Values } from '../runtime/program.ts';
import type { SearchWork } from '../runtime/search-work.ts';
import {
  highsProgram,
  loadHighs,
  type HighsAnswer,
  type HighsStatus,
} from '../runtime/native/highs.ts';
import type { LinearProgram } from '../runtime/native/lp-text.ts';
import { dense } from '../runtime/kernels/tensors.ts';
import { decideSizes, type KnownSizes } from './decide-sizes.ts';
import { targetOf } from './choose-target.ts';
import { commandMessage } from './command-messages.ts';
import { deviceStep, type DeviceFailure } from './device-step.ts';
import { exactMinimizers } from './exact-minimizers.ts';
import { emitModule } from './emit/ts/module.ts';
import type { DeviceNotes, ModuleSpec } from './emit/ts/spec.ts';
import type { NativeNotes } from './emit/wasm/native.ts';
import { withSweep } from './compare/asker.ts';
import { compileMeasures, evaluateOnce } from './evaluator.ts';
import { setupFault } from './setup-fault.ts';
import { instantiate } from './instantiate.ts';
import type { LoweredProblem } from './lower/problem.ts';
import { chooseMethod, noMethod } from './match/choose.ts';
import { matchMethod, missingMethod, type MatchContext } from './match/match.ts';
import { report } from './match/messages.ts';
import type { NativePlan } from './match/native.ts';
import type { Assumption } from './match/prox/function.ts';
import { stepNodes, type MatchedStep } from './match/step.ts';
import { methodsOver } from './model/library.ts';
import type { MethodModel } from './model/method-types.ts';
import type { TypedExpression, TypedReduction } from './model/types.ts';
import { reduceProblem, type ReduceResult, type ReductionRequest } from './reduce/reduce.ts';
import { noAdjoint } from './reduce/lower/adjoint.ts';
import { report as reportReduction } from './reduce/messages.ts';
import { noRoute, routesUntil, type Route } from './reduce/routes.ts';
import type { VariableValues } from './reduce/reduction.ts';
import { fromSeveralStarts, withDrawnStarts } from './multi-start.ts';
import { assumptionsOf } from './problem/facts/assumptions.ts';
import { createFacts } from './problem/facts/facts.ts';
import { allVariables } from './problem/levels.ts';
import type { Problem, Variable } from './problem/problem.ts';
import type { Session } from './session.ts';
import type { NativeProgram } from './prove-none.ts';
import type { Relaxation } from './prove-whole.ts';
import { simplify } from './simplify/simplify.ts';
import { explainStep } from './trouble.ts';
import { evaluateDim, productOfDims } from './tensor/dim.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';
import { substitute } from './tensor/substitute.ts';
import { isOp } from './tensor/type.ts';
import { postorder } from './tensor/visit.ts';

/** Which method, on which form of the problem. */
export interface MethodTask {
  /** Undefined: the compiler chooses. */
  readonly method: MethodModel | undefined;
  /** A method that was named and that this version does not have. */
  readonly missing?: string | undefined;
  readonly args: readonly Argument[];
  readonly label: string | undefined;
  readonly via: readonly TypedReduction[];
  /** Reductions in place of `via`, over the nodes of the session. */
  readonly requests?: readonly ReductionRequest[];
  /** Values of new `sweep` names. */
  readonly sweep: ReadonlyMap<string, number>;
  readonly span: Span;
  /** Whether it is for a program of tfjs calls that runs later; else the session's target says. */
  readonly onDevice?: boolean;
}

export interface Specialised {
  readonly label: string;
  readonly method: string;
  readonly why: string | undefined;
  readonly via: readonly string[];
  readonly notes: readonly string[];
  /** A program for a seed. */
  readonly create: (seed: number) => Program;
  /** The same in 64 bits on this side. */
  readonly createHere: (seed: number) => StepProgram;
  /** What a device leaves to the CPU or has to wait for; undefined where none runs. */
  readonly device: DeviceNotes | undefined;
  /** Why a device failed, once it has, and after which iteration the run went on in 64 bits. */
  readonly deviceFailure: () => DeviceFailure | undefined;
  /** The same step on a GPU without kernels of our own, to compare with. */
  readonly unfused?: ((seed: number) => Program) | undefined;
  /** What of the step is WebAssembly. */
  readonly module: NativeNotes | undefined;
  /** How a native solver ended, once it has. */
  readonly nativeStatus: () => HighsStatus | undefined;
  /** Multipliers of the problem's constraints that a native solver proposes, as the certificate names them. */
  readonly multipliers: () => Values | undefined;
  /** The linear program that a native solver was given, where its rows are the problem's own constraints. */
  readonly relaxation: Relaxation | undefined;
  /** What a native solver was given. */
  readonly native: NativeProgram | undefined;
  readonly places: readonly (Span | undefined)[];
  /** Whether several starts are tried, for the goal is not known to be convex. */
  readonly explores: boolean;
  /** What was done to find the start, where several were tried. */
  readonly searched: () => SearchWork | undefined;
  readonly step: MatchedStep | undefined;
  /** The sizes for which the step was made, where its branches depend on them. */
  readonly decided: KnownSizes;
  readonly compileSeconds: number;
}

export type SpecialiseResult =
  | { readonly ok: true; readonly specialised: Specialised }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const failed = (diagnostics: readonly Diagnostic[]): SpecialiseResult => ({
  ok: false,
  diagnostics,
});

/** A method for the problem with its data, compiled; its data prepared. */
export async function specialise(session: Session, task: MethodTask): Promise<SpecialiseResult> {
  try {
    return await specialised(session, task);
  } catch (error) {
    return failed([setupFault(error, task.span)]);
  }
}

async function specialised(session: Session, task: MethodTask): Promise<SpecialiseResult> {
  const begun = performance.now();
  // Nothing runs elsewhere than the person asked.
  if (session.settings.target === 'tfjs' && session.settings.tfjs === undefined)
    return failed([commandMessage('C004', task.span, { why: 'none was given' })]);
  const { lowered } = session;
  const { graph } = lowered.lowering;
  const whole = matchContext(session, lowered.problem);
  const routes = defaultRoutes(graph, whole, task);
  const route = routes?.find(({ answer }) => answer.kind === 'accepts');
  if (routes !== undefined && route === undefined)
    return failed([noRoute(whole, routes, task.span)]);
  const asked = route === undefined ? requestsOf(session, task) : [route.request];
  const requests = asked.map((request) => withSystem(session, whole, request));
  const reduced = reduceProblem(graph, lowered.problem, requests, whole);
  if (reduced.kind === 'failed') return failed(reduced.diagnostics);
  const context = { ...matchContext(session, reduced.problem), ...onDeviceIf(task) };
  if (task.missing !== undefined) return failed([missingMethod(context, task.missing, task.span)]);
  const chosen =
    task.method === undefined ? chooseMethod(context) : { method: task.method, why: undefined };
  if (chosen === undefined) {
    return failed([noMethod(context, task.span)]);
  }
  // The upper goal chooses among lower solutions.
  const chooses = task.method === undefined && lowered.problem.level.variables.length === 0;
  const label = task.label ?? chosen.method.name;
  const match = matchMethod(context, {
    method: chosen.method,
    args: task.args,
    label,
    sweep: task.sweep,
    span: task.span,
  });
  if (match.kind === 'failed') return failed(match.diagnostics);
  const common = {
    label,
    method: chosen.method.name,
    why: whyOf(route, chosen.why),
    via: requests.map(({ name }) => name),
    notes: reduced.notes,
  };
  if (match.kind === 'native') {
    const native = await nativeProgram(session, reduced.problem, match.plan, reduced.invert);
    return {
      ok: true,
      specialised: {
        ...common,
        ...native,
        createHere: native.create,
        device: undefined,
        deviceFailure: () => undefined,
        module: undefined,
        places: [],
        explores: chooses,
        searched: () => undefined,
        step: undefined,
        decided: {},
        compileSeconds: (performance.now() - begun) / 1000,
      },
    };
  }
  const adjoint = requests.find(({ system = 'factor' }) => system !== 'factor');
  if (adjoint !== undefined && asksForCurvature(match.step)) {
    // Where size alone chose products, the matrix is taken after all.
    if (!asked.includes(adjoint))
      return specialise(session, {
        ...task,
        requests: asked.map((request) => ({ ...request, system: request.system ?? 'factor' })),
      });
    const why = `its adjoint system gives no second derivatives, which \`${label}\` asks for: \`via implicit\` has them`;
    return failed([reportReduction('R001', adjoint.span, { name: adjoint.name, why })]);
  }
  const broken = brokenAssumptions(session, reduced.problem, match.assumes);
  if (broken.length > 0) {
    return failed(broken.map((why) => report('K107', task.span, { method: label, why })));
  }
  const inverted = invertAnswers(lowered.problem, match.step, reduced.invert);
  const { step, decided } = simplified(session, inverted);
  const { create, places, module } = compileStep(session, step, inverted);
  const several =
    task.method === undefined && lowered.problem.level.lower.length > 0
      ? severalStarts(session, reduced, { ...chosen, label, task })
      : undefined;
  const begin =
    several === undefined ? undefined : fromSeveralStarts(session, create, several.create);
  const createHere = begin?.create ?? create;
  const device = deviceStep(session, () => moduleSpec(session, step), createHere);
  return {
    ok: true,
    specialised: {
      ...common,
      create: device?.create ?? createHere,
      createHere,
      device: device?.notes,
      deviceFailure: () => device?.failure(),
      unfused: device?.unfused,
      module,
      searched: () => begin?.searched(),
      why: several === undefined ? common.why : `${common.why}; from the best of several starts`,
      places,
      explores: chooses || (several !== undefined && mayJump(graph, lowered.problem)),
      step,
      decided,
      nativeStatus: () => undefined,
      multipliers: () => undefined,
      relaxation: undefined,
      native: undefined,
      compileSeconds: (performance.now() - begun) / 1000,
    },
  };
}

/** Whether a lower solution is not known to be the only one: it may jump as the outer variables move. */
function mayJump(graph: Graph, { level, ...problem }: Problem): boolean {
  const assumptions = assumptionsOf({ ...problem, level });
  return level.lower.some((lower) => {
    const [goal, second] = lower.goals;
    if (second !== undefined || goal?.node === undefined || goal.player !== undefined) return true;
    const inputs = lower.variables.map(({ input }) => input);
    const node = goal.sense === 'maximize' ? graph.neg(goal.node) : goal.node;
    const unique = createFacts(graph, inputs, assumptions).isStronglyConvex(node);
    return unique.kind !== 'yes' || mayJump(graph, { ...problem, level: lower });
  });
}

/** Programs from drawn starts, compiled when asked for, where the reduced goal is not known to be convex. */
function severalStarts(
  session: Session,
  { problem, invert }: Extract<ReduceResult, { readonly kind: 'reduced' }>,
  chosen: { readonly method: MethodModel; readonly label: string; readonly task: MethodTask },
): { readonly create: () => (seed: number) => StepProgram } | undefined {
  const { lowering, problem: written } = session.lowered;
  const { graph } = lowering;
  const { variables, goals } = problem.level;
  const [goal, second] = goals;
  if (second !== undefined || goal?.node === undefined || goal.objectives > 1) return undefined;
  const facts = createFacts(
    graph,
    variables.map(({ input }) => input),
    assumptionsOf(problem),
  );
  const { kind } =
    goal.sense === 'maximize' ? facts.isConcave(goal.node) : facts.isConvex(goal.node);
  if (kind === 'yes' || kind === 'if') return undefined;
  const { method, label, task } = chosen;
  const match = matchMethod(matchContext(session, withDrawnStarts(graph, problem)), {
    method,
    args: task.args,
    label,
    sweep: task.sweep,
    span: task.span,
  });
  if (match.kind !== 'step') return undefined;
  const inverted = invertAnswers(written, match.step, invert);
  return {
    create: () => compileStep(session, simplified(session, inverted).step, inverted).create,
  };
}

/** A problem with lower levels for which nothing is named takes the first route to one level that applies: the routes up to that one, or all. */
const defaultRoutes = (
  graph: Graph,
  context: MatchContext,
  { method, missing, via, requests, span }: MethodTask,
): readonly Route[] | undefined =>
  method !== undefined ||
  missing !== undefined ||
  via.length > 0 ||
  requests !== undefined ||
  context.lowered.problem.level.lower.length === 0
    ? undefined
    : routesUntil(graph, context, span);

/** Why this way, then why this method. */
const whyOf = (route: Route | undefined, why: string | undefined): string | undefined =>
  route === undefined || why === undefined
    ? why
    : `\`via ${route.request.name}\`: ${route.answer.because}; then ${why}`;

/** The reductions of a task with their arguments lowered. */
export const requestsOf = (
  { lowered }: Session,
  { via, sweep, requests }: MethodTask,
): readonly ReductionRequest[] =>
  requests ??
  via.map(({ name, args, method, rule, system, span }) => ({
    name,
    args: args.map((arg) => lowerArgument(lowered, arg, sweep)),
    method,
    rule,
    system,
    span,
  }));

/** Lower levels of more entries than this have their systems solved by products, where nothing is said. */
const largestFactored = 256;

/** \`implicit\` by factorisation or by conjugate gradients, as the size of the lower level has it. */
function withSystem(
  { input, lowered }: Session,
  context: MatchContext,
  request: ReductionRequest,
): ReductionRequest {
  const { graph } = lowered.lowering;
  const { problem } = context.lowered;
  if (request.name !== 'implicit' || request.system !== undefined) return request;
  const large = problem.level.lower.some(({ variables, members = 0 }) => {
    const entries = variables.map(
      ({ shape }) => evaluateDim(productOfDims(shape.slice(members)), input.sizes) ?? 0,
    );
    return entries.reduce((a, b) => a + b, 0) > largestFactored;
  });
  return large && noAdjoint({ graph, problem }) === undefined
    ? { ...request, system: 'cg' }
    : request;
}

/** Whether a step takes products with second derivatives. */
const asksForCurvature = ({ states }: MatchedStep): boolean =>
  postorder(states.map(({ next }) => next)).some(
    (node) => isOp(node, 'oracle') && node.attributes.kind === 'hvps',
  );

/** What the match took for granted of data and params, and does not hold. */
function brokenAssumptions(
  session: Session,
  problem: Problem,
  assumes: readonly Assumption[],
): readonly string[] {
  if (assumes.length === 0) return [];
  const { graph } = session.lowered.lowering;
  const named = new Map(
    assumes.map(({ condition }, k): [string, Node] => [
      `assumption ${k}`,
      condition.type.shape.length === 0 ? condition : graph.all(condition),
    ]),
  );
  const { measures } = compileMeasures(graph, problem, session.input, named);
  return assumes
    .filter((_, k) => measures.evaluate(`assumption ${k}`, {}).data[0] !== 1)
    .map(({ text }) => text);
}

const onDeviceIf = ({ onDevice }: MethodTask): Partial<MatchContext> =>
  onDevice === undefined ? {} : { onDevice };

export function matchContext(session: Session, problem: Problem): MatchContext {
  const { model } = session.front;
  return {
    model: session.model,
    lowered: { ...session.lowered, problem },
    methods: methodsOver(model.methods, model.library),
    sizes: session.input.sizes,
    onDevice: session.settings.target === 'tfjs',
  };
}

/** An argument of a reduction in the problem's scope; new names of a sweep have their values. */
function lowerArgument(
  { lowering, frame }: LoweredProblem,
  argument: TypedExpression,
  sweep: ReadonlyMap<string, number>,
): Node {
  return lowering.lower(argument, withSweep(lowering.graph, frame.scope, sweep));
}

/** The answer of the problem as written, from the variables of its reduced form. */
function invertAnswers(
  problem: Problem,
  step: MatchedStep,
  invert: (values: VariableValues) => VariableValues,
): MatchedStep {
  const back = (answers: MatchedStep['answer']): MatchedStep['answer'] => {
    const values = invert(new Map(answers.map(({ variable, node }) => [variable.name, node])));
    return allVariables(problem.level).flatMap((variable) => {
      const node = values.get(variable.name);
      return node === undefined ? [] : [{ variable, node }];
    });
  };
  return { ...step, answer: back(step.answer), startAnswer: back(step.startAnswer) };
}

/** Simplified in one go, so that what the parts share stays shared. */
export function simplified(
  session: Session,
  step: MatchedStep,
): { readonly step: MatchedStep; readonly decided: KnownSizes } {
  const { graph } = session.lowered.lowering;
  const before = stepNodes(step);
  const decided = decideSizes(graph, exactMinimizers(graph, before), session.input.sizes);
  const after = simplify(graph, decided.nodes);
  const now = new Map(before.map((node, k) => [node, after[k]]));
  const of = (node: Node): Node => now.get(node) ?? node;
  return {
    decided: decided.sizes,
    step: {
      ...step,
      states: step.states.map((state) => ({
        ...state,
        init: of(state.init),
        next: of(state.next),
      })),
      reports: step.reports.map((output) => ({ ...output, node: of(output.node) })),
      answer: step.answer.map((answer) => ({ ...answer, node: of(answer.node) })),
      startAnswer: step.startAnswer.map((answer) => ({ ...answer, node: of(answer.node) })),
      stop: step.stop === undefined ? undefined : of(step.stop),
    },
  };
}

/** `written` is the step before it was simplified: nearer to the source, and so what trouble is explained by first. */
function compileStep(
  session: Session,
  step: MatchedStep,
  written: MatchedStep,
): { readonly create: (seed: number) => StepProgram } & Pick<Specialised, 'places' | 'module'> {
  const module = emitModule({
    ...moduleSpec(session, step),
    here: session.input,
  });
  const program = instantiate(module);
  const data = program.prepare(session.input);
  return {
    create: (seed) => ({
      ...program.createStep(data, seed),
      trace: (states, iteration) =>
        explainStep(session, written, states, iteration, seed) ??
        explainStep(session, step, states, iteration, seed),
    }),
    places: module.places,
    module: module.native,
  };
}

export function moduleSpec(session: Session, step: MatchedStep): ModuleSpec {
  return {
    problem: session.lowered.problem,
    step: { ...step, startAnswer: startOf(session, step) },
    measures: [],
    flavour: 'javascript',
    target: targetOf(session.input),
    standalone: false,
    origin: session.lowered.lowering.graph.origin,
    nameOf: session.lowered.lowering.graph.nameOf,
  };
}

/** The answer before the first iteration: the same nodes as the answer where that is what they give on the states as they start. */
function startOf(
  { lowered: { lowering } }: Session,
  { states, answer, startAnswer }: MatchedStep,
): MatchedStep['startAnswer'] {
  const { graph } = lowering;
  const inits = new Map<Node, Node>(states.map(({ input, init }) => [input, init]));
  const begun = simplify(
    graph,
    substitute(
      graph,
      answer.map(({ node }) => node),
      inits,
    ),
  );
  const same =
    answer.length === startAnswer.length && begun.every((node, k) => node === startAnswer[k].node);
  return same ? answer : startAnswer;
}

/** A native solver's arrays, evaluated once, and the solver as a step. */
async function nativeProgram(
  session: Session,
  problem: Problem,
  plan: NativePlan,
  invert: (values: VariableValues) => VariableValues,
): Promise<
  { readonly create: (seed: number) => StepProgram } & Pick<
    Specialised,
    'nativeStatus' | 'multipliers' | 'relaxation' | 'native'
  >
> {
  const { graph } = session.lowered.lowering;
  const solver = await loadHighs();
  const arrays = compileMeasures(
    graph,
    problem,
    session.input,
    new Map(Object.entries(plan.inputs)),
  ).measures;
  const array = (name: string): Float64Array => arrays.evaluate(name, {}).data;
  const program: LinearProgram = {
    offset: array('offset')[0],
    c: array('c'),
    A: array('A'),
    rowLower: array('rowLower'),
    rowUpper: array('rowUpper'),
    lower: array('lower'),
    upper: array('upper'),
    integer: array('integer'),
    Q: plan.inputs.Q === undefined ? undefined : array('Q'),
  };
  const back = backwards(session, problem, plan.variables, invert);
  const proposed = rowMultipliers(session, problem, program);
  let last: HighsAnswer | undefined;
  return {
    create: () => highsProgram(solver, program, back, (answer) => void (last = answer)),
    nativeStatus: () => last?.status,
    native: { solver, program, point: back, multipliers: proposed },
    multipliers: () =>
      last === undefined || proposed === undefined || last.multipliers.some(Number.isNaN)
        ? undefined
        : proposed(last.multipliers),
    relaxation:
      proposed === undefined || plan.variables.some((v) => !isOwn(session, v))
        ? undefined
        : {
            solver,
            program,
            columns: columnsOf(session, problem, plan.variables),
            point: back,
            multipliers: proposed,
          },
  };
}

const isOwn = ({ lowered }: Session, { input }: Variable): boolean =>
  lowered.problem.level.variables.some((own) => own.input === input);

/** Where the entries of each variable begin in the flat vector. */
function columnsOf(
  session: Session,
  problem: Problem,
  variables: readonly Variable[],
): ReadonlyMap<string, number> {
  let next = 0;
  const columns = new Map<string, number>();
  sizesOf(session, problem, variables).forEach((shape, k) => {
    columns.set(variables[k].name, next);
    next += shape.reduce((a, b) => a * b, 1);
  });
  return columns;
}

/**
 * From multipliers of rows to those of the problem's constraints. Rows are equations first, then inequalities; within each, those of domains come before those of
 * constraints. Undefined where a reduction left none of a constraint.
 */
function rowMultipliers(
  session: Session,
  reduced: Problem,
  { rowLower }: LinearProgram,
): ((rows: Float64Array) => Values) | undefined {
  const { proposal } = session.program.plan;
  if (proposal === undefined) return undefined;
  const equations = rowLower.filter(Number.isFinite).length;
  const ends = { equal: equations, lessEqual: rowLower.length };
  const slots = (['equal', 'lessEqual'] as const).flatMap((kind) => {
    const constraints = reduced.level.constraints.filter(({ relation }) => relation.kind === kind);
    const counts = constraints.map(({ relation }) =>
      relation.kind === kind ? numberOfEntries(session, reduced, relation.residual) : 0,
    );
    let next = ends[kind] - counts.reduce((a, b) => a + b, 0);
    return constraints.map(({ span }, k) => {
      const first = next;
      next += counts[k];
      return { span, first, count: counts[k] };
    });
  });
  const places = proposal.multipliers.map(({ input, constraint }) => {
    const slot = slots.find(({ span }) => span === constraint.span);
    return slot === undefined ? undefined : { name: input.attributes.name, ...slot };
  });
  const known = places.flatMap((place) => (place === undefined ? [] : [place]));
  if (known.length < places.length) return undefined;
  return (rows) =>
    Object.fromEntries(
      known.map(({ name, first, count }) => [
        name,
        dense([count], rows.slice(first, first + count)),
      ]),
    );
}

const numberOfEntries = (session: Session, problem: Problem, node: Node): number => {
  const { graph } = session.lowered.lowering;
  const count = graph.size(productOfDims(node.type.shape));
  return evaluateOnce(graph, problem, session.input, count).data[0];
};

/** From the flat answer of the reduced problem to the variables of the problem as written. */
function backwards(
  session: Session,
  problem: Problem,
  variables: readonly Variable[],
  invert: (values: VariableValues) => VariableValues,
): (x: Float64Array) => Values {
  const { graph } = session.lowered.lowering;
  const original = invert(new Map(variables.map(({ name, input }) => [name, input])));
  const sizes = sizesOf(session, problem, variables);
  const named = new Map([...original].map(([name, node]) => [name, node]));
  const evaluator = compileMeasures(graph, problem, session.input, named);
  return (x) => {
    let offset = 0;
    const point = Object.fromEntries(
      variables.map(({ name }, k) => {
        const shape = sizes[k];
        const count = shape.reduce((a, b) => a * b, 1);
        const part = dense([...shape], x.slice(offset, offset + count));
        offset += count;
        return [name, part];
      }),
    );
    return Object.fromEntries(
      [...named.keys()].map((name) => [name, evaluator.measures.evaluate(name, point)]),
    );
  };
}

function sizesOf(
  session: Session,
  problem: Problem,
  variables: readonly Variable[],
): readonly (readonly number[])[] {
  const { graph } = session.lowered.lowering;
  const known = variables.map(({ shape }) =>
    shape.map((dim) => evaluateDim(dim, session.input.sizes)),
  );
  if (known.every((shape) => shape.every((size) => size !== undefined))) {
    return known.map((shape) => shape.map((size) => size ?? 0));
  }
  const nodes = new Map(
    variables.flatMap(({ name, shape }) =>
      shape.map((dim, axis): [string, Node] => [`${name} ${axis}`, graph.size(dim)]),
    ),
  );
  const { measures } = compileMeasures(graph, problem, session.input, nodes);
  return variables.map(({ name, shape }) =>
    shape.map((_, axis) => measures.evaluate(`${name} ${axis}`, {}).data[0]),
  );
}
