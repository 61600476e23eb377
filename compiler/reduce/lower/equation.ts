// A lower level as an equation in z, all its variables as one array: the gradient vanishes where they are free, else z is where a step against the gradient, moved into
// the bounds and domains (or through a prox), ends again at z.
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import { feasibleSet, isRestricted } from '../../match/feasible.ts';
import { layoutOf } from '../../match/layout.ts';
import { proxOfTerms, type ProxVariable } from '../../match/prox/of-terms.ts';
import { assumptionsOf } from '../../problem/facts/assumptions.ts';
import type { Assumptions } from '../../problem/facts/calculus.ts';
import { createFacts } from '../../problem/facts/facts.ts';
import { interval } from '../../problem/facts/interval.ts';
import { ownedBy } from '../../problem/analyse.ts';
import type { Goal, Level, Problem, Term, Variable } from '../../problem/problem.ts';
import type { Span } from '../../../grammar/span.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute } from '../../tensor/substitute.ts';
import { minimisedTerms } from '../one-goal.ts';
import { gradientsOf, type Part } from './operator.ts';
import { packingOf, type Packing } from './packing.ts';

export interface LowerEquation {
  readonly packing: Packing;
  /** The gradient, or a game's operator, at z. */
  readonly operator: (z: Node) => Node;
  /** Where a step from v ends, moved by `step` times the prox: a projection where only bounds and domains matter. Undefined: variables are free. */
  readonly nearest: ((step: Node, v: Node) => Node) | undefined;
  /** Whether the operator is the gradient of one goal, so that its derivative is symmetric. */
  readonly potential: boolean;
}

export interface NoEquation {
  readonly because: string;
  readonly span: Span;
}

export type EquationResult =
  | { readonly kind: 'equation'; readonly equation: LowerEquation }
  | ({ readonly kind: 'none' } & NoEquation);

const none = (because: string, span: Span): EquationResult => ({ kind: 'none', because, span });

/** The equation of a level without levels below it. `problem` is where it stands: what is known of inputs comes from there. */
export function lowerEquation(graph: Graph, problem: Problem, level: Level): EquationResult {
  const refused = outside(level);
  if (refused !== undefined) return { kind: 'none', ...refused };
  const packing = packingOf(graph, level.variables, level.members ?? 0);
  const variational = variationalOf(level);
  try {
    if (variational !== undefined)
      return withOperator(
        graph,
        packing,
        [variational],
        level,
        level.goals.map((goal) => ({ goal, rough: [] })),
      );
    const split: { readonly goal: Goal; readonly rough: readonly Term[] }[] = [];
    const gradients = new Map<string, Node>();
    for (const goal of level.goals) {
      const { part, rough } = splitGoal(graph, problem, level, goal);
      split.push({ goal, rough });
      const found = gradientsOf(graph, part);
      part.variables.forEach(({ name }, k) => gradients.set(name, found[k]));
    }
    const all = level.variables.map(
      ({ name, input }) => gradients.get(name) ?? zeroLike(graph, input),
    );
    return withOperator(graph, packing, all, level, split);
  } catch (error) {
    if (!(error instanceof NotDifferentiable)) throw error;
    return none(`its goal has no derivative (${error.message})`, level.span);
  }
}

const zeroLike = (graph: Graph, { type }: Node): Node => graph.zeros(type.shape);

/** What of a level no equation here stands for. */
function outside(level: Level): NoEquation | undefined {
  const whole = level.variables.find(({ element }) => element !== 'real');
  if (whole !== undefined)
    return { because: `\`${whole.name}\` of the lower level is not real`, span: whole.span };
  const [first] = level.goals;
  if (first === undefined) return { because: 'the lower level has no goal', span: level.span };
  const many = level.goals.find(({ objectives }) => objectives > 1);
  if (many !== undefined)
    return { because: 'the lower level has several objectives', span: many.span };
  const variational = variationalOf(level) !== undefined;
  const [constraint] = variational ? [] : level.constraints;
  if (constraint !== undefined)
    return {
      because: 'constraints inside a lower level are not built yet (bounds and domains are)',
      span: constraint.span,
    };
  if (first.sense === 'find' && !variational)
    return { because: 'the lower level is one of `find`', span: first.span };
  return undefined;
}

