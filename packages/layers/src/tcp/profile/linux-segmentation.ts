import { type GatherFacts, MinshallSegmentation } from '../send/segmentation.js';

/** Bytes that one packet may gather. */
const LARGEST = 65_535;
/** What a packet may be as long as, in ms of the pacing rate: a 1024th of a second. */
const PIECE_TIME = 1000 / 1024;
/** Round trips in µs are halved this often for what a short path may gather beyond that. */
const RTT_SHIFT = 9;
/** What was sent less than that ago, in ms, may be waited for with what is to come. */
const RECENT = 1;

/**
 * Segments as Linux gathers them: several leave as one packet, which the device cuts up, so that their last one pushes.
 * How many depends on the pacing rate, and is half of the congestion window at most; a short packet waits for the next
 * acknowledgement when that lets a larger one go.
 */
export class GatheringSegmentation extends MinshallSegmentation {
  /** @param least segments (tcp_min_tso_segs). @param divisor share of the window that is worth sending (tcp_tso_win_divisor). */
  constructor(
    private readonly least = 2,
    private readonly divisor = 3,
  ) {
    super();
  }

  gather(facts: GatherFacts): number {
    const { mss } = facts;
    const most = this.mostSegments(facts);
    const congestion = Math.floor((facts.cwnd - facts.pipe) / mss);
    const quota = Math.min(Math.max(1, Math.floor(facts.cwnd / mss) >> 1), congestion, most);
    return quota > 0 && facts.queued > mss && this.isWorthWaiting(facts, most, congestion) ? 0 : Math.max(1, quota);
  }

  /** A packet of several ends where the peer's window does, unless a small segment must wait. */
  override next(facts: GatherFacts): number {
    const length = super.next(facts);
    const { mss, queued, offered, window, largest, corked, noDelay, smallInFlight } = facts;
    const edge = Math.min(queued, offered);
    if (length < mss || length % mss !== 0 || edge <= length || edge >= length + mss) return length;
    const fits = window === offered && edge < largest;
    return fits && !corked && (noDelay || !smallInFlight) ? edge : length;
  }

  /** Segments of one packet that are sent again. */
  gatherAgain(facts: GatherFacts): number {
    return Math.min(this.mostSegments(facts), Math.max(1, Math.floor((facts.cwnd - facts.pipe) / facts.mss)));
  }

  private mostSegments({ rate, minRtt, mss }: GatherFacts): number {
    let bytes = Math.min(rate * PIECE_TIME, LARGEST);
    const halvings = Math.floor(minRtt * 1000) >> RTT_SHIFT;
    if (Number.isFinite(minRtt) && halvings < 32) bytes = Math.min(bytes + LARGEST / 2 ** halvings, LARGEST);
    return Math.max(Math.floor(bytes / mss), this.least);
  }

  /** Whether more is worth waiting for: only for the next acknowledgement, and not long. */
  private isWorthWaiting(facts: GatherFacts, most: number, congestion: number): boolean {
    const { mss, now, queued, window, cwnd, offered } = facts;
    if (facts.recovering || now - facts.sentAt > RECENT || facts.oldestAt < 0) return false;
    const limit = Math.min(offered, congestion * mss);
    if (limit >= most * mss) return false;
    if (limit >= Math.min(facts.sndWnd, cwnd) / this.divisor) return false;
    if (now - facts.oldestAt < facts.srtt / 2) return false;
    if (congestion * mss < offered ? congestion * mss > queued : offered > queued) return !facts.finished;
    return window <= queued;
  }
}
