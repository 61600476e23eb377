// The pattern of a method: `for { minimize f(x) + h(K*x) over x in X } where f is smooth`, as roles and the shape they form.
import type {
  Call,
  Constraint,
  Expr,
  GoalMember,
  MethodDecl,
  Owned,
  Pattern,
  PatternMember,
  Qualifier,
} from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import { symbolDim } from '../tensor/dim.ts';
import { domainTable } from './domains.ts';
import { diagnose } from './messages.ts';
import type {
  PatternArgument,
  PatternConstraint,
  PatternDomain,
  PatternFunction,
  PatternGoal,
  PatternLevel,
  PatternMap,
  PatternSet,
  PatternTerm,
  PatternVariable,
  QualifierProperty,
  TypedQualifier,
} from './method-types.ts';
import { count, vectorType } from './type-of.ts';
import type { TypedDomain } from './types.ts';
import type { DomainName } from '../problem/problem.ts';

export interface ReadPattern {
  readonly level: PatternLevel;
  readonly variables: readonly PatternVariable[];
  readonly functions: readonly PatternFunction[];
  readonly domains: readonly PatternDomain[];
  readonly maps: readonly PatternMap[];
  readonly sets: readonly PatternSet[];
  readonly qualifiers: readonly TypedQualifier[];
}

/** Roles by name, as they are met. */
interface Roles {
  readonly variables: Map<string, PatternVariable>;
  readonly functions: Map<string, PatternFunction>;
  readonly domains: Map<string, PatternDomain>;
  readonly maps: Map<string, PatternMap>;
  readonly sets: Map<string, PatternSet>;
  /** Functions that qualifiers call vectors. */
  readonly vectors: ReadonlySet<string>;
  readonly add: (d: Diagnostic) => void;
}

export function readPattern(method: MethodDecl, add: (d: Diagnostic) => void): ReadPattern {
  const vectors = method.qualifiers.flatMap((q) =>
    q.property.name === 'vector' ? [q.subject.name] : [],
  );
  const roles: Roles = {
    variables: new Map(),
    functions: new Map(),
    domains: new Map(),
    maps: new Map(),
    sets: new Map(),
    vectors: new Set(vectors),
    add,
  };
  collectVariables(roles, method.pattern.members);
  const level = readLevel(roles, method.pattern);
  const qualifiers = method.qualifiers.flatMap((q) => readQualifier(roles, q) ?? []);
  return {
    level,
    variables: [...roles.variables.values()],
    functions: [...roles.functions.values()],
    domains: [...roles.domains.values()],
    maps: [...roles.maps.values()],
    sets: [...roles.sets.values()],
    qualifiers,
  };
}

function refuse(roles: Roles, span: Span, what: string, help?: string): undefined {
  roles.add(diagnose('M601', span, { what }, help === undefined ? {} : { help }));
  return undefined;
}

/** All variables of all levels first, so that functions may take any of them. */
function collectVariables(
  roles: Roles,
  members: readonly (PatternMember | { readonly kind: string })[],
): void {
  for (const member of members) {
    if (isLower(member)) collectVariables(roles, member.members);
    else if (isOwning(member)) {
      const [, second] = member.over;
      if (second !== undefined)
        refuse(
          roles,
          second.span,
          'a second variable of one goal',
          'a pattern variable stands for all variables of a goal: write one, and visit them with `each w in x`',
        );
      for (const owned of member.over) addVariable(roles, owned);
    }
  }
}

type Lower = Extract<PatternMember, { readonly kind: 'Lower' }>;
type Owning = Extract<PatternMember, { readonly kind: 'Goal' | 'Find' }>;
const isLower = (m: { readonly kind: string }): m is Lower => m.kind === 'Lower';
const isOwning = (m: { readonly kind: string }): m is Owning =>
  m.kind === 'Goal' || m.kind === 'Find';

function addVariable(roles: Roles, owned: Owned): void {
  const { name, span } = owned.name;
  if (owned.index.length > 0) {
    refuse(
      roles,
      owned.span,
      'a part of a variable',
      'a pattern variable stands for all variables of a goal',
    );
    return;
  }
  const first = roles.variables.get(name);
  if (first !== undefined) {
    const related = [{ span: first.span, message: 'first here' }];
    roles.add(diagnose('M002', span, { name: quote(name) }, { related }));
    return;
  }
  const domain = owned.domain === undefined ? undefined : readDomain(roles, owned.domain);
  const type = vectorType('real', symbolDim(`dim(${name})`));
  roles.variables.set(name, { kind: 'patternVariable', name, type, domain, span });
}

