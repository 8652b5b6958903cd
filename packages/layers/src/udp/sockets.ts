import type { IpAddress, Packet } from '@netwright/core';
import type { NetworkError } from '../ip/network.js';
import { DESTINATION_PORT, SOURCE_PORT } from './header.js';
import { PortTable } from './port-table.js';
import type { UdpSocket, UdpSocketOptions } from './socket.js';

/** What a socket says of others on its port. */
export type PortSharing = Pick<UdpSocketOptions, 'reuse' | 'reusePort'>;

/** The open sockets of a stack, and which of them a datagram is for. */
export class UdpSockets extends PortTable<UdpSocket> {
  /** Whether a new socket may have `port` for `address` (null: all of them), next to those that are there. */
  isFree(port: number, address: IpAddress | null, sharing: PortSharing): boolean {
    for (let each = this.first(port); each !== null; each = each.nextOnPort) {
      const shared = (sharing.reuse && each.options.reuse) || (sharing.reusePort && each.options.reusePort);
      if (!shared && overlap(address, each.localAddress)) return false;
    }
    return true;
  }

  /** The socket that fits a received datagram best, or null. `packet.start` is at its header. */
  best(packet: Packet): UdpSocket | null {
    const { view, start, sourceAt, destinationAt, addressLength } = packet;
    let best: UdpSocket | null = null;
    let score = 0;
    const peerPort = view.getUint16(start + SOURCE_PORT);
    for (let each = this.first(view.getUint16(start + DESTINATION_PORT)); each !== null; each = each.nextOnPort) {
      const fit = each.fit(view, destinationAt, sourceAt, addressLength, peerPort);
      if (fit <= score) continue;
      best = each;
      score = fit;
    }
    return best?.options.reusePort === true ? this.spread(packet, best, score) : best;
  }

  /** All that a broadcast or multicast datagram is for. */
  all(packet: Packet): UdpSocket[] {
    const { view, start, sourceAt, destinationAt, addressLength } = packet;
    const hearers: UdpSocket[] = [];
    const peerPort = view.getUint16(start + SOURCE_PORT);
    for (let each = this.first(view.getUint16(start + DESTINATION_PORT)); each !== null; each = each.nextOnPort) {
      if (each.fit(view, destinationAt, sourceAt, addressLength, peerPort) === 0) continue;
      if (each.memberships.admits(view, destinationAt, sourceAt, packet.interface)) hearers.push(each);
    }
    return hearers;
  }

  /** Which of those that share a port gets the datagrams of this peer: always the same one, while they stay. */
  private spread(packet: Packet, best: UdpSocket, score: number): UdpSocket {
    const { view, start, sourceAt, destinationAt, addressLength } = packet;
    const peerPort = view.getUint16(start + SOURCE_PORT);
    const equals: UdpSocket[] = [];
    for (let each: UdpSocket | null = best; each !== null; each = each.nextOnPort) {
      const equal = each.fit(view, destinationAt, sourceAt, addressLength, peerPort) === score;
      if (equal && each.options.reusePort === true) equals.push(each);
    }
    const peer = Math.imul(view.getInt32(sourceAt + addressLength - 4) ^ (peerPort << 8), 0x9e3779b1) >>> 8;
    return equals[peer % equals.length];
  }

  /** The socket that had sent the datagram which ICMP quotes, or null. */
  sender(error: NetworkError): UdpSocket | null {
    let best: UdpSocket | null = null;
    const peerPort = error.view.getUint16(error.at + DESTINATION_PORT);
    for (let each = this.first(error.view.getUint16(error.at + SOURCE_PORT)); each !== null; each = each.nextOnPort) {
      if (each.localAddress !== null && !covers(each.localAddress, error.source)) continue;
      if (each.remoteAddress === null) best ??= each;
      else if (each.remotePort === peerPort && each.remoteAddress.equals(error.destination)) return each;
    }
    return best;
  }
}

/** Whether some destination would belong to both. */
function overlap(a: IpAddress | null, b: IpAddress | null): boolean {
  if (a === null || b === null) return true;
  return covers(a, b) || covers(b, a);
}

function covers(bound: IpAddress, address: IpAddress): boolean {
  return bound.version === address.version && (bound.isAny || bound.equals(address));
}
