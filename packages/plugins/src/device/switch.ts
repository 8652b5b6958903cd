import type { Clock, Packet } from '@netwright/core';

/** How a switch learns. */
export interface SwitchOptions {
  /** Addresses remembered; frames to others are flooded. 1024 unless said otherwise. */
  addresses?: number;
  /** Ms after which an address that has not sent is forgotten; 5 minutes unless said otherwise (IEEE 802.1D table 7-5). */
  aging?: number;
}

/** What the table of a switch has seen. */
export interface SwitchCounters {
  learned: number;
  moved: number;
  /** Not learned, since the table was full: such frames are still delivered. */
  tableFull: number;
  forwarded: number;
  flooded: number;
  /** Addressed to where they came from. */
  filtered: number;
}

/** Where a frame goes. */
export const FLOOD = -1;
export const NOWHERE = -2;

interface Seen {
  port: number;
  at: number;
}

/** The address table of a learning bridge (IEEE 802.1D section 7.8). Ports are numbers of the caller. */
export class AddressTable {
  readonly counters: SwitchCounters = { learned: 0, moved: 0, tableFull: 0, forwarded: 0, flooded: 0, filtered: 0 };
  private readonly seen = new Map<number, Seen>();
  private readonly limit: number;
  private readonly aging: number;
  private sweptAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    options: SwitchOptions = {},
  ) {
    this.limit = options.addresses ?? 1024;
    this.aging = options.aging ?? 300_000;
  }

  get size(): number {
    return this.seen.size;
  }

  /** Learns where the frame came from. @returns the port it goes to, FLOOD or NOWHERE. */
  port(packet: Packet, from: number): number {
    const { view, start, end } = packet;
    const { counters } = this;
    if (end - start < 12) {
      counters.filtered++;
      return NOWHERE;
    }
    const now = this.clock.now();
    if ((view.getUint8(start + 6) & 1) === 0) this.learn(address(view, start + 6), from, now);
    const group = (view.getUint8(start) & 1) !== 0;
    const known = group ? undefined : this.seen.get(address(view, start));
    if (known === undefined || now - known.at > this.aging) {
      counters.flooded++;
      return FLOOD;
    }
    if (known.port === from) {
      counters.filtered++;
      return NOWHERE;
    }
    counters.forwarded++;
    return known.port;
  }

  private learn(source: number, from: number, now: number): void {
    const known = this.seen.get(source);
    if (known !== undefined) {
      if (known.port !== from) this.counters.moved++;
      known.port = from;
      known.at = now;
      return;
    }
    if (this.seen.size >= this.limit) this.sweep(now);
    if (this.seen.size >= this.limit) {
      this.counters.tableFull++;
      return;
    }
    this.seen.set(source, { port: from, at: now });
    this.counters.learned++;
  }

  /** Forgets what is too old; at most once a second, so that a flood of addresses does not buy a sweep for each. */
  private sweep(now: number): void {
    if (now - this.sweptAt < 1000) return;
    this.sweptAt = now;
    for (const [source, each] of this.seen) if (now - each.at > this.aging) this.seen.delete(source);
  }
}

/** 48 bits as one number. */
function address(view: DataView, at: number): number {
  return view.getUint16(at) * 0x100000000 + view.getUint32(at + 2);
}
