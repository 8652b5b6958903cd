import {
  HOST,
  type Host,
  type IpAddress,
  Layer,
  layer,
  type Packet,
  type Reason,
  reason,
  SCOPE,
  type Scope,
  token,
} from '@netwright/core';
import type { NoPath, Path, Udp } from '@netwright/layers';
import { inject } from 'inversify';
import { BEAT, isBeat, Kind, writeBeat } from './header.js';
import { HEARTBEAT_RHYTHM, type Rhythm } from './rhythm.js';

/** The port under which it is registered on UDP. */
export const HEARTBEAT_PORT = 7070;

/** Options, checked by the schema in plugin.ts. */
export interface HeartbeatOptions {
  /** Whom to send beats; left out, beats are only answered. */
  readonly peer?: IpAddress;
  /** ms between two beats. */
  readonly interval: number;
}
/** How the plugin hands its options to the layer: a token without a page is wiring. */
export const HEARTBEAT_OPTIONS = token<HeartbeatOptions>('heartbeat.options');

// Why a frame was sent: captures and traces show it, with the tokens that had a say.
const SENT = reason('heartbeat.beat', HEARTBEAT_RHYTHM);
const ANSWERED = reason('heartbeat.answer');

/** Sends beats to a peer, answers those of others, and knows whether the peer is alive. */
@layer({ name: 'heartbeat', over: [{ layer: 'udp', key: HEARTBEAT_PORT }] })
export class Heartbeat extends Layer {
  readonly counters = { sent: 0, answered: 0, heard: 0, malformed: 0, unsent: 0 };
  /** Beats in a row without an answer. */
  unanswered = 0;
  private udp: Udp | null = null;
  private readonly sender: number;
  private readonly timer;

  constructor(
    // Every parameter carries @inject: nothing here relies on a particular compiler.
    @inject(HOST) private readonly host: Host,
    @inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    @inject(HEARTBEAT_RHYTHM) private readonly rhythm: Rhythm,
    @inject(SCOPE) private readonly scope: Scope,
  ) {
    super();
    // A source of our own: what we draw does not change what others draw.
    this.sender = host.random.fork('heartbeat').uint32() & 0xffff;
    // The action runs as a turn of the stack: what it sends leaves when it ends.
    this.timer = host.timer(() => this.beat());
    host.counters.set(this.name, this.counters);
  }

  /** Whether the peer has answered the last beat, or the one before it. */
  get alive(): boolean {
    return this.counters.heard > 0 && this.unanswered < 2;
  }

  override attached(lower: Layer): void {
    this.udp = lower as Udp;
  }

  override start(): void {
    if (this.options.peer !== undefined) this.timer.start(this.rhythm.next(0));
  }

  override stop(): void {
    this.timer.stop();
  }

  /** A datagram for our port: the UDP header is stripped. We own the packet, and hand it on or release it. */
  receive(packet: Packet): void {
    if (!isBeat(packet)) {
      this.counters.malformed++;
      packet.release();
      return;
    }
    const { view, start } = packet;
    const kind: Kind = view.getUint8(start + BEAT.kind);
    const sender = view.getUint16(start + BEAT.sender);
    const number = view.getUint32(start + BEAT.number);
    if (kind === Kind.Beat) {
      this.counters.answered++;
      this.send(this.udp?.pathBack(packet), Kind.Answer, sender, number, ANSWERED);
    } else if (sender === this.sender && number === this.counters.sent) {
      this.counters.heard++;
      this.unanswered = 0;
    }
    packet.release();
  }

  private beat(): void {
    const { peer } = this.options;
    if (peer === undefined) return;
    this.counters.sent++;
    this.unanswered++;
    this.send(this.udp?.findPath(peer), Kind.Beat, this.sender, this.counters.sent, SENT);
    this.timer.start(this.rhythm.next(this.unanswered - 1));
  }

  private send(path: Path | NoPath | undefined, kind: Kind, sender: number, number: number, why: Reason): void {
    const packet = this.host.pool.take();
    if (packet === null || path === undefined || typeof path === 'string' || this.udp === null) {
      // No memory or no way: expected things, counted and not thrown.
      this.counters.unsent++;
      packet?.release();
      return;
    }
    writeBeat(packet, kind, sender, number);
    packet.reason = why;
    // Who overrode what: asked for names only when somebody watches.
    packet.decider = this.scope;
    this.udp.send(packet, path, HEARTBEAT_PORT, HEARTBEAT_PORT);
  }
}
