// Multipliers in closed form where every kink is |x| of a variable itself, as in the lasso: the dual falls apart into one problem an entry,
//   max over |y| <= 1 of  w y x - (g + w y)² / (2m),   at y = (m x - g) / w, cut to [-1, 1];
// without strong convexity (m = 0) the slope g + w y is made as small as |y| <= 1 allows at the kink, and y is the sign of x elsewhere.
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import type { DualProblem } from './dual.ts';

/** One candidate for each modulus of strong convexity, one for none; undefined where a kink is of another kind. */
export function separableMultipliers(dual: DualProblem): readonly (readonly Node[])[] | undefined {
  const { graph, atoms, variables, gradient, tolerance } = dual;
  const places = atoms.map(({ atom: { node } }) =>
    isOp(node, 'unary') && node.attributes.fn === 'abs' ? variables.indexOf(node.args[0]) : -1,
  );
  if (places.includes(-1) || new Set(places).size < places.length) return undefined;
  const moduli: readonly (Node | undefined)[] =
    dual.moduli.length === 0 ? [undefined] : dual.moduli;
  return moduli.map((modulus) =>
    atoms.map(({ atom, weight }, k) => {
      const x = variables[places[k]];
      const pull =
        modulus === undefined
          ? graph.neg(gradient[places[k]])
          : graph.sub(graph.mul(modulus, x), gradient[places[k]]);
      const weighs = graph.gt(weight, 0);
      const y = atom.project(graph.div(pull, graph.select(weighs, weight, 1)));
      const atKinks = graph.select(atom.fixed(tolerance), atom.start, y);
      return modulus === undefined ? atKinks : graph.select(graph.gt(modulus, 0), y, atKinks);
    }),
  );
}
