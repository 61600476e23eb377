// A function that holds several others (`createStep`: init, step, answer): what they share because it never changes is computed once outside,
// each inner function is scheduled by itself.
import type { Dim } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Plan } from '../../schedule/computation.ts';
import type { Lowered } from '../../schedule/lower.ts';
import { innerPlace, rootPlace, varying, type Place } from '../../schedule/place.ts';
import { countsOf, createPlanner, placedOracles, type Planner } from '../../schedule/planner.ts';
import type { Statement } from '../../schedule/statement.ts';
import type { Target } from '../../schedule/target.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { createCodeUnit, type CodeUnit } from './code-unit.ts';
import { giveFixed, giveShared, giveTables, inputsAround, isFixed } from './inputs.ts';
import { memoryLines, type Memory } from './memory.ts';
import type { ModuleNames } from './module-names.ts';
import type { Namer } from '../../schedule/names.ts';

export interface Section {
  readonly code: CodeUnit;
  readonly planner: Planner;
  /** Lowers the plan; after `settle` of the whole. */
  readonly lower: (plan: Plan) => Lowered;
}

export interface Sections {
  readonly namer: Namer;
  /** An inner function over these nodes; `often` moves what is fixed out of it. */
  readonly section: (nodes: readonly Node[], kind: Place['kind']) => Section;
  /** Lowers what the sections share, once all of them are planned: the unit that holds it, and its statements. */
  readonly settle: () => { readonly code: CodeUnit; readonly statements: readonly Statement[] };
  /** Memory, with that of the caller, and tables of numbers; once everything is lowered. */
  readonly memory: (own?: readonly Memory[]) => readonly string[];
  readonly size: (dim: Dim) => string;
  /** Names taken from `data`. */
  readonly fields: () => readonly string[];
}

export interface SectionOptions {
  readonly nodes: readonly Node[];
  readonly names: ModuleNames;
  readonly places: PlaceTable;
  readonly calls: Set<string>;
  readonly hint: (node: Node) => string | undefined;
  /** Whether oracle calls are counted. */
  readonly counted: boolean;
  /** Whether arrays lie in the memory of WebAssembly. */
  readonly heap: boolean;
}

interface Loan {
  readonly code: CodeUnit;
  readonly target: Target;
  readonly there: Target;
}

export function createSections(options: SectionOptions): Sections {
  const { names, places, calls, hint, counted, heap } = options;
  const namer = names.namer.inner();
  const changing = varying(options.nodes, (input) => !isFixed(input));
  const shared = createCodeUnit({
    roots: [{ place: rootPlace(), nodes: options.nodes }],
    namer,
    letters: names.letters,
    places,
    hint,
    sizeName: names.sizeName,
    calls,
    counted,
    inline: false,
    shared: true,
    heap,
    isKnown: names.isKnown,
  });
  const used = new Set([
    ...giveFixed(shared, names, inputsAround(options.nodes, names)),
    ...giveTables(shared, names, options.nodes),
    ...giveShared(shared, names, options.nodes),
  ]);
  const top = shared.unit.placement.placeOf(options.nodes[0]);
  const lender = createPlanner(shared.unit, top, undefined);
  const loans: Loan[] = [];
  const units: CodeUnit[] = [shared];
  const oracles = new Map<number, Node<'oracle'>>();

  const section = (nodes: readonly Node[], kind: Place['kind']): Section => {
    const outside = rootPlace();
    const place = innerPlace(outside, kind, (node) => changing.has(node.id));
    const code = createCodeUnit({
      roots: [{ place, nodes }],
      namer: namer.inner(),
      letters: names.letters,
      places,
      hint,
      sizeName: names.sizeName,
      calls,
      counted,
      inline: false,
      shared: false,
      heap,
      isKnown: names.isKnown,
    });
    giveFixed(code, names, inputsAround(nodes, names));
    giveTables(code, names, nodes);
    giveShared(code, names, nodes);
    units.push(code);
    for (const node of placedOracles(code.unit, outside)) oracles.set(node.id, node);
    const outer = borrower(code, outside);
    return { code, planner: createPlanner(code.unit, place, outer), lower: code.lower };
  };

  /** Stands for the place outside: what is asked of it is computed by the shared unit. */
  function borrower(code: CodeUnit, place: Place): Planner {
    const plain = createPlanner(code.unit, place, undefined);
    const borrow = (there: Target): Target => {
      lender.keep(there);
      const { hint: wish, shape, storage, boxed, bool } = there;
      const target = code.unit.newTarget({ hint: wish, shape, storage, boxed, bool });
      loans.push({ code, target, there });
      return target;
    };
    return {
      ...plain,
      ensure: (node) => {
        const known = code.unit.targets.get(node.id);
        if (known !== undefined) return known;
        const made = borrow(lender.ensure(node));
        code.unit.targets.set(node.id, made);
        return made;
      },
      ensureCopy: (node) => {
        const known = code.unit.copies.get(node.id);
        if (known !== undefined) return known;
        const made = borrow(lender.ensureCopy(node));
        code.unit.copies.set(node.id, made);
        return made;
      },
      ensureFactors: (matrix, positiveDefinite) => {
        const key = `${matrix.id} ${positiveDefinite}`;
        const known = code.unit.factors.get(key);
        if (known !== undefined) return known;
        const made = borrow(lender.ensureFactors(matrix, positiveDefinite));
        code.unit.factors.set(key, made);
        return made;
      },
      ensureParts: (node) => {
        const known = code.unit.parts.get(node.id);
        if (known !== undefined) return known;
        const made = lender.ensureParts(node).map(borrow);
        code.unit.parts.set(node.id, made);
        return made;
      },
    };
  }

  return {
    namer,
    section,
    settle: () => {
      const lowered = shared.lower({
        ...lender.finish(),
        counts: countsOf([...oracles.values()]),
      });
      for (const { code, target, there } of loans) code.locate(target, shared, there);
      return { code: shared, statements: lowered.statements };
    },
    size: shared.size,
    memory: (own = []) => [
      ...memoryLines([...own, ...units.flatMap((code) => code.memory())], '  ', calls, heap),
      // A table that two parts use has one name.
      ...new Set(units.flatMap((code) => code.tables('  '))),
    ],
    fields: () => [
      ...new Set([...units.flatMap((code) => [...code.usedSizes]).map(names.sizeName), ...used]),
    ],
  };
}
