import type { WindowFacts, WindowPolicy } from '../receive/window.js';
import { MAX_WINDOW_SCALE } from '../segment/options.js';

/** The largest window that a field can say without a scale. */
const FIELD = 0xffff;

/**
 * FreeBSD's windows: all the room there is, nothing where that is a silly window; the scale is the one that the largest
 * buffer of the system would need, and what it cannot say is rounded up. One that has opened is told when it is worth
 * it: by two segments and a quarter of the buffer, or by half of it.
 */
export class BsdWindow implements WindowPolicy {
  readonly rounding = 'up';

  /** @param largest bytes of the largest buffer that there may be (kern.ipc.maxsockbuf). */
  constructor(private readonly largest: () => number) {}

  scale(): number {
    const largest = this.largest();
    let shift = 0;
    while (shift < MAX_WINDOW_SCALE && FIELD * 2 ** shift < largest) shift++;
    return shift;
  }

  initial(limit: number): number {
    return Math.min(limit, FIELD);
  }

  window({ limit, buffered, segmentSize }: WindowFacts): number {
    const room = Math.max(0, limit - buffered);
    return room < limit / 4 && room < segmentSize ? 0 : room;
  }

  worthTelling({ limit, advertised, segmentSize }: WindowFacts, window: number, shift: number): boolean {
    const growth = window - advertised;
    if (growth <= 0 || window >> shift <= advertised >> shift) return false;
    const noticed = growth >= limit / 4 || window <= limit / 8 || limit <= 8 * segmentSize;
    return (growth >= 2 * segmentSize && noticed) || 2 * growth >= limit;
  }
}
