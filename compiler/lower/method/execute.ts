// Symbolic execution of a method's statements: assignments become new values of names, `for` a loop node, `while` a while node, `if` a branch, and what comes after
// a `stop when` that may hold is the other branch of it.
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import type { Span } from '../../../grammar/span.ts';
import type {
  IndexBinding,
  IndexSet,
  TypedExpression,
  TypedPlace,
  TypedStatement,
} from '../../model/types.ts';
import type { VariablePart } from '../../model/method-types.ts';
import { constantDim, multiplyDims, productOfDims, scaleDim, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import { isOp } from '../../tensor/type.ts';
import { postorder } from '../../tensor/visit.ts';
import { affineOf } from '../affine.ts';
import { branch } from '../branch.ts';
import { notYet, shapeOf, type Batch, type Lane, type Lowering, type Scope } from '../context.ts';
import { lowerDraw } from '../draws.ts';
import { placesOf, putPlaces } from '../indexing.ts';
import { report } from '../messages.ts';
import type { PatternSemantics, PatternVariable } from '../pattern.ts';
import { bindLoop, timesOf } from '../recurrence.ts';
import { actualSet, bindAt, newLane, sizeOf } from '../sets.ts';
import { vectorizeOver } from '../vectorize/vectorize.ts';
import { effectsOf, isBatch, keyOfPlace, reportKey, returnKey, stoppedKey } from './assigned.ts';
import { assign, type Definitions, type Environment } from './environment.ts';

export interface Execution {
  readonly lowering: Lowering;
  readonly semantics: PatternSemantics;
  readonly definitions: Definitions;
  /** Keys of the names by which derivatives are taken. */
  readonly targets: ReadonlySet<string>;
  /** Keys of pattern variables and states; all other names are lets. */
  readonly states: ReadonlySet<string>;
  /** Keys of what each agent has its own of. */
  readonly agentKeys: ReadonlySet<string>;
  /** Sites of the method's draws come after those of the problem. */
  readonly siteOffset: number;
  readonly scopeFor: (environment: Environment, at: Place) => Scope;
}

/** Where a statement stands: what loops around it bind. */
export interface Place {
  readonly bindings: Scope;
  /** Within `each c in C`: the agent's index. */
  readonly agent: Lane | undefined;
  /** The environment when the block of agents began. */
  readonly before: Environment | undefined;
  /** Names whose values are the agent's own within the block; others are arrays of all agents. */
  readonly own: ReadonlySet<string>;
}

export function execute(
  run: Execution,
  statements: readonly TypedStatement[],
  environment: Environment,
  at: Place,
): Environment {
  const [first, ...rest] = statements;
  if (first === undefined) return environment;
  if (first.kind === 'repeat') throw new InternalError('repeat within a block');
  const after = executeOne(run, first, environment, at);
  if (rest.length === 0) return after;
  const stopped = effectsOf([first]).stops ? valueAt(after, stoppedKey) : undefined;
  if (stopped === undefined || decided(stopped) === false) return execute(run, rest, after, at);
  const { graph } = run.lowering;
  const on = assign(after, [[stoppedKey, falsehood(graph)]]);
  const mark = run.definitions.mark();
  const end = execute(run, rest, on, at);
  const keys = changedKeys(on, end);
  const settled = settleAt(run, end, keys, mark);
  const held = keys.map((key) => (key === stoppedKey ? truth(graph) : read(run, on, key)));
  const merged = lazily(graph, stopped, held, settled);
  const flagged = keys.includes(stoppedKey);
  return bind(
    run,
    after,
    flagged ? keys : [...keys, stoppedKey],
    flagged ? merged : [...merged, stopped],
  );
}

export const truth = (graph: Graph): Node => graph.eq(1, 1);
export const falsehood = (graph: Graph): Node => graph.eq(0, 1);

function executeOne(
  run: Execution,
  statement: Exclude<TypedStatement, { readonly kind: 'repeat' }>,
  environment: Environment,
  at: Place,
): Environment {
  const { lowering } = run;
  const { graph } = lowering;
  const scope = run.scopeFor(environment, at);
  const value = (expression: TypedExpression): Node => lowering.lower(expression, scope);
  switch (statement.kind) {
    case 'state':
      return bind(
        run,
        environment,
        statement.states.map(({ state }) => state.key),
        statement.states.map(({ state, value: start }) =>
          inFull(graph, filled(graph, value(start), shapeOf(state.type))),
        ),
      );
    case 'let':
      return bind(
        run,
        environment,
        statement.lets.map(({ key }) => key),
        statement.lets.map((declared) => graph.named(value(declared.value), declared.name)),
      );
    case 'batch':
      return withBatch(run, environment, statement.batch, scope);
    case 'assign': {
      const values = statement.values.map(value);
      return statement.targets.reduce(
        (now, target, k) => assignPlace(run, now, target, values[k], scope, at),
        environment,
      );
    }
    case 'draw': {
      const { draw } = statement;
      const made = lowerDraw(lowering, draw.distribution, 'run', scope, run.siteOffset);
      return bind(run, environment, [draw.key], [graph.oracle(made, 'draws', draw.name)]);
    }
    case 'report':
      return bind(run, environment, [reportKey(statement.name)], [value(statement.value)]);
    case 'return':
      return bind(
        run,
        environment,
        statement.values.map((_, k) => returnKey(k)),
        statement.values.map(value),
      );
    case 'stop': {
      const before = valueAt(environment, stoppedKey);
      const now = value(statement.condition);
      return bind(
        run,
        environment,
        [stoppedKey],
        [decided(before) === false ? now : graph.or(before, now)],
      );
    }
    case 'if':
      return branching(run, statement, environment, at, value(statement.condition));
    case 'for':
      return looping(run, statement, environment, at);
    case 'while':
      return whiling(run, statement, environment, at);
    case 'eachAgent':
      return eachAgent(run, statement, environment, at);
    case 'eachVariable':
      return statement.copies.reduce((now, { where, body }) => {
        const applies = where === undefined || isTrue(run, where, now, at);
        return applies ? execute(run, body, now, at) : now;
      }, environment);
  }

  function isTrue(
    execution: Execution,
    where: TypedExpression,
    now: Environment,
    place: Place,
  ): boolean {
    const test = lowering.lower(where, execution.scopeFor(now, place));
    const known = decided(test);
    if (known === undefined)
      notYet(lowering, 'a condition on variables that is known only at run time', where.span);
    return known ?? false;
  }
}

/** The truth of a comparison of constants. */
function decided(node: Node): boolean | undefined {
  const constant = constantEntry(node);
  if (constant !== undefined) return constant !== 0;
  if (isOp(node, 'unary') && node.attributes.fn === 'not') {
    const inner = decided(node.args[0]);
    return inner === undefined ? undefined : !inner;
  }
  if (!isOp(node, 'binary')) return undefined;
  const { fn } = node.attributes;
  const [left, right] = node.args;
  if (fn === 'and' || fn === 'or') {
    const [p, q] = [decided(left), decided(right)];
    if (p === undefined || q === undefined) return undefined;
    return fn === 'and' ? p && q : p || q;
  }
  const [a, b] = [constantEntry(left), constantEntry(right)];
  if (a === undefined || b === undefined) return undefined;
  if (fn === 'eq') return a === b;
  if (fn === 'ne') return a !== b;
  if (fn === 'le') return a <= b;
  return fn === 'lt' ? a < b : undefined;
}

// ------------------------------------------------------------------------------------------------ names

const filled = (graph: Graph, node: Node, shape: readonly Dim[]): Node =>
  node.type.shape.length === 0 ? graph.full(node, shape) : node;

/** A state lies in full: any of its entries may change. */
const inFull = (graph: Graph, node: Node): Node =>
  node.type.storage === 'csr' ? graph.make('reshape', { shape: node.type.shape }, [node]) : node;

/** The names with new values. Those that derivatives are taken by become opaque, and where any are so do states, whose values are their own. */
export function bind(
  { targets, states, definitions }: Execution,
  environment: Environment,
  keys: readonly string[],
  values: readonly Node[],
): Environment {
  return assign(
    environment,
    keys.map((key, k): readonly [string, Node] => {
      const node = values[k];
      const kind = states.has(key) ? 'state' : 'let';
      const isLeaf = isOp(node, 'parameter') || (kind === 'state' && isOp(node, 'input'));
      const isTarget = targets.has(key);
      const isState = kind === 'state' && targets.size > 0 && constantEntry(node) === undefined;
      const opaque = !isLeaf && (isTarget || isState);
      return [key, opaque ? definitions.define(node, key, kind) : node];
    }),
  );
}

export function valueAt(environment: Environment, key: string): Node {
  const found = environment.values.get(key);
  if (found === undefined) throw new InternalError(`${key} has no value yet`);
  return found;
}

/** The value of a name; of a pattern variable the flat vector. */
export function read(run: Execution, environment: Environment, key: string): Node {
  const parts = environment.parts.get(key);
  if (parts === undefined) return valueAt(environment, key);
  const { graph } = run.lowering;
  const whole = graph.concat(
    parts.map((part) => graph.flatten(part)),
    0,
  );
  return run.targets.has(key) ? run.definitions.define(whole, key, 'state') : whole;
}

/** The environment with the parts of all pattern variables joined: before they go into a loop or a branch. */
function joined(run: Execution, environment: Environment): Environment {
  const keys = [...environment.parts.keys()];
  return bind(
    run,
    environment,
    keys,
    keys.map((key) => read(run, environment, key)),
  );
}

export const variableOf = (run: Execution, name: string): PatternVariable => {
  const found = run.semantics.variables.find((variable) => variable.name === name);
  if (found === undefined) throw new InternalError(`the variable ${name} is not bound`);
  return found;
};

/** A part of a pattern variable in its own shape. */
export function readPart(run: Execution, environment: Environment, part: VariablePart): Node {
  const { graph } = run.lowering;
  const variable = variableOf(run, part.of);
  const index = partIndex(variable, part);
  const parts = environment.parts.get(part.of);
  if (parts !== undefined) return parts[index];
  return sliceOf(graph, valueAt(environment, part.of), variable, index);
}

export const partIndex = (variable: PatternVariable, part: VariablePart): number =>
  variable.parts.findIndex(({ offset }) => offset.key === part.offset.key);

export function sliceOf(graph: Graph, flat: Node, { parts }: PatternVariable, index: number): Node {
  const { offset, shape } = parts[index];
  return graph.reshape(graph.sliceAxis(flat, 0, offset, productOfDims(shape)), shape);
}

function assignPlace(
  run: Execution,
  environment: Environment,
  place: TypedPlace,
  value: Node,
  scope: Scope,
  at: Place,
): Environment {
  const { lowering } = run;
  const { graph } = lowering;
  const { target, subscripts } = place;
  const key = keyOfPlace(place);
  const current = target.kind === 'part' ? readPart(run, environment, target) : own();
  const whole =
    subscripts === undefined
      ? filled(graph, value, current.type.shape)
      : putPlaces(
          lowering,
          current,
          value,
          placesOf(lowering, current, subscripts, scope, place.span),
        );
  if (target.kind !== 'part') return bind(run, environment, [key], [whole]);
  const variable = variableOf(run, target.of);
  const known = environment.parts.get(target.of);
  const flat = known === undefined ? valueAt(environment, target.of) : undefined;
  const parts =
    known ??
    variable.parts.map((_, k) =>
      flat === undefined ? current : sliceOf(graph, flat, variable, k),
    );
  const index = partIndex(variable, target);
  return {
    ...environment,
    parts: new Map([
      ...environment.parts,
      [target.of, parts.map((p, k) => (k === index ? whole : p))],
    ]),
  };

  function own(): Node {
    return at.agent === undefined
      ? read(run, environment, key)
      : run.scopeFor(environment, at).resolve(target, 0, scope);
  }
}

// ------------------------------------------------------------------------------------------------ branches

/** Names that differ between two environments, among those of the first. */
function changedKeys(from: Environment, to: Environment): readonly string[] {
  return [...from.values.keys()].filter(
    (key) =>
      from.parts.get(key) !== to.parts.get(key) || from.values.get(key) !== to.values.get(key),
  );
}

/** Values of names with the definitions made since a mark put in. */
const settleAt = (
  run: Execution,
  environment: Environment,
  keys: readonly string[],
  mark: number,
): readonly Node[] =>
  run.definitions.settle(
    keys.map((key) => read(run, environment, key)),
    mark,
  );

/** One lazy branch for all names; plain selects where both sides are cheap. */
function lazily(
  graph: Graph,
  condition: Node,
  then: readonly Node[],
  otherwise: readonly Node[],
): readonly Node[] {
  const scalars = then.map((value, k) => branch(graph, condition, value, otherwise[k]));
  const cheap = scalars.every((made, k) => made.op !== 'cond' && then[k].type.shape.length === 0);
  if (then.length === 0 || cheap) return scalars;
  return graph.cond(
    condition,
    () => then,
    () => otherwise,
  );
}

function branching(
  run: Execution,
  statement: Extract<TypedStatement, { readonly kind: 'if' }>,
  given: Environment,
  at: Place,
  condition: Node,
): Environment {
  const { then, otherwise } = statement;
  const known = decided(condition);
  if (known !== undefined) return scoped(given, execute(run, known ? then : otherwise, given, at));
  const environment = joined(run, given);
  const inside: Place = { ...at, bindings: { ...at.bindings, conditional: true } };
  const first = run.definitions.mark();
  const yes = execute(run, then, environment, inside);
  const keysThen = changedKeys(environment, yes);
  const assignedElse = effectsOf(otherwise).assigned;
  const keys = [
    ...new Set([
      ...keysThen,
      ...[...environment.values.keys()].filter((key) => assignedElse.has(key)),
    ]),
  ];
  const left = settleAt(run, yes, keys, first);
  const second = run.definitions.mark();
  const no = execute(run, otherwise, environment, inside);
  const right = settleAt(run, no, keys, second);
  return bind(run, environment, keys, lazily(run.lowering.graph, condition, left, right));
}

/** Only names that existed before a block live on after it. */
function scoped(before: Environment, after: Environment): Environment {
  return {
    values: new Map([...after.values].filter(([key]) => before.values.has(key))),
    parts: after.parts,
    batches: before.batches,
  };
}

// ------------------------------------------------------------------------------------------------ loops

/** The names of an environment that a body changes. */
const carriedKeys = (
  environment: Environment,
  body: readonly TypedStatement[],
): readonly string[] => {
  const { assigned } = effectsOf(body);
  return [...environment.values.keys()].filter((key) => assigned.has(key));
};

/** What a name is called, without what its key says of its kind. */
const plainName = (key: string): string => key.replace(/^(report|return) /, '');

function looping(
  run: Execution,
  statement: Extract<TypedStatement, { readonly kind: 'for' }>,
  given: Environment,
  at: Place,
): Environment {
  const { lowering, definitions } = run;
  const { graph } = lowering;
  const { binding, body, where } = statement;
  const outer = run.scopeFor(given, at);
  const environment = joined(
    run,
    isBatch(binding.set) ? withBatch(run, given, binding.set, outer) : given,
  );
  const scope = run.scopeFor(environment, at);
  const times = timesOf(lowering, binding, scope);
  const keys = carriedKeys(environment, body);
  const { stops } = effectsOf(body);
  const once = (index: Node, states: readonly Node[]): readonly Node[] => {
    const mark = definitions.mark();
    const inner = assign(
      environment,
      keys.map((key, k): readonly [string, Node] => [key, states[k]]),
    );
    const place = bindingPlace(run, binding, index, times, inner, at);
    const end = execute(run, body, inner, place);
    const results = settleAt(run, end, keys, mark);
    const tests = [
      ...(where === undefined ? [] : [lowering.lower(where, run.scopeFor(inner, place))]),
      ...(stops ? [graph.not(states[keys.indexOf(stoppedKey)])] : []),
    ];
    return tests.length === 0
      ? results
      : lazily(
          graph,
          tests.reduce((a, b) => graph.and(a, b)),
          results,
          states,
        );
  };
  const inits = keys.map((key) => valueAt(environment, key));
  const results = graph.fold(times, inits, (index, ...states) => once(index, states), [
    '',
    ...keys.map(plainName),
  ]);
  return { ...bind(run, environment, keys, results), batches: given.batches };
}

function bindingPlace(
  run: Execution,
  binding: IndexBinding,
  index: Node,
  times: Dim | Node,
  environment: Environment,
  at: Place,
): Place {
  const scope = run.scopeFor(environment, at);
  return { ...at, bindings: bindLoop(run.lowering, binding, index, times, scope) };
}

function whiling(
  run: Execution,
  statement: Extract<TypedStatement, { readonly kind: 'while' }>,
  given: Environment,
  at: Place,
): Environment {
  const { lowering, definitions } = run;
  const { graph } = lowering;
  const { body, condition } = statement;
  const environment = joined(run, given);
  const { draws, stops } = effectsOf(body);
  const keys = carriedKeys(environment, body);
  const stopAt = keys.indexOf(stoppedKey);
  const within = (states: readonly Node[]): Environment =>
    assign(
      environment,
      keys.map((key, k): readonly [string, Node] => [key, states[k]]),
    );
  /** Draws in the body are numbered by how often it ran. */
  const placeOf = (states: readonly Node[]): Place =>
    draws
      ? {
          ...at,
          bindings: { ...at.bindings, counters: [...at.bindings.counters, states[keys.length]] },
        }
      : at;
  const inits = [
    ...keys.map((key) => valueAt(environment, key)),
    ...(draws ? [graph.constant(0)] : []),
  ];
  const results = graph.while(
    inits,
    (...states) => {
      const mark = definitions.mark();
      const test = lowering.lower(condition, run.scopeFor(within(states), placeOf(states)));
      const [settled] = definitions.settle([test], mark);
      return stops ? graph.and(settled, graph.not(states[stopAt])) : settled;
    },
    (...states) => {
      const mark = definitions.mark();
      const end = execute(run, body, within(states), placeOf(states));
      const next = settleAt(run, end, keys, mark);
      return draws ? [...next, graph.add(states[keys.length], 1)] : next;
    },
    keys.map(plainName),
  );
  return bind(run, environment, keys, results.slice(0, keys.length));
}

// ------------------------------------------------------------------------------------------------ batches, agents

/** Draws the elements of a batch. */
function withBatch(
  run: Execution,
  environment: Environment,
  set: IndexSet,
  scope: Scope,
): Environment {
  const { elements } = set;
  if (elements.kind !== 'batch') throw new InternalError('a batch of nothing');
  const { lowering, semantics, siteOffset } = run;
  const { graph } = lowering;
  const role = elements.of.elements.kind === 'role' ? elements.of.elements.role : undefined;
  const bound = role === undefined ? undefined : semantics.sets.get(role);
  const count = batchSize(lowering, set, elements.count, scope);
  const site = elements.site + siteOffset;
  if (bound?.kind === 'finite') bound.drawing(count);
  const made: Batch =
    bound?.kind === 'distribution'
      ? {
          kind: 'draws',
          size: count,
          batch: bound.draw(site, scope.counters, count),
        }
      : {
          kind: 'positions',
          positions: graph.sample(sizeOf(actualSet(elements.of)), count, site, scope.counters),
        };
  return { ...environment, batches: new Map([...environment.batches, [set, made]]) };
}

function batchSize(lowering: Lowering, set: IndexSet, count: TypedExpression, scope: Scope): Dim {
  if (set.size !== undefined) return set.size;
  const { offset, terms } = affineOf(lowering.lower(count, scope));
  if (terms.size === 0) return offset;
  lowering.diagnostics.push(batchMessage(count.span));
  return constantDim(1);
}

const batchMessage = (span: Span): Diagnostic => report('P203', span, { what: 'this batch' });

/** All agents at once: one agent's block, then every agent's results. */
function eachAgent(
  run: Execution,
  statement: Extract<TypedStatement, { readonly kind: 'eachAgent' }>,
  given: Environment,
  at: Place,
): Environment {
  const { lowering, definitions } = run;
  const { graph } = lowering;
  const { binding, body, where } = statement;
  const environment = joined(run, given);
  const agent = newLane(lowering, sizeOf(actualSet(binding.set)), 'agent');
  const outer = run.scopeFor(environment, at);
  const bindings = bindAt(lowering, binding, agent.parameter, {
    ...outer,
    counters: [...outer.counters, agent.parameter],
  });
  const { assigned } = effectsOf(body);
  const place: Place = { bindings, agent, before: environment, own: assigned };
  const mark = definitions.mark();
  const informed = broadcast(run, environment, agent.axis.length, at);
  // The agent's own values stand in for the arrays of all agents.
  const owned = [...environment.values.keys()].filter(
    (key) => assigned.has(key) && !key.startsWith('report '),
  );
  const mine = assign(
    informed,
    owned.map((key): readonly [string, Node] => [
      key,
      graph.gather(valueAt(environment, key), [agent.parameter], [0], true),
    ]),
  );
  const end = execute(run, body, mine, place);
  const keys = [...assigned].filter((key) => end.values.has(key));
  const lanes = settleAt(run, end, keys, mark);
  const kept =
    where === undefined
      ? lanes
      : keys.map((key, k) => {
          const before = mine.values.get(key);
          if (before === undefined) {
            notYet(lowering, 'a let of some agents only', statement.span);
            return lanes[k];
          }
          return branch(graph, lowering.lower(where, bindings), lanes[k], before);
        });
  const all = vectorizeOver(
    graph,
    kept,
    new Map([[agent.parameter, { node: graph.iota(agent.axis.length), axes: [agent.axis] }]]),
    [agent.axis],
  );
  return bind(run, environment, keys, all);
}

const bitsOfNumber = 64;

/** What all agents share and an iteration may change is told to each of them, where it is read: `bits_down`. What stands before `repeat` they know from the problem. */
function broadcast(
  run: Execution,
  environment: Environment,
  agents: Dim,
  { bindings }: Place,
): Environment {
  const { graph } = run.lowering;
  const [iteration] = bindings.counters;
  if (!isOp(iteration, 'input')) return environment;
  const told = [...environment.values].flatMap(([key, node]): readonly [string, Node][] => {
    const known = run.agentKeys.has(key) || !isName(key) || !varies(node);
    if (known) return [];
    const bits = scaleDim(multiplyDims(productOfDims(node.type.shape), agents), bitsOfNumber);
    return [[key, graph.oracle(node, 'bits_down', key, bits)]];
  });
  return bind(
    run,
    environment,
    told.map(([key]) => key),
    told.map(([, node]) => node),
  );
}

const isName = (key: string): boolean =>
  key !== stoppedKey && !key.startsWith('report ') && !key.startsWith('return ');

/** Made of states or draws. */
const varies = (node: Node): boolean =>
  postorder([node]).some(
    (part) =>
      isOp(part, 'parameter') ||
      isOp(part, 'draw') ||
      isOp(part, 'sample') ||
      (isOp(part, 'input') && part.attributes.role === 'state'),
  );
