/** A unit of rounding of 32-bit numbers. */
export const rounding32 = 2 ** -23;
