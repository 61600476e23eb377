// `explain` as plain text for people. Colours come as a table of functions, so that a terminal, a file and a test all get what they want.
import { displayWidth } from '../../grammar/display.ts';
import type {
  ConstraintText,
  Explanation,
  FactText,
  GoalText,
  Item,
  LevelText,
  TermText,
  VariableText,
  Runs,
} from './explain.ts';
import { playRows } from './play-text.ts';

/** What colours mean. */
export interface ExplainColors {
  readonly strong: (text: string) => string;
  readonly soft: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
}

const same = (text: string): string => text;
export const noColors: ExplainColors = {
  strong: same,
  soft: same,
  good: same,
  bad: same,
  warn: same,
  name: same,
};

export interface ExplainTextOptions {
  readonly colors?: ExplainColors;
  readonly width?: number;
}

export function explainText(explanation: Explanation, options: ExplainTextOptions = {}): string {
  const colors = options.colors ?? noColors;
  const width = Math.max(50, options.width ?? 100);
  const blocks = [
    heading(explanation, colors, width),
    playBlock(explanation, colors, width),
    ...levelBlocks(explanation.level, colors, width, ''),
    ...itemBlocks(explanation, colors, width),
    routeLines(explanation, colors, width),
    [...methodLines(explanation, width), ...runsLines(explanation, width)],
    notYet(explanation, colors, width),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

type Lines = readonly string[];

function heading(e: Explanation, colors: ExplainColors, width: number): Lines {
  const traits = e.traits.length === 0 ? '' : `; ${e.traits.join(', ')}`;
  return [
    ...wrap(`${e.problem} is ${e.class}${traits}.`, width, '').map((line, k) =>
      k === 0 ? colors.strong(line) : colors.strong(line),
    ),
    ...(e.doc === undefined ? [] : wrap(e.doc, width, '').map(colors.soft)),
    ...wrap(`A run can give ${e.promise}.`, width, ''),
    ...(e.conditions.length === 0
      ? []
      : wrap(
          `That rests on the data, checked at the start: ${e.conditions.join('; ')}.`,
          width,
          '',
        ).map(colors.warn)),
  ];
}

function playBlock({ play }: Explanation, colors: ExplainColors, width: number): Lines {
  if (play === undefined) return [];
  const rows = playRows(play).map(([turn, who, does, sees]) => [
    turn,
    who,
    colors.name(does),
    sees,
  ]);
  return [colors.strong('Order of play'), ...columns(rows, '  ', width, colors.soft)];
}

function levelBlocks(
  level: LevelText,
  colors: ExplainColors,
  width: number,
  indent: string,
): readonly Lines[] {
  const isTop = indent === '' && level.choice === undefined;
  const title = isTop
    ? []
    : [
        `${indent}${colors.strong(`${level.name === 'lower' ? 'lower level' : `lower level ${level.name}`}`)} ${colors.soft([level.class, level.family, level.choice].filter((text) => text !== undefined).join(', '))}`,
      ];
  const inner = isTop ? '' : `${indent}  `;
  const blocks: Lines[] = [];
  if (level.variables.length > 0)
    blocks.push([...title, ...variableLines(level.variables, colors, width, inner)]);
  else if (title.length > 0) blocks.push(title);
  for (const goal of level.goals) blocks.push(goalLines(goal, colors, width, inner));
  if (level.constraints.length > 0)
    blocks.push(constraintLines(level.constraints, colors, width, inner));
  for (const lower of level.lower) blocks.push(...levelBlocks(lower, colors, width, `${inner}  `));
  return blocks;
}

function variableLines(
  variables: readonly VariableText[],
  colors: ExplainColors,
  width: number,
  indent: string,
): Lines {
  const rows = variables.map(({ name, type, domain, start }) => [
    colors.name(name),
    `: ${type}`,
    domain,
    start,
  ]);
  const lines = columns(rows, `${indent}  `, width, colors.soft);
  return [`${indent}${colors.strong('Variables')}`, ...lines];
}

function goalLines(goal: GoalText, colors: ExplainColors, width: number, indent: string): Lines {
  const over = goal.over.length === 0 ? '' : ` over ${goal.over.join(', ')}`;
  const players = goal.players === undefined ? '' : `, ${goal.players}`;
  const title = `${indent}${colors.strong(`${capital(goal.sense)}${over}`)}${colors.soft(players)}`;
  // Facts of the whole stand after those of the terms.
  const apart = goal.terms.length !== 1;
  const facts = goal.facts.flatMap((fact) =>
    factLines(fact, colors, width, `${indent}${apart ? '    ' : '  '}`),
  );
  return [
    title,
    ...goal.terms.flatMap((term) => termLines(term, colors, width, `${indent}  `)),
    ...(apart && facts.length > 0 ? [`${indent}  ${colors.soft('together')}`] : []),
    ...facts,
  ];
}

const termLines = (term: TermText, colors: ExplainColors, width: number, indent: string): Lines => [
  ...wrap(term.text, width, indent).map((line) => colors.name(line)),
  ...term.facts.flatMap((fact) => factLines(fact, colors, width, `${indent}  `)),
];

const labelWidth = 17;

function factLines(fact: FactText, colors: ExplainColors, width: number, indent: string): Lines {
  const paint = fact.holds === 'yes' ? colors.good : fact.holds === 'if' ? colors.warn : colors.bad;
  const label = labelOf(fact);
  const condition = fact.condition === undefined ? '' : `if ${fact.condition}: `;
  const culprit = fact.culprit === undefined ? '' : `\`${fact.culprit}\`: `;
  const text = wrap(
    `${condition}${culprit}${fact.summary}`,
    width,
    `${indent}${' '.repeat(labelWidth)}`,
  );
  const [first = '', ...rest] = text;
  return [
    `${indent}${paint(label)}${' '.repeat(Math.max(1, labelWidth - label.length))}${first.trimStart()}`.trimEnd(),
    ...rest,
  ];
}

function labelOf({ fact, holds }: FactText): string {
  if (holds === 'yes' || holds === 'if') return fact;
  return holds === 'no' ? `not ${fact}` : `${fact}: unknown`;
}

function constraintLines(
  constraints: readonly ConstraintText[],
  colors: ExplainColors,
  width: number,
  indent: string,
): Lines {
  return [
    `${indent}${colors.strong('Subject to')}`,
    ...constraints.flatMap(({ name, text, form, convex }) => [
      ...wrap(
        `${name === undefined || text.startsWith(`${name}:`) ? '' : `${name}: `}${text}`,
        width,
        `${indent}  `,
      ).map((line) => colors.name(line)),
      ...wrap(
        `${form}${convex.holds === 'unknown' && convex.culprit !== undefined ? `: ${convex.summary}` : ''}${convex.condition === undefined ? '' : ` if ${convex.condition}`}`,
        width,
        `${indent}    `,
      ).map(colors.soft),
    ]),
  ];
}

function itemBlocks(e: Explanation, colors: ExplainColors, width: number): readonly Lines[] {
  const block = (title: string, rows: readonly (readonly string[])[]): Lines =>
    rows.length === 0 ? [] : [colors.strong(title), ...columns(rows, '  ', width, colors.soft)];
  const item = ({ name, type, bounds, value }: Item): readonly string[] => [
    colors.name(name),
    `: ${type}${bounds === '' ? '' : ` ${bounds}`}`,
    value,
  ];
  return [
    block('Given', [...e.params.map(item), ...e.data.map(item)]),
    block(
      'Sets',
      e.sets.map(({ name, size, elements }) => [colors.name(name), `${size} elements`, elements]),
    ),
    block(
      'Sizes',
      e.sizes.map(({ symbol, from }) => [colors.name(symbol), from]),
    ),
    e.metrics.length === 0 ? [] : [`${colors.strong('Reported')} ${e.metrics.join(', ')}`],
  ];
}

const routeLines = ({ routes = [] }: Explanation, colors: ExplainColors, width: number): Lines =>
  routes.length === 0
    ? []
    : [
        colors.strong('Routes to one level'),
        ...routes.flatMap(({ route, applies, because }) => {
          const mark = applies ? colors.good('✓') : colors.bad('✗');
          const [first = '', ...rest] = wrap(`via ${route}: ${because}`, width - 4, '');
          return [`  ${mark} ${first}`, ...rest.map((line) => `    ${line}`)];
        }),
      ];

function howText({ threads, fused }: Runs): string {
  const shared =
    threads === undefined || threads === 1
      ? ''
      : ` Large loops over rows and products of matrices are shared among ${threads} threads.`;
  if (fused === undefined) return shared;
  return `${shared} ${fused ? 'Products and sums are rounded once (fused multiply-add).' : 'The engine has no fused multiply-add: products and sums are rounded each.'}`;
}

const methodLines = ({ method }: Explanation, width: number): Lines =>
  method === undefined
    ? []
    : wrap(`Unless a method is named it takes ${method.name}: ${method.because}.`, width, '');

const runsLines = ({ runs }: Explanation, width: number): Lines => {
  if (runs === undefined) return [];
  const where = runs.target === null ? '' : `on the target ${runs.target}: `;
  return wrap(`It runs ${where}${runs.because}.${howText(runs)}`, width, '');
};

const notYet = (e: Explanation, colors: ExplainColors, width: number): Lines =>
  e.cannotRunYet.length === 0
    ? []
    : wrap(`Cannot be run yet: ${e.cannotRunYet.join('; ')}.`, width, '').map(colors.warn);

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const escapes = /\u001b\[[0-9;]*m/g;
const widthOf = (text: string): number => displayWidth(text.replace(escapes, ''));

/** Columns of equal width, two spaces apart; the last one is broken at the width, then painted. */
function columns(
  rows: readonly (readonly string[])[],
  indent: string,
  width: number,
  paint: (text: string) => string,
): Lines {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, k) =>
    Math.max(0, ...rows.map((row) => widthOf(row[k] ?? ''))),
  );
  return rows.flatMap((row) => {
    const before = row.slice(0, -1);
    const padded = before.map((cell, k) => `${cell}${' '.repeat(widths[k] - widthOf(cell))}  `);
    const head = `${indent}${padded.join('')}`;
    const room = Math.max(30, width - widthOf(head));
    const text = wrap(row[row.length - 1] ?? '', room, '').slice(0, mostLines);
    return text.map((line, k) =>
      `${k === 0 ? head : ' '.repeat(widthOf(head))}${line === '' ? '' : paint(line)}`.trimEnd(),
    );
  });
}

/** Of long values the beginning is enough. */
const mostLines = 3;

/** Lines of words within the width. */
function wrap(text: string, width: number, indent: string): Lines {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(indent) + widthOf(longer) > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}
