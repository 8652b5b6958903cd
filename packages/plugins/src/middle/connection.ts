import type { Host, NetworkInterface, Packet, Timer } from '@netwright/core';
import { ACK, FIN, PSH, RST, SYN } from '@netwright/layers';
import type { MiddleCounters } from './counters.js';
import { Half, type Ruling } from './half.js';
import { MIDDLE_WHY } from './reasons.js';
import type { Rewriter } from './rewriter.js';
import { type OptionPlaces, translateSack } from './segment-options.js';
import type { SegmentPlace } from './segment-place.js';
import { Side } from './side.js';

/** Whom bytes are for: the end that has opened the connection is the client. */
export type Towards = 'server' | 'client';

/** Ms: how long bytes wait that may be the beginning of a text that is sought; longer than most senders take to repeat themselves. */
export const DEFAULT_PATIENCE = 500;
/** Ms: when what is owed is sent again, doubled each time up to a minute, and how often where nothing is heard. */
const REPEAT = 300;
const LONGEST_REPEAT = 60_000;
const REPEATS = 12;

/** A TCP connection that runs through: its two directions, and all that keeps them in step. */
export class Connection {
  /** When both ends have said goodbye, or one has broken off. */
  closed = false;
  /** Whether the handshake is over: before, an acknowledgement in the client's name would open what he may never open. */
  established = false;
  /** Who sends towards the server, and who towards the client. */
  private readonly sides: readonly [Side, Side];
  private readonly rewriters: { server?: Rewriter; client?: Rewriter } = {};
  private readonly repeat: Timer;
  private readonly patience: Timer;
  private repeats = 0;
  /** How often what is owed was repeated since a receiver was heard. */
  private unheard = 0;
  private readonly ranges: number[] = [];

  /**
   * @param server, client where the segments leave that are for them. @param port the server's.
   * @param patienceTime ms
   */
  constructor(
    private readonly host: Host,
    server: NetworkInterface,
    client: NetworkInterface,
    readonly port: number,
    counters: MiddleCounters,
    private readonly patienceTime: number,
  ) {
    this.sides = Side.pair(host, server, client, counters);
    this.repeat = host.timer(() => this.repeatOwed());
    this.patience = host.timer(() => this.patienceOver());
  }

  /** Whether it could not go on without whoever stands here. */
  get touched(): boolean {
    return this.sides.some(({ half }) => half?.touched === true);
  }

  /** Shows what goes `towards` one end to a rewriter, from now on. */
  rewrite(towards: Towards, rewriter: Rewriter): void {
    this.rewriters[towards] = rewriter;
    const { half } = this.sides[towards === 'server' ? 0 : 1];
    if (half !== null) half.rewriter = rewriter;
  }

  /**
   * Puts bytes into the stream `towards` one end, behind what has gone on up to now. They are sent again until they are
   * acknowledged, as far as the receiver's window lets them.
   * @returns false where the handshake is not over, the stream is, or the connection has been edited too often.
   */
  inject(towards: Towards, bytes: Uint8Array): boolean {
    const side = this.sides[towards === 'server' ? 0 : 1];
    if (!this.established || this.closed || side.half === null || bytes.length === 0) return false;
    const at = side.half.inject(bytes);
    if (at < 0) return false;
    side.owe(at, bytes.slice(), false, MIDDLE_WHY.inject);
    this.host.turn.run(() => side.pump());
    this.watchOwed();
    return true;
  }

  /** A SYN of one side. @returns false where it is not the one that was seen before. */
  open(direction: 0 | 1, place: SegmentPlace, options: OptionPlaces): boolean {
    const side = this.sides[direction];
    const { sequence } = place;
    if (side.half !== null) return side.half.isn === sequence;
    side.half = new Half(sequence);
    side.half.rewriter = this.rewriters[direction === 0 ? 'server' : 'client'] ?? null;
    side.mss = options.mss || 536;
    side.scale = options.scale;
    side.sackPermitted = options.sackPermitted;
    return true;
  }

  /** A segment of one side; takes ownership. */
  relay(packet: Packet, direction: 0 | 1, place: SegmentPlace, options: OptionPlaces): void {
    const side = this.sides[direction];
    const back = this.sides[1 - direction];
    const { half } = side;
    const { flags } = place;
    if (half === null) {
      side.send(packet, MIDDLE_WHY.pass);
      return;
    }
    if (back.half !== null && (flags & ACK) !== 0) this.translateAcknowledgement(place, options, side, back.half);
    side.headers.keep(packet, place, options);
    if (back.owes) {
      this.unheard = 0;
      back.settle();
    }
    if ((flags & RST) !== 0) this.close();
    if ((flags & SYN) !== 0) {
      side.send(packet, MIDDLE_WHY.pass);
      return;
    }
    if (direction === 0 && back.half !== null && (flags & (ACK | RST)) === ACK) this.established = true;
    const from = half.sentOffset(place.sequence);
    if (place.end === place.payload && (flags & FIN) === 0) {
      // An acknowledgement without data stands where the stream has got to.
      this.sendAsItIs(packet, place, side, half.log.image(Math.min(from, half.decided)), 0);
      this.closeWhenDone();
      return;
    }
    const bytes = packet.bytes.subarray(place.payload, place.end);
    const ruling = half.take(from, bytes, (flags & FIN) !== 0);
    this.carryOut(packet, place, side, ruling, from, bytes);
    this.after(direction, ruling);
  }

  /** Lets go of everything. */
  stop(): void {
    this.close();
  }

  private close(): void {
    this.closed = true;
    this.repeat.stop();
    this.patience.stop();
    for (const side of this.sides) side.forget();
  }

