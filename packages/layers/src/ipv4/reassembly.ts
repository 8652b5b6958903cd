import { type Packet, type PacketPool } from '@netwright/core';
import { type ReassemblyCounters, type ReassemblyLimits, ReassemblyTable } from '../ip/reassembly.js';
import type { FragmentPolicy } from '../ip/tokens.js';
import { Ipv4Datagram } from './datagram.js';
import { Fragment, IPV4, IPV4_LARGEST, Protocol, sealIpv4 } from './header.js';

/** RFC 1858 section 3.1.1: a first fragment of TCP shorter than this hides the flags from filters. */
const TINY_TCP = 16;

/** What happened to fragments. */
export interface FragmentCounters extends ReassemblyCounters {
  /** Tiny TCP fragments (RFC 1858). */
  fragmentTiny: number;
}

/** IPv4's datagrams under reassembly (RFC 791 section 3.2, RFC 815). */
export class Reassembly extends ReassemblyTable<Ipv4Datagram> {
  constructor(
    private readonly pool: PacketPool,
    private readonly policy: FragmentPolicy,
    limits: ReassemblyLimits,
    protected override readonly counters: FragmentCounters,
  ) {
    super(limits, counters);
  }

  /**
   * Takes a fragment: a packet that starts with its IP header, whose lengths were checked.
   * @returns the datagram that it completes, likewise with its header, or null.
   */
  add(packet: Packet, now: number): Packet | null {
    const { counters } = this;
    const { view, start: at } = packet;
    counters.fragments++;
    const headerSize = (view.getUint8(at) & 15) << 2;
    const field = view.getUint16(at + IPV4.fragment);
    const more = (field & Fragment.More) !== 0;
    const start = (field & Fragment.Offset) << 3;
    const end = start + (packet.end - at - headerSize);
    const problem = malformed(view.getUint8(at + IPV4.protocol), headerSize, start, end, more);
    if (problem !== null) {
      counters[problem]++;
      packet.release();
      return null;
    }
    const datagram = this.find(packet, now);
    if (datagram.discarded) {
      packet.release();
      return null;
    }
    const refused = this.refusal(datagram, start, end, more, this.policy.dropsOverlaps);
    if (refused !== null) {
      counters[refused]++;
      packet.release();
      return null;
    }
    if (!more) datagram.total = end;
    this.take(datagram, packet, view.getUint8(at + IPV4.trafficClass) & 3);
    datagram.add(packet, at + headerSize, start, end, this.policy);
    if (datagram.complete) return this.finish(datagram);
    this.makeRoom();
    return null;
  }

  /** The datagram that a fragment belongs to: same addresses, protocol and identification (RFC 791 section 3.2). */
  private find(packet: Packet, now: number): Ipv4Datagram {
    const { view, start } = packet;
    const source = view.getInt32(start + IPV4.source);
    const destination = view.getInt32(start + IPV4.destination);
    const identity = view.getUint8(start + IPV4.protocol) * 0x10000 + view.getUint16(start + IPV4.identification);
    const hash = Math.imul(source ^ Math.imul(destination, 0x9e3779b1) ^ identity, 0x85ebca6b) >>> 0;
    for (let each = this.row(hash); each !== null; each = each.next) {
      if (each.identity === identity && each.source === source && each.destination === destination) return each;
    }
    return this.begin(new Ipv4Datagram(source, destination, identity, hash, now));
  }

  /** The whole datagram, with the header of its first fragment. */
  private finish(datagram: Ipv4Datagram): Packet | null {
    const first = datagram.first as Packet;
    const headerSize = (first.view.getUint8(first.start) & 15) << 2;
    const length = headerSize + datagram.total;
    const whole = length > IPV4_LARGEST || datagram.mixedMarks ? null : this.pool.take(length);
    if (whole === null) {
      this.counters.datagramsUnusable++;
      this.remove(datagram);
      return null;
    }
    const at = whole.append(length);
    whole.bytes.set(first.bytes.subarray(first.start, first.start + headerSize), at);
    datagram.copyTo(whole.bytes, at + headerSize);
    const { view } = whole;
    if (datagram.marked) view.setUint8(at + IPV4.trafficClass, view.getUint8(at + IPV4.trafficClass) | 3);
    view.setUint16(at + IPV4.totalLength, length);
    view.setUint16(at + IPV4.fragment, 0);
    sealIpv4(view, at, this.pool.sum);
    whole.interface = first.interface;
    whole.broadcast = first.broadcast;
    this.counters.reassembled++;
    this.remove(datagram);
    return whole;
  }
}

/** What is wrong with a fragment by itself, or null. */
function malformed(
  protocol: number,
  headerSize: number,
  start: number,
  end: number,
  more: boolean,
): keyof FragmentCounters | null {
  const length = end - start;
  if (length === 0 || (more && (length & 7) !== 0)) return 'fragmentMalformed';
  if (headerSize + end > IPV4_LARGEST) return 'fragmentOversized';
  if (protocol !== Protocol.Tcp) return null;
  // RFC 1858 sections 3.1 and 3.2.2: TCP flags that come in, or are overwritten by, a second fragment.
  return (start === 0 && more && length < TINY_TCP) || start === 8 ? 'fragmentTiny' : null;
}
