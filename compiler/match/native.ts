// Methods that the runtime implements: what they need, as IR that is evaluated once before they run.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { MethodModel } from '../model/method-types.ts';
import type { Problem, Variable } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';
import { domainBounds } from './native-bounds.ts';
import { linearProgram } from './native-linear.ts';
import { report } from './messages.ts';
import type { Roles } from './roles.ts';

/** A run of a native solver: arrays to evaluate, and where the answer's entries belong. */
export interface NativePlan {
  readonly method: string;
  readonly label: string;
  readonly solver: 'highs';
  /** Evaluated over data and params before the run; what each means is written with the solver. */
  readonly inputs: Readonly<Record<string, Node>>;
  /** The variables of the flat answer, in order. */
  readonly variables: readonly Variable[];
}

export type NativeMatch =
  | { readonly kind: 'plan'; readonly plan: NativePlan }
  | { readonly kind: 'failed'; readonly make: (span: Span) => Diagnostic };

export function nativePlan(
  method: MethodModel,
  label: string,
  roles: Roles,
  problem: Problem,
): NativeMatch {
  const name = method.native ?? '';
  if (name !== 'highs') return { kind: 'failed', make: (span) => report('K004', span, { name }) };
  const [layout] = roles.variables.values();
  const limits = domainBounds(roles.graph, layout);
  if (limits.kind === 'other')
    return {
      kind: 'failed',
      make: (span) =>
        report('K001', span, {
          method: method.name,
          problem: problem.name,
          why: `${limits.domain} is no set of linear constraints`,
        }),
    };
  return {
    kind: 'plan',
    plan: {
      method: method.name,
      label,
      solver: 'highs',
      inputs: linearProgram(roles.graph, layout, roles, limits),
      variables: layout.parts.map(({ variable }) => variable),
    },
  };
}
