import { type Alarm, type Clock, SystemClock } from '@netwright/core';
import type { Deliveries } from './deliveries.js';

/**
 * Real time for a stack under a program. Its alarms do not keep the process alive, since its handles do where Node's
 * would; and what an alarm brings about is told right after it, in the same turn of the event loop.
 */
export class ProgramClock implements Clock {
  private readonly time = new SystemClock();
  readonly epoch = this.time.epoch;

  constructor(private readonly deliveries: Deliveries) {}

  now(): number {
    return this.time.now();
  }

  alarm(action: () => void): Alarm {
    return this.time.alarm(() => this.deliveries.after(action), { keepAlive: false });
  }
}
