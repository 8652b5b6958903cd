import type { AckSample, CongestionControl } from '../congestion/congestion.js';

const INFINITE = Number.MAX_SAFE_INTEGER;
/** Segments: no threshold is less, and below the second HyStart leaves slow start alone. */
const LEAST = 2;
const HYSTART_LEAST = 16;
/** RFC 9438's beta in 1024ths, and its C in the units of the cubic function: 1024ths of a second. */
const BETA = 717;
const CUBE_SCALE = 410;
const CUBE_FACTOR = 2 ** 40 / CUBE_SCALE;
/** 8 * (1 + beta) / 3 / (1 - beta): acknowledgements for each segment that Reno's window would grow by. */
const RENO_SCALE = 15;
/** ms: the cubic function is looked at again at most that often for the same window. */
const PAUSE = 1000 / 32;
/** ms between acknowledgements of one train; samples of a round trip before it says something; bounds of its growth. */
const TRAIN = 2;
const SAMPLES = 8;
const DELAY_LEAST = 4;
const DELAY_MOST = 16;

/** Congestion windows as Linux keeps them: whole segments, which the acknowledgement that ends a recovery counts for, too. */
export class LinuxReno implements CongestionControl {
  readonly name: string = 'reno';
  readonly pacingRate = 0;
  readonly proportional = true;
  readonly whole = true;
  cwnd = 0;
  ssthresh = INFINITE;
  /** Segments acknowledged since the window last grew. */
  private counted = 0;
  private before = { cwnd: 0, ssthresh: INFINITE };
  private initial = 0;

  begin(mss: number, _now: number, lossy = false): void {
    this.cwnd = this.initial = lossy ? mss : 10 * mss;
  }

  acknowledged(sample: AckSample, recovering: boolean): void {
    this.measure(sample);
    if (recovering || sample.acked === 0 || !sample.windowLimited) return;
    const { mss } = sample;
    let segments = Math.ceil(sample.delivered / mss);
    if (this.cwnd < this.ssthresh) {
      const grown = Math.min(this.cwnd + segments * mss, this.ssthresh);
      segments -= Math.round((grown - this.cwnd) / mss);
      this.cwnd = grown;
      if (segments <= 0) return;
    }
    this.avoid(segments, this.pace(Math.floor(this.cwnd / mss), segments, sample.now), mss);
  }

  lost(_flight: number, mss: number): void {
    this.remember();
    this.counted = 0;
    this.ssthresh = this.threshold(mss);
    this.cwnd = this.ssthresh;
  }

  recovered(): void {
    this.cwnd = this.ssthresh;
  }

  expired(_flight: number, mss: number, first: boolean): void {
    if (first) {
      this.remember();
      this.ssthresh = this.threshold(mss);
    }
    this.cwnd = mss;
    this.counted = 0;
  }

  undo(): void {
    this.cwnd = Math.max(this.cwnd, this.before.cwnd);
    this.ssthresh = Math.max(this.ssthresh, this.before.ssthresh);
  }

  idled(): void {
    this.ssthresh = Math.max(this.ssthresh, 0.75 * this.cwnd);
    this.cwnd = Math.min(this.cwnd, this.initial);
  }

  /** Segments to be acknowledged for each that the window of `cwnd` segments grows by. */
  protected pace(cwnd: number, _segments: number, _now: number): number {
    return cwnd;
  }

  protected measure(_sample: AckSample): void {}

  protected threshold(mss: number): number {
    return Math.max(Math.floor(this.cwnd / mss) >> 1, LEAST) * mss;
  }

  private avoid(segments: number, each: number, mss: number): void {
    if (this.counted >= each) {
      this.counted = 0;
      this.cwnd += mss;
    }
    this.counted += segments;
    if (this.counted < each) return;
    const grown = Math.floor(this.counted / each);
    this.counted -= grown * each;
    this.cwnd += grown * mss;
  }

  private remember(): void {
    this.before.cwnd = this.cwnd;
    this.before.ssthresh = this.ssthresh;
  }
}

/** CUBIC as Linux has it, in whole segments, with its HyStart. */
export class LinuxCubic extends LinuxReno {
  override readonly name = 'cubic';
  /** Segments that the window had before the last loss; the plateau it returns to, and when: in 1024ths of a second. */
  private most = 0;
  private origin = 0;
  private k = 0;
  /** When this epoch began, and when it was looked at last: ms; -1 for none. */
  private epochAt = -1;
  private lookedAt = -1;
  private lookedWindow = 0;
  private each = 0;
  private acknowledgedCount = 0;
  private renoWindow = 0;
  private leastDelay = 0;
  // HyStart: this round trip, by the bytes that end it.
  private roundEnd = 0;
  private roundAt = 0;
  private heardAt = 0;
  private roundLeast = INFINITE;
  private samples = 0;

