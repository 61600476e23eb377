// Sizes as they stand in code.
import { minimumOf, type Dim } from '../../tensor/dim.ts';

export function printDim(dim: Dim, symbol: (name: string) => string): string {
  if (dim.monomials.length === 0) return '0';
  const factor = (name: string): string => {
    const least = minimumOf(name);
    if (least === undefined) return symbol(name);
    return `Math.min(${printDim(least[0], symbol)}, ${printDim(least[1], symbol)})`;
  };
  return dim.monomials
    .map(({ coefficient, symbols }, k) => {
      const size = Math.abs(coefficient);
      const factors = [
        ...(size === 1 && symbols.length > 0 ? [] : [String(size)]),
        ...symbols.map(factor),
      ];
      const sign = coefficient < 0 ? (k === 0 ? '-' : ' - ') : k === 0 ? '' : ' + ';
      return `${sign}${factors.join(' * ')}`;
    })
    .join('');
}
