// Every form of docs/language.md: expressions have the value stated, by the interpreter and by generated code.
import { describe, expect, test } from 'vitest';
import { evaluateOnce } from '../../compiler/evaluator.ts';
import { builtinNames } from '../../compiler/model/builtins.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import {
  expressionForms,
  surroundings,
  tupleForms,
  tupleMembers,
  waitingForms,
  type ExpressionForm,
} from './expression-forms.ts';
import { errorsOf, openText } from './program.ts';
import { fixedInputs } from './reference-run.ts';

const expressions = Object.entries(expressionForms).flatMap(([section, forms]) =>
  forms.map((form) => ({ section, form, members: '' })),
);
const tuples = tupleForms.map((form) => ({
  section: 'several results',
  form,
  members: tupleMembers,
}));

const textOf = (expression: string, members: string): string =>
  `problem p {${surroundings}
  ${members}
  let result = ${expression}
  var free : real
  minimize free^2
}`;

const interpreted = ({ text }: ExpressionForm, members = ''): readonly number[] => {
  const { session, node, told } = lowered(text, members);
  expect(told).toBe('');
  return [...interpret([node], fixedInputs(session)).values[0].data];
};

const emitted = ({ text }: ExpressionForm, members = ''): readonly number[] => {
  const { session, node } = lowered(text, members);
  const { lowering, problem } = session.lowered;
  return [...evaluateOnce(lowering.graph, problem, session.input, node).data];
};

function expectClose(found: readonly number[], value: readonly number[]): void {
  expect(found).toHaveLength(value.length);
  value.forEach((expected, k) => {
    if (Number.isFinite(expected)) expect(found[k]).toBeCloseTo(expected, 9);
    else expect(found[k]).toBe(expected);
  });
}

interface Lowered {
  readonly session: Session;
  readonly node: Node;
  /** What lowering had to say. */
  readonly told: string;
}

function lowered(text: string, members: string): Lowered {
  const { front, host } = openText(textOf(text, members));
  expect(errorsOf({ front, host })).toBe('');
  const [problem] = front.model.problems;
  const opened = openSession(front, problem, host, noSettings);
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join('\n'));
  const { session } = opened;
  const { lowering, frame } = session.lowered;
  const result = problem.level.lets.find(({ name }) => name === 'result');
  if (result === undefined) throw new Error('no result');
  const node = lowering.lower(result.value, frame.scope);
  return { session, node, told: session.lowered.diagnostics.map((d) => d.message).join('\n') };
}

describe('expressions', () => {
  test.each([...expressions, ...tuples])('$section: $form.text', ({ form, members }) => {
    expectClose(interpreted(form, members), form.value);
    expectClose(emitted(form, members), form.value);
  });

  test.each(waitingForms)('waits: $text', ({ text, words }) => {
    expect(lowered(text, '').told).toMatch(words);
  });

  /** Names that mean something only in a method, or in the report of a constraint: see the forms of methods. */
  const elsewhere = new Set([
    ...[
      'lipschitz',
      'strong_convexity',
      'prox',
      'prox_conj',
      'project',
      'lmo',
      'distance',
      'mirror',
    ],
    ...['mirror_dual', 'retract', 'tangent', 'transport', 'dual', 'batch', 'exchange', 'topk'],
    ...['randk', 'quantize'],
  ]);

  test('every built-in name has a form', () => {
    const all = [
      ...[...expressions, ...tuples].map(({ form, members }) => form.text + members),
      ...waitingForms.map(({ text }) => text),
    ].join('\n');
    const missing = builtinNames.filter(
      (name) => !elsewhere.has(name) && !new RegExp(`\\b${name}\\(`).test(all),
    );
    expect(missing).toEqual([]);
  });
});
