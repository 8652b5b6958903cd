import { type AckSample, type CongestionControl, initialWindow } from './congestion.js';

/** 2 / ln 2: doubles the rate each round. */
const STARTUP_GAIN = 2.885;
/** One phase a round trip: probe for more, drain what that queued, cruise. */
const CYCLE = [1.25, 0.75, 1, 1, 1, 1, 1, 1];
const WINDOW_GAIN = 2;
/** Rounds for which the largest rate counts; ms for which the least round trip does. */
const RATE_ROUNDS = 10;
const RTT_LIFETIME = 10_000;
const PROBE_RTT_TIME = 200;
const MIN_WINDOW_SEGMENTS = 4;

type Phase = 'startup' | 'drain' | 'probe-rate' | 'probe-rtt';

/**
 * BBR (draft-cardwell-iccrg-bbr-congestion-control-00): sends at the rate that the path was seen to deliver, with about
 * two round trips' worth in flight, and takes loss for no sign of congestion. Needs selective acknowledgements to know
 * what was delivered.
 */
export class Bbr implements CongestionControl {
  readonly name = 'bbr';
  readonly proportional = false;
  /** It goes on at its rate while a loss is repaired, perhaps twice: a window for each round trip of that. */
  readonly buffered = 4;
  cwnd = 0;
  ssthresh = Number.MAX_SAFE_INTEGER;
  /** Bytes a ms. */
  pacingRate = 0;
  phase: Phase = 'startup';

  private pacingGain = STARTUP_GAIN;
  private windowGain = STARTUP_GAIN;
  /** The largest delivery rate of the last rounds, in bytes a ms. */
  rate = 0;
  private readonly rates = new Float64Array(RATE_ROUNDS);
  private minRtt = Number.POSITIVE_INFINITY;
  private minRttAt = 0;
  private round = 0;
  private roundEnd = 0;
  private roundStarted = false;
  private fullRate = 0;
  private fullRounds = 0;
  private cycle = 0;
  private cycleAt = 0;
  private probeRttUntil = 0;
  private priorWindow = 0;
  private timedOut = false;

  begin(mss: number, now: number): void {
    this.cwnd = initialWindow(mss);
    this.minRttAt = now;
  }

  acknowledged(sample: AckSample): void {
    this.countRound(sample);
    this.learnRate(sample);
    this.learnRtt(sample);
    this.changePhase(sample);
    this.setRate(sample);
    this.setWindow(sample);
  }

  /** Loss is no sign of congestion; what is in flight already is kept from growing by the model. */
  lost(): void {}

  recovered(): void {
    this.restore();
  }

  expired(_flight: number, mss: number): void {
    if (!this.timedOut) this.priorWindow = Math.max(this.priorWindow, this.cwnd);
    this.timedOut = true;
    this.cwnd = mss;
  }

  undo(): void {
    this.restore();
  }

  idled(): void {}

  private countRound(sample: AckSample): void {
    this.roundStarted = sample.priorDelivered >= this.roundEnd;
    if (!this.roundStarted) return;
    this.roundEnd = sample.totalDelivered;
    this.round++;
    this.rates[this.round % RATE_ROUNDS] = 0;
    this.rate = this.rates.reduce((most, each) => Math.max(most, each), 0);
  }

  private learnRate(sample: AckSample): void {
    const slot = this.round % RATE_ROUNDS;
    if (sample.rate > 0 && (!sample.rateAppLimited || sample.rate >= this.rate)) {
      this.rates[slot] = Math.max(this.rates[slot], sample.rate);
      this.rate = Math.max(this.rate, sample.rate);
    }
    if (this.fullRounds >= 3 || !this.roundStarted || sample.rateAppLimited) return;
    if (this.rate >= this.fullRate * 1.25) {
      this.fullRate = this.rate;
      this.fullRounds = 0;
    } else this.fullRounds++;
  }

