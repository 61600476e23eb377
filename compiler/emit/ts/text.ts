// Small pieces of TypeScript text.

const plain = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** A property name, quoted where it must be. */
export const propertyName = (name: string): string =>
  name === '__proto__' ? "['__proto__']" : plain.test(name) ? name : quoted(name);

/** A string literal in single quotes, harmless in comments and pages too. */
export function quoted(text: string): string {
  const double = text.includes("'") && !text.includes('"');
  const plainly = JSON.stringify(text).slice(1, -1);
  const escaped = (double ? plainly : plainly.replace(/\\"/g, '"').replace(/'/g, "\\'"))
    .replace(/<\//g, '<\\/')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
  return double ? `"${escaped}"` : `'${escaped}'`;
}

/** `.name` or `['name']`. */
export const member = (name: string): string => {
  const property = propertyName(name);
  if (property.startsWith('[')) return property;
  return plain.test(property) ? `.${property}` : `[${property}]`;
};

/** const { a, b } = from; on several lines where it is long. */
export function destructure(
  names: readonly string[],
  from: string,
  indent: string,
): readonly string[] {
  if (names.length === 0) return [];
  const line = `${indent}const { ${names.join(', ')} } = ${from};`;
  if (line.length <= 100) return [line];
  return [
    `${indent}const {`,
    ...names.map((name) => `${indent}  ${name},`),
    `${indent}} = ${from};`,
  ];
}

/** An object literal on one line, or one entry a line. */
export function objectLines(
  entries: readonly string[],
  before: string,
  after: string,
  indent: string,
): readonly string[] {
  const line = `${indent}${before}{ ${entries.join(', ')} }${after}`;
  if (entries.length === 0) return [`${indent}${before}{}${after}`];
  if (line.length <= 100) return [line];
  return [
    `${indent}${before}{`,
    ...entries.map((entry) => `${indent}  ${entry},`),
    `${indent}}${after}`,
  ];
}
