// How threads sum: each takes every so many terms, in blocks so that few roundings add up, and they meet in a tree.
import type { ReduceFn } from '../../tensor/ir.ts';
import { reduceWgsl } from './functions.ts';

/** How the threads of one group share the work. */
export interface Layout {
  /** Entries of the result side by side: neighbours read neighbouring memory where the sum runs along a first axis. */
  readonly lanes: number;
  readonly threads: number;
}

/** Terms that a thread adds before it adds their sum to the others. */
const block = 64;

/** The function by which threads meet. */
export function meeting(fn: ReduceFn, { lanes, threads }: Layout): readonly string[] {
  const { join } = reduceWgsl[fn];
  return [
    `fn ${fn}Of(own : f32) -> f32 {`,
    '  parts[localIndex] = own;',
    '  workgroupBarrier();',
    `  for (var half = ${threads / 2}u; half >= ${lanes}u; half = half / 2u) {`,
    '    if (localIndex < half) {',
    `      parts[localIndex] = ${join('parts[localIndex]', 'parts[localIndex + half]')};`,
    '    }',
    '    workgroupBarrier();',
    '  }',
    `  let all = parts[localIndex${lanes === 1 ? ' * 0u' : ` % ${lanes}u`}];`,
    '  workgroupBarrier();',
    '  return all;',
    '}',
    '',
  ];
}

export interface Sum {
  readonly fn: ReduceFn;
  /** The variable that numbers the terms, and how many there are. */
  readonly counter: string;
  readonly count: string;
  /** Lines before the term, and the term. */
  readonly lines: readonly string[];
  readonly term: string;
  /** Names for the two sums of a thread, and for the result. */
  readonly own: string;
  readonly part: string;
  readonly total: string;
}

export function sumLines(sum: Sum, { lanes, threads }: Layout): readonly string[] {
  const { empty, join } = reduceWgsl[sum.fn];
  const { counter, count, lines, term, own, part, total } = sum;
  const step = threads / lanes;
  const last = `let ${total} = ${sum.fn}Of(${own});`;
  if (sum.fn !== 'sum')
    return [
      `  var ${own} = ${empty};`,
      `  for (var ${counter} = first; ${counter} < ${count}; ${counter} += ${step}) {`,
      ...lines.map((line) => `    ${line}`),
      `    ${own} = ${join(own, term)};`,
      '  }',
      `  ${last}`,
    ];
  return [
    `  var ${own} = 0.0;`,
    `  for (var start = first; start < ${count}; start += ${block * step}) {`,
    `    var ${part} = 0.0;`,
    `    let end = min(start + ${block * step}, ${count});`,
    `    for (var ${counter} = start; ${counter} < end; ${counter} += ${step}) {`,
    ...lines.map((line) => `      ${line}`),
    `      ${part} += ${term};`,
    '    }',
    `    ${own} += ${part};`,
    '  }',
    `  ${last}`,
  ];
}
