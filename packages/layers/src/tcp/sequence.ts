/**
 * Sequence numbers are 32 bits wide and wrap (RFC 9293 section 3.4). They are kept as signed 32-bit integers, which
 * JavaScript engines hold without a heap number, and compared by the sign of their difference.
 */

/** `bytes` after `seq`. */
export function seqAdd(seq: number, bytes: number): number {
  return (seq + bytes) | 0;
}

/** How far `to` is ahead of `from`, in bytes; negative when it is behind. */
export function seqDistance(from: number, to: number): number {
  return (to - from) | 0;
}

/** a < b */
export function seqBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** a <= b */
export function seqAtMost(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}

/** The later of both. */
export function seqMax(a: number, b: number): number {
  return ((a - b) | 0) < 0 ? b : a;
}

/** The earlier of both. */
export function seqMin(a: number, b: number): number {
  return ((a - b) | 0) < 0 ? a : b;
}
