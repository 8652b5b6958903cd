import { type Alarm, type Clock, SystemClock } from '@netwright/core';
import type { Rounds } from './rounds.js';

/**
 * Real time for a stack under a program. Its alarms do not keep the process alive, since its handles do where Node's
 * would; what is due at once comes as a step of the event loop, where the kernel's news would.
 */
export class ProgramClock implements Clock {
  private readonly time = new SystemClock();
  readonly epoch = this.time.epoch;

  constructor(private readonly rounds: Rounds) {}

  now(): number {
    return this.time.now();
  }

  alarm(action: () => void): Alarm {
    const { rounds, time } = this;
    return new ProgramAlarm(time, rounds, action, time.alarm(action, { keepAlive: false }));
  }
}

class ProgramAlarm implements Alarm {
  /** When the step that was asked for is for; Infinity while none was, or it was taken back. */
  private dueAt = Number.POSITIVE_INFINITY;
  private asked = false;
  private readonly step = () => {
    this.asked = false;
    if (this.dueAt === Number.POSITIVE_INFINITY) return;
    this.dueAt = Number.POSITIVE_INFINITY;
    this.action();
  };

  constructor(
    private readonly time: SystemClock,
    private readonly rounds: Rounds,
    private readonly action: () => void,
    private readonly later: Alarm,
  ) {}

  get at(): number {
    return Math.min(this.dueAt, this.later.at);
  }

  set(at: number): void {
    if (at > this.time.now()) {
      this.dueAt = Number.POSITIVE_INFINITY;
      this.later.set(at);
      return;
    }
    this.later.clear();
    this.dueAt = at;
    if (this.asked) return;
    this.asked = true;
    this.rounds.do(this.step);
  }

  clear(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    this.later.clear();
  }
}
