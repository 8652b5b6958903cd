import { token } from '../token.js';
import type { Alarm, Clock } from './clock.js';

/** One timer of a protocol: made once, started and stopped as often as needed, without allocation. */
export class Timer {
  /** When it expires, in ms of the clock; Infinity while it is stopped. */
  deadline = Number.POSITIVE_INFINITY;
  /** @internal where the wheel keeps it */
  previous: Timer | null = null;
  /** @internal */
  next: Timer | null = null;
  /** @internal the time under which the wheel has filed it: never later than the deadline */
  filedAt = Number.POSITIVE_INFINITY;
  /** @internal the slot it is filed in, or -1 */
  slot = -1;

  constructor(
    private readonly timers: Timers,
    readonly action: () => void,
  ) {}

  /** Whether it runs. */
  get armed(): boolean {
    return this.deadline !== Number.POSITIVE_INFINITY;
  }

  /** Starts it, or starts it anew: it expires `delay` ms from now. */
  start(delay: number): void {
    this.startAt(this.timers.now() + Math.max(0, delay));
  }

  /** As `start`, with the time on the clock's scale. */
  startAt(deadline: number): void {
    this.timers.arm(this, deadline);
  }

  /** Stops it. */
  stop(): void {
    if (this.armed) this.timers.disarm(this);
  }
}

/** Timers by the thousand over one alarm of the clock. */
export interface Timers {
  /** A new timer, stopped. `action` is called when it expires; it may start it again. */
  timer(action: () => void): Timer;
  now(): number;
  /** How many timers run. */
  readonly armed: number;
  /** Called by {@link Timer.startAt}. */
  arm(timer: Timer, deadline: number): void;
  /** Called by {@link Timer.stop}. */
  disarm(timer: Timer): void;
  /** Fires what is due: drivers call it per batch, since a busy one starves the host's timers. */
  poll(): void;
  /** Stops all timers, for good. */
  clear(): void;
}

/** Timers. */
export const TIMERS = token<Timers>('timers', {
  scope: 'stack',
  contract: 'Timers',
  fallback: 'TimerWheel: a hierarchical wheel with one alarm of the clock under it',
  changes: 'how timers are kept and when they expire',
});

const LEVELS = 4;
const SLOT_BITS = 6;
const SLOTS = 1 << SLOT_BITS;
/** Ms covered by one slot of each level: 1 ms, 64 ms, 4.1 s, 4.4 min; the wheel as a whole spans 4.7 hours. */
const SPAN = [1, SLOTS, SLOTS ** 2, SLOTS ** 3];

/**
 * A hierarchical timing wheel (Varghese and Lauck). A timer is filed under its deadline; starting a running timer
 * with a later deadline only writes the field, and the wheel files it anew when the old time comes: the
 * retransmission timer is moved by every ACK and expires almost never.
 */
export class TimerWheel implements Timers {
  armed = 0;
  private readonly slots: (Timer | null)[] = new Array(LEVELS * SLOTS).fill(null);
  /** How many timers each level holds. */
  private readonly filed = new Int32Array(LEVELS);
  private readonly due: Timer[] = [];
  /** The wheel has been turned up to here, whole ms. */
  private turned: number;
  private readonly alarm: Alarm;
  private closed = false;

  constructor(private readonly clock: Clock) {
    this.turned = Math.floor(clock.now());
    this.alarm = clock.alarm(() => this.poll());
  }

  timer(action: () => void): Timer {
    return new Timer(this, action);
  }

  now(): number {
    return this.clock.now();
  }

  arm(timer: Timer, deadline: number): void {
    if (this.closed) return;
    if (!timer.armed) this.armed++;
    timer.deadline = deadline;
    if (timer.slot >= 0) {
      if (timer.filedAt <= deadline) return;
      this.unfile(timer);
    }
    this.file(timer);
    if (timer.filedAt < this.alarm.at) this.alarm.set(timer.filedAt);
  }

  disarm(timer: Timer): void {
    this.armed--;
    timer.deadline = Number.POSITIVE_INFINITY;
    if (timer.slot >= 0) this.unfile(timer);
    // The alarm stays and finds nothing to do, once; without a timer left it must not hold the clock.
    if (this.armed === 0) this.alarm.clear();
  }

