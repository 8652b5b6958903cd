import { ChecksumState, type Packet } from '@netwright/core';
import { FRAGMENT_SIZE, IPV6, IPV6_SIZE, NextHeader, writeIpv6Fragment } from './header.js';

/**
 * Cuts a packet of ours into fragments that fit `mtu` (RFC 8200 section 4.5): all but the last are multiples of 8
 * bytes. The packet starts with its fixed header, and the transport header follows. Takes ownership.
 * @param identification 32 bits that no recent packet between the two had (RFC 7739).
 * @returns the fragments in order, or null when no memory is left for them.
 */
export function fragmentIpv6(packet: Packet, mtu: number, identification: number): Packet[] | null {
  const { view, start, pool, bytes } = packet;
  const payload = start + IPV6_SIZE;
  const protocol = view.getUint8(start + IPV6.nextHeader);
  if (packet.checksum === ChecksumState.Partial) completeChecksum(packet, payload, protocol);
  const length = packet.end - payload;
  const room = (mtu - IPV6_SIZE - FRAGMENT_SIZE) & ~7;
  const fragments: Packet[] = [];
  for (let offset = 0; offset < length; ) {
    const left = length - offset;
    const count = left <= mtu - IPV6_SIZE - FRAGMENT_SIZE ? left : room;
    const size = IPV6_SIZE + FRAGMENT_SIZE + count;
    const fragment = count <= 0 ? null : pool.take(size);
    if (fragment === null) {
      for (const each of fragments) each.release();
      packet.release();
      return null;
    }
    const at = fragment.append(size);
    bytes.copyWithin(at, start, payload);
    view.setUint16(at + IPV6.payloadLength, FRAGMENT_SIZE + count);
    view.setUint8(at + IPV6.nextHeader, NextHeader.Fragment);
    const more = offset + count < length;
    writeIpv6Fragment(view, at + IPV6_SIZE, { nextHeader: protocol, offset, more, identification });
    bytes.copyWithin(at + IPV6_SIZE + FRAGMENT_SIZE, payload + offset, payload + offset + count);
    fragment.network = at;
    fragment.transport = at + IPV6_SIZE + FRAGMENT_SIZE;
    fragment.sourceAt = at + IPV6.source;
    fragment.destinationAt = at + IPV6.destination;
    fragment.addressLength = 16;
    fragment.trafficClass = packet.trafficClass;
    fragment.reason = packet.reason;
    fragment.decider = packet.decider;
    fragments.push(fragment);
    offset += count;
  }
  packet.release();
  return fragments;
}

/** The device cannot complete a checksum over several packets: it is done here, over the pseudo-header sum in its place. */
function completeChecksum(packet: Packet, transport: number, protocol: number): void {
  const udp = protocol === NextHeader.Udp;
  const sum = ~packet.pool.sum(transport, packet.end - transport) & 0xffff;
  packet.view.setUint16(transport + (udp ? 6 : 16), udp && sum === 0 ? 0xffff : sum);
  packet.checksum = ChecksumState.Plain;
}
