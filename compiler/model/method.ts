// A method by itself: its pattern, and a check of its body for every problem that it may meet.
import type { FunctionDecl, MethodDecl, Parameter } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import { walk } from '../../grammar/visit.ts';
import { symbolDim } from '../tensor/dim.ts';
import { collector } from './diagnostics.ts';
import { complain, newContext, newShared, type Context } from './context.ts';
import { typeOrUnknown } from './dimensions.ts';
import { expression } from './expression.ts';
import { freeNames } from './inline.ts';
import { diagnose } from './messages.ts';
import type { MethodModel } from './method-types.ts';
import { readPattern } from './pattern.ts';
import { enterRoles, genericShapes } from './roles.ts';
import { knownEntry, lookUp, newScope, type Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import { newBody, readBody } from './statements.ts';
import { numberSites } from './syntax.ts';
import { isUnknown, unknownType } from './type-of.ts';
import type { MethodParameter } from './types.ts';

/** `trusted`: the body is known to be right and is not checked; it is read anyway once the method meets a problem. */
export function readMethod(
  declaration: MethodDecl,
  functions: Scope,
  add: (d: Diagnostic) => void,
  trusted = false,
): MethodModel {
  let sound = !trusted;
  const pattern = readPattern(declaration, (d) => {
    if (d.code === 'M601' || d.code === 'M602' || d.code === 'M501') sound = false;
    add(d);
  });
  const { level, ...roles } = pattern;
  const scope = new Map<string, FunctionDecl>();
  for (const [name, entry] of functions.functions) scope.set(name, entry.declaration);
  const method: MethodModel = {
    kind: 'method',
    name: declaration.name.name,
    doc: declaration.doc?.text,
    parameters: declaration.parameters.map((p) => ({
      name: p.name.name,
      required: p.value === undefined,
      span: p.name.span,
    })),
    pattern: level,
    ...roles,
    native: declaration.body.kind === 'Native' ? declaration.body.name.value : undefined,
    reports: reportsOf(declaration),
    declaration,
    scope,
    span: declaration.name.span,
  };
  if (sound) checkBody(method, functions, add);
  return method;
}

function reportsOf(declaration: MethodDecl): readonly string[] {
  const names = new Set<string>();
  walk(declaration.body, (node) => {
    if (node.kind === 'Report') names.add(node.name.name);
  });
  return [...names];
}

/** Reads the body with symbols for all sizes, as often as states need wider kinds. */
function checkBody(method: MethodModel, functions: Scope, add: (d: Diagnostic) => void): void {
  const { declaration } = method;
  const sites = numberSites([declaration]);
  const parts = newBody([], undefined, sites.size);
  for (let round = 0; round < 50; round++) {
    const own = collector();
    const shared = newShared(own.add, new SizeBook(new Map(), { generic: true }), { sites });
    const roles = newScope(functions);
    const variables = enterRoles(method, genericShapes(method), roles);
    const scope = newScope(roles);
    const context: Context = newContext(shared, scope, 'method');
    scope.entries.set(
      'iteration',
      knownEntry('iteration', 'iteration', declaration.span, { kind: 'iteration' }),
    );
    for (const p of declaration.parameters) enterParameter(context, p);
    const body = {
      ...parts,
      variables,
      changed: false,
      keys: new Set<string>(),
      reports: new Map(),
      repeats: 0,
    };
    if (declaration.body.kind === 'Block') readBody(body, context, declaration.body);
    if (body.changed) continue;
    if (declaration.body.kind === 'Block') warnUnused(context, method);
    for (const d of own.all()) add(d);
    return;
  }
}

/** A parameter of its declared type, else of the type of its default. */
function enterParameter(context: Context, p: Parameter): void {
  const { name, span } = p.name;
  const { scope } = context;
  const twice = scope.entries.get(name);
  if (twice !== undefined && twice.what !== 'size') {
    complain(
      context,
      'M002',
      span,
      { name: quote(name) },
      { related: [{ span: twice.span, message: 'first here' }] },
    );
    return;
  }
  for (const d of p.type?.dims ?? []) {
    for (const { name: size, span: at } of freeNames(d)) {
      if (lookUp(scope, size) !== undefined) continue;
      scope.entries.set(size, knownEntry(size, 'size', at, { kind: 'size', dim: symbolDim(size) }));
    }
  }
  const value = p.value === undefined ? undefined : expression(context, p.value);
  for (const b of p.bounds) expression(context, b.value);
  const type = p.type === undefined ? (value?.type ?? unknownType) : typeOrUnknown(context, p.type);
  const parameter: MethodParameter = {
    kind: 'parameter',
    name,
    key: name,
    type: isUnknown(type) ? unknownType : { element: type.element, shape: type.shape },
    lower: undefined,
    upper: undefined,
    value: undefined,
    span,
  };
  scope.entries.set(
    name,
    knownEntry(name, 'parameter', span, {
      kind: 'declaration',
      declaration: parameter,
      leading: [],
    }),
  );
}

/** Parameters that nothing uses. */
function warnUnused(context: Context, method: MethodModel): void {
  for (const p of method.parameters) {
    const entry = context.scope.entries.get(p.name);
    if (entry === undefined || entry.used) continue;
    context.shared.add(diagnose('M004', p.span, { what: 'parameter', name: quote(p.name) }));
  }
}
