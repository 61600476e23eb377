// What the names of a method's pattern mean for the problem that it matched: the answers to `lowerMethod` (lower/pattern.ts).
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { MethodModel, PatternFunction as ModelFunction } from '../model/method-types.ts';
import type {
  OperationName,
  PatternArgument,
  PatternFunction,
  PatternMap,
  PatternOperation,
  PatternSemantics,
  PatternSet,
  PatternVariable,
} from '../lower/pattern.ts';
import type { BoundFact } from '../problem/fact.ts';
import type { Domain } from '../problem/problem.ts';
import { startOf } from '../lower/start.ts';
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp, isScalar } from '../tensor/type.ts';
import { inputsOf } from '../tensor/visit.ts';
import type { DomainOperations, Offer } from './domains/operations.ts';
import { domainOperations } from './domains/table.ts';
import { drawnBatch } from './drawn-batch.ts';
import { feasibleSet, isRestricted, variableSet } from './feasible.ts';
import { concatFlat, splitFlat } from './flat.ts';
import type { Layout } from './layout.ts';
import type { MappedTerms } from './linear-map.ts';
import { operatorLipschitz, operatorMonotonicity } from './operator-constants.ts';
import { report } from './messages.ts';
import { storyOf } from './mismatch.ts';
import { proxOfTerms, type ProxOfTerms } from './prox/of-terms.ts';
import type { Assumption } from './prox/function.ts';
import { sampledOf, type FunctionRole, type Roles } from './roles.ts';
import { indexOf, sizeOf, type Sampled } from './samples.ts';
import { staysInside } from './stays-inside.ts';

export interface Answered extends PatternSemantics {
  readonly diagnostics: readonly Diagnostic[];
  /** What must hold of data and params for the step to be right. */
  readonly assumes: readonly Assumption[];
}

export interface SemanticsOptions {
  /** Names of methods that match and need no constants, for advice. */
  readonly searching: () => readonly string[];
}

