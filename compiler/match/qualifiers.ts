// The `where` of a method: properties of the functions and domains that its pattern bound.
import type { MethodModel, QualifierProperty, TypedQualifier } from '../model/method-types.ts';
import type { Truth } from '../problem/fact.ts';
import type { Facts } from '../problem/facts/facts.ts';
import type { Term } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';
import type { DomainOperations, Offer } from './domains/operations.ts';
import { feasibleSet } from './feasible.ts';
import { jumpsIn } from './jumps.ts';
import { mismatch, storyOf, type Mismatch } from './mismatch.ts';
import { proxOfTerms } from './prox/of-terms.ts';
import type { FunctionRole, Roles } from './roles.ts';

/** The first qualifier that fails, in the order of the method's text. */
export function checkQualifiers(method: MethodModel, roles: Roles): Mismatch | undefined {
  for (const qualifier of method.qualifiers) {
    const failed = check(qualifier, roles);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

function check(qualifier: TypedQualifier, roles: Roles): Mismatch | undefined {
  const { subject } = qualifier;
  // Kinds of variables are checked with the variables.
  if (subject.kind === 'patternVariable') return undefined;
  if (subject.kind === 'patternDomain') return checkDomain(qualifier, subject.name, roles);
  const role = roles.functions.get(subject.name);
  return role === undefined ? undefined : checkFunction(qualifier, role, roles);
}

function checkFunction(
  { property }: TypedQualifier,
  role: FunctionRole,
  roles: Roles,
): Mismatch | undefined {
  if (property === 'prox') return checkProx(role, roles);
  // Methods that draw samples follow gradients where there are some: relu networks have them almost everywhere.
  if (property === 'smooth' && role.form.kind === 'sampled' && hasGradient(role)) return undefined;
  const ask = truths[property];
  if (ask === undefined) return undefined;
  const whole = ask(role, role.expression);
  if (whole.kind === 'yes' || whole.kind === 'if') return undefined;
  // Name the term that fails by itself, where one does.
  const failing = role.terms.find(({ node }) => {
    const { kind } = ask(role, node);
    return kind === 'no' || kind === 'unknown';
  });
  const [first] = role.terms;
  const span = failing?.span ?? first?.span ?? roles.goal.span;
  const reason = failing === undefined ? whole.reason : ask(role, failing.node).reason;
  return mismatch(
    `${role.name} must be ${property.replace('_', ' ')}, but ${subjectOf(failing)} is not known to be`,
    span,
    storyOf(reason),
  );
}

/** It has a gradient almost everywhere. */
const hasGradient = ({ expression, form, space }: FunctionRole): boolean =>
  !jumpsIn(
    form.kind === 'sampled' ? form.sampled.body : expression,
    space.map(({ input }) => input),
  );

const subjectOf = (term: Term | undefined): string => (term === undefined ? 'it' : 'this term');

/** What is said of domains and variables, or settled by the pattern's form. */
const notOfFunctions = {
  vector: undefined,
  prox: undefined,
  project: undefined,
  lmo: undefined,
  retract: undefined,
  barrier: undefined,
  mirror: undefined,
  real: undefined,
  int: undefined,
} as const;

type Ask = (role: FunctionRole, node: Node) => Truth;

/** Asked of each goal the function stands in, over what the goal decides and in its sense. */
function forOwners(
  { owners, facts }: FunctionRole,
  node: Node,
  ask: (facts: Facts, node: Node) => Truth,
): Truth {
  const answers = owners.map((owner) => ask(owner.facts(), owner.signed(node)));
  const failing = answers.find(({ kind }) => kind === 'no' || kind === 'unknown');
  return failing ?? answers[0] ?? ask(facts(), node);
}

const truths: { readonly [P in QualifierProperty]: Ask | undefined } = {
  smooth: (role, node) => role.facts().isSmooth(node),
  convex: (role, node) => forOwners(role, node, (facts, own) => facts.isConvex(own)),
  strongly_convex: (role, node) =>
    forOwners(role, node, (facts, own) => facts.isStronglyConvex(own)),
  linear: (role, node) => forOwners(role, node, (facts, own) => facts.isAffine(own)),
  quadratic: (role, node) => forOwners(role, node, (facts, own) => facts.isQuadratic(own)),
  bilinear: (role, node) => {
    const [a, b] = role.owners;
    const groups = b === undefined ? undefined : ([a.inputs, b.inputs] as const);
    return role.facts().isBilinear(node, groups);
  },
  separable: (role, node) => role.facts().isSeparable(node),
  monotone: (role, node) => role.facts().isMonotone(node),
  ...notOfFunctions,
};

function checkProx(role: FunctionRole, { graph, goal }: Roles): Mismatch | undefined {
  const nodes =
    role.form.kind === 'mapped' ? role.form.map.terms : role.terms.map(({ node }) => node);
  const found = proxOfTerms(graph, nodes, role.space);
  if (found.kind === 'has') return undefined;
  const failing = role.terms.find(
    (_, k) => proxOfTerms(graph, [nodes[k]], role.space).kind === 'lacks',
  );
  const at = found.culprit === undefined ? undefined : graph.origin(found.culprit);
  const [first] = role.terms;
  return mismatch(
    `${role.name} must have a prox, but none is known for ${failing === undefined ? 'the sum of its terms' : 'this term'}`,
    failing?.span ?? at ?? first?.span ?? goal.span,
    [found.because],
  );
}

function checkDomain(
  { property }: TypedQualifier,
  name: string,
  { graph, domains, goal }: Roles,
): Mismatch | undefined {
  const layout = domains.get(name);
  if (layout === undefined) return undefined;
  const set = feasibleSet(graph, layout);
  const wanted = capabilities[property];
  const offer = wanted?.offer(set);
  if (wanted === undefined || offer === undefined || offer.kind === 'has') return undefined;
  const restricted = layout.parts.find(({ variable }) => variable.domain !== undefined);
  const variable = restricted?.variable ?? layout.parts[0]?.variable;
  return mismatch(
    `${name} must have ${wanted.words}, but \`${variable?.domain?.name ?? variable?.name ?? name}\` has none`,
    variable?.domain?.span ?? variable?.span ?? goal.span,
    [offer.because],
  );
}

type Pick = (set: DomainOperations) => Offer<unknown>;

const capabilities: {
  readonly [P in QualifierProperty]: { readonly offer: Pick; readonly words: string } | undefined;
} = {
  project: { offer: ({ project }) => project, words: 'a projection' },
  lmo: { offer: ({ lmo }) => lmo, words: 'a linear minimiser (`lmo`)' },
  barrier: { offer: ({ barrier }) => barrier, words: 'a barrier' },
  mirror: { offer: ({ mirror }) => mirror, words: 'a mirror map' },
  retract: { offer: ({ manifold }) => manifold, words: 'a retraction' },
  smooth: undefined,
  convex: undefined,
  strongly_convex: undefined,
  linear: undefined,
  quadratic: undefined,
  bilinear: undefined,
  separable: undefined,
  monotone: undefined,
  vector: undefined,
  prox: undefined,
  real: undefined,
  int: undefined,
};
