import type { Host, Packet, Timer } from '@netwright/core';
import type { ErrorReporter } from '../ip/control.js';
import { locate6 } from './admission.js';
import type { Ipv6Counter, Ipv6Counters } from './counters.js';
import { ExtensionChain, Problem } from './extensions.js';
import { EXTENSION, FRAGMENT_SIZE, Fragment6, IPV6, NextHeader } from './header.js';
import { inspectFragment, Reassembly6 } from './reassembly.js';
import type { Ipv6Settings } from './settings.js';

/** Who gets a packet when its extension headers have been dealt with. */
export interface Deliverer {
  deliver(packet: Packet, at: number, protocol: number, field: number, fragmented: boolean): void;
}

/** Packets with something between the fixed header and the transport's: it obeys the options and puts fragments together. */
export class ExtendedPackets {
  readonly chain: ExtensionChain;
  reporter: ErrorReporter | null = null;
  private readonly reassembly: Reassembly6;
  private readonly timer: Timer;

  constructor(
    private readonly host: Host,
    settings: Ipv6Settings,
    private readonly counters: Ipv6Counters,
    private readonly owner: Deliverer,
  ) {
    this.chain = new ExtensionChain(settings.extensions);
    this.reassembly = new Reassembly6(host.pool, settings.fragments, counters);
    this.timer = host.timer(() => this.fragmentsExpired());
  }

  /** Takes a packet that is ours and starts with its fixed header; takes ownership. */
  accept(packet: Packet): void {
    this.pass(packet, this.chain.begin(packet), false);
  }

  /** Gives up what is incomplete. */
  stop(): void {
    this.reassembly.clear();
    this.timer.stop();
  }

  /** Drops a packet, and tells its sender which field was at fault where `code` is not negative. */
  drop(packet: Packet, why: Ipv6Counter, code: number, pointer: number): void {
    if (code >= 0) this.reporter?.report(packet, 4, code, pointer);
    this.counters[why]++;
    packet.release();
  }

  /** What the walk over the extension headers came to. */
  private pass(packet: Packet, why: Ipv6Counter | null, fragmented: boolean): void {
    const { chain } = this;
    if (why !== null) {
      this.drop(packet, why, chain.code, chain.pointer);
      return;
    }
    const { at, field, protocol } = chain;
    if (protocol === NextHeader.Fragment) this.receiveFragment(packet, at, field, fragmented);
    else this.owner.deliver(packet, at, protocol, field, fragmented);
  }

  private receiveFragment(packet: Packet, at: number, field: number, fragmented: boolean): void {
    const { view, network, end } = packet;
    // One in another, and one that is cut off, nobody sends.
    if (fragmented || at + FRAGMENT_SIZE > end) {
      this.drop(packet, 'badExtension', -1, 0);
      return;
    }
    const word = view.getUint16(at + EXTENSION.fragment);
    if ((word & (Fragment6.Offset | Fragment6.More)) === 0) {
      // RFC 6946: the whole datagram; it has nothing to do with other fragments.
      this.counters.fragmentsAtomic++;
      this.pass(packet, this.chain.walk(packet, at + FRAGMENT_SIZE, view.getUint8(at), at), true);
      return;
    }
    const problem = inspectFragment(packet, at);
    if (problem === null) {
      const whole = this.reassembly.add(packet, at, field, this.host.turn.now);
      this.watchFragments();
      if (whole === null) return;
      locate6(whole.packet);
      this.pass(whole.packet, this.chain.walk(whole.packet, whole.at, whole.protocol, whole.field), true);
    } else if (problem === 'fragmentMalformed') {
      this.drop(packet, problem, Problem.Field, IPV6.payloadLength);
    } else if (problem === 'fragmentOversized') {
      this.drop(packet, problem, Problem.Field, at + EXTENSION.fragment - network);
    } else this.drop(packet, problem, Problem.IncompleteChain, 0);
  }

  /** The timer runs while datagrams are incomplete, and not otherwise. */
  private watchFragments(): void {
    const { deadline } = this.reassembly;
    if (deadline === Number.POSITIVE_INFINITY) this.timer.stop();
    else if (!this.timer.armed) this.timer.startAt(deadline);
  }

  private fragmentsExpired(): void {
    this.reassembly.expire(this.host.turn.now, (first) => this.reporter?.report(first, 3, 1));
    this.watchFragments();
  }
}