const isDomainName = (name: string): name is DomainName => Object.hasOwn(domainTable, name);

/** `X` is a role; `simplex` is that very domain. */
function readDomain(roles: Roles, e: Expr): TypedDomain | undefined {
  if (e.kind === 'Bad') return undefined;
  if (e.kind !== 'Name')
    return refuse(
      roles,
      e.span,
      'a domain with arguments',
      'write in X, and ask for what it must have',
    );
  if (isDomainName(e.name)) {
    return {
      kind: 'domain',
      name: e.name,
      args: [],
      norm: undefined,
      factors: [],
      rows: false,
      span: e.span,
    };
  }
  const role = roles.domains.get(e.name) ?? { kind: 'patternDomain', name: e.name, span: e.span };
  roles.domains.set(e.name, role);
  return { kind: 'role', role, span: e.span };
}

function readLevel(roles: Roles, syntax: Pattern | Lower): PatternLevel {
  const goals: PatternGoal[] = [];
  const constraints: PatternConstraint[] = [];
  const lower: PatternLevel[] = [];
  let find: readonly PatternVariable[] | undefined;
  const variablesOf = (over: readonly Owned[]): readonly PatternVariable[] =>
    over.flatMap((o) => roles.variables.get(o.name.name) ?? []);
  for (const member of syntax.members) {
    switch (member.kind) {
      case 'Goal': {
        const over = variablesOf(member.over.length > 0 ? member.over : chosenAmong(syntax));
        const goal = readGoal(roles, member, over);
        if (goal !== undefined) goals.push(goal);
        break;
      }
      case 'Find':
        find = variablesOf(member.over);
        for (const c of member.constraints ?? [])
          constraints.push(...(readConstraint(roles, c) ?? []));
        break;
      case 'Subject':
        for (const c of member.constraints) constraints.push(...(readConstraint(roles, c) ?? []));
        break;
      case 'Lower':
        if (member.family !== undefined)
          refuse(roles, member.family.span, 'a family of lower levels');
        lower.push(readLevel(roles, member));
        break;
      case 'BadMember':
        break;
      case 'Set':
      case 'Data':
      case 'Param':
      case 'Var':
      case 'Let':
      case 'Metric':
      case 'Known':
      case 'Function':
        refuse(
          roles,
          member.span,
          'a declaration',
          'a pattern has goals, constraints and lower levels',
        );
        break;
    }
  }
  const name = syntax.kind === 'Lower' ? syntax.name?.name : undefined;
  const hasGoal = syntax.members.some(
    (m) => m.kind === 'Goal' || m.kind === 'Find' || m.kind === 'Lower',
  );
  if (!hasGoal) roles.add(diagnose('M501', syntax.span, { what: 'this pattern' }));
  return { name, goals, find, constraints, lower, span: syntax.span };
}

function readGoal(
  roles: Roles,
  member: GoalMember,
  over: readonly PatternVariable[],
): PatternGoal | undefined {
  if (member.quantifier !== undefined) return refuse(roles, member.quantifier.span, '`forall`');
  if (over.length === 0 && member.over.length === 0) {
    return refuse(
      roles,
      member.span,
      'a goal without `over`',
      'say what the goal decides: minimize f(x) over x',
    );
  }
  const summands = sumOf(member.value);
  const terms = summands.map((e) => readTerm(roles, e));
  const known = terms.filter((t) => t !== undefined);
  if (known.length < terms.length) return undefined;
  const chooses = member.over.length === 0;
  return { sense: member.sense, terms: known, over, chooses, span: member.span };
}

/** A goal without `over` above one plain lower level chooses among its solutions. */
function chosenAmong(level: Pattern | Lower): readonly Owned[] {
  const below: readonly { readonly kind: string }[] = level.members;
  const [lower, second] = below.filter(isLower);
  if (lower === undefined || second !== undefined) return [];
  const members: readonly { readonly kind: string }[] = lower.members;
  const [goal, other] = members.filter(isOwning);
  return goal === undefined || other !== undefined ? [] : goal.over;
}

function sumOf(e: Expr): readonly Expr[] {
  const terms: Expr[] = [];
  let node = e;
  while (node.kind === 'Binary' && node.op === '+') {
    terms.unshift(node.right);
    node = node.left;
  }
  return [node, ...terms];
}

const termHelp =
  'a goal is a sum of f(x), h(K*x), sumsq(r(x)), E(i in D) f(x, i) and sum(c in C) f(c, x)';

