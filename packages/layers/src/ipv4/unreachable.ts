import { IpAddress, type Packet } from '@netwright/core';
import type { NetworkError, Rejection } from '../ip/network.js';
import { IPV4 } from './header.js';

/** ICMP's words for a rejection (RFC 792, RFC 1812 section 5.2.7.1): codes of type 3. */
export const UNREACHABLE: Record<Rejection, number> = {
  'network-unreachable': 0,
  'host-unreachable': 1,
  'protocol-unreachable': 2,
  'port-unreachable': 3,
  prohibited: 13,
};

/** The protocol of a packet that starts with its IP header. */
export function protocolOf(packet: Packet): number {
  return packet.view.getUint8(packet.start + IPV4.protocol);
}

/** What a router would say of a packet of ours whose next hop does not answer: here it is the stack itself that says so. */
export function hostUnreachable(packet: Packet): NetworkError {
  const { view, start } = packet;
  const source = IpAddress.read(view, start + IPV4.source, 4);
  const headerSize = (view.getUint8(start) & 15) << 2;
  return {
    kind: 'host-unreachable',
    type: 3,
    code: 1,
    mtu: 0,
    from: source,
    source,
    destination: IpAddress.read(view, start + IPV4.destination, 4),
    view,
    at: start + headerSize,
    length: packet.end - start - headerSize,
  };
}
