import { ChecksumState, type Packet } from '@netwright/core';
import { EtherType } from '../ethernet/header.js';
import type { Neighbour } from '../link/neighbour.js';
import type { Ipv4Counters } from './counters.js';
import { Fragment, IPV4, IPV4_SIZE, ipv4HeaderSize, Protocol, sealIpv4 } from './header.js';
import { copiedOptions } from './header-options.js';

/**
 * Cuts a packet into fragments that fit `mtu` (RFC 791 section 3.2): all but the last are multiples of 8 bytes, and
 * later ones carry only the options that say so. The packet starts with its IP header and may be a fragment itself.
 * Takes ownership.
 * @returns the fragments in order, or null when no memory is left for them.
 */
export function fragmentIpv4(packet: Packet, mtu: number): Packet[] | null {
  const { view, start, pool, bytes } = packet;
  const headerSize = ipv4HeaderSize(view, start);
  if (packet.checksum === ChecksumState.Partial) completeChecksum(packet, headerSize);
  const field = view.getUint16(start + IPV4.fragment);
  const offset = (field & Fragment.Offset) << 3;
  const payload = start + headerSize;
  const length = packet.end - payload;
  const later = copiedOptions(bytes.subarray(start + IPV4_SIZE, payload));
  const fragments: Packet[] = [];
  for (let done = 0; done < length; ) {
    const first = done === 0;
    const size = first ? headerSize : IPV4_SIZE + later.length;
    const room = (mtu - size) & ~7;
    const count = length - done <= mtu - size ? length - done : room;
    const fragment = count <= 0 ? null : pool.take(size + count);
    if (fragment === null) {
      for (const each of fragments) each.release();
      packet.release();
      return null;
    }
    const at = fragment.append(size + count);
    bytes.copyWithin(at, start, start + (first ? headerSize : IPV4_SIZE));
    if (!first) bytes.set(later, at + IPV4_SIZE);
    bytes.copyWithin(at + size, payload + done, payload + done + count);
    const more = done + count < length || (field & Fragment.More) !== 0;
    view.setUint8(at, 0x40 | (size >>> 2));
    view.setUint16(at + IPV4.totalLength, size + count);
    view.setUint16(at + IPV4.fragment, (more ? Fragment.More : 0) | ((offset + done) >>> 3));
    sealIpv4(view, at, pool.sum);
    fragment.network = at;
    fragment.transport = at + size;
    fragment.sourceAt = at + IPV4.source;
    fragment.destinationAt = at + IPV4.destination;
    fragment.trafficClass = packet.trafficClass;
    fragment.hopLimit = packet.hopLimit;
    fragment.reason = packet.reason;
    fragment.decider = packet.decider;
    fragments.push(fragment);
    done += count;
  }
  packet.release();
  return fragments;
}

/** Cuts a packet and sends the pieces; takes ownership. */
export function sendFragments(packet: Packet, neighbour: Neighbour, mtu: number, counters: Ipv4Counters): void {
  const fragments = fragmentIpv4(packet, mtu);
  if (fragments === null) {
    counters.noMemory++;
    return;
  }
  counters.fragmented++;
  counters.fragmentsSent += fragments.length;
  for (const each of fragments) neighbour.send(each, EtherType.Ipv4);
}

/** The device cannot complete a checksum over several packets: it is done here, over the pseudo-header sum in its place. */
function completeChecksum(packet: Packet, headerSize: number): void {
  const { view, start } = packet;
  const transport = start + headerSize;
  const udp = view.getUint8(start + IPV4.protocol) === Protocol.Udp;
  const sum = ~packet.pool.sum(transport, packet.end - transport) & 0xffff;
  view.setUint16(transport + (udp ? 6 : 16), udp && sum === 0 ? 0xffff : sum);
  packet.checksum = ChecksumState.Plain;
}
