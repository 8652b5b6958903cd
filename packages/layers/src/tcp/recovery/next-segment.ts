import type { SentSegment } from '../send/flight.js';
import type { Sending } from '../send/sending.js';
import { seqAdd, seqAtMost, seqBefore, seqMax } from '../sequence.js';

/** What RFC 6675 section 4 sends next in a recovery, by what the peer has reported alone. */
export class NextSegment {
  /** HighRxt: where what was sent again in this recovery ends; null before. */
  private highRxt: number | null = null;
  /** RescueRxt: a rescue goes only once more than this is acknowledged. */
  private rescueRxt = 0;
  private rescuing = false;

  /** A recovery begins. */
  begin(): void {
    this.highRxt = null;
  }

  /** IsLost: so many segments beyond it have arrived. What was sent again is the timer's. */
  countBeyond({ flight, mss }: Sending, degree: number): void {
    if (flight.sackedCount === 0) return;
    let beyond = 0;
    for (let i = flight.count - 1; i >= 0; i--) {
      const segment = flight.at(i);
      if (segment.sacked) beyond += Math.max(1, Math.ceil(segment.length / mss));
      else if (beyond >= degree && segment.transmissions === 1) flight.markLost(segment);
    }
  }

  resent({ end }: SentSegment): void {
    // Section 5, (4.3) and (C.2).
    if (this.highRxt === null) this.rescueRxt = end;
    if (!this.rescuing) this.highRxt = this.highRxt === null ? end : seqMax(this.highRxt, end);
    this.rescuing = false;
  }

  /** NextSeg, rules 3 and 4; (1) and (2) had nothing to send. */
  lastResort({ flight, sndUna, mss }: Sending, recoveryPoint: number): SentSegment | undefined {
    const { highRxt } = this;
    // Before the first retransmission of a recovery rule 1 has something.
    if (highRxt === null) return undefined;
    let reported = flight.count - 1;
    while (reported >= 0 && !flight.at(reported).sacked) reported--;
    for (let i = 0; i < reported; i++) {
      const segment = flight.at(i);
      if (!segment.sacked && seqAtMost(highRxt, segment.seq)) return segment;
    }
    if (!seqBefore(this.rescueRxt, sndUna)) return undefined;
    let last = flight.count - 1;
    while (last >= 0 && flight.at(last).sacked) last--;
    if (last < 0) return undefined;
    this.rescueRxt = recoveryPoint;
    this.rescuing = true;
    const segment = flight.at(last);
    if (segment.length <= mss) return segment;
    // Of what left in one piece the end goes: "MUST include the highest outstanding unSACKed sequence number".
    flight.split(segment, seqAdd(segment.end, -mss));
    return flight.at(last + 1);
  }
}
