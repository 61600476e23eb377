// Which names of a method's body must stand for themselves while it is executed, because a derivative by them has to follow other names.
import { childrenOf } from '../../model/children.ts';
import type {
  Declaration,
  DerivativeNode,
  TypedExpression,
  TypedStatement,
} from '../../model/types.ts';
import { expressionsOf } from './assigned.ts';

/** Keys of the names by which the body differentiates, but for derivatives that depend on no other name: those are taken at a leaf of their own. */
export function targetKeys(statements: readonly TypedStatement[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const root of expressionsOf(statements))
    visit(root, (node) => {
      if (node.kind !== 'derivative') return;
      const target = nameOf(node);
      if (target !== undefined && !isDirect(node, target)) keys.add(keyOf(target));
    });
  return keys;
}

function visit(root: TypedExpression, see: (node: TypedExpression) => void): void {
  const waiting: TypedExpression[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    see(node);
    waiting.push(...childrenOf(node));
  }
}

/** Names bound within an expression are leaves of their own already. */
function nameOf({ target }: DerivativeNode): Declaration | undefined {
  const name = target.kind === 'indexed' ? target.operand : target;
  return name.kind === 'reference' ? name.to : undefined;
}

function keyOf(name: Declaration): string {
  if (name.kind === 'patternVariable') return name.name;
  return name.kind === 'part' ? name.of : name.key;
}

/** `grad(f(v), v)`: whatever in it changes with the name is the name itself. Samples may depend on it unseen. */
function isDirect({ expression }: DerivativeNode, target: Declaration): boolean {
  if (target.kind === 'part') return false;
  let direct = true;
  visit(expression, (node) => {
    if (node.kind === 'index') direct = false;
    if (node.kind === 'reference' && !isFixed(node.to)) direct &&= keyOf(node.to) === keyOf(target);
  });
  return direct;
}

/** Names that no statement gives a value. */
const isFixed = ({ kind }: Declaration): boolean =>
  kind === 'parameter' || kind === 'data' || kind === 'param';
