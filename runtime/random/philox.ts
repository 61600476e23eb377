// Philox 4x32 with 10 rounds: 128 bits of counter and 64 of key to 128 random bits.
// Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, §3.3.

/** Replaces the counter in `words` (four 32-bit words) by the random block for it under the key. */
export function philox(words: Uint32Array, key0: number, key1: number): void {
  let c0 = words[0];
  let c1 = words[1];
  let c2 = words[2];
  let c3 = words[3];
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(c0, 0xd2511f53);
    const high0 = multiplyHigh(c0, 0xd2511f53);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    const high1 = multiplyHigh(c2, 0xcd9e8d57);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The upper 32 bits of the product of two 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)) >>> 0;
}
