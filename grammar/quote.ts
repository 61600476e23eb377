/**
 * A piece of the user's text, safe to put into a message: control and invisible direction characters are
 * written as `\u{…}`, and at most `most` characters are shown.
 */
export function quote(piece: string, most = 40): string {
  if (piece.length <= most && isPlain(piece)) return piece;
  const characters = [...visible(piece.slice(0, most * 4))];
  const cut = characters.length > most || piece.length > most * 4;
  return cut ? characters.slice(0, most).join('') + '…' : characters.join('');
}

/** Only ASCII that prints: most names by far. */
function isPlain(piece: string): boolean {
  for (let at = 0; at < piece.length; at++) {
    const code = piece.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** The same text with every character that a terminal would obey written out. */
export function visible(piece: string): string {
  return piece.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => {
    if (c === '\t') return ' ';
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
