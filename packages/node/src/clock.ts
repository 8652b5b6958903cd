import { type Alarm, type Clock, SystemClock } from '@netwright/core';
import { Beat } from './preload/beat.js';
import type { Rounds } from './rounds.js';

/**
 * Real time for a stack under a program. Its alarms do not keep the process alive, since its handles do where Node's
 * would; what is due at once comes as a step of the event loop, where the kernel's news would.
 */
export class ProgramClock implements Clock {
  private readonly time = new SystemClock();
  readonly epoch = this.time.epoch;

  /** @param beats for the first alarms: made before the program began. */
  constructor(
    private readonly rounds: Rounds,
    private readonly beats: Beat[] = [],
  ) {}

  now(): number {
    return this.time.now();
  }

  alarm(action: () => void): Alarm {
    return new ProgramAlarm(this.time, this.rounds, action, this.beats.shift() ?? new Beat());
  }
}

class ProgramAlarm implements Alarm {
  at = Number.POSITIVE_INFINITY;
  private wakesAt = Number.POSITIVE_INFINITY;
  private asked = false;
  private readonly step = () => {
    this.asked = false;
    this.wake();
  };

  constructor(
    private readonly time: SystemClock,
    private readonly rounds: Rounds,
    private readonly action: () => void,
    private readonly beat: Beat,
  ) {
    beat.action = () => {
      this.wakesAt = Number.POSITIVE_INFINITY;
      this.wake();
    };
  }

  set(at: number): void {
    this.at = at;
    const delay = at - this.time.now();
    if (delay <= 0) {
      if (this.asked) return;
      this.asked = true;
      this.rounds.do(this.step);
    } else if (at < this.wakesAt) {
      // An earlier wake-up that is under way already finds the new time and sleeps again: moving a deadline back is free.
      this.wakesAt = at;
      this.beat.set(delay);
    }
  }

  clear(): void {
    this.at = Number.POSITIVE_INFINITY;
  }

  private wake(): void {
    const { at } = this;
    if (at === Number.POSITIVE_INFINITY) return;
    // Node rounds times down to whole milliseconds: up to one early is on time.
    if (at - this.time.now() > 1) {
      this.set(at);
      return;
    }
    this.at = Number.POSITIVE_INFINITY;
    this.action();
  }
}
