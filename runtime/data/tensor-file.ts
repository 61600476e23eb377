// Arrays that a program carries beside itself: a JSON object of tensors, { "A": { "shape": [2, 3], "data": […] } }.
import { readFileSync } from 'node:fs';
import { RuntimeFault } from '../fault.ts';
import type { DenseTensor } from '../tensor.ts';

/** The named tensor of such a file. */
export function readTensor(file: URL, name: string): DenseTensor {
  const content: unknown = parsed(file);
  const entry: unknown = isRecord(content) ? content[name] : undefined;
  if (!isRecord(entry) || !isNumbers(entry.shape) || !isNumbers(entry.data))
    throw new RuntimeFault(`${file.pathname} has no array ${name}`);
  const { shape, data } = entry;
  if (data.length !== shape.reduce((a, b) => a * b, 1))
    throw new RuntimeFault(`${name} in ${file.pathname} does not fill its shape`);
  return { storage: 'dense', shape, data: Float64Array.from(data) };
}

function parsed(file: URL): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RuntimeFault(`${file.pathname} cannot be read (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RuntimeFault(`${file.pathname} is not JSON`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((x) => typeof x === 'number');
