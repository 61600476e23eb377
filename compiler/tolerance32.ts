/** The smallest relative tolerance that a method in 32 bits is asked for: 84 units of rounding (2^-23). Sums over the data and the steps of a method each
 * lose some; below this the certificate, which has 64 bits, would mostly see rounding. */
export const leastTolerance32 = 1e-5;
