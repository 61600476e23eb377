/** Whether a line of code mentions the name, for any line; a field of the name is no mention. */
export function mentionOf(name: string): (line: string) => boolean {
  const inside = new RegExp(
    `(?<![\\p{ID_Continue}$.])${name.replace(/\$/g, '\\$')}(?![\\p{ID_Continue}$])`,
    'u',
  );
  return (line) => inside.test(line);
}
