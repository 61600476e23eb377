// Maps the expressions of constraints.
import type { Constraint, Domain, Relation } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';

type Swap = (node: Node) => Node;

export const mapConstraint = (constraint: Constraint, swap: Swap): Constraint => ({
  ...constraint,
  relation: mapRelation(constraint.relation, swap),
});

export const mapDomain = (domain: Domain, swap: Swap): Domain => ({
  ...domain,
  args: domain.args.map(swap),
  factors: domain.factors.map((factor) => mapDomain(factor, swap)),
});

function mapRelation(relation: Relation, swap: Swap): Relation {
  switch (relation.kind) {
    case 'equal':
    case 'lessEqual':
      return { ...relation, residual: swap(relation.residual) };
    case 'in':
      return { ...relation, value: swap(relation.value), domain: mapDomain(relation.domain, swap) };
    case 'implies':
      return {
        ...relation,
        condition: swap(relation.condition),
        then: relation.then.map((each) => mapRelation(each, swap)),
      };
    case 'complements':
      return { ...relation, left: swap(relation.left), right: swap(relation.right) };
    case 'variational':
      return { ...relation, operator: swap(relation.operator) };
    case 'robust':
      return {
        ...relation,
        set: mapDomain(relation.set, swap),
        relation: mapRelation(relation.relation, swap),
      };
    case 'chance':
      return {
        ...relation,
        level: swap(relation.level),
        event: relation.event.map((each) => mapRelation(each, swap)),
      };
  }
}