function readTerm(roles: Roles, e: Expr): PatternTerm | undefined {
  const { span } = e;
  if (e.kind === 'Bad') return undefined;
  if (e.kind === 'Binder' && (e.op === 'E' || e.op === 'sum')) {
    const found = readElement(roles, e, e.op === 'E' ? 'average' : 'agents', 'scalar', termHelp);
    return found === undefined ? undefined : { kind: found.set.use, ...found, span };
  }
  if (e.kind !== 'Call') return refuse(roles, span, 'this expression', termHelp);
  const [first] = e.args;
  if (e.callee.name === 'sumsq' && e.args.length === 1 && first?.value.kind === 'Call') {
    const fn = readFunction(roles, first.value, undefined, 'vector');
    return fn === undefined ? undefined : { kind: 'sumsq', function: fn, span };
  }
  const fn = readFunction(roles, e, undefined, 'scalar');
  return fn === undefined ? undefined : { kind: 'call', function: fn, span };
}

/** `E(i in D) f(x, i)` and `sum(c in C) f(c, x)`. */
function readElement(
  roles: Roles,
  e: Extract<Expr, { readonly kind: 'Binder' }>,
  use: PatternSet['use'],
  result: PatternFunction['result'],
  help: string,
): Pick<Extract<PatternTerm, { readonly set: unknown }>, 'set' | 'index' | 'function'> | undefined {
  const [binding] = e.bindings;
  const [index] = binding?.target.names ?? [];
  const plain = e.bindings.length === 1 && binding?.kind === 'In' && binding.type === undefined;
  if (!plain || index === undefined || e.where !== undefined || binding.set.kind !== 'Name')
    return refuse(roles, e.span, 'this binding', help);
  const set = readSet(roles, binding.set.name, use, binding.set.span);
  if (set === undefined) return undefined;
  if (e.body.kind !== 'Call') return refuse(roles, e.body.span, 'this expression', help);
  const fn = readFunction(roles, e.body, { name: index.name, set }, result);
  return fn === undefined ? undefined : { set, index: index.name, function: fn };
}

function readSet(
  roles: Roles,
  name: string,
  use: PatternSet['use'],
  span: Span,
): PatternSet | undefined {
  const first = roles.sets.get(name);
  if (first !== undefined && first.use !== use) {
    return refuse(roles, span, `\`${quote(name)}\` both as samples and as agents`);
  }
  const role = first ?? { kind: 'patternSet', name, use, span };
  roles.sets.set(name, role);
  return role;
}

/** `f(x, i)`; everywhere in a pattern a function has the same arguments. */
function readFunction(
  roles: Roles,
  e: Call,
  index: { readonly name: string; readonly set: PatternSet } | undefined,
  result: PatternFunction['result'],
): PatternFunction | undefined {
  const { name } = e.callee;
  const parameters: PatternArgument[] = [];
  for (const { value, name: named } of e.args) {
    const parameter = named === undefined ? readArgument(roles, value, index) : undefined;
    if (parameter === undefined) {
      return refuse(
        roles,
        value.span,
        'this argument',
        'arguments are pattern variables, K*x, and the index of E or sum',
      );
    }
    parameters.push(parameter);
  }
  const own = roles.vectors.has(name) && result === 'scalar' ? 'vector' : result;
  const fn: PatternFunction = {
    kind: 'patternFunction',
    name,
    parameters,
    result: own,
    span: e.span,
  };
  const first = roles.functions.get(name);
  if (first === undefined) {
    roles.functions.set(name, fn);
    return fn;
  }
  if (show(first) === show(fn)) return first;
  const related = [{ span: first.span, message: 'first here' }];
  const wanted = count(first.parameters.length, 'argument');
  roles.add(diagnose('M602', e.span, { name: quote(name), wanted, found: show(fn) }, { related }));
  return undefined;
}

const show = (f: PatternFunction): string =>
  `${f.name}(${f.parameters
    .map((p) => {
      if (p.kind === 'index') return `i in ${p.set.name}`;
      return p.kind === 'mapped' ? `${p.map.name}*${p.variable}` : p.variable;
    })
    .join(', ')})`;

function readArgument(
  roles: Roles,
  e: Expr,
  index: { readonly name: string; readonly set: PatternSet } | undefined,
): PatternArgument | undefined {
  if (e.kind === 'Name') {
    if (index?.name === e.name) return { kind: 'index', set: index.set };
    return roles.variables.has(e.name) ? { kind: 'variable', variable: e.name } : undefined;
  }
  const product = e.kind === 'Binary' && e.op === '*' ? e : undefined;
  if (product?.left.kind !== 'Name' || product.right.kind !== 'Name') return undefined;
  if (!roles.variables.has(product.right.name)) return undefined;
  const { name, span } = product.left;
  const map: PatternMap = roles.maps.get(name) ?? { kind: 'patternMap', name, span };
  roles.maps.set(name, map);
  return { kind: 'mapped', map, variable: product.right.name };
}

