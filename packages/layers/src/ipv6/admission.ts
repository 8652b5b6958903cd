import type { NetworkInterface, Packet } from '@netwright/core';
import type { Groups } from '../ip/groups.js';
import { type Ipv6Addresses, isMartianDestination6, isMartianSource6 } from './addresses.js';
import type { Ipv6Counter } from './counters.js';
import { checkIpv6, IPV6, IPV6_SIZE, NextHeader } from './header.js';

const MALFORMED = {
  'too-short': 'tooShort',
  version: 'badVersion',
  'payload-length': 'badPayloadLength',
} as const;

/** Decides which received packets are for us. */
export class Admission6 {
  constructor(
    private readonly addresses: Ipv6Addresses,
    private readonly groups: Groups,
  ) {}

  /** Checks a received packet. @returns why it is not for us, or null. */
  admit(packet: Packet): Ipv6Counter | null {
    const { view, start } = packet;
    const via = packet.interface as NetworkInterface;
    const malformed = checkIpv6(view, start, packet.end - start);
    if (malformed !== null) return MALFORMED[malformed];
    packet.trim(IPV6_SIZE + view.getUint16(start + IPV6.payloadLength));
    locate6(packet);
    const { sourceAt, destinationAt } = packet;
    if (via.device.loopback !== true) {
      if (isMartianSource6(view, sourceAt)) return 'martianSource';
      if (isMartianDestination6(view, destinationAt)) return 'martianDestination';
      if (this.addresses.isOwnAt(view, sourceAt) && !isDiscoveryMessage(packet)) return 'ownSource';
    }
    if (this.addresses.isOwnAt(view, destinationAt)) return packet.broadcast ? 'broadcastForOne' : null;
    if (view.getUint8(destinationAt) !== 0xff) return 'notForUs';
    if (!this.groups.has(view, destinationAt, via)) return 'notJoined';
    packet.broadcast = true;
    return null;
  }

  /** Checks a packet of our own that never left. @returns why nobody here wants it, or null. */
  admitLocal(packet: Packet): Ipv6Counter | null {
    const { view } = packet;
    locate6(packet);
    packet.broadcast = view.getUint8(packet.destinationAt) === 0xff;
    const via = packet.interface as NetworkInterface;
    return packet.broadcast && !this.groups.has(view, packet.destinationAt, via) ? 'notJoined' : null;
  }
}

/** Neighbour discovery has to see who else uses an address of ours (RFC 4862 section 5.4.4). */
function isDiscoveryMessage(packet: Packet): boolean {
  const { view, start, end } = packet;
  if (view.getUint8(start + IPV6.nextHeader) !== NextHeader.Icmpv6 || end <= start + IPV6_SIZE) return false;
  const type = view.getUint8(start + IPV6_SIZE);
  return type >= 133 && type <= 137;
}

/** Tells the layers above where the headers are. */
export function locate6(packet: Packet): void {
  const { view, start } = packet;
  packet.network = start;
  packet.sourceAt = start + IPV6.source;
  packet.destinationAt = start + IPV6.destination;
  packet.addressLength = 16;
  packet.trafficClass = (view.getUint16(start) >>> 4) & 0xff;
  packet.hopLimit = view.getUint8(start + IPV6.hopLimit);
}
