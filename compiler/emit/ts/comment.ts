// Comments in generated code. Text from outside never ends a comment.

const safe = (line: string): string =>
  line
    .replace(/\*\//g, '*\\/')
    .replace(/<\//g, '<\\/')
    .replace(/[\u0000-\u001f\u2028\u2029]/g, ' ')
    .trimEnd();

/** A doc comment. */
export function documentation(doc: string | undefined, indent: string): readonly string[] {
  if (doc === undefined || doc.trim() === '') return [];
  const lines = doc.split(/\r?\n/).map(safe);
  if (lines.length === 1) return [`${indent}/** ${lines[0].trim()} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

/** Lines of a comment that runs to the end of each line. */
export const lineComment = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(/\r?\n/)).map((line) => `// ${safe(line)}`.trimEnd());
