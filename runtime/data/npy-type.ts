// The kinds of numbers that .npy files hold, and how each is decoded.

/** Decodes number k of some bytes. */
type Decode = (view: DataView, at: number) => number | bigint;

export interface NpyType {
  /** In bytes. */
  readonly size: number;
  readonly decode: Decode;
  /** Numbers of 64 bits as this machine holds them: copied as they are. */
  readonly native: boolean;
}

const decoders: Readonly<Record<string, readonly [number, (little: boolean) => Decode]>> = {
  f8: [8, (little) => (view, at) => view.getFloat64(at, little)],
  f4: [4, (little) => (view, at) => view.getFloat32(at, little)],
  f2: [2, (little) => (view, at) => half(view.getUint16(at, little))],
  i8: [8, (little) => (view, at) => view.getBigInt64(at, little)],
  u8: [8, (little) => (view, at) => view.getBigUint64(at, little)],
  i4: [4, (little) => (view, at) => view.getInt32(at, little)],
  u4: [4, (little) => (view, at) => view.getUint32(at, little)],
  i2: [2, (little) => (view, at) => view.getInt16(at, little)],
  u2: [2, (little) => (view, at) => view.getUint16(at, little)],
  i1: [1, () => (view, at) => view.getInt8(at)],
  u1: [1, () => (view, at) => view.getUint8(at)],
  b1: [1, () => (view, at) => view.getUint8(at)],
};

const littleMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The type of NumPy's `descr`, such as `<f8`; undefined where it is none of real numbers. */
export function npyType(descr: string): NpyType | undefined {
  const order = descr.slice(0, 1);
  const name = descr.slice(1);
  if (!'<>|='.includes(order) || !Object.hasOwn(decoders, name)) return undefined;
  const [size, decoder] = decoders[name];
  const little = order === '=' ? littleMachine : order !== '>';
  return { size, decode: decoder(little), native: name === 'f8' && little === littleMachine };
}

/** A number of 16 bits (IEEE 754 binary16). */
function half(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
