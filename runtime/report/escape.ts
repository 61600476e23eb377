const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML and attributes; control characters become visible escapes. */
export const escapeHtml = (text: string): string =>
  text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
      (c) => `\\u{${c.codePointAt(0)?.toString(16) ?? ''}}`,
    )
    .replace(/[&<>"']/g, (c) => entities[c] ?? c);
