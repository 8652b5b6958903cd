import type { Host, NetworkInterface, Packet, Reason } from '@netwright/core';
import { FIN, PSH, SYN } from '@netwright/layers';
import type { MiddleCounters } from './counters.js';
import type { Half } from './half.js';
import { type Crafted, HeaderCopy } from './header-copy.js';
import { MIDDLE_WHY } from './reasons.js';

/** Bytes that the receiver's window had no room for, or that neither end has sent: they are repeated until they are acknowledged. */
interface Owed {
  /** Received offset of the first. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Whether the end of the stream goes behind them. */
  readonly fin: boolean;
  /** How many have been sent at least once. */
  sent: number;
  readonly why: Reason;
}

/** One end as a sender: what he has offered in his SYN, where his segments go on, and what is sent in his name. */
export class Side {
  half: Half | null = null;
  readonly headers = new HeaderCopy();
  mss = 536;
  scale = -1;
  sackPermitted = false;
  /** What the other end was last told by a segment of this one. */
  acknowledgmentSent = -1;
  windowSent = -1;
  /** How far the received stream has been sent, or is owed. */
  sentTo = 1;
  private readonly owed: Owed[] = [];
  private readonly crafted: Crafted = { sequence: 0, acknowledgment: 0, window: 0, flags: 0, sack: [] };
  private other: Side = this;

  /** @param out where what this side sends goes on. */
  constructor(
    private readonly host: Host,
    private readonly out: NetworkInterface,
    private readonly counters: MiddleCounters,
  ) {}

  /** Two sides that talk to each other. */
  static pair(host: Host, server: NetworkInterface, client: NetworkInterface, counters: MiddleCounters): [Side, Side] {
    const pair: [Side, Side] = [new Side(host, server, counters), new Side(host, client, counters)];
    pair[0].other = pair[1];
    pair[1].other = pair[0];
    return pair;
  }

  /** Whether anything is owed to its receiver. */
  get owes(): boolean {
    return this.owed.length > 0;
  }

  /** The shift of its windows: 0 in a SYN, and where one of both has not offered to scale (RFC 7323 section 2.2). */
  shift(flags: number): number {
    return (flags & SYN) !== 0 || this.scale < 0 || this.other.scale < 0 ? 0 : this.scale;
  }

  /** What stands in its window field where the right edge is `edge`, an offset of what it has received. */
  windowFor(edge: number, told: number, flags: number): number {
    const half = this.other.half as Half;
    const room = Math.max(0, half.log.original(edge) - told);
    return Math.min(65535, Math.floor(room / 2 ** this.shift(flags)));
  }

  /** How many of `length` bytes from `begin` on the receiver's window lets through; one where it is shut and this is its probe (RFC 9293 section 3.8.6.1). */
  room(begin: number, length: number): number {
    const { edge, acknowledged } = this.half as Half;
    if (begin + length <= edge) return length;
    if (begin < edge) return edge - begin;
    return begin <= acknowledged ? Math.min(1, length) : 0;
  }

  /** What has grown beyond the receiver's window goes when it opens; what is owed already is not owed twice. */
  wait(begin: number, bytes: Uint8Array, room: number, fin: boolean): void {
    const from = Math.max(room, this.sentTo - begin);
    if (from >= bytes.length) return;
    this.counters.beyondWindow += bytes.length - from;
    this.owe(begin + from, bytes.slice(from), fin, MIDDLE_WHY.rewrite);
  }

  owe(at: number, bytes: Uint8Array, fin: boolean, why: Reason): void {
    this.owed.push({ at, bytes, fin, sent: 0, why });
    this.sentTo = Math.max(this.sentTo, at + bytes.length);
  }

  /** Lets go of all that is owed. */
  forget(): void {
    this.owed.length = 0;
  }

  /** What is acknowledged is owed no longer; what had no room may have some now. */
  settle(): void {
    const { owed } = this;
    while (owed.length > 0 && endOf(owed[0]) <= (this.half as Half).acknowledged) owed.shift();
    this.pump();
  }

  /** Sends what is owed, once, as far as the window is open. */
  pump(): void {
    const { edge } = this.half as Half;
    for (const owed of this.owed) {
      const room = Math.min(owed.bytes.length, edge - owed.at);
      if (room <= owed.sent) continue;
      const { sent } = owed;
      owed.sent = room;
      this.sendOwed(owed, sent, room, owed.why);
    }
  }

  /** Sends the oldest that is owed again; where the window is shut, a byte of it. */
  repeat(): void {
    const [owed] = this.owed;
    if (owed === undefined) return;
    const { acknowledged, edge } = this.half as Half;
    const from = Math.min(Math.max(0, acknowledged - owed.at), owed.bytes.length);
    // What stands before it may be on its way still: its sender sends that again himself.
    const open = acknowledged < owed.at ? edge - owed.at : Math.max(edge - owed.at, from + 1);
    const room = Math.min(owed.bytes.length, open);
    if (room < from || (room === from && room < owed.bytes.length)) return;
    owed.sent = Math.max(owed.sent, room);
    this.sendOwed(owed, from, room, MIDDLE_WHY.repeat);
  }

  private sendOwed(owed: Owed, from: number, to: number, why: Reason): void {
    const last = PSH | (owed.fin && to === owed.bytes.length ? FIN : 0);
    this.sendPieces(owed.at + from, owed.bytes, from, to, last, why);
  }

  /**
   * Sends `bytes[from..to)`, of which the first stands at `at` of the received stream, in as many segments as the
   * receiver's MSS asks for. @param last flags of the last one.
   */
  sendPieces(
    at: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    last: number,
    why: Reason,
    sack: readonly number[] = [],
  ): void {
    const half = this.half as Half;
    const back = this.other.half;
    const { headers, out, crafted } = this;
    const told = back?.told ?? 1;
    crafted.acknowledgment = back?.sequence(told) ?? 0;
    crafted.window = back === null ? 0 : this.windowFor(back.edge, told, 0);
    crafted.sack = sack;
    const room = Math.min(this.other.mss, out.mtu - headers.headerBytes + headers.optionBytes);
    const largest = Math.max(1, room - headers.optionBytes);
    this.acknowledgmentSent = crafted.acknowledgment;
    this.windowSent = crafted.window;
    this.sentTo = Math.max(this.sentTo, at + to - from);
    do {
      const end = Math.min(to, from + largest);
      crafted.sequence = half.sequence(at);
      crafted.flags = headers.flags | (end === to ? last : 0);
      const packet = headers.craft(this.host.pool, crafted, bytes, from, end);
      if (packet === null) this.counters.noSlot++;
      else this.send(packet, why);
      at += end - from;
      from = end;
    } while (from < to);
  }

  /** Sends a finished frame; takes ownership. */
  send(packet: Packet, why: Reason): void {
    const { counters } = this;
    if (why === MIDDLE_WHY.pass) counters.passed++;
    else if (why === MIDDLE_WHY.translate) counters.translated++;
    else if (why === MIDDLE_WHY.rewrite) counters.rewritten++;
    else if (why === MIDDLE_WHY.inject) counters.injected++;
    else if (why === MIDDLE_WHY.repeat) counters.repeated++;
    else counters.answered++;
    this.out.transmit(packet, why);
  }
}

/** Behind what is owed, the end of the stream with it. */
function endOf({ at, bytes, fin }: Owed): number {
  return at + bytes.length + (fin ? 1 : 0);
}
