/** A text as a string of the language. Characters that cannot be seen are written out. */
export function quoted(value: string): string {
  const inner = value.replace(/["\\\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => {
    if (c === '"' || c === '\\') return `\\${c}`;
    if (c === '\n') return '\\n';
    if (c === '\t') return '\\t';
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${inner}"`;
}
