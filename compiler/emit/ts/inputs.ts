// How inputs stand in a function: data and params under the names of the module.
import { minimumOf, symbolsOf, type Dim } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import { mapAttributes } from '../../tensor/attributes.ts';
import { isOp } from '../../tensor/type.ts';
import { nodesAround, postorder } from '../../tensor/visit.ts';
import type { CodeUnit } from './code-unit.ts';
import type { ModuleNames } from './module-names.ts';

/** Whether an input keeps its value during a run. */
export function isFixed({ attributes: { role } }: Node<'input'>): boolean {
  switch (role) {
    case 'data':
    case 'param':
    case 'set':
    case 'seed':
      return true;
    case 'variable':
    case 'state':
    case 'dual':
    case 'iteration':
      return false;
  }
}

/** Binds data, params and sets to their names; those names. */
export function giveFixed(
  code: CodeUnit,
  names: ModuleNames,
  inputs: readonly Node<'input'>[],
): readonly string[] {
  const used: string[] = [];
  for (const node of inputs) {
    const { name, role } = node.attributes;
    if (!isFixed(node)) continue;
    if (role === 'seed') {
      code.give(node, { kind: 'scalar', name: 'seed' }, 'seed');
      continue;
    }
    const own = names.inputName(name);
    used.push(own);
    if (node.type.storage === 'csr') code.give(node, { kind: 'csr', name: own }, name);
    else if (node.type.shape.length === 0) code.give(node, { kind: 'scalar', name: own }, name);
    else code.give(node, { kind: 'array', name: own }, name);
  }
  return used;
}

/** Size symbols that the nodes mention. */
export function symbolsIn(nodes: readonly Node[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (dim: Dim): Dim => {
    for (const { symbols } of dim.monomials)
      for (const symbol of symbols)
        if (minimumOf(symbol) === undefined) found.add(symbol);
        else symbolsOf(dim).forEach((inner) => found.add(inner));
    return dim;
  };
  for (const node of postorder(nodes)) {
    for (const { shape } of node.results) shape.forEach(add);
    mapAttributes(node.op, node.attributes, { dim: add, region: (region) => region });
  }
  return found;
}

/** The inputs that the nodes mention, beside what `prepare` has worked out. */
export const inputsAround = (
  nodes: readonly Node[],
  { shared }: ModuleNames,
): readonly Node<'input'>[] =>
  nodesAround(nodes, new Set(shared.keys())).filter((node): node is Node<'input'> =>
    isOp(node, 'input'),
  );

/** Binds what `prepare` works out for several functions to its name, where the nodes lead to it; the names. */
export function giveShared(
  code: CodeUnit,
  { shared }: ModuleNames,
  nodes: readonly Node[],
): readonly string[] {
  if (shared.size === 0) return [];
  return nodesAround(nodes, new Set(shared.keys())).flatMap((node) => {
    const name = shared.get(node);
    // A compressed one lies there with all its zeros.
    if (name === undefined || node.type.storage === 'csr') return [];
    code.give(node, { kind: node.type.shape.length === 0 ? 'scalar' : 'array', name }, name);
    return [name];
  });
}

/** Binds the members of filtered sets that `prepare` works out, but for the set that is being worked out; their names. */
export function giveTables(
  code: CodeUnit,
  names: ModuleNames,
  nodes: readonly Node[],
  own?: string,
): readonly string[] {
  return postorder(nodes).flatMap((node) => {
    if (node.op !== 'compress' || node.attributes.length.key === own) return [];
    const name = names.tableName(node);
    if (name === undefined) return [];
    code.give(node, { kind: 'array', name }, name);
    return [name];
  });
}
