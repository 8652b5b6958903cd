import type { Packet } from '@netwright/core';
import type { PartialDatagram } from './datagram.js';

/** What is counted of fragments, whichever the version. */
export interface ReassemblyCounters {
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
  /** Behind the end of its datagram, or an end before what is there. */
  fragmentInconsistent: number;
  /** Fragments more than a datagram may have. */
  fragmentTooMany: number;
  /** Datagrams discarded because fragments overlapped. */
  datagramsOverlapping: number;
  datagramsExpired: number;
  /** Datagrams given up to make room. */
  datagramsEvicted: number;
  /** Complete, but too long with its header, marked in contradiction (ECN), or without memory to put it together. */
  datagramsUnusable: number;
}

/** How much there may be under reassembly. */
export interface ReassemblyLimits {
  /** ms */
  readonly timeout: number;
  /** bytes */
  readonly memory: number;
  readonly datagrams: number;
  readonly perDatagram: number;
}

/** Datagrams under reassembly. Its tables are bounded: what an attacker fills is room for the oldest datagrams. */
export abstract class ReassemblyTable<D extends PartialDatagram> {
  /** Bytes of packet memory that fragments hold. */
  memory = 0;
  /** The oldest first: all have the same time to live. */
  private readonly datagrams = new Set<D>();
  private readonly rows = new Map<number, D>();

  constructor(
    protected readonly limits: ReassemblyLimits,
    protected readonly counters: ReassemblyCounters,
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

  /** The first of those whose key hashes to `hash`; the others follow by `next`. */
  protected row(hash: number): D | null {
    return this.rows.get(hash) ?? null;
  }

  /** Begins a datagram. */
  protected begin(made: D): D {
    if (this.datagrams.size >= this.limits.datagrams) this.evictOldest();
    made.next = this.rows.get(made.hash) ?? null;
    this.rows.set(made.hash, made);
    this.datagrams.add(made);
    return made;
  }

  /**
   * Why bytes `start`..`end` do not get into their datagram, or null.
   * @param drops whether a datagram whose fragments overlap is discarded as a whole (RFC 5722).
   */
  protected refusal(
    datagram: D,
    start: number,
    end: number,
    more: boolean,
    drops: boolean,
  ): keyof ReassemblyCounters | null {
    const { total, pieces } = datagram;
    if (datagram.fragments >= this.limits.perDatagram) return 'fragmentTooMany';
    if (total >= 0 && (more ? end > total : end !== total)) return 'fragmentInconsistent';
    if (!more && pieces.length > 0 && pieces[pieces.length - 1].end > end) return 'fragmentInconsistent';
    const overlap = datagram.overlap(start, end);
    if (overlap === 'none') return null;
    if (!drops) {
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

  /** Accounts for a fragment that is about to be added. @param ecn its codepoint */
  protected take(datagram: D, packet: Packet, ecn: number): void {
    datagram.fragments++;
    datagram.ecn |= 1 << ecn;
    datagram.memory += packet.capacity;
    this.memory += packet.capacity;
  }

  /** The oldest go first: their missing fragments are the least likely to come. */
  protected makeRoom(): void {
    while (this.memory > this.limits.memory) this.evictOldest();
  }

  protected remove(datagram: D): void {
    this.memory -= datagram.memory;
    datagram.release();
    this.datagrams.delete(datagram);
    const row = this.rows.get(datagram.hash);
    if (row === datagram) {
      if (datagram.next === null) this.rows.delete(datagram.hash);
      else this.rows.set(datagram.hash, datagram.next);
      return;
    }
    for (let each = row ?? null; each !== null; each = each.next) {
      if (each.next === datagram) each.next = datagram.next;
    }
  }

  private evictOldest(): void {
    for (const oldest of this.datagrams) {
      this.counters.datagramsEvicted++;
      this.remove(oldest);
      return;
    }
  }
}
