// Binds the roles of a method's pattern to a problem, or finds the first requirement that fails.
import type {
  MethodModel,
  PatternFunction,
  PatternGoal,
  PatternTerm,
  PatternVariable,
} from '../model/method-types.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts, type Facts } from '../problem/facts/facts.ts';
import type { Constraint, Goal, Problem, Term, Variable } from '../problem/problem.ts';
import { constantDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { affineReader } from './affine-parts.ts';
import { isRestricted } from './feasible.ts';
import { layoutOf, type Layout } from './layout.ts';
import type { MappedTerms } from './linear-map.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import type { ProxVariable } from './prox/of-terms.ts';
import { checkQualifiers } from './qualifiers.ts';
import { residualOf } from './residuals.ts';
import type { FunctionRole, Roles } from './roles.ts';
import { sampledGoal, type Sampled } from './samples.ts';
import { splitTerms, type Slot } from './split-terms.ts';

export type PatternMatch = { readonly kind: 'roles'; readonly roles: Roles } | Mismatch;

/** Matches a method's pattern against a problem. */
export function matchPattern(graph: Graph, method: MethodModel, problem: Problem): PatternMatch {
  const { pattern } = method;
  const { level } = problem;
  const structure = checkStructure(method, problem);
  if (structure !== undefined) return structure;
  const [goal] = level.goals;
  const [patternGoal] = pattern.goals;
  const [x] = patternGoal.over;
  const owned = level.variables.filter(({ name }) => goal.owns.includes(name));
  const layout = layoutOf(graph, owned);
  const failed =
    checkElements(method, owned) ??
    checkDomain(x, method, owned) ??
    checkConstraints(method, level.constraints);
  if (failed !== undefined) return failed;
  const binder = createBinder(graph, method, problem, layout);
  const bound = binder.goal(patternGoal, goal, x);
  if (bound !== undefined) return bound;
  const constrained = binder.constraints();
  if (constrained !== undefined) return constrained;
  const roles: Roles = {
    graph,
    goal,
    variables: new Map([[x.name, layout]]),
    functions: binder.functions,
    maps: binder.maps,
    sets: binder.sets,
    domains: new Map(x.domain?.kind === 'role' ? [[x.domain.role.name, layout]] : []),
    constraints: level.constraints,
  };
  const unmet = checkQualifiers(method, roles);
  return unmet ?? { kind: 'roles', roles };
}

// ------------------------------------------------------------------------------------------------ structure

function checkStructure(method: MethodModel, { level, span }: Problem): Mismatch | undefined {
  const { pattern } = method;
  const [lower] = level.lower;
  if (lower !== undefined && pattern.lower.length === 0)
    return mismatch('the problem must have one level, but this one has a lower level', lower.span);
  if (lower === undefined && pattern.lower.length > 0)
    return mismatch('the problem must have a lower level, but this one has none', span);
  const [first, second] = level.goals;
  if (first === undefined) return mismatch('the problem has no goal', span);
  if (pattern.find !== undefined) {
    if (first.sense !== 'find')
      return mismatch('the problem must be one of `find`, but this one has a goal', first.span);
  } else if (first.sense === 'find')
    return mismatch('the problem must have a goal, but this one is of `find`', first.span);
  if (second !== undefined && pattern.goals.length < 2)
    return mismatch('the problem must have one goal, but this one is a game', second.span);
  if (second === undefined && pattern.goals.length > 1)
    return mismatch('the problem must be a game, but this one has a single goal', first.span);
  if (first.player !== undefined)
    return mismatch(
      'the problem must have one goal, but this one has a player for each index',
      first.span,
    );
  if (pattern.lower.length > 0 || pattern.goals.length > 1 || pattern.find !== undefined)
    return mismatch(
      'this version does not run methods for levels, games or `find` yet',
      first.span,
    );
  return undefined;
}

function checkElements(method: MethodModel, variables: readonly Variable[]): Mismatch | undefined {
  if (method.native !== undefined) return undefined;
  const wantsInt = method.qualifiers.some(
    ({ subject, property }) => subject.kind === 'patternVariable' && property === 'int',
  );
  const other = variables.find(
    ({ element }) => (element === 'real') === wantsInt || element === 'complex',
  );
  if (other === undefined) return undefined;
  return mismatch(
    `the variables must be ${wantsInt ? 'int' : 'real'}, but \`${other.name}\` is ${other.element}`,
    other.span,
  );
}

/** Bounds and domains belong to `x in X`; without it a function with a prox may carry them. */
function checkDomain(
  { domain, name }: PatternVariable,
  method: MethodModel,
  variables: readonly Variable[],
): Mismatch | undefined {
  if (domain === undefined) {
    const restricted = variables.find(isRestricted);
    const carried = method.qualifiers.some(
      ({ subject, property }) => subject.kind === 'patternFunction' && property === 'prox',
    );
    if (restricted === undefined || carried) return undefined;
    const what =
      restricted.domain === undefined ? 'bounds' : `the domain ${restricted.domain.name}`;
    return mismatch(
      `the variables must be free (the pattern has \`over ${name}\`, not \`over ${name} in X\`), but \`${restricted.name}\` has ${what}`,
      restricted.domain?.span ?? restricted.span,
    );
  }
  if (domain.kind === 'role') return undefined;
  const [only, ...others] = variables;
  const fits =
    only !== undefined &&
    others.length === 0 &&
    only.domain?.name === domain.name &&
    only.lower === undefined &&
    only.upper === undefined;
  return fits
    ? undefined
    : mismatch(
        `the goal must own one variable in ${domain.name} and no other`,
        only?.domain?.span ?? only?.span ?? variables[0].span,
      );
}

function checkConstraints(
  { pattern }: MethodModel,
  constraints: readonly Constraint[],
): Mismatch | undefined {
  const kinds = new Set(pattern.constraints.map(({ kind }) => kind));
  for (const { relation, span, name } of constraints) {
    const what = name === undefined ? 'a constraint' : `the constraint \`${name}\``;
    if (pattern.constraints.length === 0)
      return mismatch(`the problem must have no constraints, but it has ${what}`, span);
    if ((relation.kind === 'equal' || relation.kind === 'lessEqual') && kinds.has(relation.kind))
      continue;
    if (relation.kind === 'equal' || relation.kind === 'lessEqual') {
      const sort = relation.kind === 'equal' ? 'an equation' : 'an inequality';
      return mismatch(`the method knows nothing of ${sort} such as ${what}`, span);
    }
    return mismatch(
      `constraints must be equations and inequalities, but ${what} is another relation`,
      span,
    );
  }
  return undefined;
}

// ------------------------------------------------------------------------------------------------ functions

interface Binder {
  readonly functions: Map<string, FunctionRole>;
  readonly maps: Map<string, MappedTerms>;
  readonly sets: Map<string, Sampled>;
  readonly goal: (pattern: PatternGoal, goal: Goal, x: PatternVariable) => Mismatch | undefined;
  readonly constraints: () => Mismatch | undefined;
}

function createBinder(graph: Graph, method: MethodModel, problem: Problem, layout: Layout): Binder {
  const functions = new Map<string, FunctionRole>();
  const maps = new Map<string, MappedTerms>();
  const sets = new Map<string, Sampled>();
  const assumptions = assumptionsOf(problem);
  const factsOver = (space: readonly ProxVariable[]): (() => Facts) => {
    let made: Facts | undefined;
    return () =>
      (made ??= createFacts(
        graph,
        space.map(({ input }) => input),
        assumptions,
      ));
  };
  const free = spaceOf(layout, false);
  const limited = spaceOf(layout, true);
  const facts = factsOver(free);
  const { depends } = affineReader(graph, new Set(layout.inputs));

  const plain = (
    name: string,
    terms: readonly Term[],
    space: readonly ProxVariable[],
    expression = sumOf(graph, terms),
  ): void => {
    functions.set(name, {
      name,
      terms,
      expression,
      space,
      form: { kind: 'plain' },
      facts: factsOver(space),
    });
  };

  const bindGoal: Binder['goal'] = (pattern, goal, x) => {
    const sign = (goal.sense === 'maximize') === (pattern.sense === 'maximize') ? 1 : -1;
    const vector = pattern.terms.find(
      (term) => term.kind === 'call' && term.function.result === 'vector',
    );
    if (vector !== undefined) return bindVector(vector.function, goal, sign);
    if (goal.objectives > 1)
      return mismatch('the goal must be one number, but it is a list of objectives', goal.span);
    const terms = signedTerms(graph, goal, sign).filter(({ node }) => depends(node));
    const inX = x.domain !== undefined;
    const restricted = !inX && layout.parts.some(({ variable }) => isRestricted(variable));
    const [only] = pattern.terms;
    const sampled = pattern.terms.find((term) => term.kind === 'average' || term.kind === 'agents');
    const residual = pattern.terms.find((term) => term.kind === 'sumsq');
    const calls = pattern.terms.flatMap((term) => (term.kind === 'call' ? [term.function] : []));
    if (sampled !== undefined && 'set' in sampled)
      return bindSampled(sampled, calls, goal, terms, sign, restricted);
    if (residual !== undefined) return bindResidual(residual.function, calls, terms, restricted);
    if (only === undefined) return mismatch('the pattern has no function', pattern.span);
    return bindCalls(calls, terms, restricted);
  };

  function bindVector({ name }: PatternFunction, goal: Goal, sign: 1 | -1): Mismatch | undefined {
    if (goal.node === undefined || isScalar(goal.node))
      return mismatch('the goal must be a list of objectives, but it is one number', goal.span);
    plain(name, [], free, sign === 1 ? goal.node : graph.neg(goal.node));
    return undefined;
  }

  function bindCalls(
    calls: readonly PatternFunction[],
    terms: readonly Term[],
    restricted: boolean,
  ): Mismatch | undefined {
    const split = splitTerms({
      graph,
      facts: facts(),
      layout,
      terms,
      slots: calls.map((call) => slotOf(method, call)),
      space: restricted ? limited : free,
      restricted,
    });
    if (split.kind === 'mismatch') return split;
    for (const { slot, terms: own, map, restricted: carries } of split.filled) {
      if (map === undefined) {
        plain(slot.name, own, carries ? limited : free);
        continue;
      }
      functions.set(slot.name, {
        name: slot.name,
        terms: own,
        expression: map.terms.reduce((sum, term) => graph.add(sum, term), graph.constant(0)),
        space: map.space,
        form: { kind: 'mapped', map },
        facts: factsOver(map.space),
      });
      for (const name of mapNames(calls, slot.name)) maps.set(name, map);
    }
    return undefined;
  }

  /** Smooth terms without a sample stand in every f(x, i); the others go to a further function. */
  function bindSampled(
    { set, function: { name }, kind }: Extract<PatternTerm, { readonly set: unknown }>,
    calls: readonly PatternFunction[],
    goal: Goal,
    terms: readonly Term[],
    sign: 1 | -1,
    restricted: boolean,
  ): Mismatch | undefined {
    const extra = calls.length === 0 ? [] : terms.filter((term) => !isSmooth(facts(), term));
    if (calls.length > 0) {
      const failed = bindCalls(calls, extra, restricted);
      if (failed !== undefined) return failed;
    }
    const inSum = terms.filter((term) => !extra.includes(term));
    const sampled = sampledGoal(graph, goal, inSum, sign, kind, depends);
    if (sampled.kind === 'mismatch') return sampled;
    sets.set(set.name, sampled);
    functions.set(name, {
      name,
      terms: inSum,
      expression: sumOf(graph, inSum),
      space: free,
      form: { kind: 'sampled', sampled },
      facts,
    });
    return undefined;
  }

  function bindResidual(
    { name }: PatternFunction,
    calls: readonly PatternFunction[],
    terms: readonly Term[],
    restricted: boolean,
  ): Mismatch | undefined {
    const parts: Node[] = [];
    const others: Term[] = [];
    for (const term of terms) {
      const found = residualOf(graph, term.node, depends);
      if (found.kind === 'residual') parts.push(found.node);
      else if (calls.length > 0) others.push(term);
      else
        return mismatch(
          'the goal must be a sum of squares, but this term is none',
          graph.origin(found.culprit) ?? term.span,
        );
    }
    if (parts.length === 0)
      return mismatch('the goal must be a sum of squares', terms[0]?.span ?? method.span);
    plain(
      name,
      terms.filter((term) => !others.includes(term)),
      free,
      graph.concat(parts, 0),
    );
    return calls.length === 0 ? undefined : bindCalls(calls, others, restricted);
  }

  return {
    functions,
    maps,
    sets,
    goal: bindGoal,
    constraints: () => {
      for (const { kind, function: role } of method.pattern.constraints) {
        const residuals = problem.level.constraints.flatMap(({ relation }) =>
          (relation.kind === 'equal' || relation.kind === 'lessEqual') && relation.kind === kind
            ? [vectorOf(graph, relation.residual)]
            : [],
        );
        const stacked =
          residuals.length === 0 ? graph.zeros([constantDim(0)]) : graph.concat(residuals, 0);
        plain(role.name, [], free, stacked);
      }
      return undefined;
    },
  };
}

const vectorOf = (graph: Graph, x: Node): Node =>
  isScalar(x) ? graph.reshape(x, [1]) : graph.flatten(x);

const isSmooth = (facts: Facts, { node }: Term): boolean => {
  const { kind } = facts.isSmooth(node);
  return kind === 'yes' || kind === 'if';
};

const sumOf = (graph: Graph, terms: readonly Term[]): Node =>
  terms.reduce<Node>((sum, { node }) => graph.add(sum, node), graph.constant(0));

/** The terms in the sense of minimisation. */
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
