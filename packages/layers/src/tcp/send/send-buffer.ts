import { FASTEST } from '../receive/receive-tuning.js';
import { seqAdd, seqDistance } from '../sequence.js';
import type { SendVariables } from './send-variables.js';

/** The largest packet that is cut into segments on its way out, less its headers: what Linux gathers at most. */
const LARGEST = 65_215;
/** Segments that any buffer is made for: the initial window. */
const INITIAL_SEGMENTS = 10;
/** Bytes that Linux counts beside those of a piece, and what a segment of its own takes with its headers before it. */
const PIECE_COST = 832;
const SEGMENT_COST = 256;
const HEADERS = 640;

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
  /** Whether it is counted in pieces, each of which is filled once it is begun. */
  pieces = false;
  /** Bytes of the packets of several segments that leave now. */
  gathered = 1;

  constructor(private readonly space: SendVariables) {}

  /** Bytes that `write` takes now. */
  get room(): number {
    const room = this.pieces ? this.roomInPieces : Math.max(0, this.limit - this.space.queued);
    return this.lowWater === 0 ? room : Math.min(room, this.roomBelowMark);
  }

  /**
   * Whether it is worth to wake a program that waits for room, when `share` of the buffer is free; with a low-water mark
   * less than half of it must be unsent, too (Linux's rule).
   */
  isFree(share: number): boolean {
    const { space } = this;
    if (this.taken > (1 - share) * this.limit) return false;
    return this.lowWater === 0 || 2 * space.unsent < this.lowWater;
  }

  /** A program waits for room: gives it twice the congestion window, or what that asks for, unless the window is not what it waits for. */
  expand(): void {
    const { congestion, flight, mss, rtt } = this.space;
    if (this.limit >= this.max || flight.pipe >= congestion.cwnd) return;
    // Windows that were halved have fractions, bytes have not.
    const segments = Math.max(congestion.cwnd, INITIAL_SEGMENTS * mss);
    const wanted = this.pieces ? this.costOf(segments / mss) : (congestion.buffered ?? 2) * Math.floor(segments);
    this.limit = Math.max(this.limit, Math.min(wanted, this.max, Math.ceil(2 * FASTEST * rtt.min)));
  }

  /** Bytes that both windows would let go now. */
  private get sendable(): number {
    const { opened, sndNxt, sndUna, sndWnd, congestion, flight } = this.space;
    if (!opened) return 0;
    const offered = seqDistance(sndNxt, seqAdd(sndUna, sndWnd));
    return Math.max(0, Math.floor(Math.min(congestion.cwnd - flight.pipe, offered)));
  }

  /** Both ends know how large segments are: room for two initial windows at least. */
  begin(): void {
    if (this.pieces && this.max > 0)
      this.limit = Math.max(this.limit, Math.min(this.costOf(INITIAL_SEGMENTS), this.max));
  }

  /** Twice so many segments with what each takes. */
  private costOf(segments: number): number {
    const size = 2 ** Math.ceil(Math.log2(this.space.mss + HEADERS)) + SEGMENT_COST;
    return 2 * Math.floor(segments) * size;
  }

  /** Bytes that are taken, with what keeps them. */
  private get taken(): number {
    const { queued, unsent } = this.space;
    if (!this.pieces) return queued;
    // What was sent is in the packets that it left in, each with what it takes.
    const packets = Math.ceil((queued - unsent) / this.gathered) + Math.ceil(unsent / this.piece);
    return queued + packets * PIECE_COST;
  }

  /** What the last piece has room for, and pieces that may be begun. */
  private get roomInPieces(): number {
    const { unsent } = this.space;
    const { piece } = this;
    const last = unsent === 0 ? 0 : piece - (((unsent - 1) % piece) + 1);
    const free = this.limit - this.taken - last;
    return last + (free > 0 ? Math.ceil(free / (piece + PIECE_COST)) * piece : 0);
  }

  /** Bytes that a program may write before what waits is looked at again: what the last piece, or one more, has room for. */
  get nextPiece(): number {
    if (!this.pieces) return Number.POSITIVE_INFINITY;
    const { piece } = this;
    return piece - (this.space.unsent % piece);
  }

  /** Bytes that are gathered as one. */
  private get piece(): number {
    const { mss, maxWindow } = this.space;
    const gathered = Math.min(LARGEST, maxWindow > 536 ? maxWindow / 2 : maxWindow || LARGEST);
    return Math.max(1, Math.floor(gathered / mss)) * mss;
  }

  /**
   * Unsent data is gathered in pieces as large as can leave at once; a piece is begun below the mark, and filled. What
   * the windows let go at once does not count as unsent.
   */
  private get roomBelowMark(): number {
    const { unsent } = this.space;
    const { sendable, piece } = this;
    const goes = Math.min(sendable, unsent);
    const stays = unsent - goes;
    return sendable - goes + Math.ceil(Math.max(this.lowWater, stays) / piece) * piece - stays;
  }
}
