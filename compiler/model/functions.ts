// Functions by themselves: bodies are read once without arguments, so that mistakes in functions nobody calls are found too.
import { complain, newContext, newShared, within, type Shared } from './context.ts';
import { typeOrUnknown } from './dimensions.ts';
import { elaborate, expression } from './expression.ts';
import { freeNames } from './inline.ts';
import { quote } from '../../grammar/quote.ts';
import { symbolDim } from '../tensor/dim.ts';
import { makeLocal } from './context.ts';
import { knownEntry, lookUp, newScope, type FunctionEntry, type Scope } from './scope.ts';
import { SizeBook } from './sizes.ts';
import { unknownType } from './type-of.ts';

/** Reads each body with parameters of unknown value; what has no type has no shape. */
export function checkFunctions(functions: readonly FunctionEntry[], outer: Shared): void {
  const shared = newShared(outer.add, new SizeBook(new Map(), { generic: true }), {
    firstId: outer.id,
  });
  for (const entry of functions) checkFunction(entry, shared);
}

function checkFunction(entry: FunctionEntry, shared: Shared): void {
  const { declaration } = entry;
  const scope = newScope(entry.scope);
  const context = { ...newContext(shared, scope, 'function'), guarded: true };
  bindSizes(entry, scope);
  shared.calls.push(entry);
  for (const p of declaration.parameters) {
    const { name, span } = p.name;
    if (scope.entries.has(name) && scope.entries.get(name)?.what !== 'size') {
      complain(context, 'M002', span, { name: quote(name) });
    }
    const callable = p.type === undefined;
    const type = p.type === undefined ? unknownType : typeOrUnknown(context, p.type);
    if (p.value !== undefined) expression(context, p.value);
    const local = makeLocal(context, name, 'parameter', type, span);
    scope.entries.set(
      name,
      knownEntry(name, 'parameter', span, callable ? { kind: 'bad' } : { kind: 'local', local }),
    );
  }
  for (const member of declaration.body.lets) {
    elaborate(context, member.value);
    for (const n of member.target.names)
      scope.entries.set(n.name, knownEntry(n.name, 'let', n.span, { kind: 'bad' }));
  }
  elaborate(within(context, scope), declaration.body.value);
  shared.calls.pop();
}

function bindSizes(entry: FunctionEntry, scope: Scope): void {
  for (const p of entry.declaration.parameters) {
    for (const d of p.type?.dims ?? []) {
      for (const { name, span } of freeNames(d)) {
        const outer = lookUp(entry.scope, name);
        if (outer?.what === 'set' || scope.entries.has(name)) continue;
        scope.entries.set(
          name,
          knownEntry(name, 'size', span, { kind: 'size', dim: symbolDim(name) }),
        );
      }
    }
  }
}
