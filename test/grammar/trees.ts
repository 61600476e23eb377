import fc, { type Arbitrary } from 'fast-check';
import type * as Ast from '../../grammar/index.ts';

// Random syntax trees: every kind of node, in every place where it may stand. Their places are empty.

const span: Ast.Span = { file: 0, start: 0, end: 0 };

const plainNames = [
  'x',
  'y',
  'n',
  'A',
  'λ',
  'x₀',
  '_t',
  'state',
  'start',
  'value',
  'set',
  'by',
  'via',
  'known',
];
const functionNames = ['f', 'exp', 'norm', 'stop', 'repeat', 'var', 'abs', 'seeds'];

const name: Arbitrary<Ast.Name> = fc
  .constantFrom(...plainNames)
  .map((text) => ({ kind: 'Name', name: text, span }));
const callee: Arbitrary<Ast.Name> = fc
  .constantFrom(...functionNames)
  .map((text) => ({ kind: 'Name', name: text, span }));
const text: Arbitrary<Ast.Text> = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .map((value) => ({ kind: 'Text', value: value.normalize('NFC'), span }));
const number: Arbitrary<Ast.NumberLiteral> = fc
  .constantFrom('0', '1', '42', '2.5', '1e-3', '1.25E+10', 'inf')
  .map((digits) => {
    const value = digits === 'inf' ? Infinity : Number(digits);
    return { kind: 'Number', value, text: digits, span };
  });
const bool: Arbitrary<Ast.BoolLiteral> = fc
  .boolean()
  .map((value) => ({ kind: 'Bool', value, span }));
const duration: Arbitrary<Ast.Duration> = fc
  .tuple(fc.constantFrom('1', '20', '0.5'), fc.constantFrom('ms', 's', 'min', 'h'))
  .map(([digits, unit]) => {
    const seconds = Number(digits) * { ms: 1e-3, s: 1, min: 60, h: 3600 }[unit];
    return { kind: 'Duration', text: digits, unit, seconds, span };
  });

export const names: Arbitrary<Ast.Names> = fc.oneof(
  name.map((one): Ast.Names => ({ kind: 'Names', names: [one], tuple: false, span })),
  fc
    .array(name, { minLength: 2, maxLength: 3 })
    .map((list): Ast.Names => ({ kind: 'Names', names: list, tuple: true, span })),
);

const binaryOps = [
  'or',
  'and',
  '+',
  '-',
  '.+',
  '.-',
  '*',
  '/',
  '\\',
  '.*',
  './',
  '^',
  '.^',
] as const;
const upward = ['<=', '<', '=='] as const;
const downward = ['>=', '>', '=='] as const;
const binderOps = ['sum', 'prod', 'max', 'min', 'all', 'any', 'E', 'P'] as const;

function maybe<T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

function few<T>(arbitrary: Arbitrary<T>, minLength = 0, maxLength = 3): Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength, maxLength });
}

type Expressions = {
  expr: Ast.Expr;
  arg: Ast.Argument;
  index: Ast.IndexArgument;
  binding: Ast.Binding;
  link: Ast.Link[];
  use: Ast.Use;
  type: Ast.Type;
};

const leaf: Arbitrary<Ast.Expr> = fc.oneof(name, number, bool, text);

