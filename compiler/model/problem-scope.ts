// The names of a finished problem as a scope, for arguments of methods and for comparisons.
import { knownEntry, newScope, type Meaning, type Scope } from './scope.ts';
import { intType, realType } from './type-of.ts';
import type { ProblemModel } from './types.ts';

/** `sweep` gives new names values. */
export function problemScope(problem: ProblemModel, sweep: ReadonlyMap<string, number>): Scope {
  const scope = newScope(undefined);
  for (const [name, value] of problem.scope.values) {
    const meaning: Meaning =
      value.kind === 'set'
        ? { kind: 'set', set: value }
        : { kind: 'declaration', declaration: value, leading: [] };
    const what =
      value.kind === 'let' ||
      value.kind === 'data' ||
      value.kind === 'param' ||
      value.kind === 'set'
        ? value.kind
        : 'variable';
    scope.entries.set(name, knownEntry(name, what, value.span, meaning));
  }
  for (const [name, dim] of problem.scope.dims) {
    scope.entries.set(name, knownEntry(name, 'size', problem.span, { kind: 'size', dim }));
  }
  for (const [name, declaration] of problem.scope.functions) {
    scope.functions.set(name, { declaration, scope, used: true });
  }
  for (const [name, value] of sweep) {
    const type = Number.isInteger(value) ? intType : realType;
    const constant = { kind: 'number', value, type, span: problem.span } as const;
    scope.entries.set(
      name,
      knownEntry(name, 'swept name', problem.span, { kind: 'value', value: constant }),
    );
  }
  return scope;
}
