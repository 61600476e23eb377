// Arithmetic on constants, carried out once. A result that is no number stays written, so that running it reports its place.
import { constantValue } from '../tensor/dim.ts';
import { evaluateBinary, evaluateUnary } from '../tensor/interpret/scalar.ts';
import { constantEntry } from '../tensor/shape.ts';
import { rule, reduceRule, type AnyRule } from './rule.ts';

const whole = (value: number): boolean => !Number.isNaN(value);

export const constantRules: readonly AnyRule[] = [
  rule('unary', 'f(c)', ({ attributes: { fn }, args: [x], type }, g) => {
    const c = constantEntry(x);
    if (c === undefined) return undefined;
    const value = evaluateUnary(fn, c);
    return whole(value) ? g.full(value, type.shape) : undefined;
  }),
  rule('binary', 'f(c, d)', ({ attributes: { fn }, args: [x, y], type }, g) => {
    const [c, d] = [constantEntry(x), constantEntry(y)];
    if (c === undefined || d === undefined) return undefined;
    const value = evaluateBinary(fn, c, d);
    return whole(value) ? g.full(value, type.shape) : undefined;
  }),
  rule('literal', 'literal of one value', ({ attributes: { values }, type }, g) => {
    const [first] = values;
    return values.length > 0 && values.every((v) => Object.is(v, first))
      ? g.full(first, type.shape)
      : undefined;
  }),
  rule('size', 'size without symbols', ({ attributes: { dim } }, g) => {
    const value = constantValue(dim);
    return value === undefined ? undefined : g.constant(value);
  }),
  reduceRule(['any', 'all'], 'any, all of a constant', (x, axes, g) => {
    const value = constantEntry(x);
    const shape = x.type.shape.filter((_, axis) => !axes.includes(axis));
    const filled = axes.every((axis) => (constantValue(x.type.shape[axis]) ?? 0) > 0);
    return value === undefined || !filled ? undefined : g.full(value === 0 ? 0 : 1, shape);
  }),
];
