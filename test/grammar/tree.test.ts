import { describe, expect, test } from 'vitest';
import type { Expr, Member, Node, Statement } from '../../grammar/index.ts';
import { children, parseText, walk } from '../../grammar/index.ts';
import { strip } from './strip.ts';
import { goodTexts } from './texts.ts';

function members(inner: string): readonly Member[] {
  const { file, diagnostics } = parseText(`problem p {\n${inner}\n}`);
  expect(diagnostics).toEqual([]);
  const [problem] = file.declarations;
  return problem?.kind === 'Problem' ? problem.members : [];
}

function statements(inner: string): readonly Statement[] {
  const { file, diagnostics } = parseText(`method m for { minimize f(x) over x } {\n${inner}\n}`);
  expect(diagnostics).toEqual([]);
  const [method] = file.declarations;
  return method?.kind === 'Method' && method.body.kind === 'Block' ? method.body.statements : [];
}

function value(text: string): Expr {
  const [member] = members(`let a = ${text}`);
  if (member?.kind !== 'Let') throw new Error(text);
  return member.value;
}

const named = (name: string): unknown => ({ kind: 'Name', name });

describe('lexical structure', () => {
  test('names of any script, normalised', () => {
    expect(strip(value('e\u0301'))).toEqual(named('\u00e9'));
    expect(strip(value('λ_1'))).toEqual(named('λ_1'));
    expect(strip(value('x₀'))).toEqual(named('x₀'));
    expect(strip(value('变量'))).toEqual(named('变量'));
  });

  test('words with a meaning in their place are names elsewhere', () => {
    const words =
      'state value start E P sum seeds set lower metric known from to by is has as with via of on sweep claim when native each report stop end fold root real csv'.split(
        ' ',
      );
    for (const word of words) {
      expect(strip(value(word))).toEqual(named(word));
      expect(members(`var ${word} : real`).length).toBe(1);
      expect(members(`let ${word} = ${word} + 1`).length).toBe(1);
      expect(statements(`${word} <- ${word} + 1`).length).toBe(1);
      expect(statements(`state ${word} = 1`).length).toBe(1);
      expect(statements(`${word}[1], y <- 1, 2`).length).toBe(1);
    }
  });

  test('numbers', () => {
    expect(strip(value('1e-3'))).toEqual({ kind: 'Number', value: 1e-3, text: '1e-3' });
    expect(strip(value('inf'))).toEqual({ kind: 'Number', value: Infinity, text: 'inf' });
    expect(strip(value('pi'))).toEqual(named('pi'));
    expect(strip(value('2.5..3.5'))).toMatchObject({ from: { value: 2.5 }, to: { value: 3.5 } });
    expect(strip(value('1..n'))).toMatchObject({ kind: 'Range', from: { value: 1 } });
    expect(strip(value('2.*x'))).toMatchObject({ kind: 'Binary', op: '.*', left: { value: 2 } });
  });

  test('strings', () => {
    expect(strip(value('"a\\"b\\\\c\\n\\t\\u{1F600}é"'))).toEqual({
      kind: 'Text',
      value: 'a"b\\c\n\t😀é',
    });
  });

  test('an apostrophe is a transpose', () => {
    expect(strip(value("x' * y'"))).toMatchObject({
      left: { kind: 'Transpose' },
      right: { kind: 'Transpose' },
    });
  });

  test('`a<-1` compares in an expression and assigns as a statement', () => {
    expect(strip(value('a<-1'))).toEqual(strip(value('a < -1')));
    expect(statements('a<-1')[0]?.kind).toBe('Assign');
    const [bounded] = members('var x : real <-1 start 0');
    expect(bounded?.kind === 'Var' ? strip(bounded.bounds) : undefined).toMatchObject([
      { op: '<', value: { kind: 'Unary', op: '-' } },
    ]);
  });

  test('a line that begins with -, ( or [ begins anew outside brackets', () => {
    const { file } = parseText('function f(x) = {\n  let a = x\n  -a\n}');
    const [decl] = file.declarations;
    expect(decl?.kind === 'Function' ? decl.body.value.kind : undefined).toBe('Unary');
    expect(value('(x\n  - 1)').kind).toBe('Binary');
    expect(value('f(x\n  [1])').kind).toBe('Call');
    expect(value('x +\n  (y)').kind).toBe('Binary');
    expect(value('x\n  * y').kind).toBe('Binary');
  });

  test('functions that are reserved words', () => {
    expect(value('var(X, axis = 1)').kind).toBe('Call');
    expect(value('repeat(x, 2)').kind).toBe('Call');
    expect(value('stop(x)').kind).toBe('Call');
    expect(value('sum(X)').kind).toBe('Call');
    expect(value('max(a, b)').kind).toBe('Call');
    expect(value('max((a + b), c)').kind).toBe('Call');
    expect(value('max(i in I) a').kind).toBe('Binder');
    expect(value('sum((i, j) in S) a').kind).toBe('Binder');
  });
});

