import type { AckFacts, AckPolicy } from '../receive/ack.js';

/** ms that FreeBSD waits unless net.inet.tcp.delacktime says otherwise (tcp(4)). */
const DELAY = 40;

/** FreeBSD's delayed acknowledgements: every second segment, whatever its size, or after a while; from the first on. */
export class BsdDelayedAck implements AckPolicy {
  /** @param rules ms to wait; 0 acknowledges each segment at once. */
  constructor(private readonly rules: { readonly delayedAck: number } = { delayedAck: DELAY }) {}

  get wait(): number {
    return this.rules.delayedAck;
  }

  delay({ disordered, segments }: AckFacts): number {
    return disordered || segments >= 2 ? 0 : this.wait;
  }
}