export function semanticsOf(
  method: MethodModel,
  roles: Roles,
  options: SemanticsOptions,
): Answered {
  const { graph } = roles;
  const diagnostics: Diagnostic[] = [];
  const assumes: Assumption[] = [];
  const proxes = new Map<string, ProxOfTerms | undefined>();
  const variables = method.variables.flatMap((variable) => {
    const layout = roles.variables.get(variable.name);
    return layout === undefined ? [] : [patternVariable(graph, variable.name, layout)];
  });

  const proxOf = (role: FunctionRole, span: Span): ProxOfTerms | undefined => {
    if (!proxes.has(role.name)) {
      const nodes =
        role.form.kind === 'mapped' ? role.form.map.terms : role.terms.map((t) => t.node);
      const found = proxOfTerms(graph, nodes, role.space);
      if (found.kind === 'has') assumes.push(...found.with.assumes);
      else diagnostics.push(report('K103', span, { role: role.name, why: found.because }));
      proxes.set(role.name, found.kind === 'has' ? found.with : undefined);
    }
    return proxes.get(role.name);
  };

  const onFunction = (operation: PatternOperation, role: FunctionRole): Node | undefined => {
    const { name, args, span } = operation;
    if (name === 'lipschitz' || name === 'strong_convexity') return constantOf(name, role, span);
    const prox = proxOf(role, span);
    if (prox === undefined) return undefined;
    const shapes = role.space.map(({ input }) => input.type.shape);
    const parts = (flat: Node): readonly Node[] => splitFlat(graph, flat, shapes);
    if (shapes.length === 0) return withoutTerms(graph, name, args);
    const [first, second] = args;
    if (name === 'prox') return concatFlat(graph, prox.prox(first, parts(second)));
    if (name === 'prox_conj') {
      // Moreau (1962): v - t prox(h, 1/t, v/t).
      const inner = prox.prox(graph.div(1, first), parts(graph.div(second, first)));
      return graph.sub(second, graph.mul(first, concatFlat(graph, inner)));
    }
    if (name !== 'conj') return unknown(operation);
    if (prox.conjugate.kind === 'has') return prox.conjugate.with(parts(first));
    diagnostics.push(report('K104', span, { role: role.name, why: prox.conjugate.because }));
    return undefined;
  };

  const constantOf = (
    name: 'lipschitz' | 'strong_convexity',
    role: FunctionRole,
    span: Span,
  ): Node | undefined => {
    if (role.form.kind === 'operator') {
      const ask = name === 'lipschitz' ? operatorLipschitz : operatorMonotonicity;
      const bound = ask(graph, role.expression, role.form.layout);
      if (bound !== undefined) return bound;
      diagnostics.push(
        report(
          name === 'lipschitz' ? 'K101' : 'K102',
          roles.goal.span,
          { role: role.name, why: 'its Jacobian is not constant', method: method.name },
          { help: constantHelp(name, method, options.searching()) },
        ),
      );
      return undefined;
    }
    const facts = role.facts();
    const fact: BoundFact =
      name === 'lipschitz' ? facts.lipschitz(role.expression) : strongConvexityOf(role);
    const moving =
      fact.bound !== undefined &&
      inputsOf([fact.bound]).some((input) => input.attributes.role === 'variable');
    const outside =
      name === 'lipschitz' &&
      fact.bound !== undefined &&
      !fact.everywhere &&
      !staysInside(method, role.name);
    if (fact.bound !== undefined && !outside && !moving) {
      if (fact.condition !== undefined)
        assumes.push({ condition: fact.condition, text: `the bound ${name}(${role.name}) holds` });
      return fact.bound;
    }
    // Of a convex function zero is a modulus, if a poor one.
    if (name === 'strong_convexity' && facts.isConvex(role.expression).kind === 'yes')
      return graph.constant(0);
    const at = fact.culprit === undefined ? undefined : graph.origin(fact.culprit);
    const [first] = role.terms;
    const code = name === 'lipschitz' ? 'K101' : 'K102';
    const why = moving
      ? 'it changes with the variables of another level'
      : outside
        ? `there is one within the bounds of the variables only, and \`${method.name}\` takes gradients outside of them`
        : storyOf(fact.reason).join('; ');
    diagnostics.push(
      report(
        code,
        at ?? first?.span ?? span,
        { role: role.name, why, method: method.name },
        { help: constantHelp(name, method, options.searching()) },
      ),
    );
    return undefined;
  };

  const unknown = ({ name, role, span }: PatternOperation): undefined => {
    const subject = role.kind === 'role' ? role.name : role.domain.name;
    diagnostics.push(report('K105', span, { operation: name, role: subject, why: 'it has none' }));
  };

  const onDomain = (
    operation: PatternOperation,
    set: DomainOperations,
    subject: string,
  ): Node | undefined => {
    const { name, args, span } = operation;
    const [first, second, third] = args;
    const take = <C>(offer: Offer<C>, use: (capability: C) => Node): Node | undefined => {
      if (offer.kind === 'has') return use(offer.with);
      diagnostics.push(
        report('K105', span, { operation: name, role: subject, why: offer.because }),
      );
      return undefined;
    };
    switch (name) {
      case 'project':
        return take(set.project, (project) => project(first));
      case 'lmo':
        return take(set.lmo, (lmo) => lmo(first));
      case 'distance':
        return set.distance(first);
      case 'mirror':
        return take(set.mirror, ({ fromDual }) => fromDual(first));
      case 'mirror_dual':
        return take(set.mirror, ({ toDual }) => toDual(first));
      case 'tangent':
        return take(set.manifold, ({ tangent }) => tangent(first, second));
      case 'retract':
        return take(set.manifold, ({ retract }) => retract(first, second));
      case 'transport':
        return take(set.manifold, ({ transport }) => transport(first, second, third));
      case 'prox':
      case 'prox_conj':
      case 'conj':
      case 'lipschitz':
      case 'strong_convexity':
        return unknown(operation);
    }
  };

  const sets = new Map<string, DomainOperations>();
  const setOf = (name: string, layout: Layout): DomainOperations => {
    const known = sets.get(name);
    if (known !== undefined) return known;
    const made = feasibleSet(graph, layout);
    sets.set(name, made);
    return made;
  };

  return {
    variables,
    functions: new Map(
      method.functions.flatMap((model) => {
        const role = roles.functions.get(model.name);
        return role === undefined ? [] : [[model.name, functionOf(graph, model, role, roles)]];
      }),
    ),
    maps: new Map([...roles.maps].map(([name, map]) => [name, mapOf(graph, name, map)])),
    sets: new Map(
      [...roles.sets].map(([name, sampled]) => [name, setOfSamples(roles, name, sampled, assumes)]),
    ),
    domains: new Map([...roles.domains].map(([name, layout]) => [name, onlyDomain(layout)])),
    operation: (operation) => {
      const { role } = operation;
      if (role.kind === 'domain') {
        const [v] = operation.args;
        const set = domainOperations(graph, role.domain, v.type.shape);
        return onDomain(operation, set, role.domain.name);
      }
      const layout = roles.domains.get(role.name);
      if (layout !== undefined) return onDomain(operation, setOf(role.name, layout), role.name);
      const found = roles.functions.get(role.name);
      return found === undefined ? unknown(operation) : onFunction(operation, found);
    },
    diagnostics,
    assumes,
  };
}

