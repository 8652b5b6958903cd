import { fail } from '../errors.js';
import type { Clock } from '../time/clock.js';
import { SystemClock } from '../time/system-clock.js';
import { VirtualClock } from '../time/virtual-clock.js';

/** How long, in ms of real time, something may keep a lab waiting while no virtual time is left to run. */
const PATIENCE = 10_000;
/** How far, in ms of virtual time, a start or stop may run. */
const LONGEST = 600_000;

/**
 * The host's own time beside the virtual one. Between two alarms of a virtual clock the host gets a turn: programs that
 * await go on as far as they can, however long their chains of promises, and signals are heard.
 */
export class Breath {
  private readonly clock = new SystemClock();
  private resume: () => void = () => {};
  private readonly alarm = this.clock.alarm(() => this.resume());

  /** Waits `ms` of real time; 0 is one turn. */
  take(ms = 0): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
      this.alarm.set(this.clock.now() + ms);
    });
  }

  /** Real ms since it was made. */
  get age(): number {
    return this.clock.now();
  }
}

/**
 * Awaits `promise` while virtual time runs; on any other clock it only awaits.
 * @param what what waits, for the error.
 * @throws LAB_STUCK, and what the promise rejects with.
 */
export async function drive<T>(clock: Clock, promise: Promise<T>, what: string): Promise<T> {
  if (!(clock instanceof VirtualClock)) return promise;
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  const limit = clock.now() + LONGEST;
  const breath = new Breath();
  for (await breath.take(); !settled; await breath.take()) {
    if (clock.step(limit)) continue;
    // No alarm will help. Files and other things of the real world may.
    if (clock.next !== Number.POSITIVE_INFINITY || breath.age > PATIENCE) {
      throw fail('LAB_STUCK', { time: clock.now(), what });
    }
    await breath.take(1);
  }
  return promise;
}
