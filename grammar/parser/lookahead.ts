import {
  Alternation,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type IToken,
  type Rule,
  type TokenType,
} from 'chevrotain';

/** What a stretch of grammar may begin with, and whether it may be empty. */
interface First {
  readonly types: ReadonlySet<TokenType>;
  readonly isNullable: boolean;
}

/** The parser that asks. */
interface Reader {
  readonly LA: (howMuch: number) => IToken;
}

interface Place {
  readonly prodOccurrence: number;
  readonly rule: Rule;
}

interface Gated {
  readonly GATE?: (this: Reader) => boolean;
}

const optionals = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} as const;

/**
 * One token decides everywhere in our grammar. The first tokens of a rule are found once here, in chevrotain's own way again for every place that leads to
 * the rule: most of what building a parser takes.
 */
export class FirstTokenLookahead extends LLkLookaheadStrategy {
  private readonly rules = new Map<Rule, First>();

  constructor() {
    super({ maxLookahead: 1 });
  }

  override buildLookaheadForAlternation(
    options: Place & { readonly hasPredicates: boolean },
  ): (alternatives?: readonly Gated[]) => number | undefined {
    const found = below(options.rule).find(
      (part) => part instanceof Alternation && part.idx === options.prodOccurrence,
    );
    const alternatives = found instanceof Alternation ? found.definition : [];
    const firsts = alternatives.map((alternative) => this.first(alternative));
    return options.hasPredicates ? chooseOpen(firsts) : chooseFirst(firsts);
  }

  override buildLookaheadForOptional(
    options: Place & { readonly prodType: keyof typeof optionals },
  ): () => boolean {
    const kind = optionals[options.prodType];
    const found = below(options.rule).find(
      (part) => part instanceof kind && part.idx === options.prodOccurrence,
    );
    const { types, isNullable } = found instanceof kind ? this.sequence(found.definition) : nothing;
    const numbers = numbersOf(types);
    return function (this: Reader) {
      return isNullable || numbers.has(this.LA(1).tokenTypeIdx);
    };
  }

  private first(part: IProduction): First {
    if (part instanceof Terminal) return { types: new Set([part.terminalType]), isNullable: false };
    if (part instanceof NonTerminal) return this.ofRule(part.referencedRule);
    if (part instanceof Alternation) {
      const firsts = part.definition.map((each) => this.first(each));
      return {
        types: new Set(firsts.flatMap(({ types }) => [...types])),
        isNullable: firsts.some(({ isNullable }) => isNullable),
      };
    }
    const { types, isNullable } = this.sequence(definitionOf(part));
    const isOptional =
      part instanceof Option ||
      part instanceof Repetition ||
      part instanceof RepetitionWithSeparator;
    return { types, isNullable: isNullable || isOptional };
  }

  private ofRule(rule: Rule): First {
    const known = this.rules.get(rule);
    if (known !== undefined) return known;
    const made = this.sequence(rule.definition);
    this.rules.set(rule, made);
    return made;
  }

  private sequence(parts: readonly IProduction[]): First {
    const types = new Set<TokenType>();
    for (const part of parts) {
      const first = this.first(part);
      for (const type of first.types) types.add(type);
      if (!first.isNullable) return { types, isNullable: false };
    }
    return { types, isNullable: true };
  }
}

const nothing: First = { types: new Set(), isNullable: true };

const definitionOf = (part: IProduction): readonly IProduction[] =>
  'definition' in part && Array.isArray(part.definition) ? part.definition : [];

/** All parts of a rule, those of other rules apart. */
const below = (part: IProduction): readonly IProduction[] =>
  part instanceof NonTerminal
    ? []
    : definitionOf(part).flatMap((inner) => [inner, ...below(inner)]);

/** The first alternative that a token begins; one that may be empty takes every token. */
function chooseFirst(firsts: readonly First[]): () => number | undefined {
  const chosen = new Map<number, number>();
  const last = firsts.findIndex(({ isNullable }) => isNullable);
  const otherwise = last < 0 ? undefined : last;
  for (const [k, { types }] of firsts.entries()) {
    if (otherwise !== undefined && k > otherwise) break;
    for (const type of numbersOf(types)) if (!chosen.has(type)) chosen.set(type, k);
  }
  return function (this: Reader) {
    return chosen.get(this.LA(1).tokenTypeIdx) ?? otherwise;
  };
}

/** The same among those whose gates are open. */
function chooseOpen(
  firsts: readonly First[],
): (alternatives?: readonly Gated[]) => number | undefined {
  const begins = firsts.map(({ types, isNullable }) => ({ numbers: numbersOf(types), isNullable }));
  return function (this: Reader, alternatives = []) {
    const type = this.LA(1).tokenTypeIdx;
    const k = begins.findIndex(
      ({ numbers, isNullable }, at) =>
        (isNullable || numbers.has(type)) && alternatives[at]?.GATE?.call(this) !== false,
    );
    return k < 0 ? undefined : k;
  };
}

/** The numbers of token types; a type stands for all of its category. */
function numbersOf(types: ReadonlySet<TokenType>): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const { tokenTypeIdx, categoryMatches } of types) {
    if (tokenTypeIdx !== undefined) numbers.add(tokenTypeIdx);
    for (const member of categoryMatches ?? []) numbers.add(member);
  }
  return numbers;
}
