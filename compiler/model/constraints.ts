// `subject to { … }`: constraints flattened to relations, with their quantifiers.
import type {
  Comparison,
  Complements,
  Constraint,
  Expr,
  ForallConstraint,
  Implies,
  Link,
  Owned,
  Relation,
} from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import { plus, productOf } from './size-arithmetic.ts';
import { elementwise } from './align.ts';
import { plain } from './arithmetic.ts';
import { quantify } from './bindings.ts';
import { compare, type Relational } from './comparisons.ts';
import { complain, type Context } from './context.ts';
import { variablesIn } from './dependencies.ts';
import { domainFor, domainOf, isDomainExpression } from './domains.ts';
import { expression } from './expression.ts';
import { needCondition, needNumbers, needScalar } from './kinds.ts';
import type { Frame } from './level.ts';
import { ownVariable } from './owners.ts';
import { axisOrigins } from './origins.ts';
import { dependsOnVariable, filteredSize } from './sets.ts';
import { boolType, isUnknown, plainAxis, showShape, zeroDim } from './type-of.ts';
import type {
  Axis,
  TensorType,
  TypedConstraint,
  TypedExpression,
  TypedQuantifier,
  TypedRelation,
  VariableDecl,
} from './types.ts';

/** What the constraints of a level are read with. */
interface Reading {
  readonly frame: Frame;
  readonly context: Context;
  readonly quantifiers: readonly TypedQuantifier[];
  /** The variables that `find` seeks; undefined in a level with goals. */
  readonly sought: readonly VariableDecl[] | undefined;
  /** A robust or random quantity is bound around this place. */
  readonly uncertain: boolean;
  readonly add: (constraint: TypedConstraint) => void;
  /** Set where some part was wrong. */
  readonly failed: { any: boolean };
}

export function readConstraints(
  frame: Frame,
  constraints: readonly Constraint[],
  sought: readonly VariableDecl[] | undefined,
): readonly TypedConstraint[] {
  const list: TypedConstraint[] = [];
  const reading: Reading = {
    frame,
    context: frame.context,
    quantifiers: [],
    sought,
    uncertain: false,
    add: (c) => list.push(c),
    failed: { any: false },
  };
  for (const c of constraints) one(reading, c, undefined);
  return list;
}

function one(reading: Reading, c: Constraint, outerName: string | undefined): void {
  switch (c.kind) {
    case 'BadMember':
      return;
    case 'Forall':
      forall(reading, c, outerName);
      return;
    case 'Relation':
      finish(reading, c, relations(reading, c.condition), outerName);
      return;
    case 'Implies':
      finish(reading, c, implies(reading, c), outerName);
      return;
    case 'Complements':
      finish(reading, c, complements(reading, c), outerName);
      return;
  }
}

type Found = readonly { readonly relation: TypedRelation; readonly shape: readonly Axis[] }[];

function finish(
  reading: Reading,
  c: Relation | Implies | Complements,
  found: Found | undefined,
  outerName: string | undefined,
): void {
  const over = overOf(reading, c.over);
  if (found === undefined || found.length === 0) {
    reading.failed.any = true;
    return;
  }
  const axes = quantifierAxes(reading);
  if (axes === undefined) return;
  const checked = found.map((f) => ({ ...f, relation: onlyChecked(reading, f.relation) }));
  if (checked.every((f) => f.relation.kind === 'condition')) {
    complain(reading.context, 'M510', c.span, {});
  }
  reading.add({
    name: c.name?.name ?? outerName,
    quantifiers: reading.quantifiers,
    relations: checked.map((f) => f.relation),
    shape: [...axes, ...found[0].shape],
    over,
    doc: c.doc?.text,
    span: c.span,
  });
}

/** A relation without variables is a condition on the data. */
function onlyChecked(reading: Reading, relation: TypedRelation): TypedRelation {
  const { shared } = reading.context;
  if (relation.kind !== 'equal' && relation.kind !== 'lessEqual') return relation;
  const { left, right, span } = relation;
  if (variablesIn(shared, left).size > 0 || variablesIn(shared, right).size > 0) return relation;
  const fn = relation.kind === 'equal' ? 'equal' : relation.strict ? 'less' : 'lessEqual';
  const shape = left.type.shape.length > 0 ? left.type.shape : right.type.shape;
  return {
    kind: 'condition',
    condition: elementwise(fn, [left, right], { element: 'bool', shape }, span),
    span,
  };
}

function overOf(reading: Reading, over: readonly Owned[]): readonly VariableDecl[] | undefined {
  if (over.length === 0) return undefined;
  return over.flatMap((o) => ownVariable(reading.frame, o) ?? []);
}

