// Whether a method asks for a function at points of the domain alone. A Lipschitz constant that holds only there says nothing of the points that momentum
// extrapolates to.
import type { Assign, Expr, Node } from '../../grammar/ast.ts';
import { walk } from '../../grammar/visit.ts';
import type { MethodModel } from '../model/method-types.ts';

/** True where each `f(…)` in the body is taken at a pattern variable, or at what a projection or a prox gave, and the pattern variables become nothing else. */
export function staysInside(method: MethodModel, role: string): boolean {
  const { body } = method.declaration;
  if (body.kind === 'Native') return true;
  const values = valuesByName(body);
  const variables = new Set(method.variables.map(({ name }) => name));
  const bounded = method.variables.some(({ domain }) => domain !== undefined);
  // Bounds are in X where the pattern has one, else in the function with the prox.
  const inward = bounded ? 'project' : 'prox';
  // Names are inside until one of their values is not.
  const inside = new Set([...variables, ...values.keys()]);
  const isInside = (value: Expr): boolean => {
    if (value.kind === 'Name') return inside.has(value.name);
    if (value.kind === 'Conditional') return isInside(value.then) && isInside(value.otherwise);
    return value.kind === 'Call' && value.callee.name === inward;
  };
  for (let before = -1; before !== inside.size;) {
    before = inside.size;
    for (const [name, given] of values) if (!given.every(isInside)) inside.delete(name);
  }
  if ([...variables].some((name) => !inside.has(name))) return false;
  let holds = true;
  walk(body, (node: Node) => {
    if (node.kind !== 'Call' || node.callee.name !== role) return;
    const points = node.args.filter(
      ({ value }) => !(value.kind === 'Name' && !inside.has(value.name) && !values.has(value.name)),
    );
    if (!points.every(({ value }) => isInside(value))) holds = false;
  });
  return holds;
}

/** What the body binds names to, by `let`, `state` and `<-`. */
function valuesByName(body: Node): ReadonlyMap<string, readonly Expr[]> {
  const found = new Map<string, Expr[]>();
  const add = (name: string, value: Expr): void =>
    void found.set(name, [...(found.get(name) ?? []), value]);
  walk(body, (node) => {
    if (node.kind === 'Let' || node.kind === 'State')
      for (const { name } of node.target.names) add(name, node.value);
    if (node.kind === 'Assign') for (const [name, value] of assigned(node)) add(name, value);
  });
  return found;
}

const assigned = ({ targets, values }: Assign): readonly (readonly [string, Expr])[] =>
  targets.flatMap(({ name }, k) => (k < values.length ? [[name.name, values[k]] as const] : []));