const grown = fc.letrec<Expressions>((tie) => {
  const expr = tie('expr');
  const over = fc.record({ bindings: few(tie('binding'), 1, 2), where: maybe(expr) });
  const tree: Arbitrary<Ast.Expr> = fc.oneof(
    fc
      .record({ op: fc.constantFrom('-' as const, 'not' as const), operand: expr })
      .map((part): Ast.Expr => ({ kind: 'Unary', ...part, span })),
    fc
      .record({ op: fc.constantFrom(...binaryOps), left: expr, right: expr })
      .map((part): Ast.Expr => ({ kind: 'Binary', ...part, opSpan: span, span })),
    fc
      .record({ op: fc.constantFrom(...binaryOps), left: expr, right: expr })
      .map((part): Ast.Expr => ({ kind: 'Binary', ...part, opSpan: span, span })),
    fc
      .record({ first: expr, links: tie('link') })
      .map((part): Ast.Expr => ({ kind: 'Comparison', ...part, span })),
    fc.record({ from: expr, to: expr }).map((part): Ast.Expr => ({ kind: 'Range', ...part, span })),
    expr.map((operand): Ast.Expr => ({ kind: 'Transpose', operand, span })),
    fc
      .record({ operand: expr, args: few(tie('index'), 1) })
      .map((part): Ast.Expr => ({ kind: 'Index', ...part, span })),
    fc
      .record({ callee, args: few(tie('arg')) })
      .map((part): Ast.Expr => ({ kind: 'Call', ...part, span })),
    fc
      .record({ op: fc.constantFrom(...binderOps), over, body: expr })
      .map(({ op, over: { bindings, where }, body }): Ast.Expr => ({
        kind: 'Binder',
        op,
        opSpan: span,
        bindings,
        where,
        body,
        span,
      })),
    fc
      .record({
        op: fc.constantFrom('fold' as const, 'scan' as const),
        state: names,
        start: expr,
        over,
        body: expr,
      })
      .map(({ over: { bindings, where }, ...part }): Ast.Expr => ({
        kind: 'Recurrence',
        ...part,
        opSpan: span,
        bindings,
        where,
        span,
      })),
    fc
      .record({
        op: fc.constantFrom('root' as const, 'fixpoint' as const, 'minimizer' as const),
        state: names,
        start: expr,
        domain: maybe(expr),
        body: expr,
      })
      .map((part): Ast.Expr => ({ kind: 'Implicit', ...part, opSpan: span, span })),
    fc
      .record({ condition: expr, then: expr, otherwise: expr })
      .map((part): Ast.Expr => ({ kind: 'Conditional', ...part, span })),
    few(expr, 2).map((items): Ast.Expr => ({ kind: 'Tuple', items, span })),
    few(expr, 0, 10).map((items): Ast.Expr => ({ kind: 'Tensor', items, span })),
    few(expr).map((items): Ast.Expr => ({ kind: 'SetLiteral', items, span })),
    fc.record({ body: expr, over }).map(({ body, over: { bindings, where } }): Ast.Expr => ({
      kind: 'Comprehension',
      body,
      bindings,
      where,
      span,
    })),
    fc.record({ body: expr, over }).map(({ body, over: { bindings, where } }): Ast.Expr => ({
      kind: 'SetComprehension',
      body,
      bindings,
      where,
      span,
    })),
  );
  const link = (ops: readonly Ast.ComparisonOp[], maxLength: number): Arbitrary<Ast.Link[]> =>
    few(
      fc
        .record({ op: fc.constantFrom(...ops), right: expr })
        .map((part): Ast.Link => ({ kind: 'Link', ...part, opSpan: span, span })),
      1,
      maxLength,
    );
  return {
    expr: fc.oneof({ maxDepth: 5, depthSize: 'small', withCrossShrink: true }, leaf, tree),
    arg: fc
      .record({ name: maybe(name), value: expr })
      .map((part): Ast.Argument => ({ kind: 'Argument', ...part, span })),
    index: fc.oneof(
      expr,
      fc.constant<Ast.IndexArgument>({ kind: 'All', span }),
      fc.constant<Ast.IndexArgument>({ kind: 'End', span }),
    ),
    binding: fc.oneof(
      fc
        .record({ target: names, type: maybe(tie('type')), set: expr })
        .map((part): Ast.Binding => ({ kind: 'In', ...part, span })),
      fc
        .record({ target: names, distribution: expr, by: maybe(tie('use')) })
        .map((part): Ast.Binding => ({ kind: 'DrawFrom', ...part, span })),
    ),
    link: fc.oneof(link(upward, 3), link(downward, 3), link(['!=', 'in'], 1)),
    use: fc
      .record({
        name: callee.filter((c) => c.name !== 'var' && c.name !== 'repeat'),
        args: few(tie('arg'), 0, 2),
      })
      .map((part): Ast.Use => ({ kind: 'Use', ...part, span })),
    type: fc
      .record({ element: name, dims: few(expr, 0, 2) })
      .map((part): Ast.Type => ({ kind: 'Type', ...part, span })),
  };
});

export const expression: Arbitrary<Ast.Expr> = grown.expr;
const { arg, index, binding, use, type } = grown;
const expr = grown.expr;

