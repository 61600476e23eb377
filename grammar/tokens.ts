import { createToken, type TokenType } from 'chevrotain';

/**
 * The token types. `scan` makes the tokens by hand (a number before `..`, lines that begin with `-`, and words of any
 * script are easier said in code than in patterns), so that no type has a pattern here.
 */

function token(name: string, label: string, categories: readonly TokenType[] = []): TokenType {
  return createToken({ name, label, categories: [...categories], line_breaks: false });
}

// Categories: a rule that consumes one takes any of its members.
export const Identifier = token('Identifier', 'a name');
export const Operator = token('Operator', 'an operator');
/** Operators that an arithmetic expression may hold: those that bind tighter than a comparison. */
export const TightOperator = token('TightOperator', 'an operator');
export const BoundOperator = token('BoundOperator', 'a bound');
export const AnyMinus = token('AnyMinus', '`-`');
export const AnyLParen = token('AnyLParen', '`(`');
export const AnyLSquare = token('AnyLSquare', '`[`');
export const BinderWord = token('BinderWord', 'a binder', [Identifier]);
export const RecurrenceWord = token('RecurrenceWord', '`fold` or `scan`', [Identifier]);
export const ImplicitWord = token('ImplicitWord', '`root`, `fixpoint` or `minimizer`', [
  Identifier,
]);
export const Sense = token('Sense', '`minimize` or `maximize`');

export const NumberToken = token('NumberToken', 'a number');
export const StringToken = token('StringToken', 'a string');

// Brackets. The `Line…` types begin a line outside `( )` and `[ ]`: they never continue the line before.
export const LParen = token('LParen', '`(`', [AnyLParen]);
export const LineLParen = token('LineLParen', '`(`', [AnyLParen]);
export const RParen = token('RParen', '`)`');
export const LSquare = token('LSquare', '`[`', [AnyLSquare]);
export const LineLSquare = token('LineLSquare', '`[`', [AnyLSquare]);
export const RSquare = token('RSquare', '`]`');
export const LCurly = token('LCurly', '`{`');
export const RCurly = token('RCurly', '`}`');

export const Comma = token('Comma', '`,`');
export const Semicolon = token('Semicolon', '`;`');
export const Colon = token('Colon', '`:`');
export const Equals = token('Equals', '`=`');
export const Tilde = token('Tilde', '`~`');
export const Apostrophe = token('Apostrophe', "`'`");

export const Minus = token('Minus', '`-`', [Operator, TightOperator, AnyMinus]);
export const LineMinus = token('LineMinus', '`-`', [AnyMinus]);

function operator(name: string, image: string): TokenType {
  return token(name, `\`${image}\``, [Operator, TightOperator]);
}

export const Plus = operator('Plus', '+');
export const Star = operator('Star', '*');
export const Slash = operator('Slash', '/');
export const Backslash = operator('Backslash', '\\');
export const Caret = operator('Caret', '^');
export const DotPlus = operator('DotPlus', '.+');
export const DotMinus = operator('DotMinus', '.-');
export const DotStar = operator('DotStar', '.*');
export const DotSlash = operator('DotSlash', './');
export const DotCaret = operator('DotCaret', '.^');
export const DotDot = operator('DotDot', '..');
export const EqualsEquals = token('EqualsEquals', '`==`', [Operator]);
export const NotEquals = token('NotEquals', '`!=`', [Operator]);

function comparison(name: string, image: string): TokenType {
  return token(name, `\`${image}\``, [Operator, BoundOperator]);
}

export const LessEquals = comparison('LessEquals', '<=');
export const Less = comparison('Less', '<');
export const GreaterEquals = comparison('GreaterEquals', '>=');
export const Greater = comparison('Greater', '>');
/** `<-`: an assignment as a statement, `<` and a minus in an expression. */
export const Arrow = comparison('Arrow', '<-');

function word(image: string, categories: readonly TokenType[] = []): TokenType {
  const name = `Word${image.charAt(0).toUpperCase()}${image.slice(1)}`;
  return token(name, `\`${image}\``, categories);
}

// Reserved words.
export const Problem = word('problem');
export const Method = word('method');
export const Compare = word('compare');
export const FunctionWord = word('function');
export const Import = word('import');
export const Solve = word('solve');
export const Data = word('data');
export const Param = word('param');
export const Var = word('var');
export const Let = word('let');
export const Minimize = word('minimize', [Sense]);
export const Maximize = word('maximize', [Sense]);
export const Find = word('find');
export const Subject = word('subject');
export const Forall = word('forall');
export const Over = word('over');
export const In = word('in', [Operator]);
export const Where = word('where');
export const For = word('for');
export const If = word('if');
export const Then = word('then');
export const Else = word('else');
export const While = word('while');
export const Repeat = word('repeat');
export const Return = word('return');
export const Solves = word('solves');
export const Complements = word('complements');
export const Implies = word('implies');
export const Or = word('or', [Operator]);
export const And = word('and', [Operator]);
export const Not = word('not');
export const True = word('true');
export const False = word('false');
export const Inf = word('inf');

// Words with a meaning in their place only; names everywhere else.
function contextual(image: string): TokenType {
  return word(image, [Identifier]);
}

