/**
 * ICMPv6 (RFC 4443 section 2.1):
 *
 * | offset | bytes | field                                                                     |
 * |--------|-------|---------------------------------------------------------------------------|
 * | 0      | 1     | type; errors are below 128                                                |
 * | 1      | 1     | code                                                                      |
 * | 2      | 2     | checksum of pseudo-header and message                                     |
 * | 4      | 4     | echo: identifier (2), sequence number (2); packet too big: MTU; parameter problem: pointer |
 * | 8      | …     | echo: data; errors: as much of the packet as fits 1280 bytes              |
 */
export const ICMPV6 = { type: 0, code: 1, checksum: 2, rest: 4, identifier: 4, sequence: 6, data: 8 } as const;

/** Bytes of the header. */
export const ICMPV6_SIZE = 8;

/** Message types that the code names; those of neighbour discovery are in ndp/. */
export const Icmpv6Type = {
  Unreachable: 1,
  TooBig: 2,
  TimeExceeded: 3,
  ParameterProblem: 4,
  Echo: 128,
  EchoReply: 129,
  Redirect: 137,
} as const;

/** An ICMPv6 header as an object: for tests, traces and hooks. */
export interface Icmpv6Header {
  readonly type: number;
  readonly code: number;
  /** The four bytes behind the checksum, as one number. */
  readonly rest: number;
}

/** Reads the header at `at`, without its checksum. @returns undefined when `length` bytes do not hold one. */
export function readIcmpv6(view: DataView, at: number, length: number): Icmpv6Header | undefined {
  if (length < ICMPV6_SIZE) return undefined;
  return { type: view.getUint8(at), code: view.getUint8(at + ICMPV6.code), rest: view.getUint32(at + ICMPV6.rest) };
}

/** Writes the header at `at` with a checksum of 0: {@link sealIcmpv6} completes it once the data is there. */
export function writeIcmpv6(view: DataView, at: number, header: Icmpv6Header): void {
  view.setUint8(at, header.type);
  view.setUint8(at + ICMPV6.code, header.code);
  view.setUint16(at + ICMPV6.checksum, 0);
  view.setUint32(at + ICMPV6.rest, header.rest);
}

/**
 * Computes and writes the checksum of a message of `length` bytes.
 * @param addressSum the folded sum of both addresses (RFC 8200 section 8.1).
 * @param sum of the memory that `view` shows.
 */
export function sealIcmpv6(
  view: DataView,
  at: number,
  length: number,
  addressSum: number,
  sum: (at: number, length: number) => number,
): void {
  view.setUint16(at + ICMPV6.checksum, 0);
  let total = sum(at, length) + addressSum + length + 58;
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  view.setUint16(at + ICMPV6.checksum, ~total & 0xffff);
}
