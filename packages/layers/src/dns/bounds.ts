/** Bytes of a message's header (RFC 1035 section 4.1.1). */
const HEADER = 12;
/** Bytes of a question after its name, and of a record between its name and its data. */
const QUESTION = 4;
const RECORD = 10;
/** Data of these types has one length (RFC 1035 section 3.4.1, RFC 3596 section 2.2). */
const LENGTHS = new Map([
  [1, 4],
  [28, 16],
]);

/**
 * Whether every question and record that a message announces lies within it. The codec itself reads on behind the
 * end where the data of a record is cut, and makes addresses of it.
 */
export function liesWithin(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER) return false;
  let at = HEADER;
  for (let left = view.getUint16(4); left > 0; left--) {
    at = afterName(bytes, at) + QUESTION;
    if (at > bytes.length) return false;
  }
  for (let left = view.getUint16(6) + view.getUint16(8) + view.getUint16(10); left > 0; left--) {
    const fixed = afterName(bytes, at);
    at = fixed + RECORD;
    if (at > bytes.length) return false;
    const length = view.getUint16(at - 2);
    const expected = LENGTHS.get(view.getUint16(fixed));
    if (expected !== undefined && expected !== length) return false;
    at += length;
    if (at > bytes.length) return false;
  }
  return true;
}

/** The offset behind a name: its labels up to the root, or to a pointer; beyond the end where it does not end. */
function afterName(bytes: Uint8Array, at: number): number {
  while (at < bytes.length) {
    const length = bytes[at];
    if (length >= 0xc0) return at + 2;
    at += length + 1;
    if (length === 0) return at;
  }
  return bytes.length + 1;
}
