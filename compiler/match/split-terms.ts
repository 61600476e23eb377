// Which terms of a goal belong to which function of a pattern: the smooth to f, all others to h, of a linear map where h(K*x) asks for it.
import type { Facts } from '../problem/facts/facts.ts';
import type { Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import { mapTerms, type MappedTerms } from './linear-map.ts';
import type { Layout } from './layout.ts';
import { mismatch, type Mismatch } from './mismatch.ts';
import { proxOfTerms, type ProxVariable } from './prox/of-terms.ts';

/** A function of the pattern, as the splitting sees it. */
export interface Slot {
  readonly name: string;
  readonly smooth: boolean;
  readonly prox: boolean;
  readonly mapped: boolean;
}

export interface Filled {
  readonly slot: Slot;
  readonly terms: readonly Term[];
  readonly map: MappedTerms | undefined;
  /** Bounds and domains of the variables are part of it. */
  readonly restricted: boolean;
}

export interface SplitInput {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly layout: Layout;
  readonly terms: readonly Term[];
  readonly slots: readonly Slot[];
  /** The variables, with their bounds and domains where these do not belong to an `x in X`. */
  readonly space: readonly ProxVariable[];
  readonly restricted: boolean;
}

export type Split = { readonly kind: 'split'; readonly filled: readonly Filled[] } | Mismatch;

export function splitTerms(input: SplitInput): Split {
  const { slots } = input;
  const [first, ...others] = slots;
  if (first === undefined) return { kind: 'split', filled: [] };
  if (others.length === 0) return whole(input, first);
  const mapped = slots.find((slot) => slot.mapped);
  return mapped === undefined ? bySmoothness(input) : withMap(input, mapped);
}

/** One function takes all terms; it carries bounds and domains if it has a prox. */
function whole(input: SplitInput, slot: Slot): Split {
  if (slot.mapped) return withMap(input, slot);
  return {
    kind: 'split',
    filled: [
      { slot, terms: input.terms, map: undefined, restricted: input.restricted && slot.prox },
    ],
  };
}

const isSmooth = (facts: Facts, { node }: Term): boolean => {
  const truth = facts.isSmooth(node);
  return truth.kind === 'yes' || truth.kind === 'if';
};

/** The smooth terms to the first function, the others to the next; further functions stay zero, or take bounds and domains. */
function bySmoothness(input: SplitInput): Split {
  const { slots, terms, facts, restricted } = input;
  const smoothSlot = slots.find((slot) => slot.smooth) ?? slots[0];
  const others = slots.filter((slot) => slot !== smoothSlot);
  const smooth = terms.filter((term) => isSmooth(facts, term));
  const rest = terms.filter((term) => !smooth.includes(term));
  const [main, spare] = others;
  const filled = slots.map((slot): Filled => {
    if (slot === smoothSlot) return { slot, terms: smooth, map: undefined, restricted: false };
    if (slot === main)
      return {
        slot,
        terms: rest,
        map: undefined,
        restricted: restricted && (spare === undefined || rest.length === 0),
      };
    return {
      slot,
      terms: [],
      map: undefined,
      restricted: restricted && slot === spare && rest.length > 0,
    };
  });
  return { kind: 'split', filled };
}

/** h(K*x) takes the terms that need it; where f must have a prox, ways are tried until both have one. */
function withMap(input: SplitInput, mapped: Slot): Split {
  const { slots, terms, facts } = input;
  const f = slots.find((slot) => slot !== mapped);
  const smooth = terms.filter((term) => isSmooth(facts, term));
  const rough = terms.filter((term) => !smooth.includes(term));
  if (f === undefined) return assign(input, mapped, undefined, [], terms, true);
  if (f.smooth) return assign(input, mapped, f, smooth, rough, true);
  const own = rough.filter((term) => isIdentity(input, term));
  const plain = [...smooth, ...own];
  const separable = plain.filter((term) => isIdentity(input, term));
  const without = (kept: readonly Term[]): readonly Term[] =>
    terms.filter((term) => !kept.includes(term));
  // Most in f first: it is handled without K.
  const ways = [plain, smooth, separable, own, []];
  let first: Mismatch | undefined;
  for (const kept of ways) {
    for (const inMap of [false, true]) {
      if (!hasProx(input, kept, !inMap)) continue;
      const split = assign(input, mapped, f, kept, without(kept), inMap);
      if (split.kind === 'split') return split;
      first ??= split;
    }
  }
  const [blamed] = terms;
  return (
    first ??
    mismatch(`${f.name} and ${mapped.name} must have a prox`, blamed.span, [
      'no way to share the terms gives both one',
    ])
  );
}

/** The term is a function of the variables themselves, entry by entry or group by group. */
function isIdentity({ graph, layout }: SplitInput, term: Term): boolean {
  const found = mapTerms(graph, [term.node], layout, []);
  return found.kind === 'mapped' && found.with.space.length > 0 && found.with.identityBlocks;
}

function hasProx({ graph, space }: SplitInput, terms: readonly Term[], limits: boolean): boolean {
  const free = space.map(({ input }): ProxVariable => ({
    input,
    lower: undefined,
    upper: undefined,
    domain: undefined,
  }));
  const nodes = terms.map(({ node }) => node);
  return proxOfTerms(graph, nodes, limits ? space : free).kind === 'has';
}

function assign(
  input: SplitInput,
  mapped: Slot,
  f: Slot | undefined,
  inF: readonly Term[],
  inH: readonly Term[],
  limitsInMap: boolean,
): Split {
  const { graph, layout, space, restricted } = input;
  const limits = restricted && limitsInMap ? space.filter(isLimited) : [];
  const nodes = inH.map(({ node }) => node);
  const found = mapTerms(graph, nodes, layout, limits);
  if (found.kind === 'unmapped')
    return mismatch(
      `${mapped.name}(K*x) must be a function with a prox of a linear map, but this term is not known as one`,
      graph.origin(found.culprit) ?? inH[found.term].span,
    );
  const filled: Filled[] = [
    { slot: mapped, terms: inH, map: found.with, restricted: limits.length > 0 },
  ];
  if (f !== undefined)
    filled.push({ slot: f, terms: inF, map: undefined, restricted: restricted && !limitsInMap });
  return { kind: 'split', filled };
}

const isLimited = ({ lower, upper, domain }: ProxVariable): boolean =>
  lower !== undefined || upper !== undefined || domain !== undefined;
