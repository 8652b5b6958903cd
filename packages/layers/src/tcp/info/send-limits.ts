/** What keeps a connection from sending more just now. */
export const SendLimit = {
  /** Nothing is queued, and nothing in flight. */
  Idle: 0,
  /** All that was written is on its way, or waits for more of the application's (Nagle, cork). */
  Application: 1,
  /** The peer's window has no room for the next segment. */
  ReceiveWindow: 2,
  /** The application has more, for which the send buffer has no room, though the windows would let it go. */
  SendBuffer: 3,
  CongestionWindow: 4,
  Pacing: 5,
} as const;
export type SendLimit = (typeof SendLimit)[keyof typeof SendLimit];

const NAMES = ['idle', 'application', 'receive window', 'send buffer', 'congestion window', 'pacing'] as const;

/** How a limit is called. */
export type SendLimitName = (typeof NAMES)[number];

/**
 * How long a connection was held back, and by what: the clock that TCP_INFO's busy_time, rwnd_limited and
 * sndbuf_limited are read from. It is set when sending stops, not for each segment.
 */
export class SendLimits {
  private reason: SendLimit = SendLimit.Idle;
  private since = 0;
  /** ms by reason. */
  private readonly times = [0, 0, 0, 0, 0, 0];

  /** Sending has stopped at `now` for this reason. */
  set(reason: SendLimit, now: number): void {
    if (reason === this.reason) return;
    this.times[this.reason] += now - this.since;
    this.reason = reason;
    this.since = now;
  }

  /** What it is just now. */
  get name(): SendLimitName {
    return NAMES[this.reason];
  }

  /** For how long so far, in ms. */
  time(reason: SendLimit, now: number): number {
    return this.times[reason] + (reason === this.reason ? now - this.since : 0);
  }

  /** How long something was queued or in flight, in ms. */
  busy(now: number): number {
    let sum = 0;
    for (let reason = 1; reason < NAMES.length; reason++) sum += this.time(reason as SendLimit, now);
    return sum;
  }
}
