import type { Alarm, Clock } from './clock.js';

/**
 * Time that moves only when it is told to: from one alarm to the next, in order of time and, at the same time, in the
 * order in which they were set. An hour of an idle network takes as long as its alarms take.
 */
export class VirtualClock implements Clock {
  readonly epoch: number;
  private time = 0;
  private order = 0;
  /** A binary heap of the set alarms; each knows its place, so moving one costs a few swaps and no allocation. */
  private readonly heap: VirtualAlarm[] = [];

  /** @param epoch ms since 1970 that captures show for time 0; fixed, so that two runs give the same bytes. */
  constructor(epoch = 0) {
    this.epoch = epoch;
  }

  now(): number {
    return this.time;
  }

  alarm(action: () => void): Alarm {
    return new VirtualAlarm(this, action);
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.heap.length;
  }

  /** When the next alarm goes off; Infinity when none is set. */
  get next(): number {
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : this.heap[0].at;
  }

  /** Lets the next alarm go off, if there is one at `until` or before. @returns whether there was. */
  step(until = Number.POSITIVE_INFINITY): boolean {
    const alarm = this.heap[0];
    if (alarm === undefined || alarm.at > until) return false;
    this.time = Math.max(this.time, alarm.at);
    alarm.clear();
    alarm.action();
    return true;
  }

  /** Moves time on by `ms`, letting everything happen that is due until then. */
  advance(ms: number): void {
    this.runUntil(this.time + ms);
  }

  /** Moves time to `at`. */
  runUntil(at: number): void {
    while (this.step(at));
    if (at !== Number.POSITIVE_INFINITY) this.time = Math.max(this.time, at);
  }

  /** Lets alarms go off until none is left or `limit` of them have. @returns how many did. */
  run(limit = Number.POSITIVE_INFINITY): number {
    let steps = 0;
    while (steps < limit && this.step()) steps++;
    return steps;
  }

  /**
   * Lets time run until `promise` is settled: for programs that await. Between two alarms the host's microtasks run.
   * @throws what the promise rejects with, or Error when no alarm is left and the promise still waits, or `until` has come.
   */
  async settle<T>(promise: Promise<T>, until = Number.POSITIVE_INFINITY): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    await breathe();
    while (!settled) {
      if (!this.step(until)) throw new Error(`nothing more happens at ${this.time} ms, and the promise still waits`);
      await breathe();
    }
    return promise;
  }

  /** @internal */
  insert(alarm: VirtualAlarm, at: number): void {
    alarm.at = at;
    alarm.order = this.order++;
    if (alarm.place < 0) {
      alarm.place = this.heap.length;
      this.heap.push(alarm);
    }
    this.down(this.up(alarm.place));
  }

  /** @internal */
  remove(alarm: VirtualAlarm): void {
    const place = alarm.place;
    if (place < 0) return;
    alarm.place = -1;
    alarm.at = Number.POSITIVE_INFINITY;
    const last = this.heap.pop() as VirtualAlarm;
    if (last === alarm) return;
    this.heap[place] = last;
    last.place = place;
    this.down(this.up(place));
  }

  private up(place: number): number {
    const alarm = this.heap[place];
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(alarm, this.heap[parent])) break;
      this.put(this.heap[parent], place);
      place = parent;
    }
    this.put(alarm, place);
    return place;
  }

  private down(place: number): void {
    const alarm = this.heap[place];
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && before(this.heap[child + 1], this.heap[child])) child++;
      if (!before(this.heap[child], alarm)) break;
      this.put(this.heap[child], place);
      place = child;
    }
    this.put(alarm, place);
  }

  private put(alarm: VirtualAlarm, place: number): void {
    this.heap[place] = alarm;
    alarm.place = place;
  }
}

class VirtualAlarm implements Alarm {
  at = Number.POSITIVE_INFINITY;
  order = 0;
  place = -1;

  constructor(
    private readonly clock: VirtualClock,
    readonly action: () => void,
  ) {}

  set(at: number): void {
    this.clock.insert(this, Math.max(at, this.clock.now()));
  }

  clear(): void {
    this.clock.remove(this);
  }
}

function before(a: VirtualAlarm, b: VirtualAlarm): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A few turns of the microtask queue: enough for the chains of promises that a program puts between two packets. */
async function breathe(): Promise<void> {
  for (let i = 0; i < 8; i++) await undefined;
}
