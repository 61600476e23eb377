// The text of one kernel: a thread an entry of the result, or, where something is summed, a few threads an entry that meet in a tree.
import { constantValue, type Dim } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node, NodeOf, ReduceFn } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import {
  innerSizes,
  keyOf,
  keysOf,
  readings,
  variables,
  variablesOf,
  type Coordinate,
  type Coordinates,
  type Variable,
} from './coordinates.ts';
import {
  binaryWgsl,
  declarations,
  literal,
  reduceWgsl,
  unaryWgsl,
  type Helper,
  type ScalarText,
} from './functions.ts';
import { isReduction, type Group } from './group.ts';
import { wgslNames } from './names.ts';
import { meeting, sumLines, type Layout } from './sums.ts';
import { unwrapped } from '../tfjs/unit.ts';

/** What a kernel reads. */
export type Leaf =
  | { readonly kind: 'constant'; readonly value: number }
  /** A number of this side, handed over with each call. */
  | { readonly kind: 'number'; readonly hint: string }
  /** An array, and the axes of the node that it has. */
  | { readonly kind: 'array'; readonly hint: string; readonly axes: ReadonlySet<number> };

export interface KernelText {
  /** What a call gives, in this order, with the names in the text. */
  readonly arrays: readonly { readonly node: Node; readonly name: string }[];
  readonly numbers: readonly { readonly node: Node; readonly name: string }[];
  readonly sizes: readonly { readonly dim: Dim; readonly name: string }[];
  readonly type: 'float32' | 'bool';
  /** Entries of the result that a group of threads works out; 0: one a thread. */
  readonly lanes: number;
  readonly threads: number;
  readonly code: readonly string[];
}

interface Expression {
  readonly text: string;
  readonly bool: boolean;
}

/** A stretch of lines with what has a name in it. */
interface Scope {
  readonly lines: string[];
  readonly known: Map<string, Expression>;
  readonly outer: Scope | undefined;
}

/** Threads of a group where each has an entry of its own. */
const flatThreads = 64;

