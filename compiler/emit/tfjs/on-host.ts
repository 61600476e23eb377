// What stays off the device: operations that tfjs lacks, and numbers that follow from numbers.
import { regionsOf } from '../../tensor/attributes.ts';
import type { Node, Op, UnaryFn } from '../../tensor/ir.ts';
import { isOp, isScalar } from '../../tensor/type.ts';
import { postorder } from '../../tensor/visit.ts';

/** Where an operation is carried out: by tfjs, or by the kernels of the runtime in 64 bits on arrays that are read back. */
const homes: { readonly [O in Op]: 'device' | 'host' } = {
  input: 'device',
  parameter: 'device',
  constant: 'device',
  literal: 'device',
  size: 'device',
  iota: 'device',
  unary: 'device',
  binary: 'device',
  select: 'device',
  stop: 'device',
  oracle: 'device',
  broadcast: 'device',
  transpose: 'device',
  reshape: 'device',
  slice: 'device',
  pad: 'device',
  reverse: 'device',
  concat: 'device',
  gather: 'device',
  scatter: 'device',
  put: 'device',
  compress: 'device',
  reduce: 'device',
  argreduce: 'device',
  cumulate: 'device',
  sort: 'device',
  argsort: 'device',
  contract: 'device',
  cholesky: 'host',
  triangularSolve: 'host',
  solve: 'host',
  leastSquares: 'host',
  qr: 'host',
  eigh: 'host',
  svd: 'host',
  logabsdet: 'host',
  expm: 'host',
  part: 'device',
  loop: 'device',
  while: 'device',
  cond: 'device',
  root: 'host',
  fixpoint: 'host',
  minimizer: 'host',
  draw: 'device',
  sample: 'device',
};

/** Functions that tfjs has nothing for. */
const hostFunctions: ReadonlySet<UnaryFn> = new Set<UnaryFn>(['lgamma', 'digamma', 'trigamma']);

export function isHosted(node: Node): boolean {
  const maker = isOp(node, 'part') ? node.args[0] : node;
  if (isOp(maker, 'unary')) return !isScalar(maker) && hostFunctions.has(maker.attributes.fn);
  if (isOp(maker, 'root') && maker.attributes.solved) return false;
  return homes[maker.op] === 'host';
}

/** Keys of region parameters and names of states that are numbers on this side through all iterations. */
export interface HostNumbers {
  readonly states: ReadonlySet<string>;
  readonly parameters: ReadonlySet<number>;
}

interface CarriedState {
  readonly input: Node<'input'>;
  readonly init: Node;
  readonly next: Node;
}

/** The greatest set that is consistent: a state is a number where its start and its next value are, given that the others are. */
export function hostNumbers(
  states: readonly CarriedState[],
  roots: readonly Node[],
  isFixed: (node: Node) => boolean,
): HostNumbers {
  const order = postorder([...states.flatMap(({ init, next }) => [init, next]), ...roots]);
  const names = new Set(
    states.filter(({ input }) => isScalar(input)).map(({ input }) => input.attributes.name),
  );
  const parameters = new Set<number>();
  for (const node of order)
    for (const region of regionsOf(node))
      for (const parameter of region.parameters)
        if (isScalar(parameter)) parameters.add(parameter.attributes.key);

  for (let before = -1; before !== names.size + parameters.size;) {
    before = names.size + parameters.size;
    const found = new Set<number>();
    // Results of nodes with several: `id index`.
    const parts = new Set<string>();
    const has = (node: Node): boolean => found.has(node.id);
    for (const node of order) {
      if (isOp(node, 'loop') || isOp(node, 'while')) {
        const [inits, region, carried, first] = isOp(node, 'loop')
          ? ([node.args.slice(1), node.attributes.region, node.attributes.states, 1] as const)
          : ([node.args, node.attributes.body, node.args.length, 0] as const);
        const conditions = isOp(node, 'while') ? node.attributes.condition.parameters : undefined;
        for (let k = 0; k < carried; k++) {
          const parameter = region.parameters[k + first];
          const both = has(inits[k]) && has(region.results[k]);
          if (!both) {
            parameters.delete(parameter.attributes.key);
            if (conditions !== undefined) parameters.delete(conditions[k].attributes.key);
          } else if (parameters.has(parameter.attributes.key)) parts.add(`${node.id} ${k}`);
        }
        if (parts.has(`${node.id} 0`)) found.add(node.id);
        continue;
      }
      if (isOp(node, 'cond')) {
        const { then, otherwise } = node.attributes;
        if (!has(node.args[0])) continue;
        then.results.forEach((result, k) => {
          if (has(result) && has(otherwise.results[k])) parts.add(`${node.id} ${k}`);
        });
        if (parts.has(`${node.id} 0`)) found.add(node.id);
        continue;
      }
      if (isOp(node, 'part')) {
        if (parts.has(`${node.args[0].id} ${node.attributes.index}`)) found.add(node.id);
        else if (isScalar(node) && isFixed(node)) found.add(node.id);
        continue;
      }
      if (isNumber(node, names, parameters, has, isFixed)) found.add(node.id);
    }
    for (const { input, init, next } of states)
      if (!has(init) || !has(next)) names.delete(input.attributes.name);
  }
  return { states: names, parameters };
}

function isNumber(
  node: Node,
  states: ReadonlySet<string>,
  parameters: ReadonlySet<number>,
  has: (node: Node) => boolean,
  isFixed: (node: Node) => boolean,
): boolean {
  if (!isScalar(node)) return false;
  if (isFixed(node)) return true;
  if (isOp(node, 'input')) {
    const { name, role } = node.attributes;
    return role === 'iteration' || (role === 'state' && states.has(name));
  }
  if (isOp(node, 'parameter')) return parameters.has(node.attributes.key);
  return scalarsOfNumbers[node.op] && node.args.every(has);
}

/** Whether a scalar of the operation is a number where its operands are. Inputs and parameters depend on what they stand for; loops and choices are looked into by themselves. */
const scalarsOfNumbers: { readonly [O in Op]: boolean } = {
  constant: true,
  size: true,
  unary: true,
  binary: true,
  select: true,
  stop: true,
  oracle: true,
  draw: true,
  input: false,
  parameter: false,
  literal: false,
  iota: false,
  broadcast: false,
  transpose: false,
  reshape: false,
  slice: false,
  pad: false,
  reverse: false,
  concat: false,
  gather: false,
  scatter: false,
  put: false,
  compress: false,
  reduce: false,
  argreduce: false,
  cumulate: false,
  sort: false,
  argsort: false,
  contract: false,
  cholesky: false,
  triangularSolve: false,
  solve: false,
  leastSquares: false,
  qr: false,
  eigh: false,
  svd: false,
  logabsdet: false,
  expm: false,
  part: false,
  loop: false,
  while: false,
  cond: false,
  root: false,
  fixpoint: false,
  minimizer: false,
  sample: false,
};
