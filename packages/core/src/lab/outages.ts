import type { Link } from '../lab.js';
import type { Alarm, Clock } from '../time/clock.js';

/** A time during which a link is cut; both in ms, from the start of the lab. */
export interface Outage {
  readonly at: number;
  readonly for: number;
}

/** Cuts one link and joins it again, by the clock; where outages overlap it is down until the last one is over. */
export class Outages {
  private readonly alarms: Alarm[] = [];
  private cuts = 0;

  constructor(
    private readonly clock: Clock,
    private readonly link: Link,
    private readonly outages: readonly Outage[],
  ) {}

  /** Whether the link is cut now. */
  get down(): boolean {
    return this.cuts > 0;
  }

  start(): void {
    const now = this.clock.now();
    for (const outage of this.outages) {
      if (outage.for === 0) continue;
      this.at(now + outage.at, () => this.cut(1));
      this.at(now + outage.at + outage.for, () => this.cut(-1));
    }
  }

  stop(): void {
    for (const each of this.alarms) each.clear();
    this.alarms.length = 0;
  }

  private at(time: number, action: () => void): void {
    const alarm = this.clock.alarm(action);
    alarm.set(time);
    this.alarms.push(alarm);
  }

  private cut(by: number): void {
    this.cuts += by;
    this.link.setUp(this.cuts === 0);
  }
}
