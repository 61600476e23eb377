import {
  Alternation,
  createTokenInstance,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type IProduction,
  type IToken,
} from 'chevrotain';
import { describe, expect, it } from 'vitest';
import { FileParser } from '../../grammar/parser/file.ts';
import { FirstTokenLookahead } from '../../grammar/parser/lookahead.ts';
import { allTokens } from '../../grammar/tokens.ts';

const kinds = [
  ['Option', Option],
  ['Repetition', Repetition],
  ['RepetitionMandatory', RepetitionMandatory],
  ['RepetitionMandatoryWithSeparator', RepetitionMandatoryWithSeparator],
  ['RepetitionWithSeparator', RepetitionWithSeparator],
] as const;

const partsOf = (part: IProduction): readonly IProduction[] =>
  !(part instanceof NonTerminal) && 'definition' in part && Array.isArray(part.definition)
    ? part.definition.flatMap((inner: IProduction) => [inner, ...partsOf(inner)])
    : [];

const reading = (token: IToken): { LA: () => IToken; LA_FAST: () => IToken } => ({
  LA: () => token,
  LA_FAST: () => token,
});

describe('lookahead by first tokens', () => {
  const parser = new FileParser();
  const rules = Object.values(parser.getGAstProductions());
  const ours = new FirstTokenLookahead();
  const chevrotains = new LLkLookaheadStrategy({ maxLookahead: 1 });
  /** Alternatives whose gates are open. */
  const open = Array.from({ length: 40 }, () => ({ ALT: () => undefined, GATE: () => true }));
  const tokens = allTokens.map((type) => createTokenInstance(type, '', 0, 0, 1, 1, 1, 1));

  const parts = rules.flatMap((rule) => partsOf(rule).map((part) => ({ rule, part })));

  it('has much to compare', () => {
    expect(parts.length).toBeGreaterThan(300);
  });

  it('chooses an alternative as chevrotain does', () => {
    const found = parts.flatMap(({ rule, part }) =>
      part instanceof Alternation ? [{ rule, prodOccurrence: part.idx }] : [],
    );
    expect(found.length).toBeGreaterThan(10);
    for (const place of found)
      for (const hasPredicates of [false, true]) {
        const options = { ...place, hasPredicates, maxLookahead: 1, dynamicTokensEnabled: false };
        const mine = ours.buildLookaheadForAlternation(options);
        const theirs = chevrotains.buildLookaheadForAlternation(options);
        expect(tokens.map((token) => mine.call(reading(token), open))).toEqual(
          tokens.map((token) => theirs.call(reading(token), open)),
        );
      }
  });

  it.each(kinds)('enters as chevrotain does: %s', (prodType, kind) => {
    const found = parts.flatMap(({ rule, part }) =>
      part instanceof kind ? [{ rule, prodOccurrence: part.idx }] : [],
    );
    for (const place of found) {
      const options = { ...place, prodType, maxLookahead: 1, dynamicTokensEnabled: false };
      const mine = ours.buildLookaheadForOptional(options);
      const theirs = chevrotains.buildLookaheadForOptional(options);
      expect(tokens.map((token) => mine.call(reading(token)))).toEqual(
        tokens.map((token) => theirs.call(reading(token))),
      );
    }
  });
});
