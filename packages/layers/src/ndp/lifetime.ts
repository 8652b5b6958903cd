import type { Timer } from '@netwright/core';

/** A timer of the host waits no longer; what lasts longer is said again long before. */
const LONGEST = 0x7fffffff;

/** Starts `timer` for a lifetime in s; 0xffffffff, and what is longer than three weeks, is for ever. */
export function lifetimeTimer(timer: Timer, seconds: number): void {
  timer.stop();
  if (seconds * 1000 <= LONGEST) timer.start(seconds * 1000);
}
