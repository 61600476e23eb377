// `stop`, `dual`, and the messages of agents.
import type { Call } from '../../../grammar/ast.ts';
import { didYouMean } from '../../../grammar/did-you-mean.ts';
import { quote } from '../../../grammar/quote.ts';
import type { Matched } from '../arguments.ts';
import type { SpecialName } from '../builtins.ts';
import { complain, fail, unknownNode, type Context } from '../context.ts';
import { anyUnknown, needNumbers, needWholeScalar } from '../kinds.ts';
import { isUnknown } from '../type-of.ts';
import type { TypedExpression } from '../types.ts';
import { argument } from './common.ts';

export function special(
  context: Context,
  name: SpecialName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const { span } = e;
  const [first, second] = matched;
  switch (name) {
    case 'stop': {
      const operand = needNumbers(context, argument(context, first, span), '`stop`');
      return isUnknown(operand.type)
        ? operand
        : { kind: 'stop', operand, type: operand.type, span };
    }
    case 'dual':
      return dual(context, first, e);
    case 'batch':
      return fail(
        context,
        'M006',
        span,
        { name: 'batch(…)', what: 'a set', wanted: 'a value' },
        {
          help: 'write let B = batch(D, k), or for i in batch(D, k)',
        },
      );
    case 'exchange': {
      const value = needNumbers(context, argument(context, first, span), '`exchange`');
      if (context.agents === undefined) {
        return fail(
          context,
          'M008',
          span,
          { what: '`exchange`' },
          {
            help: 'agents exchange inside each c in C { … }',
          },
        );
      }
      return isUnknown(value.type) ? value : { kind: 'exchange', value, type: value.type, span };
    }
    case 'topk':
    case 'randk':
    case 'quantize': {
      const value = needNumbers(context, argument(context, first, span), `\`${name}\``);
      const k = needWholeScalar(
        context,
        argument(context, second, span),
        `the second argument of \`${name}\``,
      );
      if (context.place !== 'method') return fail(context, 'M611', span, { name });
      if (anyUnknown(value, k)) return unknownNode(span);
      const site = name === 'randk' ? { site: siteOf(context, e) } : {};
      const args = [value, k];
      return { kind: 'call', name, args, axis: undefined, ...site, type: value.type, span };
    }
  }
}

const siteOf = ({ shared }: Context, e: Call): number =>
  (shared.sites.get(e) ?? 0) + shared.siteOffset;

function dual(context: Context, first: Matched, e: Call): TypedExpression {
  const name = first.argument?.value;
  if (name === undefined) return unknownNode(e.span);
  const { constraints } = context.shared;
  const written = name.kind === 'Name' ? name.name : '…';
  const find = constraints.get(written);
  if (find === undefined) {
    const guess = didYouMean(written, constraints.keys());
    const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
    complain(context, 'M514', name.span, { name: quote(written) }, help);
    return unknownNode(e.span);
  }
  const constraint = find();
  if (constraint === undefined) return unknownNode(e.span);
  const type = { element: 'real', shape: constraint.shape } as const;
  return { kind: 'dual', constraint, type, span: e.span };
}
