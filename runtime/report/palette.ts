// How curves look: a colour and a dash each, the same in every picture of a report.

/** Colours that remain apart for colour-blind readers (Okabe & Ito 2008), for light and for dark paper. */
export const palette = [
  { light: '#0072B2', dark: '#56A9E0' },
  { light: '#D55E00', dark: '#F08A3C' },
  { light: '#009E73', dark: '#2FC79B' },
  { light: '#CC79A7', dark: '#E49CC3' },
  { light: '#B98A00', dark: '#E6B93C' },
  { light: '#3A9AD0', dark: '#8CCBF0' },
  { light: '#7B5EA7', dark: '#B39BE0' },
  { light: '#6B6B6B', dark: '#B0B0B0' },
] as const;

const dashes = ['', '7 3', '2 3', '9 3 2 3', '13 4', '5 2 1 2'] as const;

export interface Stroke {
  /** As CSS, defined by the page. */
  readonly color: string;
  readonly dash: string;
}

/** Of the k-th curve; where colours come again, dashes differ. */
export const strokeOf = (k: number): Stroke => ({
  color: `var(--c${k % palette.length})`,
  dash: dashes[(k + Math.floor(k / palette.length)) % dashes.length],
});

/** `--c0: …;` for the page. */
export const paletteRules = (paper: 'light' | 'dark'): string =>
  palette.map((colors, k) => `--c${k}: ${colors[paper]};`).join(' ');
