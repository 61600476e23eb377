/** How many columns a terminal gives to a text: 2 for wide East Asian characters, 0 for marks that combine. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text) width += characterWidth(c);
  return width;
}

const combining = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

function characterWidth(c: string): number {
  const code = c.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (combining.test(c)) return 0;
  return isWide(code) ? 2 : 1;
}

/** The main ranges of Unicode's East Asian Width W and F, and of emoji. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function isWide(code: number): boolean {
  return wide.some(([low, high]) => code >= low && code <= high);
}

/**
 * A piece of source as it may be shown: tabs as two spaces, other control characters as their pictures (`␀`),
 * invisible direction marks and broken surrogates as `�`.
 */
export function sanitise(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0;
    if (c === '\t') return '  ';
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}
