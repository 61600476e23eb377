// The expressions directly below a typed expression, for walks. Declarations that it refers to are not below it; `declarationOf` gives them.
import type {
  Declaration,
  DrawBinding,
  IndexBinding,
  IndexSet,
  Multi,
  Subscript,
  TypedBound,
  TypedDistribution,
  TypedDomain,
  TypedExpression,
  TypedKind,
  UncertainBinding,
} from './types.ts';

type NodeOfKind<K extends TypedKind> = Extract<TypedExpression, { readonly kind: K }>;
type Children = { readonly [K in TypedKind]: (node: NodeOfKind<K>) => readonly TypedExpression[] };

const none = (): readonly TypedExpression[] => [];
const optional = (e: TypedExpression | undefined): readonly TypedExpression[] =>
  e === undefined ? [] : [e];

const table: Children = {
  number: none,
  bool: none,
  text: none,
  label: none,
  size: none,
  range: none,
  reference: none,
  local: none,
  index: none,
  elementwise: (n) => n.args,
  product: (n) => [n.left, n.right],
  solve: (n) => [n.matrix, n.right],
  matrixPower: (n) => [n.matrix],
  transpose: (n) => [n.operand],
  indexed: (n) => [n.operand, ...n.subscripts.flatMap(ofSubscript)],
  reduce: (n) => [n.operand],
  norm: (n) => [n.operand],
  call: (n) => n.args,
  reshape: (n) => [n.operand],
  join: (n) => n.items,
  tensor: (n) => n.items,
  comprehension: (n) => [...n.bindings.flatMap(ofBinding), ...optional(n.where), n.body],
  binder: (n) => [...n.bindings.flatMap(ofBinding), ...optional(n.where), n.body],
  conditional: (n) => [n.condition, n.then, n.otherwise],
  membership: (n) => [...n.values, ...ofSet(n.set)],
  let: (n) => [...n.bindings.map((b) => b.value), n.body],
  map: (n) => [...n.entries.map((e) => e.tensor), n.body],
  part: (n) => ofMulti(n.of),
  derivative: (n) => [n.expression, n.target, ...optional(n.direction)],
  stop: (n) => [n.operand],
  dual: none,
  oracle: (n) => [...(n.domain === undefined ? [] : ofDomain(n.domain)), ...n.args],
  patternCall: (n) => n.args,
  patternMap: none,
  applyMap: (n) => [n.operand],
  exchange: (n) => [n.value],
  count: none,
  iteration: none,
  column: none,
  measurement: (n) => [
    ...optional(n.at?.value),
    ...optional(n.condition),
    ...n.where.map((w) => w.value),
  ],
  unknown: none,
};

export function childrenOf(node: TypedExpression): readonly TypedExpression[] {
  return ask(table, node);
}

function ask<K extends TypedKind>(
  rules: { readonly [P in K]: (node: NodeOfKind<P>) => readonly TypedExpression[] },
  node: { [P in K]: NodeOfKind<P> & { readonly kind: P } }[K],
): readonly TypedExpression[] {
  const rule: (node: NodeOfKind<K>) => readonly TypedExpression[] = rules[node.kind];
  return rule(node);
}

function ofSubscript(s: Subscript): readonly TypedExpression[] {
  switch (s.kind) {
    case 'all':
    case 'slice':
      return [];
    case 'position':
    case 'gather':
      return [s.value];
    case 'member':
      return s.values;
  }
}

/** The expressions inside a set that is written in place; a named set's own are not below its uses. */
export function ofSet(set: IndexSet): readonly TypedExpression[] {
  const { elements } = set;
  if (set.name !== undefined && elements.kind !== 'batch') return [];
  switch (elements.kind) {
    case 'range':
      return [elements.from, elements.to];
    case 'numbers':
      return elements.values;
    case 'tuples':
      return [
        ...elements.bindings.flatMap(ofBinding),
        ...optional(elements.where),
        ...elements.components,
      ];
    case 'batch':
      return [elements.count];
    case 'labels':
    case 'column':
    case 'role':
      return [];
  }
}

export function ofBinding(
  binding: IndexBinding | DrawBinding | UncertainBinding,
): readonly TypedExpression[] {
  switch (binding.kind) {
    case 'in':
      return ofSet(binding.set);
    case 'draw':
      return ofDistribution(binding.distribution);
    case 'uncertain':
      return ofDomain(binding.domain);
  }
}

export const ofDistribution = (d: TypedDistribution): readonly TypedExpression[] => d.args;

export const ofDomain = (d: TypedDomain): readonly TypedExpression[] =>
  d.kind === 'role' ? [] : [...d.args, ...d.factors.flatMap(ofDomain)];

export function ofMulti(multi: Multi): readonly TypedExpression[] {
  switch (multi.kind) {
    case 'multi':
      return multi.args;
    case 'recurrence':
      return [
        ...multi.starts,
        ...multi.bindings.flatMap(ofBinding),
        ...optional(multi.where),
        ...multi.steps,
      ];
    case 'implicit':
      return [
        ...multi.starts,
        ...(multi.domain === undefined ? [] : ofDomain(multi.domain)),
        ...multi.bodies,
      ];
  }
}

const ofBound = (b: TypedBound | undefined): readonly TypedExpression[] => optional(b?.value);

/** The expressions that give a declaration its value. */
export function valuesOf(declaration: Declaration): readonly TypedExpression[] {
  switch (declaration.kind) {
    case 'variable':
      return [
        ...ofBound(declaration.lower),
        ...ofBound(declaration.upper),
        ...(declaration.domain === undefined ? [] : ofDomain(declaration.domain)),
        ...(declaration.start.kind === 'expression' ? [declaration.start.value] : []),
        ...(declaration.start.kind === 'draw' ? declaration.start.distribution.args : []),
      ];
    case 'data':
      return [
        ...ofBound(declaration.lower),
        ...ofBound(declaration.upper),
        ...(declaration.value.kind === 'expression' ? [declaration.value.value] : []),
        ...(declaration.value.kind === 'draw' ? declaration.value.distribution.args : []),
      ];
    case 'param':
      return [
        ...ofBound(declaration.lower),
        ...ofBound(declaration.upper),
        ...optional(declaration.value),
      ];
    case 'let':
    case 'metric':
    case 'statementLet':
      return [declaration.value];
    case 'statementDraw':
      return declaration.distribution.args;
    case 'parameter':
      return optional(declaration.value);
    case 'sweep':
    case 'patternVariable':
    case 'part':
    case 'state':
      return [];
  }
}

/** Calls `visit` once for an expression and each one below it, parents first, without recursion. */
export function walkTyped(root: TypedExpression, visit: (node: TypedExpression) => void): void {
  const waiting: TypedExpression[] = [root];
  const seen = new Set<object>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const shared = node.kind === 'part' ? node.of : node;
    if (seen.has(shared)) continue;
    seen.add(shared);
    visit(node);
    const below = childrenOf(node);
    for (let i = below.length - 1; i >= 0; i--) waiting.push(below[i]);
  }
}
