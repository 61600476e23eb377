// The structure of a problem as a value: who decides what, each goal term by term with its facts and reasons, constraints by form, where sizes and
// data come from, what can be promised and what cannot be run yet. Texts only, so that it is JSON as it stands; `explainText` prints it.
import { visible } from '../../grammar/quote.ts';
import type { Source } from '../../grammar/source.ts';
import type { Span } from '../../grammar/span.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';
import type { ConstraintFacts, GoalFacts, LevelFacts, ProblemFacts, TermFacts } from './analyse.ts';
import { classify, type ProblemClass } from './classify.ts';
import {
  boundsText,
  dataText,
  domainText,
  paramText,
  readable,
  setText,
  shown,
  sizeText,
  startText,
  typeText,
} from './describe.ts';
import type { BoundFact, CurvatureFact, Reason, Truth } from './fact.ts';
import { constructsNotYet } from './not-yet.ts';
import { playOf, type PlayText } from './play.ts';
import type { Relation, Variable } from './problem.ts';

/** A step of a proof: what it speaks of, in the language, and why. */
export interface ReasonText {
  readonly text: string;
  readonly expression?: string;
  readonly because?: readonly ReasonText[];
}

export interface FactText {
  readonly fact: string;
  readonly holds: 'yes' | 'no' | 'unknown' | 'if';
  /** For `if`: what must hold of data and params. */
  readonly condition?: string;
  /** The reason in one line. */
  readonly summary: string;
  readonly reason?: ReasonText;
  /** For what does not hold: the part that breaks it, as written. */
  readonly culprit?: string;
}

export interface TermText {
  readonly text: string;
  readonly facts: readonly FactText[];
}

export interface GoalText {
  readonly sense: 'minimize' | 'maximize' | 'find';
  readonly over: readonly string[];
  /** `for each i in firms`. */
  readonly players?: string;
  readonly text: string;
  readonly facts: readonly FactText[];
  readonly terms: readonly TermText[];
}

export interface VariableText {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly start: string;
  readonly doc?: string;
}

export interface ConstraintText {
  readonly name?: string;
  readonly text: string;
  readonly form: string;
  readonly convex: FactText;
}

export interface LevelText {
  readonly name: string;
  readonly choice?: string;
  readonly family?: string;
  readonly class: string;
  readonly variables: readonly VariableText[];
  readonly goals: readonly GoalText[];
  readonly constraints: readonly ConstraintText[];
  readonly lower: readonly LevelText[];
}

export interface Item {
  readonly name: string;
  readonly type: string;
  readonly bounds: string;
  readonly value: string;
  readonly doc?: string;
}

export interface Runs {
  readonly target: string | null;
  readonly because: string;
  /** On WebAssembly: among how many threads large loops are shared, and whether products and sums are rounded once. */
  readonly threads?: number;
  readonly fused?: boolean;
}

export interface Explanation {
  readonly problem: string;
  readonly doc?: string;
  readonly class: string;
  readonly traits: readonly string[];
  readonly promise: string;
  /** What the promise rests on, checked once data is in. */
  readonly conditions: readonly string[];
  readonly order: readonly string[];
  /** The same as a tree, where there are levels, players or several goals. */
  readonly play?: PlayText;
  readonly level: LevelText;
  readonly sizes: readonly { readonly symbol: string; readonly from: string }[];
  readonly sets: readonly {
    readonly name: string;
    readonly size: string;
    readonly elements: string;
  }[];
  readonly params: readonly Item[];
  readonly data: readonly Item[];
  readonly metrics: readonly string[];
  readonly cannotRunYet: readonly string[];
  /** Where it would run, and why; no target where that depends on data that is not at hand. */
  readonly runs?: Runs;
  /** The method that it takes where none is named, and why; left out where that depends on a route, or none fits. */
  readonly method?: { readonly name: string; readonly because: string };
  /** The ways from lower levels to one level, where the command found them. */
  readonly routes?: readonly {
    readonly route: string;
    readonly applies: boolean;
    readonly because: string;
  }[];
}

interface Writer {
  readonly graph: Graph;
  /** The source text of a span on one line. */
  readonly source: (span: Span) => string;
  /** An expression as the user wrote it, a comprehension with its brackets; else as it would be written. */
  readonly written: (node: Node) => string;
}

const mostCharacters = 110;

