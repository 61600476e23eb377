// dual of an inner maximum: where the lower level maximises what the upper one minimises, linearly in its variables less a known function of them alone, its value is
// that function's conjugate at the slope (Rockafellar 1970, section 12): max over y in Y of <a(x), y> - h(y) = h*(a(x)).
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import { grad } from '../derive/grad.ts';
import { proxOfTerms } from '../match/prox/of-terms.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import type { Level, Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { dependsOn } from '../tensor/visit.ts';
import type { NoEquation } from './lower/equation.ts';
import { implicitReaction, reactionsBelow, type Values } from './lower/reaction.ts';
import { withValues } from './lower/put-back.ts';
import { minimisedTerms, withGoal } from './one-goal.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';

export const dual: Reduction = {
  name: 'dual',
  accepts: (input) => {
    const { problem, args, span } = input;
    if (problem.level.lower.length === 0)
      return refuses('the problem has no lower level', problem.span);
    if (args.length > 0) return refuses('it takes no arguments', span);
    const made = conjugated(input);
    return made.kind === 'none'
      ? refuses(made.because, made.span)
      : {
          kind: 'accepts',
          because: 'the lower level is a known conjugate of what the upper one decides',
        };
  },
  apply: (input) => {
    const { graph, problem, context } = input;
    const made = conjugated(input);
    const below = reactionsBelow({ graph, problem, context }, problem.level, implicitReaction);
    const values: Values = below.kind === 'values' ? below.values : new Map<Node, Node>();
    const { invert } = withValues(input, values, '');
    const { variables, constraints } = problem.level;
    return {
      problem: withGoal(
        graph,
        { ...problem, level: { ...problem.level, lower: [] } },
        { terms: made.kind === 'terms' ? made.terms : [], variables, constraints },
      ),
      invert,
      note: 'the inner maximum as a conjugate function',
    };
  },
};

type Conjugated =
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  | ({ readonly kind: 'none' } & NoEquation);

/** The upper goal's terms with the lower level's value in place of what both share. */
function conjugated({ graph, problem }: ReductionInput): Conjugated {
  const { level } = problem;
  const [upper, secondUpper] = level.goals;
  const [lower, secondLower] = level.lower;
  const none = (because: string, span = lower.span): Conjugated => ({
    kind: 'none',
    because,
    span,
  });
  if (secondLower !== undefined) return none('it takes one lower level', secondLower.span);
  if (lower.lower.length > 0) return none('the lower level has levels below it');
  if (lower.constraints.length > 0)
    return none('constraints inside a lower level are not built yet', lower.constraints[0].span);
  const [goal, secondGoal] = lower.goals;
  for (const [first, second] of [
    [upper, secondUpper],
    [goal, secondGoal],
  ] as const)
    if (
      second !== undefined ||
      first.player !== undefined ||
      first.sense === 'find' ||
      first.objectives > 1
    )
      return none('it takes levels with one goal each', first.span);
  const inputs = lower.variables.map(({ input }) => input);
  const inner = minimisedTerms(graph, goal).filter(({ node }) => dependsOn(node, inputs));
  const rest = [...minimisedTerms(graph, upper)];
  for (const term of inner) {
    const at = rest.findIndex(({ node }) => node === graph.neg(term.node));
    if (at < 0)
      return none('it takes a lower level that maximises what the upper one minimises', term.span);
    rest.splice(at, 1);
  }
  const left = rest.find(({ node }) => dependsOn(node, inputs));
  if (left !== undefined)
    return none('it takes a lower level that maximises what the upper one minimises', left.span);
  const value = conjugateOf(graph, problem, lower, inner);
  return value.kind === 'none'
    ? value
    : { kind: 'terms', terms: [...rest, { node: value.node, span: goal.span }] };
}

/** -min over y of the terms: h*(-a) - c for terms a'y + c, and h of y alone with the sets of the variables. */
function conjugateOf(
  graph: Graph,
  problem: ReductionInput['problem'],
  { variables, span }: Level,
  terms: readonly Term[],
): { readonly kind: 'node'; readonly node: Node } | ({ readonly kind: 'none' } & NoEquation) {
  const inputs = variables.map(({ input }) => input);
  const others = problem.level.variables.map(({ input }) => input);
  const facts = createFacts(graph, inputs, assumptionsOf(problem));
  const own = terms.filter(({ node }) => facts.degree(node) > 1);
  const mixed = own.find(({ node }) => dependsOn(node, others));
  if (mixed !== undefined)
    return {
      kind: 'none',
      because: 'this term is neither linear in the lower variables nor free of the outer ones',
      span: mixed.span,
    };
  const affine = terms
    .filter((term) => !own.includes(term))
    .reduce<Node>((sum, { node }) => graph.add(sum, node), graph.constant(0));
  const found = proxOfTerms(
    graph,
    own.map(({ node }) => node),
    variables.map(({ input, lower, upper, domain }) => ({
      input,
      lower: lower?.node,
      upper: upper?.node,
      domain,
    })),
  );
  const because =
    found.kind === 'lacks'
      ? found.because
      : found.with.conjugate.kind === 'lacks'
        ? found.with.conjugate.because
        : undefined;
  if (found.kind === 'lacks' || found.with.conjugate.kind === 'lacks')
    return { kind: 'none', because: `no conjugate is known: ${because ?? ''}`, span };
  try {
    const zero = new Map<Node, Node>(inputs.map((input) => [input, graph.zeros(input.type.shape)]));
    const slopes = inputs.map((input) => graph.neg(grad(graph, affine, input)));
    const constant = substituteIn(graph, affine, zero);
    return { kind: 'node', node: graph.sub(found.with.conjugate.with(slopes), constant) };
  } catch (error) {
    if (!(error instanceof NotDifferentiable)) throw error;
    return { kind: 'none', because: 'the linear part has no derivative', span };
  }
}