export function kernelText(
  { root, members }: Group,
  leafOf: (node: Node) => Leaf,
  hint: (node: Node) => string | undefined,
): KernelText {
  const names = wgslNames();
  const helpers = new Set<Helper>();
  const arrays = new Map<Node, string>();
  const numbers = new Map<Node, string>();
  const sizes = new Map<string, { readonly dim: Dim; readonly name: string }>();
  const uses = new Map<string, number>();
  const coordinateNames = new Map<string, string>();
  const outer = variables(undefined, root.type.shape.length);
  const reductions = [...members.values()].filter(isReduction);

  const size = (dim: Dim): string => {
    const constant = constantValue(dim);
    if (constant !== undefined) return String(constant);
    const known = sizes.get(dim.key);
    if (known !== undefined) return `uniforms.${known.name}`;
    const name = names.fresh(/^[A-Za-z]\w*$/.test(dim.key) ? dim.key : 'size1');
    sizes.set(dim.key, { dim, name });
    return `uniforms.${name}`;
  };

  const coordinate = (each: Coordinate, scope: Scope): string => {
    switch (each.kind) {
      case 'variable':
        return coordinateNames.get(keyOf(each)) ?? '0';
      case 'shifted':
        return `(${coordinate(each.inner, scope)} ${each.back ? '-' : '+'} ${size(each.by)})`;
      case 'reversed':
        return `(${size(each.size)} - 1 - ${coordinate(each.inner, scope)})`;
      case 'found':
        return `i32(${number(expression(each.node, each.at, scope))})`;
    }
  };

  /** The place of an entry in an array that has these axes. */
  const position = (
    node: Node,
    at: Coordinates,
    axes: ReadonlySet<number>,
    scope: Scope,
  ): string => {
    let text = '';
    node.type.shape.forEach((dim, axis) => {
      if (!axes.has(axis) || constantValue(dim) === 1) return;
      const own = coordinate(at[axis], scope);
      text =
        text === '' ? own : `${/^[\w.]+$/.test(text) ? text : `(${text})`} * ${size(dim)} + ${own}`;
    });
    return text === '' ? '0' : text;
  };

  const leaf = (node: Node, at: Coordinates, scope: Scope): Expression => {
    const found = leafOf(node);
    if (found.kind === 'constant') {
      const text = literal(found.value);
      return { text: text.startsWith('-') ? `(${text})` : text, bool: false };
    }
    if (found.kind === 'number') {
      const name = numbers.get(node) ?? names.fresh(found.hint);
      numbers.set(node, name);
      return { text: `uniforms.${name}`, bool: false };
    }
    const name = arrays.get(node) ?? names.fresh(found.hint);
    arrays.set(node, name);
    return { text: `f32(${name}[${position(node, at, found.axes, scope)}])`, bool: false };
  };

  const scalar = ({ text, helper, gives, takes }: ScalarText, operands: readonly Expression[]) => {
    if (helper !== undefined) helpers.add(helper);
    const inner = operands.map((each) => (takes === 'bool' ? truth(each) : number(each)));
    return { text: text(...inner), bool: gives === 'bool' };
  };

  /** The rule of an operation that is no reduction. */
  const rule = (node: Node, at: Coordinates, scope: Scope): Expression => {
    const read = readings(node, at) ?? [];
    const operands = (): readonly Expression[] =>
      read.map((each) => expression(each.node, each.at, scope));
    switch (node.op) {
      case 'unary': {
        const text = unaryWgsl[node.attributes.fn];
        if (text === undefined) break;
        return scalar(text, operands());
      }
      case 'binary':
        return scalar(binaryWgsl[node.attributes.fn], operands());
      case 'select': {
        const [condition, x, y] = operands();
        return {
          text: `select(${number(y)}, ${number(x)}, ${truth(condition)})`,
          bool: false,
        };
      }
      case 'contract': {
        const [x, y] = operands();
        return { text: `(${number(x)} * ${number(y)})`, bool: false };
      }
      case 'iota':
        return {
          text: `f32(${size(node.attributes.start)} + ${coordinate(at[0], scope)})`,
          bool: false,
        };
      case 'pad':
        return padded(node, at, scope);
      default:
        return expression(read[0].node, read[0].at, scope);
    }
    throw new InternalError(`no kernel does ${node.op}`);
  };

  const padded = (node: NodeOf<'pad'>, at: Coordinates, scope: Scope): Expression => {
    const [x] = node.args;
    const tests = x.type.shape.flatMap((dim, axis) => {
      if (dim.key === node.type.shape[axis].key) return [];
      const own = coordinate(at[axis], scope);
      const before = node.attributes.before[axis];
      const from = before.key === '0' ? [] : [`${own} >= ${size(before)}`];
      return [...from, `${own} < ${before.key === '0' ? '' : `${size(before)} + `}${size(dim)}`];
    });
    const [read] = readings(node, at) ?? [];
    const inside = number(expression(read.node, read.at, scope));
    return {
      text: tests.length === 0 ? inside : `select(0.0, ${inside}, ${tests.join(' && ')})`,
      bool: false,
    };
  };

  /** An entry of a node. What is needed more than once gets a name. */
  const expression = (node: Node, at: Coordinates, scope: Scope): Expression => {
    const key = `${node.id}[${keysOf(at)}]`;
    for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
      const known = each.known.get(key);
      if (known !== undefined) return known;
    }
    if (isReduction(node) && members.has(node.id))
      throw new InternalError('a sum of a kernel comes before what needs it');
    const member = members.has(node.id);
    const made = member ? rule(node, at, scope) : leaf(node, at, scope);
    const often = (uses.get(key) ?? 0) > 1;
    const plain = /^[\w.]+$/.test(made.text);
    if (plain || (!often && made.text.length <= 100)) {
      if (member || plain) scope.known.set(key, made);
      return made;
    }
    const name = names.fresh(hint(node) ?? 'v');
    scope.lines.push(`let ${name} = ${unbracketed(made.text)};`);
    const named = { text: name, bool: made.bool };
    scope.known.set(key, named);
    return named;
  };

  countUses(root, outer, members, uses);
  const scope: Scope = { lines: [], known: new Map(), outer: undefined };
  scope.lines.push(...nameVariables(root.type.shape, outer, 'entry'));
  const layout = layoutOf(root, reductions, members, leafOf);

  /** Declares the variables of entries that `counter` numbers, row by row. */
  function nameVariables(
    dims: readonly Dim[],
    named: readonly Variable[],
    counter: string,
  ): readonly string[] {
    const long = named.filter((_, axis) => constantValue(dims[axis]) !== 1);
    const lines: string[] = [];
    long.forEach((each, k) => {
      const name = long.length === 1 ? counter : names.fresh(letters[k] ?? 'i');
      coordinateNames.set(keyOf(each), name);
      if (long.length === 1) return;
      const after = dims.filter((_, axis) => axis > each.axis && constantValue(dims[axis]) !== 1);
      const rest = after.map(size).join(' * ');
      const whole =
        after.length === 0 ? counter : `${counter} / ${after.length === 1 ? rest : `(${rest})`}`;
      lines.push(
        `let ${name} = ${k === 0 ? whole : `${bracketed(whole)} % ${size(dims[each.axis])}`};`,
      );
    });
    return lines;
  }

  function sum(node: Node, together: Layout): void {
    const dims = innerSizes(node);
    const fn = reduceOf(node);
    const { helper, logical } = reduceWgsl[fn];
    if (helper !== undefined) helpers.add(helper);
    const inner: Scope = { lines: [], known: new Map(), outer: scope };
    const counter = names.fresh(letters[root.type.shape.length] ?? 'i');
    inner.lines.push(...nameVariables(dims, variables(node.id, dims.length), counter));
    const terms = (readings(node, outer) ?? []).map((each) => {
      const made = expression(each.node, each.at, inner);
      return logical === true ? `f32(${truth(made)})` : number(made);
    });
    const total = names.fresh(hint(node) ?? 'total');
    scope.lines.push(
      ...sumLines(
        {
          fn,
          counter,
          count: dims.length === 0 ? '1' : dims.map(size).join(' * '),
          lines: inner.lines,
          term: terms.length === 1 ? unbracketed(terms[0]) : terms.join(' * '),
          own: names.fresh('own'),
          part: names.fresh('part'),
          total,
        },
        together,
      ).map((line) => line.slice(2)),
    );
    scope.known.set(`${node.id}[${keysOf(outer)}]`, {
      text: logical === true ? `(${total} != 0.0)` : total,
      bool: logical === true,
    });
  }
  if (layout !== undefined)
    for (const node of [...reductions].sort((a, b) => a.id - b.id)) sum(node, layout);

  const result = expression(root, outer, scope);
  const written = result.bool ? `i32(${unbracketed(result.text)})` : unbracketed(result.text);
  const lines = scope.lines.map((line) => `  ${line}`);
  const body =
    layout === undefined
      ? [
          'fn main(entry : i32) {',
          '  if (entry >= uniforms.size) { return; }',
          ...lines,
          `  result[entry] = ${written};`,
          '}',
        ]
      : [
          `var<workgroup> parts : array<f32, ${layout.threads}>;`,
          '',
          ...[...new Set(reductions.map(reduceOf))].flatMap((fn) => meeting(fn, layout)),
          'fn main(thread : i32) {',
          '  let team = (workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x;',
          ...(layout.lanes === 1
            ? ['  let place = i32(team);', '  let first = i32(localIndex);']
            : [
                `  let place = i32(team * ${layout.lanes}u + localIndex % ${layout.lanes}u);`,
                `  let first = i32(localIndex / ${layout.lanes}u);`,
              ]),
          '  let entry = min(place, uniforms.size - 1);',
          ...lines,
          '  if (first == 0 && place < uniforms.size) {',
          `    result[entry] = ${written};`,
          '  }',
          '}',
        ];
  return {
    arrays: [...arrays].map(([node, name]) => ({ node, name })),
    numbers: [...numbers].map(([node, name]) => ({ node, name })),
    sizes: [...sizes.values()],
    type: result.bool ? 'bool' : 'float32',
    lanes: layout?.lanes ?? 0,
    threads: layout?.threads ?? flatThreads,
    code: [...declarations(helpers), ...body],
  };
}

