/** A letter of any script or `_`, then letters, marks, subscripts, digits, `_`. */
const wordPattern = /[\p{L}_][\p{L}\p{M}\p{Nd}_\u2080-\u209c]*/uy;

/** The end of the word that begins at an offset, or the offset itself if none does. */
export function wordEnd(text: string, at: number): number {
  let end = at;
  while (isPlainWord(text.charCodeAt(end), end === at)) end++;
  // The common case: only ASCII, and what follows is no letter of another script.
  if (!(text.charCodeAt(end) > 0x7f)) return end;
  wordPattern.lastIndex = at;
  return wordPattern.test(text) ? wordPattern.lastIndex : end;
}

function isPlainWord(code: number, first: boolean): boolean {
  if (code >= 0x61 && code <= 0x7a) return true;
  if (code >= 0x41 && code <= 0x5a) return true;
  if (code === 0x5f) return true;
  return !first && code >= 0x30 && code <= 0x39;
}

/** Whether a text is one word. */
export function isWord(text: string): boolean {
  return text !== '' && wordEnd(text, 0) === text.length;
}

/** Names that look the same are the same. */
export function normalise(name: string): string {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0x7f) return name.normalize('NFC');
  return name;
}
