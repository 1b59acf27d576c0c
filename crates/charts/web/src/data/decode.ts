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

export async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function block(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return inflate(fromBase64(text.trim()));
}

export type Offsets = Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Running sums of varints: offsets from the first time, in units. */
export function sums(bytes: Uint8Array, count: number, largest: number): Offsets {
  const out: Offsets = largest > 4294967295 ? new Float64Array(count) : new Uint32Array(count);
  let at = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++]!;
    let value = byte & 127;
    let scale = 128;
    while (byte > 127) {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    }
    sum += value;
    out[i] = sum;
  }
  return out;
}

/** Varints as they are. */
export function varints(bytes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++]!;
    let value = byte & 127;
    let scale = 128;
    while (byte > 127) {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    }
    out[i] = value;
  }
  return out;
}

/** Planes of at most four bytes. */
export function planes(bytes: Uint8Array, count: number, width: number, from = 0): Uint32Array<ArrayBuffer> {
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
  const turned = new Uint8Array(count * 8);
  for (let plane = 0; plane < 8; plane++) {
    const at = plane * count;
    for (let i = 0; i < count; i++) turned[i * 8 + plane] = bytes[at + i]!;
  }
  return new Float64Array(turned.buffer);
}