// ------------------------------------------------------------------------------------------ members

const doc: Arbitrary<Ast.Doc | undefined> = maybe(
  fc
    .array(fc.constantFrom('A note.', 'of two', ''), { minLength: 1, maxLength: 2 })
    .map((lines) => ({
      text: lines.join('\n'),
      span,
    })),
);
const bounds = few(
  fc
    .record({
      op: fc.constantFrom('<=' as const, '<' as const, '>=' as const, '>' as const),
      value: expr,
    })
    .map((part): Ast.Bound => ({ kind: 'Bound', ...part, span })),
  0,
  2,
);
const computed = expr.map((value): Ast.Computed => ({ kind: 'Computed', value, span }));
const drawn = expr.map((distribution): Ast.Drawn => ({ kind: 'Drawn', distribution, span }));
const read = fc
  .record({ format: name, args: few(arg) })
  .map((part): Ast.Read => ({ kind: 'Read', ...part, span }));
const required = fc.constant<Ast.Required>({ kind: 'Required', span });
const quantifier = fc
  .record({ bindings: few(binding, 1, 2), where: maybe(expr) })
  .map((part): Ast.Quantifier => ({ kind: 'Quantifier', ...part, span }));
const owned = fc
  .record({ name, index: few(index, 0, 2), domain: maybe(expr) })
  .map((part): Ast.Owned => ({ kind: 'Owned', ...part, span }));
const entry = fc
  .record({ name, value: expr })
  .map((part): Ast.Entry => ({ kind: 'Entry', ...part, span }));
const sense = fc.constantFrom('minimize' as const, 'maximize' as const);
const letMember = fc
  .record({ target: names, value: expr })
  .map((part): Ast.LetMember => ({ kind: 'Let', ...part, span }));
const parameter = fc
  .record({ name, type: maybe(type), bounds, value: maybe(expr) })
  .map((part): Ast.Parameter => ({
    kind: 'Parameter',
    ...part,
    bounds: part.type === undefined ? [] : part.bounds,
    span,
  }));
const functionBody = fc
  .record({ braces: fc.boolean(), lets: few(letMember, 0, 2), value: expr })
  .map((part): Ast.FunctionBody => ({
    kind: 'FunctionBody',
    ...part,
    // A set literal as a body would be read as braces.
    value:
      !part.braces && startsWithBrace(part.value)
        ? { kind: 'Bool', value: true, span }
        : part.value,
    lets: part.braces ? part.lets : [],
    span,
  }));

/** Whether the text of an expression begins with `{`. */
function startsWithBrace(value: Ast.Expr): boolean {
  switch (value.kind) {
    case 'SetLiteral':
    case 'SetComprehension':
      return true;
    case 'Binary':
      return startsWithBrace(value.left);
    case 'Comparison':
      return startsWithBrace(value.first);
    case 'Range':
      return startsWithBrace(value.from);
    case 'Transpose':
    case 'Index':
      return startsWithBrace(value.operand);
    default:
      return false;
  }
}

const functionDecl = fc
  .record({ doc, name, parameters: few(parameter), body: functionBody })
  .map((part): Ast.FunctionDecl => ({ kind: 'Function', ...part, span }));

type Constraints = {
  one: Ast.Constraint;
};
const constraint: Arbitrary<Ast.Constraint> = fc.letrec<Constraints>((tie) => ({
  one: fc.oneof(
    { maxDepth: 2 },
    fc
      .record({ doc, name: maybe(name), condition: expr, over: few(owned, 0, 2) })
      .map((part): Ast.Constraint => ({ kind: 'Relation', ...part, span })),
    fc
      .record({ doc, name: maybe(name), premise: expr, conclusion: expr, over: few(owned, 0, 2) })
      .map((part): Ast.Constraint => ({ kind: 'Implies', ...part, span })),
    fc
      .record({ doc, name: maybe(name), left: expr, right: expr, over: few(owned, 0, 2) })
      .map((part): Ast.Constraint => ({ kind: 'Complements', ...part, span })),
    fc
      .record({
        doc,
        name: maybe(name),
        quantifier,
        constraints: few(tie('one'), 0, 2),
        braces: fc.boolean(),
      })
      .map((part): Ast.Constraint => {
        const [only] = part.constraints;
        const braces = part.braces || part.constraints.length !== 1 || beginsWithBrace(only);
        return { kind: 'Forall', ...part, braces, span };
      }),
  ),
})).one;

