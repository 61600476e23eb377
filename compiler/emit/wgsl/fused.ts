// A group of operations as one kernel of our own, and the call that starts it.
import type { Node } from '../../tensor/ir.ts';
import { printNode } from '../../tensor/print.ts';
import { isOp } from '../../tensor/type.ts';
import { countCall } from '../tfjs/rules.ts';
import { unwrapped, type Unit } from '../tfjs/unit.ts';
import { arrayValue, type Value } from '../tfjs/value.ts';
import { groupOf } from './group.ts';
import { kernelText, type KernelText, type Leaf } from './kernel.ts';

/** The kernels of a module, in the order in which they are first called. */
export interface Kernels {
  /** Lines that declare them. */
  readonly lines: string[];
  /** Names by text: the same text is declared once. */
  readonly known: Map<string, string>;
  /** Which nodes are numbers of this side, as far as asked. */
  readonly numeric: Map<number, boolean>;
}

export const createKernels = (): Kernels => ({ lines: [], known: new Map(), numeric: new Map() });

/** Arrays that a kernel may read: a GPU promises 8, and the result is one. */
const mostArrays = 7;

/** The value of a node by a kernel, with all that goes into the kernel; undefined where there is none to gain by. */
export function fused(node: Node, unit: Unit): readonly Value[] | undefined {
  const { kernels } = unit.module;
  if (kernels === undefined) return undefined;
  const group = groupOf(node, unit);
  if (group === undefined) return undefined;
  const arrays = new Map<Node, string>();
  const leaves = new Map<Node, Leaf>();
  for (const leaf of [...group.leaves].reverse()) {
    const value = unit.value(leaf);
    const hint = unit.module.hint(leaf) ?? (/^[a-z]\w*$/i.test(value.text) ? value.text : 'x');
    if (value.kind === 'number') {
      const text = unwrapped(unit.operand(value));
      const constant = /^-?[\d.]+(e[+-]?\d+)?$/.test(text);
      leaves.set(
        leaf,
        constant ? { kind: 'constant', value: Number(text) } : { kind: 'number', hint },
      );
      continue;
    }
    const array = value.kind === 'array' ? value : arrayValue(unit.array(leaf), 2);
    arrays.set(leaf, array.text);
    leaves.set(leaf, { kind: 'array', hint, axes: array.axes });
  }
  if (arrays.size > mostArrays) return undefined;
  const text = kernelText(
    group,
    (leaf) => leaves.get(leaf) ?? { kind: 'constant', value: NaN },
    (each) => unit.module.hint(each),
  );
  for (const member of group.members.values()) if (isOp(member, 'oracle')) countCall(member, unit);
  const list = (items: readonly string[]): string => `[${items.join(', ')}]`;
  const given = [
    declared(kernels, text, node),
    unit.shape(node.type.shape),
    list(text.arrays.map((each) => arrays.get(each.node) ?? '')),
    list(text.sizes.map(({ dim }) => unit.size(dim))),
    list(text.numbers.map((each) => unwrapped(unit.operand(unit.value(each.node))))),
  ];
  while (given.at(-1) === '[]') given.pop();
  return [arrayValue(`device.kernel(${given.join(', ')})`, node.type.shape.length, text.type)];
}

function declared(kernels: Kernels, text: KernelText, node: Node): string {
  const names = (items: readonly { readonly name: string }[]): string =>
    `[${items.map(({ name }) => `'${name}'`).join(', ')}]`;
  const body = [
    `  arrays: ${names(text.arrays)},`,
    `  sizes: ${names(text.sizes)},`,
    `  numbers: ${names(text.numbers)},`,
    `  type: '${text.type}',`,
    `  lanes: ${text.lanes},`,
    `  threads: ${text.threads},`,
    '  code: `',
    ...text.code.map((line) => (line === '' ? '' : `    ${line}`)),
    '  `,',
  ];
  const key = body.join('\n');
  const known = kernels.known.get(key);
  if (known !== undefined) return known;
  const name = `kernel${kernels.known.size + 1}`;
  kernels.known.set(key, name);
  const doc = printNode(node, { nodes: 40, depth: 12 })
    .replace(/\s+/g, ' ')
    .replaceAll('*/', '* /');
  kernels.lines.push(`/** ${doc} */`, `const ${name} = {`, ...body, '};', '');
  return name;
}
