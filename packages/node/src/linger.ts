import { State, type TcpSession } from '@netwright/layers';
import type { Awake } from './awake.js';

/** ms for which a process may go on after its program for the sake of bytes that a peer has not acknowledged. */
const LONGEST = 10_000;
/**
 * ms of that for which it waits for a peer that has everything to close, too: a FIN that is lost twice comes a third time
 * within them (the timeout of Linux begins at 200 ms and doubles).
 */
const COURTESY = 1500;
/** ms between two looks. */
const OFTEN = 10;

const [repeat, stop] = [setInterval, clearInterval];

/** Until when to wait, ms. */
interface Deadline {
  readonly delivered: number;
  parted: number;
}

/** A connection that the program has closed. */
export interface Leaving {
  /** Whether the peer has everything, the end included, or can have no more. */
  readonly delivered: boolean;
  /** Whether the peer has closed, too, or can no more. */
  readonly parted: boolean;
}

/** A connection of the stack itself, which has been closed. */
export class LeavingSession implements Leaving {
  constructor(private readonly session: TcpSession) {}

  get delivered(): boolean {
    const { sender } = this.session;
    return this.parted || (sender.finSent && sender.flight.count === 0);
  }

  get parted(): boolean {
    const { state } = this.session;
    return state === State.TimeWait || state === State.Closed;
  }
}

/**
 * Keeps the process running until peers have what a program wrote before it closed, and a little longer for those that
 * close, too: to them a stack that is gone does not answer. A kernel goes on without the process; a stack in it cannot.
 */
export class Linger {
  private readonly leaving = new Map<Leaving, Deadline>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly awake: Awake) {}

  /** One more that was closed. */
  add(end: Leaving): void {
    if (end.parted) return;
    this.leaving.set(end, { delivered: performance.now() + LONGEST, parted: Number.POSITIVE_INFINITY });
    this.awake.hold();
    this.timer ??= repeat(() => this.look(), OFTEN).unref();
  }

  private look(): void {
    const now = performance.now();
    for (const [end, until] of this.leaving) {
      if (end.delivered) until.parted = Math.min(until.parted, now + COURTESY);
      if (!end.parted && now < (end.delivered ? until.parted : until.delivered)) continue;
      this.leaving.delete(end);
      this.awake.release();
    }
    if (this.leaving.size > 0 || this.timer === null) return;
    stop(this.timer);
    this.timer = null;
  }
}
