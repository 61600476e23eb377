export * from './ast.ts';
export { span, join, type Span } from './span.ts';
export { makeSource, position, lineText, type Position, type Source } from './source.ts';
export {
  isError,
  reporter,
  text,
  type Diagnostic,
  type Extra,
  type MessageEntry,
  type MessageTable,
  type ParametersOf,
  type Related,
  type Severity,
  type Template,
  type Values,
} from './diagnostic.ts';
export { didYouMean, editDistance } from './did-you-mean.ts';
export { plain, render, renderAll, type Colors, type RenderOptions } from './render.ts';
export { displayWidth, sanitise } from './display.ts';
export { quote, visible } from './quote.ts';
export { children, walk } from './visit.ts';
export { parse, parseText, readSource, type Parsed } from './parse.ts';
export { grammarMessages, type GrammarCode } from './messages.ts';
export { limits } from './limits.ts';
export { isWord, normalise } from './words.ts';
export { printExpression, printType } from './print/expression.ts';
export { binaryLevel, level, levelOf, type Level } from './precedence.ts';