export const SetWord = contextual('set');
export const Lower = contextual('lower');
export const Metric = contextual('metric');
export const Known = contextual('known');
export const Sparse = contextual('sparse');
export const Optimistic = contextual('optimistic');
export const Pessimistic = contextual('pessimistic');
export const Start = contextual('start');
export const From = contextual('from');
export const To = contextual('to');
export const By = contextual('by');
export const Is = contextual('is');
export const Has = contextual('has');
export const Native = contextual('native');
export const State = contextual('state');
export const Report = contextual('report');
export const Stop = contextual('stop');
export const When = contextual('when');
export const Each = contextual('each');
export const Of = contextual('of');
export const On = contextual('on');
export const With = contextual('with');
export const Via = contextual('via');
export const As = contextual('as');
export const Sweep = contextual('sweep');
export const Seeds = contextual('seeds');
export const Claim = contextual('claim');
export const End = contextual('end');

export const reserved: ReadonlyMap<string, TokenType> = new Map([
  ['problem', Problem],
  ['method', Method],
  ['compare', Compare],
  ['function', FunctionWord],
  ['import', Import],
  ['solve', Solve],
  ['data', Data],
  ['param', Param],
  ['var', Var],
  ['let', Let],
  ['minimize', Minimize],
  ['maximize', Maximize],
  ['find', Find],
  ['subject', Subject],
  ['forall', Forall],
  ['over', Over],
  ['in', In],
  ['where', Where],
  ['for', For],
  ['if', If],
  ['then', Then],
  ['else', Else],
  ['while', While],
  ['repeat', Repeat],
  ['return', Return],
  ['solves', Solves],
  ['complements', Complements],
  ['implies', Implies],
  ['or', Or],
  ['and', And],
  ['not', Not],
  ['true', True],
  ['false', False],
  ['inf', Inf],
]);

const contextualWords: readonly (readonly [string, TokenType])[] = [
  ['set', SetWord],
  ['lower', Lower],
  ['metric', Metric],
  ['known', Known],
  ['sparse', Sparse],
  ['optimistic', Optimistic],
  ['pessimistic', Pessimistic],
  ['start', Start],
  ['from', From],
  ['to', To],
  ['by', By],
  ['is', Is],
  ['has', Has],
  ['native', Native],
  ['state', State],
  ['report', Report],
  ['stop', Stop],
  ['when', When],
  ['each', Each],
  ['of', Of],
  ['on', On],
  ['with', With],
  ['via', Via],
  ['as', As],
  ['sweep', Sweep],
  ['seeds', Seeds],
  ['claim', Claim],
  ['end', End],
  ['sum', BinderWord],
  ['prod', BinderWord],
  ['max', BinderWord],
  ['min', BinderWord],
  ['all', BinderWord],
  ['any', BinderWord],
  ['E', BinderWord],
  ['P', BinderWord],
  ['fold', RecurrenceWord],
  ['scan', RecurrenceWord],
  ['root', ImplicitWord],
  ['fixpoint', ImplicitWord],
  ['minimizer', ImplicitWord],
];

/** The type of each word that is more than a name. */
export const words: ReadonlyMap<string, TokenType> = new Map([...reserved, ...contextualWords]);

/** Operators and punctuation by their first character, longest first. */
export const symbols: ReadonlyMap<string, readonly (readonly [string, TokenType])[]> = new Map([
  ['(', [['(', LParen]]],
  [')', [[')', RParen]]],
  ['[', [['[', LSquare]]],
  [']', [[']', RSquare]]],
  ['{', [['{', LCurly]]],
  ['}', [['}', RCurly]]],
  [',', [[',', Comma]]],
  [';', [[';', Semicolon]]],
  [':', [[':', Colon]]],
  ['~', [['~', Tilde]]],
  ["'", [["'", Apostrophe]]],
  ['+', [['+', Plus]]],
  ['-', [['-', Minus]]],
  ['*', [['*', Star]]],
  ['/', [['/', Slash]]],
  ['\\', [['\\', Backslash]]],
  ['^', [['^', Caret]]],
  [
    '.',
    [
      ['..', DotDot],
      ['.+', DotPlus],
      ['.-', DotMinus],
      ['.*', DotStar],
      ['./', DotSlash],
      ['.^', DotCaret],
    ],
  ],
  [
    '=',
    [
      ['==', EqualsEquals],
      ['=', Equals],
    ],
  ],
  ['!', [['!=', NotEquals]]],
  [
    '<',
    [
      ['<=', LessEquals],
      ['<-', Arrow],
      ['<', Less],
    ],
  ],
  [
    '>',
    [
      ['>=', GreaterEquals],
      ['>', Greater],
    ],
  ],
]);

/** Symbols of one character that begin no other. */
export const punctuation: ReadonlyMap<string, TokenType> = new Map([
  ['(', LParen],
  [')', RParen],
  ['[', LSquare],
  [']', RSquare],
  ['{', LCurly],
  ['}', RCurly],
  [',', Comma],
  [';', Semicolon],
]);

/** Every type, for the parser. */
export const allTokens: readonly TokenType[] = [
  Identifier,
  Operator,
  TightOperator,
  BoundOperator,
  AnyMinus,
  AnyLParen,
  AnyLSquare,
  Sense,
  NumberToken,
  StringToken,
  LineLParen,
  LineLSquare,
  LineMinus,
  ...new Set([...symbols.values()].flatMap((list) => list.map(([, type]) => type))),
  ...new Set(words.values()),
];
