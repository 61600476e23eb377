// Programs that mean the same: places come from the tree, new expressions from its printer, and the result is printed anew by the formatter.
import type { Expr, GoalMember, Node, ProblemDecl, VarMember } from '../../grammar/ast.ts';
import { parseText } from '../../grammar/parse.ts';
import { printExpression, printType } from '../../grammar/print/expression.ts';
import { format } from '../../grammar/print/format.ts';
import { walk } from '../../grammar/visit.ts';
import type { Span } from '../../grammar/span.ts';

export interface Transformation {
  readonly name: string;
  /** The text that means the same; undefined where there is nothing to transform. */
  readonly apply: (text: string) => string | undefined;
  /** What becomes of the value. */
  readonly value: (value: number) => number;
}

interface Edit {
  readonly span: Span;
  readonly text: string;
}

const same = (value: number): number => value;

/** The text with pieces replaced, in its standard form. */
function edited(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.span.start - a.span.start);
  let out = text;
  for (const { span, text: piece } of ordered)
    out = out.slice(0, span.start) + piece + out.slice(span.end);
  const printed = format(out, { printWidth: 100 });
  if (printed.diagnostics.length > 0)
    throw new Error(`${out}\n${printed.diagnostics.map(({ message }) => message).join('\n')}`);
  return printed.text;
}

const problemsOf = (text: string): readonly ProblemDecl[] =>
  parseText(text).file.declarations.filter((declaration) => declaration.kind === 'Problem');

const goalsOf = ({ members }: ProblemDecl): readonly GoalMember[] =>
  members.filter((member) => member.kind === 'Goal');

const variablesOf = ({ members }: ProblemDecl): readonly VarMember[] =>
  members.filter((member) => member.kind === 'Var');

/** The problem alone: comparisons and known answers speak of other numbers than a transformed problem has. */
export function bare(text: string): string {
  const { declarations } = parseText(text).file;
  const gone = declarations.flatMap((declaration): readonly Node[] => {
    if (declaration.kind === 'Compare') return [declaration];
    return declaration.kind === 'Problem'
      ? declaration.members.filter(({ kind }) => kind === 'Known')
      : [];
  });
  return edited(
    text,
    gone.map(({ span }) => ({ span, text: '' })),
  );
}

const mapGoals = (change: (goal: GoalMember) => string) => (text: string) =>
  edited(
    text,
    problemsOf(text)
      .flatMap(goalsOf)
      .map((goal) => ({ span: goal.span, text: change(goal) })),
  );

const negate: Transformation = {
  name: 'negated, the sense swapped',
  apply: mapGoals(({ sense, value }) => {
    const other = sense === 'minimize' ? 'maximize' : 'minimize';
    return `${other} -(${printExpression(value)})`;
  }),
  value: (value) => -value,
};

const scale: Transformation = {
  name: 'scaled',
  apply: mapGoals(({ sense, value }) => `${sense} 3*(${printExpression(value)})`),
  value: (value) => 3 * value,
};

const split: Transformation = {
  name: 'a term split in two',
  apply: mapGoals(({ sense, value }) => {
    const terms = addends(value).map((term) => `(${printExpression(term)})`);
    const last = terms[terms.length - 1];
    return `${sense} ${[...terms.slice(0, -1), `0.25*${last}`, `0.75*${last}`].join(' + ')}`;
  }),
  value: same,
};

function addends(value: Expr): readonly Expr[] {
  return value.kind === 'Binary' && value.op === '+'
    ? [...addends(value.left), value.right]
    : [value];
}

const permute: Transformation = {
  name: 'variables declared in reverse',
  apply: (text) => {
    const all = problemsOf(text).map(variablesOf);
    if (all.every((variables) => variables.length < 2)) return undefined;
    const edits = all.flatMap((variables) =>
      variables.map(({ span }, k): Edit => {
        const other = variables[variables.length - 1 - k].span;
        return { span, text: text.slice(other.start, other.end) };
      }),
    );
    return edited(text, edits);
  },
  value: same,
};

const rename: Transformation = {
  name: 'everything renamed',
  apply: (text) => {
    const { file } = parseText(text);
    const declared = new Set(problemsOf(text).flatMap(namesOf));
    const edits: Edit[] = [];
    const skipped = new Set<Node>();
    walk(file, (node) => {
      if (node.kind === 'Argument' && node.name !== undefined) skipped.add(node.name);
      if (node.kind === 'Name' && declared.has(node.name) && !skipped.has(node))
        edits.push({ span: node.span, text: `other_${node.name}` });
    });
    return edited(text, edits);
  },
  value: same,
};

function namesOf({ members }: ProblemDecl): readonly string[] {
  return members.flatMap((member): readonly string[] => {
    switch (member.kind) {
      case 'Set':
      case 'Data':
      case 'Param':
      case 'Metric':
        return [member.name.name];
      case 'Var':
        return member.names.map(({ name }) => name);
      case 'Let':
        return member.target.names.map(({ name }) => name);
      default:
        return [];
    }
  });
}

const shift: Transformation = {
  name: 'origins shifted',
  apply: (text) => {
    const edits = problemsOf(text).flatMap((problem) => variablesOf(problem).flatMap(shifted));
    return edits.length === 0 ? undefined : edited(text, edits);
  },
  value: same,
};

/** `var x` becomes `var moved_x` and `let x = moved_x + 0.3`, where nothing binds x to a place. */
function shifted({ names, type, bounds, domain, start, solves, span }: VarMember): readonly Edit[] {
  if (bounds.length > 0 || domain !== undefined || solves !== undefined) return [];
  const begun = start?.kind === 'Computed' ? ` start ${printExpression(start.value)}` : '';
  const lines = names.flatMap(({ name }) => [
    `var moved_${name} : ${printType(type)}${begun}`,
    `let ${name} = moved_${name} + 0.3`,
  ]);
  return [{ span, text: lines.join('\n') }];
}

export const transformations: readonly Transformation[] = [
  negate,
  permute,
  scale,
  split,
  rename,
  shift,
];
