import { describe, expect, test } from 'vitest';
import type { Expr } from '../../grammar/index.ts';
import { parseText, printExpression } from '../../grammar/index.ts';

// The table of the language page, written here a second time: loosest first.
const table: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<=', '<', '>=', '>', 'in'],
  ['..'],
  ['+', '-', '.+', '.-'],
  ['*', '/', '\\', '.*', './'],
  ['^', '.^'],
];
const comparisons = table[2] ?? [];
const rank = new Map(table.flatMap((ops, i) => ops.map((op) => [op, i] as const)));
const operators = [...rank.keys()];

function expression(text: string): { readonly expr: Expr; readonly codes: readonly string[] } {
  const { file, diagnostics } = parseText(`problem p { let a = ${text} }`);
  const [problem] = file.declarations;
  const [member] = problem?.kind === 'Problem' ? problem.members : [];
  if (member?.kind !== 'Let') throw new Error(text);
  return { expr: member.value, codes: diagnostics.map((d) => d.code) };
}

/** The tree with all its parentheses. */
function full(expr: Expr): string {
  switch (expr.kind) {
    case 'Name':
      return expr.name;
    case 'Number':
      return expr.text;
    case 'Unary':
      return `(${expr.op} ${full(expr.operand)})`;
    case 'Binary':
      return `(${full(expr.left)} ${expr.op} ${full(expr.right)})`;
    case 'Comparison':
      return `(${[full(expr.first), ...expr.links.flatMap((l) => [l.op, full(l.right)])].join(' ')})`;
    case 'Range':
      return `(${full(expr.from)} .. ${full(expr.to)})`;
    case 'Transpose':
      return `(${full(expr.operand)}')`;
    case 'Index':
      return `(${full(expr.operand)}[…])`;
    case 'Binder':
      return `(${expr.op} ${full(expr.body)})`;
    case 'Conditional':
      return `(if ${full(expr.condition)} then ${full(expr.then)} else ${full(expr.otherwise)})`;
    case 'Recurrence':
    case 'Implicit':
      return `(${expr.op} ${full(expr.body)})`;
    default:
      return expr.kind;
  }
}

function read(text: string): string {
  const { expr, codes } = expression(text);
  expect(codes, text).toEqual([]);
  return full(expr);
}

describe('all pairs of operators', () => {
  const pairs = operators.flatMap((a) => operators.map((b) => [a, b] as const));
  test.each(pairs)('a %s b %s c', (first, second) => {
    const text = `a ${first} b ${second} c`;
    const tighter = (rank.get(second) ?? 0) > (rank.get(first) ?? 0);
    if (comparisons.includes(first) && comparisons.includes(second)) {
      const up = ['<=', '<'];
      const down = ['>=', '>'];
      const chains = [...up, '==', ...down];
      const apart =
        (up.includes(first) && down.includes(second)) ||
        (down.includes(first) && up.includes(second));
      if (apart) expect(expression(text).codes).toEqual(['G021']);
      else if (!chains.includes(first) || !chains.includes(second))
        expect(expression(text).codes).toEqual(['G022']);
      else expect(read(text)).toBe(`(a ${first} b ${second} c)`);
    } else if (first === '..' && second === '..') {
      expect(expression(text).codes).toEqual(['G022']);
    } else {
      const right = tighter || (rank.get(first) === 6 && rank.get(second) === 6);
      expect(read(text)).toBe(
        right ? `(a ${first} (b ${second} c))` : `((a ${first} b) ${second} c)`,
      );
    }
  });
});

describe('prefixes and postfixes', () => {
  test.each([
    ['-a^b', '(- (a ^ b))'],
    ['-a*b', '((- a) * b)'],
    ['a - -b', '(a - (- b))'],
    ['2^-1', '(2 ^ (- 1))'],
    ['2^-a*b', '((2 ^ (- a)) * b)'],
    ['2^-a^b', '(2 ^ (- (a ^ b)))'],
    ['a^b^c', '(a ^ (b ^ c))'],
    ['not a == b', '(not (a == b))'],
    ['not a and b', '((not a) and b)'],
    ['not not a', '(not (not a))'],
    ["a*b'", "(a * (b'))"],
    ["a^b'", "(a ^ (b'))"],
    ["a'[1]'", "(((a')[…])')"],
    ['a <-1', '(a < (- 1))'],
    ['a<-b^2', '(a < (- (b ^ 2)))'],
    ['1..n-1', '(1 .. (n - 1))'],
    ['a in 1..n', '(a in (1 .. n))'],
    ['0 <= a + b <= c', '(0 <= (a + b) <= c)'],
  ])('%s', (text, tree) => {
    expect(read(text)).toBe(tree);
  });
});

describe('bodies', () => {
  test.each([
    ['sum(i in I) a*b + c', '((sum (a * b)) + c)'],
    ['sum(i in I) -a / b - c', '((sum ((- a) / b)) - c)'],
    ['2*sum(i in I) a*b', '(2 * (sum (a * b)))'],
    ['a^sum(i in I) b*c', '(a ^ (sum (b * c)))'],
    ['-sum(i in I) a*b', '(- (sum (a * b)))'],
    ['sum(i in I) sum(j in J) a*b', '(sum (sum (a * b)))'],
    ['sum(i in I) a <= b', '((sum a) <= b)'],
    ['P(z ~ normal(0, 1)) (a <= 0) >= b', '((P (a <= 0)) >= b)'],
    ['fold(s = 0 for t in T) s + a <= b', '(fold ((s + a) <= b))'],
    ['a + scan(s = 0 for t in T) s * b + c', '(a + (scan ((s * b) + c)))'],
    ['root(z = 1) z^2 - a', '(root ((z ^ 2) - a))'],
    ['if a then b else c + d', '(if a then b else (c + d))'],
    ['if a then b else if c then d else e', '(if a then b else (if c then d else e))'],
    ['if a and b then c else d or e', '(if (a and b) then c else (d or e))'],
  ])('%s', (text, tree) => {
    expect(read(text)).toBe(tree);
  });

  test.each(['1 + if a then b else c', '-if a then b else c', 'sum(i in I) if a then b else c'])(
    '%s needs parentheses',
    (text) => {
      expect(expression(text).codes).toEqual(['G020']);
    },
  );
});

test('one-line printing puts parentheses only where they are needed', () => {
  for (const text of [
    '(a + b)*c',
    '(sum(i in I) x)*c',
    'a*sum(i in I) x',
    '(a*sum(i in I) x)*c',
    '(if a then b else c) + 1',
    '2^-1',
    '(a^b)^c',
    '-(a + b)',
    '(-a)^2',
    '(a == b) == c',
    '1..n-1',
    "(a*b)'",
    'f(x, axis = 1)[1, :, 2..end]',
    'minimizer(z = z0 in simplex) (z - a)^2',
    'E(k in 1..4, e ~ normal(0, 1)[2] by reparam) f(e, k)',
  ])
    expect(printExpression(expression(text).expr)).toBe(text);
});
