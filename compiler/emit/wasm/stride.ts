// By how much a position grows from row to row.
import { constantDim, multiplyDims, symbolDim } from '../../tensor/dim.ts';
import { isAtom, isLoopVariable, type Index } from '../../schedule/scalar.ts';

/** By how much a position grows with a loop variable, of the only term that has it; undefined where that is no size. */
export function strideWith(
  at: Index,
  isVariable: (symbol: string) => boolean,
): { readonly stride: Index; readonly rest: Index['monomials'] } | undefined {
  const [term, ...others] = at.monomials.filter(({ symbols }) => symbols.some(isVariable));
  if (term === undefined || others.length > 0) return undefined;
  const factors = term.symbols.filter((symbol) => !isVariable(symbol));
  if (factors.length + 1 < term.symbols.length) return undefined;
  if (factors.some((symbol) => isLoopVariable(symbol) || isAtom(symbol))) return undefined;
  return {
    stride: factors.map(symbolDim).reduce(multiplyDims, constantDim(term.coefficient)),
    rest: at.monomials.filter((each) => each !== term),
  };
}
