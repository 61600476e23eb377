// A method meets a problem: its pattern is bound, its body specialised, and the result is one step as pure IR; or the first requirement that
// fails is named, with the methods that would match.
import type { Argument } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import { lowerMethod, type LoweredMethod } from '../lower/method/method.ts';
import type { LoweredProblem } from '../lower/problem.ts';
import { elaborateMethod } from '../model/elaborate-method.ts';
import type { Library } from '../model/library.ts';
import type { MethodModel } from '../model/method-types.ts';
import type { ProblemModel } from '../model/types.ts';
import type { Sizes } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { printNode } from '../tensor/print.ts';
import { bindingsOf } from './bindings.ts';
import type { Layout } from './layout.ts';
import { matchPattern, type PatternMatch } from './match-pattern.ts';
import { report } from './messages.ts';
import type { Mismatch } from './mismatch.ts';
import { nativePlan, type NativePlan } from './native.ts';
import type { Assumption } from './prox/function.ts';
import { sampledOf, type FunctionRole, type Roles } from './roles.ts';
import { isFinite, sizeOf, type Sampled } from './samples.ts';
import { semanticsOf } from './semantics.ts';
import type { MatchedStep } from './step.ts';

export interface MatchContext {
  readonly model: ProblemModel;
  readonly lowered: LoweredProblem;
  /** Methods of the file and the library, for advice and for the choice of a method. */
  readonly methods: Library;
  /** As far as they are known. */
  readonly sizes?: Sizes;
  /** Whether iterations are calls of tfjs, where work on single entries is dear. */
  readonly onDevice?: boolean;
}

/** `with m(args) as "label"` */
export interface MethodRequest {
  readonly method: MethodModel;
  readonly args: readonly Argument[];
  readonly label: string;
  /** Values of new `sweep` names for this run. */
  readonly sweep: ReadonlyMap<string, number>;
  /** Where the method is asked for. */
  readonly span: Span;
}

