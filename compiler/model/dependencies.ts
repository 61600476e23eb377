// Which variables an expression depends on, through lets and inlined functions; and whether it depends on a given name.
import { childrenOf } from './children.ts';
import type { Shared } from './context.ts';
import type { Declaration, Local, TypedExpression, VariableDecl } from './types.ts';

const none: ReadonlySet<VariableDecl> = new Set();

/** The variables of the problem in an expression. */
export function variablesIn(shared: Shared, e: TypedExpression): ReadonlySet<VariableDecl> {
  if (e.kind === 'number' || e.kind === 'size' || e.kind === 'index' || e.kind === 'bool')
    return none;
  const found = new Set<VariableDecl>();
  visitNames(shared, e, (declaration) => {
    if (declaration.kind === 'variable') found.add(declaration);
    const memo = shared.variables.get(declaration);
    memo?.forEach((v) => found.add(v));
    return memo === undefined;
  });
  return found.size === 0 ? none : found;
}

/** Works out the variables of a `let` once, when it is made. */
export function rememberVariables(
  shared: Shared,
  declaration: Declaration,
  e: TypedExpression,
): void {
  shared.variables.set(declaration, variablesIn(shared, e));
}

/** Whether the value of an expression depends on a name. */
export function dependsOn(shared: Shared, e: TypedExpression, name: Declaration | Local): boolean {
  let found = false;
  visitNames(shared, e, (declaration) => {
    if (declaration === name || (declaration.kind === name.kind && sameKey(declaration, name))) {
      found = true;
    }
    return !found;
  });
  return found;
}

const sameKey = (a: Declaration | Local, b: Declaration | Local): boolean =>
  'key' in a && 'key' in b
    ? a.key === b.key
    : (a.kind === 'patternVariable' || a.kind === 'part') && a.name === b.name;

/** Calls `visit` for every name in an expression; `true` asks for the names in its value too. */
function visitNames(
  model: Shared,
  e: TypedExpression,
  visit: (name: Declaration | Local) => boolean,
): void {
  const waiting: TypedExpression[] = [e];
  const seen = new Set<object>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'number' || node.kind === 'size' || node.kind === 'index') continue;
    if (node.kind === 'reference' || node.kind === 'local') {
      const name = node.kind === 'reference' ? node.to : node.local;
      if (seen.has(name)) continue;
      seen.add(name);
      if (!visit(name)) continue;
      const value = valueOf(model, name);
      if (value !== undefined) waiting.push(value);
      continue;
    }
    const shared = node.kind === 'part' ? node.of : node;
    if (seen.has(shared)) continue;
    seen.add(shared);
    for (const child of childrenOf(node)) waiting.push(child);
  }
}

function valueOf(shared: Shared, name: Declaration | Local): TypedExpression | undefined {
  switch (name.kind) {
    case 'local':
      return shared.bindings.get(name);
    case 'let':
    case 'metric':
    case 'statementLet':
      return name.value;
    case 'data':
    case 'param':
    case 'parameter':
    case 'variable':
    case 'sweep':
    case 'patternVariable':
    case 'part':
    case 'state':
    case 'statementDraw':
      return undefined;
  }
}
