// A method's body in one problem as pure IR: what its states are, how they start, what one iteration makes of them.
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import type { ElaboratedMethod } from '../../model/method-types.ts';
import type { Declaration, MethodParameter, TypedStatement } from '../../model/types.ts';
import type { StepOutput, StepState } from '../../match/step.ts';
import type { SizeSource } from '../../problem/problem.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Element, Node } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import { intType, joinElements } from '../../tensor/type.ts';
import { emptyScope, shapeOf, type Lowering, type Scope } from '../context.ts';
import { createLowering } from '../create.ts';
import type { PatternSemantics } from '../pattern.ts';
import { lowerSize, type LoweredProblem } from '../problem.ts';
import { agentKeys, effectsOf, reportKey, returnKey, stoppedKey } from './assigned.ts';
import { createDefinitions, emptyEnvironment, type Environment } from './environment.ts';
import {
  bind,
  execute,
  falsehood,
  partIndex,
  read,
  readPart,
  sliceOf,
  valueAt,
  variableOf,
  type Execution,
  type Place,
} from './execute.ts';
import { patternHooks } from './hooks.ts';
import { targetKeys } from './targets.ts';

/** The pieces of a `MatchedStep`; its pattern variables are the first states, flat. */
export interface LoweredMethod {
  readonly states: readonly StepState[];
  readonly reports: readonly StepOutput[];
  readonly stop: Node | undefined;
  /** For each pattern variable the flat vector that the method answers, over the states after an iteration, and before the first. */
  readonly answers: readonly {
    readonly variable: string;
    readonly node: Node;
    readonly start: Node;
  }[];
  readonly sizes: readonly SizeSource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Sites of a method's draws begin here. */
const firstSite = 1 << 16;

export function lowerMethod(
  method: ElaboratedMethod,
  semantics: PatternSemantics,
  lowered: LoweredProblem,
): LoweredMethod {
  let elements: ReadonlyMap<string, Element> = new Map();
  for (;;) {
    const attempt = lowerOnce(method, semantics, lowered, elements);
    // An int state that becomes real within an iteration is real from the start.
    const wider = attempt.states.filter(({ type, next }) => {
      return joinElements(type.element, next.type.element) !== type.element;
    });
    if (wider.length === 0) return attempt;
    elements = new Map([
      ...elements,
      ...wider.map(({ name, type, next }): [string, Element] => [
        name,
        joinElements(type.element, next.type.element),
      ]),
    ]);
  }
}

function lowerOnce(
  method: ElaboratedMethod,
  semantics: PatternSemantics,
  lowered: LoweredProblem,
  elements: ReadonlyMap<string, Element>,
): LoweredMethod {
  const { graph } = lowered.lowering;
  const lowering = createLowering(graph, { symbolPrefix: 'step' });
  const { before, repeat } = split(method.statements);
  const definitions = createDefinitions(graph);
  const iteration = graph.input('iteration', 'iteration', intType([]));
  const run: Execution = {
    lowering,
    semantics,
    definitions,
    targets: targetKeys(method.statements),
    states: new Set([
      ...semantics.variables.map(({ name }) => name),
      ...statesIn(method.statements, true),
    ]),
    agentKeys: agentKeys(method.statements),
    siteOffset: firstSite,
    scopeFor: scopes(lowering, semantics, lowered, () => run),
  };
  const place = (counter: Node): Place => ({
    bindings: { ...emptyScope(() => counter), counters: [counter] },
    agent: undefined,
    before: undefined,
    own: new Set(),
  });

  const names = semantics.variables.map(({ name }) => name);
  const first = bind(
    run,
    { ...emptyEnvironment, values: new Map([[stoppedKey, falsehood(graph)]]) },
    names,
    semantics.variables.map(({ start }) => start),
  );
  const started = execute(run, before, first, place(graph.constant(0)));

  const stateKeys = [...names, ...[...statesIn(before)].filter((key) => started.values.has(key))];
  const inits = stateKeys.map((key) => read(run, started, key));
  const inputs = stateKeys.map((key, k) => {
    const { type } = inits[k];
    const element = elements.get(key) ?? (names.includes(key) ? 'real' : type.element);
    return graph.input(key, 'state', { ...type, element });
  });
  const { assigned } = effectsOf(method.statements);
  const returns = names.map((_, k) => returnKey(k)).filter((key) => assigned.has(key));
  const answers = returns.map((_, k) => graph.input(`answer ${names[k]}`, 'state', inputs[k].type));
  const reports = reportsIn(method.statements);
  const begun = bind(
    run,
    started,
    [...stateKeys, ...returns, ...reports.map(({ name }) => reportKey(name)), stoppedKey],
    [...inputs, ...answers, ...reports.map(() => graph.constant(Number.NaN)), falsehood(graph)],
  );
  const end = execute(run, repeat, begun, place(iteration));

  const starts = inits.slice(0, names.length);
  const settled = definitions.settle(
    [
      ...inits,
      ...starts.slice(0, returns.length),
      ...stateKeys.map((key) => read(run, end, key)),
      ...returns.map((key) => valueAt(end, key)),
      ...reports.map(({ name }) => valueAt(end, reportKey(name))),
      valueAt(end, stoppedKey),
    ],
    0,
  );
  const count = stateKeys.length + returns.length;
  const states = [...inputs, ...answers].map((input, k): StepState => ({
    name: input.attributes.name,
    input,
    type: input.type,
    init: settled[k],
    next: settled[count + k],
  }));
  const stop = settled[settled.length - 1];
  const known = new Set(lowered.problem.sizes.map(({ symbol }) => symbol));
  return {
    states,
    reports: reports.map((report, k) => ({ ...report, node: settled[2 * count + k] })),
    stop: isNever(stop) ? undefined : stop,
    answers: names.map((variable, k) => ({
      variable,
      node: returns.length > 0 ? answers[k] : inputs[k],
      start: settled[k],
    })),
    sizes: [
      ...method.sizes.map((size) => lowerSize(lowering, size, lowered.frame.scope)),
      ...lowering.sizes
        .filter(({ symbol }) => !known.has(symbol))
        .map(({ symbol, node, span }): SizeSource => ({
          symbol,
          from: { kind: 'compress', node },
          span,
        })),
    ],
    diagnostics: lowering.diagnostics,
  };
}

/** `0 == 1`: nothing in the body asks to stop. */
function isNever(node: Node): boolean {
  if (node.op !== 'binary' || node.attributes.fn !== 'eq') return false;
  const [a, b] = node.args.map(constantEntry);
  return a === 0 && b === 1;
}

interface Split {
  readonly before: readonly TypedStatement[];
  readonly repeat: readonly TypedStatement[];
}

function split(statements: readonly TypedStatement[]): Split {
  const at = statements.findIndex(({ kind }) => kind === 'repeat');
  const found = statements[at];
  if (found?.kind !== 'repeat') throw new InternalError('a method without repeat');
  // What follows the loop (a `return`) holds after every iteration.
  return { before: statements.slice(0, at), repeat: [...found.body, ...statements.slice(at + 1)] };
}

/** Keys of the states declared at the top, also in blocks for agents and variables; with `deep` in all blocks. */
function statesIn(statements: readonly TypedStatement[], deep = false): ReadonlySet<string> {
  const keys = new Set<string>();
  const visit = (statement: TypedStatement): void => {
    switch (statement.kind) {
      case 'state':
        for (const { state } of statement.states) keys.add(state.key);
        return;
      case 'eachAgent':
        statement.body.forEach(visit);
        return;
      case 'eachVariable':
        for (const { body } of statement.copies) body.forEach(visit);
        return;
      case 'repeat':
      case 'for':
      case 'while':
        if (deep) statement.body.forEach(visit);
        return;
      case 'if':
        if (deep) [...statement.then, ...statement.otherwise].forEach(visit);
        return;
      case 'let':
      case 'batch':
      case 'assign':
      case 'draw':
      case 'report':
      case 'stop':
      case 'return':
        return;
    }
  };
  statements.forEach(visit);
  return keys;
}

/** All reports, each name once. */
function reportsIn(statements: readonly TypedStatement[]): readonly Omit<StepOutput, 'node'>[] {
  const found = new Map<string, Omit<StepOutput, 'node'>>();
  const visit = (statement: TypedStatement): void => {
    switch (statement.kind) {
      case 'report':
        if (!found.has(statement.name))
          found.set(statement.name, { name: statement.name, span: statement.span });
        return;
      case 'repeat':
      case 'for':
      case 'while':
      case 'eachAgent':
        statement.body.forEach(visit);
        return;
      case 'if':
        statement.then.forEach(visit);
        statement.otherwise.forEach(visit);
        return;
      case 'eachVariable':
        for (const { body } of statement.copies) body.forEach(visit);
        return;
      case 'state':
      case 'let':
      case 'batch':
      case 'assign':
      case 'draw':
      case 'stop':
      case 'return':
        return;
    }
  };
  statements.forEach(visit);
  return [...found.values()];
}

/** What names mean at a place of the body. */
function scopes(
  lowering: Lowering,
  semantics: PatternSemantics,
  lowered: LoweredProblem,
  execution: () => Execution,
): Execution['scopeFor'] {
  const { graph } = lowering;
  const parameters = new Map<string, Node>();

  const parameterValue = (declaration: MethodParameter, scope: Scope): Node => {
    const known = parameters.get(declaration.key);
    if (known !== undefined) return known;
    const { value, type, name } = declaration;
    if (value === undefined) throw new InternalError(`the argument ${name} has no value`);
    const made = lowering.lower(value, { ...scope, locals: new Map(), conditional: false });
    const shape = shapeOf(type);
    const node = graph.named(made.type.shape.length === 0 ? graph.full(made, shape) : made, name);
    parameters.set(declaration.key, node);
    return node;
  };

  return (environment, at) => {
    const run = execution();
    const valueOf = (declaration: Declaration, leading: number, scope: Scope): Node => {
      switch (declaration.kind) {
        case 'patternVariable':
          return read(run, environment, declaration.name);
        case 'part':
          return readPart(run, environment, declaration);
        case 'state':
        case 'statementLet':
        case 'statementDraw':
          return agentValue(environment, at, declaration, leading);
        case 'parameter':
          return parameterValue(declaration, scope);
        case 'variable':
        case 'data':
        case 'param':
        case 'let':
        case 'metric':
        case 'sweep':
          return lowered.frame.scope.resolve(declaration, leading, scope);
      }
    };
    return {
      ...at.bindings,
      batches: environment.batches,
      resolve: valueOf,
      expose: run.definitions.expose,
      pattern: {
        ...patternHooks(lowering, semantics),
        firstSite,
        wholeOf: (part) => read(run, environment, part.of),
        partOf: (part, flat) => {
          const variable = variableOf(run, part.of);
          return sliceOf(graph, flat, variable, partIndex(variable, part));
        },
      },
    };
  };

  /** An agent's own value within its block; the array of all outside, or as it was when the block began. */
  function agentValue(
    environment: Environment,
    at: Place,
    declaration: { readonly key: string; readonly agents: unknown },
    leading: number,
  ): Node {
    const { key, agents } = declaration;
    if (agents === undefined || at.agent === undefined) return valueAt(environment, key);
    if (leading > 0) return valueAt(at.before ?? environment, key);
    if (at.own.has(key)) return valueAt(environment, key);
    return graph.gather(valueAt(environment, key), [at.agent.parameter], [0], true);
  }
}
