import { type IpAddress, MacAddress, plainChecksum } from '@netwright/core';
import {
  readIpv4,
  readIpv6,
  readTcpHeader,
  writeEthernet,
  writeIpv4,
  writeIpv6,
  writeTcpHeader,
} from '@netwright/layers';
import type { CapturedFrame } from './device.js';

/** Both stations of a script on the link: the stack, and the next hop behind which everybody else is. */
export const STACK_MAC = MacAddress.of(0x0200, 0x0000_0001);
export const GATEWAY_MAC = MacAddress.of(0x0200, 0x0000_0002);

const ETHERNET = 14;
const IPV4 = 20;
const IPV6 = 40;
/** TCP, UDP and ICMPv6 have the checksum with the pseudo-header. */
const SUMMED: ReadonlySet<number> = new Set([6, 17, 58]);

/** What a frame to the stack says of its IP header. */
export interface IpFields {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: number;
  readonly trafficClass: number;
  readonly ttl: number;
}

/** A segment as it is on the wire. */
export interface WireSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Eight flags and AE (0x100). */
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  /** Padded to a multiple of 4. */
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
}

/** A packet that the stack sent, taken apart. */
export interface SeenPacket {
  readonly at: number;
  readonly reason: string;
  readonly protocol: number;
  readonly trafficClass: number;
  readonly ttl: number;
  /** 0 in IPv4. */
  readonly flowLabel: number;
  readonly ipChecksumHolds: boolean;
  readonly checksumHolds: boolean;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** What is in the IP packet. */
  readonly content: Uint8Array;
}

/** Bytes of the IP header of packets between such addresses. */
export function ipHeaderSize(address: IpAddress): number {
  return address.version === 4 ? IPV4 : IPV6;
}

/** An Ethernet frame for the stack. */
export function frameOf(type: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(ETHERNET + content.length);
  writeEthernet(new DataView(bytes.buffer), 0, { destination: STACK_MAC, source: GATEWAY_MAC, type });
  bytes.set(content, ETHERNET);
  return bytes;
}

/** An IP packet. */
export function ipBytes(ip: IpFields, content: Uint8Array): Uint8Array {
  if (ip.source.version === 6) return ipBytes6(ip, content);
  const bytes = new Uint8Array(IPV4 + content.length);
  const view = new DataView(bytes.buffer);
  writeIpv4(view, 0, {
    trafficClass: ip.trafficClass,
    totalLength: IPV4 + content.length,
    identification: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: ip.ttl,
    protocol: ip.protocol,
    source: ip.source,
    destination: ip.destination,
    options: new Uint8Array(0),
  });
  view.setUint16(10, checksum(bytes, 0, IPV4));
  bytes.set(content, IPV4);
  return bytes;
}

function ipBytes6(ip: IpFields, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(IPV6 + content.length);
  const view = new DataView(bytes.buffer);
  writeIpv6(view, 0, {
    trafficClass: ip.trafficClass,
    flowLabel: 0,
    payloadLength: content.length,
    nextHeader: ip.protocol,
    hopLimit: ip.ttl,
    source: ip.source,
    destination: ip.destination,
  });
  bytes.set(content, IPV6);
  return bytes;
}

/** The bytes of a segment, with its checksum. */
export function segmentBytes(ip: Pick<IpFields, 'source' | 'destination'>, segment: WireSegment): Uint8Array {
  const size = 20 + segment.options.length;
  const bytes = new Uint8Array(size + segment.payload.length);
  const view = new DataView(bytes.buffer);
  writeTcpHeader(view, 0, {
    sourcePort: segment.sourcePort,
    destinationPort: segment.destinationPort,
    sequence: segment.seq >>> 0,
    acknowledgment: segment.ack >>> 0,
    size,
    reserved: segment.flags >> 8,
    flags: segment.flags & 0xff,
    window: segment.window,
    checksum: 0,
    urgentPointer: segment.urgent,
  });
  bytes.set(segment.options, 20);
  bytes.set(segment.payload, size);
  view.setUint16(16, transportChecksum(ip.source, ip.destination, 6, bytes));
  return bytes;
}

