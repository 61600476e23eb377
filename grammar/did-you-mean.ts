/**
 * The candidate that the writer of `name` most likely meant, or undefined. A single candidate is
 * offered whatever it is; else one that differs in case only; else the nearest by edit distance, up to a third of
 * the length of the name.
 */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const all = [...new Set(candidates)];
  const [only] = all;
  if (all.length === 1) return only;
  const folded = name.toLowerCase();
  const sameButCase = all.find((c) => c.toLowerCase() === folded);
  return sameButCase ?? nearest(name, all);
}

/** Longer names than this are not words that somebody mistyped. */
const longest = 64;

function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > longest) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  // A name of one letter is at distance 1 from every other.
  return name.length > 1 ? best : undefined;
}

/** Damerau-Levenshtein in its simple form: insert, delete, replace, or swap two neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], j: number): number {
  return row[j] ?? 0;
}
