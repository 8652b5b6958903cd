import type { AckSample } from '../congestion/congestion.js';
import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqBefore } from '../sequence.js';

/**
 * Finds out whether a recovery was needed at all: it was not where an acknowledgement echoes a time before the first
 * retransmission (Eifel, RFC 3522), or where each retransmission was reported as a duplicate (RFC 3708 section 2).
 */
export class SpuriousDetection {
  /** SND.UNA when the recovery began; null while there is none that could be taken back. */
  private marker: number | null = null;
  /** Segments sent again since then whose duplicate was not reported; -1 before the first. */
  private repeats = -1;
  /** TSval of the first of them; null where nothing was sent again, or timestamps are not used. */
  private stamp: number | null = null;
  /** Segments sent again, and reported as duplicates, since the connection began. */
  private resentInAll = 0;
  private reportedInAll = 0;

  /** Whether there is a recovery that could be taken back. */
  protected get started(): boolean {
    return this.marker !== null;
  }

  /** A recovery begins, by the retransmission timer where `timeout`. What was sent again before it, and is in flight yet, may be reported as a duplicate, too. */
  begin(sending: Sending, _timeout = false): void {
    this.marker = sending.sndUna;
    this.stamp = null;
    let before = 0;
    for (let each = sending.flight.outstanding.head; each !== null; each = each.next)
      if (each.transmissions > 1) before += segments(each.length, sending.mss);
    this.repeats = before === 0 ? -1 : before;
  }

  /** What it changed was taken back, or must not be. */
  end(): void {
    this.marker = this.stamp = null;
  }

  /** `segment` was sent again. */
  resent(sending: Sending, segment: SentSegment): void {
    const count = segments(segment.length, sending.mss);
    this.resentInAll += count;
    if (this.marker === null) return;
    this.stamp ??= sending.timestamp;
    this.repeats = Math.max(0, this.repeats) + count;
  }

  /** Takes a report of a duplicate (RFC 2883) in: of this recovery, or of none. */
  heard(_sending: Sending, sample: AckSample): void {
    if (!sample.dsack) return;
    const count = segments(sample.dsackBytes, sample.mss);
    this.reportedInAll += count;
    if (this.marker === null || this.repeats <= 0) return;
    if (seqBefore(this.marker, sample.dsackEnd)) this.repeats = Math.max(0, this.repeats - count);
  }

  /**
   * All that was sent again was there already. Where more came twice than was sent twice the network doubles packets,
   * and reports tell nothing any more (RFC 3708 section 3, step A.4).
   */
  get needless(): boolean {
    return this.marker !== null && this.repeats === 0 && this.reportedInAll <= this.resentInAll;
  }

  /** The acknowledgement answers the original: a retransmission would have been stamped later. */
  answersOriginal(_sending: Sending, sample: AckSample): boolean {
    return this.marker !== null && this.stamp !== null && sample.echo !== null && seqBefore(sample.echo, this.stamp);
  }

  /** Takes back what the recovery has changed; not where congestion is told of now (RFC 4015 section 3.4). */
  revert(sending: Sending, sample: AckSample): void {
    if (!sample.marked) sending.congestion.undo();
  }
}

function segments(bytes: number, mss: number): number {
  return Math.max(1, Math.ceil(bytes / mss));
}
