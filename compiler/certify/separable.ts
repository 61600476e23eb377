// Multipliers in closed form where every kink is a norm of a variable itself, as in the lasso: the dual falls apart into one problem a variable (an entry
// for absolute values),
//   max over ‖y‖ <= 1 in the dual norm of  w <y, x> - ‖g + w y‖² / (2m),   at the projection of y = (m x - g) / w;
// without strong convexity (m = 0) the slope g + w y is made as small as ‖y‖ <= 1 allows at the kink, and y is the slope of the norm elsewhere.
import type { Node } from '../tensor/ir.ts';
import type { DualProblem } from './dual.ts';

/** One candidate for each modulus of strong convexity, one for none; undefined where a kink is of another kind. */
export function separableMultipliers(dual: DualProblem): readonly (readonly Node[])[] | undefined {
  const { graph, atoms, variables, gradient, tolerance } = dual;
  const places = atoms.map(({ atom: { normOf } }) =>
    normOf === undefined ? -1 : variables.indexOf(normOf),
  );
  if (places.includes(-1) || new Set(places).size < places.length) return undefined;
  const moduli: readonly (Node | undefined)[] =
    dual.moduli.length === 0 ? [undefined] : dual.moduli;
  const named = (y: Node): Node => graph.named(y, 'multiplier');
  return moduli.map((modulus) =>
    atoms.map(({ atom, weight }, k) => {
      const x = variables[places[k]];
      const pull =
        modulus === undefined
          ? graph.neg(gradient[places[k]])
          : graph.sub(graph.mul(modulus, x), gradient[places[k]]);
      const weighs = graph.gt(weight, 0);
      const divisor = graph.named(graph.select(weighs, weight, 1), 'weight');
      const y = atom.project(graph.div(pull, divisor));
      const atKinks = graph.select(atom.fixed(tolerance), atom.start, y);
      return named(
        modulus === undefined
          ? atKinks
          : graph.select(graph.named(graph.gt(modulus, 0), 'strong'), y, atKinks),
      );
    }),
  );
}
