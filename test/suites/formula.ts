// The formulas of the suites, evaluated by their own grammar: numbers, x[3], + - * / ^, parentheses, functions. Knows nothing of the compiler.

export type Point = Readonly<Record<string, readonly number[]>>;
export type Formula = (at: Point) => number;

const functions: Readonly<Record<string, (...args: readonly number[]) => number>> = {
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sqrt: Math.sqrt,
  abs: Math.abs,
  asin: Math.asin,
  atan: Math.atan,
  max: (...args) => Math.max(...args),
  min: (...args) => Math.min(...args),
};

const token = /\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|[A-Za-z_]\w*(?:\[\d+\])?|[-+*/^(),])/y;

/** Throws where the text is no formula. */
export function formula(text: string): Formula {
  const tokens = tokensOf(text);
  let next = 0;
  const takes = (...wanted: readonly string[]): string | undefined => {
    const found = wanted.find((each) => each === tokens[next]);
    if (found !== undefined) next++;
    return found;
  };
  const needs = (wanted: string): void => {
    if (takes(wanted) === undefined) throw new Error(`${wanted} is missing in ${text}`);
  };
  const sum = (): Formula => {
    let left = product();
    for (let op = takes('+', '-'); op !== undefined; op = takes('+', '-')) {
      const [a, b, sign] = [left, product(), op === '+' ? 1 : -1];
      left = (at) => a(at) + sign * b(at);
    }
    return left;
  };
  const product = (): Formula => {
    let left = signed();
    for (let op = takes('*', '/'); op !== undefined; op = takes('*', '/')) {
      const [a, b, divides] = [left, signed(), op === '/'];
      left = (at) => (divides ? a(at) / b(at) : a(at) * b(at));
    }
    return left;
  };
  const signed = (): Formula => {
    const op = takes('+', '-');
    if (op === undefined) return power();
    const inner = signed();
    return op === '+' ? inner : (at) => -inner(at);
  };
  const power = (): Formula => {
    const base = atom();
    if (takes('^') === undefined) return base;
    const exponent = signed();
    return (at) => base(at) ** exponent(at);
  };
  const atom = (): Formula => {
    if (takes('(') !== undefined) {
      const inner = sum();
      needs(')');
      return inner;
    }
    const word = tokens[next++] ?? '';
    if (/^[\d.]/.test(word)) {
      const value = Number(word);
      return () => value;
    }
    const indexed = /^(\w+)\[(\d+)\]$/.exec(word);
    if (indexed !== null) {
      const [, name, index] = indexed;
      return (at) => at[name][Number(index) - 1];
    }
    const apply = functions[word];
    if (apply === undefined) throw new Error(`${word} is not known in ${text}`);
    needs('(');
    const args = [sum()];
    while (takes(',') !== undefined) args.push(sum());
    needs(')');
    return (at) => apply(...args.map((arg) => arg(at)));
  };
  const whole = sum();
  if (next < tokens.length) throw new Error(`${tokens[next]} is left over in ${text}`);
  return whole;
}

function tokensOf(text: string): readonly string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`no formula at ${at} of ${text}`);
    found.push(match[1]);
  }
  return found;
}
