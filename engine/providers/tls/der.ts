/** The few parts of ASN.1's distinguished encoding (X.690) that certificates and requests are made of. */

const universal = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: tag, length, content. */
function element(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from(header), content]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => element(universal.sequence, Buffer.concat(parts));
/** A SET OF: its members are ordered by their encoding, as DER requires. */
export const setOf = (...parts: Uint8Array[]): Buffer =>
  element(universal.set, Buffer.concat([...parts].sort((a, b) => Buffer.compare(a, b))));
export const octetString = (content: Uint8Array): Buffer => element(universal.octetString, content);
export const boolean = (value: boolean): Buffer => element(universal.boolean, Buffer.from([value ? 0xff : 0]));
/** A context-specific tag; `constructed` for EXPLICIT tags and for IMPLICIT ones around a SEQUENCE. */
export const context = (number: number, content: Uint8Array, constructed = true): Buffer =>
  element(0x80 | (constructed ? 0x20 : 0) | number, content);

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = Buffer.from(bytes.subarray(start));
  return element(universal.integer, trimmed[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return element(universal.bitString, Buffer.concat([Buffer.from([unusedBits]), content]));
}

/** A BIT STRING with named bits, the highest ones that are not set left out. */
export function namedBits(bits: readonly number[]): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[Math.floor(bit / 8)]! |= 0x80 >> (bit % 8);
  return bitString(bytes, 7 - (last % 8));
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part % 128];
    for (let high = Math.floor(part / 128); high > 0; high = Math.floor(high / 128))
      groups.unshift(0x80 | (high % 128));
    return groups;
  });
  return element(universal.oid, Buffer.from(bytes));
}

/** PrintableString where the text allows it, else UTF8String, as Go's encoder chooses for names. */
export function text(value: string): Buffer {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  return element(printable ? universal.printableString : universal.utf8String, Buffer.from(value, "utf8"));
}

/** A certificate's time: UTCTime through 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). Whole seconds, UTC. */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? element(universal.utcTime, Buffer.from(digits.slice(2)))
    : element(universal.generalizedTime, Buffer.from(digits));
}

/** An element that was read: its tag, its content and its whole encoding. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/**
 * The elements that follow one another in `bytes`.
 * @throws Error when the bytes are not DER
 */
export function read(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    let length = bytes[at + 1] ?? -1;
    let start = at + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size === 0 || size > 4) throw new Error("not DER: a length that is indefinite or over 4 bytes");
      if (start + size > bytes.length) throw new Error("not DER: cut off within a length");
      length = bytes.readUIntBE(start, size);
      start += size;
    }
    if (length < 0 || start + length > bytes.length) throw new Error("not DER: cut off within an element");
    elements.push({ tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return elements;
}
