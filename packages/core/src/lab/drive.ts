import { fail } from '../errors.js';
import type { Clock } from '../time/clock.js';
import { SystemClock } from '../time/system-clock.js';
import { breathe, VirtualClock } from '../time/virtual-clock.js';

/** How long, in ms of real time, something may keep a lab waiting while no virtual time is left to run. */
const PATIENCE = 10_000;
/** How far, in ms of virtual time, a start or stop may run. */
const LONGEST = 600_000;

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
  let waited = 0;
  for (await breathe(); !settled; await breathe()) {
    if (clock.step(limit)) continue;
    // No alarm will help. Files and other things of the real world may: they come in turns of their own.
    if (clock.next !== Number.POSITIVE_INFINITY || waited > PATIENCE) {
      throw fail('LAB_STUCK', { time: clock.now(), what });
    }
    waited += await pause(1);
  }
  return promise;
}

/** Waits `ms` of real time. @returns how long it was. */
export async function pause(ms: number): Promise<number> {
  const clock = new SystemClock();
  await new Promise<void>((resolve) => clock.alarm(resolve).set(clock.now() + ms));
  return clock.now();
}
