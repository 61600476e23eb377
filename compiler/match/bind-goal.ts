// Binds the functions of a pattern's goals to the terms of a problem's goals.
import type { MethodModel, PatternFunction, PatternTerm } from '../model/method-types.ts';
import type { Assumptions } from '../problem/facts/calculus.ts';
import { createFacts, type Facts } from '../problem/facts/facts.ts';
import { allVariables } from '../problem/levels.ts';
import type { Goal, Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { affineReader } from './affine-parts.ts';
import { isRestricted } from './feasible.ts';
import type { Layout } from './layout.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import { operatorOf } from './operator.ts';
import type { Pair } from './pair-levels.ts';
import type { ProxVariable } from './prox/of-terms.ts';
import { residualOf } from './residuals.ts';
import type { FunctionRole, MutableRoles, Owner } from './roles.ts';
import { sampledList } from './sampled-list.ts';
import { sampledOperator } from './sampled-operator.ts';
import { sameCount, sampledGoal } from './samples.ts';
import { splitTerms, type Slot } from './split-terms.ts';
import { sharedTerms } from './zero-sum.ts';

export interface BindInput {
  readonly graph: Graph;
  readonly method: MethodModel;
  readonly assumptions: Assumptions;
  readonly pairs: readonly Pair[];
  /** Of each pattern variable. */
  readonly layouts: ReadonlyMap<string, Layout>;
  readonly roles: MutableRoles;
}

/** Binds the functions of all goals; the first thing that does not fit, or undefined. */
export function bindGoals(input: BindInput): Mismatch | undefined {
  const { pairs } = input;
  const done = new Set<Pair>();
  for (const pair of pairs) {
    if (done.has(pair)) continue;
    const rival = pairs.find((other) => other !== pair && isRival(pair, other));
    const failed =
      rival === undefined ? bindPair(input, pair, undefined) : bindRivals(input, pair, rival);
    if (failed !== undefined) return failed;
    done.add(pair);
    if (rival !== undefined) done.add(rival);
  }
  return undefined;
}

const callsOf = ({ pattern }: Pair): readonly PatternFunction[] =>
  pattern?.terms.flatMap((term) => (term.kind === 'call' ? [term.function] : [])) ?? [];

/** Two goals of one level with a function in common, one to minimise it and one to maximise it. */
const isRival = (a: Pair, b: Pair): boolean =>
  a.level === b.level &&
  a.pattern !== undefined &&
  b.pattern !== undefined &&
  a.pattern.sense !== b.pattern.sense &&
  functionsOf(a).some((f) => functionsOf(b).includes(f));

function bindRivals(input: BindInput, first: Pair, second: Pair): Mismatch | undefined {
  const { graph } = input;
  const side = (pair: Pair): Parameters<typeof sharedTerms>[1] => ({
    terms: signedTerms(graph, pair.goal, pair.sign),
    inputs: layoutOf(input, pair).inputs,
  });
  const shared = sharedTerms(graph, side(first), side(second));
  if (shared.kind === 'apart')
    return mismatch(
      'what one player minimises the other must maximise, but only one of them has this term',
      shared.term.span,
    );
  const common = functionsOf(first).find((f) => functionsOf(second).includes(f));
  // What a player has for itself may go to a function of its own.
  const rest = (pair: Pair): readonly Term[] =>
    callsOf(pair).some((f) => f !== common)
      ? shared.terms.filter(
          (term) => !isShared(input, term, first, second) && has(input, term, pair),
        )
      : [];
  const own = [...rest(first), ...rest(second)];
  const failed =
    bindPair(input, withSums(graph, first, second), [
      ...shared.terms.filter((term) => !own.includes(term)),
      ...rest(first),
    ]) ?? (rest(second).length === 0 ? undefined : bindOwn(input, second, rest(second), common));
  return failed;
}

/** The first pair, with the sums of both goals in the sense of its own. */
function withSums(graph: Graph, first: Pair, second: Pair): Pair {
  const turned = (node: Node): Node => (first.sign === second.sign ? node : graph.neg(node));
  const known = new Set(first.goal.sums.map(({ node }) => node));
  const others = second.goal.sums
    .map((sum) => ({ ...sum, node: turned(sum.node), body: turned(sum.body) }))
    .filter(({ node }) => !known.has(node));
  return { ...first, goal: { ...first.goal, sums: [...first.goal.sums, ...others] } };
}

const has = (input: BindInput, { node }: Term, pair: Pair): boolean =>
  affineReader(input.graph, new Set(layoutOf(input, pair).inputs)).depends(node);

const isShared = (input: BindInput, term: Term, a: Pair, b: Pair): boolean =>
  has(input, term, a) && has(input, term, b);

/** Terms of one player alone, to the functions that are its own. */
function bindOwn(
  input: BindInput,
  pair: Pair,
  terms: readonly Term[],
  common: PatternFunction | undefined,
): Mismatch | undefined {
  const calls = callsOf(pair).filter((f) => f !== common);
  return createBinder(input, pair).calls(calls, terms);
}

const layoutOf = ({ layouts }: BindInput, { variable }: Pair): Layout => {
  const found = layouts.get(variable.name);
  if (found === undefined) throw new InternalError(`no layout for ${variable.name}`);
  return found;
};

function bindPair(
  input: BindInput,
  pair: Pair,
  given: readonly Term[] | undefined,
): Mismatch | undefined {
  const { graph, method } = input;
  const { pattern, goal, sign, operator } = pair;
  const binder = createBinder(input, pair);
  if (operator !== undefined) return binder.operator(operator);
  if (pattern === undefined) return undefined;
  const vector = pattern.terms.find(
    (term) => term.kind === 'call' && term.function.result === 'vector',
  );
  if (vector !== undefined) return binder.vector(vector.function);
  const list = pattern.terms.find(
    (term) => term.kind === 'average' && term.function.result === 'vector',
  );
  if (list !== undefined && 'set' in list) return binder.sampledVector(list);
  if (goal.objectives > 1)
    return mismatch('the goal must be one number, but it is a list of objectives', goal.span);
  const terms = (given ?? signedTerms(graph, goal, sign)).filter(({ node }) =>
    binder.depends(node),
  );
  const [only] = pattern.terms;
  const sampled = pattern.terms.find((term) => term.kind === 'average' || term.kind === 'agents');
  const residual = pattern.terms.find((term) => term.kind === 'sumsq');
  const calls = callsOf(pair);
  if (sampled !== undefined && 'set' in sampled) return binder.sampled(sampled, calls, terms);
  if (residual !== undefined) return binder.residual(residual.function, calls, terms);
  if (only === undefined) return mismatch('the pattern has no function', method.pattern.span);
  return binder.calls(calls, terms);
}

interface Binder {
  readonly depends: (node: Node) => boolean;
  readonly operator: (of: PatternFunction) => Mismatch | undefined;
  readonly vector: (of: PatternFunction) => Mismatch | undefined;
  readonly sampledVector: (
    pattern: Extract<PatternTerm, { readonly set: unknown }>,
  ) => Mismatch | undefined;
  readonly calls: (
    calls: readonly PatternFunction[],
    terms: readonly Term[],
  ) => Mismatch | undefined;
  readonly sampled: (
    pattern: Extract<PatternTerm, { readonly set: unknown }>,
    calls: readonly PatternFunction[],
    terms: readonly Term[],
  ) => Mismatch | undefined;
  readonly residual: (
    of: PatternFunction,
    calls: readonly PatternFunction[],
    terms: readonly Term[],
  ) => Mismatch | undefined;
}

function createBinder(input: BindInput, pair: Pair): Binder {
  const { graph, method, assumptions, layouts, pairs } = input;
  const { functions, maps, sets } = input.roles;
  const { goal, sign, level } = pair;
  const own = layoutOf(input, pair);
  const inX = pair.variable.domain !== undefined;
  // Of what it chooses among the lower level keeps the bounds.
  const restricted =
    !inX && !pair.chooses && own.parts.some(({ variable }) => isRestricted(variable));
  // What lower levels answer changes with what this goal decides.
  const relevant = [
    ...own.inputs,
    ...level.lower.flatMap(allVariables).map((variable) => variable.input),
    ...rivalsOf(pairs, pair).flatMap((rival) => layoutOf(input, rival).inputs),
  ];
  const { depends } = affineReader(graph, new Set<Node>(relevant));
  const factsOver = (space: readonly ProxVariable[]): (() => Facts) => {
    let made: Facts | undefined;
    return () =>
      (made ??= createFacts(
        graph,
        space.map(({ input: node }) => node),
        assumptions,
      ));
  };
  /** All that a function is a function of. */
  const spaceFor = (of: readonly PatternFunction[], limited: boolean): readonly ProxVariable[] => {
    const names = [...new Set(of.flatMap(variablesOf))];
    return names.flatMap((name) => {
      const layout = layouts.get(name);
      return layout === undefined ? [] : spaceOf(layout, limited);
    });
  };
  const ownersOf = (name: string): readonly Owner[] => {
    const users = pairs.filter((each) => functionsOf(each).some((f) => f.name === name));
    return users.map((each): Owner => {
      const layout = layoutOf(input, each);
      const minimises = each.pattern?.sense !== 'maximize';
      return {
        inputs: layout.inputs,
        facts: factsOver(spaceOf(layout, false)),
        signed: (node) => (minimises ? node : graph.neg(node)),
      };
    });
  };

  const plain = (
    of: PatternFunction,
    terms: readonly Term[],
    limited = false,
    expression = sumOf(graph, terms),
    form: FunctionRole['form'] = { kind: 'plain' },
  ): void => {
    const space = spaceFor([of], limited);
    functions.set(of.name, {
      name: of.name,
      terms,
      expression,
      space,
      form,
      facts: factsOver(space),
      owners: ownersOf(of.name),
    });
  };

  return {
    depends,
    operator: (of) => {
      const owned = own.parts.map(({ variable }) => variable);
      const { parameters } = of;
      const index = parameters.find((parameter) => parameter.kind === 'index');
      const sampled = index === undefined ? undefined : sampledOperator(graph, level, owned);
      if (sampled?.kind === 'mismatch') return sampled;
      const found = operatorOf(graph, level, owned, assumptions, index !== undefined);
      if (found.kind === 'mismatch') return found;
      if (index !== undefined && sampled !== undefined) sets.set(index.set.name, sampled);
      const gradients = goal.sense !== 'find';
      plain(of, [], false, found.node, { kind: 'operator', layout: own, gradients, sampled });
      return undefined;
    },
    vector: (of) => {
      if (goal.node === undefined || isScalar(goal.node))
        return mismatch('the goal must be a list of objectives, but it is one number', goal.span);
      plain(of, [], false, sign === 1 ? goal.node : graph.neg(goal.node));
      return undefined;
    },
    sampledVector: ({ set, function: of }) => {
      if (goal.node === undefined || isScalar(goal.node))
        return mismatch('the goal must be a list of objectives, but it is one number', goal.span);
      const sampled = sampledList(graph, goal, sign, depends);
      if (sampled.kind === 'mismatch') return sampled;
      sets.set(set.name, sampled);
      plain(of, [], false, sign === 1 ? goal.node : graph.neg(goal.node), {
        kind: 'sampled',
        sampled,
      });
      return undefined;
    },
    calls: bindCalls,
    sampled: (pattern, calls, terms) => {
      const { set, function: of, kind } = pattern;
      const smooth = factsOver(spaceFor([of], false));
      // Smooth terms without a sample stand in every f(x, i); the others go to a further function.
      const extra = calls.length === 0 ? [] : terms.filter((term) => !isSmooth(smooth(), term));
      if (calls.length > 0) {
        const failed = bindCalls(calls, extra);
        if (failed !== undefined) return failed;
      }
      const inSum = terms.filter((term) => !extra.includes(term));
      const used = new Set(inSum.map(({ node }) => node));
      const sums = goal.sums.filter(({ node }) => used.has(node) || used.has(graph.neg(node)));
      const sampled = sampledGoal(graph, { ...goal, sums }, inSum, sign, kind, depends);
      if (sampled.kind === 'mismatch') return sampled;
      const known = sets.get(set.name);
      if (known !== undefined && !sameCount(known, sampled))
        return mismatch(
          `the goals must be sums over as many elements each (${set.name}), but this one is not`,
          goal.span,
        );
      sets.set(set.name, sampled);
      functions.set(of.name, {
        name: of.name,
        terms: inSum,
        expression: sumOf(graph, inSum),
        space: spaceFor([of], false),
        form: { kind: 'sampled', sampled },
        facts: smooth,
        owners: ownersOf(of.name),
      });
      return undefined;
    },
    residual: (of, calls, terms) => {
      const parts: Node[] = [];
      const others: Term[] = [];
      const apart = calls.length === 0 ? [] : separableBesideOthers(terms);
      for (const term of terms) {
        const found = residualOf(graph, term.node, depends);
        if (found.kind === 'residual' && !apart.includes(term)) parts.push(found.node);
        else if (calls.length > 0 || found.kind === 'residual') others.push(term);
        else
          return mismatch(
            'the goal must be a sum of squares, but this term is none',
            graph.origin(found.culprit) ?? term.span,
          );
      }
      if (parts.length === 0)
        return mismatch('the goal must be a sum of squares', terms[0]?.span ?? method.span);
      plain(
        of,
        terms.filter((term) => !others.includes(term)),
        false,
        graph.concat(parts, 0),
      );
      return calls.length === 0 ? undefined : bindCalls(calls, others);
    },
  };

  /** Squares of single variables, where squares of other kinds are there too: a residual would be longer by as many entries as there are variables. */
  function separableBesideOthers(terms: readonly Term[]): readonly Term[] {
    const squares = terms.filter(
      ({ node }) => residualOf(graph, node, depends).kind === 'residual',
    );
    const facts = factsOver(spaceOf(own, false))();
    const apart = squares.filter(({ node }) => facts.isSeparable(node).kind === 'yes');
    return apart.length < squares.length ? apart : [];
  }

  function bindCalls(
    calls: readonly PatternFunction[],
    terms: readonly Term[],
  ): Mismatch | undefined {
    const split = splitTerms({
      graph,
      facts: factsOver(spaceFor(calls, false))(),
      layout: own,
      terms,
      slots: calls.map((call) => slotOf(method, call)),
      space: spaceOf(own, restricted),
      restricted,
    });
    if (split.kind === 'mismatch') return split;
    for (const { slot, terms: mine, map, restricted: carries } of split.filled) {
      const call = calls.find(({ name }) => name === slot.name);
      if (call === undefined) continue;
      if (map === undefined) {
        plain(call, mine, carries);
        continue;
      }
      functions.set(slot.name, {
        name: slot.name,
        terms: mine,
        expression: map.terms.reduce((sum, term) => graph.add(sum, term), graph.constant(0)),
        space: map.space,
        form: { kind: 'mapped', map },
        facts: factsOver(map.space),
        owners: [],
      });
      for (const name of mapNames(calls, slot.name)) maps.set(name, map);
    }
    return undefined;
  }
}

const rivalsOf = (pairs: readonly Pair[], pair: Pair): readonly Pair[] =>
  pairs.filter((other) => other !== pair && isRival(pair, other));

const functionsOf = ({ pattern, operator }: Pair): readonly PatternFunction[] => [
  ...(pattern?.terms.map((term) => term.function) ?? []),
  ...(operator === undefined ? [] : [operator]),
];

const variablesOf = ({ parameters }: PatternFunction): readonly string[] =>
  parameters.flatMap((parameter) => (parameter.kind === 'index' ? [] : [parameter.variable]));

const isSmooth = (facts: Facts, { node }: Term): boolean => {
  const { kind } = facts.isSmooth(node);
  return kind === 'yes' || kind === 'if';
};

const sumOf = (graph: Graph, terms: readonly Term[]): Node =>
  terms.reduce<Node>((sum, { node }) => graph.add(sum, node), graph.constant(0));

/** The terms in the sense of the pattern. */
function signedTerms(graph: Graph, { terms }: Goal, sign: 1 | -1): readonly Term[] {
  if (sign === 1) return terms;
  return terms.map(({ node, span }) => {
    const negated = graph.neg(node);
    graph.setOrigin(negated, span);
    return { node: negated, span };
  });
}

function slotOf({ qualifiers }: MethodModel, { name, parameters }: PatternFunction): Slot {
  const has = (property: string): boolean =>
    qualifiers.some(
      ({ subject, property: asked }) =>
        subject.kind === 'patternFunction' && subject.name === name && asked === property,
    );
  return {
    name,
    smooth: ['smooth', 'quadratic', 'linear'].some(has),
    prox: has('prox'),
    mapped: parameters.some(({ kind }) => kind === 'mapped'),
  };
}

const mapNames = (calls: readonly PatternFunction[], name: string): readonly string[] =>
  calls
    .filter((call) => call.name === name)
    .flatMap(({ parameters }) =>
      parameters.flatMap((parameter) => (parameter.kind === 'mapped' ? [parameter.map.name] : [])),
    );

/** The variables as the space of a prox, with or without their bounds and domains. */
function spaceOf({ parts }: Layout, limited: boolean): readonly ProxVariable[] {
  return parts.map(({ variable }) => ({
    input: variable.input,
    lower: limited ? variable.lower?.node : undefined,
    upper: limited ? variable.upper?.node : undefined,
    domain: limited ? variable.domain : undefined,
  }));
}
