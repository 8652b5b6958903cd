import type { Host } from './host.js';
import type { Packet } from './packet/packet.js';
import type { Timer } from './time/timers.js';

/** What becomes of a packet that a hook has seen: it goes on now, or never, or `delay` ms later. */
export type Verdict = 'pass' | 'drop' | { readonly delay: number };

/**
 * Looks at a packet on its way between a transport and an application. The packet is borrowed; header and payload may
 * be changed in place, the layer sets lengths and checksums afterwards. Injecting is not a verdict: call `inject` of
 * the {@link HookPoint}, before or after.
 */
export type Hook = (packet: Packet) => Verdict;

/**
 * A place where a hook sits, and what follows from its verdicts. A layer has one where somebody hooks in and null
 * where nobody does, so that a stack without hooks pays one comparison a packet.
 */
export class HookPoint {
  /** Packets that the hook has dropped, and those that found too many waiting. */
  dropped = 0;
  overflowed = 0;
  /** Delayed packets, the earliest first. */
  private readonly waiting: { packet: Packet; at: number }[] = [];
  private readonly timer: Timer;

  /**
   * @param onward where packets go on; takes ownership.
   * @param limit how many packets may wait at once; more are dropped.
   */
  constructor(
    private readonly host: Host,
    private readonly hook: Hook,
    private readonly onward: (packet: Packet) => void,
    private readonly limit = 256,
  ) {
    this.timer = host.timer(() => this.due());
  }

  /** Shows a packet to the hook and does what it says; takes ownership. What the hook throws is reported, and the packet dropped. */
  run(packet: Packet): void {
    const verdict = this.ask(packet);
    if (verdict === 'pass') this.onward(packet);
    else if (verdict === 'drop') {
      this.dropped++;
      packet.release();
    } else this.delay(packet, this.host.clock.now() + verdict.delay);
  }

  /** Sends a packet on its way that the hook does not see; takes ownership. */
  inject(packet: Packet): void {
    this.onward(packet);
  }

  /** Lets go of the packets that wait. */
  clear(): void {
    this.timer.stop();
    for (const { packet } of this.waiting) packet.release();
    this.waiting.length = 0;
  }

  private ask(packet: Packet): Verdict {
    try {
      return this.hook(packet);
    } catch (error) {
      this.host.fault(error);
      return 'drop';
    }
  }

  private delay(packet: Packet, at: number): void {
    const { waiting } = this;
    if (waiting.length >= this.limit) {
      this.overflowed++;
      packet.release();
      return;
    }
    let place = waiting.length;
    while (place > 0 && waiting[place - 1].at > at) place--;
    waiting.splice(place, 0, { packet, at });
    if (place === 0) this.timer.startAt(at);
  }

  private due(): void {
    const now = this.host.clock.now();
    while (this.waiting.length > 0 && this.waiting[0].at <= now) {
      const next = this.waiting.shift();
      if (next !== undefined) this.onward(next.packet);
    }
    if (this.waiting.length > 0) this.timer.startAt(this.waiting[0].at);
  }
}
