/** The longest time that Node's timers know, in ms. */
const LONGEST = 0x7fffffff;

const repeat = setInterval;

/** What Node's timers have and their declarations do not say: the time that they run for, now and every time after. */
interface Interval {
  _idleTimeout: number;
  _repeat: number;
}

/**
 * One timer of Node's that is set again and again, and keeps no process running. It is made once: a timer for each time
 * would be seen by a program that watches what begins in it (`async_hooks`), and would belong to whatever it did just then.
 */
export class Beat {
  /** Called when the time is up, at least 1 ms after it was set. */
  action: () => void = () => {};
  private readonly timer = repeat(() => this.beat(), LONGEST).unref();

  /** @param delay ms */
  set(delay: number): void {
    const timer = this.timer as unknown as Interval;
    timer._idleTimeout = timer._repeat = Math.min(LONGEST, Math.max(1, Math.trunc(delay)));
    this.timer.refresh();
  }

  private beat(): void {
    // Unless it is set again, that was all.
    const timer = this.timer as unknown as Interval;
    timer._idleTimeout = timer._repeat = LONGEST;
    this.action();
  }
}
