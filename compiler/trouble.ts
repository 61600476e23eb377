// Numerical trouble explained: which expression first made a NaN or an infinity, in a step of a method or in the problem's goal.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { quote } from '../grammar/quote.ts';
import type { Source } from '../grammar/source.ts';
import type { Span } from '../grammar/span.ts';
import { MemoryFault, type RuntimeFault } from '../runtime/fault.ts';
import type { NonFinite, Values } from '../runtime/program.ts';
import { formatEntry } from '../runtime/report/number.ts';
import type { StopReason } from '../runtime/stop.ts';
import { dense } from '../runtime/kernels/tensors.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { fixedValues } from './fixed-values.ts';
import { librarySource } from './library.ts';
import type { MatchedStep } from './match/step.ts';
import { runMessage } from './run-messages.ts';
import { setupFault } from './setup-fault.ts';
import type { Session } from './session.ts';
import type { Specialised } from './specialise.ts';
import { evaluateDim } from './tensor/dim.ts';
import { firstNonFinite, type FirstNonFinite } from './tensor/first-nonfinite.ts';
import type { Node } from './tensor/ir.ts';
import { elementwise, entryPrinter, rangeText } from './tensor/print-entry.ts';
import { constantEntry } from './tensor/shape.ts';
import { isOp } from './tensor/type.ts';

/** Values of inputs that change: `state:x`, `variable:w`. */
type Changing = Readonly<Record<string, Tensor | number>>;

type Problem = Pick<Session, 'front' | 'lowered' | 'input'>;

/** What made the goal NaN at a point. */
export function explainValue(session: Problem, goal: Node, point: Values): NonFinite | undefined {
  const inputs = Object.fromEntries(
    Object.entries(point).map(([name, tensor]) => [`variable:${name}`, tensor]),
  );
  return explain(session, [goal], inputs, new Map(), 1);
}

/** What made a state, or the answer, lose its finiteness in one iteration; the start is iteration 0. */
export function explainStep(
  session: Problem,
  step: MatchedStep,
  states: Values,
  iteration: number,
  seed: number,
): NonFinite | undefined {
  const names = new Map(
    step.answer.map(({ variable, node }): [Node, string] => [node, variable.name]),
  );
  const started = iteration === 0;
  const roots = started
    ? [...step.startAnswer.map(({ node }) => node), ...step.states.map(({ init }) => init)]
    : newlyBroken(step, states);
  const answers = started ? [] : step.answer.map(({ node }) => node);
  const inputs = { ...statesOf(session, step, states), 'iteration:iteration': iteration };
  return (
    explain(session, roots, inputs, names, seed) ?? explain(session, answers, inputs, names, seed)
  );
}

/** The next values of states that were free of NaN before. */
const newlyBroken = (step: MatchedStep, states: Values): readonly Node[] =>
  step.states
    .filter(({ name }) => !(states[name]?.data.some(Number.isNaN) ?? false))
    .map(({ next }) => next);

/** Saved states are flat; the interpreter wants their shapes. */
function statesOf({ input }: Problem, step: MatchedStep, states: Values): Changing {
  return Object.fromEntries(
    step.states.flatMap(({ name, type }) => {
      const saved = states[name];
      if (saved === undefined) return [];
      const shape = sizesOf(type.shape.map((dim) => evaluateDim(dim, input.sizes)));
      const shaped =
        shape === undefined || type.shape.length < 2 ? saved : dense([...shape], saved.data);
      return [[`state:${name}`, shaped]];
    }),
  );
}

const sizesOf = (shape: readonly (number | undefined)[]): readonly number[] | undefined => {
  const known = shape.flatMap((size) => (size === undefined ? [] : [size]));
  return known.length === shape.length ? known : undefined;
};

function explain(
  session: Problem,
  roots: readonly Node[],
  inputs: Changing,
  names: ReadonlyMap<Node, string>,
  seed: number,
): NonFinite | undefined {
  if (roots.length === 0) return undefined;
  const fixed = fixedValues(session, roots);
  const found = firstNonFinite(roots, {
    inputs: { ...fixed.inputs, ...inputs, 'seed:seed': seed },
    sizes: fixed.sizes,
    seed,
    dataSeed: session.input.dataSeed,
  });
  if (found === undefined) return undefined;
  return madeByData(session, found.node) ?? described(session, roots, found, names);
}

/** Data that an expression makes is not finite because of an operation in that expression. */
function madeByData(session: Problem, node: Node): NonFinite | undefined {
  if (!isOp(node, 'input') || node.attributes.role === 'state') return undefined;
  const { data, params } = session.lowered.problem;
  const item = data.find(({ input }) => input === node);
  const made =
    item === undefined
      ? params.find(({ input }) => input === node)?.value
      : item.value.kind === 'expression' || item.value.kind === 'draw'
        ? item.value.node
        : undefined;
  return made === undefined ? undefined : explain(session, [made], {}, new Map(), 1);
}

const longest = 60;

