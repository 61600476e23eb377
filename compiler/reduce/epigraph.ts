// Absolute values, positive parts, largest entries: each is the least number above linear functions. A variable for each, with these
// functions below it as constraints, leaves a linear (or smooth) problem.
import type { Constraint, Term, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar, type Shape } from '../tensor/type.ts';
import { affineReader } from '../match/affine-parts.ts';
import { largest, normInf } from '../match/atoms/group.ts';
import { absolute, positivePart } from '../match/atoms/scalar.ts';
import { alongGroups } from '../match/atoms/groups.ts';
import { readTerm, type Contribution } from '../match/reading.ts';
import { freshName, minimisedTerms, needsOneGoal, newVariable, withGoal } from './one-goal.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';

export const epigraph: Reduction = {
  name: 'epigraph',
  accepts: (input) => {
    const refused = needsOneGoal(input);
    if (refused !== undefined) return refused;
    const [goal] = input.problem.level.goals;
    const split = splitGoal(input);
    const [stuck] = split.stuck;
    if (stuck !== undefined)
      return refuses(
        'this term is no sum of absolute values, positive parts and largest entries of linear functions',
        stuck.span,
      );
    const [rough] = split.rough;
    if (rough === undefined)
      return refuses('the goal is smooth: there is nothing to raise', goal.span);
    const negative = rough.pieces.find(({ weight }) => !(input.facts.range(weight).low >= 0));
    if (negative !== undefined)
      return refuses(
        'a largest value enters with a factor not known to be positive',
        rough.term.span,
      );
    return { kind: 'accepts', because: 'the goal is piecewise linear' };
  },
  apply: (input) => {
    const { graph, problem } = input;
    const { level } = problem;
    const { smooth, rough } = splitGoal(input);
    const variables: Variable[] = [];
    const constraints: Constraint[] = [...level.constraints];
    const terms: Term[] = [...smooth];
    for (const { term, pieces, linear } of rough) {
      for (const { point, weight } of linear)
        terms.push({ node: weightedSum(graph, weight, point), span: term.span });
      for (const piece of pieces) {
        const raised = raise(input, piece, variables, term);
        variables.push(raised.variable);
        constraints.push(...raised.constraints);
        terms.push(raised.term);
      }
    }
    return {
      problem: withGoal(graph, problem, {
        terms,
        variables: [...level.variables, ...variables],
        constraints,
      }),
      invert: (values) =>
        new Map(
          level.variables.flatMap(({ name }): readonly (readonly [string, Node])[] => {
            const value = values.get(name);
            return value === undefined ? [] : [[name, value]];
          }),
        ),
      note: `${variables.length} variables above the pieces of the goal`,
    };
  },
};

type Piece = Extract<Contribution, { readonly kind: 'scalar' | 'group' }>;
type Linear = Extract<Contribution, { readonly kind: 'linear' | 'constant' }>;

interface Rough {
  readonly term: Term;
  readonly pieces: readonly Piece[];
  readonly linear: readonly { readonly point: Node; readonly weight: Node }[];
}

interface SplitGoal {
  readonly smooth: readonly Term[];
  readonly rough: readonly Rough[];
  /** Neither smooth nor read. */
  readonly stuck: readonly Term[];
}

const isPiece = (contribution: Contribution): contribution is Piece =>
  (contribution.kind === 'scalar' &&
    (contribution.atom === absolute || contribution.atom === positivePart)) ||
  (contribution.kind === 'group' &&
    (contribution.atom === largest || contribution.atom === normInf));

const isLinear = (contribution: Contribution): contribution is Linear =>
  contribution.kind === 'linear' || contribution.kind === 'constant';

function splitGoal({ graph, problem, facts }: ReductionInput): SplitGoal {
  const { level } = problem;
  const [goal] = level.goals;
  const inputs = new Set<Node>(level.variables.map(({ input }) => input));
  const affine = affineReader(graph, inputs);
  const smooth: Term[] = [];
  const rough: Rough[] = [];
  const stuck: Term[] = [];
  for (const term of minimisedTerms(graph, goal)) {
    const { kind } = facts.isSmooth(term.node);
    if (kind === 'yes' || kind === 'if') {
      smooth.push(term);
      continue;
    }
    const reading = readTerm(graph, term.node, inputs, affine);
    const contributions = reading.kind === 'read' ? reading.contributions : [];
    if (reading.kind === 'unread' || !contributions.every((c) => isPiece(c) || isLinear(c))) {
      stuck.push(term);
      continue;
    }
    rough.push({
      term,
      pieces: contributions.filter(isPiece),
      linear: contributions.filter(isLinear).map((contribution) => ({
        point: contribution.kind === 'linear' ? contribution.point : contribution.value,
        weight: contribution.weight,
      })),
    });
  }
  return { smooth, rough, stuck };
}

function weightedSum(graph: Graph, weight: Node, point: Node): Node {
  const product = graph.mul(weight, point);
  return isScalar(product) ? product : graph.sum(product);
}

interface Raised {
  readonly variable: Variable;
  readonly constraints: readonly Constraint[];
  readonly term: Term;
}

function raise(
  { graph, problem }: ReductionInput,
  piece: Piece,
  before: readonly Variable[],
  term: Term,
): Raised {
  const { point, weight } = piece;
  const { shape } = point.type;
  const outer: Shape =
    piece.kind === 'group' ? shape.filter((_, axis) => !piece.axes.includes(axis)) : shape;
  const level = { ...problem.level, variables: [...problem.level.variables, ...before] };
  const name = freshName({ ...problem, level }, 'above');
  const made = newVariable(graph, name, outer, graph.zeros(outer), term.span);
  const one = piece.kind === 'scalar' && piece.atom === positivePart;
  const variable: Variable = one
    ? { ...made, lower: { node: graph.constant(0), strict: false, span: term.span } }
    : made;
  const roof =
    piece.kind === 'group' ? alongGroups(graph, variable.input, shape, piece.axes) : variable.input;
  const sides =
    piece.atom === absolute || piece.atom === normInf ? [point, graph.neg(point)] : [point];
  return {
    variable,
    constraints: sides.map((side): Constraint => ({
      name: undefined,
      relation: { kind: 'lessEqual', residual: graph.sub(side, roof) },
      over: undefined,
      lanes: [],
      labels: shape.map(() => undefined),
      span: term.span,
    })),
    term: { node: weightedSum(graph, weight, variable.input), span: term.span },
  };
}
