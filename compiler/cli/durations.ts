const units: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60, h: 3600 };

/** `20 s`, `500ms`, `2 min`, `1 h`, or plain seconds; in seconds. */
export function readDuration(text: string): number | undefined {
  const match = /^\s*(\d+\.?\d*(?:e[+-]?\d+)?)\s*(ms|s|min|h)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]) * (units[match[2] ?? 's'] ?? NaN);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

export function readPositive(text: string): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
