// Declarations that nothing reads are left out: a loop gives all its states, and a size may be needed by what has been left out itself.
const oneName = /^\s*const ([\p{ID_Start}_$][\p{ID_Continue}$]*) = .*;$/u;
const listOfNames = /^(\s*const )(\[[^=]*\])( = .*)$/u;
const aName = /[\p{ID_Start}_$][\p{ID_Continue}$]*/gu;
/** What stands in quotes is no name. */
const aString = /'(?:[^'\\]|\\.)*'/gu;

/** The lines of one function, in which a name means one thing. */
export function withoutUnused(lines: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of lines)
    for (const [name] of line.replace(aString, "''").matchAll(aName))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  const isUnused = (name: string): boolean => counts.get(name) === 1;
  const kept = lines.flatMap((line) => {
    const single = oneName.exec(line);
    if (single !== null && isUnused(single[1])) return [];
    const list = listOfNames.exec(line);
    if (list === null) return [line];
    const [, before, names, after] = list;
    // What is last may be left out; what stands before another leaves a hole.
    const used = names
      .replace(aName, (name) => (isUnused(name) ? '' : name))
      .replace(/(, )+\]/g, ']')
      .replace(/(, \[\])+\]$/, ']');
    return [`${before}${used}${after}`];
  });
  const same = kept.length === lines.length && kept.every((line, k) => line === lines[k]);
  return same ? lines : withoutUnused(kept);
}
