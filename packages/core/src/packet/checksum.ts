/**
 * The Internet checksum (RFC 1071) over the packet memory.
 *
 * Everything here works on *sums*: the folded 16-bit one's complement sum in network order. A header carries the
 * complement of a sum (`~sum & 0xffff`); a range that contains a correct checksum sums to 0xffff.
 */

/** Sums `length` bytes at offset `at` of the packet memory: 0..0xffff, network order, not complemented. */
export type ChecksumSum = (at: number, length: number) => number;

/** Assembled from tools/checksum.wat by tools/checksum.mjs: 354 bytes, SIMD, reads the packet memory in place. */
const MODULE =
  'AGFzbQEAAAABBwFgAn9/AX8CEgEGcGFja2V0Bm1lbW9yeQIAAQMCAQAHBwEDc3VtAAAKrQIBqgIDAnsBfwF+IAAgAUFgcWohBAJAA0AgACAETw0BIAIgAP0AAAD9f/2uASECIAMgAP0AABD9f/2uASEDIABBIGohAAwACwsgAv0bAK0gAv0bAa18IAL9GwKtIAL9GwOtfHwgA/0bAK0gA/0bAa18IAP9GwKtIAP9GwOtfHx8IQUgAUEfcSEBAkADQCABQQRJDQEgBSAANQAAfCEFIABBBGohACABQQRrIQEMAAsLIAFBAnEEQCAFIAAzAAB8IQUgAEECaiEACyABQQFxBEAgBSAAMQAAfCEFCyAFQv////8PgyAFQiCIfCEFIAVC//8DgyAFQhCIfCEFIAVC//8DgyAFQhCIfCEFIAVC//8DgyAFQhCIfCEFIAWnIQAgAEH/AXFBCHQgAEEIdnIL';

let compiled: WebAssembly.Module | null = null;

/**
 * The fastest sum for this memory: WebAssembly SIMD in place (49 ns for 1460 bytes), or plain JavaScript where the
 * host has no SIMD (152 ns).
 */
export function checksumOver(memory: WebAssembly.Memory): ChecksumSum {
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(MODULE), (c) => c.charCodeAt(0)));
    const instance = new WebAssembly.Instance(compiled, { packet: { memory } });
    return instance.exports.sum as ChecksumSum;
  } catch {
    return plainChecksum(new DataView(memory.buffer));
  }
}

/** The same sum in JavaScript alone: the reference that tests hold the SIMD module against. */
export function plainChecksum(view: DataView): ChecksumSum {
  return (at, length) => {
    let total = 0;
    const end = at + (length & ~3);
    // A double holds 2^53: 64 KiB of 32-bit words cannot overflow it, so carries are folded once, at the end.
    for (; at < end; at += 4) total += view.getUint32(at);
    if (length & 2) {
      total += view.getUint16(at) * 0x10000;
      at += 2;
    }
    if (length & 1) total += length & 2 ? view.getUint8(at) * 0x100 : view.getUint8(at) * 0x1000000;
    return foldSum((total % 0x100000000) + Math.floor(total / 0x100000000));
  };
}

/** Folds a sum of up to 48 bits to 16 bits. */
export function foldSum(total: number): number {
  while (total > 0xffff) total = (total % 0x10000) + Math.floor(total / 0x10000);
  return total;
}

/** Adds two folded sums (16 bits each, or a small number such as a length or protocol). */
export function addSums(a: number, b: number): number {
  const total = a + b;
  const once = (total & 0xffff) + (total >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/**
 * The sum after one 16-bit word of the data changed from `before` to `after` (RFC 1624, equation 3, on sums).
 * @returns the new folded sum.
 */
export function replaceInSum(sum: number, before: number, after: number): number {
  return addSums(addSums(sum, ~before & 0xffff), after);
}
