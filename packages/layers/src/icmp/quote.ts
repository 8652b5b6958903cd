import { IpAddress, type Packet } from '@netwright/core';
import type { NetworkError } from '../ip/network.js';
import { IPV4, IPV4_SIZE, ipv4Destination } from '../ipv4/header.js';
import { ICMP, ICMP_SIZE } from './header.js';

/** Reads what an ICMP message of `length` bytes says of a packet. @returns null where its quote cannot be one of ours. */
export function readQuote(packet: Packet, kind: NetworkError['kind'], length: number): NetworkError | null {
  const { view, start } = packet;
  const quote = start + ICMP_SIZE;
  const quoted = length - ICMP_SIZE;
  const headerSize = quoted >= IPV4_SIZE ? (view.getUint8(quote) & 15) << 2 : 0;
  if (
    packet.broadcast ||
    headerSize < IPV4_SIZE ||
    view.getUint8(quote) >>> 4 !== 4 ||
    // RFC 792: the quote has at least 8 bytes of the transport header, the ports among them.
    quoted < headerSize + 8 ||
    // The ports are in the first fragment alone.
    (view.getUint16(quote + IPV4.fragment) & 0x1fff) !== 0
  )
    return null;
  return {
    kind,
    type: view.getUint8(start),
    code: view.getUint8(start + ICMP.code),
    mtu: kind === 'fragmentation-needed' ? view.getUint16(start + ICMP.nextHopMtu) : 0,
    from: IpAddress.read(view, packet.sourceAt, 4),
    source: IpAddress.read(view, quote + IPV4.source, 4),
    destination: ipv4Destination(view, quote),
    view,
    at: quote + headerSize,
    length: quoted - headerSize,
  };
}
