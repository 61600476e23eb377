// Constraints that only bound a variable of their own level, `y <= 4`, as bounds: inside lower levels and games, where methods and certificates know bounds.
import type { Bound, Constraint, Level, Problem, Variable } from './problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { sameShape } from '../tensor/dim.ts';
import { isOp } from '../tensor/type.ts';
import { dependsOn } from '../tensor/visit.ts';

/** The problem with such constraints turned into bounds; levels of one goal and none above them keep theirs. */
export function boundsOfConstraints(graph: Graph, problem: Problem): Problem {
  const { level } = problem;
  return {
    ...problem,
    level: {
      ...(level.goals.length > 1 ? bounded(graph, level) : level),
      lower: level.lower.map((lower) => below(graph, lower)),
    },
  };
}

const below = (graph: Graph, level: Level): Level => ({
  ...bounded(graph, level),
  lower: level.lower.map((lower) => below(graph, lower)),
});

function bounded(graph: Graph, level: Level): Level {
  const variables = [...level.variables];
  const rest: Constraint[] = [];
  for (const constraint of level.constraints) {
    const found = boundOf(graph, constraint, level.variables);
    if (found === undefined) {
      rest.push(constraint);
      continue;
    }
    const k = level.variables.indexOf(found.variable);
    variables[k] = tightened(graph, variables[k], found.side, {
      node: found.end,
      strict: false,
      span: constraint.span,
    });
  }
  return rest.length === level.constraints.length
    ? level
    : { ...level, variables, constraints: rest };
}

interface Found {
  readonly variable: Variable;
  readonly side: 'lower' | 'upper';
  readonly end: Node;
}

/** v - c <= 0 and c - v <= 0, where c is given for this level. */
function boundOf(
  graph: Graph,
  { relation, lanes, over }: Constraint,
  variables: readonly Variable[],
): Found | undefined {
  if (relation.kind !== 'lessEqual' || lanes.length > 0 || over !== undefined) return undefined;
  const { residual } = relation;
  const inputs = variables.map(({ input }) => input);
  const make = (of: Node, side: Found['side'], end: Node): Found | undefined => {
    const variable = variables.find(({ input, domain }) => input === of && domain === undefined);
    return variable === undefined ||
      dependsOn(end, inputs) ||
      !sameShape(end.type.shape, of.type.shape)
      ? undefined
      : { variable, side, end };
  };
  const zero = graph.zeros(residual.type.shape);
  if (isOp(residual, 'input')) return make(residual, 'upper', zero);
  if (isOp(residual, 'unary') && residual.attributes.fn === 'neg')
    return make(residual.args[0], 'lower', zero);
  if (!isOp(residual, 'binary')) return undefined;
  const [a, b] = residual.args;
  if (residual.attributes.fn === 'sub') return make(a, 'upper', b) ?? make(b, 'lower', a);
  if (residual.attributes.fn !== 'add') return undefined;
  return make(a, 'upper', graph.neg(b)) ?? make(b, 'upper', graph.neg(a));
}

function tightened(graph: Graph, variable: Variable, side: Found['side'], bound: Bound): Variable {
  const before = variable[side];
  if (before === undefined) return { ...variable, [side]: bound };
  const join = side === 'lower' ? graph.max : graph.min;
  return { ...variable, [side]: { ...before, node: join(before.node, bound.node) } };
}
