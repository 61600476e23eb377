// Lines that take memory for arrays, once.

export interface Memory {
  readonly name: string;
  /** The number of entries, as it stands in code. */
  readonly length: string;
}

/** Several arrays of one length share a line. */
export function memoryLines(
  all: readonly Memory[],
  indent: string,
  calls: Set<string>,
  heap: boolean,
): readonly string[] {
  const lengths = [...new Set(all.map(({ length }) => length))];
  return lengths.flatMap((length) => {
    const names = all.filter((memory) => memory.length === length).map(({ name }) => name);
    const [only] = names;
    const make = heap ? 'heap.vector' : 'new Float64Array';
    if (names.length === 1) return [`${indent}const ${only} = ${make}(${length});`];
    if (!heap) calls.add('vectors');
    return grouped(names, length, indent, heap ? 'heap.vectors' : 'vectors');
  });
}

function grouped(
  names: readonly string[],
  length: string,
  indent: string,
  make: string,
): readonly string[] {
  const line = (part: readonly string[]): string =>
    `${indent}const [${part.join(', ')}] = ${make}(${part.length}, ${length});`;
  const lines: string[] = [];
  let part: readonly string[] = [];
  for (const name of names) {
    if (part.length > 0 && line([...part, name]).length > 100) {
      lines.push(line(part));
      part = [];
    }
    part = [...part, name];
  }
  return [...lines, line(part)];
}