/** Over what the goal decides: the smallest modulus among the goals that it stands in. */
function strongConvexityOf({ owners, facts, expression }: FunctionRole): BoundFact {
  const [only, other] = owners;
  return only === undefined || other !== undefined
    ? facts().strongConvexity(expression)
    : only.facts().strongConvexity(only.signed(expression));
}

// ------------------------------------------------------------------------------------------------ roles

function patternVariable(graph: Graph, name: string, layout: Layout): PatternVariable {
  const starts = layout.parts.map(({ variable }) => {
    const set = variableSet(graph, variable);
    const start = startOf(graph, variable, () => set.centre());
    const given = variable.start.kind !== 'default' && isRestricted(variable);
    return given && set.project.kind === 'has' ? set.project.with(start) : start;
  });
  return { name, size: layout.size, parts: layout.parts, start: layout.join(starts) };
}

function functionOf(
  graph: Graph,
  { parameters }: ModelFunction,
  role: FunctionRole,
  roles: Roles,
): PatternFunction {
  const { expression, form } = role;
  const apply = (args: readonly PatternArgument[]): Node => {
    const replaced = new Map<Node, Node>();
    const sampled = sampledOf(role);
    let body = form.kind === 'sampled' ? form.sampled.body : expression;
    parameters.forEach((parameter, k) => {
      const arg = args[k];
      switch (parameter.kind) {
        case 'variable': {
          const layout = roles.variables.get(parameter.variable);
          if (layout === undefined || arg.kind !== 'point') throw wrongArgument(role.name);
          const values = layout.split(arg.node);
          layout.inputs.forEach((input, i) => replaced.set(input, values[i]));
          return;
        }
        case 'mapped': {
          if (form.kind !== 'mapped' || arg.kind !== 'point') throw wrongArgument(role.name);
          const values = form.map.split(arg.node);
          form.map.space.forEach(({ input }, i) => replaced.set(input, values[i]));
          return;
        }
        case 'index':
          return;
      }
    });
    // Laws may depend on the point: it comes first.
    parameters.forEach((parameter, k) => {
      if (parameter.kind !== 'index') return;
      if (sampled === undefined) throw wrongArgument(role.name);
      if (form.kind === 'operator' && form.sampled !== undefined)
        body = form.sampled.element(elementOf(sampled, args[k], new Map()));
      else
        for (const [part, value] of elementOf(sampled, args[k], replaced))
          replaced.set(part, value);
    });
    return substituteIn(graph, body, replaced);
  };
  const counts = form.kind === 'operator' && form.gradients ? 'grads' : 'values';
  const samples = (sampledOf(role)?.sources.length ?? 0) > 0;
  return { name: role.name, apply, counts, samples };
}

