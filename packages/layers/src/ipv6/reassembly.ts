import { IpAddress, type Packet, type PacketPool } from '@netwright/core';
import { type ReassemblyCounters, type ReassemblyLimits, ReassemblyTable } from '../ip/reassembly.js';
import { Ipv6Datagram } from './datagram.js';
import {
  EXTENSION,
  FRAGMENT_SIZE,
  Fragment6,
  findPayload,
  IPV6,
  IPV6_LARGEST_PAYLOAD,
  IPV6_SIZE,
  NextHeader,
} from './header.js';

/** What happened to fragments. */
export interface Fragment6Counters extends ReassemblyCounters {
  /** First fragments without the whole chain of headers (RFC 7112). */
  fragmentIncomplete: number;
}

/** A datagram that is whole again: where its headers end, and what follows them. */
export interface Whole {
  readonly packet: Packet;
  readonly at: number;
  readonly protocol: number;
  /** Where the field is that names it. */
  readonly field: number;
}

/** Bytes that the upper-layer header takes at least: all of it must be in the first fragment (RFC 7112 section 5). */
function smallestHeader(protocol: number): number {
  if (protocol === NextHeader.Tcp) return 20;
  return protocol === NextHeader.Udp || protocol === NextHeader.Icmpv6 ? 8 : 0;
}

/** What is wrong with the fragment whose header is at `at`, by itself (RFC 8200 section 4.5); null where nothing is. */
export function inspectFragment(packet: Packet, at: number): keyof Fragment6Counters | null {
  const { view, network, end } = packet;
  const field = view.getUint16(at + EXTENSION.fragment);
  const length = end - at - FRAGMENT_SIZE;
  const offset = field & Fragment6.Offset;
  if (length <= 0 || ((field & Fragment6.More) !== 0 && (length & 7) !== 0)) return 'fragmentMalformed';
  const before = at - network - IPV6_SIZE;
  if (before + offset + length > IPV6_LARGEST_PAYLOAD) return 'fragmentOversized';
  if (offset !== 0) return null;
  const payload = findPayload(view, network, end);
  const whole = payload !== null && payload.at + smallestHeader(payload.protocol) <= end;
  return whole || (field & Fragment6.More) === 0 ? null : 'fragmentIncomplete';
}

/** IPv6's datagrams under reassembly (RFC 8200 section 4.5). */
export class Reassembly6 extends ReassemblyTable<Ipv6Datagram> {
  constructor(
    private readonly pool: PacketPool,
    limits: ReassemblyLimits,
    protected override readonly counters: Fragment6Counters,
  ) {
    super(limits, counters);
  }

  /**
   * Takes a fragment that {@link inspectFragment} found sound; `at` is its fragment header, `field` what names that.
   * @returns the datagram that it completes, or null.
   */
  add(packet: Packet, at: number, field: number, now: number): Whole | null {
    const { view, network } = packet;
    this.counters.fragments++;
    const word = view.getUint16(at + EXTENSION.fragment);
    const start = word & Fragment6.Offset;
    const end = start + packet.end - at - FRAGMENT_SIZE;
    const datagram = this.find(packet, view.getInt32(at + EXTENSION.identification), now);
    if (datagram.discarded) {
      packet.release();
      return null;
    }
    const refused = this.refusal(datagram, start, end, (word & Fragment6.More) !== 0, true);
    if (refused !== null) {
      this.counters[refused]++;
      packet.release();
      return null;
    }
    if ((word & Fragment6.More) === 0) datagram.total = end;
    if (start === 0) {
      datagram.headers = at - network;
      datagram.field = field - network;
      datagram.protocol = view.getUint8(at);
    }
    this.take(datagram, packet, packet.trafficClass & 3);
    datagram.add(packet, at + FRAGMENT_SIZE, start, end);
    if (datagram.complete) return this.finish(datagram);
    this.makeRoom();
    return null;
  }

  /** The datagram that a fragment belongs to: same addresses and identification (RFC 8200 section 4.5). */
  private find(packet: Packet, identification: number, now: number): Ipv6Datagram {
    const { view, sourceAt, destinationAt } = packet;
    const address = view.getInt32(sourceAt + 12) ^ Math.imul(view.getInt32(destinationAt + 12), 0x9e3779b1);
    const hash = Math.imul(address ^ view.getInt32(sourceAt + 4) ^ identification, 0x85ebca6b) >>> 0;
    for (let each = this.row(hash); each !== null; each = each.next) {
      if (
        each.identification === identification &&
        each.source.isAt(view, sourceAt) &&
        each.destination.isAt(view, destinationAt)
      )
        return each;
    }
    const source = IpAddress.read(view, sourceAt, 16);
    const destination = IpAddress.read(view, destinationAt, 16);
    return this.begin(new Ipv6Datagram(source, destination, identification, hash, now));
  }

  /** The whole datagram, with the headers of its first fragment. */
  private finish(datagram: Ipv6Datagram): Whole | null {
    const first = datagram.first as Packet;
    const { headers, field, protocol, total } = datagram;
    const length = headers + total;
    const whole = length - IPV6_SIZE > IPV6_LARGEST_PAYLOAD || datagram.mixedMarks ? null : this.pool.take(length);
    if (whole === null) {
      this.counters.datagramsUnusable++;
      this.remove(datagram);
      return null;
    }
    const at = whole.append(length);
    whole.bytes.set(first.bytes.subarray(first.network, first.network + headers), at);
    datagram.copyTo(whole.bytes, at + headers);
    const { view } = whole;
    if (datagram.marked) view.setUint8(at + 1, view.getUint8(at + 1) | 0x30);
    view.setUint16(at + IPV6.payloadLength, length - IPV6_SIZE);
    view.setUint8(at + field, protocol);
    whole.interface = first.interface;
    whole.broadcast = first.broadcast;
    this.counters.reassembled++;
    this.remove(datagram);
    return { packet: whole, at: at + headers, protocol, field: at + field };
  }
}
