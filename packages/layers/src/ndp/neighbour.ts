import { type IpAddress, MacAddress, type NetworkInterface, type Packet, type Timer, type Turn } from '@netwright/core';
import type { LinkLayer } from '../link/link-layer.js';
import type { Neighbour } from '../link/neighbour.js';
import { WaitingPackets, type WaitingRoom } from '../link/waiting.js';
import type { NdpSettings } from './settings.js';

/**
 * RFC 4861 section 7.3.2: 'delay' waits for a transport to confirm before 'probe' asks. 'failed' is not there: such an
 * entry is kept so that a path may hold it, and asks again when it is sent to.
 */
export type NdpState = 'incomplete' | 'reachable' | 'stale' | 'delay' | 'probe' | 'failed' | 'permanent';

/** What a neighbour asks of its table. */
export interface NdpTableParts extends WaitingRoom {
  readonly settings: NdpSettings;
  readonly link: LinkLayer;
  readonly turn: Turn;
  /** ms; what routers say, else the options. */
  readonly reachable: number;
  readonly retry: number;
  now(): number;
  timer(action: () => void): Timer;
  /** Asks for it; `attempt` counts from 0. */
  ask(neighbour: NdpNeighbour, attempt: number): void;
  /** It did not answer; takes ownership of what waited for it. */
  failed(neighbour: NdpNeighbour, packets: Packet[]): void;
  /** A neighbour that had been forgotten is used again. @returns the one that is known now, or itself. */
  readmit(neighbour: NdpNeighbour): NdpNeighbour;
}

/** One station on the link and what is known of it. */
export class NdpNeighbour implements Neighbour {
  state: NdpState = 'incomplete';
  mac: MacAddress = MacAddress.zero;
  /** Whether it says that it is a router. */
  router = false;
  /** When it was last sent to or heard from, in ms of the clock. */
  usedAt: number;
  /** False once the table has forgotten it; a path may still hold it. */
  known = true;
  /** The next one in its row of the table, which owns it. */
  next: NdpNeighbour | null = null;
  readonly interface: NetworkInterface;
  /** Until when packets go without a question; -1 where each has to be looked at. */
  private freshUntil = -1;
  private asked = 0;
  private readonly timer: Timer;
  private readonly link: LinkLayer;
  private readonly turn: Turn;
  private readonly waiting: WaitingPackets;

  constructor(
    private readonly table: NdpTableParts,
    readonly address: IpAddress,
    via: NetworkInterface,
  ) {
    this.interface = via;
    this.link = table.link;
    this.turn = table.turn;
    this.usedAt = table.now();
    this.timer = table.timer(() => this.expired());
    this.waiting = new WaitingPackets(table, table.settings.pending);
  }

  /** Packets that wait for its address. */
  get pending(): number {
    return this.waiting.count;
  }

  /** Whether its hardware address is known. */
  get located(): boolean {
    return this.state !== 'incomplete' && this.state !== 'failed';
  }

  /** The packet that waits for longest: the question is asked from its source (RFC 4861 section 7.2.2). */
  get prompt(): Packet | undefined {
    return this.waiting.first;
  }

  send(packet: Packet, etherType: number): void {
    // Read from the turn, not by a call: a number with a fraction that a call returns is allocated.
    const { now } = this.turn;
    packet.interface = this.interface;
    this.usedAt = now;
    if (now < this.freshUntil) this.link.send(packet, this.mac, etherType);
    else this.sendUnsure(packet, etherType);
  }

  confirm(): void {
    const { state } = this;
    // Hearing from it says nothing where its hardware address is not known.
    if (!this.known || state === 'incomplete' || state === 'failed' || state === 'permanent') return;
    this.reached();
  }

  doubt(): void {
    // The next packet still goes there, and begins the delay after which it is asked unless it is confirmed.
    if (this.state === 'reachable') this.freshUntil = -1;
  }

  /** An advertisement about it came (RFC 4861 section 7.2.5). */
  advertised(mac: MacAddress | null, solicited: boolean, override: boolean, router: boolean): void {
    if (this.state === 'permanent') return;
    this.usedAt = this.table.now();
    if (this.state === 'incomplete' || this.state === 'failed') {
      if (mac === null) return;
      this.mac = mac;
      this.router = router;
      if (solicited) this.reached();
      else this.becomeStale();
      this.release();
      return;
    }
    const moved = mac !== null && !mac.equals(this.mac);
    if (moved && !override) {
      if (this.state === 'reachable') this.becomeStale();
      return;
    }
    if (moved) this.mac = mac;
    this.router = router;
    if (solicited) this.reached();
    else if (moved) this.becomeStale();
  }

  /** It told its hardware address in a message of its own (section 7.2.3): that says nothing of the way to it. */
  overheard(mac: MacAddress): void {
    if (this.state === 'permanent') return;
    const unknown = this.state === 'incomplete' || this.state === 'failed';
    if (!unknown && mac.equals(this.mac)) return;
    this.mac = mac;
    this.becomeStale();
    this.release();
  }

  /** An entry made by hand. */
  fix(mac: MacAddress): void {
    this.mac = mac;
    this.state = 'permanent';
    this.freshUntil = Number.POSITIVE_INFINITY;
    this.timer.stop();
    this.release();
  }

  /** The state as of now: an answer ages without a timer. */
  stateAt(now: number): NdpState {
    return this.state === 'reachable' && now >= this.freshUntil ? 'stale' : this.state;
  }

  /** Lets go of everything: the table forgets it. @returns how many packets waited. */
  forget(): number {
    const dropped = this.waiting.take();
    for (const packet of dropped) packet.release();
    this.timer.stop();
    this.known = false;
    this.freshUntil = -1;
    if (this.state !== 'permanent') this.state = 'failed';
    return dropped.length;
  }

  private reached(): void {
    this.state = 'reachable';
    this.freshUntil = this.table.now() + this.table.reachable;
    this.timer.stop();
  }

  private becomeStale(): void {
    this.state = 'stale';
    this.freshUntil = -1;
    this.timer.stop();
  }

  private sendUnsure(packet: Packet, etherType: number): void {
    if (!this.known) {
      const current = this.table.readmit(this);
      if (current !== this) {
        current.send(packet, etherType);
        return;
      }
    }
    if (this.state === 'reachable' || this.state === 'stale') {
      this.state = 'delay';
      this.freshUntil = -1;
      this.timer.start(this.table.settings.delay);
    }
    if (this.state === 'delay' || this.state === 'probe' || this.state === 'permanent') {
      this.link.send(packet, this.mac, etherType);
      return;
    }
    this.waiting.add(packet, etherType);
    if (this.timer.armed || this.waiting.count === 0) return;
    this.state = 'incomplete';
    this.asked = 0;
    this.expired();
  }

  /** Asks once more, or gives up. */
  private expired(): void {
    if (this.state === 'delay') {
      this.state = 'probe';
      this.asked = 0;
    }
    const { table } = this;
    if (this.asked < table.settings.attempts) {
      table.ask(this, this.asked++);
      this.timer.start(table.retry);
      return;
    }
    this.state = 'failed';
    this.freshUntil = -1;
    table.failed(this, this.waiting.take());
  }

  private release(): void {
    this.waiting.sendBy((packet, etherType) => this.send(packet, etherType));
  }
}
