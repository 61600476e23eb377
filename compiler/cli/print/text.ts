// Text for a terminal: broken at its width, padded by what is visible.
import { displayWidth } from '../../../grammar/display.ts';

const escapes = /\u001b\[[\d;]*m/g;

export const visibleLength = (text: string): number => displayWidth(text.replace(escapes, ''));

export const padVisible = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - visibleLength(text)));

/** Lines of at most `room` columns, broken at spaces. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && visibleLength(line) + 1 + visibleLength(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
