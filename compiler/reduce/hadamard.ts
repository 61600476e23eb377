// x = u .* v: a weighted 1-norm becomes smooth, since w|x| is the least w (u^2 + v^2)/2 with u v = x (Hoff 2017; Poon & Peyré 2021). Every point where
// gradient vanishes and curvature is nonnegative solves the problem where f is convex.
import type { Term, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { startOf } from '../lower/start.ts';
import { accessOf } from '../match/access.ts';
import { affineReader } from '../match/affine-parts.ts';
import { absolute } from '../match/atoms/scalar.ts';
import { variableSet } from '../match/feasible.ts';
import { peel } from '../match/peel.ts';
import { readTerm } from '../match/reading.ts';
import { freshName, minimisedTerms, needsOneGoal, newVariable, withGoal } from './one-goal.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';

/** A term sum(weight .* |x|) of one whole variable. */
interface Penalty {
  readonly term: Term;
  readonly variable: Variable;
  /** A scalar, or the shape of the variable. */
  readonly weight: Node;
}

export const hadamard: Reduction = {
  name: 'hadamard',
  accepts: (input) => {
    const refused = needsOneGoal(input);
    if (refused !== undefined) return refused;
    const penalties = penaltiesOf(input);
    const [goal] = input.problem.level.goals;
    const [first] = penalties;
    if (first === undefined) return refuses('no term is a 1-norm of a variable', goal.span);
    const limited = penalties.find(
      ({ variable: { lower, upper, domain } }) =>
        lower !== undefined || upper !== undefined || domain !== undefined,
    );
    if (limited !== undefined)
      return refuses(
        `\`${limited.variable.name}\` has bounds or a domain, which products do not keep`,
        limited.variable.span,
      );
    const negative = penalties.find(({ weight }) => input.facts.range(weight).high < 0);
    if (negative !== undefined)
      return refuses('the 1-norm has a negative factor', negative.term.span);
    return { kind: 'accepts', because: `\`${first.variable.name}\` has a 1-norm` };
  },
  apply: (input) => {
    const { graph, problem } = input;
    const { level } = problem;
    const [goal] = level.goals;
    const penalties = penaltiesOf(input);
    const names = new Set(penalties.map(({ variable }) => variable.name));
    const factored = new Map<string, Factors>();
    for (const variable of level.variables)
      if (names.has(variable.name)) factored.set(variable.name, factorsOf(input, variable));
    const replaced = new Map<Node, Node>();
    for (const { variable } of penalties) {
      const factors = factored.get(variable.name);
      if (factors !== undefined)
        replaced.set(variable.input, graph.mul(factors.u.input, factors.v.input));
    }
    const penalised = new Set(penalties.map(({ term }) => term.node));
    const kept = minimisedTerms(graph, goal).filter(({ node }) => !penalised.has(node));
    const squares = penalties.flatMap(({ term, variable, weight }): readonly Term[] => {
      const factors = factored.get(variable.name);
      if (factors === undefined) return [];
      return [factors.u, factors.v].map(({ input: factor }) => ({
        node: halfSquare(graph, weight, factor),
        span: term.span,
      }));
    });
    return {
      problem: withGoal(graph, problem, {
        terms: [...kept, ...squares],
        variables: level.variables.flatMap((variable) => {
          const factors = factored.get(variable.name);
          return factors === undefined ? [variable] : [factors.u, factors.v];
        }),
        constraints: level.constraints,
        replaced,
      }),
      invert: (values) =>
        new Map(
          level.variables.flatMap(({ name }): readonly (readonly [string, Node])[] => {
            const factors = factored.get(name);
            const [u, v] =
              factors === undefined
                ? [values.get(name), undefined]
                : [values.get(factors.u.name), values.get(factors.v.name)];
            if (u === undefined) return [];
            return [[name, v === undefined ? u : graph.mul(u, v)]];
          }),
        ),
      note: `${[...names].join(', ')} written as a product of two variables`,
    };
  },
};

/** sum(w .* z^2)/2. */
function halfSquare(graph: Graph, weight: Node, z: Node): Node {
  const half = graph.mul(0.5, weight);
  if (isScalar(weight)) return graph.mul(half, isScalar(z) ? graph.square(z) : graph.sumsq(z));
  return graph.sum(graph.mul(half, graph.square(z)));
}

interface Factors {
  readonly u: Variable;
  readonly v: Variable;
}

/** u v = start, with u away from zero: where both vanish the gradient does, whatever the goal. */
function factorsOf({ graph, problem }: ReductionInput, variable: Variable): Factors {
  const { name, shape, span } = variable;
  const start = startOf(graph, variable, () => variableSet(graph, variable).centre());
  const u0 = graph.max(graph.sqrt(graph.abs(start)), 1);
  return {
    u: newVariable(graph, freshName(problem, `${name}_u`), shape, u0, span),
    v: newVariable(graph, freshName(problem, `${name}_v`), shape, graph.div(start, u0), span),
  };
}

/** The terms that are 1-norms of a whole variable, perhaps weighted entry by entry. */
function penaltiesOf({ graph, problem }: ReductionInput): readonly Penalty[] {
  const { level } = problem;
  const [goal] = level.goals;
  const inputs = new Set<Node>(level.variables.map(({ input }) => input));
  const affine = affineReader(graph, inputs);
  return minimisedTerms(graph, goal).flatMap((term): readonly Penalty[] => {
    const reading = readTerm(graph, term.node, inputs, affine);
    if (reading.kind === 'unread') return [];
    const varying = reading.contributions.filter(({ kind }) => kind !== 'constant');
    const [only, ...others] = varying;
    if (only === undefined || others.length > 0) return [];
    if (only.kind !== 'scalar' || only.atom !== absolute) return [];
    const { core, scale, shift } = peel(graph, only.point, affine.depends);
    const access = accessOf(graph, core, inputs);
    const variable = level.variables.find(({ input }) => input === access?.variable);
    if (access === undefined || variable === undefined || shift !== undefined) return [];
    const factor = scale === undefined ? only.weight : graph.mul(only.weight, graph.abs(scale));
    const whole = isScalar(factor) ? graph.full(factor, core.type.shape) : factor;
    const weight = access.whole && isScalar(factor) ? factor : access.lift(whole);
    return [{ term, variable, weight }];
  });
}
