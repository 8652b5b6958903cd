import { token } from '../token.js';

/**
 * One thing that will happen at a time. A clock gives them out; setting one again moves it, and nothing is allocated.
 */
export interface Alarm {
  /** When it goes off, in ms of the clock; Infinity while it is not set. */
  readonly at: number;
  /** Sets it to `at` ms on the clock's scale; a time that has passed means as soon as possible, never inside this call. */
  set(at: number): void;
  /** Takes it back. */
  clear(): void;
}

/** Time, as everything in the stack sees it. */
export interface Clock {
  /** Milliseconds since the clock's own start, with a fraction. Never goes back. */
  now(): number;
  /** What `now() === 0` was in ms since 1970: captures are stamped with `epoch + now()`. */
  readonly epoch: number;
  /**
   * A new alarm that calls `action` when it goes off.
   * @param options.keepAlive whether an armed alarm keeps the process running; true unless said otherwise.
   */
  alarm(action: () => void, options?: { keepAlive?: boolean }): Alarm;
}

/** Time. */
export const CLOCK = token<Clock>('clock', {
  scope: 'stack',
  contract: 'Clock',
  fallback: 'SystemClock (a lab run binds VirtualClock)',
  changes: 'what time it is and when alarms go off; all time in the stack is read here',
});