/** One axis for each binding of the quantifiers, or one for all that pass a `where`. Undefined after a message. */
function quantifierAxes(reading: Reading): readonly Axis[] | undefined {
  const axes: Axis[] = [];
  for (const q of reading.quantifiers) {
    const sets = q.bindings.filter((b) => b.kind === 'in');
    if (sets.length === 0) continue;
    if (q.where !== undefined) {
      if (dependsOnVariable(reading.context, q.where.span, [q.where])) return undefined;
      const [first] = sets;
      const set = {
        ...first.set,
        name: undefined,
        elements: {
          kind: 'tuples',
          components: sets.flatMap((b) =>
            b.indices.map((index): TypedExpression => ({
              kind: 'index',
              index,
              type: index.type,
              span: index.span,
            })),
          ),
          bindings: sets,
          where: q.where,
        },
      } as const;
      const size = filteredSize(reading.context, set, sets, q.where);
      if (size !== undefined) axes.push(plainAxis(size));
      continue;
    }
    for (const binding of sets) {
      if (binding.set.size === undefined) {
        complain(reading.context, 'M118', binding.span, { what: 'the number of constraints' });
        return undefined;
      }
      axes.push({
        size: binding.set.size,
        set: binding.set.name === undefined ? undefined : binding.set,
      });
    }
  }
  return axes;
}

/** A quantifier is read again once the shapes of its robust quantities are seen from their use. */
function forall(reading: Reading, c: ForallConstraint, outerName: string | undefined): void {
  const learned = new Map<string, TensorType>();
  const { shared } = reading.context;
  for (;;) {
    const before = new Set(shared.pending.keys());
    const inner = quantify(reading.context, c.quantifier.bindings, c.quantifier.where, {
      draws: false,
      uncertain: true,
      learned,
    });
    const made: TypedConstraint[] = [];
    const bindings = inner.bindings.filter((b) => b.kind !== 'draw');
    const deeper: Reading = {
      ...reading,
      context: inner.context,
      quantifiers: [...reading.quantifiers, { bindings, where: inner.where }],
      uncertain: reading.uncertain || bindings.some((b) => b.kind === 'uncertain'),
      add: (constraint) => made.push(constraint),
    };
    const name = c.name?.name ?? outerName;
    c.constraints.forEach((child, i) => {
      const own = name === undefined || c.constraints.length === 1 ? name : `${name}.${i + 1}`;
      one(deeper, child, own);
    });
    const waiting = [...shared.pending].filter(([local]) => !before.has(local));
    for (const [local] of waiting) shared.pending.delete(local);
    const news = waiting.filter(([local, type]) => type !== undefined && !learned.has(local.name));
    for (const [local, type] of news) if (type !== undefined) learned.set(local.name, type);
    if (news.length > 0) continue;
    const [unseen] = waiting;
    if (unseen !== undefined) {
      complain(reading.context, 'M520', unseen[0].span, { name: quote(unseen[0].name) });
    } else if (!inner.failed) for (const constraint of made) reading.add(constraint);
    return;
  }
}

/** The relations of a condition: joined by `and`, chains taken apart. Undefined after a message. */
function relations(reading: Reading, e: Expr): Found | undefined {
  const found: { relation: TypedRelation; shape: readonly Axis[] }[] = [];
  let failed = false;
  for (const part of conjuncts(e)) {
    const one =
      part.kind === 'Comparison' ? comparisonRelations(reading, part) : truth(reading, part);
    if (one === undefined) failed = true;
    else found.push(...one);
  }
  return failed ? undefined : found;
}

function conjuncts(e: Expr): readonly Expr[] {
  const parts: Expr[] = [];
  let node = e;
  while (node.kind === 'Binary' && node.op === 'and') {
    parts.unshift(...conjuncts(node.right));
    node = node.left;
  }
  return [node, ...parts];
}

/** A condition that is no comparison: true or false, made of bool variables or of data. */
function truth(reading: Reading, e: Expr): Found | undefined {
  const { context } = reading;
  if (e.kind === 'Bad') return undefined;
  const value = expression(context, e);
  if (isUnknown(value.type)) return undefined;
  if (value.type.element !== 'bool') {
    complain(context, 'M509', e.span, { what: 'this' });
    return undefined;
  }
  const { shape } = value.type;
  if (variablesIn(context.shared, value).size === 0) {
    return [{ relation: { kind: 'condition', condition: value, span: e.span }, shape }];
  }
  const yes: TypedExpression = { kind: 'bool', value: true, type: boolType, span: e.span };
  return [{ relation: { kind: 'equal', left: value, right: yes, span: e.span }, shape }];
}

