import { FASTEST } from '../receive/receive-tuning.js';
import { seqAdd, seqDistance } from '../sequence.js';
import type { SendSpace } from './send-space.js';

/** The largest packet that is cut into segments on its way out, less its headers: what Linux gathers at most. */
const LARGEST = 65_215;
/** Segments that any buffer is made for: the initial window. */
const INITIAL_SEGMENTS = 10;

/**
 * How much an application may have queued. The buffer grows with the congestion window, to twice what that lets be in
 * flight, so that there is always another window's worth to send; and a low-water mark can keep what is not sent yet
 * short, so that an application decides late what to send (TCP_NOTSENT_LOWAT).
 */
export class SendBuffer {
  /** Bytes, unacknowledged and unsent. */
  limit = 0;
  /** What it may grow to. */
  max = 0;
  /** Bytes never sent at which no more are taken; 0 for no such mark. */
  lowWater = 0;
  /** The application has more to write than there is room for. */
  wanted = false;

  constructor(private readonly space: SendSpace) {}

  /** Bytes that `write` takes now. */
  get room(): number {
    const room = Math.max(0, this.limit - this.space.queued);
    return this.lowWater === 0 ? room : Math.min(room, this.roomBelowMark);
  }

  /**
   * Whether it is worth to wake a program that waits for room, when `share` of the buffer is free; with a low-water mark
   * less than half of it must be unsent, too (Linux's rule).
   */
  isFree(share: number): boolean {
    const { space } = this;
    if (space.queued > (1 - share) * this.limit) return false;
    return this.lowWater === 0 || 2 * space.unsent < this.lowWater;
  }

  /** A program waits for room: gives it twice the congestion window, unless the window is not what it waits for. */
  expand(): void {
    const { congestion, flight, mss, rtt } = this.space;
    if (this.limit >= this.max || flight.pipe >= congestion.cwnd) return;
    // Windows that were halved have fractions, bytes have not.
    const wanted = 2 * Math.floor(Math.max(congestion.cwnd, INITIAL_SEGMENTS * mss));
    this.limit = Math.max(this.limit, Math.min(wanted, this.max, Math.ceil(2 * FASTEST * rtt.min)));
  }

  /** Bytes that both windows would let go now. */
  private get sendable(): number {
    const { opened, sndNxt, sndUna, sndWnd, congestion, flight } = this.space;
    if (!opened) return 0;
    const offered = seqDistance(sndNxt, seqAdd(sndUna, sndWnd));
    return Math.max(0, Math.floor(Math.min(congestion.cwnd - flight.pipe, offered)));
  }

  /**
   * Unsent data is gathered in pieces as large as can leave at once; a piece is begun below the mark, and filled. What
   * the windows let go at once does not count as unsent.
   */
  private get roomBelowMark(): number {
    const { mss, maxWindow, unsent } = this.space;
    const sendable = this.sendable;
    const gathered = Math.min(LARGEST, maxWindow > 536 ? maxWindow / 2 : maxWindow);
    const piece = Math.max(1, Math.floor(gathered / mss)) * mss;
    const goes = Math.min(sendable, unsent);
    const stays = unsent - goes;
    return sendable - goes + Math.ceil(Math.max(this.lowWater, stays) / piece) * piece - stays;
  }
}
