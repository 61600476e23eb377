import { text, type MessageTable } from './diagnostic.ts';

/** The messages of the grammar. */
export const grammarMessages = {
  G001: {
    severity: 'error',
    title: 'unexpected text',
    message: text`expected ${'expected'}, found ${'found'}`,
  },
  G002: {
    severity: 'error',
    title: 'reserved word as a name',
    message: text`\`${'word'}\` is a reserved word and cannot be a name`,
    help: text`choose another name, for example \`${'word'}_\``,
  },
  G003: {
    severity: 'error',
    title: 'bracket not closed',
    message: text`\`${'open'}\` is never closed`,
    help: text`add the missing \`${'close'}\``,
  },
  G004: {
    severity: 'error',
    title: 'closing bracket without its opening one',
    message: text`\`${'close'}\` closes nothing here`,
  },
  G005: {
    severity: 'error',
    title: 'missing `}`',
    message: text`a \`}\` is missing before ${'found'}`,
  },
  G006: {
    severity: 'error',
    title: '`=` in place of `==`',
    message: text`\`=\` defines a name; a comparison is written \`==\``,
    help: text`write \`==\``,
  },
  G007: {
    severity: 'error',
    title: 'a definition without `=`',
    message: text`a definition is written with \`=\`, not \`${'found'}\``,
  },
  G008: {
    severity: 'error',
    title: 'spelling of another language',
    message: text`\`${'found'}\` is not written like this in .opt`,
    help: text`write \`${'use'}\``,
  },
  G009: {
    severity: 'error',
    title: 'unknown character',
    message: text`the character ${'character'} has no meaning here`,
  },
  G010: {
    severity: 'error',
    title: 'string not closed',
    message: text`this string is not closed before the end of its line`,
    help: text`end it with \`"\`; a line break inside is written \`\\n\``,
  },
  G011: {
    severity: 'error',
    title: 'unknown escape',
    message: text`\`${'escape'}\` is no escape of a string`,
    help: text`the escapes are \`\\"\`, \`\\\\\`, \`\\n\`, \`\\t\` and \`\\u{…}\``,
  },
  G012: {
    severity: 'error',
    title: 'malformed number',
    message: text`\`${'found'}\` is no number`,
    help: text`write \`${'use'}\``,
  },
  G013: {
    severity: 'error',
    title: 'apostrophe as a quotation mark',
    message: text`an apostrophe is only ever transpose`,
    help: text`strings stand between double quotes`,
  },
  G014: {
    severity: 'error',
    title: 'comment of another language',
    message: text`\`${'found'}\` begins no comment`,
    help: text`a comment runs from \`#\` to the end of the line`,
  },
  G015: {
    severity: 'error',
    title: 'missing operator',
    message: text`an operator is missing before ${'found'}`,
  },
  G016: {
    severity: 'error',
    title: 'unknown keyword',
    message: text`\`${'word'}\` begins no ${'what'}`,
  },
  G017: {
    severity: 'error',
    title: 'in the wrong place',
    message: text`\`${'word'}\` belongs in ${'where'}, not in ${'here'}`,
  },
  G018: {
    severity: 'error',
    title: 'stray separator',
    message: text`\`${'found'}\` separates nothing here`,
    help: text`${'what'} are separated by line ends or \`;\``,
  },
  G019: {
    severity: 'error',
    title: 'constraints without `subject to { … }`',
    message: text`constraints stand in \`subject to { … }\``,
  },
  G020: {
    severity: 'error',
    title: 'missing parentheses',
    message: text`\`${'word'}\` binds loosely: as an operand it needs parentheses`,
    help: text`write \`(${'word'} …)\``,
  },
  G021: {
    severity: 'error',
    title: 'comparison in two directions',
    message: text`a chain of comparisons runs in one direction, but \`${'second'}\` follows \`${'first'}\``,
    help: text`join two comparisons with \`and\``,
  },
  G022: {
    severity: 'error',
    title: 'operators that do not chain',
    message: text`\`${'second'}\` cannot follow \`${'first'}\``,
    help: text`use parentheses`,
  },
  G023: {
    severity: 'error',
    title: 'not a function',
    message: text`only a named function can be called`,
    help: text`for a product write \`*\` before \`(\``,
  },
  G024: {
    severity: 'error',
    title: 'given twice',
    message: text`${'clause'} is given twice`,
  },
  G025: {
    severity: 'error',
    title: 'part that does not belong to the declaration',
    message: text`a ${'member'} takes no ${'clause'}`,
  },
  G026: {
    severity: 'error',
    title: 'assignment of unequal lengths',
    message: text`${'targets'} to the left of \`<-\`, but ${'values'} to its right`,
  },
  G027: {
    severity: 'error',
    title: '`=` in place of `<-`',
    message: text`\`=\` does not assign`,
    help: text`write \`${'name'} <- …\` to change a state, or \`let ${'name'} = …\` for a new name`,
  },
  G028: {
    severity: 'error',
    title: 'duration in the wrong place',
    message: text`a duration belongs only in the \`stop when\` of a compare or solve`,
  },
  G029: {
    severity: 'error',
    title: 'missing body',
    message: text`\`${'word'}(…)\` needs an expression after it, found ${'found'}`,
    help: text`for example \`sum(i in 1..n) x[i]\``,
  },
  G030: {
    severity: 'error',
    title: 'line that does not continue the one before',
    message: text`a line that begins with \`${'found'}\` does not continue the line before`,
    help: text`end the line before with an operator, or put the expression in parentheses`,
  },
  G031: {
    severity: 'error',
    title: 'missing type',
    message: text`\`${'name'}\` needs a type, found ${'found'}`,
    help: text`write \`${'name'} : real\`, or \`: real[n]\` for a vector`,
  },
  G032: {
    severity: 'error',
    title: 'not part of a pattern',
    message: text`the pattern of a method holds goals, constraints and \`lower\` levels, not \`${'word'}\``,
  },
  G033: {
    severity: 'error',
    title: 'missing `over`',
    message: text`variables of a goal follow \`over\``,
    help: text`write \`over ${'name'}\``,
  },
  G034: {
    severity: 'error',
    title: 'unknown qualifier',
    message: text`a requirement is written \`${'name'} is …\` or \`${'name'} has …\``,
    help: text`for example \`f is smooth\`, \`X has project\``,
  },
  G035: {
    severity: 'error',
    title: 'missing name',
    message: text`expected a name for ${'what'}, found ${'found'}`,
  },
  G036: {
    severity: 'error',
    title: 'goal or `find` expected after `forall`',
    message: text`as a member, \`forall(…)\` is followed by a goal or by \`find\``,
    help: text`constraints for each index stand in \`subject to { forall(…) … }\``,
  },
  G040: {
    severity: 'error',
    title: 'nested too deeply',
    message: text`more than ${'limit'} brackets or other nested parts stand inside one another`,
    help: text`name parts of it with \`let\``,
  },
  G041: {
    severity: 'error',
    title: 'file too large',
    message: text`the file is larger than ${'limit'} MB`,
    help: text`keep numbers in a data file and read them with \`from csv(…)\``,
  },
  G042: {
    severity: 'error',
    title: 'not UTF-8',
    message: text`the file is not valid UTF-8: byte ${'offset'} cannot be read`,
    help: text`save it as UTF-8`,
  },
  G043: {
    severity: 'error',
    title: 'NUL in the file',
    message: text`the file holds a NUL character: it is no text`,
  },
  G044: {
    severity: 'error',
    title: 'too many errors',
    message: text`more than ${'limit'} errors: the rest of the file was not read`,
  },
  G045: {
    severity: 'error',
    title: 'expression too long',
    message: text`this expression has more than ${'limit'} operators in one nest`,
    help: text`name parts of it with \`let\`, or use \`sum(…)\``,
  },
  G046: {
    severity: 'error',
    title: 'number too large',
    message: text`\`${'found'}\` is too large for a 64-bit number`,
    help: text`write \`inf\` where infinity is meant`,
  },
} as const satisfies MessageTable;

export type GrammarCode = keyof typeof grammarMessages;
