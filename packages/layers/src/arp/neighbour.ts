import { type IpAddress, MacAddress, type NetworkInterface, type Packet, type Timer, type Turn } from '@netwright/core';
import type { LinkLayer } from '../link/link-layer.js';
import type { Neighbour } from '../link/neighbour.js';
import { WaitingPackets, type WaitingRoom } from '../link/waiting.js';
import type { ArpSettings } from './settings.js';

/**
 * What is known of a neighbour.
 *
 * | state      | its address    | a packet for it                                   | leaves it by                       |
 * |------------|----------------|---------------------------------------------------|------------------------------------|
 * | incomplete | asked for      | waits                                             | an answer; silence → failed        |
 * | reachable  | confirmed      | goes                                              | time → stale                       |
 * | stale      | old            | goes, and starts the delay → probe                | use, an answer, a confirmation     |
 * | probe      | being polled   | goes                                              | an answer; silence → failed        |
 * | failed     | unknown        | waits, and starts asking → incomplete             | use                                |
 * | permanent  | set            | goes                                              |                                    |
 */
export type ArpState = 'incomplete' | 'reachable' | 'stale' | 'probe' | 'failed' | 'permanent';

/** What a neighbour needs of its table. */
export interface ArpTableParts extends WaitingRoom {
  readonly settings: ArpSettings;
  readonly link: LinkLayer;
  readonly turn: Turn;
  now(): number;
  timer(action: () => void): Timer;
  /** Sends a request: to everybody, or as a poll to the address that is known. */
  ask(neighbour: ArpNeighbour, attempt: number): void;
  /** It did not answer; these packets waited for it. */
  unreachable(neighbour: ArpNeighbour, packets: Packet[]): void;
  /** The neighbour had been forgotten and is used again. @returns the one that is known now, or itself. */
  readmit(neighbour: ArpNeighbour): ArpNeighbour;
}

/** One station on the link and what ARP knows of it. */
export class ArpNeighbour implements Neighbour {
  state: ArpState = 'incomplete';
  mac: MacAddress = MacAddress.zero;
  /** When it was last sent to or heard from, in ms of the clock. */
  usedAt: number;
  /** False once the table has forgotten it; a path may still hold it. */
  known = true;
  readonly interface: NetworkInterface;
  /** Until when packets go without a question; -1 where each has to be looked at. */
  private freshUntil = -1;
  private asked = 0;
  private readonly timer: Timer;
  private readonly link: LinkLayer;
  private readonly turn: Turn;
  private readonly waiting: WaitingPackets;

  constructor(
    private readonly table: ArpTableParts,
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

  /** Whether a question to it is open. */
  get asking(): boolean {
    return this.timer.armed && (this.state === 'incomplete' || this.state === 'probe');
  }

  /** Packets that wait for its address. */
  get pending(): number {
    return this.waiting.count;
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
    // Hearing from it says nothing where its hardware address is not known.
    if (this.state !== 'reachable' && this.state !== 'stale' && this.state !== 'probe') return;
    if (!this.known) return;
    if (this.state === 'probe') this.timer.stop();
    this.state = 'reachable';
    this.freshUntil = this.table.now() + this.table.settings.reachable;
  }

  doubt(): void {
    // The next packet still goes there, and begins the delay after which it is polled unless it is confirmed.
    if (this.state === 'reachable') this.freshUntil = -1;
  }

  /** An answer came, or an entry was made by hand. Packets that wait leave. */
  learn(mac: MacAddress, how: 'answered' | 'overheard' | 'permanent'): void {
    const { state } = this;
    if (state === 'permanent' && how !== 'permanent') return;
    const now = this.table.now();
    const changed = !mac.equals(this.mac);
    this.mac = mac;
    this.usedAt = now;
    if (how === 'permanent') {
      this.state = 'permanent';
      this.freshUntil = Number.POSITIVE_INFINITY;
      this.timer.stop();
    } else if (how === 'answered') {
      this.state = 'reachable';
      this.freshUntil = now + this.table.settings.reachable;
      this.timer.stop();
    } else if (changed || state === 'incomplete' || state === 'failed') {
      // It said where it is, not that it hears us: use it, and ask.
      this.state = 'stale';
      this.freshUntil = -1;
      this.timer.stop();
    }
    this.release();
  }

  /** The state as of now: an answer ages without a timer. */
  stateAt(now: number): ArpState {
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

  private sendUnsure(packet: Packet, etherType: number): void {
    if (!this.known) {
      const current = this.table.readmit(this);
      if (current !== this) {
        current.send(packet, etherType);
        return;
      }
    }
    if (this.state === 'reachable') this.state = 'stale';
    if (this.state === 'stale') {
      this.state = 'probe';
      this.freshUntil = -1;
      this.asked = 0;
      this.timer.start(this.table.settings.delay);
    }
    if (this.state === 'probe') {
      this.link.send(packet, this.mac, etherType);
      return;
    }
    this.waiting.add(packet, etherType);
    if (this.timer.armed) return;
    this.state = 'incomplete';
    this.asked = 0;
    this.expired();
  }

  /** Asks once more, or gives up. */
  private expired(): void {
    const { settings } = this.table;
    if (this.asked < settings.attempts) {
      this.table.ask(this, this.asked++);
      this.timer.start(settings.retry);
      return;
    }
    this.state = 'failed';
    this.freshUntil = -1;
    this.table.unreachable(this, this.waiting.take());
  }

  private release(): void {
    this.waiting.sendBy((packet, etherType) => this.send(packet, etherType));
  }
}
