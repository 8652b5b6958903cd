import { type Packet, type PacketPool } from '@netwright/core';
import type { FragmentPolicy } from '../ip/tokens.js';
import { Datagram } from './datagram.js';
import { Fragment, IPV4, IPV4_LARGEST, Protocol, sealIpv4 } from './header.js';
import type { Ipv4Settings } from './settings.js';

/** RFC 1858 section 3.1.1: a first fragment of TCP shorter than this hides the flags from filters. */
const TINY_TCP = 16;

/** What happened to fragments. */
export interface FragmentCounters {
  /** Fragments that came. */
  fragments: number;
  /** Datagrams put together. */
  reassembled: number;
  /** Fragments that overlapped others. */
  fragmentOverlaps: number;
  /** The same fragment once more. */
  fragmentDuplicates: number;
  /** Without data, or not a multiple of 8 bytes though more follow. */
  fragmentMalformed: number;
  /** Beyond 65535 bytes ("ping of death"). */
  fragmentOversized: number;
  /** Tiny TCP fragments (RFC 1858). */
  fragmentTiny: number;
  /** Behind the end of its datagram, or an end before what is there. */
  fragmentInconsistent: number;
  /** Fragments more than a datagram may have. */
  fragmentTooMany: number;
  /** Datagrams discarded: overlapping, under the policy `drop`. */
  datagramsOverlapping: number;
  /** Datagrams given up: late, or to make room. */
  datagramsExpired: number;
  datagramsEvicted: number;
  /** Complete, but too long with its header, marked in contradiction (ECN), or without memory to put it together. */
  datagramsUnusable: number;
}

/** Datagrams under reassembly. Its tables are bounded: what an attacker fills is room for the oldest datagrams. */
export class Reassembly {
  /** Bytes of packet memory that fragments hold. */
  memory = 0;
  /** The oldest first: all have the same time to live. */
  private readonly datagrams = new Set<Datagram>();
  private readonly rows = new Map<number, Datagram>();

  constructor(
    private readonly pool: PacketPool,
    private readonly policy: FragmentPolicy,
    private readonly settings: Ipv4Settings['fragments'],
    private readonly counters: FragmentCounters,
  ) {}

  /** How many datagrams are incomplete. */
  get size(): number {
    return this.datagrams.size;
  }

  /** When the oldest datagram has to be complete, ms of the clock; Infinity where there is none. */
  get deadline(): number {
    for (const oldest of this.datagrams) return oldest.since + this.settings.timeout;
    return Number.POSITIVE_INFINITY;
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
    const refused = this.refusal(datagram, start, end, more);
    if (refused !== null) {
      counters[refused]++;
      packet.release();
      return null;
    }
    if (!more) datagram.total = end;
    datagram.fragments++;
    datagram.ecn |= 1 << (view.getUint8(at + IPV4.trafficClass) & 3);
    datagram.memory += packet.capacity;
    this.memory += packet.capacity;
    datagram.add(packet, at + headerSize, start, end, this.policy);
    if (datagram.complete) return this.finish(datagram);
    this.makeRoom();
    return null;
  }

  /** Gives up what is late. @param late gets the first fragment, where it has come; borrowed. */
  expire(now: number, late: (first: Packet) => void): void {
    for (const datagram of this.datagrams) {
      if (now < datagram.since + this.settings.timeout) return;
      if (!datagram.discarded) this.counters.datagramsExpired++;
      if (datagram.first !== null) late(datagram.first);
      this.remove(datagram);
    }
  }

  /** Gives everything up. */
  clear(): void {
    for (const datagram of this.datagrams) this.remove(datagram);
  }

