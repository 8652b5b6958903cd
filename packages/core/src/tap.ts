import type { NetworkInterface } from './interface.js';
import type { Packet } from './packet/packet.js';
import { token } from './token.js';

/** Sees every frame of a stack: a capture file, a trace, a test. Nobody watching costs one comparison a frame. */
export interface Tap {
  /**
   * A frame, whole, as it came (`in`) or goes (`out`). The packet is borrowed: read it, do not change or keep it.
   * @param at ms of the stack's clock.
   */
  frame(direction: 'in' | 'out', packet: Packet, via: NetworkInterface, at: number): void;
}

/** Who watches. */
export const TAP = token<Tap | null>('tap', {
  scope: 'stack',
  contract: 'Tap | null',
  fallback: 'null: nobody watches',
  changes: 'who sees every frame, with its reason',
});

/** Several watchers of one stack. */
export class TapFan implements Tap {
  constructor(readonly taps: readonly Tap[]) {}

  frame(direction: 'in' | 'out', packet: Packet, via: NetworkInterface, at: number): void {
    for (const tap of this.taps) tap.frame(direction, packet, via, at);
  }
}
