import type { Alarm, Clock } from './clock.js';

/** The host's time: the only place that reads it. */
export class SystemClock implements Clock {
  readonly epoch: number;
  private readonly start = performance.now();

  constructor() {
    this.epoch = performance.timeOrigin + this.start;
  }

  now(): number {
    return performance.now() - this.start;
  }

  alarm(action: () => void, options: { keepAlive?: boolean } = {}): Alarm {
    return new HostAlarm(this, action, options.keepAlive ?? true);
  }
}

/** As soon as possible, in a turn of the event loop of its own: a timeout of 0 ms costs a whole millisecond, in a page 4. */
type Immediate = (action: () => void) => unknown;
const immediately: Immediate | undefined =
  (globalThis as { setImmediate?: Immediate }).setImmediate ?? throughMessages(globalThis.MessageChannel);

/** Where there is no `setImmediate`, in pages and workers: a message to oneself. */
function throughMessages(Channel: typeof MessageChannel | undefined): Immediate | undefined {
  if (Channel === undefined) return undefined;
  const { port1, port2 } = new Channel();
  const actions: (() => void)[] = [];
  port1.onmessage = () => actions.shift()?.();
  return (action) => {
    actions.push(action);
    port2.postMessage(null);
  };
}

class HostAlarm implements Alarm {
  at = Number.POSITIVE_INFINITY;
  private timeout: ReturnType<typeof setTimeout> | null = null;
  private wakesAt = Number.POSITIVE_INFINITY;
  private immediate = false;

  constructor(
    private readonly clock: SystemClock,
    private readonly action: () => void,
    private readonly keepAlive: boolean,
  ) {}

  set(at: number): void {
    this.at = at;
    // An earlier wake-up that is already under way is kept: it finds the new time and sleeps again. Moving a deadline
    // back, which each ACK does, then costs a field write and no host timer.
    if (this.immediate || this.wakesAt <= at) return;
    this.sleep(at - this.clock.now());
  }

  clear(): void {
    this.at = Number.POSITIVE_INFINITY;
    if (this.timeout !== null) {
      clearTimeout(this.timeout);
      this.timeout = null;
    }
    this.wakesAt = Number.POSITIVE_INFINITY;
  }

  private sleep(delay: number): void {
    if (this.timeout !== null) clearTimeout(this.timeout);
    this.timeout = null;
    if (delay <= 0 && immediately !== undefined) {
      this.immediate = true;
      this.wakesAt = Number.POSITIVE_INFINITY;
      immediately(() => {
        this.immediate = false;
        this.wake();
      });
      return;
    }
    this.wakesAt = this.at;
    this.timeout = setTimeout(
      () => {
        this.timeout = null;
        this.wake();
      },
      Math.min(delay, 0x7fffffff),
    );
    if (!this.keepAlive) (this.timeout as { unref?: () => void }).unref?.();
  }

  private wake(): void {
    this.wakesAt = Number.POSITIVE_INFINITY;
    if (this.at === Number.POSITIVE_INFINITY) return;
    const early = this.at - this.clock.now();
    // The host rounds timeouts down to whole milliseconds: up to one early is on time.
    if (early > 1) {
      this.sleep(early);
      return;
    }
    this.at = Number.POSITIVE_INFINITY;
    this.action();
  }
}