  /** The datagram that a fragment belongs to: same addresses, protocol and identification (RFC 791 section 3.2). */
  private find(packet: Packet, now: number): Datagram {
    const { view, start } = packet;
    const source = view.getInt32(start + IPV4.source);
    const destination = view.getInt32(start + IPV4.destination);
    const identity = view.getUint8(start + IPV4.protocol) * 0x10000 + view.getUint16(start + IPV4.identification);
    const hash = Math.imul(source ^ Math.imul(destination, 0x9e3779b1) ^ identity, 0x85ebca6b) >>> 0;
    for (let each = this.rows.get(hash); each !== undefined; each = each.next ?? undefined) {
      if (each.identity === identity && each.source === source && each.destination === destination) return each;
    }
    if (this.datagrams.size >= this.settings.datagrams) this.evictOldest();
    const made = new Datagram(source, destination, identity, hash, now);
    made.next = this.rows.get(hash) ?? null;
    this.rows.set(hash, made);
    this.datagrams.add(made);
    return made;
  }

  /** Why a fragment does not get into its datagram, or null. */
  private refusal(datagram: Datagram, start: number, end: number, more: boolean): keyof FragmentCounters | null {
    const { total, pieces } = datagram;
    if (datagram.fragments >= this.settings.perDatagram) return 'fragmentTooMany';
    if (total >= 0 && (more ? end > total : end !== total)) return 'fragmentInconsistent';
    if (!more && pieces.length > 0 && pieces[pieces.length - 1].end > end) return 'fragmentInconsistent';
    const overlap = datagram.overlap(start, end);
    if (overlap === 'none') return null;
    if (!this.policy.dropsOverlaps) {
      this.counters[overlap === 'same' ? 'fragmentDuplicates' : 'fragmentOverlaps']++;
      return null;
    }
    // The network may have duplicated it: that is no attack (RFC 8200 section 4.5).
    if (overlap === 'same') return 'fragmentDuplicates';
    this.counters.datagramsOverlapping++;
    this.memory -= datagram.memory;
    datagram.release();
    datagram.discarded = true;
    return 'fragmentOverlaps';
  }

  /** The whole datagram, with the header of its first fragment. */
  private finish(datagram: Datagram): Packet | null {
    const first = datagram.first as Packet;
    const headerSize = (first.view.getUint8(first.start) & 15) << 2;
    const length = headerSize + datagram.total;
    // RFC 3168 section 5.3: marked if any fragment was; a mark beside Not-ECT is not to be trusted.
    const mixed = (datagram.ecn & 0b1001) === 0b1001;
    const whole = length > IPV4_LARGEST || mixed ? null : this.pool.take(length);
    if (whole === null) {
      this.counters.datagramsUnusable++;
      this.remove(datagram);
      return null;
    }
    const at = whole.append(length);
    whole.bytes.set(first.bytes.subarray(first.start, first.start + headerSize), at);
    datagram.copyTo(whole.bytes, at + headerSize);
    const { view } = whole;
    if ((datagram.ecn & 0b1000) !== 0) view.setUint8(at + IPV4.trafficClass, view.getUint8(at + IPV4.trafficClass) | 3);
    view.setUint16(at + IPV4.totalLength, length);
    view.setUint16(at + IPV4.fragment, 0);
    sealIpv4(view, at, this.pool.sum);
    whole.interface = first.interface;
    whole.broadcast = first.broadcast;
    this.counters.reassembled++;
    this.remove(datagram);
    return whole;
  }

  /** The oldest goes first: its missing fragments are the least likely to come. */
  private makeRoom(): void {
    while (this.memory > this.settings.memory) this.evictOldest();
  }

  private evictOldest(): void {
    for (const oldest of this.datagrams) {
      this.counters.datagramsEvicted++;
      this.remove(oldest);
      return;
    }
  }

  private remove(datagram: Datagram): void {
    this.memory -= datagram.memory;
    datagram.release();
    this.datagrams.delete(datagram);
    const row = this.rows.get(datagram.hash);
    if (row === datagram) {
      if (datagram.next === null) this.rows.delete(datagram.hash);
      else this.rows.set(datagram.hash, datagram.next);
      return;
    }
    for (let each = row; each !== undefined; each = each.next ?? undefined) {
      if (each.next === datagram) each.next = datagram.next;
    }
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
