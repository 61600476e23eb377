import type { Span } from './span.ts';

export type Severity = 'error' | 'warning';

/** Another place that belongs to a message, with a few words on why. */
export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** A message to the user. Every stage collects these; none throws them. */
export interface Diagnostic {
  /** A letter for the stage and three digits: G grammar, M model, P problem, R reduce, K match, D data, C command, X run. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly related?: readonly Related[];
  readonly help?: string;
}

/** A text with named holes. `P` is the union of the names, so a missing one does not type-check. */
export interface Template<P extends string> {
  readonly parameters: readonly P[];
  readonly strings: readonly string[];
}

/** What a code stands for. `title` names the kind of mistake in lists and documentation. */
export interface MessageEntry<P extends string = string> {
  readonly severity: Severity;
  readonly title: string;
  readonly message: Template<P>;
  /** Usual advice; a report may give better advice of its own. */
  readonly help?: Template<P>;
}

/** A stage's table: code → severity, title, templates. Write it with `satisfies MessageTable`. */
export type MessageTable = { readonly [code: string]: MessageEntry };

/** The names of the holes of an entry: those of its message and of its help. */
export type ParametersOf<E extends MessageEntry> =
  E['message']['parameters'][number] | (E extends { readonly help: Template<infer H> } ? H : never);

/** One value for each hole. */
export type Values<P extends string> = { readonly [K in P]: string | number };

/** What a report may add to the table's text. */
export interface Extra {
  readonly related?: readonly Related[];
  readonly help?: string;
}

/** `` text`expected ${'what'}, found ${'found'}` `` makes a template with the holes `what` and `found`. */
export function text<const K extends readonly string[]>(
  strings: TemplateStringsArray,
  ...parameters: K
): Template<K[number]> {
  return { parameters, strings };
}

/**
 * The function with which a stage makes its diagnostics:
 * `const report = reporter(table); report('G001', span, { expected: '…', found: '…' })`.
 */
export function reporter<const T extends MessageTable>(
  table: T,
): <C extends keyof T & string>(
  code: C,
  span: Span,
  values: Values<ParametersOf<T[C]>>,
  extra?: Extra,
) => Diagnostic {
  return (code, span, values, extra) => {
    const entry: MessageEntry | undefined = table[code];
    if (entry === undefined) return { code, severity: 'error', message: code, span };
    const holes: Readonly<Record<string, string | number>> = values;
    const help = extra?.help ?? (entry.help === undefined ? undefined : fill(entry.help, holes));
    return {
      code,
      severity: entry.severity,
      message: fill(entry.message, holes),
      span,
      ...(extra?.related === undefined ? {} : { related: extra.related }),
      ...(help === undefined ? {} : { help }),
    };
  };
}

function fill(
  template: Template<string>,
  values: Readonly<Record<string, string | number>>,
): string {
  let out = template.strings[0] ?? '';
  template.parameters.forEach((name, i) => {
    out += String(values[name] ?? '') + (template.strings[i + 1] ?? '');
  });
  return out;
}

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error';
}