/** The operator of a lower variational inequality in one variable. */
function variationalOf({ goals, constraints, variables }: Level): Node | undefined {
  const [goal] = goals;
  const [only, ...others] = constraints;
  if (goal?.sense !== 'find' || only === undefined || others.length > 0 || variables.length !== 1)
    return undefined;
  return only.relation.kind === 'variational' ? only.relation.operator : undefined;
}

/** The terms with a gradient, and those for a prox. */
function splitGoal(
  graph: Graph,
  problem: Problem,
  level: Level,
  goal: Goal,
): { readonly part: Part; readonly rough: readonly Term[] } {
  const variables = ownedBy(level, goal);
  const inputs = variables.map(({ input }) => input);
  const facts = createFacts(graph, inputs, insideOf(inputs, assumptionsOf(problem)));
  const terms = minimisedTerms(graph, goal);
  const smooth = (node: Node): boolean => {
    const { kind } = facts.isSmooth(node);
    return kind === 'yes' || kind === 'if';
  };
  const sum = (of: readonly Term[]): Node =>
    of.reduce<Node>((total, { node }) => graph.add(total, node), graph.constant(0));
  const all = sum(terms);
  const rough = smooth(all) ? [] : terms.filter(({ node }) => !smooth(node));
  const rest = terms.filter((term) => !rough.includes(term));
  return { part: { goal, variables, smooth: rough.length === 0 ? all : sum(rest) }, rough };
}

function withOperator(
  graph: Graph,
  packing: Packing,
  gradients: readonly Node[],
  level: Level,
  split: readonly { readonly goal: Goal; readonly rough: readonly Term[] }[],
): EquationResult {
  const inputs = level.variables.map(({ input }) => input);
  const operator = (z: Node): Node => {
    const values = packing.unpack(z);
    const at = new Map<Node, Node>(inputs.map((input, k) => [input, values[k]]));
    return packing.pack(substitute(graph, gradients, at));
  };
  const rough = split.flatMap((part) => part.rough);
  const [first, second] = level.goals;
  const potential = second === undefined && first?.sense !== 'find' && first?.player === undefined;
  const free = !level.variables.some(isRestricted);
  if (free && rough.length === 0)
    return { kind: 'equation', equation: { packing, operator, nearest: undefined, potential } };
  if (rough.length === 0) {
    const layout = layoutOf(graph, level.variables);
    const set = feasibleSet(graph, layout);
    if (!set.convex) return none('a domain of the lower level is no convex set', level.span);
    const { project } = set;
    if (project.kind === 'lacks') return none(project.because, level.span);
    const nearest = (_: Node, v: Node): Node =>
      packing.pack(layout.split(project.with(layout.join(packing.unpack(v)))));
    return { kind: 'equation', equation: { packing, operator, nearest, potential } };
  }
  const proxes: { readonly at: readonly number[]; readonly prox: Prox }[] = [];
  for (const { goal, rough: terms } of split) {
    const variables = goal.sense === 'find' ? level.variables : ownedBy(level, goal);
    const found = proxOfTerms(
      graph,
      terms.map(({ node }) => node),
      variables.map(proxVariable),
    );
    if (found.kind === 'lacks')
      return none(
        `the lower goal has a kink and no prox: ${found.because}`,
        (found.culprit === undefined ? undefined : graph.origin(found.culprit)) ??
          terms[0]?.span ??
          goal.span,
      );
    proxes.push({ at: variables.map((v) => level.variables.indexOf(v)), prox: found.with.prox });
  }
  const nearest = (step: Node, v: Node): Node => {
    const values = [...packing.unpack(v)];
    for (const { at, prox } of proxes)
      prox(
        step,
        at.map((k) => values[k]),
      ).forEach((value, k) => (values[at[k]] = value));
    return packing.pack(values);
  };
  return { kind: 'equation', equation: { packing, operator, nearest, potential } };
}

type Prox = (t: Node, values: readonly Node[]) => readonly Node[];

const proxVariable = ({ input, lower, upper, domain }: Variable): ProxVariable => ({
  input,
  lower: lower?.node,
  upper: upper?.node,
  domain,
});

/** Within bounds and domains, without their ends: a slope that is infinite at an end, as that of x log x, keeps solutions away from it. */
function insideOf(variables: readonly Node[], { ranges, ...rest }: Assumptions): Assumptions {
  const open = new Map(ranges);
  for (const variable of variables) {
    const range = ranges.get(variable);
    if (range !== undefined) open.set(variable, interval(range.low, range.high, true, true));
  }
  return { ...rest, ranges: open };
}