/** What stands for an element, with its value; `at` has the variables' values where laws depend on them. */
function elementOf(
  sampled: Sampled,
  arg: PatternArgument,
  at: ReadonlyMap<Node, Node>,
): ReadonlyMap<Node, Node> {
  if (arg.kind === 'draw') return arg.batch(arg.place, at);
  const index = indexOf(sampled);
  return arg.kind === 'position' && index !== undefined
    ? new Map<Node, Node>([[index, arg.node]])
    : new Map();
}

const wrongArgument = (name: string): InternalError =>
  new InternalError(
    `${name} of a pattern was called with arguments that its pattern does not have`,
  );

const mapOf = (graph: Graph, name: string, map: MappedTerms): PatternMap => ({
  name,
  rows: map.rows,
  columns: map.columns,
  apply: map.apply,
  applyTransposed: map.applyTransposed,
  // Column j is K times the unit vector j.
  matrix: () => {
    const { stacked } = graph.loop(map.columns, [graph.constant(0)], (j, state) => ({
      next: [state],
      stacked: [map.apply(graph.select(graph.eq(graph.iota(map.columns), j), 1, 0))],
    }));
    return graph.transpose(stacked[0]);
  },
});

function setOfSamples(
  { graph }: Roles,
  name: string,
  sampled: Sampled,
  assumes: Assumption[],
): PatternSet {
  const size = sizeOf(sampled);
  if (size !== undefined)
    return {
      kind: 'finite',
      name,
      size,
      drawing: (count) => {
        if (count.key === size.key || count.key === '1') return;
        const condition = graph.le(graph.size(count), graph.size(size));
        if (isOp(condition, 'constant') && condition.attributes.value === 1) return;
        const text = `${name} has as many elements (${size.key}) as are drawn from it (${count.key})`;
        if (!assumes.some((known) => known.text === text)) assumes.push({ condition, text });
      },
    };
  return {
    kind: 'distribution',
    name,
    draw: (site, counters, count) =>
      drawnBatch(graph, sampled.sources, { name, site, counters, count }),
  };
}

/** The domain itself, where a pattern variable stands for one variable and nothing else restricts it. */
function onlyDomain({ parts }: Layout): Domain | undefined {
  const [only, ...others] = parts;
  if (only === undefined || others.length > 0) return undefined;
  const { domain, lower, upper } = only.variable;
  return lower === undefined && upper === undefined ? domain : undefined;
}

/** A function without terms is zero. */
function withoutTerms(graph: Graph, name: OperationName, args: readonly Node[]): Node | undefined {
  const [first, second] = args;
  if (name === 'prox') return second;
  if (name === 'prox_conj') return graph.mul(0, second);
  if (name !== 'conj') return undefined;
  const entries = isScalar(first) ? first : graph.maxOver(graph.abs(first));
  return graph.select(graph.eq(entries, 0), 0, Infinity);
}

function constantHelp(
  name: 'lipschitz' | 'strong_convexity',
  method: MethodModel,
  searching: readonly string[],
): string {
  const parameter = method.parameters.find(
    ({ name: own }) => own === 'step' || own === 'L' || own === 'mu',
  );
  const argument = name === 'lipschitz' ? (parameter?.name ?? 'step') : 'mu';
  const give = `give \`${argument} = …\``;
  const search =
    searching.length === 0 ? '' : `, or use a method that needs none: ${searching.join(', ')}`;
  return give + search;
}
