/** From the text of a block to numbers. Used by the page and by its worker. */

type Base64 = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as Base64).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Whether this browser can read blocks: Chrome and Edge 103, Firefox 113, Safari 16.4. */
export function canInflate(): boolean {
  try {
    return new DecompressionStream("deflate-raw") instanceof DecompressionStream;
  } catch {
    return false;
  }
}

/** No block is larger than this: a few kilobytes can unpack to all the memory there is. */
const LARGEST = 1 << 29;

/** Unpacks; fails where that gives more than `most` bytes. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, most = LARGEST): Promise<Uint8Array<ArrayBuffer>> {
  const limit = Math.min(most, LARGEST);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      void reader.cancel().catch(() => undefined);
      throw new Error(`a block is larger than its rows can be (${limit.toLocaleString("en")} bytes)`);
    }
    parts.push(value);
  }
  const [only] = parts;
  if (parts.length === 1 && only && only.byteLength === only.buffer.byteLength) return only as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

export async function block(text: string, most = LARGEST): Promise<Uint8Array<ArrayBuffer>> {
  return inflate(fromBase64(text.trim()), most);
}

export type Offsets = Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A varint of 64 bits has ten bytes. */
export const VARINT = 10;

function short(): never {
  throw new Error("a block ends before its rows do");
}

function enough(bytes: Uint8Array, wanted: number): void {
  if (bytes.length < wanted) short();
}

const HALF = 4294967296;

/** Reads varints of 64 bits in two halves of 32: beyond 2^53 a number alone would lose the lower bits. */
class Varints {
  high = 0;
  low = 0;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Adds the next one to both halves. */
  add(): void {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    let { low } = this;
    low += byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[this.at++]!;
      const bits = byte & 127;
      if (shift < 28) low += bits << shift;
      else if (shift === 28) {
        low += (bits & 15) * 268_435_456;
        this.high += bits >>> 4;
      } else if (shift < 70) this.high += bits * 2 ** (shift - 32);
      else throw new Error("a number is too long");
    }
    if (low >= HALF) {
      low -= HALF;
      this.high++;
    }
    this.low = low;
  }

  /** The number that is nearest to the two halves. */
  get value(): number {
    return this.high * HALF + this.low;
  }

  close(): void {
    if (this.at > this.bytes.length) short();
  }
}

/** Running sums of varints: offsets from the first time, in units, none beyond `largest`. */
export function sums(bytes: Uint8Array, count: number, largest: number): Offsets {
  enough(bytes, count);
  const wide = largest > HALF - 1;
  const out: Offsets = wide ? new Float64Array(count) : new Uint32Array(count);
  // `largest` is a number, too: the nearest one.
  const most = wide ? largest * (1 + 2 ** -50) : largest;
  const reader = new Varints(bytes);
  for (let i = 0; i < count; i++) {
    reader.add();
    const { value } = reader;
    if (!(value <= most)) throw new Error("times lie beyond the end of the axis");
    out[i] = value;
  }
  reader.close();
  return out;
}

/** Varints as they are. */
export function varints(bytes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  enough(bytes, count);
  const out = new Float64Array(count);
  const reader = new Varints(bytes);
  for (let i = 0; i < count; i++) {
    reader.high = 0;
    reader.low = 0;
    reader.add();
    out[i] = reader.value;
  }
  reader.close();
  return out;
}

/** Planes of at most four bytes. */
export function planes(bytes: Uint8Array, count: number, width: number, from = 0): Uint32Array<ArrayBuffer> {
  enough(bytes, from + count * width);
  const out = new Uint32Array(count);
  for (let plane = 0; plane < width; plane++) {
    const at = from + plane * count;
    const shift = 8 * plane;
    for (let i = 0; i < count; i++) out[i]! |= bytes[at + i]! << shift;
  }
  return out;
}

/** Planes of eight bytes. */
export function doubles(bytes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  enough(bytes, count * 8);
  const turned = new Uint8Array(count * 8);
  for (let plane = 0; plane < 8; plane++) {
    const at = plane * count;
    for (let i = 0; i < count; i++) turned[i * 8 + plane] = bytes[at + i]!;
  }
  return new Float64Array(turned.buffer);
}

/** Codes of one byte, each below `most`: they are places in lists. */
export function codes<Codes extends Uint8Array | Uint16Array>(found: Codes, count: number, most: number): Codes {
  if (found.length < count) short();
  for (let i = 0; i < count; i++) if (found[i]! >= most) throw new Error("a row has a lane or colour that is not there");
  return found;
}
