// The oracles that are counted (language.md §6); agents also count what they read as `bits_down`.
export const oracleKinds: readonly string[] = [
  'values',
  'grads',
  'hvps',
  'jvps',
  'solves',
  'projections',
  'proxes',
  'lmos',
  'samples',
  'bits',
  'bits_down',
  'draws',
];
