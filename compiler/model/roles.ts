// The roles of a pattern as names in the scope of a method's body: with symbols for sizes in the generic check, with what matching found in a problem.
import type { Span } from '../../grammar/span.ts';
import { symbolDim, type Dim } from '../tensor/dim.ts';
import type { MethodModel, PatternFunction, PatternVariable } from './method-types.ts';
import { knownEntry, type Meaning, type Scope } from './scope.ts';
import { plainAxis, vectorType } from './type-of.ts';
import type { Axis, IndexSet } from './types.ts';

export type Roles = Pick<MethodModel, 'variables' | 'functions' | 'domains' | 'maps' | 'sets'>;

export interface RoleShapes {
  readonly variable: (name: string) => Dim;
  readonly result: (f: PatternFunction) => readonly Axis[];
  readonly map: (name: string) => { readonly rows: Dim; readonly columns: Dim };
  readonly set: (name: string) => {
    readonly actual: IndexSet | undefined;
    readonly size: Dim | undefined;
    readonly distribution: boolean;
  };
}

/** Any sizes at all. */
export function genericShapes(roles: Roles): RoleShapes {
  const mapped = new Map<string, string>();
  for (const f of roles.functions) {
    for (const p of f.parameters) if (p.kind === 'mapped') mapped.set(p.map.name, p.variable);
  }
  return {
    variable: (name) => symbolDim(`dim(${name})`),
    result: (f) => {
      if (f.result === 'scalar') return [];
      const [first] = f.parameters;
      const like = f.result === 'operator' && first?.kind === 'variable' ? first.variable : f.name;
      return [plainAxis(symbolDim(`dim(${like})`))];
    },
    map: (name) => ({
      rows: symbolDim(`rows(${name})`),
      columns: symbolDim(`dim(${mapped.get(name) ?? name})`),
    }),
    set: (name) => ({ actual: undefined, size: symbolDim(`count(${name})`), distribution: false }),
  };
}

/** Enters the roles; gives the variables with their sizes. */
export function enterRoles(
  roles: Roles,
  shapes: RoleShapes,
  scope: Scope,
): readonly PatternVariable[] {
  const enter = (name: string, what: string, span: Span, meaning: Meaning): void => {
    scope.entries.set(name, knownEntry(name, what, span, meaning));
  };
  const variables = roles.variables.map((v): PatternVariable => ({
    ...v,
    type: vectorType('real', shapes.variable(v.name)),
  }));
  for (const variable of variables) {
    enter(variable.name, 'pattern variable', variable.span, { kind: 'patternVariable', variable });
  }
  for (const domain of roles.domains) {
    enter(domain.name, 'set of the pattern', domain.span, { kind: 'patternDomain', domain });
  }
  for (const map of roles.maps) {
    enter(map.name, 'linear map', map.span, { kind: 'patternMap', map, ...shapes.map(map.name) });
  }
  for (const role of roles.sets) {
    const { actual, size, distribution } = shapes.set(role.name);
    const set: IndexSet = {
      kind: 'set',
      name: role.name,
      key: role.name,
      arity: actual?.arity ?? 1,
      size,
      elements: { kind: 'role', role: role.name, actual, distribution },
      doc: undefined,
      span: role.span,
    };
    enter(role.name, 'set of the pattern', role.span, { kind: 'set', set });
  }
  for (const f of roles.functions) {
    const takes = f.parameters.map((p): readonly Axis[] | undefined => {
      if (p.kind === 'index') return undefined;
      const size = p.kind === 'mapped' ? shapes.map(p.map.name).rows : shapes.variable(p.variable);
      return [plainAxis(size)];
    });
    enter(f.name, 'function of the pattern', f.span, {
      kind: 'patternFunction',
      function: f,
      shape: shapes.result(f),
      takes,
    });
  }
  return variables;
}
