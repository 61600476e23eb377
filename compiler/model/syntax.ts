// One walk over a piece of syntax: the names in it, and the places where something is drawn.
import type { Node } from '../../grammar/ast.ts';
import { walk } from '../../grammar/visit.ts';

const drawing: ReadonlySet<string> = new Set(['batch', 'randk']);

/** Numbers the places where something is drawn, in source order: distributions, batches and `randk`. */
export function numberSites(roots: readonly Node[]): ReadonlyMap<Node, number> {
  const sites = new Map<Node, number>();
  const add = (node: Node): void => {
    sites.set(node, sites.size);
  };
  for (const root of roots) {
    walk(root, (node) => {
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
  walk(root, (node) => {
    if (node.kind === 'Name') names.add(node.name);
  });
  return names;
}
