import { type Override, override } from '@netwright/core';
import {
  type AckSample,
  type Admission,
  Backlog,
  type CongestionControl,
  Cubic,
  type ListenFacts,
  type ListenPolicy,
  NagleSegmentation,
  OpenWindow,
  type SendFacts,
  TCP_BEHAVIOUR,
  TCP_CONGESTION,
  TCP_LISTEN,
  TCP_SEGMENTATION,
  TCP_SESSION,
  TCP_WINDOW,
  type WindowFacts,
} from '@netwright/layers';
import type { Conduct } from './conduct.js';
import { MisbehavingSession } from './session.js';

/** What is rebound on the peer's stack: five tokens, each as it would be without, until the conduct says otherwise. */
export function rebound(conduct: Conduct): Override[] {
  const by = 'the misbehaving peer';
  return [
    override(TCP_SESSION, { make: (get) => new MisbehavingSession(get(TCP_BEHAVIOUR), conduct) }, by),
    override(TCP_LISTEN, { make: () => new Doorkeeper(conduct) }, by),
    override(TCP_WINDOW, { make: () => new Shutter(conduct) }, by),
    override(TCP_SEGMENTATION, { make: () => new Crumbs(conduct) }, by),
    override(TCP_CONGESTION, { make: () => new Dawdling(conduct) }, by),
  ];
}

/** `tcp.listen`: refuses or ignores, or does as it always did. */
class Doorkeeper extends Backlog implements ListenPolicy {
  constructor(private readonly conduct: Conduct) {
    super();
  }

  override admit(facts: ListenFacts): Admission {
    if (this.conduct.silent) return 'ignore';
    return this.conduct.admission === 'accept' ? super.admit(facts) : this.conduct.admission;
  }
}

/** `tcp.window`: no room, while it is closed. */
class Shutter extends OpenWindow {
  constructor(private readonly conduct: Conduct) {
    super();
  }

  override initial(limit: number): number {
    return this.conduct.closedWindow ? 0 : super.initial(limit);
  }

  override window(facts: WindowFacts): number {
    return this.conduct.closedWindow ? 0 : super.window(facts);
  }
}

/** `tcp.segmentation`: small pieces, while there is a rate. */
class Crumbs extends NagleSegmentation {
  constructor(private readonly conduct: Conduct) {
    super();
  }

  override next(facts: SendFacts): number {
    const { rate } = this.conduct;
    if (rate === 0) return super.next(facts);
    // One byte at a time; of high rates what goes in 10 ms.
    const crumb = Math.max(1, Math.floor(rate / 100));
    return Math.max(0, Math.min(facts.queued, facts.window, facts.mss, crumb));
  }
}

/** `tcp.congestion`: CUBIC, spread over time while there is a rate. */
class Dawdling implements CongestionControl {
  readonly name = 'cubic';
  readonly proportional = true;
  private readonly cubic = new Cubic();

  constructor(private readonly conduct: Conduct) {}

  get pacingRate(): number {
    return this.conduct.rate / 1000;
  }
  get cwnd(): number {
    return this.cubic.cwnd;
  }
  set cwnd(bytes: number) {
    this.cubic.cwnd = bytes;
  }
  get ssthresh(): number {
    return this.cubic.ssthresh;
  }
  set ssthresh(bytes: number) {
    this.cubic.ssthresh = bytes;
  }

  begin(mss: number, now: number, lossy?: boolean): void {
    this.cubic.begin(mss, now, lossy);
  }
  acknowledged(sample: AckSample, recovering: boolean): void {
    this.cubic.acknowledged(sample, recovering);
  }
  lost(flight: number, mss: number, now: number, marked?: boolean): void {
    this.cubic.lost(flight, mss, now, marked);
  }
  recovered(): void {
    this.cubic.recovered();
  }
  expired(flight: number, mss: number, first: boolean, now: number): void {
    this.cubic.expired(flight, mss, first, now);
  }
  undo(): void {
    this.cubic.undo();
  }
  idled(mss: number): void {
    this.cubic.idled(mss);
  }
}