/** Source text on one line, safe to print. */
export function sourceOf(sources: readonly Source[], span: Span, most = mostCharacters): string {
  const text = sources[span.file]?.text.slice(span.start, span.end) ?? '';
  const line = visible(
    text
      .replace(/#[^\n]*/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** The source of a node; a body of a comprehension is shown with the whole comprehension. */
function writtenText(node: Node, graph: Graph, sources: readonly Source[]): string {
  const span = graph.origin(node);
  const text = span === undefined ? undefined : sources[span.file]?.text;
  if (span === undefined || text === undefined) return shown(node, 60);
  const isBody = /\[\s*$/.test(text.slice(0, span.start)) && /^\s*for\b/.test(text.slice(span.end));
  const end = isBody ? closingBracket(text, span.end) : undefined;
  const start = text.lastIndexOf('[', span.start);
  return sourceOf(sources, end === undefined ? span : { file: span.file, start, end }, 70);
}

/** Just behind the bracket that closes what is open at an offset. */
function closingBracket(text: string, from: number): number | undefined {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '[') open++;
    if (text[at] === ']') open--;
    if (open === 0) return at + 1;
  }
  return undefined;
}

export function explain(facts: ProblemFacts, sources: readonly Source[]): Explanation {
  const { problem, graph } = facts;
  const writer: Writer = {
    graph,
    source: (span) => sourceOf(sources, span),
    written: (node) => writtenText(node, graph, sources),
  };
  const kind = classify(facts);
  const play = playOf(graph, problem);
  return {
    problem: problem.name,
    ...optional('doc', problem.doc),
    class: kind.name,
    traits: kind.traits,
    promise: promiseText(kind),
    conditions: [
      ...new Set(
        kind.conditions.map(({ condition, reason }) => conditionText(reason, condition, writer)),
      ),
    ],
    order: orderOfPlay(facts.level),
    ...(play === undefined ? {} : { play }),
    level: levelText(facts.level, kind, writer, true),
    sizes: problem.sizes
      .filter(({ symbol, from }) => from.kind !== 'compress' || symbol.startsWith('|'))
      .map((size) => ({ symbol: size.symbol, from: sizeText(size) })),
    sets: problem.sets.map((set) => ({
      name: set.name,
      size: set.size.key,
      elements: setText(set),
    })),
    params: problem.params.map((param) => ({
      name: param.name,
      type: typeText(param.input.type.element, param.input.type.shape),
      bounds: boundsText(param.lower, param.upper),
      value: paramText(param, writer.written),
      ...optional('doc', param.doc),
    })),
    data: problem.data.map((item) => ({
      name: item.name,
      type: `${item.input.type.storage === 'csr' ? 'sparse ' : ''}${typeText(item.input.type.element, item.input.type.shape, item.labels)}`,
      bounds: boundsText(item.lower, item.upper),
      value: dataText(item, writer.written),
      ...optional('doc', item.doc),
    })),
    metrics: problem.metrics.map(({ name }) => name),
    cannotRunYet: constructsNotYet(facts).map(({ construct }) => construct),
  };
}

/** `{ key: value }`, or nothing where there is no value. */
const optional = <K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } => {
  const made: { [P in K]?: string } = {};
  if (value !== undefined) made[key] = value;
  return made;
};

const promises: { readonly [P in ProblemClass['promise']]: string } = {
  optimal: 'an optimal answer, with a bound that proves it where the dual is known',
  stationary: 'a stationary point',
  feasible: 'a feasible point',
  equilibrium: 'an equilibrium',
};

const promiseText = (kind: ProblemClass): string => promises[kind.promise];

/** Who moves first, where there is more than one who decides. */
function orderOfPlay(facts: LevelFacts, depth = 0): readonly string[] {
  const { level } = facts;
  const owners = facts.goals.map(({ goal, variables }) => {
    const names = variables.map((v) => `\`${v.name}\``).join(', ');
    return goal.player === undefined ? names : `${names}, a part for each player`;
  });
  const isAlone = depth === 0 && facts.lower.length === 0 && owners.length <= 1;
  if (isAlone) return [];
  const who =
    level.name === undefined
      ? depth === 0
        ? 'The outer level'
        : 'The lower level'
      : `\`${level.name}\``;
  const how =
    owners.length > 1
      ? `decides ${owners.join(' and ')} at the same time, one goal each`
      : `decides ${owners[0] ?? 'nothing'}`;
  const when =
    depth === 0
      ? facts.lower.length > 0
        ? ', knowing how the lower level will answer'
        : ''
      : ', for given outer variables';
  return [
    `${who} ${how}${when}.`,
    ...facts.lower.flatMap((lower) => orderOfPlay(lower, depth + 1)),
  ];
}

function levelText(
  facts: LevelFacts,
  kind: ProblemClass,
  writer: Writer,
  isTop: boolean,
): LevelText {
  const { level } = facts;
  return {
    name: level.name ?? (isTop ? '' : 'lower'),
    ...optional('choice', isTop ? undefined : level.choice),
    ...optional('family', familyText(level.family?.sets)),
    class: kind.name,
    variables: level.variables.map((variable) => variableText(variable)),
    goals: facts.goals.map((goal) => goalText(goal, facts.lower.flatMap(inputsBelow), writer)),
    constraints: facts.constraints.map((constraint) => constraintText(constraint, writer)),
    lower: facts.lower.map((lower, k) => levelText(lower, kind.lower[k] ?? kind, writer, false)),
  };
}

/** Variables of a level and of those below it. */
const inputsBelow = ({ level, lower }: LevelFacts): readonly Node[] => [
  ...level.variables.map(({ input }) => input),
  ...lower.flatMap(inputsBelow),
];

const familyText = (sets: readonly (string | undefined)[] | undefined): string | undefined =>
  sets === undefined
    ? undefined
    : `for each element of ${sets.map((set) => set ?? 'its set').join(' × ')}`;

function variableText(variable: Variable): VariableText {
  const { name, element, shape, lower, upper, domain, labels, doc } = variable;
  const bounds = boundsText(lower, upper);
  const inside = domain === undefined ? '' : `in ${domainText(domain)}`;
  return {
    name,
    type: typeText(element, shape, labels),
    domain: [bounds, inside].filter((text) => text !== '').join(', ') || 'free',
    start: startText(variable),
    ...optional('doc', doc),
  };
}

function goalText(facts: GoalFacts, lower: readonly Node[], writer: Writer): GoalText {
  const { goal, node, curvature } = facts;
  const whole: FactText[] = [];
  if (node !== undefined && curvature !== undefined && facts.terms.length > 1)
    whole.push(curvatureFact(curvature, writer));
  const split = facts.facts;
  if (node !== undefined && goal.objectives === 1) {
    const strong = goal.sense === 'minimize' ? split.isStronglyConvex(node) : undefined;
    if (strong !== undefined && (strong.kind === 'yes' || strong.kind === 'if'))
      whole.push(strongFact(split.strongConvexity(node), strong, writer));
  }
  return {
    sense: goal.sense,
    over: facts.variables.map((v) => v.name),
    ...optional('players', goal.player === undefined ? undefined : familyText(goal.player.sets)),
    text: node === undefined ? '' : writer.source(goal.span),
    facts: whole,
    terms: facts.terms.map((term) => termText(term, facts, lower, writer)),
  };
}

function termText(
  term: TermFacts,
  goal: GoalFacts,
  lower: readonly Node[],
  writer: Writer,
): TermText {
  const { curvature, smooth, degree } = term;
  const { node } = term.term;
  const { facts } = goal;
  const found: FactText[] = [curvatureFact(curvature, writer)];
  if ([...lower].some((input) => postorder([node]).includes(input)))
    found.push(plainFact('indirect', 'depends on the answer of the lower level as well'));
  if (degree > 1) {
    if (degree === 2) found.push(plainFact('quadratic', 'a polynomial of degree 2'));
    found.push(smoothFact(smooth, facts.lipschitz(node), writer));
    const separable = facts.isSeparable(node);
    if (separable.kind === 'yes')
      found.push(plainFact('separable', 'a sum of functions of one coordinate each'));
    const bilinear = goal.variables.length > 1 && degree === 2 ? facts.isBilinear(node) : undefined;
    if (bilinear?.kind === 'yes')
      found.push(plainFact('bilinear', 'affine in each of two groups of variables'));
  }
  return { text: termSource(term, goal, writer), facts: found };
}

/** As written, with the factors and sums around it that its goal gives it. */
function termSource({ term }: TermFacts, { goal, facts }: GoalFacts, writer: Writer): string {
  const { span, node } = term;
  const isWhole = span.start <= goal.span.start && span.end >= goal.span.end;
  const text = isWhole ? '' : writer.source(span);
  if (text === '') return readable(writer.graph, node);
  const inner = writtenPart(node, span, facts, writer.graph);
  if (inner === node) return text;
  const hole = writer.graph.parameter(inner.type, '…');
  const around = shown(substituteIn(writer.graph, node, new Map([[inner, hole]])));
  const isSum = /[-+]/.test(text) && around !== 'sum(…)';
  return around.replace('…', isSum ? `(${text})` : text);
}

/** The part that the span is about: below given factors and sums of the same place. */
function writtenPart(node: Node, span: Span, facts: GoalFacts['facts'], graph: Graph): Node {
  const chain: Node[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = partBelow(at, facts)) chain.push(at);
  const isHere = (at: Node): boolean => {
    const origin = graph.origin(at);
    return origin !== undefined && origin.start === span.start && origin.end === span.end;
  };
  return chain.filter(isHere).pop() ?? node;
}

function partBelow(node: Node, facts: GoalFacts['facts']): Node | undefined {
  if (isOp(node, 'unary') && node.attributes.fn === 'neg') return node.args[0];
  if (isOp(node, 'reduce') && node.attributes.fn === 'sum') return node.args[0];
  if (!isOp(node, 'binary')) return undefined;
  const { fn } = node.attributes;
  const dependent = node.args.filter((arg) => facts.degree(arg) > 0);
  const isFactor = fn === 'mul' || (fn === 'div' && facts.degree(node.args[1]) === 0);
  return isFactor && dependent.length === 1 ? dependent[0] : undefined;
}

const plainFact = (fact: string, summary: string): FactText => ({ fact, holds: 'yes', summary });

function curvatureFact(fact: CurvatureFact, writer: Writer): FactText {
  const reason = reasonText(fact.reason, writer);
  if (fact.curvature === 'unknown')
    return {
      fact: 'convex',
      holds: 'unknown',
      summary: fact.reason.text,
      reason,
      ...optional(
        'culprit',
        fact.culprit === undefined ? undefined : expressionText(fact.culprit, writer),
      ),
    };
  if (fact.curvature === 'constant' || fact.curvature === 'affine')
    return {
      fact: fact.curvature,
      holds: 'yes',
      summary: fact.curvature === 'constant' ? 'does not depend on these variables' : '',
    };
  return {
    fact: fact.curvature,
    holds: fact.condition === undefined ? 'yes' : 'if',
    ...optional(
      'condition',
      fact.condition === undefined ? undefined : conditionText(fact.reason, fact.condition, writer),
    ),
    summary: summaryOf(fact.reason),
    reason,
  };
}

function smoothFact(smooth: Truth, lipschitz: BoundFact, writer: Writer): FactText {
  const reason = reasonText(smooth.reason, writer);
  if (smooth.kind === 'no' || smooth.kind === 'unknown')
    return {
      fact: 'smooth',
      holds: 'no',
      summary: smooth.reason.text,
      reason,
      ...optional(
        'culprit',
        smooth.reason.node === undefined ? undefined : expressionText(smooth.reason.node, writer),
      ),
    };
  const where = lipschitz.everywhere ? '' : ' within the bounds';
  const summary =
    lipschitz.bound === undefined
      ? 'no Lipschitz constant of its gradient is known'
      : `its gradient is Lipschitz${where} with constant at most ${boundText(lipschitz.bound, writer)}`;
  return { fact: 'smooth', holds: smooth.kind, summary, reason };
}

function strongFact(bound: BoundFact, strong: Truth, writer: Writer): FactText {
  const modulus =
    bound.bound === undefined ? '' : `the modulus is at least ${boundText(bound.bound, writer)}`;
  return {
    fact: 'strongly convex',
    holds: strong.kind,
    ...optional('condition', strong.kind === 'if' ? 'its modulus is positive' : undefined),
    summary: modulus,
  };
}

/** A bound as a formula: of alternatives by size, the exact one. */
function boundText(bound: Node, { graph }: Writer): string {
  let text = bound;
  for (let pass = 0; pass < 4; pass++) {
    const choices = postorder([text]).filter(
      (node) => isOp(node, 'cond') && node.results.length === 1,
    );
    if (choices.length === 0) break;
    const exact = new Map<Node, Node>(
      choices.flatMap((node) =>
        isOp(node, 'cond') ? [[node, node.attributes.then.results[0]] as const] : [],
      ),
    );
    text = substituteIn(graph, text, exact);
  }
  return shown(text, 70);
}

/** The expression as the user wrote it, else as it would be written. */
function expressionText(node: Node, { graph, source }: Writer): string {
  const span = graph.origin(node);
  const text = span === undefined ? '' : source(span);
  return text === '' ? readable(graph, node) : text;
}

/** How much of a proof is written out: parts may be shared, so a whole tree can be far larger than the expression. */
const mostSteps = 60;
const mostDepth = 6;

function reasonText(root: Reason, writer: Writer): ReasonText {
  let steps = 0;
  const write = (reason: Reason, depth: number): ReasonText => {
    steps++;
    const because: ReasonText[] = [];
    for (const inner of depth === 0 ? [] : reason.because)
      if (steps < mostSteps) because.push(write(inner, depth - 1));
    return {
      text: reason.text,
      ...optional(
        'expression',
        reason.node === undefined ? undefined : expressionText(reason.node, writer),
      ),
      ...(because.length === 0 ? {} : { because }),
    };
  };
  return write(root, mostDepth);
}

/** Not worth a mention in one line. */
const trivial: ReadonlySet<string> = new Set([
  'constant',
  'affine',
  'nonnegative',
  'nonpositive',
  'its parts are smooth',
]);

/** The first steps of the proof that say something. */
function summaryOf(reason: Reason): string {
  const steps: string[] = [];
  let at: Reason | undefined = reason;
  while (at !== undefined && steps.length < 3) {
    if (!trivial.has(at.text) && !steps.includes(at.text)) steps.push(at.text);
    const following: readonly Reason[] = at.because.filter(
      (inner) => !trivial.has(inner.text) && !isCheck(inner),
    );
    at = following.length === 1 ? following[0] : undefined;
  }
  return steps.length === 0 ? reason.text : steps.join('; ');
}

const isCheck = (reason: Reason): boolean => reason.text.endsWith('once data is in');

/** What must hold, from the steps of the proof that left it open. */
function conditionText(reason: Reason, condition: Node, writer: Writer): string {
  const open: string[] = [];
  const seen = new Set<Reason>();
  const collect = (at: Reason): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (isCheck(at) && at.node !== undefined) {
      const what = at.text.replace(/, checked.*$/, '');
      const side = /^a quadratic with (\w+ semidefinite) Hessian$/.exec(what);
      const expression = expressionText(at.node, writer);
      const text =
        side === null ? `${expression} is ${what}` : `the Hessian of ${expression} is ${side[1]}`;
      if (!open.includes(text)) open.push(text);
    }
    at.because.forEach(collect);
  };
  collect(reason);
  return open.length === 0 ? shown(condition) : open.join(' and ');
}

