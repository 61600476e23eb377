// Constraints: one residual for all positions of a `forall`, robust and chance constraints with their quantities as parameters.
import type {
  DrawBinding,
  IndexBinding,
  TypedConstraint,
  TypedExpression,
  TypedRelation,
  UncertainBinding,
} from '../model/types.ts';
import type {
  AxisLabels,
  Constraint,
  Domain,
  RandomQuantity,
  Relation,
} from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { irType, notYet, withLocals, type Lane, type Lowering, type Scope } from './context.ts';
import { bindDraws } from './expectation.ts';
import { iterate } from './iterate.ts';
import { lowerDomain } from './domain.ts';
import { laneBindings } from './sets.ts';
import { lengthsOf, type BatchAxis, type Batched } from './vectorize/batched.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

/** Turns a lane's value into that of all lanes. */
interface Lanes {
  readonly lanes: readonly Lane[];
  readonly all: (node: Node) => Node;
}

export function lowerConstraints(
  lowering: Lowering,
  constraint: TypedConstraint,
  scope: Scope,
): readonly Constraint[] {
  const { quantifiers, relations, name, over, span, shape } = constraint;
  const bindings = quantifiers.flatMap((quantifier) => quantifier.bindings);
  const indices = bindings.filter((binding): binding is IndexBinding => binding.kind === 'in');
  const uncertain = bindings.filter(
    (binding): binding is UncertainBinding => binding.kind === 'uncertain',
  );
  const wheres = quantifiers.flatMap(({ where }): readonly TypedExpression[] =>
    where === undefined ? [] : [where],
  );
  const { lanes, scope: bound, mask } = iterate(lowering, indices, wheres, scope, span);
  if (mask !== undefined) notYet(lowering, 'a forall whose condition depends on variables', span);
  const robust = bindUncertain(lowering, uncertain, bound);
  const owners = over?.map(({ key }) => key);
  const labels: AxisLabels = shape.map(({ set }) => set?.name);
  const everywhere = lanesOf(lowering.graph, lanes);
  return relations.map((relation) => ({
    name,
    relation: robust.wrap(lowerRelation(lowering, relation, everywhere, robust.scope)),
    lanes: lanes.map(({ axis }) => axis.length),
    over: owners,
    labels,
    span: relation.span,
  }));
}

function lanesOf(graph: Graph, lanes: readonly Lane[], more?: ReadonlyMap<Node, Batched>): Lanes {
  const bindings = new Map<Node, Batched>([...laneBindings(graph, lanes), ...(more ?? [])]);
  const axes = lanes.map(({ axis }) => axis);
  return {
    lanes,
    all: (node) => vectorizeOver(graph, [node], bindings, axes)[0],
  };
}

function lowerRelation(
  lowering: Lowering,
  relation: TypedRelation,
  lanes: Lanes,
  scope: Scope,
): Relation {
  const { graph, lower } = lowering;
  switch (relation.kind) {
    case 'equal':
      return { kind: 'equal', residual: lanes.all(residual(lowering, relation, scope)) };
    case 'lessEqual':
      return { kind: 'lessEqual', residual: lanes.all(residual(lowering, relation, scope)) };
    case 'condition':
      return {
        kind: 'lessEqual',
        residual: lanes.all(graph.sub(1, lower(relation.condition, scope))),
      };
    case 'in':
      return {
        kind: 'in',
        value: lanes.all(lower(relation.value, scope)),
        domain: allLanes(lowerDomain(lowering, relation.domain, scope), lanes),
      };
    case 'implies':
      return {
        kind: 'implies',
        condition: lanes.all(lower(relation.premise, scope)),
        then: relation.conclusion.map((inner) => lowerRelation(lowering, inner, lanes, scope)),
      };
    case 'complements':
      return {
        kind: 'complements',
        left: lanes.all(lower(relation.left, scope)),
        right: lanes.all(lower(relation.right, scope)),
      };
    case 'variational':
      return { kind: 'variational', operator: lanes.all(lower(relation.operator, scope)) };
    case 'chance':
      return chance(lowering, relation, lanes, scope);
  }
}

/** Arguments that differ from lane to lane get the lanes' axes first. */
const allLanes = (domain: Domain, { lanes, all }: Lanes): Domain =>
  lanes.length === 0
    ? domain
    : {
        ...domain,
        args: domain.args.map((arg) =>
          arg.free.some((key) => lanes.some((lane) => lane.parameter.attributes.key === key))
            ? all(arg)
            : arg,
        ),
        factors: domain.factors.map((factor) => allLanes(factor, { lanes, all })),
      };

/** left - right. */
function residual(
  { graph, lower }: Lowering,
  { left, right }: { readonly left: TypedExpression; readonly right: TypedExpression },
  scope: Scope,
): Node {
  const [a, b] = [lower(left, scope), lower(right, scope)];
  const made =
    constantEntry(a) === 0 && b.type.shape.length >= a.type.shape.length
      ? graph.neg(b)
      : graph.sub(a, b);
  graph.setOrigin(made, { ...left.span, end: Math.max(left.span.end, right.span.end) });
  return made;
}

/** Random quantities of every lane are parameters of their own, with the lanes' axes first. */
function chance(
  lowering: Lowering,
  relation: Extract<TypedRelation, { readonly kind: 'chance' }>,
  lanes: Lanes,
  scope: Scope,
): Relation {
  const { graph, lower } = lowering;
  const draws = relation.bindings.filter((b): b is DrawBinding => b.kind === 'draw');
  if (draws.length < relation.bindings.length)
    notYet(lowering, 'a probability over a set', relation.span);
  const drawn = bindDraws(lowering, draws, scope);
  const axes: readonly BatchAxis[] = lanes.lanes.map(({ axis }) => axis);
  const bindings = new Map<Node, Batched>();
  const quantities = drawn.all.map(({ quantity }): RandomQuantity => {
    const { parameter, args, shape } = quantity;
    const varies = args.some((arg) => arg.free.length > 0);
    if (!varies || axes.length === 0) return quantity;
    const wide = graph.parameter(
      { ...parameter.type, shape: [...lengthsOf(axes), ...parameter.type.shape] },
      parameter.attributes.name,
    );
    bindings.set(parameter, { node: wide, axes });
    return {
      ...quantity,
      parameter: wide,
      args: args.map(lanes.all),
      shape: [...lengthsOf(axes), ...shape],
    };
  });
  const inner = lanesOf(graph, lanes.lanes, bindings);
  return {
    kind: 'chance',
    level: inner.all(lower(relation.probability, scope)),
    atMost: false,
    draws: quantities,
    event: relation.event.map((event) => lowerRelation(lowering, event, inner, drawn.scope)),
  };
}

/** `forall(u in U)`: u is a parameter, the relation holds for all of its values. */
function bindUncertain(
  lowering: Lowering,
  bindings: readonly UncertainBinding[],
  scope: Scope,
): { readonly scope: Scope; readonly wrap: (relation: Relation) => Relation } {
  let inner = scope;
  const sets: { readonly parameter: Node<'parameter'>; readonly set: Domain }[] = [];
  for (const { local, domain } of bindings) {
    const parameter = lowering.graph.parameter(irType(local.type), local.name);
    sets.push({ parameter, set: lowerDomain(lowering, domain, inner) });
    inner = withLocals(inner, [[local, parameter]]);
  }
  return {
    scope: inner,
    wrap: (relation) =>
      sets.reduceRight<Relation>(
        (made, { parameter, set }) => ({
          kind: 'robust',
          uncertain: [parameter],
          set,
          relation: made,
        }),
        relation,
      ),
  };
}