/** A constraint without braces must not begin with one. */
function beginsWithBrace(only: Ast.Constraint | undefined): boolean {
  switch (only?.kind) {
    case 'Relation':
      return only.name === undefined && startsWithBrace(only.condition);
    case 'Implies':
      return only.name === undefined && startsWithBrace(only.premise);
    case 'Complements':
      return only.name === undefined && startsWithBrace(only.left);
    default:
      return false;
  }
}

const goal = fc
  .record({ doc, quantifier: maybe(quantifier), sense, value: expr, over: few(owned, 0, 2) })
  .map((part): Ast.GoalMember => ({ kind: 'Goal', ...part, span }));
const subject = fc
  .record({ doc, constraints: few(constraint) })
  .map((part): Ast.SubjectMember => ({ kind: 'Subject', ...part, span }));
// A `find` without constraints would take those that follow it.
const find = fc
  .record({
    doc,
    quantifier: maybe(quantifier),
    over: few(owned, 1, 2),
    constraints: few(constraint),
  })
  .map((part): Ast.FindMember => ({ kind: 'Find', ...part, span }));
const solves = fc
  .record({ sense, value: expr })
  .map((part): Ast.Solves => ({ kind: 'Solves', ...part, span }));

type Members = {
  member: Ast.Member;
  lower: Ast.LowerMember;
};
const members = fc.letrec<Members>((tie) => ({
  lower: fc
    .record({
      doc,
      policy: maybe(fc.constantFrom('optimistic' as const, 'pessimistic' as const)),
      name: maybe(name),
      family: maybe(quantifier),
      members: few(tie('member'), 0, 2),
    })
    .map((part): Ast.LowerMember => ({ kind: 'Lower', ...part, span })),
  member: fc.oneof(
    { maxDepth: 2 },
    fc
      .record({ doc, name, init: fc.oneof(computed, read) })
      .map((part): Ast.Member => ({ kind: 'Set', ...part, span })),
    fc
      .record({
        doc,
        sparse: fc.boolean(),
        name,
        type,
        bounds,
        domain: maybe(expr),
        init: fc.oneof(computed, drawn, read, required),
      })
      .map((part): Ast.Member => ({ kind: 'Data', ...part, span })),
    fc
      .record({ doc, name, type, bounds, domain: maybe(expr), value: maybe(expr) })
      .map((part): Ast.Member => ({ kind: 'Param', ...part, span })),
    fc
      .record({
        doc,
        names: few(name, 1),
        type,
        bounds,
        domain: maybe(expr),
        start: maybe(fc.oneof(computed, drawn)),
        solves: maybe(solves),
      })
      .map((part): Ast.Member => ({ kind: 'Var', ...part, span })),
    fc.tuple(doc, letMember).map(([text_, member]): Ast.Member => ({ ...member, doc: text_ })),
    goal,
    subject,
    find,
    fc
      .record({ doc, name, value: expr })
      .map((part): Ast.Member => ({ kind: 'Metric', ...part, span })),
    fc
      .record({ doc, entries: few(entry) })
      .map((part): Ast.Member => ({ kind: 'Known', ...part, span })),
    functionDecl,
    tie('lower'),
  ),
}));

// --------------------------------------------------------------------------------------- statements

const place = fc
  .record({ name, index: few(index, 0, 2) })
  .map((part): Ast.Place => ({ kind: 'Place', ...part, span }));