  /** What a side acknowledges is the other's stream as it was received; the other is told of it as he has sent it. */
  private translateAcknowledgement(place: SegmentPlace, options: OptionPlaces, side: Side, half: Half): void {
    const received = half.receivedOffset(place.acknowledgment);
    const window = place.window * 2 ** side.shift(place.flags);
    const told = half.acknowledge(received, window);
    if (half.log.nothing) return;
    if (options.sack !== 0) translateSack(place, options.sack, half);
    place.putAcknowledgment(half.sequence(told));
    place.putWindow(side.windowFor(received + window, told, place.flags));
  }

  /** Sends a segment whose payload is to be received as it is, at `at` of the received stream. */
  private sendAsItIs(packet: Packet, place: SegmentPlace, side: Side, at: number, length: number): void {
    place.putSequence((side.half as Half).sequence(at));
    side.sentTo = Math.max(side.sentTo, at + length);
    side.acknowledgmentSent = place.acknowledgment;
    side.windowSent = place.window;
    side.send(packet, MIDDLE_WHY.translate);
  }

  private carryOut(
    packet: Packet,
    place: SegmentPlace,
    side: Side,
    ruling: Ruling,
    from: number,
    bytes: Uint8Array,
  ): void {
    const { log, decided } = side.half as Half;
    const begin = log.image(ruling.from);
    const length = log.image(ruling.to) - begin;
    const asItCame = ruling.bytes === null && ruling.from === from && ruling.to === from + bytes.length;
    const sameEnd = ((place.flags & FIN) !== 0) === ruling.fin;
    if (asItCame && sameEnd && log.untouched(ruling.from, ruling.to) && side.room(begin, length) === length) {
      this.sendAsItIs(packet, place, side, begin, length);
      return;
    }
    if (length > 0 || ruling.fin) {
      this.sendRuling(side, ruling, ruling.bytes ?? bytes.subarray(0, ruling.to - from), place.flags & PSH);
    } else if (place.acknowledgment !== side.acknowledgmentSent || place.window !== side.windowSent) {
      // What it carries waits; what it acknowledges does not.
      side.sendPieces(log.image(decided), EMPTY, 0, 0, 0, MIDDLE_WHY.translate);
    }
    packet.release();
  }

  /** Sends what a ruling lets go on, as far as the receiver's window is open. */
  private sendRuling(side: Side, ruling: Ruling, sent: Uint8Array, push: number): void {
    const { log } = side.half as Half;
    const begin = log.image(ruling.from);
    const rendered = new Uint8Array(log.image(ruling.to) - begin);
    log.render(ruling.from, ruling.to, sent, rendered);
    const room = side.room(begin, rendered.length);
    const whole = room === rendered.length;
    if (!whole) {
      side.wait(begin, rendered, room, ruling.fin);
      this.watchOwed();
    }
    const last = push | (ruling.fin && whole ? FIN : 0);
    if (room > 0 || (last & FIN) !== 0) side.sendPieces(begin, rendered, 0, room, last, MIDDLE_WHY.rewrite);
  }

  /** What follows from a ruling: answers in the receiver's name, and patience. */
  private after(direction: 0 | 1, ruling: Ruling): void {
    const half = this.sides[direction].half as Half;
    const told = half.told;
    half.acknowledge(half.acknowledged, half.edge - half.acknowledged);
    const nothing = ruling.from === ruling.to && !ruling.fin;
    const takenOut = !nothing && !ruling.fin && half.log.image(ruling.from) === half.log.image(ruling.to);
    const gap = half.heldRanges(this.ranges, 3);
    if (half.told > told || takenOut || (nothing && gap > 0)) this.answer(direction, gap);
    this.watchPatience();
    this.closeWhenDone();
  }

  private closeWhenDone(): void {
    if (this.sides.every(({ half }) => half?.ended === true && half.told > half.fin)) this.close();
  }

  /** Tells a sender what is true of his stream, in the name of its receiver; `gap` ranges are held. */
  private answer(direction: 0 | 1, gap: number): void {
    const half = this.sides[direction].half as Half;
    const from = this.sides[1 - direction];
    if (from.half === null || !from.headers.known) return;
    const agreed = this.sides.every((each) => each.sackPermitted);
    const sack = agreed ? this.ranges.slice(0, 2 * gap).map((each) => half.sequence(each)) : [];
    from.sendPieces(from.half.log.image(from.half.decided), EMPTY, 0, 0, 0, MIDDLE_WHY.answer, sack);
  }

  private watchPatience(): void {
    if (!this.sides.some(({ half }) => half?.patient === true)) this.patience.stop();
    else if (!this.patience.armed) this.patience.start(this.patienceTime);
  }

  private patienceOver(): void {
    for (const direction of [0, 1] as const) {
      const side = this.sides[direction];
      if (side.half?.patient !== true) continue;
      const ruling = side.half.giveUp();
      this.sendRuling(side, ruling, ruling.bytes ?? EMPTY, PSH);
      this.after(direction, ruling);
    }
  }

  private watchOwed(): void {
    if (this.repeat.armed || this.closed) return;
    this.repeats = 0;
    this.repeat.start(REPEAT);
  }

  private repeatOwed(): void {
    for (const side of this.sides) side.repeat();
    if (!this.sides.some((side) => side.owes)) return;
    if (++this.unheard > REPEATS) this.close();
    else this.repeat.start(Math.min(LONGEST_REPEAT, REPEAT * 2 ** ++this.repeats));
  }
}

const EMPTY = new Uint8Array(0);
