// The largest violation of anything the problem demands of a point, relative to the size of what is violated.
import type { Constraint, Level, Relation, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { domainViolation } from './domain-violation.ts';
import { relative, worst } from './measure.ts';

/** 0 at points that keep all bounds, domains and constraints of the level. */
export function violation(graph: Graph, level: Level): Node {
  return [
    ...level.variables.flatMap((variable) => variableViolations(graph, variable)),
    ...level.constraints.flatMap((constraint) => constraintViolation(graph, constraint)),
  ].reduce<Node>((sum, next) => graph.max(sum, next), graph.constant(0));
}

function variableViolations(graph: Graph, variable: Variable): readonly Node[] {
  const { input: x, lower, upper, domain } = variable;
  return [
    ...(lower === undefined
      ? []
      : [worst(graph, relative(graph, graph.sub(lower.node, x), lower.node))]),
    ...(upper === undefined
      ? []
      : [worst(graph, relative(graph, graph.sub(x, upper.node), upper.node))]),
    ...(domain === undefined ? [] : [domainViolation(graph, x, domain)]),
    ...(variable.element === 'int' || variable.element === 'bool'
      ? [worst(graph, graph.abs(graph.sub(x, graph.round(x))))]
      : []),
  ];
}

const constraintViolation = (graph: Graph, { relation }: Constraint): readonly Node[] =>
  relationViolation(graph, relation);

function relationViolation(graph: Graph, relation: Relation): readonly Node[] {
  switch (relation.kind) {
    case 'equal':
      return [worst(graph, graph.abs(relation.residual))];
    case 'lessEqual':
      return [worst(graph, relation.residual)];
    case 'in':
      return [domainViolation(graph, relation.value, relation.domain)];
    case 'implies':
      return relation.then
        .flatMap((then) => relationViolation(graph, then))
        .map((broken) => graph.select(relation.condition, broken, 0));
    case 'complements':
      return [worst(graph, graph.abs(graph.min(relation.left, relation.right)))];
    // Measured by their own certificates.
    case 'variational':
    case 'robust':
    case 'chance':
      return [];
  }
}