  protected override pace(cwnd: number, segments: number, now: number): number {
    this.acknowledgedCount += segments;
    if (this.lookedWindow === cwnd && this.lookedAt >= 0 && now - this.lookedAt <= PAUSE) return this.each;
    if (this.epochAt < 0 || Math.floor(now) !== Math.floor(this.lookedAt)) {
      this.lookedWindow = cwnd;
      this.lookedAt = now;
      if (this.epochAt < 0) this.beginEpoch(cwnd, segments, now);
      this.each = this.cubic(cwnd, now);
    }
    this.friendly(cwnd);
    return this.each;
  }

  protected override threshold(mss: number): number {
    const cwnd = Math.floor(this.cwnd / mss);
    this.epochAt = -1;
    // Fast convergence (RFC 9438 section 4.7).
    this.most = cwnd < this.most ? Math.floor((cwnd * (1024 + BETA)) / 2048) : cwnd;
    return Math.max(Math.floor((cwnd * BETA) / 1024), LEAST) * mss;
  }

  override expired(flight: number, mss: number, first: boolean): void {
    super.expired(flight, mss, first);
    this.most = this.origin = this.k = this.each = this.acknowledgedCount = this.renoWindow = this.lookedWindow = 0;
    this.epochAt = this.lookedAt = -1;
    this.leastDelay = 0;
  }

  protected override measure(sample: AckSample): void {
    const { rtt, now } = sample;
    if (rtt < 0 || (this.epochAt >= 0 && now - this.epochAt < 1000)) return;
    const delay = Math.max(rtt, 0.001);
    if (this.leastDelay === 0 || delay < this.leastDelay) this.leastDelay = delay;
    if (this.cwnd < this.ssthresh) this.watch(sample, delay);
  }

  private beginEpoch(cwnd: number, segments: number, now: number): void {
    this.epochAt = now;
    this.acknowledgedCount = segments;
    this.renoWindow = cwnd;
    this.origin = Math.max(cwnd, this.most);
    this.k = this.most <= cwnd ? 0 : Math.floor(Math.cbrt(CUBE_FACTOR * (this.most - cwnd)));
  }

  private cubic(cwnd: number, now: number): number {
    const t = Math.floor(((now - this.epochAt + this.leastDelay) * 1024) / 1000);
    const delta = Math.floor((CUBE_SCALE * Math.abs(t - this.k) ** 3) / 2 ** 40);
    const target = t < this.k ? this.origin - delta : this.origin + delta;
    const each = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd;
    return this.most === 0 ? Math.min(each, 20) : each;
  }

  /** The window is never less than Reno's would be (RFC 9438 section 4.3). */
  private friendly(cwnd: number): void {
    const growth = (cwnd * RENO_SCALE) >> 3;
    while (this.acknowledgedCount > growth) {
      this.acknowledgedCount -= growth;
      this.renoWindow++;
    }
    if (this.renoWindow > cwnd) this.each = Math.min(this.each, Math.floor(cwnd / (this.renoWindow - cwnd)));
    this.each = Math.max(this.each, 2);
  }

  /** HyStart: slow start ends when acknowledgements arrive for longer than half a round trip, or it grows. */
  private watch({ now, totalDelivered, flight, mss }: AckSample, delay: number): void {
    if (totalDelivered > this.roundEnd) {
      this.roundEnd = totalDelivered + flight;
      this.roundAt = this.heardAt = now;
      this.roundLeast = INFINITE;
      this.samples = 0;
    }
    if (this.cwnd < HYSTART_LEAST * mss) return;
    if (now - this.heardAt <= TRAIN) {
      this.heardAt = now;
      if (now - this.roundAt > this.leastDelay / 2) this.ssthresh = this.cwnd;
    }
    this.roundLeast = Math.min(this.roundLeast, delay);
    if (this.samples < SAMPLES) this.samples++;
    else if (this.roundLeast > this.leastDelay + Math.min(Math.max(this.leastDelay / 8, DELAY_LEAST), DELAY_MOST))
      this.ssthresh = this.cwnd;
  }
}