type Statements = {
  statement: Ast.Statement;
  block: Ast.Block;
  choice: Ast.If;
};
const { block } = fc.letrec<Statements>((tie) => {
  const loop = fc.record({ target: names, set: expr, where: maybe(expr), body: tie('block') });
  return {
    block: few(tie('statement')).map((statements): Ast.Block => ({
      kind: 'Block',
      statements,
      span,
    })),
    choice: fc
      .record({
        condition: expr,
        then: tie('block'),
        otherwise: maybe(fc.oneof(tie('block'), tie('choice'))),
      })
      .map((part): Ast.If => ({ kind: 'If', ...part, span })),
    statement: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      letMember,
      fc
        .record({ target: names, value: expr })
        .map((part): Ast.Statement => ({ kind: 'State', ...part, span })),
      few(fc.tuple(place, expr), 1).map((pairs): Ast.Statement => ({
        kind: 'Assign',
        targets: pairs.map(([target]) => target),
        values: pairs.map(([, value]) => value),
        span,
      })),
      fc
        .record({ name, distribution: expr })
        .map((part): Ast.Statement => ({ kind: 'Draw', ...part, span })),
      fc
        .record({ name, value: expr })
        .map((part): Ast.Statement => ({ kind: 'Report', ...part, span })),
      expr.map((condition): Ast.Statement => ({ kind: 'Stop', condition, span })),
      few(expr, 1).map((values): Ast.Statement => ({ kind: 'Return', values, span })),
      tie('block').map((body): Ast.Statement => ({ kind: 'Repeat', body, span })),
      loop.map((part): Ast.Statement => ({ kind: 'For', ...part, span })),
      loop.map((part): Ast.Statement => ({ kind: 'Each', ...part, span })),
      fc
        .record({ condition: expr, body: tie('block') })
        .map((part): Ast.Statement => ({ kind: 'While', ...part, span })),
      tie('choice'),
    ),
  };
});

// --------------------------------------------------------------------------------------------- file

const patternMember: Arbitrary<Ast.PatternMember> = fc.oneof(goal, subject, find, members.lower);
const qualifier = fc
  .record({ subject: name, verb: fc.constantFrom('is' as const, 'has' as const), property: name })
  .map((part): Ast.Qualifier => ({ kind: 'Qualifier', ...part, span }));
const stopping: Arbitrary<Ast.Expr> = fc.oneof(
  expr,
  fc.tuple(name, duration).map(([first, right]): Ast.Expr => ({
    kind: 'Comparison',
    first,
    links: [{ kind: 'Link', op: '>=', right, opSpan: span, span }],
    span,
  })),
);
const item: Arbitrary<Ast.CompareItem> = fc.oneof(
  few(entry).map((entries): Ast.CompareItem => ({ kind: 'On', entries, span })),
  fc
    .record({ method: use, via: few(use, 0, 2), label: maybe(text) })
    .map((part): Ast.CompareItem => ({ kind: 'With', ...part, span })),
  fc
    .record({ name, values: expr })
    .map((part): Ast.CompareItem => ({ kind: 'Sweep', ...part, span })),
  expr.map((values): Ast.CompareItem => ({ kind: 'Seeds', values, span })),
  stopping.map((condition): Ast.CompareItem => ({ kind: 'StopWhen', condition, span })),
  fc
    .record({ title: text, condition: expr })
    .map((part): Ast.CompareItem => ({ kind: 'Claim', ...part, span })),
);
const declaration: Arbitrary<Ast.Declaration> = fc.oneof(
  fc
    .record({ doc, path: text })
    .map((part): Ast.Declaration => ({ kind: 'Import', ...part, span })),
  functionDecl,
  fc
    .record({ doc, name, members: few(members.member, 0, 5) })
    .map((part): Ast.Declaration => ({ kind: 'Problem', ...part, span })),
  fc
    .record({
      doc,
      name,
      parameters: few(parameter),
      pattern: few(patternMember, 0, 2).map((list): Ast.Pattern => ({
        kind: 'Pattern',
        members: list,
        span,
      })),
      qualifiers: few(qualifier, 0, 2),
      body: fc.oneof(
        block,
        text.map((native): Ast.Native => ({ kind: 'Native', name: native, span })),
      ),
    })
    .map((part): Ast.Declaration => ({ kind: 'Method', ...part, span })),
  fc
    .record({ doc, title: maybe(text), problem: name, items: few(item, 0, 5) })
    .map((part): Ast.Declaration => ({ kind: 'Compare', ...part, span })),
  fc
    .record({ doc, problem: name, method: maybe(use), via: few(use, 0, 2), stop: maybe(stopping) })
    .map((part): Ast.Declaration => ({ kind: 'Solve', ...part, span })),
);

export const file: Arbitrary<Ast.FileAst> = few(declaration, 0, 3).map((declarations) => ({
  kind: 'File',
  declarations,
  span,
}));
