// A problem written in the language, opened for its certificate.
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import { openText } from '../conformance/program.ts';

export function sessionOf(text: string): Session {
  const { front, host } = openText(text);
  const opened = openSession(front, front.model.problems[0], host, noSettings);
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join('\n'));
  return opened.session;
}

export const vector = (entries: readonly number[]): Tensor =>
  dense([entries.length], Float64Array.from(entries));

export const matrix = (rows: readonly (readonly number[])[]): Tensor =>
  dense([rows.length, rows[0].length], Float64Array.from(rows.flat()));

export const number = (value: number): Tensor => dense([], Float64Array.of(value));
