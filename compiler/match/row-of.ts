// One row of an expression along an axis, computed alone: positions go down to the data, so that a term over many rows becomes the term of one.
import type { Dim } from '../tensor/dim.ts';
import { sameDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';

/**
 * The part of `node` at one position of an axis; the axis goes. Undefined where the row cannot be had without the others, or where it is a row
 * of a variable.
 */
export function rowOf(
  graph: Graph,
  node: Node,
  axis: number,
  position: Node,
  depends: (node: Node) => boolean,
): Node | undefined {
  const known = new Map<string, Node | undefined>();

  function row(of: Node, at: number): Node | undefined {
    const key = `${of.id}:${at}`;
    if (!known.has(key)) known.set(key, compute(of, at));
    return known.get(key);
  }

  function compute(of: Node, at: number): Node | undefined {
    if (!depends(of)) return graph.gather(of, [position], [at], true);
    switch (of.op) {
      case 'unary': {
        const [x] = rows(of.args, at) ?? [];
        return x === undefined ? undefined : graph.unary(of.attributes.fn, x);
      }
      case 'binary': {
        const found = rows(of.args, at);
        return found === undefined ? undefined : graph.binary(of.attributes.fn, found[0], found[1]);
      }
      case 'select': {
        const found = rows(of.args, at);
        return found === undefined ? undefined : graph.select(found[0], found[1], found[2]);
      }
      case 'stop': {
        const x = row(of.args[0], at);
        return x === undefined ? undefined : graph.stop(x);
      }
      case 'broadcast':
        return ofBroadcast(of, at);
      case 'transpose': {
        const { permutation } = of.attributes;
        const inner = permutation[at];
        const x = row(of.args[0], inner);
        const kept = permutation.filter((_, k) => k !== at);
        return x === undefined
          ? undefined
          : graph.transpose(
              x,
              kept.map((k) => (k > inner ? k - 1 : k)),
            );
      }
      case 'reduce': {
        const kept = of.args[0].type.shape
          .map((_, k) => k)
          .filter((k) => !of.attributes.axes.includes(k));
        const inner = kept[at];
        const x = row(of.args[0], inner);
        return x === undefined
          ? undefined
          : graph.reduce(
              of.attributes.fn,
              x,
              of.attributes.axes.map((k) => (k > inner ? k - 1 : k)),
            );
      }
      case 'reshape':
        return ofReshape(of, at);
      case 'contract':
        return ofContract(of, at);
      case 'gather':
        return ofGather(of, at);
      case 'concat': {
        if (of.attributes.axis === at) return undefined;
        const found = rows(of.args, at);
        const { axis: along } = of.attributes;
        return found === undefined
          ? undefined
          : graph.concat(found, along > at ? along - 1 : along);
      }
      default:
        return undefined;
    }
  }

  function rows(args: readonly Node[], at: number): readonly Node[] | undefined {
    const found: Node[] = [];
    for (const arg of args) {
      const x = row(arg, at);
      if (x === undefined) return undefined;
      found.push(x);
    }
    return found;
  }

  function ofBroadcast(of: NodeOf<'broadcast'>, at: number): Node | undefined {
    const { shape, axes } = of.attributes;
    const rest = shape.filter((_, k) => k !== at);
    const down = (k: number): number => (k > at ? k - 1 : k);
    const inner = axes.indexOf(at);
    if (inner < 0) return graph.broadcastTo(of.args[0], rest, axes.map(down));
    const x = row(of.args[0], inner);
    return x === undefined
      ? undefined
      : graph.broadcastTo(x, rest, axes.filter((k) => k !== at).map(down));
  }

  /** Only axes of size 1 come and go. */
  function ofReshape(of: NodeOf<'reshape'>, at: number): Node | undefined {
    const from = of.args[0].type.shape;
    const to = of.type.shape;
    const many = (shape: readonly Dim[]): readonly number[] =>
      shape.map((_, k) => k).filter((k) => shape[k].key !== '1');
    const [before, after] = [many(from), many(to)];
    const same =
      before.length === after.length && before.every((k, n) => sameDim(from[k], to[after[n]]));
    const inner = before[after.indexOf(at)];
    if (!same || inner === undefined) return undefined;
    const x = row(of.args[0], inner);
    return x === undefined
      ? undefined
      : graph.reshape(
          x,
          to.filter((_, k) => k !== at),
        );
  }

  function ofContract(of: NodeOf<'contract'>, at: number): Node | undefined {
    const [a, b] = of.args;
    const { batch, sum } = of.attributes;
    const paired = (side: 0 | 1): ReadonlySet<number> =>
      new Set([...batch, ...sum].map((pair) => pair[side]));
    const freeA = a.type.shape.map((_, k) => k).filter((k) => !paired(0).has(k));
    const freeB = b.type.shape.map((_, k) => k).filter((k) => !paired(1).has(k));
    const less = (pairs: typeof sum, p: number | undefined, q: number | undefined): typeof sum =>
      pairs.map(([x, y]) => [
        p !== undefined && x > p ? x - 1 : x,
        q !== undefined && y > q ? y - 1 : y,
      ]);
    if (at < batch.length) {
      const [p, q] = batch[at];
      const [x, y] = [row(a, p), row(b, q)];
      const others = batch.filter((_, k) => k !== at);
      return x === undefined || y === undefined
        ? undefined
        : graph.contract(x, y, less(sum, p, q), less(others, p, q));
    }
    const inA = at - batch.length < freeA.length;
    const inner = inA ? freeA[at - batch.length] : freeB[at - batch.length - freeA.length];
    const x = row(inA ? a : b, inner);
    if (x === undefined) return undefined;
    return inA
      ? graph.contract(x, b, less(sum, inner, undefined), less(batch, inner, undefined))
      : graph.contract(a, x, less(sum, undefined, inner), less(batch, undefined, inner));
  }

  /** Rows of the positions, where these are given: `S[i, t[i]]`. */
  function ofGather(of: NodeOf<'gather'>, at: number): Node | undefined {
    const [x, ...indices] = of.args;
    const { axes, inBounds } = of.attributes;
    const indexRank = indices[0]?.type.shape.length ?? 0;
    if (at >= indexRank || indices.some(depends)) return undefined;
    const picked = indices.map((index) => graph.gather(index, [position], [at], true));
    // Where one of the positions is the row itself, that row of x is all that is needed.
    const own = indices.findIndex((index) => isCounting(index, at));
    if (own < 0) return depends(x) ? undefined : graph.gather(x, picked, axes, inBounds);
    const along = axes[own];
    const inner = row(x, along);
    if (inner === undefined) return undefined;
    const rest = axes.filter((_, k) => k !== own).map((k) => (k > along ? k - 1 : k));
    const positions = picked.filter((_, k) => k !== own);
    return rest.length === 0 ? inner : graph.gather(inner, positions, rest, inBounds);
  }

  return row(node, axis);
}

/** 0, 1, … along an axis. */
const isCounting = (index: Node, at: number): boolean =>
  isOp(index, 'iota')
    ? index.attributes.start.key === '0' && at === 0
    : isOp(index, 'broadcast') &&
      index.attributes.axes[0] === at &&
      index.args[0].op === 'iota' &&
      isCounting(index.args[0], 0);
