import { type AckSample, type CongestionControl, Cubic, Reno } from '@netwright/layers';

/**
 * Slow start as Linux has it: every byte that an acknowledgement covers opens the window, where RFC 9406 section 4.3
 * and RFC 3465 section 2.2 count eight segments or two of a stretched one.
 */
export class StretchedCubic extends Cubic {
  override acknowledged(sample: AckSample, recovering: boolean): void {
    growWhole(this, sample, recovering, 8 * sample.mss, () => super.acknowledged(sample, recovering));
  }
}

/** The same over Reno. */
export class StretchedReno extends Reno {
  override acknowledged(sample: AckSample, recovering: boolean): void {
    growWhole(this, sample, recovering, 2 * sample.mss, () => super.acknowledged(sample, recovering));
  }
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
