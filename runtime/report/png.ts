// A picture of small integers as a PNG (RFC 2083) with a palette, uncompressed: no library, no file.

export type Rgb = readonly [number, number, number];

/** `pixels[row * width + column]` counts into the palette of at most 256 colours. */
export function palettePng(
  width: number,
  height: number,
  pixels: Uint8Array,
  colors: readonly Rgb[],
): Uint8Array {
  const rows = new Uint8Array(height * (width + 1));
  for (let row = 0; row < height; row++)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', joined([word(width), word(height), Uint8Array.of(8, 3, 0, 0, 0)])),
    chunk('PLTE', Uint8Array.from(colors.flat())),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** As a `data:` address. */
export function dataAddress(png: Uint8Array): string {
  let text = '';
  for (const byte of png) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
}

const word = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = joined([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), content]);
  return joined([word(content.length), body, word(crc32(body))]);
}

/** A zlib stream (RFC 1950) of stored blocks. */
function stored(data: Uint8Array): Uint8Array {
  const most = 65_535;
  const count = Math.max(1, Math.ceil(data.length / most));
  const blocks = Array.from({ length: count }, (_, k) => {
    const part = data.subarray(k * most, (k + 1) * most);
    const [low, high] = [part.length & 255, part.length >>> 8];
    const head = Uint8Array.of(k === count - 1 ? 1 : 0, low, high, low ^ 255, high ^ 255);
    return joined([head, part]);
  });
  return joined([Uint8Array.of(0x78, 0x01), ...blocks, word(adler32(data))]);
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
