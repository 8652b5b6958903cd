import { type Alarm, type Clock, SystemClock, VirtualClock } from '@netwright/core';

/**
 * How time passes in a scenario. `auto`: it leaps to what is next as soon as nothing more happens, so that a minute of
 * silence takes a millisecond. `manual`: it stands still until `clock.advance(ms)`. `real`: it is the host's.
 */
export type TimeMode = 'auto' | 'manual' | 'real';

/** What a scenario's clock may be told. */
export interface ScenarioClockOptions {
  time?: TimeMode;
  /**
   * Called with the ms that time moves on by, before what is due then: for timers of the program that are mocked.
   * `tick: (ms) => mock.timers.tick(ms)`.
   */
  tick?: (ms: number) => void;
  /** How far, in ms, `auto` runs ahead by itself after the program has last done something; an hour unless said otherwise. */
  horizon?: number;
}

/** Rounds of the event loop without anything due that count as quiet: the program has had its turn, and more than one. */
const QUIET = 4;
/** Alarms that go off in a row before the event loop has a turn. */
const BATCH = 256;

/** The time of a scenario. It drives itself by turns of the event loop; the program's own timers are not under it. */
export class ScenarioClock implements Clock {
  readonly epoch: number;
  readonly mode: TimeMode;
  private readonly virtual = new VirtualClock();
  private readonly real: SystemClock | null;
  private readonly tick: (ms: number) => void;
  private readonly horizon: number;
  private pumping = false;
  private stepping = false;
  private advancing = false;
  private quiet = 0;
  /** Up to when the program's timers have been told. */
  private told = 0;
  /** When the program, not the network, last had a part in it. */
  private activeAt = 0;

  constructor({ time = 'auto', tick = () => {}, horizon = 3_600_000 }: ScenarioClockOptions = {}) {
    this.mode = time;
    this.real = time === 'real' ? new SystemClock() : null;
    this.epoch = this.real?.epoch ?? 0;
    this.tick = tick;
    this.horizon = horizon;
  }

  now(): number {
    return (this.real ?? this.virtual).now();
  }

  alarm(action: () => void): Alarm {
    // The program's sockets keep the process running where Node's would; the network under them does not.
    if (this.real !== null) return this.real.alarm(action, { keepAlive: false });
    const inner = this.virtual.alarm(action);
    return {
      get at() {
        return inner.at;
      },
      set: (at) => {
        inner.set(at);
        this.armed();
      },
      clear: () => inner.clear(),
    };
  }

  /**
   * Moves time on by `ms`. Whatever is due on the way happens at its time, and the program has its turn after each.
   * In real time it waits for so long.
   */
  async advance(ms: number): Promise<void> {
    if (this.real !== null) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return;
    }
    this.advancing = true;
    try {
      await settled();
      const until = this.virtual.now() + ms;
      while (this.virtual.next <= until) {
        this.leap(until);
        await settled();
      }
      this.tellTimers(until);
      await settled();
      this.stepping = true;
      this.virtual.runUntil(until);
      this.stepping = false;
      await settled();
    } finally {
      this.advancing = false;
      this.activeAt = this.virtual.now();
      this.armed();
    }
  }

  private armed(): void {
    if (!this.stepping) this.activeAt = this.virtual.now();
    if (this.pumping || this.virtual.next === Number.POSITIVE_INFINITY) return;
    this.pumping = true;
    setImmediate(this.round);
  }

  private readonly round = (): void => {
    const { virtual } = this;
    const due = virtual.next <= virtual.now();
    this.quiet = due ? 0 : this.quiet + 1;
    if (due) this.leap(virtual.now());
    else if (this.quiet > QUIET && this.mode === 'auto' && !this.advancing) {
      if (virtual.next - this.activeAt > this.horizon) {
        this.pumping = false;
        return;
      }
      this.leap(virtual.next);
      this.quiet = 0;
    }
    // By hand time does not move: whoever sets an alarm for now, or `advance`, goes on.
    const more = virtual.next <= virtual.now() || (this.mode === 'auto' && virtual.next < Number.POSITIVE_INFINITY);
    this.pumping = more;
    if (more) setImmediate(this.round);
  };

  /** To the next alarm, if there is one until then, and what is due together with it. */
  private leap(until: number): void {
    const { virtual } = this;
    if (virtual.next > until) return;
    const at = Math.max(virtual.next, virtual.now());
    this.tellTimers(at);
    this.stepping = true;
    try {
      for (let i = 0; i < BATCH && virtual.step(at); i++);
    } finally {
      this.stepping = false;
    }
  }

  /** The program's timers, where they are mocked, hear of what passes, once. */
  private tellTimers(at: number): void {
    const ms = at - this.told;
    if (ms <= 0) return;
    this.told = at;
    this.tick(ms);
  }
}

/** The event loop goes round, so that the program sees what there is and answers. */
async function settled(): Promise<void> {
  for (let i = 0; i < QUIET; i++) await new Promise((resolve) => setImmediate(resolve));
}
