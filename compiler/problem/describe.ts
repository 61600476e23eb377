// Declarations in words: types, bounds, domains, where sizes and data come from.
import { quote } from '../../grammar/quote.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { printNode } from '../tensor/print.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';
import { logSumExpOf } from './facts/atoms/log-sum-exp.ts';
import type {
  Bound,
  DataItem,
  DataOption,
  DataSource,
  Domain,
  IndexSet,
  Param,
  SizeSource,
  Variable,
} from './problem.ts';
import type { Dim } from '../tensor/dim.ts';

/** An expression in the language, cut where it is long. */
export function shown(node: Node, most = 90): string {
  const text = printNode(node, { nodes: 60 });
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The same, a log-sum-exp in its shifted form written as what it is. */
export function readable(graph: Graph, node: Node, most = 90): string {
  const named = new Map<Node, Node>();
  for (const inner of postorder([node])) {
    const u = isOp(inner, 'binary') ? logSumExpOf(inner) : undefined;
    if (u === undefined) continue;
    const summed = u.type.shape.length - inner.type.shape.length;
    const axis = summed === u.type.shape.length ? '' : `, axis = ${u.type.shape.length}`;
    named.set(inner, graph.parameter(inner.type, `logsumexp(${shown(u, most)}${axis})`));
  }
  return shown(named.size === 0 ? node : substituteIn(graph, node, named), most);
}

export const shapeText = (
  shape: readonly Dim[],
  labels: readonly (string | undefined)[] = [],
): string =>
  shape.length === 0 ? '' : `[${shape.map((dim, axis) => labels[axis] ?? dim.key).join(', ')}]`;

export const typeText = (
  element: string,
  shape: readonly Dim[],
  labels: readonly (string | undefined)[] = [],
): string => `${element}${shapeText(shape, labels)}`;

/** ` >= 0 <= u`, as it would be declared. */
export function boundsText(lower: Bound | undefined, upper: Bound | undefined): string {
  const below = lower === undefined ? '' : ` ${lower.strict ? '>' : '>='} ${shown(lower.node, 30)}`;
  const above = upper === undefined ? '' : ` ${upper.strict ? '<' : '<='} ${shown(upper.node, 30)}`;
  return `${below}${above}`.trim();
}

export function domainText(domain: Domain): string {
  if (domain.name === 'product') return `product(${domain.factors.map(domainText).join(', ')})`;
  const args = domain.args.map((arg) => shown(arg, 30));
  const norm =
    domain.norm === undefined || domain.norm === 2
      ? []
      : [`norm = ${domain.norm === Infinity ? 'inf' : domain.norm}`];
  const all = [...args, ...norm];
  return all.length === 0 ? domain.name : `${domain.name}(${all.join(', ')})`;
}

export function startText({ start }: Variable): string {
  switch (start.kind) {
    case 'default':
      return '';
    case 'expression':
      return `starts at ${shown(start.node, 40)}`;
    case 'draw':
      return `starts at a draw from ${start.distribution}`;
  }
}

function optionText(option: DataOption): string {
  if (typeof option === 'string') return `"${quote(option)}"`;
  if (typeof option !== 'object') return String(option);
  if ('first' in option) return `${option.first}..${option.last}`;
  return `[${option.map((name) => `"${quote(name)}"`).join(', ')}]`;
}

export function sourceText({ format, path, options }: DataSource): string {
  const settings = Object.entries(options).map(([name, value]) => `${name} = ${optionText(value)}`);
  return `${format}(${[`"${quote(path)}"`, ...settings].join(', ')})`;
}

export function dataText({ value }: DataItem, written: (node: Node) => string): string {
  switch (value.kind) {
    case 'expression':
      return `= ${written(value.node)}`;
    case 'draw':
      return 'drawn once from the data seed';
    case 'file':
      return `read from ${sourceText(value.source)}`;
    case 'required':
      return 'to be given at run time';
  }
}

export const paramText = ({ value }: Param, written: (node: Node) => string): string =>
  value === undefined ? 'to be given at run time' : `= ${written(value)}, unless set`;

const axisNames = ['rows', 'columns'];

export function sizeText({ from }: SizeSource): string {
  switch (from.kind) {
    case 'param':
      return `the param \`${from.name}\``;
    case 'data': {
      const axis = axisNames[from.axis] ?? `axis ${from.axis + 1}`;
      return `the ${axis === 'rows' ? 'length (rows)' : axis} of \`${from.name}\``;
    }
    case 'compress':
      return 'the number of elements that a `where` keeps';
    case 'labels':
      return `the number of labels of \`${from.name}\``;
    case 'expression':
      return shown(from.node, 50);
  }
}

export function setText({ elements, size }: IndexSet): string {
  switch (elements.kind) {
    case 'range':
      return `${elements.first.key}..${elements.first.key === '1' ? size.key : `(${elements.first.key} + ${size.key} - 1)`}`;
    case 'labels':
      return `{${elements.labels
        .slice(0, 6)
        .map((label) => `"${quote(label)}"`)
        .join(', ')}${elements.labels.length > 6 ? ', …' : ''}}`;
    case 'column':
      return `labels read from ${sourceText(elements.source)}`;
    case 'tuples':
      return `${size.key} tuples`;
  }
}