describe('documentation', () => {
  test('belongs to the next declaration, member or constraint', () => {
    const { file, comments } = parseText(
      '## one\n## two\nproblem p {\n  ## of x\n  var x : real\n  subject to {\n    ## of c\n    c: x >= 1\n  }\n}\n## lost\n',
    );
    const [problem] = file.declarations;
    if (problem?.kind !== 'Problem') throw new Error();
    expect(problem.doc?.text).toBe('one\ntwo');
    const [x, subject] = problem.members;
    expect(x?.kind === 'Var' && x.doc?.text).toBe('of x');
    const c = subject?.kind === 'Subject' ? subject.constraints[0] : undefined;
    expect(c?.kind === 'Relation' && c.doc?.text).toBe('of c');
    expect(comments.map((comment) => comment.text)).toEqual(['## lost']);
  });

  test('a run of ## that is cut off stays a comment', () => {
    const { file, comments } = parseText('## header\n\n## doc\nproblem p { }\n');
    const [problem] = file.declarations;
    expect(problem?.kind === 'Problem' && problem.doc?.text).toBe('doc');
    expect(comments.map((comment) => comment.text)).toEqual(['## header']);
  });
});

describe('recovery', () => {
  test('a member that cannot be read leaves its names', () => {
    const { file } = parseText('problem p {\n  var a, b real\n  let (w, V) = \n  var c : real\n}');
    const [problem] = file.declarations;
    if (problem?.kind !== 'Problem') throw new Error();
    expect(problem.members.map((m) => m.kind)).toEqual(['BadMember', 'BadMember', 'Var']);
    const names = problem.members.map((m) =>
      m.kind === 'BadMember' ? m.names.map((n) => n.name) : [],
    );
    expect(names).toEqual([['a', 'b'], ['w', 'V'], []]);
  });
});

describe('the whole tree', () => {
  test('`end` refers to an index', () => {
    expect(strip(value('x[end]'))).toMatchObject({ args: [{ kind: 'End' }] });
    expect(strip(value('x[1..end-1]'))).toMatchObject({
      args: [{ to: { left: { kind: 'End' } } }],
    });
  });

  test('a duration has its seconds', () => {
    const { file } = parseText('solve p stop when time >= 1.5 min');
    expect(strip(file)).toMatchObject({
      declarations: [{ stop: { links: [{ right: { kind: 'Duration', seconds: 90 } }] } }],
    });
  });

  test.each(goodTexts())('$name: children lie within their parents, in order', ({ text }) => {
    const check = (node: Node): void => {
      let last = node.span.start;
      for (const child of children(node)) {
        expect(child.span.start).toBeGreaterThanOrEqual(node.span.start);
        expect(child.span.end).toBeLessThanOrEqual(node.span.end);
        if (inOrder(node)) expect(child.span.start).toBeGreaterThanOrEqual(last);
        last = child.span.start;
      }
    };
    walk(parseText(text).file, check);
  });
});

/** Clauses of a declaration come in any order. */
function inOrder(node: Node): boolean {
  return node.kind !== 'Var' && node.kind !== 'Data' && node.kind !== 'Param';
}
