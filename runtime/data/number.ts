const pattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a cell is a finite decimal number and nothing else. */
export const isNumber = (cell: string): boolean =>
  pattern.test(cell) && Number.isFinite(Number(cell));

const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-']);

/** Whether a cell stands for a missing value. */
export const isMissing = (cell: string): boolean => missing.has(cell.toLowerCase());