export type MatchResult =
  | {
      readonly kind: 'step';
      readonly step: MatchedStep;
      readonly assumes: readonly Assumption[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly kind: 'native';
      readonly plan: NativePlan;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[] };

/** The method specialised to the problem. */
export function matchMethod(context: MatchContext, request: MethodRequest): MatchResult {
  const { lowered } = context;
  const { graph } = lowered.lowering;
  const { method } = request;
  const match = matchPattern(graph, method, lowered.problem);
  if (match.kind === 'mismatch')
    return { kind: 'failed', diagnostics: [mismatchDiagnostic(context, request, match)] };
  if (method.native !== undefined) return matchNative(context, request, match.roles);
  return specialise(context, request, match.roles);
}

function matchNative(
  { lowered }: MatchContext,
  { method, label, span }: MethodRequest,
  roles: Roles,
): MatchResult {
  const plan = nativePlan(method, label, roles, lowered.problem);
  if (plan.kind === 'plan') return { kind: 'native', plan: plan.plan, diagnostics: [] };
  return { kind: 'failed', diagnostics: [plan.make(span)] };
}

function specialise(context: MatchContext, request: MethodRequest, roles: Roles): MatchResult {
  const { model, lowered } = context;
  const { method } = request;
  const uncounted = needsCount(method, roles, request);
  if (uncounted !== undefined && isFinite(uncounted.sampled))
    return specialise(context, request, withWhole(roles, uncounted.sampled));
  const answered = semanticsOf(method, roles, {
    searching: () => searchingMethods(context),
  });
  if (uncounted !== undefined) {
    const { parameter, set } = uncounted;
    const named = { method: method.name, problem: model.name, parameter, set };
    return { kind: 'failed', diagnostics: [report('K106', request.span, named)] };
  }
  const elaborated = elaborateMethod(method, model, bindingsOf(model, method, roles, request));
  if (elaborated.diagnostics.some(({ severity }) => severity === 'error'))
    return { kind: 'failed', diagnostics: elaborated.diagnostics };
  const made = lowerMethod(elaborated, answered, lowered);
  const diagnostics = unique([
    ...elaborated.diagnostics,
    ...made.diagnostics,
    ...answered.diagnostics,
  ]);
  if (diagnostics.some(({ severity }) => severity === 'error'))
    return { kind: 'failed', diagnostics };
  return {
    kind: 'step',
    step: stepOf(request, roles, made),
    assumes: answered.assumes,
    diagnostics,
  };
}

/** With the goal itself for the only element of a set: the exact mean over several finite sets. */
function withWhole(roles: Roles, sampled: Sampled): Roles {
  const whole = new Map<Sampled, Sampled>();
  const functions = [...roles.functions].map(([name, role]): [string, FunctionRole] => {
    const { form, expression } = role;
    if (sampledOf(role) !== sampled) return [name, role];
    const single = { kind: 'sampled', body: expression, sources: [] } as const;
    whole.set(sampled, single);
    if (form.kind !== 'operator')
      return [name, { ...role, form: { kind: 'sampled', sampled: single } }];
    return [
      name,
      { ...role, form: { ...form, sampled: { ...single, element: () => expression } } },
    ];
  });
  const sets = [...roles.sets].map(([name, set]): [string, Sampled] => [
    name,
    whole.get(set) ?? set,
  ]);
  return { ...roles, functions: new Map(functions), sets: new Map(sets) };
}

/** A parameter left to its default, which counts the elements of what has no number of them. */
function needsCount(
  { declaration }: MethodModel,
  { sets }: Roles,
  { args }: MethodRequest,
): { readonly parameter: string; readonly set: string; readonly sampled: Sampled } | undefined {
  for (const [set, sampled] of sets) {
    if (sizeOf(sampled) !== undefined) continue;
    const found = declaration.parameters.find(
      ({ name, value }, k) =>
        value?.kind === 'Call' &&
        value.callee.name === 'count' &&
        value.args.some((arg) => arg.value.kind === 'Name' && arg.value.name === set) &&
        !args.some((arg, n) => (arg.name === undefined ? n === k : arg.name.name === name.name)),
    );
    if (found !== undefined) return { parameter: found.name.name, set, sampled };
  }
  return undefined;
}

/** A question asked twice has been answered twice. */
const unique = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, span }) => {
    const key = `${code} ${span.file}:${span.start} ${message}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
};

function stepOf({ method, label }: MethodRequest, roles: Roles, made: LoweredMethod): MatchedStep {
  const answers = (pick: 'node' | 'start'): MatchedStep['answer'] =>
    made.answers.flatMap((answer) => {
      const layout = roles.variables.get(answer.variable);
      return layout === undefined ? [] : partsOf(layout, answer[pick]);
    });
  return {
    method: method.name,
    label,
    states: made.states,
    reports: made.reports,
    stop: made.stop,
    answer: answers('node'),
    startAnswer: answers('start'),
    sizes: made.sizes,
    roles: rolesText(method, roles),
  };
}

const partsOf = (
  layout: Layout,
  flat: MatchedStep['answer'][number]['node'],
): MatchedStep['answer'] =>
  layout.split(flat).map((node, k) => ({ variable: layout.parts[k].variable, node }));

/** `f(x) = …` for each function of the pattern. */
function rolesText(method: MethodModel, { functions }: Roles): MatchedStep['roles'] {
  return method.functions.flatMap(({ name, parameters }) => {
    const role = functions.get(name);
    if (role === undefined) return [];
    const args = parameters.map((parameter) =>
      parameter.kind === 'index'
        ? 'i'
        : parameter.kind === 'mapped'
          ? `${parameter.map.name}*${parameter.variable}`
          : parameter.variable,
    );
    const terms = writtenTerms(role).map((node) => printNode(node));
    const text = terms.length === 0 ? '0' : terms.join(' + ');
    return [{ role: `${name}(${args.join(', ')})`, text }];
  });
}

/** The goal's terms; of laws and several sets one element's value. */
function writtenTerms(role: FunctionRole): readonly Node[] {
  const sampled = sampledOf(role);
  return sampled !== undefined && sizeOf(sampled) === undefined
    ? [sampled.body]
    : role.terms.map(({ node }) => node);
}

// ------------------------------------------------------------------------------------------------ advice

/** What the methods at hand make of a problem, in their order. */
export function matchAll(
  context: MatchContext,
): readonly { readonly method: MethodModel; readonly match: PatternMatch }[] {
  const { lowered, methods } = context;
  return methods.all().map((method) => ({
    method,
    match: matchPattern(lowered.lowering.graph, method, lowered.problem),
  }));
}

/** A name that the library will have. */
export function missingMethod(context: MatchContext, name: string, span: Span): Diagnostic {
  const names = matching(context).map((method) => method.name);
  const help = names.length === 0 ? {} : { help: `methods that match: ${names.join(', ')}` };
  return report('K006', span, { name }, help);
}

const matching = (context: MatchContext): readonly MethodModel[] =>
  matchAll(context)
    .filter(({ match }) => match.kind === 'roles')
    .map(({ method }) => method);

/** Matching methods whose parameters ask for no constant of the problem. */
const searchingMethods = (context: MatchContext): readonly string[] =>
  matching(context)
    .filter((method) => !asksForConstants(method))
    .map(({ name }) => name);

/** Whether a default calls `lipschitz` or `strong_convexity`, or an argument has no default. */
export const asksForConstants = ({ declaration, parameters }: MethodModel): boolean =>
  parameters.some(({ required }) => required) ||
  declaration.parameters.some(({ value }) => value !== undefined && callsConstant(value));

function callsConstant(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(callsConstant);
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'Call' && 'callee' in value) {
    const { callee } = value;
    const name =
      typeof callee === 'object' && callee !== null && 'name' in callee ? callee.name : undefined;
    if (name === 'lipschitz' || name === 'strong_convexity') return true;
  }
  return Object.values(value).some(callsConstant);
}

function mismatchDiagnostic(
  context: MatchContext,
  { method, span }: MethodRequest,
  { text, span: at, because, readings }: Mismatch,
): Diagnostic {
  const problem = context.model.name;
  const related = [{ span: at, message: because.length === 0 ? 'here' : because.join('; ') }];
  if (readings !== undefined)
    return report(
      'K002',
      span,
      { method: method.name, problem, readings: readings.join('; ') },
      { related },
    );
  const names = matching(context).map(({ name }) => name);
  const help =
    names.length === 0 ? 'no method at hand matches' : `methods that match: ${names.join(', ')}`;
  return report('K001', span, { method: method.name, problem, why: text }, { related, help });
}
