// Typed expressions as short text: parts of messages, and the names of size symbols such as `floor(n/2)` and `|{i in I where i > 2}|`. For symbols, equal
// texts must mean equal values: names of functions' parameters and of lets are followed, and what has no short form is never equal to anything.
import type { IndexSet, Local, TypedExpression } from './types.ts';

/** How names that stand for values are followed, and what stands for an expression without a short form. */
export interface Naming {
  readonly value: (local: Local) => TypedExpression | undefined;
  readonly other: (e: TypedExpression) => string;
  readonly deepest: number;
}

const forMessages: Naming = {
  value: () => undefined,
  other: (e) => `<${e.kind} ${e.span.file}:${e.span.start}>`,
  deepest: 12,
};

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

export function printTyped(e: TypedExpression, naming: Naming = forMessages, depth = 0): string {
  if (depth > naming.deepest) return naming === forMessages ? '…' : naming.other(e);
  const show = (x: TypedExpression): string => printTyped(x, naming, depth + 1);
  const tight = (x: TypedExpression): string =>
    x.kind === 'elementwise' && Object.hasOwn(operators, x.fn) ? `(${show(x)})` : show(x);
  switch (e.kind) {
    case 'number':
    case 'bool':
      return String(e.value);
    case 'size':
      return e.dim.key;
    case 'reference': {
      if (naming === forMessages) return e.to.name;
      const named =
        e.to.kind === 'parameter' || e.to.kind === 'statementLet' ? e.to.value : undefined;
      if (named !== undefined) return tight(named);
      return 'key' in e.to ? e.to.key : e.to.name;
    }
    case 'local': {
      if (naming === forMessages) return e.local.name;
      const value = naming.value(e.local);
      return value === undefined ? `${e.local.name}#${e.local.id}` : tight(value);
    }
    case 'let':
      return naming === forMessages ? naming.other(e) : show(e.body);
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
      return `(${e.values.map(show).join(', ')}) in ${printSet(e.set, naming, depth + 1)}`;
    default:
      return naming.other(e);
  }
}

export function printSet(set: IndexSet, naming: Naming = forMessages, depth = 0): string {
  if (set.name !== undefined) return set.name;
  const { elements } = set;
  switch (elements.kind) {
    case 'range':
      return `${printTyped(elements.from, naming, depth + 1)}..${printTyped(elements.to, naming, depth + 1)}`;
    case 'labels':
      return `{${elements.labels.map((l) => JSON.stringify(l)).join(', ')}}`;
    case 'numbers':
      return `{${elements.values.map((v) => printTyped(v, naming, depth + 1)).join(', ')}}`;
    case 'tuples': {
      const where =
        elements.where === undefined
          ? ''
          : ` where ${printTyped(elements.where, naming, depth + 1)}`;
      const bindings = elements.bindings.map(
        (b) =>
          `${b.indices.map((i) => i.name).join(', ')} in ${printSet(b.set, naming, depth + 1)}`,
      );
      return `{${bindings.join(', ')}${where}}`;
    }
    case 'column':
    case 'role':
    case 'batch':
      return set.key;
  }
}