const letters: readonly string[] = ['i', 'j', 'k', 'l', 'p', 'q', 'r', 's'];

const truth = ({ text, bool }: Expression): string => (bool ? text : `(${text} != 0.0)`);
const number = ({ text, bool }: Expression): string => (bool ? `f32(${text})` : text);
const unbracketed = (text: string): string => unwrapped(text);
const bracketed = (text: string): string => (/^[\w.]+$/.test(text) ? text : `(${text})`);

const reduceOf = (node: Node): ReduceFn => (isOp(node, 'reduce') ? node.attributes.fn : 'sum');

/** How often each entry is read, by node and place. */
function countUses(
  root: Node,
  outer: Coordinates,
  members: ReadonlyMap<number, Node>,
  uses: Map<string, number>,
): void {
  const visit = (node: Node, at: Coordinates): void => {
    const key = `${node.id}[${keysOf(at)}]`;
    const before = uses.get(key) ?? 0;
    uses.set(key, before + 1);
    if (before === 0 && members.has(node.id))
      for (const each of readings(node, at) ?? []) visit(each.node, each.at);
  };
  visit(root, outer);
}

/** Where a sum runs along a first axis, neighbouring entries of the result lie side by side in memory: then threads stand side by side too. */
function layoutOf(
  root: Node,
  reductions: readonly Node[],
  members: ReadonlyMap<number, Node>,
  leafOf: (node: Node) => Leaf,
): Layout | undefined {
  if (reductions.length === 0) return undefined;
  const rank = root.type.shape.length;
  if (rank === 0) return { lanes: 1, threads: 256 };
  const outer = variables(undefined, rank);
  const [last] = outer.slice(-1);
  const beside = reductions.some((node) => {
    const seen = new Set<string>();
    const visit = (each: Node, at: Coordinates): boolean => {
      const key = `${each.id}[${keysOf(at)}]`;
      if (seen.has(key)) return false;
      seen.add(key);
      if (members.has(each.id))
        return (readings(each, at) ?? []).some((read) => visit(read.node, read.at));
      const leaf = leafOf(each);
      if (leaf.kind !== 'array' || at.length < 2 || leaf.axes.size < 2) return false;
      const mentioned = variablesOf(at.slice(-1));
      return mentioned.has(keyOf(last)) && variablesOf(at).size > 1;
    };
    return visit(node, outer);
  });
  return beside ? { lanes: 32, threads: 256 } : { lanes: 1, threads: 64 };
}
