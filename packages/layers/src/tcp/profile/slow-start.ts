import type { AckSample, CongestionControl } from '../congestion/congestion.js';
import { Cubic } from '../congestion/cubic.js';
import { Reno } from '../congestion/reno.js';

/**
 * Slow start as Linux and FreeBSD have it: every byte that an acknowledgement covers opens the window, where RFC 9406 section 4.3
 * and RFC 3465 section 2.2 count eight segments or two of a stretched one.
 */
export class StretchedCubic extends Cubic {
  override acknowledged(sample: AckSample, recovering: boolean): void {
    growWhole(this, sample, recovering, 8 * sample.mss, () => super.acknowledged(sample, recovering));
  }

  /** What is lost counts against the window that there was, in whole segments. */
  override lost(_flight: number, mss: number, now: number, marked = false): void {
    super.lost(this.cwnd, mss, now, marked);
    this.ssthresh = wholeSegments(this.ssthresh, mss);
    this.cwnd = Math.min(this.cwnd, this.ssthresh);
  }
}

/** The same over Reno. */
export class StretchedReno extends Reno {
  override acknowledged(sample: AckSample, recovering: boolean): void {
    growWhole(this, sample, recovering, this.mostCounted(sample.mss), () => super.acknowledged(sample, recovering));
  }

  override lost(_flight: number, mss: number, now: number, marked = false): void {
    super.lost(this.cwnd, mss, now, marked);
    this.ssthresh = wholeSegments(this.ssthresh, mss);
    this.cwnd = Math.min(this.cwnd, this.ssthresh);
  }

  override expired(_flight: number, mss: number, first: boolean): void {
    super.expired(this.cwnd, mss, first);
    this.ssthresh = wholeSegments(this.ssthresh, mss);
  }
}

/** At least two of them. */
function wholeSegments(bytes: number, mss: number): number {
  return Math.max(2, Math.floor(bytes / mss + 1e-6)) * mss;
}

function growWhole(
  control: CongestionControl,
  sample: AckSample,
  recovering: boolean,
  counted: number,
  grow: () => void,
): void {
  const before = control.cwnd;
  const slow = !recovering && before < control.ssthresh;
  grow();
  // Less than what is counted means that slow start holds back, or is over.
  if (!slow || sample.acked <= counted || control.cwnd - before < counted) return;
  control.cwnd = Math.min(before + sample.acked, control.ssthresh);
}