const constraintHelp =
  'write g(x) <= 0, h(x) == 0, 0 in F(x) + normal_cone, 0 in E(i in D) F(x, i) + normal_cone or 0 <= F(x) complements x >= 0';

function readConstraint(roles: Roles, c: Constraint): readonly PatternConstraint[] | undefined {
  const { span } = c;
  let told = false;
  const call = (
    e: Expr,
    result: PatternFunction['result'] = 'vector',
  ): PatternFunction | undefined => {
    if (e.kind !== 'Call') return undefined;
    const fn = readFunction(roles, e, undefined, result);
    told ||= fn === undefined;
    return fn;
  };
  /** `F(x)` or `E(i in D) F(x, i)`. */
  const operator = (e: Expr): PatternFunction | undefined => {
    if (e.kind !== 'Binder' || e.op !== 'E') return call(e, 'operator');
    const found = readElement(roles, e, 'average', 'operator', constraintHelp);
    told ||= found === undefined;
    return found?.function;
  };
  if (c.kind === 'BadMember') return undefined;
  if (c.kind === 'Complements') {
    const link = c.left.kind === 'Comparison' ? c.left.links[0] : undefined;
    const fn = link?.op === '<=' ? call(link.right, 'operator') : undefined;
    return fn === undefined
      ? refuse(roles, span, 'this constraint', constraintHelp)
      : [{ kind: 'complements', function: fn, span }];
  }
  const condition = c.kind === 'Relation' ? c.condition : undefined;
  const link =
    condition?.kind === 'Comparison' && condition.links.length === 1
      ? condition.links[0]
      : undefined;
  if (condition?.kind !== 'Comparison' || link === undefined)
    return refuse(roles, span, 'this constraint', constraintHelp);
  const zero = (e: Expr): boolean => e.kind === 'Number' && e.value === 0;
  if (
    link.op === 'in' &&
    zero(condition.first) &&
    link.right.kind === 'Binary' &&
    link.right.op === '+'
  ) {
    const { left, right } = link.right;
    const isCone = right.kind === 'Name' && right.name === 'normal_cone';
    const fn = isCone ? operator(left) : undefined;
    if (fn !== undefined) return [{ kind: 'variational', function: fn, span }];
  }
  if ((link.op === '<=' || link.op === '==') && zero(link.right)) {
    const fn = call(condition.first);
    const kind = link.op === '<=' ? 'lessEqual' : 'equal';
    if (fn !== undefined) return [{ kind, function: fn, span }];
  }
  return told ? undefined : refuse(roles, span, 'this constraint', constraintHelp);
}

const properties: { readonly [P in QualifierProperty]: 'is' | 'has' } = {
  smooth: 'is',
  convex: 'is',
  strongly_convex: 'is',
  linear: 'is',
  quadratic: 'is',
  bilinear: 'is',
  separable: 'is',
  monotone: 'is',
  vector: 'is',
  real: 'is',
  int: 'is',
  prox: 'has',
  project: 'has',
  lmo: 'has',
  retract: 'has',
  barrier: 'has',
  mirror: 'has',
};

const isProperty = (name: string): name is QualifierProperty => Object.hasOwn(properties, name);

function readQualifier(roles: Roles, q: Qualifier): TypedQualifier | undefined {
  const { name } = q.subject;
  const subject = roles.functions.get(name) ?? roles.domains.get(name) ?? roles.variables.get(name);
  if (subject === undefined) {
    const known = [...roles.functions.keys(), ...roles.domains.keys(), ...roles.variables.keys()];
    const guess = didYouMean(name, known);
    const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
    roles.add(diagnose('M604', q.subject.span, { name: quote(name) }, help));
    return undefined;
  }
  const property = q.property.name;
  if (isProperty(property) && properties[property] === q.verb) {
    return { subject, verb: q.verb, property, span: q.span };
  }
  const candidates = Object.entries(properties).flatMap(([p, verb]) =>
    verb === q.verb ? [p] : [],
  );
  const other = isProperty(property)
    ? `write ${name} ${properties[property]} ${property}`
    : undefined;
  const guess = didYouMean(property, candidates);
  const help = other ?? (guess === undefined ? undefined : `did you mean \`${guess}\`?`);
  roles.add(
    diagnose(
      'M603',
      q.property.span,
      { verb: q.verb, property: quote(property) },
      help === undefined ? {} : { help },
    ),
  );
  return undefined;
}
