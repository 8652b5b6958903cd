import { IpAddress } from '@netwright/core';

/**
 * IPv6 (RFC 8200 section 3):
 *
 * | offset | bytes | field                                                       |
 * |--------|-------|-------------------------------------------------------------|
 * | 0      | 4     | version (4 bits), traffic class (8 bits), flow label (20)   |
 * | 4      | 2     | payload length: what follows this header                    |
 * | 6      | 1     | next header                                                 |
 * | 7      | 1     | hop limit                                                   |
 * | 8      | 16    | source                                                      |
 * | 24     | 16    | destination                                                 |
 *
 * Extension headers follow (section 4): hop-by-hop options, routing and destination options alike begin with
 *
 * | offset | bytes | field                                                       |
 * |--------|-------|-------------------------------------------------------------|
 * | 0      | 1     | next header                                                 |
 * | 1      | 1     | length in units of 8 bytes, the first 8 not counted         |
 * | 2      | …     | options; routing: type, segments left, 4 bytes and data     |
 *
 * and the fragment header (section 4.5) is
 *
 * | offset | bytes | field                                                       |
 * |--------|-------|-------------------------------------------------------------|
 * | 0      | 1     | next header                                                 |
 * | 1      | 1     | reserved                                                    |
 * | 2      | 2     | offset in units of 8 (13 bits), reserved (2), more (1)      |
 * | 4      | 4     | identification                                              |
 */
export const IPV6 = { flow: 0, payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24 } as const;

/** Offsets in extension headers. */
export const EXTENSION = {
  nextHeader: 0,
  length: 1,
  options: 2,
  routingType: 2,
  segmentsLeft: 3,
  fragment: 2,
  identification: 4,
} as const;

/** Bytes of the fixed header. */
export const IPV6_SIZE = 40;
/** Bytes of the fragment header. */
export const FRAGMENT_SIZE = 8;
/** The most that a payload length can say. */
export const IPV6_LARGEST_PAYLOAD = 65535;
/** Every link carries packets of this size (RFC 8200 section 5). */
export const IPV6_MIN_MTU = 1280;

/** Numbers of the next-header field that the code names; TCP and UDP are those of IPv4. */
export const NextHeader = {
  HopByHop: 0,
  Tcp: 6,
  Udp: 17,
  Routing: 43,
  Fragment: 44,
  Icmpv6: 58,
  None: 59,
  DestinationOptions: 60,
} as const;

/** Bits of the word at {@link EXTENSION}.fragment. */
export const Fragment6 = { More: 1, Offset: 0xfff8 } as const;

/** The fixed header as an object: for tests, traces and hooks. */
export interface Ipv6Header {
  readonly trafficClass: number;
  /** 20 bits */
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/** The fragment header as an object. */
export interface Ipv6FragmentHeader {
  readonly nextHeader: number;
  /** Bytes; a multiple of 8. */
  readonly offset: number;
  readonly more: boolean;
  readonly identification: number;
}

/** Why bytes are not an IPv6 packet. */
export type Ipv6Malformed = 'too-short' | 'version' | 'payload-length';

/** Checks what everything else relies on: version and length. @returns null when they hold. */
export function checkIpv6(view: DataView, at: number, length: number): Ipv6Malformed | null {
  if (length < IPV6_SIZE) return 'too-short';
  if (view.getUint8(at) >>> 4 !== 6) return 'version';
  return IPV6_SIZE + view.getUint16(at + IPV6.payloadLength) > length ? 'payload-length' : null;
}

/** Reads the fixed header at `at`. */
export function readIpv6(view: DataView, at: number, length: number): Ipv6Header | Ipv6Malformed {
  const malformed = checkIpv6(view, at, length);
  if (malformed !== null) return malformed;
  const flow = view.getUint32(at);
  return {
    trafficClass: (flow >>> 20) & 0xff,
    flowLabel: flow & 0xfffff,
    payloadLength: view.getUint16(at + IPV6.payloadLength),
    nextHeader: view.getUint8(at + IPV6.nextHeader),
    hopLimit: view.getUint8(at + IPV6.hopLimit),
    source: IpAddress.read(view, at + IPV6.source, 16),
    destination: IpAddress.read(view, at + IPV6.destination, 16),
  };
}

/** Writes the fixed header at `at`, where {@link IPV6_SIZE} bytes are free. */
export function writeIpv6(view: DataView, at: number, header: Ipv6Header): void {
  view.setUint32(at, 0x60000000 | (header.trafficClass << 20) | header.flowLabel);
  view.setUint16(at + IPV6.payloadLength, header.payloadLength);
  view.setUint8(at + IPV6.nextHeader, header.nextHeader);
  view.setUint8(at + IPV6.hopLimit, header.hopLimit);
  header.source.write(view, at + IPV6.source);
  header.destination.write(view, at + IPV6.destination);
}

/** Reads the fragment header at `at`. @returns undefined when `length` bytes do not hold one. */
export function readIpv6Fragment(view: DataView, at: number, length: number): Ipv6FragmentHeader | undefined {
  if (length < FRAGMENT_SIZE) return undefined;
  const field = view.getUint16(at + EXTENSION.fragment);
  return {
    nextHeader: view.getUint8(at),
    offset: field & Fragment6.Offset,
    more: (field & Fragment6.More) !== 0,
    identification: view.getUint32(at + EXTENSION.identification),
  };
}

/** Writes the fragment header at `at`, where {@link FRAGMENT_SIZE} bytes are free. */
export function writeIpv6Fragment(view: DataView, at: number, header: Ipv6FragmentHeader): void {
  view.setUint8(at, header.nextHeader);
  view.setUint8(at + EXTENSION.length, 0);
  view.setUint16(at + EXTENSION.fragment, header.offset | (header.more ? Fragment6.More : 0));
  view.setUint32(at + EXTENSION.identification, header.identification);
}

/** Whether it is one of the headers whose length is their second byte. */
export function isSizedExtension(nextHeader: number): boolean {
  return (
    nextHeader === NextHeader.HopByHop ||
    nextHeader === NextHeader.Routing ||
    nextHeader === NextHeader.DestinationOptions
  );
}

/** What a transport and its layers of error messages see behind the extension headers of a quoted packet. */
export interface Ipv6Payload {
  readonly protocol: number;
  /** Where its header begins. */
  readonly at: number;
  /** Whether it is the first fragment, or no fragment: only there is the transport header. */
  readonly first: boolean;
}

/** Finds the upper-layer header of the packet at `at`, whose fixed header is there. @returns null where it ends before. */
export function findPayload(view: DataView, at: number, end: number): Ipv6Payload | null {
  let protocol = view.getUint8(at + IPV6.nextHeader);
  let here = at + IPV6_SIZE;
  let first = true;
  while (isSizedExtension(protocol) || protocol === NextHeader.Fragment) {
    if (here + 8 > end) return null;
    const size = protocol === NextHeader.Fragment ? FRAGMENT_SIZE : (view.getUint8(here + EXTENSION.length) + 1) << 3;
    if (protocol === NextHeader.Fragment && (view.getUint16(here + EXTENSION.fragment) & Fragment6.Offset) !== 0)
      first = false;
    protocol = view.getUint8(here);
    here += size;
    // What follows a later fragment's header is data.
    if (!first) break;
  }
  return here > end ? null : { protocol, at: here, first };
}