function comparisonRelations(reading: Reading, e: Comparison): Found | undefined {
  const chance = chanceRelation(reading, e);
  if (chance !== undefined) return chance === 'bad' ? undefined : [chance];
  const found: { relation: TypedRelation; shape: readonly Axis[] }[] = [];
  let left: Expr = e.first;
  let value: TypedExpression | undefined;
  for (const link of e.links) {
    if (link.op === 'in') {
      const one = membershipRelation(reading, left, link, e.span);
      if (one === undefined) return undefined;
      found.push(one);
    } else {
      const a = value ?? expression(reading.context, left);
      const b = expression(reading.context, link.right);
      const one = relation(
        reading.context,
        link.op,
        a,
        b,
        e.links.length === 1 ? e.span : link.span,
      );
      if (one === undefined) return undefined;
      found.push(one);
      value = b;
    }
    left = link.right;
  }
  return found;
}

function relation(
  context: Context,
  op: Relational,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
): Found[number] | undefined {
  const node = compare(context, op, a, b, span);
  if (node.kind !== 'elementwise') return undefined;
  const [left, right] = node.args;
  const { shape } = node.type;
  switch (op) {
    case '==':
      return { relation: { kind: 'equal', left, right, span }, shape };
    case '<=':
    case '<':
      return { relation: { kind: 'lessEqual', left, right, strict: op === '<', span }, shape };
    case '>=':
    case '>':
      return {
        relation: { kind: 'lessEqual', left: right, right: left, strict: op === '>', span },
        shape,
      };
    case '!=':
      if (variablesIn(context.shared, node).size === 0) {
        return { relation: { kind: 'condition', condition: node, span }, shape };
      }
      complain(context, 'M509', span, { what: '`!=` between variables' });
      return undefined;
  }
}

function membershipRelation(
  reading: Reading,
  left: Expr,
  link: Link,
  span: Span,
): Found[number] | undefined {
  const { context } = reading;
  const operator = coneOperator(link.right);
  if (operator !== undefined) return variational(reading, left, operator, span);
  if (!isDomainExpression(context, link.right)) {
    const condition = expression(context, { kind: 'Comparison', first: left, links: [link], span });
    if (isUnknown(condition.type)) return undefined;
    return { relation: { kind: 'condition', condition, span }, shape: [] };
  }
  const value = needNumbers(context, expression(context, left), 'what lies in a domain');
  const domain = domainOf(context, link.right);
  if (domain === undefined || isUnknown(value.type)) return undefined;
  const kind: TensorType = {
    ...value.type,
    element: value.type.element === 'complex' ? 'complex' : 'real',
  };
  const applied = domainFor(context, domain, kind, value);
  if (applied === undefined) return undefined;
  return { relation: { kind: 'in', value, domain: applied, span }, shape: value.type.shape };
}

/** `F` of `F + normal_cone`; `bad` syntax has the word elsewhere and is told as an unknown name. */
function coneOperator(e: Expr): Expr | undefined {
  if (e.kind !== 'Binary' || e.op !== '+') return undefined;
  const isCone = (x: Expr): boolean => x.kind === 'Name' && x.name === 'normal_cone';
  if (isCone(e.right)) return e.left;
  return isCone(e.left) ? e.right : undefined;
}

function variational(
  reading: Reading,
  left: Expr,
  operator: Expr,
  span: Span,
): Found[number] | undefined {
  const { context, sought } = reading;
  const zero = left.kind === 'Number' && left.value === 0;
  if (!zero || sought === undefined || reading.quantifiers.length > 0) {
    complain(context, 'M512', span, {});
    return undefined;
  }
  const value = needNumbers(context, expression(context, operator), '`0 in F(z) + normal_cone`');
  if (isUnknown(value.type)) return undefined;
  const wanted = soughtShape(sought);
  const fits =
    value.type.shape.length === wanted.length &&
    value.type.shape.every((a, i) => context.shared.sizes.agree(a.size, wanted[i].size, span));
  if (!fits) {
    complain(
      context,
      'M112',
      operator.span,
      {
        what: 'the operator',
        wanted: `${showShape(wanted)} like what is sought`,
        found: showShape(value.type.shape),
      },
      { related: axisOrigins(context, value, undefined) },
    );
    return undefined;
  }
  return { relation: { kind: 'variational', operator: value, span }, shape: value.type.shape };
}