function constraintText(facts: ConstraintFacts, writer: Writer): ConstraintText {
  const { constraint, form, convex } = facts;
  const holds = convex.kind;
  return {
    ...optional('name', constraint.name),
    text: writer.source(constraint.span) || relationText(constraint.relation),
    form,
    convex: {
      fact: 'convex',
      holds,
      ...optional(
        'condition',
        convex.kind === 'if' ? conditionText(convex.reason, convex.condition, writer) : undefined,
      ),
      summary: summaryOf(convex.reason),
      ...optional(
        'culprit',
        holds === 'unknown' && convex.reason.node !== undefined
          ? expressionText(convex.reason.node, writer)
          : undefined,
      ),
    },
  };
}

function relationText(relation: Relation): string {
  switch (relation.kind) {
    case 'equal':
      return `${shown(relation.residual)} == 0`;
    case 'lessEqual':
      return `${shown(relation.residual)} <= 0`;
    case 'in':
      return `${shown(relation.value)} in ${domainText(relation.domain)}`;
    case 'implies':
      return `${shown(relation.condition)} implies ${relation.then.map(relationText).join('; ')}`;
    case 'complements':
      return `0 <= ${shown(relation.left)} complements ${shown(relation.right)} >= 0`;
    case 'variational':
      return `0 in ${shown(relation.operator)} + normal_cone`;
    case 'robust':
      return `for all of ${domainText(relation.set)}: ${relationText(relation.relation)}`;
    case 'chance':
      return `P(${relation.event.map(relationText).join(' and ')}) >= ${shown(relation.level)}`;
  }
}
