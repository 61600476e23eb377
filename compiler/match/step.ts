// A method specialised to a problem: pure IR over flat states. What the schedule and the emitters read.
import type { Span } from '../../grammar/span.ts';
import type { SizeSource, Variable } from '../problem/problem.ts';
import type { Node, TensorType } from '../tensor/ir.ts';

export interface StepState {
  readonly name: string;
  /** Its input node (role state); the step reads the state before the iteration through it. */
  readonly input: Node<'input'>;
  readonly type: TensorType;
  /** Before the first iteration, over data, params, `start` draws and the pattern variable's start. */
  readonly init: Node;
  /** After an iteration; `input` itself where it does not change. */
  readonly next: Node;
}

export interface StepOutput {
  readonly name: string;
  readonly node: Node;
  readonly span: Span;
}

/** One iteration as a pure function of the states. The pattern variables are states of their own names (`x`), flat vectors. */
export interface MatchedStep {
  readonly method: string;
  readonly label: string;
  readonly states: readonly StepState[];
  readonly reports: readonly StepOutput[];
  /** True ends the run with the reason `method`. */
  readonly stop: Node | undefined;
  /** The value of each problem variable, from the states after the iteration (its own shape): the answer. */
  readonly answer: readonly { readonly variable: Variable; readonly node: Node }[];
  /** The same before the first iteration. */
  readonly startAnswer: readonly { readonly variable: Variable; readonly node: Node }[];
  /** Size symbols that the step uses beyond the problem's. */
  readonly sizes: readonly SizeSource[];
  /** Text of each pattern role, for the head of the generated code: `f(x) = …`, `h(x) = …`. */
  readonly roles: readonly { readonly role: string; readonly text: string }[];
}

/** What an iteration works out: the next states, reports, whether the method is done. */
export const turnNodes = ({ states, reports, stop }: MatchedStep): readonly Node[] => [
  ...states.map(({ next }) => next),
  ...reports.map(({ node }) => node),
  ...(stop === undefined ? [] : [stop]),
];

/** All that a step works out. */
export const stepNodes = (step: MatchedStep): readonly Node[] => [
  ...step.states.flatMap(({ init, next }) => [init, next]),
  ...step.reports.map(({ node }) => node),
  ...(step.stop === undefined ? [] : [step.stop]),
  ...step.answer.map(({ node }) => node),
  ...step.startAnswer.map(({ node }) => node),
];