/** The shape of the one variable sought, or of all of them stacked to a vector. */
function soughtShape(sought: readonly VariableDecl[]): readonly Axis[] {
  const [only] = sought;
  if (sought.length === 1 && only !== undefined) return only.type.shape;
  const sizes = sought.map((v): Dim => productOf(v.type.shape.map((a) => a.size)));
  return [plainAxis(sizes.reduce(plus, zeroDim))];
}

/** `P(z ~ D) (event) >= p`, either way round. */
function chanceRelation(reading: Reading, e: Comparison): Found[number] | 'bad' | undefined {
  const [link] = e.links;
  if (e.links.length !== 1 || link.op === 'in') return undefined;
  const first = e.first.kind === 'Binder' && e.first.op === 'P' ? e.first : undefined;
  const second = link.right.kind === 'Binder' && link.right.op === 'P' ? link.right : undefined;
  const upward = link.op === '>=' || link.op === '>';
  const binder =
    first !== undefined && upward
      ? first
      : second !== undefined && !upward && (link.op === '<=' || link.op === '<')
        ? second
        : undefined;
  if (binder === undefined) return undefined;
  const bound = binder === first ? link.right : e.first;
  const { context } = reading;
  const inner = quantify(context, binder.bindings, binder.where, { draws: true, uncertain: false });
  const event = relations({ ...reading, context: inner.context, quantifiers: [] }, binder.body);
  const probability = needScalar(
    context,
    needNumbers(context, expression(context, bound), 'a probability'),
    'a probability',
  );
  if (inner.failed || event === undefined || isUnknown(probability.type)) return 'bad';
  const bindings = inner.bindings.filter((b) => b.kind !== 'uncertain');
  const made: TypedRelation = {
    kind: 'chance',
    bindings,
    event: event.map((f) => f.relation),
    probability,
    span: e.span,
  };
  return { relation: made, shape: [] };
}

function implies(reading: Reading, c: Implies): Found | undefined {
  const premise = needCondition(
    reading.context,
    expression(reading.context, c.premise),
    'what stands before `implies`',
  );
  const conclusion = relations(reading, c.conclusion);
  if (isUnknown(premise.type) || conclusion === undefined || conclusion.length === 0)
    return undefined;
  const { shape } = conclusion[0];
  const scalar = premise.type.shape.length === 0;
  const fits =
    scalar ||
    (premise.type.shape.length === shape.length &&
      shape.every((a, i) =>
        reading.context.shared.sizes.agree(a.size, premise.type.shape[i].size, c.span),
      ));
  if (!fits) {
    complain(
      reading.context,
      'M101',
      c.span,
      { op: 'implies', left: showShape(premise.type.shape), right: showShape(shape) },
      { related: axisOrigins(reading.context, premise, undefined) },
    );
    return undefined;
  }
  const made = conclusion.map((f) => f.relation);
  return [{ relation: { kind: 'implies', premise, conclusion: made, span: c.span }, shape }];
}

function complements(reading: Reading, c: Complements): Found | undefined {
  const left = complementSide(reading, c.left);
  const right = complementSide(reading, c.right);
  if (left === undefined || right === undefined) return undefined;
  const [p, q] = [left.type.shape, right.type.shape];
  const fits =
    p.length === q.length &&
    p.every((a, i) => reading.context.shared.sizes.agree(a.size, q[i].size, c.span));
  if (!fits) {
    complain(reading.context, 'M101', c.span, {
      op: 'complements',
      left: showShape(p),
      right: showShape(q),
    });
    return undefined;
  }
  return [{ relation: { kind: 'complements', left, right, span: c.span }, shape: p }];
}

/** `a <= b` or `b >= a` as b - a, which is to be nonnegative. Undefined after a message. */
function complementSide(reading: Reading, e: Expr): TypedExpression | undefined {
  const { context } = reading;
  const link = e.kind === 'Comparison' && e.links.length === 1 ? e.links[0] : undefined;
  if (e.kind !== 'Comparison' || link === undefined || (link.op !== '<=' && link.op !== '>=')) {
    if (e.kind !== 'Bad') complain(context, 'M511', e.span, {});
    return undefined;
  }
  const a = needNumbers(context, expression(context, e.first), '`complements`');
  const b = needNumbers(context, expression(context, link.right), '`complements`');
  if (isUnknown(a.type) || isUnknown(b.type)) return undefined;
  const [small, large] = link.op === '<=' ? [a, b] : [b, a];
  if (small.kind === 'number' && small.value === 0) return large;
  if (compare(context, link.op, a, b, e.span).kind === 'unknown') return undefined;
  const difference = plain(context, 'subtract', '-', large, small, e.span);
  return isUnknown(difference.type) ? undefined : difference;
}
