import { IpAddress, type Packet, type PacketPool } from '@netwright/core';
import { Datagram6 } from './datagram.js';
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
export interface Fragment6Counters {
  fragments: number;
  reassembled: number;
  fragmentOverlaps: number;
  fragmentDuplicates: number;
  fragmentMalformed: number;
  fragmentOversized: number;
  fragmentInconsistent: number;
  fragmentTooMany: number;
  fragmentIncomplete: number;
  datagramsOverlapping: number;
  datagramsExpired: number;
  datagramsEvicted: number;
  datagramsUnusable: number;
}

/** How much of it there may be. */
export interface Fragment6Limits {
  /** ms */
  readonly timeout: number;
  /** bytes */
  readonly memory: number;
  readonly datagrams: number;
  readonly perDatagram: number;
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

/** Datagrams under reassembly. Its tables are bounded: what an attacker fills is room for the oldest datagrams. */
export class Reassembly6 {
  /** Bytes of packet memory that fragments hold. */
  memory = 0;
  /** The oldest first: all have the same time to live. */
  private readonly datagrams = new Set<Datagram6>();
  private readonly rows = new Map<number, Datagram6>();

  constructor(
    private readonly pool: PacketPool,
    private readonly limits: Fragment6Limits,
    private readonly counters: Fragment6Counters,
  ) {}

  /** How many datagrams are incomplete. */
  get size(): number {
    return this.datagrams.size;
  }

  /** When the oldest datagram has to be complete, ms of the clock; Infinity where there is none. */
  get deadline(): number {
    for (const oldest of this.datagrams) return oldest.since + this.limits.timeout;
    return Number.POSITIVE_INFINITY;
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
    const refused = this.refusal(datagram, start, end, (word & Fragment6.More) !== 0);
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
    datagram.ecn |= 1 << (packet.trafficClass & 3);
    datagram.add(packet, at + FRAGMENT_SIZE, start, end);
    this.memory += packet.capacity;
    if (datagram.complete) return this.finish(datagram);
    while (this.memory > this.limits.memory) this.evictOldest();
    return null;
  }

  /** Gives up what is late. @param late gets the first fragment, where it has come; borrowed. */
  expire(now: number, late: (first: Packet) => void): void {
    for (const datagram of this.datagrams) {
      if (now < datagram.since + this.limits.timeout) return;
      if (!datagram.discarded) this.counters.datagramsExpired++;
      if (datagram.first !== null) late(datagram.first);
      this.remove(datagram);
    }
  }

  /** Gives everything up. */
  clear(): void {
    for (const datagram of this.datagrams) this.remove(datagram);
  }

  /** The datagram that a fragment belongs to: same addresses and identification (RFC 8200 section 4.5). */
  private find(packet: Packet, identification: number, now: number): Datagram6 {
    const { view, sourceAt, destinationAt } = packet;
    const address = view.getInt32(sourceAt + 12) ^ Math.imul(view.getInt32(destinationAt + 12), 0x9e3779b1);
    const hash = Math.imul(address ^ view.getInt32(sourceAt + 4) ^ identification, 0x85ebca6b) >>> 0;
    for (let each = this.rows.get(hash); each !== undefined; each = each.next ?? undefined) {
      if (
        each.identification === identification &&
        each.source.isAt(view, sourceAt) &&
        each.destination.isAt(view, destinationAt)
      )
        return each;
    }
    if (this.datagrams.size >= this.limits.datagrams) this.evictOldest();
    const source = IpAddress.read(view, sourceAt, 16);
    const destination = IpAddress.read(view, destinationAt, 16);
    const made = new Datagram6(source, destination, identification, hash, now);
    made.next = this.rows.get(hash) ?? null;
    this.rows.set(hash, made);
    this.datagrams.add(made);
    return made;
  }

  /** Why a fragment does not get into its datagram, or null. */
  private refusal(datagram: Datagram6, start: number, end: number, more: boolean): keyof Fragment6Counters | null {
    const { total, pieces } = datagram;
    if (pieces.length >= this.limits.perDatagram) return 'fragmentTooMany';
    if (total >= 0 && (more ? end > total : end !== total)) return 'fragmentInconsistent';
    if (!more && pieces.length > 0 && pieces[pieces.length - 1].end > end) return 'fragmentInconsistent';
    const overlap = datagram.overlap(start, end);
    if (overlap === 'none') return null;
    // The network may have duplicated it: that is no attack (RFC 8200 section 4.5).
    if (overlap === 'same') return 'fragmentDuplicates';
    this.counters.datagramsOverlapping++;
    this.memory -= datagram.memory;
    datagram.release();
    datagram.discarded = true;
    return 'fragmentOverlaps';
  }

  /** The whole datagram, with the headers of its first fragment. */
  private finish(datagram: Datagram6): Whole | null {
    const first = datagram.first as Packet;
    const { headers, field, protocol, total } = datagram;
    const length = headers + total;
    // RFC 3168 section 5.3: marked if any fragment was; a mark beside Not-ECT is not to be trusted.
    const mixed = (datagram.ecn & 0b1001) === 0b1001;
    const whole = length - IPV6_SIZE > IPV6_LARGEST_PAYLOAD || mixed ? null : this.pool.take(length);
    if (whole === null) {
      this.counters.datagramsUnusable++;
      this.remove(datagram);
      return null;
    }
    const at = whole.append(length);
    whole.bytes.set(first.bytes.subarray(first.network, first.network + headers), at);
    datagram.copyTo(whole.bytes, at + headers);
    const { view } = whole;
    if ((datagram.ecn & 0b1000) !== 0) view.setUint8(at + 1, view.getUint8(at + 1) | 0x30);
    view.setUint16(at + IPV6.payloadLength, length - IPV6_SIZE);
    view.setUint8(at + field, protocol);
    whole.interface = first.interface;
    whole.broadcast = first.broadcast;
    this.counters.reassembled++;
    this.remove(datagram);
    return { packet: whole, at: at + headers, protocol, field: at + field };
  }

  /** The oldest goes first: its missing fragments are the least likely to come. */
  private evictOldest(): void {
    for (const oldest of this.datagrams) {
      this.counters.datagramsEvicted++;
      this.remove(oldest);
      return;
    }
  }

  private remove(datagram: Datagram6): void {
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