/** The bytes of a datagram, with its checksum. */
export function datagramBytes(
  ip: Pick<IpFields, 'source' | 'destination'>,
  ports: { source: number; destination: number },
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ports.source);
  view.setUint16(2, ports.destination);
  view.setUint16(4, bytes.length);
  bytes.set(payload, 8);
  view.setUint16(6, transportChecksum(ip.source, ip.destination, 17, bytes) || 0xffff);
  return bytes;
}

/** Checksum with the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1); 0 over bytes whose checksum holds. */
export function transportChecksum(
  source: IpAddress,
  destination: IpAddress,
  protocol: number,
  bytes: Uint8Array,
): number {
  const { size } = source;
  const padded = new Uint8Array(2 * size + 4 + bytes.length);
  const view = new DataView(padded.buffer);
  source.write(view, 0);
  destination.write(view, size);
  view.setUint16(2 * size, protocol);
  view.setUint16(2 * size + 2, bytes.length);
  padded.set(bytes, 2 * size + 4);
  return checksum(padded, 0, padded.length);
}

/** Takes a frame of the stack apart; null where it is not IP (ARP). */
export function readFrame(frame: CapturedFrame): SeenPacket | null {
  const { bytes } = frame;
  return readIp(frame, ETHERNET, (bytes[12] << 8) | bytes[13]);
}

/** Takes the IP packet at `begin` apart; null where the EtherType is none of IP. */
export function readIp(frame: CapturedFrame, begin: number, type: number): SeenPacket | null {
  const { bytes } = frame;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type === 0x86dd) return readIp6(frame, view, begin);
  if (type !== 0x0800) return null;
  const header = readIpv4(view, begin, bytes.length - begin);
  if (typeof header === 'string') throw new Error(`the stack sent a malformed IPv4 header: ${header}`);
  const headerSize = IPV4 + header.options.length;
  const content = bytes.slice(begin + headerSize, begin + header.totalLength);
  return {
    at: frame.at,
    reason: frame.reason,
    protocol: header.protocol,
    trafficClass: header.trafficClass,
    ttl: header.ttl,
    flowLabel: 0,
    ipChecksumHolds: checksum(bytes, begin, headerSize) === 0,
    checksumHolds:
      header.protocol === 1
        ? checksum(content, 0, content.length) === 0
        : holds(header.source, header.destination, header.protocol, content),
    source: header.source,
    destination: header.destination,
    content,
  };
}

/** Whether the checksum of a transport holds; what carries packets has none of that kind. */
function holds(source: IpAddress, destination: IpAddress, protocol: number, content: Uint8Array): boolean {
  return !SUMMED.has(protocol) || transportChecksum(source, destination, protocol, content) === 0;
}

function readIp6({ at, reason, bytes }: CapturedFrame, view: DataView, begin: number): SeenPacket {
  const header = readIpv6(view, begin, bytes.length - begin);
  if (typeof header === 'string') throw new Error(`the stack sent a malformed IPv6 header: ${header}`);
  const { source, destination, nextHeader: protocol, trafficClass, flowLabel, hopLimit: ttl } = header;
  const content = bytes.slice(begin + IPV6, begin + IPV6 + header.payloadLength);
  const checksumHolds = holds(source, destination, protocol, content);
  // The header has no checksum of its own.
  const ip = { protocol, trafficClass, ttl, flowLabel, ipChecksumHolds: true, source, destination };
  return { at, reason, ...ip, checksumHolds, content };
}

/** The segment in a packet; undefined where it is cut short. */
export function readSegment(content: Uint8Array): WireSegment | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const header = readTcpHeader(view, 0, content.length);
  if (header === undefined) return undefined;
  return {
    sourcePort: header.sourcePort,
    destinationPort: header.destinationPort,
    seq: header.sequence | 0,
    ack: header.acknowledgment | 0,
    flags: header.flags | ((header.reserved & 1) << 8),
    window: header.window,
    urgent: header.urgentPointer,
    options: content.slice(20, header.size),
    payload: content.slice(header.size),
  };
}

/** The Internet checksum (RFC 1071): 0 over bytes that carry theirs. */
export function checksum(bytes: Uint8Array, at = 0, length = bytes.length): number {
  return ~plainChecksum(new DataView(bytes.buffer, bytes.byteOffset, bytes.length))(at, length) & 0xffff;
}
