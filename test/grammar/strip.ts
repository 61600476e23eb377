/** A tree without its places, for comparison. */
export function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => key !== 'span' && key !== 'opSpan' && item !== undefined,
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
}
