// Expressions whose logarithm is convex or concave: exponentials, products, powers, sums (of log-convex ones). The logarithm of such
// an expression, log(1 + it), and, for log-convex ones, the expression itself have known curvature. Log-sum-exp is the first case.
import type { Node } from '../../../tensor/ir.ts';
import { isOp } from '../../../tensor/type.ts';
import type { Calculus } from '../calculus.ts';
import { proveNonnegative } from '../curvature-rules.ts';
import { isNonnegative } from '../interval.ts';
import { logSumExpOf } from './log-sum-exp.ts';
import { isBinary, isUnary, uniformValue } from '../nodes.ts';
import { flip, proved, stuck, type Goal, type Proof } from '../proof.ts';

/** log(node) has the curvature; where the node is constant it must not be negative. */
export function findLogCurvature(node: Node, goal: Goal, c: Calculus): Proof {
  if (c.degree(node) === 0)
    return proved('a nonnegative constant', node, [proveNonnegative(node, c)]);
  const rule = byStructure(node, goal, c);
  if (rule !== undefined && rule.ok) return rule;
  if (goal === 'concave') {
    const concave = isNonnegative(c.range(node)) ? c.prove(node, 'concave') : undefined;
    if (concave?.ok === true)
      return proved('concave and nonnegative, so log-concave', node, [concave]);
  }
  return rule ?? stuck(`its logarithm is not known to be ${goal}`, node);
}

function byStructure(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  const inner = (x: Node, g: Goal = goal): Proof => c.logCurvature(x, g);
  if (isUnary(node, 'exp')) {
    const exponent = c.prove(node.args[0], goal);
    return exponent.ok
      ? proved(`an exponential of ${article(goal)} expression`, node, [exponent])
      : exponent;
  }
  if (isUnary(node, 'sqrt')) return inner(node.args[0]);
  if (isUnary(node, 'sigmoid') && goal === 'concave') {
    const argument = c.prove(node.args[0], 'concave');
    return argument.ok
      ? proved('the logistic function is log-concave', node, [argument])
      : argument;
  }
  if (isBinary(node, 'mul'))
    return proved('a product', node, [inner(node.args[0]), inner(node.args[1])]);
  if (isBinary(node, 'div'))
    return proved('a quotient', node, [inner(node.args[0]), inner(node.args[1], flip(goal))]);
  if (isBinary(node, 'pow')) {
    const p = uniformValue(node.args[1]);
    return p === undefined
      ? undefined
      : proved('a power', node, [inner(node.args[0], p >= 0 ? goal : flip(goal))]);
  }
  if (isBinary(node, 'add') && goal === 'convex')
    return proved('a sum of log-convex terms', node, [inner(node.args[0]), inner(node.args[1])]);
  if (isOp(node, 'contract') && goal === 'convex')
    return proved('a sum of log-convex products', node, [inner(node.args[0]), inner(node.args[1])]);
  if (isOp(node, 'reduce')) {
    const { fn } = node.attributes;
    if (fn === 'prod' || (fn === 'sum' && goal === 'convex') || fn === natural[goal]) {
      const entries = inner(node.args[0]);
      return entries.ok && fn === 'sum'
        ? proved('a sum of log-convex entries', node, [entries])
        : entries;
    }
    return undefined;
  }
  if (arrangements.has(node.op)) return inner(node.args[0]);
  if (isOp(node, 'concat'))
    return proved(
      'parts',
      node,
      node.args.map((x) => inner(x)),
    );
  return undefined;
}

const natural = { convex: 'max', concave: 'min' } as const;
const article = (goal: Goal): string => `a ${goal}`;
const arrangements: ReadonlySet<string> = new Set([
  'broadcast',
  'transpose',
  'reshape',
  'slice',
  'reverse',
  'stop',
  'oracle',
]);

/** log(g), log(1 + g), and g itself where it is log-convex. */
export function logAtom(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (isUnary(node, 'log')) {
    const inner = c.logCurvature(node.args[0], goal);
    return inner.ok
      ? proved(`the logarithm of a log-${goal} expression`, node, [inner])
      : undefined;
  }
  if (goal === 'concave') return undefined;
  if (isUnary(node, 'log1p')) {
    const inner = c.logCurvature(node.args[0], 'convex');
    return inner.ok ? proved('log(1 + g) of a log-convex g', node, [inner]) : undefined;
  }
  const isProduct =
    isBinary(node, 'mul') ||
    isBinary(node, 'div') ||
    isBinary(node, 'pow') ||
    (isOp(node, 'reduce') && node.attributes.fn === 'prod');
  if (!isProduct) return undefined;
  const inner = c.logCurvature(node, 'convex');
  return inner.ok ? proved('log-convex, so convex', node, [inner]) : undefined;
}

/** Log-sum-exp, plain or shifted for safety, as one atom. */
export function logSumExp(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  const u = goal === 'convex' ? logSumExpOf(node) : undefined;
  const inner = u === undefined ? undefined : c.prove(u, 'convex');
  return inner?.ok === true
    ? proved('log-sum-exp of convex expressions', node, [inner])
    : undefined;
}
