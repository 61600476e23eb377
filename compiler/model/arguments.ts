// Arguments of a call beside the parameters of what is called: by position, then by name.
import type { Argument } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import type { BuiltinParameter } from './builtins.ts';
import { complain, type Context } from './context.ts';
import { count } from './type-of.ts';

export interface Matched {
  readonly name: string;
  /** Undefined where it was left out. */
  readonly argument: Argument | undefined;
  /** The default of one that was left out. */
  readonly value: number | undefined;
}

/** One entry a parameter, then one for each further argument of a `rest`. Undefined after a message. */
export function matchArguments(
  context: Context,
  callee: string,
  parameters: readonly BuiltinParameter[],
  args: readonly Argument[],
  span: Span,
): readonly Matched[] | undefined {
  /** By the parameter's place. */
  const given: (Argument | undefined)[] = [];
  const rest: Argument[] = [];
  let position = 0;
  let failed = false;
  for (const arg of args) {
    if (arg.name === undefined) {
      const place = Math.min(position, parameters.length - 1);
      const parameter = parameters[place];
      if (parameter?.rest === true) rest.push(arg);
      else if (position >= parameters.length) {
        complain(context, 'M301', span, {
          name: quote(callee),
          wanted: wantedCount(parameters),
          found: String(args.length),
        });
        return undefined;
      } else if (given[place] !== undefined) failed = twice(context, callee, arg, parameter.name);
      else given[place] = arg;
      position++;
      continue;
    }
    const name = arg.name.name;
    const place = parameters.findIndex((p) => p.name === name && p.rest !== true);
    if (given[place] !== undefined) failed = twice(context, callee, arg, name);
    else if (place < 0) {
      const guess = didYouMean(
        name,
        parameters.map((p) => p.name),
      );
      complain(
        context,
        'M302',
        arg.name.span,
        { name: quote(callee), argument: quote(name) },
        guess === undefined ? {} : { help: `did you mean \`${guess}\`?` },
      );
      failed = true;
    } else given[place] = arg;
  }
  const matched: Matched[] = [];
  for (const [place, p] of parameters.entries()) {
    if (p.rest === true) continue;
    const argument = given[place];
    if (argument === undefined && p.optional !== true) {
      if (!failed) complain(context, 'M304', span, { name: quote(callee), argument: p.name });
      failed = true;
    }
    matched.push({ name: p.name, argument, value: p.value });
  }
  for (const argument of rest) matched.push({ name: 'rest', argument, value: undefined });
  return failed ? undefined : matched;
}

function twice(context: Context, callee: string, arg: Argument, name: string): true {
  complain(context, 'M303', arg.span, { name: quote(callee), argument: quote(name) });
  return true;
}

function wantedCount(parameters: readonly BuiltinParameter[]): string {
  const most = parameters.length;
  const least = parameters.filter((p) => p.optional !== true && p.rest !== true).length;
  if (most === 0) return 'no arguments';
  return least === most ? count(most, 'argument') : `${least} to ${count(most, 'argument')}`;
}
