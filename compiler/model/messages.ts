// Every message of the model: code → severity, title, text. M0xx names, M1xx shapes, M2xx kinds, M3xx calls, M4xx indices, sets and
// randomness, M5xx problems, M6xx methods, M7xx comparisons, M9xx limits.
import { reporter, text, type MessageTable } from '../../grammar/diagnostic.ts';

export const messages = {
  // Names
  M001: {
    severity: 'error',
    title: 'unknown name',
    message: text`\`${'name'}\` is not declared here`,
  },
  M002: {
    severity: 'error',
    title: 'declared twice',
    message: text`\`${'name'}\` is declared twice`,
  },
  M003: {
    severity: 'warning',
    title: 'hidden name',
    message: text`\`${'name'}\` hides the ${'what'} of the same name`,
    help: text`give it another name`,
  },
  M004: {
    severity: 'warning',
    title: 'unused name',
    message: text`the ${'what'} \`${'name'}\` is never used`,
  },
  M005: {
    severity: 'error',
    title: 'unknown function',
    message: text`there is no function \`${'name'}\``,
  },
  M006: {
    severity: 'error',
    title: 'wrong sort of name',
    message: text`\`${'name'}\` is ${'what'}, but ${'wanted'} is needed here`,
  },
  M007: {
    severity: 'error',
    title: 'ambiguous name',
    message: text`\`${'name'}\` could be the one of ${'first'} or the one of ${'second'}`,
    help: text`give them different names`,
  },
  M008: { severity: 'error', title: 'out of place', message: text`${'what'} has no meaning here` },
  M009: {
    severity: 'error',
    title: 'circular definition',
    message: text`\`${'name'}\` depends on itself: ${'path'}`,
  },
  M010: {
    severity: 'error',
    title: 'recursive function',
    message: text`the function \`${'name'}\` calls itself: ${'path'}`,
    help: text`functions may not recurse; use fold or scan`,
  },
  M011: {
    severity: 'error',
    title: 'import not found',
    message: text`cannot import "${'path'}": ${'reason'}`,
  },
  M012: {
    severity: 'error',
    title: 'circular import',
    message: text`"${'path'}" is imported in a circle: ${'chain'}`,
  },

  // Shapes
  M101: {
    severity: 'error',
    title: 'shapes differ',
    message: text`\`${'op'}\` needs equal shapes, found ${'left'} and ${'right'}`,
  },
  M102: {
    severity: 'error',
    title: 'product does not fit',
    message: text`${'left'} * ${'right'}: the inner sizes ${'a'} and ${'b'} differ`,
  },
  M103: {
    severity: 'error',
    title: 'no such product',
    message: text`\`*\` multiplies scalars, vectors and matrices, found ${'left'} and ${'right'}`,
  },
  M104: {
    severity: 'warning',
    title: 'two plain vectors',
    message: text`\`*\` between two plain vectors: this is read as their inner product`,
    help: text`write x' * y for the inner product, x * y' for the outer, x .* y entry by entry`,
  },
  M105: {
    severity: 'error',
    title: 'system does not fit',
    message: text`\`\\\` solves a system with a matrix on its left: found ${'left'} and ${'right'}`,
  },
  M106: {
    severity: 'error',
    title: 'division by a tensor',
    message: text`\`/\` divides by a scalar, found ${'right'}`,
    help: text`write ./ to divide entry by entry`,
  },
  M107: {
    severity: 'error',
    title: 'power of a tensor',
    message: text`\`^\` raises a scalar, or a square matrix to a whole number; found ${'left'} ^ ${'right'}`,
    help: text`write .^ to raise entry by entry`,
  },
  M108: {
    severity: 'error',
    title: 'transpose',
    message: text`\`'\` transposes a vector or a matrix, found ${'shape'}`,
  },
  M109: {
    severity: 'error',
    title: 'shapes do not broadcast',
    message: text`\`${'op'}\` cannot broadcast ${'left'} with ${'right'}: sizes ${'a'} and ${'b'} differ`,
  },
  M110: {
    severity: 'error',
    title: 'branches differ',
    message: text`the branches of this \`if\` have different shapes: ${'left'} and ${'right'}`,
  },
  M111: {
    severity: 'error',
    title: 'uneven list',
    message: text`the items of this list have different shapes: ${'left'} and ${'right'}`,
  },
  M112: {
    severity: 'error',
    title: 'shape differs from the declared one',
    message: text`${'what'} should be ${'wanted'}, found ${'found'}`,
  },
  M113: {
    severity: 'error',
    title: 'argument does not fit',
    message: text`\`${'name'}\` needs ${'wanted'}, found ${'found'}`,
  },
  M114: {
    severity: 'error',
    title: 'no such axis',
    message: text`axis ${'axis'} of ${'shape'} does not exist`,
    help: text`axes count from 1`,
  },
  M115: {
    severity: 'error',
    title: 'number of indices',
    message: text`${'shape'} takes ${'wanted'}, found ${'found'}`,
  },
  M116: {
    severity: 'error',
    title: 'index out of range',
    message: text`the index ${'index'} leaves the range ${'range'}`,
  },
  M117: {
    severity: 'error',
    title: 'size not fixed',
    message: text`nothing fixes the size \`${'name'}\``,
  },
  M118: {
    severity: 'error',
    title: 'not a size',
    message: text`${'what'} must be a whole number that data and params fix`,
  },
  M119: {
    severity: 'error',
    title: 'scalar needed',
    message: text`${'what'} must be a scalar, found ${'found'}`,
  },
  M120: {
    severity: 'error',
    title: 'negative size',
    message: text`the size ${'size'} is negative`,
  },
  M121: {
    severity: 'error',
    title: 'data has another shape',
    message: text`${'what'}: ${'found'}, but ${'wanted'}`,
  },
  M122: {
    severity: 'error',
    title: 'dimension named twice',
    message: text`\`${'name'}\` is ${'first'} for one argument and ${'second'} for another`,
  },

  // Kinds
  M201: {
    severity: 'error',
    title: 'number needed',
    message: text`${'what'} needs numbers, found ${'found'}`,
  },
  M202: {
    severity: 'error',
    title: 'condition needed',
    message: text`${'what'} must be true or false, found ${'found'}`,
  },
  M203: {
    severity: 'error',
    title: 'whole number needed',
    message: text`${'what'} must be a whole number, found ${'found'}`,
  },
  M204: {
    severity: 'error',
    title: 'kind differs from the declared one',
    message: text`${'what'} is declared ${'wanted'}, but its value is ${'found'}`,
  },
  M205: {
    severity: 'error',
    title: 'labels compared',
    message: text`cannot compare ${'left'} with ${'right'}`,
  },
  M206: {
    severity: 'error',
    title: 'unknown kind',
    message: text`\`${'name'}\` is no kind of element`,
    help: text`kinds are real, int, bool, complex and sets of labels`,
  },
  M207: {
    severity: 'error',
    title: 'constant needed',
    message: text`${'what'} must be written as ${'wanted'}`,
  },

  // Calls
  M301: {
    severity: 'error',
    title: 'number of arguments',
    message: text`\`${'name'}\` takes ${'wanted'}, found ${'found'}`,
  },
  M302: {
    severity: 'error',
    title: 'unknown argument',
    message: text`\`${'name'}\` has no argument \`${'argument'}\``,
  },
  M303: {
    severity: 'error',
    title: 'argument given twice',
    message: text`the argument \`${'argument'}\` of \`${'name'}\` is given twice`,
  },
  M304: {
    severity: 'error',
    title: 'argument missing',
    message: text`\`${'name'}\` needs the argument \`${'argument'}\``,
  },
  M305: {
    severity: 'error',
    title: 'tuple',
    message: text`${'what'} gives ${'found'}, but ${'wanted'}`,
  },
  M306: {
    severity: 'error',
    title: 'function of scalars',
    message: text`\`${'name'}\` takes scalars; applied to tensors its result must be a scalar for each entry, found ${'found'}`,
  },
  M307: {
    severity: 'error',
    title: 'derivative of what',
    message: text`\`${'op'}\` differentiates with respect to a name or an entry of it`,
    help: text`write let u = …, then ${'op'}(e, u)`,
  },
  M308: {
    severity: 'warning',
    title: 'derivative is zero',
    message: text`the expression does not depend on \`${'name'}\`: its derivative is zero`,
  },

  // Indices, sets, randomness
  M401: { severity: 'error', title: 'set needed', message: text`${'what'} is no set` },
  M402: {
    severity: 'error',
    title: 'tuple pattern',
    message: text`the elements of ${'set'} have ${'wanted'}, but ${'found'} are named`,
  },
  M403: {
    severity: 'error',
    title: 'wrong index',
    message: text`this axis is indexed by ${'wanted'}, found ${'found'}`,
  },
  M404: {
    severity: 'error',
    title: 'unknown label',
    message: text`${'set'} has no element "${'label'}"`,
  },
  M405: {
    severity: 'error',
    title: 'binding out of place',
    message: text`${'what'} cannot be bound here`,
  },
  M406: {
    severity: 'error',
    title: 'set depends on a variable',
    message: text`${'what'} may not depend on the variable \`${'name'}\``,
  },
  M407: {
    severity: 'error',
    title: 'element listed twice',
    message: text`the element ${'element'} is listed twice`,
  },
  M408: {
    severity: 'error',
    title: 'set too large',
    message: text`this set has ${'size'} elements; the limit is 2^31`,
  },
  M409: {
    severity: 'error',
    title: 'unknown distribution',
    message: text`there is no distribution \`${'name'}\``,
  },
  M410: {
    severity: 'error',
    title: 'unknown estimator',
    message: text`\`${'name'}\` is no gradient estimator`,
    help: text`estimators are reparam, score, enum and quadrature(n)`,
  },
  M411: {
    severity: 'error',
    title: 'unknown domain',
    message: text`there is no domain \`${'name'}\``,
  },
  M412: {
    severity: 'error',
    title: 'domain does not fit',
    message: text`${'domain'} holds ${'wanted'}, found ${'found'}`,
  },
  M413: {
    severity: 'error',
    title: 'empty list',
    message: text`${'what'} has no elements`,
  },

  // Problems
  M501: {
    severity: 'error',
    title: 'no goal',
    message: text`${'what'} has no goal`,
    help: text`add minimize, maximize or find`,
  },
  M502: {
    severity: 'error',
    title: 'two owners',
    message: text`\`${'name'}\` is owned by two goals`,
  },
  M503: {
    severity: 'error',
    title: 'no owner',
    message: text`no goal owns the variable \`${'name'}\``,
    help: text`add \`${'name'}\` after the \`over\` of the goal that decides it`,
  },
  M504: {
    severity: 'error',
    title: 'goal does not depend on its variables',
    message: text`this goal does not depend on ${'names'}, which it owns`,
  },
  M505: {
    severity: 'error',
    title: 'goal over what',
    message: text`a goal cannot be over \`${'name'}\`: ${'reason'}`,
  },
  M506: {
    severity: 'error',
    title: 'several goals without over',
    message: text`this level has several goals, and more than one has no \`over\``,
    help: text`say which variables each goal decides: minimize … over x`,
  },
  M507: {
    severity: 'error',
    title: 'depends on a variable',
    message: text`${'what'} may not depend on the variable \`${'name'}\``,
  },
  M508: {
    severity: 'error',
    title: 'find beside a goal',
    message: text`a level has either \`find\` or goals`,
  },
  M509: {
    severity: 'error',
    title: 'no constraint',
    message: text`${'what'} is no constraint`,
    help: text`a constraint is a comparison, \`in\` a domain, or several joined by \`and\``,
  },
  M510: {
    severity: 'warning',
    title: 'constraint without a variable',
    message: text`this constraint holds no variable: it is only checked`,
  },
  M511: {
    severity: 'error',
    title: 'complements',
    message: text`\`complements\` stands between two comparisons with zero on the small side, like 0 <= F(z) complements z >= 0`,
  },
  M512: {
    severity: 'error',
    title: 'normal cone',
    message: text`\`normal_cone\` stands only in \`find z subject to { 0 in F(z) + normal_cone }\``,
  },
  M513: {
    severity: 'error',
    title: 'known',
    message: text`\`known\` gives \`value\`, variables and metrics; \`${'name'}\` is none of these`,
  },
  M514: {
    severity: 'error',
    title: 'dual of what',
    message: text`there is no constraint named \`${'name'}\``,
  },
  M515: {
    severity: 'error',
    title: 'size has one value',
    message: text`\`${'symbol'}\` must be ${'value'} here, so it cannot be swept`,
  },
  M516: {
    severity: 'error',
    title: 'data source',
    message: text`${'reason'}`,
  },
  M517: {
    severity: 'error',
    title: 'lower levels use each other',
    message: text`these lower levels each use a variable of the other: ${'path'}`,
    help: text`put them into one lower level as two goals if they play at the same time`,
  },
  M518: {
    severity: 'error',
    title: 'family',
    message: text`${'what'} cannot stand in a family of lower levels: ${'reason'}`,
  },
  M519: {
    severity: 'error',
    title: 'bounds',
    message: text`${'what'}`,
  },
  M520: {
    severity: 'error',
    title: 'robust constraint',
    message: text`the shape of \`${'name'}\` cannot be seen from its use`,
    help: text`give its type: forall(${'name'} : real[n] in …)`,
  },
  M521: {
    severity: 'error',
    title: 'no problem like this',
    message: text`${'what'}`,
  },

  // Methods
  M601: {
    severity: 'error',
    title: 'pattern',
    message: text`a pattern cannot have ${'what'} here`,
  },
  M602: {
    severity: 'error',
    title: 'pattern function',
    message: text`\`${'name'}\` takes ${'wanted'}, as in the pattern; found ${'found'}`,
  },
  M603: {
    severity: 'error',
    title: 'unknown requirement',
    message: text`nothing \`${'verb'} ${'property'}\``,
  },
  M604: {
    severity: 'error',
    title: 'requirement of what',
    message: text`\`${'name'}\` is no function, set or variable of the pattern`,
  },
  M605: {
    severity: 'error',
    title: 'assignment',
    message: text`\`${'name'}\` is ${'what'}; only states and the variables of the pattern change`,
  },
  M606: {
    severity: 'error',
    title: 'state changes its shape',
    message: text`\`${'name'}\` is ${'wanted'}, but is given ${'found'}`,
  },
  M607: {
    severity: 'error',
    title: 'statement out of place',
    message: text`${'what'}`,
  },
  M608: {
    severity: 'error',
    title: 'return',
    message: text`\`return\` gives one value for each of ${'names'}, found ${'found'}`,
  },
  M609: {
    severity: 'error',
    title: "another agent's state",
    message: text`\`${'name'}\` of another agent is known only after \`exchange(${'name'})\``,
  },
  M610: {
    severity: 'error',
    title: 'mean over a distribution',
    message: text`the exact mean over \`${'name'}\` is not known: it was matched by a distribution`,
    help: text`draw from it: let B = batch(${'name'}, k), then E(i in B) …`,
  },
  M611: {
    severity: 'error',
    title: 'only in methods',
    message: text`\`${'name'}\` works on the functions and sets of a method's pattern`,
  },
  M612: {
    severity: 'error',
    title: 'each',
    message: text`\`each\` visits the variables of the pattern or its agents; \`${'name'}\` is neither`,
  },
  M613: {
    severity: 'error',
    title: 'one value for each',
    message: text`\`${'name'}\` is one value for each ${'each'}: outside \`each\` it goes only into report, stop when and return`,
  },

  // Comparisons
  M701: {
    severity: 'error',
    title: 'unknown problem',
    message: text`there is no problem \`${'name'}\``,
  },
  M702: {
    severity: 'error',
    title: 'unknown method',
    message: text`there is no method \`${'name'}\``,
  },
  M703: {
    severity: 'error',
    title: 'unknown reduction',
    message: text`there is no reduction \`${'name'}\``,
  },
  M704: {
    severity: 'error',
    title: 'argument of a reduction',
    message: text`\`${'name'}\` takes ${'wanted'}`,
  },
  M705: {
    severity: 'error',
    title: 'equal labels',
    message: text`two runs are labelled "${'label'}"`,
    help: text`name them apart: with … as "another label"`,
  },
  M706: {
    severity: 'error',
    title: 'setting of what',
    message: text`\`${'name'}\` is no param or data of \`${'problem'}\``,
  },
  M707: {
    severity: 'error',
    title: 'list of values',
    message: text`${'what'}`,
  },
  M708: {
    severity: 'error',
    title: 'unknown quantity',
    message: text`nothing named \`${'name'}\` is recorded`,
  },
  M709: {
    severity: 'error',
    title: 'unknown run',
    message: text`no run is labelled "${'label'}"`,
  },
  M710: {
    severity: 'error',
    title: 'measurement',
    message: text`\`${'name'}\` is written ${'wanted'}`,
  },
  M711: {
    severity: 'warning',
    title: 'sweep unused',
    message: text`nothing depends on the swept name \`${'name'}\``,
  },
  M712: {
    severity: 'error',
    title: 'given twice',
    message: text`${'what'} is given twice`,
  },
  M713: {
    severity: 'warning',
    title: 'comparison of nothing',
    message: text`this comparison has no run`,
    help: text`add with and the name of a method`,
  },

  // Limits
  M901: {
    severity: 'error',
    title: 'too many errors',
    message: text`more than 1,000 errors: the rest is not shown`,
  },
  M902: {
    severity: 'error',
    title: 'nested too deeply',
    message: text`this expression is nested too deeply`,
    help: text`name its parts with let`,
  },
  M903: {
    severity: 'error',
    title: 'too large',
    message: text`with its functions written out this is larger than ${'limit'} expressions`,
  },
} as const satisfies MessageTable;

export type Code = keyof typeof messages;

export const diagnose = reporter(messages);
