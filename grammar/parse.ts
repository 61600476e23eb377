import type { FileAst } from './ast.ts';
import { reporter, type Diagnostic } from './diagnostic.ts';
import { limits } from './limits.ts';
import { grammarMessages } from './messages.ts';
import { FileParser, type Parsed } from './parser/file.ts';
import { scan } from './scan.ts';
import { makeSource, type Source } from './source.ts';

export type { Parsed } from './parser/file.ts';

/** Built at the first parse and kept: building takes longer than reading a file. */
let parser: FileParser | undefined;

/**
 * Reads a `.opt` text. Always gives a tree, all errors of the text, and takes time linear in its length, whatever it
 * holds. Comments that document a declaration are in the tree, all others in `comments`.
 */
export function parse(source: Source): Parsed {
  const scanned = scan(source);
  if (scanned.fatal) {
    const { comments, diagnostics } = scanned;
    return { file: emptyFile(source), comments, diagnostics };
  }
  try {
    parser ??= new FileParser();
    return parser.read(source, scanned);
  } catch (error) {
    // The limits keep nesting far below the stack's size, but a caller may have used up most of it.
    if (!(error instanceof RangeError)) throw error;
    parser = undefined;
    const nothing = { file: source.index, start: 0, end: 0 };
    const diagnostics = [report('G040', nothing, { limit: limits.brackets })];
    return { file: emptyFile(source), comments: [], diagnostics };
  }
}

/** `parse` for a text alone. */
export function parseText(text: string, name = 'text.opt'): Parsed {
  return parse(makeSource(0, name, text));
}

function emptyFile(source: Source): FileAst {
  const span = { file: source.index, start: 0, end: source.text.length };
  return { kind: 'File', declarations: [], span };
}

const report = reporter(grammarMessages);

/** The bytes of a file as a source, or the reason why they are none. */
export function readSource(
  index: number,
  name: string,
  bytes: Uint8Array,
): { readonly source: Source; readonly diagnostics: readonly Diagnostic[] } {
  const nothing = { file: index, start: 0, end: 0 };
  if (bytes.length > limits.bytes) {
    const limit = limits.bytes / 1024 / 1024;
    return {
      source: makeSource(index, name, ''),
      diagnostics: [report('G041', nothing, { limit })],
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { source: makeSource(index, name, text), diagnostics: [] };
  } catch {
    const offset = firstBadByte(bytes);
    const readable = new TextDecoder('utf-8').decode(bytes.subarray(0, offset));
    const span = { file: index, start: readable.length, end: readable.length };
    return {
      source: makeSource(index, name, readable),
      diagnostics: [report('G042', span, { offset })],
    };
  }
}

/** By bisection: the longest prefix that decodes, taken as a stream. */
function firstBadByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (decodes(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
