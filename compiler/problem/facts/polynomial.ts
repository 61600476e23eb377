// Given expressions as polynomials of what they are made of, to see that two are equal or which is larger: the comparisons that pieces of a
// function need at their break points.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { add, multiply, point, type Interval } from './interval.ts';
import { isBinary, isUnary, plain, uniformValue } from './nodes.ts';
import type { RangeOf } from './range.ts';
import { powerRange } from './unary-rules.ts';

/** A product of powers of atoms, and its coefficient. Exponents are whole, negative ones from divisions. */
interface Monomial {
  readonly coefficient: number;
  readonly powers: ReadonlyMap<Node, number>;
}

type Polynomial = ReadonlyMap<string, Monomial>;

const keyOf = (powers: ReadonlyMap<Node, number>): string =>
  [...powers]
    .map(([atom, p]) => `${atom.id}^${p}`)
    .sort()
    .join('*');

const single = (coefficient: number, powers: ReadonlyMap<Node, number>): Polynomial =>
  new Map([[keyOf(powers), { coefficient, powers }]]);

const number = (value: number): Polynomial => single(value, new Map());
const ofAtom = (atom: Node): Polynomial => single(1, new Map([[atom, 1]]));

function sum(a: Polynomial, b: Polynomial, sign = 1): Polynomial {
  const all = new Map(a);
  for (const [key, { coefficient, powers }] of b) {
    const before = all.get(key)?.coefficient ?? 0;
    all.set(key, { coefficient: before + sign * coefficient, powers });
  }
  return all;
}

function product(a: Polynomial, b: Polynomial): Polynomial {
  let all: Polynomial = new Map();
  for (const x of a.values())
    for (const y of b.values()) {
      const powers = new Map(x.powers);
      for (const [atom, p] of y.powers) {
        const total = (powers.get(atom) ?? 0) + p;
        if (total === 0) powers.delete(atom);
        else powers.set(atom, total);
      }
      all = sum(all, single(x.coefficient * y.coefficient, powers));
    }
  return all;
}

/** 1/p of a single monomial. */
function inverse(a: Polynomial): Polynomial | undefined {
  const terms = [...a.values()].filter((m) => m.coefficient !== 0);
  if (terms.length !== 1) return undefined;
  const [{ coefficient, powers }] = terms;
  return single(1 / coefficient, new Map([...powers].map(([atom, p]) => [atom, -p])));
}

/** More terms than this are not worth following. */
const mostTerms = 200;
/** Nor is more depth; what is shared below must not be walked again and again. */
const mostDepth = 12;

/** The node as a polynomial; what is no sum, product or whole power is an atom. Arrays are read entry by entry. */
function polynomialOf(node: Node, depth = mostDepth): Polynomial {
  const at = plain(node);
  if (depth === 0) return ofAtom(at);
  const value = uniformValue(at);
  if (value !== undefined) return number(value);
  if (isOp(at, 'broadcast') && at.attributes.axes.length === 0)
    return polynomialOf(at.args[0], depth - 1);
  if (isUnary(at, 'neg')) return product(number(-1), polynomialOf(at.args[0], depth - 1));
  const result = isOp(at, 'binary') ? combination(at, depth - 1) : undefined;
  return result !== undefined && result.size <= mostTerms ? result : ofAtom(at);
}

function combination(node: Node<'binary'>, depth: number): Polynomial | undefined {
  const [a, b] = node.args;
  const of = (x: Node): Polynomial => polynomialOf(x, depth);
  if (isBinary(node, 'add')) return sum(of(a), of(b));
  if (isBinary(node, 'sub')) return sum(of(a), of(b), -1);
  if (isBinary(node, 'mul')) return product(of(a), of(b));
  if (isBinary(node, 'div')) {
    const below = inverse(of(b)) ?? inverse(ofAtom(plain(b)));
    return below === undefined ? undefined : product(of(a), below);
  }
  if (!isBinary(node, 'pow')) return undefined;
  const p = uniformValue(b);
  if (p === undefined || !Number.isInteger(p) || p < 1 || p > 8) return undefined;
  const base = of(a);
  return Array.from({ length: p }).reduce<Polynomial>((q) => product(q, base), number(1));
}

/** Rounding in coefficients. */
const tiny = 1e-12;

function keptTerms(node: Node): readonly Monomial[] {
  const terms = [...polynomialOf(node).values()];
  const size = terms.reduce((most, m) => Math.max(most, Math.abs(m.coefficient)), 0);
  return terms.filter((m) => Math.abs(m.coefficient) > tiny * Math.max(size, 1));
}

/** The expression written anew after terms that cancel have gone; a scalar where only scalars are left. */
export function cancelled(graph: Graph, node: Node): Node {
  const power = ([atom, p]: readonly [Node, number]): Node => (p === 1 ? atom : graph.pow(atom, p));
  const terms = keptTerms(node).map(({ coefficient, powers }) => {
    const factors = [...powers].map(power);
    return factors.length === 0
      ? graph.constant(coefficient)
      : graph.mul(coefficient, factors.reduce(graph.mul));
  });
  return terms.length === 0 ? graph.constant(0) : terms.reduce(graph.add);
}

/** The range of a given expression, after terms that cancel have gone. Entry by entry for arrays. */
export function cancelledRange(node: Node, range: RangeOf): Interval {
  return keptTerms(node)
    .map(({ coefficient, powers }) =>
      [...powers]
        .map(([atom, p]) => powerRange(range(atom), p))
        .reduce(multiply, point(coefficient)),
    )
    .reduce(add, point(0));
}

/** Equal for all values of what they are made of. */
export const isAlwaysZero = (node: Node, range: RangeOf): boolean => {
  const i = cancelledRange(node, range);
  return i.low === 0 && i.high === 0;
};
