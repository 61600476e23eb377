// Typed expressions as short text: the names of size symbols such as `floor(n/2)` and `|{i in I where i > 2}|`, and parts of messages. Equal text for equal
// expressions of inputs; what has no short form is named by its place.
import type { IndexSet, TypedExpression } from './types.ts';

const operators: Readonly<Record<string, string>> = {
  add: ' + ',
  subtract: ' - ',
  multiply: '*',
  divide: '/',
  power: '^',
  and: ' and ',
  or: ' or ',
  equal: ' == ',
  notEqual: ' != ',
  lessEqual: ' <= ',
  less: ' < ',
  greaterEqual: ' >= ',
  greater: ' > ',
};

export function printTyped(e: TypedExpression, depth = 0): string {
  if (depth > 12) return '…';
  const show = (x: TypedExpression): string => printTyped(x, depth + 1);
  const tight = (x: TypedExpression): string =>
    x.kind === 'elementwise' && Object.hasOwn(operators, x.fn) ? `(${show(x)})` : show(x);
  switch (e.kind) {
    case 'number':
    case 'bool':
      return String(e.value);
    case 'size':
      return e.dim.key;
    case 'reference':
      return e.to.name;
    case 'local':
      return e.local.name;
    case 'index':
      return e.index.name;
    case 'label':
      return JSON.stringify(e.label);
    case 'elementwise': {
      const operator = operators[e.fn];
      if (operator !== undefined) return e.args.map(tight).join(operator);
      if (e.fn === 'negate') return `-${e.args.map(tight).join('')}`;
      if (e.fn === 'not') return `not ${e.args.map(tight).join('')}`;
      return `${e.fn}(${e.args.map(show).join(', ')})`;
    }
    case 'indexed':
      return `${tight(e.operand)}[${e.subscripts
        .map((s) => {
          if (s.kind === 'all') return ':';
          if (s.kind === 'slice') return `${s.start.key}+${s.size.key}`;
          return s.kind === 'member' ? s.values.map(show).join(', ') : show(s.value);
        })
        .join(', ')}]`;
    case 'reduce':
      return `${e.fn}(${show(e.operand)}${e.axis === undefined ? '' : `, axis = ${e.axis + 1}`})`;
    case 'conditional':
      return `if ${show(e.condition)} then ${show(e.then)} else ${show(e.otherwise)}`;
    case 'membership':
      return `(${e.values.map(show).join(', ')}) in ${printSet(e.set, depth + 1)}`;
    default:
      return `<${e.kind} ${e.span.file}:${e.span.start}>`;
  }
}

export function printSet(set: IndexSet, depth = 0): string {
  if (set.name !== undefined) return set.name;
  const { elements } = set;
  switch (elements.kind) {
    case 'range':
      return `${printTyped(elements.from, depth + 1)}..${printTyped(elements.to, depth + 1)}`;
    case 'labels':
      return `{${elements.labels.map((l) => JSON.stringify(l)).join(', ')}}`;
    case 'numbers':
      return `{${elements.values.map((v) => printTyped(v, depth + 1)).join(', ')}}`;
    case 'tuples': {
      const where =
        elements.where === undefined ? '' : ` where ${printTyped(elements.where, depth + 1)}`;
      const bindings = elements.bindings.map(
        (b) => `${b.indices.map((i) => i.name).join(', ')} in ${printSet(b.set, depth + 1)}`,
      );
      return `{${bindings.join(', ')}${where}}`;
    }
    case 'column':
    case 'role':
    case 'batch':
      return set.key;
  }
}
