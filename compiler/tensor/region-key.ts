// A text by which regions are interned: equal for regions that differ only in the keys of their parameters, so that the same loop
// written twice is one node. Nodes that depend on none of the parameters are named by their id.
import { attributesText } from './attributes.ts';
import type { Node, Region } from './ir.ts';
import { printType } from './type.ts';

/** Names of nodes that depend on parameters in scope: parameters by position, others by order of first visit. */
type Names = Map<number, string>;

export function regionText(region: Region): string {
  return textIn(region, new Map(), new Set());
}

function textIn(region: Region, outerNames: Names, outerKeys: ReadonlySet<number>): string {
  const names = new Map(outerNames);
  const keys = new Set(outerKeys);
  const depth = keys.size;
  region.parameters.forEach((parameter, k) => {
    names.set(parameter.id, `p${depth + k}`);
    keys.add(parameter.attributes.key);
  });
  const lines: string[] = region.parameters.map(({ type }) => printType(type));
  for (const node of boundNodes(region, keys, names)) {
    const attributes = attributesText(node.op, node.attributes, (inner) =>
      textIn(inner, names, keys),
    );
    lines.push(`${node.op}{${attributes}}(${node.args.map((arg) => nameOf(arg, names)).join()})`);
    names.set(node.id, `v${names.size}`);
  }
  const results = region.results.map((result) => nameOf(result, names));
  return `[${lines.join(' ')} => ${results.join()}]`;
}

const nameOf = (node: Node, names: Names): string => names.get(node.id) ?? `#${node.id}`;

/** The nodes of a body that depend on a parameter in scope and have no name yet, arguments first. Bodies of inner regions are left to their own text. */
function boundNodes(region: Region, keys: ReadonlySet<number>, names: Names): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<number>();
  const stack = region.results.map((node) => ({ node, done: false })).reverse();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, done } = top;
    if (done) {
      found.push(node);
      continue;
    }
    if (seen.has(node.id) || names.has(node.id) || !node.free.some((key) => keys.has(key)))
      continue;
    seen.add(node.id);
    stack.push({ node, done: true });
    for (const arg of [...node.args].reverse()) stack.push({ node: arg, done: false });
  }
  return found;
}

const nothing: readonly number[] = [];

/** Keys of the parameters that a node with these arguments and regions depends on. */
export function freeOf(args: readonly Node[], regions: readonly Region[]): readonly number[] {
  if (regions.length > 0) return freeAround(args, regions);
  // Mostly only one argument depends on any, or all on the same.
  let found = nothing;
  for (const { free } of args) {
    if (free.length === 0 || free === found) continue;
    if (found.length > 0) return freeAround(args, regions);
    found = free;
  }
  return found;
}

function freeAround(args: readonly Node[], regions: readonly Region[]): readonly number[] {
  const free = new Set<number>();
  for (const arg of args) for (const key of arg.free) free.add(key);
  for (const { parameters, results } of regions) {
    const bound = new Set(parameters.map((p) => p.attributes.key));
    for (const result of results) for (const key of result.free) if (!bound.has(key)) free.add(key);
  }
  return [...free].sort((a, b) => a - b);
}
