// One walk over a piece of syntax: the names in it, and the places where something is drawn.
import type { Node } from '../../grammar/ast.ts';
import { childFields, isNode } from '../../grammar/visit.ts';

/** Calls `visit` for a node and all below it, in the order of the source, without recursion. */
export function visitSyntax(root: Node, visit: (node: Node) => void): void {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    visit(node);
    const start = waiting.length;
    for (const field of childFields[node.kind]) {
      const value: unknown = Reflect.get(node, field);
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) waiting.push(item);
      } else if (isNode(value)) waiting.push(value);
    }
    reverseFrom(waiting, start);
  }
}

function reverseFrom(list: Node[], start: number): void {
  for (let i = start, j = list.length - 1; i < j; i++, j--) [list[i], list[j]] = [list[j], list[i]];
}

const drawing: ReadonlySet<string> = new Set(['batch', 'randk']);

/** Numbers the places where something is drawn, in source order: distributions, batches and `randk`. */
export function numberSites(roots: readonly Node[]): ReadonlyMap<Node, number> {
  const sites = new Map<Node, number>();
  const add = (node: Node): void => {
    sites.set(node, sites.size);
  };
  for (const root of roots) {
    visitSyntax(root, (node) => {
      if (node.kind === 'DrawFrom' || node.kind === 'Drawn' || node.kind === 'Draw') {
        add(node.distribution);
      } else if (node.kind === 'Call' && drawing.has(node.callee.name)) add(node);
    });
  }
  return sites;
}

/** Every name in a piece of syntax, whatever it stands for. */
export function namesIn(root: Node): ReadonlySet<string> {
  const names = new Set<string>();
  visitSyntax(root, (node) => {
    if (node.kind === 'Name') names.add(node.name);
  });
  return names;
}
