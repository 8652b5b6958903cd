import type { NetworkInterface, Packet } from '@netwright/core';
import type { Groups } from '../ip/groups.js';
import { type Ipv4Addresses, isMartianDestination, isMartianSource } from './addresses.js';
import type { Ipv4Counter } from './counters.js';
import { checkIpv4, IPV4 } from './header.js';

const MALFORMED = {
  'too-short': 'tooShort',
  version: 'badVersion',
  'header-length': 'badHeaderLength',
  'total-length': 'badTotalLength',
} as const;

/** Decides which received packets are for us. */
export class Admission {
  constructor(
    private readonly addresses: Ipv4Addresses,
    private readonly groups: Groups,
  ) {}

  /** Checks a received packet. @returns why it is not for us, or null. */
  admit(packet: Packet): Ipv4Counter | null {
    const { view, start } = packet;
    const via = packet.interface as NetworkInterface;
    const malformed = checkIpv4(view, start, packet.end - start);
    if (malformed !== null) return MALFORMED[malformed];
    if (packet.pool.sum(start, (view.getUint8(start) & 15) << 2) !== 0xffff) return 'badChecksum';
    packet.trim(view.getUint16(start + IPV4.totalLength));
    locate(packet);
    const source = view.getInt32(start + IPV4.source);
    const destination = view.getInt32(start + IPV4.destination);
    const loopback = via.device.loopback === true;
    if (!loopback) {
      if (isMartianSource(source) && !(source === 0 && packet.broadcast)) return 'martianSource';
      if (isMartianDestination(destination) && !(destination === 0 && packet.broadcast)) return 'martianDestination';
      if (this.addresses.isOwn(source)) return 'ownSource';
      if (this.addresses.isBroadcastOn(source, via)) return 'martianSource';
    }
    if (this.addresses.isOwn(destination) || (loopback && destination >>> 24 === 127)) {
      return packet.broadcast ? 'broadcastForOne' : null;
    }
    if (destination >>> 28 === 0xe) {
      if (!this.groups.has(view, start + IPV4.destination, via)) return 'notJoined';
    } else if (!this.addresses.isBroadcastOn(destination, via)) {
      // Zeros count where the frame was for everybody, too: they might be a host's address else.
      if (!packet.broadcast || !this.addresses.isZeroBroadcastOn(destination, via)) return 'notForUs';
    }
    packet.broadcast = true;
    return null;
  }

  /** Checks a packet of our own that never left. @returns why nobody here wants it, or null. */
  admitLocal(packet: Packet): Ipv4Counter | null {
    const via = packet.interface as NetworkInterface;
    locate(packet);
    const destination = packet.view.getInt32(packet.destinationAt);
    const group = destination >>> 28 === 0xe;
    packet.broadcast = group || this.addresses.isBroadcastOn(destination, via);
    return group && !this.groups.has(packet.view, packet.destinationAt, via) ? 'notJoined' : null;
  }
}

/** Tells the layers above where the headers are. */
export function locate(packet: Packet): void {
  const { view, start } = packet;
  packet.network = start;
  packet.sourceAt = start + IPV4.source;
  packet.destinationAt = start + IPV4.destination;
  packet.addressLength = 4;
  packet.trafficClass = view.getUint8(start + IPV4.trafficClass);
  packet.hopLimit = view.getUint8(start + IPV4.ttl);
}