function described(
  session: Problem,
  roots: readonly Node[],
  { node, entry, value, shape, operands }: FirstNonFinite,
  names: ReadonlyMap<Node, string>,
): NonFinite {
  const { graph } = session.lowered.lowering;
  const printer = entryPrinter(graph, names);
  const place = graph.origin(node) ?? originNear(graph.origin, roots, node);
  const entrywise = elementwise(node);
  const parts = node.args.flatMap((arg, k) => {
    if (constantEntry(arg) !== undefined || isOp(arg, 'literal')) return [];
    const printed = entrywise ? printer.entry(arg, entry, shape) : printer.whole(arg);
    const name = nameable(session, printed, graph.origin(arg));
    if (name === undefined) return [];
    if (entrywise) return [`${name} = ${formatEntry(operands[k].data[entry])}`];
    const [why] = k === 0 ? failures(node) : [];
    return [why === undefined ? rangeText(name, operands[k], formatEntry) : `${name} is ${why}`];
  });
  const printed =
    node.args.length === 0
      ? printer.entry(node, entry, shape)
      : printer.operation(node, entry, shape);
  return {
    value,
    expression: nameable(session, printed, place) ?? quote(printed, longest),
    operands: [...new Set(parts)],
    place,
  };
}

/** What is wrong with the first operand where a factorisation has no result. */
function failures(node: Node): readonly string[] {
  if (isOp(node, 'cholesky')) return ['not positive definite'];
  return isOp(node, 'solve') ? ['singular'] : [];
}

/** A text with positions, unnamed states of loops or more than a line in it gives way to what stands in the source. */
function nameable(session: Problem, printed: string, span: Span | undefined): string | undefined {
  const plain = !/(?:^|[^\p{L}\p{N}_])_\d|\.\.|…|\b(?:pad|scatter|put)\(/u.test(printed);
  if (plain && printed.length <= longest) return quote(printed, longest);
  const source = span === undefined ? undefined : sourceAt(session.front, span.file);
  return span === undefined || source === undefined
    ? undefined
    : quote(
        source.text
          .slice(span.start, span.end)
          .replace(/\s+/g, ' ')
          .replace(/^\(([^()]*)\)$/, '$1'),
        longest,
      );
}

/** A source of the program or of the library. */
const sourceAt = (front: Session['front'], file: number): Source | undefined =>
  front.sources[file] ?? librarySource(file);

/** The place of the nearest user of a node that came from the source. */
function originNear(
  origin: (node: Node) => Span | undefined,
  roots: readonly Node[],
  node: Node,
): Span | undefined {
  const users = new Map<number, Node[]>();
  const seen = new Set<number>();
  const stack = [...roots];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (seen.has(top.id)) continue;
    seen.add(top.id);
    for (const arg of top.args) {
      users.set(arg.id, [...(users.get(arg.id) ?? []), top]);
      stack.push(arg);
    }
  }
  const queue = [node];
  const asked = new Set<number>();
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const span = origin(next);
    if (span !== undefined) return span;
    asked.add(next.id);
    queue.push(...(users.get(next.id) ?? []).filter(({ id }) => !asked.has(id)));
  }
  return undefined;
}

/** That a device failed on the way, where it did. */
export function deviceTrouble(
  { lowered }: Problem,
  { deviceFailure, label }: Pick<Specialised, 'deviceFailure' | 'label'>,
): readonly Diagnostic[] {
  const failure = deviceFailure();
  if (failure === undefined) return [];
  const { why, iteration } = failure;
  return [runMessage('X005', lowered.problem.span, { why, iteration, method: label })];
}

/** The message of a run that numerical trouble ended; undefined where it ended in order. */
export function troubleOf(
  session: Session,
  specialised: Pick<Specialised, 'places' | 'label'>,
  reason: StopReason,
): Diagnostic | undefined {
  const { span } = session.lowered.problem;
  const { label } = specialised;
  switch (reason.kind) {
    case 'nonfinite': {
      const { made, iteration, value } = reason;
      const when = iteration === 0 ? 'at the start' : `at iteration ${iteration} of ${label}`;
      if (made === undefined) {
        const expression = `the answer of \`${label}\``;
        const what = value === 'nan' ? 'NaN' : 'infinite';
        return runMessage('X001', span, { when, expression, value: what, operands: '' });
      }
      return runMessage('X001', made.place ?? span, {
        when,
        expression: `\`${made.expression}\``,
        value: valueText(made.value),
        operands: made.operands.length === 0 ? '' : `: ${made.operands.join(', ')}`,
      });
    }
    case 'fault': {
      const { iteration, message, place } = reason;
      const at = place === undefined ? undefined : specialised.places[place];
      return runMessage('X003', at ?? span, {
        when: iteration === 0 ? 'at the start' : `at iteration ${iteration} of ${label}`,
        what: message.replace(/\.$/, ''),
      });
    }
    case 'rule':
    case 'method':
    case 'iterations':
    case 'time':
    case 'stalled':
    case 'rounding':
    case 'interrupted':
      return undefined;
  }
}

/** A failure outside of the iterations: while the run is set up, or where a point is measured. */
export function faultMessage(
  { lowered }: Problem,
  { places }: Pick<Specialised, 'places'>,
  fault: RuntimeFault,
  starting: boolean,
): Diagnostic {
  if (fault instanceof MemoryFault) return setupFault(fault, lowered.problem.span);
  const { message, place } = fault;
  const at = starting && place !== undefined ? places[place] : undefined;
  const when = starting ? 'at the start' : 'where the answer is measured';
  return runMessage('X003', at ?? lowered.problem.span, { when, what: message.replace(/\.$/, '') });
}

export const valueText = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinite' : '-infinite';