  clear(): void {
    this.closed = true;
    this.alarm.clear();
    for (let i = 0; i < this.slots.length; i++) {
      for (let timer = this.slots[i]; timer !== null; timer = this.slots[i]) {
        this.unfile(timer);
        timer.deadline = Number.POSITIVE_INFINITY;
      }
    }
    this.armed = 0;
  }

  poll(): void {
    const now = this.clock.now();
    if (this.armed > 0) {
      this.turnTo(now);
      this.fire(now);
    }
    this.alarm.clear();
    const next = this.earliest();
    if (next !== Number.POSITIVE_INFINITY) this.alarm.set(next);
  }

  /** Turns the wheel to the millisecond of `now`: what lies in the slots passed over is due, or is filed anew. */
  private turnTo(now: number): void {
    const target = Math.floor(now);
    const passed = this.due;
    for (let level = LEVELS - 1; level >= 0; level--) {
      if (this.filed[level] === 0) continue;
      const from = Math.floor(this.turned / SPAN[level]);
      const to = Math.min(Math.floor(target / SPAN[level]), from + SLOTS - 1);
      for (let slot = from; slot <= to; slot++) this.empty(level * SLOTS + (slot & (SLOTS - 1)), passed);
    }
    this.turned = target;
    let due = 0;
    for (const timer of passed) {
      if (timer.filedAt <= now && timer.deadline <= now) passed[due++] = timer;
      else this.file(timer);
    }
    passed.length = due;
  }

  /** Fires what `turnTo` found, the earliest first. An action may stop, start or add any timer. */
  private fire(now: number): void {
    const due = this.due;
    if (due.length > 1) due.sort((a, b) => a.deadline - b.deadline);
    for (const timer of due) {
      // An earlier action has stopped it, or started it anew: then it is filed again.
      if (timer.slot >= 0 || timer.deadline > now) continue;
      timer.deadline = Number.POSITIVE_INFINITY;
      this.armed--;
      timer.action();
    }
    due.length = 0;
  }

  private empty(index: number, into: Timer[]): void {
    for (let timer = this.slots[index]; timer !== null; timer = this.slots[index]) {
      this.unfile(timer);
      into.push(timer);
    }
  }

  private file(timer: Timer): void {
    timer.filedAt = timer.deadline;
    const at = Math.max(Math.floor(timer.deadline), this.turned);
    let level = 0;
    while (level < LEVELS - 1 && Math.floor(at / SPAN[level]) - Math.floor(this.turned / SPAN[level]) >= SLOTS) level++;
    // Beyond the wheel's reach: the farthest slot, to be filed anew from there.
    const slot = Math.min(Math.floor(at / SPAN[level]), Math.floor(this.turned / SPAN[level]) + SLOTS - 1);
    const index = level * SLOTS + (slot & (SLOTS - 1));
    this.filed[level]++;
    timer.slot = index;
    timer.previous = null;
    timer.next = this.slots[index];
    if (timer.next !== null) timer.next.previous = timer;
    this.slots[index] = timer;
  }

  private unfile(timer: Timer): void {
    this.filed[Math.floor(timer.slot / SLOTS)]--;
    if (timer.previous !== null) timer.previous.next = timer.next;
    else this.slots[timer.slot] = timer.next;
    if (timer.next !== null) timer.next.previous = timer.previous;
    timer.previous = timer.next = null;
    timer.slot = -1;
  }

  /** The earliest time under which a timer is filed: of each level, the first slot ahead that is not empty. */
  private earliest(): number {
    let first = Number.POSITIVE_INFINITY;
    for (let level = 0; level < LEVELS; level++) {
      if (this.filed[level] === 0) continue;
      const here = Math.floor(this.turned / SPAN[level]);
      for (let ahead = 0; ahead < SLOTS; ahead++) {
        let timer = this.slots[level * SLOTS + ((here + ahead) & (SLOTS - 1))];
        if (timer === null) continue;
        for (; timer !== null; timer = timer.next) first = Math.min(first, timer.filedAt);
        break;
      }
    }
    return first;
  }
}
