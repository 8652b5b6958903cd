import { addSums, IpAddress, type NetworkInterface, type Packet, type PacketPool } from '@netwright/core';
import { IPV6, IPV6_SIZE, NextHeader, writeIpv6 } from '../ipv6/header.js';
import { MLD } from './header.js';

/** Hop-by-hop options: a router alert, padded (RFC 2711, RFC 3810 section 5). */
const ALERT_SIZE = 8;
const ALERT = [NextHeader.Icmpv6, 0, 5, 2, 0, 0, 1, 0];
/** Bytes in front of each message. */
export const MLD_OVERHEAD = IPV6_SIZE + ALERT_SIZE;

/** The address to send from: a link-local one, or :: where there is none yet (RFC 3810 section 5.2.13). */
export function linkLocalOn(via: NetworkInterface): IpAddress {
  return via.addresses.find(({ address }) => isLinkLocal(address))?.address ?? IpAddress.any6;
}

/** fe80::/10 */
export function isLinkLocal(address: IpAddress): boolean {
  return address.version === 6 && address.a >>> 22 === 0x3fa;
}

/** Makes a packet of a message of `size` bytes to a group, without a link header. @returns null when no memory is free */
export function mldPacket(
  pool: PacketPool,
  source: IpAddress,
  destination: IpAddress,
  size: number,
  write: (view: DataView, at: number) => void,
): Packet | null {
  const packet = pool.take(MLD_OVERHEAD + size);
  if (packet === null) return null;
  const { view, bytes } = packet;
  const at = packet.append(MLD_OVERHEAD + size);
  const body = at + MLD_OVERHEAD;
  writeIpv6(view, at, {
    trafficClass: 0,
    flowLabel: 0,
    payloadLength: ALERT_SIZE + size,
    nextHeader: NextHeader.HopByHop,
    hopLimit: 1,
    source,
    destination,
  });
  bytes.set(ALERT, at + IPV6_SIZE);
  write(view, body);
  view.setUint16(body + MLD.checksum, 0);
  const pseudo = addSums(pool.sum(at + IPV6.source, 32), NextHeader.Icmpv6 + size);
  view.setUint16(body + MLD.checksum, ~addSums(pool.sum(body, size), pseudo) & 0xffff);
  packet.network = at;
  packet.transport = body;
  packet.sourceAt = at + IPV6.source;
  packet.destinationAt = at + IPV6.destination;
  packet.addressLength = 16;
  return packet;
}

/** Whether a received packet has a router alert among its hop-by-hop options. */
export function hasRouterAlert({ view, network, end }: Packet): boolean {
  if (view.getUint8(network + IPV6.nextHeader) !== NextHeader.HopByHop) return false;
  let at = network + IPV6_SIZE;
  const stop = Math.min(end, at + ((view.getUint8(at + 1) + 1) << 3));
  for (at += 2; at < stop; at += view.getUint8(at) === 0 ? 1 : 2 + view.getUint8(at + 1)) {
    if (view.getUint8(at) === ALERT[2]) return true;
  }
  return false;
}
