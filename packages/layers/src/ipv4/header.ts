import { IpAddress } from '@netwright/core';
import { checkIpOptions } from './header-options.js';
import { finalDestination } from './source-route.js';

/**
 * IPv4 (RFC 791 section 3.1):
 *
 * | offset | bytes | field                                                              |
 * |--------|-------|--------------------------------------------------------------------|
 * | 0      | 1     | version (4 bits), header length in words (4 bits)                  |
 * | 1      | 1     | DSCP (6 bits), ECN (2 bits)                                        |
 * | 2      | 2     | total length                                                       |
 * | 4      | 2     | identification                                                     |
 * | 6      | 2     | reserved, DF, MF (3 bits), fragment offset in units of 8 (13 bits) |
 * | 8      | 1     | time to live                                                       |
 * | 9      | 1     | protocol                                                           |
 * | 10     | 2     | header checksum                                                    |
 * | 12     | 4     | source                                                             |
 * | 16     | 4     | destination                                                        |
 * | 20     | 0..40 | options                                                            |
 */
export const IPV4 = {
  versionAndSize: 0,
  trafficClass: 1,
  totalLength: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
} as const;

/** Bytes of a header without options. */
export const IPV4_SIZE = 20;
/** The largest datagram, header included (RFC 791). */
export const IPV4_LARGEST = 65535;

/** Bits of the word at {@link IPV4}.fragment. */
export const Fragment = { Dont: 0x4000, More: 0x2000, Offset: 0x1fff } as const;

/** Protocol numbers that the code names. */
export const Protocol = { Icmp: 1, Igmp: 2, Tcp: 6, Udp: 17 } as const;

/** An IPv4 header as an object: for tests, traces and hooks. */
export interface Ipv4Header {
  readonly trafficClass: number;
  /** Bytes of header and payload. */
  readonly totalLength: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Bytes; a multiple of 8. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Encoded, 0 to 40 bytes, a multiple of 4. */
  readonly options: Uint8Array;
}

/** Why bytes are not an IPv4 header. */
export type Ipv4Malformed = 'too-short' | 'version' | 'header-length' | 'total-length';

/** Bytes of the header at `at`, options included: 20..60. */
export function ipv4HeaderSize(view: DataView, at: number): number {
  return (view.getUint8(at) & 15) << 2;
}

/** Checks what everything else relies on: version and both lengths. @returns null when they hold. */
export function checkIpv4(view: DataView, at: number, length: number): Ipv4Malformed | null {
  if (length < IPV4_SIZE) return 'too-short';
  const first = view.getUint8(at);
  if (first >>> 4 !== 4) return 'version';
  const size = (first & 15) << 2;
  if (size < IPV4_SIZE || size > length) return 'header-length';
  const total = view.getUint16(at + IPV4.totalLength);
  return total < size || total > length ? 'total-length' : null;
}

/** Reads the header at `at`, without its checksum. */
export function readIpv4(view: DataView, at: number, length: number): Ipv4Header | Ipv4Malformed {
  const malformed = checkIpv4(view, at, length);
  if (malformed !== null) return malformed;
  const fragment = view.getUint16(at + IPV4.fragment);
  const optionsLength = ipv4HeaderSize(view, at) - IPV4_SIZE;
  return {
    trafficClass: view.getUint8(at + IPV4.trafficClass),
    totalLength: view.getUint16(at + IPV4.totalLength),
    identification: view.getUint16(at + IPV4.identification),
    dontFragment: (fragment & Fragment.Dont) !== 0,
    moreFragments: (fragment & Fragment.More) !== 0,
    fragmentOffset: (fragment & Fragment.Offset) << 3,
    ttl: view.getUint8(at + IPV4.ttl),
    protocol: view.getUint8(at + IPV4.protocol),
    source: IpAddress.read(view, at + IPV4.source, 4),
    destination: IpAddress.read(view, at + IPV4.destination, 4),
    options: new Uint8Array(view.buffer, view.byteOffset + at + IPV4.options, optionsLength).slice(),
  };
}

/** Where the packet with the header at `at` was meant to arrive: behind its source route, where it has one. */
export function ipv4Destination(view: DataView, at: number): IpAddress {
  const named = IpAddress.read(view, at + IPV4.destination, 4);
  const length = ipv4HeaderSize(view, at) - IPV4_SIZE;
  if (length === 0) return named;
  const options = new Uint8Array(view.buffer, view.byteOffset + at + IPV4.options, length);
  return checkIpOptions(options).bad >= 0 ? named : finalDestination(options, named);
}

/** Writes the header at `at` with a checksum of 0: {@link sealIpv4} completes it. @returns its bytes. */
export function writeIpv4(view: DataView, at: number, header: Ipv4Header): number {
  const { options } = header;
  view.setUint8(at, 0x45 + (options.length >>> 2));
  view.setUint8(at + IPV4.trafficClass, header.trafficClass);
  view.setUint16(at + IPV4.totalLength, header.totalLength);
  view.setUint16(at + IPV4.identification, header.identification);
  const flags = (header.dontFragment ? Fragment.Dont : 0) | (header.moreFragments ? Fragment.More : 0);
  view.setUint16(at + IPV4.fragment, flags | (header.fragmentOffset >>> 3));
  view.setUint8(at + IPV4.ttl, header.ttl);
  view.setUint8(at + IPV4.protocol, header.protocol);
  view.setUint16(at + IPV4.checksum, 0);
  header.source.write(view, at + IPV4.source);
  header.destination.write(view, at + IPV4.destination);
  for (let i = 0; i < options.length; i++) view.setUint8(at + IPV4.options + i, options[i]);
  return IPV4_SIZE + options.length;
}

/** Computes and writes the header checksum. @param sum of the memory that `view` shows: `pool.sum`. */
export function sealIpv4(view: DataView, at: number, sum: (at: number, length: number) => number): void {
  view.setUint16(at + IPV4.checksum, 0);
  view.setUint16(at + IPV4.checksum, ~sum(at, ipv4HeaderSize(view, at)) & 0xffff);
}
