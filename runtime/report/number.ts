// Numbers as people read them: enough digits to compare, no more.

/** A value: 9 significant digits, without trailing zeros. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  return trim(value, 9);
}

/** An entry of a solution: 6 significant digits. */
export function formatEntry(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  return value === 0 ? '0' : trim(value, 6);
}

/** A small measure such as a gap: two digits, and an exponent where it is far from one. */
export function formatSmall(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 0.01 && magnitude < 1e5) return String(Number(value.toPrecision(2)));
  return value.toExponential(1).replace('e+', 'e').replace('.0e', 'e');
}

/** Seconds: `340 µs`, `12 ms`, `1.4 s`, `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatValue(seconds);
  if (seconds < 1e-3) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(2))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** A count with thin groups: `12 400`. */
export const formatCount = (count: number): string =>
  Number.isFinite(count) ? String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f') : '∞';

function trim(value: number, digits: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e9) return String(Number(value.toPrecision(digits)));
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`;
}
