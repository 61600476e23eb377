/** The value of a string token. Wrong escapes have had their message: they stand for themselves. */
export function unescape(image: string): string {
  const end = image.length > 1 && /^["']/.test(image.slice(-1)) ? -1 : undefined;
  const inner = image.slice(1, end);
  if (!inner.includes('\\')) return inner.normalize('NFC');
  const plain = inner.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|(["\\nt]))/g,
    (whole, code: string | undefined, letter: string | undefined) => {
      if (code !== undefined) return fromCode(Number.parseInt(code, 16), whole);
      if (letter === 'n') return '\n';
      return letter === 't' ? '\t' : (letter ?? whole);
    },
  );
  return plain.normalize('NFC');
}

function fromCode(code: number, whole: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
