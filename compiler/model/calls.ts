// Calls: of user functions, of functions of a pattern, of built-ins.
import type { Call } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { builtin, isBuiltin } from './builtin.ts';
import { builtinNames } from './builtins.ts';
import { distributionTable } from './distributions.ts';
import { domainTable } from './domains.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { elaborate } from './expression.ts';
import { inlineCall } from './inline.ts';
import { isMeasurement, measurement } from './measurements.ts';
import { meaningOf } from './names.ts';
import { patternCall } from './pattern-calls.ts';
import { lookUp, lookUpFunction, visibleFunctions } from './scope.ts';
import { withArticle } from './type-of.ts';
import type { Value } from './value.ts';

export function call(context: Context, e: Call): Value {
  const { name } = e.callee;
  const entry = lookUp(context.scope, name);
  const meaning = entry === undefined ? undefined : meaningOf(context, entry);
  if (meaning?.kind === 'function') return inlineCall(context, meaning.function, e);
  if (meaning?.kind === 'builtin') return builtin(context, meaning.name, e);
  if (meaning?.kind === 'patternFunction') return patternCall(context, meaning, e);
  const user = lookUpFunction(context.scope, name);
  if (user !== undefined) return inlineCall(context, user, e);
  if (context.recorded?.labels !== undefined && isMeasurement(context, e))
    return measurement(context, e);
  if (isBuiltin(name)) return builtin(context, name, e);
  for (const arg of e.args) elaborate(context, arg.value);
  if (meaning !== undefined && meaning.kind !== 'bad') {
    const help = { help: `an index stands in brackets: ${quote(name)}[…]` };
    complain(
      context,
      'M006',
      e.callee.span,
      { name: quote(name), what: withArticle(entry?.what ?? 'value'), wanted: 'a function' },
      help,
    );
  } else if (meaning === undefined) unknownFunction(context, e);
  return unknownNode(e.span);
}

function unknownFunction(context: Context, e: Call): void {
  const { name, span } = e.callee;
  if (Object.hasOwn(distributionTable, name)) {
    complain(
      context,
      'M006',
      span,
      { name, what: 'a distribution', wanted: 'a value' },
      {
        help: `a distribution stands after \`~\`: E(z ~ ${name}(…)) …`,
      },
    );
    return;
  }
  if (Object.hasOwn(domainTable, name)) {
    complain(
      context,
      'M006',
      span,
      { name, what: 'a domain', wanted: 'a value' },
      {
        help: 'a domain stands after `in` in a constraint or the declaration of a variable',
      },
    );
    return;
  }
  const guess = didYouMean(name, [...visibleFunctions(context.scope), ...builtinNames]);
  const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
  complain(context, 'M005', span, { name: quote(name) }, help);
}
