import type { Host, Packet, Timer } from '@netwright/core';
import type { Reassembly } from './reassembly.js';

/** Datagrams that wait for the rest of their fragments, with the timer that ends their wait. It runs while there are any. */
export class IncompleteDatagrams {
  private readonly timer: Timer;

  /** @param expired gets the first fragment of one that was given up; one whose first fragment never came goes in silence (RFC 792). */
  constructor(
    private readonly host: Host,
    private readonly reassembly: Reassembly,
    private readonly expired: (first: Packet) => void,
  ) {
    this.timer = host.timer(() => this.expire());
  }

  /** Takes a fragment. @returns the datagram where it was the last one that was missing. */
  add(packet: Packet): Packet | null {
    const whole = this.reassembly.add(packet, this.host.turn.now);
    this.watch();
    return whole;
  }

  /** Lets go of everything. */
  clear(): void {
    this.reassembly.clear();
    this.timer.stop();
  }

  private watch(): void {
    const { deadline } = this.reassembly;
    if (deadline === Number.POSITIVE_INFINITY) this.timer.stop();
    else if (!this.timer.armed) this.timer.startAt(deadline);
  }

  private expire(): void {
    this.reassembly.expire(this.host.turn.now, this.expired);
    this.watch();
  }
}
