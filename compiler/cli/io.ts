// The command's window on the world: streams, colour, width. Passed in, so that tests can look.
import { createColors } from 'picocolors';

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Colours of standard output and of standard error. */
  readonly color: Palette;
  readonly errColor: Palette;
  readonly width: number;
  readonly interactive: boolean;
  readonly cwd: string;
}

/** What colours mean, not which they are. */
type Formatter = (text: string) => string;

export interface Palette {
  readonly strong: Formatter;
  readonly soft: Formatter;
  readonly good: Formatter;
  readonly bad: Formatter;
  readonly warn: Formatter;
  readonly name: Formatter;
}

export function palette(enabled: boolean): Palette {
  const c = createColors(enabled);
  return { strong: c.bold, soft: c.dim, good: c.green, bad: c.red, warn: c.yellow, name: c.cyan };
}

/** NO_COLOR wins, then FORCE_COLOR, then whether the stream is a terminal. */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0') return true;
  return isTerminal && env.TERM !== 'dumb';
}

export function processIo(): Io {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) stream.on('error', lostReader(stderr));
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    color: palette(wantsColor(stdout.isTTY === true, env)),
    errColor: palette(wantsColor(stderr.isTTY === true, env)),
    width: stdout.columns ?? 100,
    interactive: stderr.isTTY === true,
    cwd: process.cwd(),
  };
}

/** A reader that went away (`| head -1`) wants no more: the command ends as it would have. A full disk is told. */
const lostReader =
  (stderr: NodeJS.WriteStream) =>
  (error: Error): void => {
    const code = 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EPIPE') return;
    stderr.write(`error: the output cannot be written (${code})\n`, () => process.exit(2));
  };