  private learnRtt(sample: AckSample): void {
    const { now, rtt } = sample;
    const stale = now - this.minRttAt > RTT_LIFETIME;
    if (rtt >= 0 && (rtt <= this.minRtt || stale)) {
      this.minRtt = rtt;
      this.minRttAt = now;
    }
    if (stale && this.phase !== 'probe-rtt' && this.fullRounds >= 3) {
      this.phase = 'probe-rtt';
      this.pacingGain = 1;
      this.priorWindow = this.cwnd;
      this.probeRttUntil = 0;
    }
  }

  private changePhase(sample: AckSample): void {
    const { now, flight, mss } = sample;
    if (this.phase === 'startup' && this.fullRounds >= 3) {
      this.phase = 'drain';
      this.pacingGain = 1 / STARTUP_GAIN;
      this.windowGain = STARTUP_GAIN;
    }
    if (this.phase === 'drain' && flight <= this.product(1)) this.cruise(now);
    if (this.phase === 'probe-rate') this.advanceCycle(sample);
    if (this.phase === 'probe-rtt') {
      if (this.probeRttUntil === 0) {
        if (flight <= MIN_WINDOW_SEGMENTS * mss) this.probeRttUntil = now + PROBE_RTT_TIME;
      } else if (now >= this.probeRttUntil) {
        this.minRttAt = now;
        this.restore();
        this.cruise(now);
      }
    }
  }

  private cruise(now: number): void {
    this.phase = 'probe-rate';
    this.windowGain = WINDOW_GAIN;
    // Anywhere but in the draining phase: flows that began together do not probe together for long.
    this.cycle = 2 + (this.round % (CYCLE.length - 2));
    this.cycleAt = now;
    this.pacingGain = CYCLE[this.cycle];
  }

  private advanceCycle(sample: AckSample): void {
    const full = sample.now - this.cycleAt > this.minRtt;
    let next = full;
    if (this.pacingGain > 1) next = full && sample.priorFlight >= this.product(this.pacingGain);
    else if (this.pacingGain < 1) next = full || sample.priorFlight <= this.product(1);
    // A path that loses what probing adds would be probed for ever.
    if (this.pacingGain > 1 && sample.now - this.cycleAt > 2 * this.minRtt) next = true;
    if (!next) return;
    this.cycle = (this.cycle + 1) % CYCLE.length;
    this.cycleAt = sample.now;
    this.pacingGain = CYCLE[this.cycle];
  }

  private setRate(sample: AckSample): void {
    const { rate } = this;
    if (rate > 0) {
      const target = rate * this.pacingGain;
      if (this.fullRounds >= 3 || target > this.pacingRate) this.pacingRate = target;
    } else if (sample.srtt > 0) {
      this.pacingRate = (STARTUP_GAIN * this.cwnd) / sample.srtt;
    }
  }

  private setWindow(sample: AckSample): void {
    const { delivered, mss } = sample;
    if (this.timedOut && sample.acked > 0) this.restore();
    const target = this.product(this.windowGain) + 3 * mss;
    if (this.fullRounds >= 3) this.cwnd = Math.min(this.cwnd + delivered, target);
    else if (this.cwnd < target || sample.totalDelivered < initialWindow(mss)) this.cwnd += delivered;
    this.cwnd = Math.max(this.cwnd, MIN_WINDOW_SEGMENTS * mss);
    if (this.phase === 'probe-rtt') this.cwnd = Math.min(this.cwnd, MIN_WINDOW_SEGMENTS * mss);
  }

  /** `gain` times what the path holds, in bytes. */
  private product(gain: number): number {
    if (this.minRtt === Number.POSITIVE_INFINITY || this.rate === 0) return Number.MAX_SAFE_INTEGER;
    return gain * this.rate * this.minRtt;
  }

  private restore(): void {
    this.timedOut = false;
    this.cwnd = Math.max(this.cwnd, this.priorWindow);
  }
}
