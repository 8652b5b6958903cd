/**
 * ICMP (RFC 792):
 *
 * | offset | bytes | field                                                              |
 * |--------|-------|--------------------------------------------------------------------|
 * | 0      | 1     | type                                                               |
 * | 1      | 1     | code                                                               |
 * | 2      | 2     | checksum of the whole message                                      |
 * | 4      | 2     | echo: identifier; parameter problem: pointer in the upper byte     |
 * | 6      | 2     | echo: sequence number; fragmentation needed: next-hop MTU (RFC 1191) |
 * | 8      | …     | echo: data; errors: the IP header of the packet and what followed  |
 */
export const ICMP = {
  type: 0,
  code: 1,
  checksum: 2,
  rest: 4,
  identifier: 4,
  sequence: 6,
  nextHopMtu: 6,
  data: 8,
} as const;

/** Bytes of the header. */
export const ICMP_SIZE = 8;

/** Message types that the code names. */
export const IcmpType = {
  EchoReply: 0,
  Unreachable: 3,
  SourceQuench: 4,
  Redirect: 5,
  Echo: 8,
  TimeExceeded: 11,
  ParameterProblem: 12,
} as const;

/** An ICMP header as an object: for tests, traces and hooks. */
export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  /** The four bytes behind the checksum, as one number. */
  readonly rest: number;
}

/** Reads the header at `at`, without its checksum. @returns undefined when `length` bytes do not hold one. */
export function readIcmp(view: DataView, at: number, length: number): IcmpHeader | undefined {
  if (length < ICMP_SIZE) return undefined;
  return { type: view.getUint8(at), code: view.getUint8(at + ICMP.code), rest: view.getUint32(at + ICMP.rest) };
}

/** Writes the header at `at` with a checksum of 0: {@link sealIcmp} completes it once the data is there. */
export function writeIcmp(view: DataView, at: number, header: IcmpHeader): void {
  view.setUint8(at, header.type);
  view.setUint8(at + ICMP.code, header.code);
  view.setUint16(at + ICMP.checksum, 0);
  view.setUint32(at + ICMP.rest, header.rest);
}

/** Computes and writes the checksum of a message of `length` bytes. @param sum of the memory that `view` shows. */
export function sealIcmp(
  view: DataView,
  at: number,
  length: number,
  sum: (at: number, length: number) => number,
): void {
  view.setUint16(at + ICMP.checksum, 0);
  view.setUint16(at + ICMP.checksum, ~sum(at, length) & 0xffff);
}

/** Whether messages of this type are about another packet: nobody answers such a message with one. */
export function isIcmpError(type: number): boolean {
  return (
    type === IcmpType.Unreachable ||
    type === IcmpType.SourceQuench ||
    type === IcmpType.Redirect ||
    type === IcmpType.TimeExceeded ||
    type === IcmpType.ParameterProblem
  );
}
