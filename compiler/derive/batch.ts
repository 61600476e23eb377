// A linear program applied to all unit vectors of its leaf at once.
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { denseBatched, denseOf, identity, type Batched } from './batch/batched.ts';
import type { BatchContext } from './batch/rule.ts';
import { batchRules } from './batch/table.ts';
import type { LinearOp } from './transpose/rule.ts';

/** The matrix of the linear map from the leaf to the root: axes of the leaf first, as far as it has structure. */
export function batch(graph: Graph, root: Node, leaf: Node<'parameter'>): Batched {
  const { shape } = leaf.type;
  const known = new Map<number, readonly (Batched | undefined)[]>([
    [leaf.id, [identity(graph, shape)]],
  ]);
  const keys = new Set([leaf.attributes.key]);
  const linear = (node: Node): boolean => node.free.some((key) => keys.has(key));

  const context: BatchContext = {
    graph,
    leaf: shape,
    linear,
    results,
    of,
    dense: (node) =>
      linear(node)
        ? denseOf(graph, of(node))
        : graph.broadcastTo(
            node,
            [...shape, ...node.type.shape],
            node.type.shape.map((_, k) => shape.length + k),
          ),
    bind: (parameter, batched) => {
      keys.add(parameter.attributes.key);
      known.set(parameter.id, [denseBatched(batched, shape.length)]);
    },
  };

  function of(node: Node): Batched {
    const [found] = results(node);
    if (found === undefined) throw new InternalError(`${node.op} is not linear`);
    return found;
  }

  function results(root: Node): readonly (Batched | undefined)[] {
    const stack: { readonly node: Node; readonly done: boolean }[] = [{ node: root, done: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { node, done } = top;
      if (known.has(node.id)) continue;
      if (done) known.set(node.id, apply(node, context));
      else {
        stack.push({ node, done: true });
        for (const arg of node.args)
          if (!known.has(arg.id) && linear(arg)) stack.push({ node: arg, done: false });
      }
    }
    const found = known.get(root.id);
    if (found === undefined) throw new InternalError(`no batched form of ${root.op}`);
    return found;
  }

  return of(root);
}

function apply<O extends LinearOp>(
  node: Node,
  context: BatchContext,
): readonly (Batched | undefined)[] {
  if (!isLinear<O>(node)) throw new InternalError(`${node.op} in a linear program`);
  return batchRules[node.op](node, context);
}

const isLinear = <O extends LinearOp>(node: Node): node is NodeOf<O> & Node =>
  Object.hasOwn(batchRules, node.op);
