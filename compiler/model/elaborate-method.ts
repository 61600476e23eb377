// A method's body in one problem: read again with the sizes, variables and arguments at hand.
import type { Parameter } from '../../grammar/ast.ts';
import { isError } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import { matchArguments } from './arguments.ts';
import {
  complain,
  newContext,
  newShared,
  unknownNode,
  within,
  type Context,
  type Shared,
} from './context.ts';
import { collector } from './diagnostics.ts';
import { fitDeclared } from './declarations.ts';
import { elementKind } from './dimensions.ts';
import { expression } from './expression.ts';
import { bindShape, type ShapeFrame } from './inline.ts';
import { knownConstant } from './integers.ts';
import type {
  ElaboratedMethod,
  MethodBindings,
  MethodModel,
  VariablePart,
} from './method-types.ts';
import { enterRoles, type RoleShapes } from './roles.ts';
import { problemScope } from './problem-scope.ts';
import { knownEntry, newScope, type Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import { newBody, readBody } from './statements.ts';
import { numberSites } from './syntax.ts';
import { isUnknown, kindFits, realType, showFullType, showKind, showType } from './type-of.ts';
import type {
  MethodParameter,
  ProblemModel,
  SizeDecl,
  TensorType,
  TypedBound,
  TypedExpression,
} from './types.ts';
import { zeroDim } from './type-of.ts';

/** The typed body of a method for a match. `diagnostics` holds errors only; where there are any, `statements` is not to be used. */
export function elaborateMethod(
  method: MethodModel,
  problem: ProblemModel,
  bindings: MethodBindings,
): ElaboratedMethod {
  const { declaration } = method;
  const sites = numberSites([declaration]);
  const memory = newBody([], partsOf(bindings), sites.size);
  for (let round = 0; ; round++) {
    const own = collector();
    const book = bookOf(problem);
    const shared = newShared(own.add, book, { sites, firstId: 1_000_000 });
    const functions = functionScope(method);
    const roles = newScope(functions);
    const variables = enterRoles(method, shapesOf(bindings), roles);
    const scope = newScope(roles);
    const context = newContext(shared, scope, 'method');
    scope.entries.set(
      'iteration',
      knownEntry('iteration', 'iteration', declaration.span, { kind: 'iteration' }),
    );
    const parameters = readParameters(method, problem, bindings, context);
    const body = {
      ...memory,
      variables,
      changed: false,
      keys: new Set<string>(),
      reports: new Map(),
      repeats: 0,
      copies: 0,
    };
    const statements =
      declaration.body.kind === 'Block' ? readBody(body, context, declaration.body) : [];
    if (body.changed && round < 50) continue;
    return {
      method,
      problem,
      parameters,
      variables,
      statements,
      sizes: newSizes(problem, shared),
      draws: sites.size * Math.max(1, body.copies),
      diagnostics: own.all().filter(isError),
    };
  }
}

/** The sizes of a problem, to which a body may add. */
export function bookOf(problem: ProblemModel): SizeBook {
  const fixed = new Map(problem.pinned.map((p) => [p.symbol, p.value]));
  const book = new SizeBook(fixed, { strict: true });
  for (const { symbol, value, span } of problem.sizes) {
    book.symbol({ symbol, span, text: `\`${symbol}\` is a size of ${problem.name}`, value });
  }
  return book;
}

function newSizes(problem: ProblemModel, shared: Shared): readonly SizeDecl[] {
  const known = new Set(problem.sizes.map((s) => s.symbol));
  const filters = [...shared.filters].map(([symbol, set]): SizeDecl => ({
    symbol,
    from: { kind: 'filter', set },
    value: undefined,
    span: set.span,
  }));
  const expressions = [...shared.expressions].map(([symbol, value]): SizeDecl => ({
    symbol,
    from: { kind: 'expression', value },
    value: knownConstant(shared, value, true),
    span: value.span,
  }));
  return [...filters, ...expressions].filter((s) => !known.has(s.symbol));
}

function functionScope(method: MethodModel): Scope {
  const scope = newScope(undefined);
  for (const [name, declaration] of method.scope) {
    scope.functions.set(name, { declaration, scope, used: true });
  }
  return scope;
}

function partsOf(bindings: MethodBindings): ReadonlyMap<string, readonly VariablePart[]> {
  const parts = new Map<string, readonly VariablePart[]>();
  for (const [name, bound] of bindings.variables) {
    parts.set(
      name,
      bound.parts.map((p): VariablePart => ({
        kind: 'part',
        name: p.variable.name,
        of: name,
        variable: p.variable,
        offset: p.offset,
        type: { element: 'real', shape: p.shape },
        span: p.variable.span,
      })),
    );
  }
  return parts;
}

function shapesOf(bindings: MethodBindings): RoleShapes {
  return {
    variable: (name) => bindings.variables.get(name)?.size ?? zeroDim,
    result: (f) => bindings.functions.get(f.name)?.shape ?? [],
    map: (name) => bindings.maps.get(name) ?? { rows: zeroDim, columns: zeroDim },
    set: (name) => {
      const bound = bindings.sets.get(name);
      const actual = bound?.actual;
      const size = bound?.size ?? actual?.size;
      return { actual, size, distribution: size === undefined };
    },
  };
}

/** Arguments in the problem's scope, defaults in the method's. */
function readParameters(
  method: MethodModel,
  problem: ProblemModel,
  bindings: MethodBindings,
  context: Context,
): readonly MethodParameter[] {
  const { declaration } = method;
  const outer = within(context, problemScope(problem, bindings.sweep));
  const slots = declaration.parameters.map((p) => ({
    name: p.name.name,
    ...(p.value === undefined ? {} : ({ optional: true } as const)),
  }));
  const matched = matchArguments(
    context,
    method.name,
    slots,
    bindings.args,
    argumentsSpan(bindings, method),
  );
  const frame: ShapeFrame = {
    outer: context,
    inner: context,
    scope: context.scope,
    name: method.name,
    failed: false,
  };
  return declaration.parameters.map((p, i) => {
    const argument = matched?.[i]?.argument;
    const given =
      argument !== undefined
        ? expression({ ...outer, place: 'problem' }, argument.value)
        : p.value === undefined
          ? unknownNode(p.span)
          : expression(context, p.value);
    const parameter = makeParameter(context, frame, method, p, given);
    const { name, span } = p.name;
    context.scope.entries.set(
      name,
      knownEntry(name, 'parameter', span, {
        kind: 'declaration',
        declaration: parameter,
        leading: [],
      }),
    );
    return parameter;
  });
}

const argumentsSpan = (bindings: MethodBindings, method: MethodModel): MethodModel['span'] =>
  bindings.args[0]?.span ?? method.span;

function makeParameter(
  context: Context,
  frame: ShapeFrame,
  method: MethodModel,
  p: Parameter,
  given: TypedExpression,
): MethodParameter {
  const declared = p.type === undefined ? undefined : elementKind(context, p.type.element);
  let value = given;
  if (!isUnknown(value.type) && declared !== undefined && !kindFits(value.type.element, declared)) {
    complain(context, 'M204', value.span, {
      what: `the argument \`${p.name.name}\` of \`${quote(method.name)}\``,
      wanted: showKind(declared),
      found: showFullType(value.type),
    });
    value = unknownNode(value.span);
  }
  if (p.type !== undefined && p.type.dims.length === 0 && value.type.shape.length > 0) {
    complain(context, 'M119', value.span, {
      what: `the argument \`${p.name.name}\` of \`${quote(method.name)}\``,
      found: showType(value.type),
    });
    value = unknownNode(value.span);
  }
  if (p.type !== undefined && p.type.dims.length > 0) bindShape(frame, p, value.span, value);
  const type: TensorType = isUnknown(value.type)
    ? value.type
    : { element: declared ?? value.type.element, shape: value.type.shape };
  const { lower, upper } = parameterBounds(context, p, type);
  return {
    kind: 'parameter',
    name: p.name.name,
    key: p.name.name,
    type,
    lower,
    upper,
    value,
    span: p.name.span,
  };
}

function parameterBounds(
  context: Context,
  p: Parameter,
  type: TensorType,
): { readonly lower: TypedBound | undefined; readonly upper: TypedBound | undefined } {
  let lower: TypedBound | undefined;
  let upper: TypedBound | undefined;
  for (const b of p.bounds) {
    const shaped = { ...type, element: realType.element };
    const value = fitDeclared(
      context,
      expression(context, b.value),
      shaped,
      `the bound of \`${p.name.name}\``,
      {
        fill: true,
        declared: undefined,
      },
    );
    const bound = { value, strict: b.op === '<' || b.op === '>', span: b.span };
    if (b.op === '>=' || b.op === '>') lower = bound;
    else upper = bound;
  }
  return { lower, upper };
}
