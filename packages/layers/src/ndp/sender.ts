import { addSums, type Host, IpAddress, type NetworkInterface, type Packet, type Reason } from '@netwright/core';
import { EtherType, multicastMac } from '../ethernet/header.js';
import { IPV6, IPV6_SIZE, NextHeader, writeIpv6 } from '../ipv6/header.js';
import type { LinkLayer } from '../link/link-layer.js';
import type { Neighbour } from '../link/neighbour.js';
import { NDP, type NdpMessage, ndpSize, writeNdp } from './header.js';

/** What no router passes on: who sees it knows that it comes from the link (RFC 4861 section 3.1). */
export const HOPS = 255;

/** The group that whoever has `address` hears (RFC 4291 section 2.7.1). */
export function solicitedNode(address: IpAddress): IpAddress {
  return IpAddress.v6(0xff020000, 0, 1, 0xff000000 | (address.d & 0xffffff));
}

/** ff02::1 and ff02::2 */
export const ALL_NODES = IpAddress.v6(0xff020000, 0, 0, 1);
export const ALL_ROUTERS = IpAddress.v6(0xff020000, 0, 0, 2);

/** Makes packets of messages. */
export class NdpSender {
  constructor(
    private readonly host: Host,
    private readonly link: LinkLayer,
    private readonly counters: { noMemory: number },
  ) {}

  /** Sends to a group. */
  toGroup(message: NdpMessage, source: IpAddress, group: IpAddress, via: NetworkInterface, why: Reason): void {
    const packet = this.make(message, source, group, why);
    if (packet === null) return;
    packet.interface = via;
    this.link.send(packet, multicastMac(group), EtherType.Ipv6);
  }

  /** Sends to one, whose hardware address the neighbour knows or finds. */
  toOne(message: NdpMessage, source: IpAddress, to: Neighbour, why: Reason): void {
    const packet = this.make(message, source, to.address, why);
    if (packet !== null) to.send(packet, EtherType.Ipv6);
  }

  private make(message: NdpMessage, source: IpAddress, destination: IpAddress, why: Reason): Packet | null {
    const size = ndpSize(message);
    const packet = this.host.pool.take(IPV6_SIZE + size);
    if (packet === null) {
      this.counters.noMemory++;
      return null;
    }
    const { view, pool } = packet;
    const at = packet.append(IPV6_SIZE + size);
    const body = at + IPV6_SIZE;
    const header = {
      trafficClass: 0,
      flowLabel: 0,
      payloadLength: size,
      nextHeader: NextHeader.Icmpv6,
      hopLimit: HOPS,
    };
    writeIpv6(view, at, { ...header, source, destination });
    writeNdp(view, body, message);
    const pseudo = addSums(pool.sum(at + IPV6.source, 32), NextHeader.Icmpv6 + size);
    view.setUint16(body + NDP.checksum, ~addSums(pool.sum(body, size), pseudo) & 0xffff);
    packet.network = at;
    packet.transport = body;
    packet.sourceAt = at + IPV6.source;
    packet.destinationAt = at + IPV6.destination;
    packet.addressLength = 16;
    packet.reason = why;
    return packet;
  }
}
