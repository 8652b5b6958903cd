import { addSums, type Packet } from '@netwright/core';

/**
 * The UDP header (RFC 768).
 *
 * | offset | bytes | field            |                                                             |
 * |-------:|------:|------------------|-------------------------------------------------------------|
 * |      0 |     2 | source port      | 0 where no answer is expected                               |
 * |      2 |     2 | destination port |                                                             |
 * |      4 |     2 | length           | header and payload, in bytes                                |
 * |      6 |     2 | checksum         | over pseudo-header, header and payload; 0: none was made    |
 */
export const SOURCE_PORT = 0;
export const DESTINATION_PORT = 2;
export const LENGTH = 4;
export const CHECKSUM = 6;

/** Bytes of the header. */
export const UDP_HEADER = 8;
/** The number of UDP in the protocol field of IPv4 and the next header field of IPv6. */
export const UDP_PROTOCOL = 17;
/** The longest payload over IPv4 without options, in bytes: 65535 less both headers. */
export const UDP_MAX_PAYLOAD = 65507;

/** The header as a value: for tests, traces and hooks. */
export interface UdpHeader {
  sourcePort: number;
  destinationPort: number;
  /** Header and payload, in bytes. */
  length: number;
  /** As on the wire. */
  checksum: number;
}

/** Reads the header at `at`. @returns undefined when fewer than 8 of the `available` bytes are there. */
export function readUdpHeader(view: DataView, at: number, available: number): UdpHeader | undefined {
  if (available < UDP_HEADER) return undefined;
  return {
    sourcePort: view.getUint16(at + SOURCE_PORT),
    destinationPort: view.getUint16(at + DESTINATION_PORT),
    length: view.getUint16(at + LENGTH),
    checksum: view.getUint16(at + CHECKSUM),
  };
}

/** Writes the header at `at`, the checksum as it is given. */
export function writeUdpHeader(view: DataView, at: number, header: UdpHeader): void {
  view.setUint16(at + SOURCE_PORT, header.sourcePort);
  view.setUint16(at + DESTINATION_PORT, header.destinationPort);
  view.setUint16(at + LENGTH, header.length);
  view.setUint16(at + CHECKSUM, header.checksum);
}

/**
 * The length of the datagram at `at`, header included.
 * @returns 0 when the bytes cannot be a datagram: shorter than a header, or shorter than they say.
 */
export function udpLength(view: DataView, at: number, available: number): number {
  if (available < UDP_HEADER) return 0;
  const length = view.getUint16(at + LENGTH);
  return length < UDP_HEADER || length > available ? 0 : length;
}

/** The folded sum of the pseudo-header (RFC 768; the sum is the same over IPv6, RFC 8200 section 8.1). */
export function pseudoSum(addressSum: number, length: number): number {
  return addSums(addSums(addressSum, UDP_PROTOCOL), length);
}

/** The checksum field for a datagram whose sum, with pseudo-header and an empty field, is `sum`. */
export function checksumField(sum: number): number {
  const checksum = ~sum & 0xffff;
  // A zero in the field means that there is no checksum; 0xffff is the same number in one's complement (RFC 768).
  return checksum === 0 ? 0xffff : checksum;
}

/** Whether a received datagram that carries a checksum is as it was sent. `packet.start` is at the header. */
export function checksumHolds(packet: Packet, length: number): boolean {
  const { sum } = packet.pool;
  const addresses = addSums(
    sum(packet.sourceAt, packet.addressLength),
    sum(packet.destinationAt, packet.addressLength),
  );
  return addSums(sum(packet.start, length), pseudoSum(addresses, length)) === 0xffff;
}
