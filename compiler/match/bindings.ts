// What matching found, as the typed model needs it to elaborate a method's body.
import type { MethodBindings, MethodModel } from '../model/method-types.ts';
import type { Axis, IndexSet, ProblemModel, TypedLevel, VariableDecl } from '../model/types.ts';
import type { Variable } from '../problem/problem.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Roles } from './roles.ts';
import { sizeOf } from './samples.ts';

export function bindingsOf(
  model: ProblemModel,
  method: MethodModel,
  roles: Roles,
  { args, sweep }: Pick<MethodBindings, 'args' | 'sweep'>,
): MethodBindings {
  return {
    args,
    sweep,
    variables: new Map(
      [...roles.variables].map(([name, { size, parts }]) => [
        name,
        {
          size,
          parts: parts.map(({ variable, offset }) => {
            const declared = declarationOf(model, variable);
            return { variable: declared, offset, shape: declared.type.shape };
          }),
        },
      ]),
    ),
    functions: new Map(
      method.functions.map(({ name }) => [
        name,
        { shape: roles.functions.get(name)?.expression.type.shape.map(axisOf) ?? [] },
      ]),
    ),
    maps: new Map([...roles.maps].map(([name, { rows, columns }]) => [name, { rows, columns }])),
    sets: new Map(
      [...roles.sets].map(([name, sampled]) => {
        const size = sizeOf(sampled);
        const named = size === undefined ? undefined : sampled.sources[0]?.set;
        return [name, { actual: setOf(model, named), size }];
      }),
    ),
  };
}

const axisOf = (size: Dim): Axis => ({ size, set: undefined });

/** A variable that a reduction made has no declaration, and one of a family another shape; it gets one of its kind and shape. */
function declarationOf({ level }: ProblemModel, variable: Variable): VariableDecl {
  const { name, element, shape, doc, span } = variable;
  const declared = declaredIn(level, name);
  if (declared?.type.shape.length === shape.length) return declared;
  return {
    kind: 'variable',
    name,
    key: name,
    type: { element, shape: shape.map(axisOf) },
    lower: undefined,
    upper: undefined,
    domain: undefined,
    start: { kind: 'default' },
    doc,
    span,
  };
}

const declaredIn = (level: TypedLevel, name: string): VariableDecl | undefined =>
  level.variables.find((each) => each.key === name) ??
  level.lower.map((lower) => declaredIn(lower, name)).find((found) => found !== undefined);

const setOf = ({ sets }: ProblemModel, name: string | undefined): IndexSet | undefined =>
  name === undefined ? undefined : sets.find((set) => set.name === name);
