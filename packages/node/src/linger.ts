import type { Awake } from './awake.js';

/** ms for which a process may go on after its program for the sake of bytes that a peer has not acknowledged. */
const LONGEST = 10_000;
/** ms between two looks. */
const OFTEN = 10;

const [repeat, stop] = [setInterval, clearInterval];

/** A connection that the program has closed. */
export interface Leaving {
  /** Whether the peer has everything, the end included, or can have no more. */
  readonly delivered: boolean;
}

/**
 * Keeps the process running until peers have what a program wrote before it closed. A kernel goes on without the process;
 * a stack in it cannot.
 */
export class Linger {
  private readonly leaving = new Map<Leaving, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly awake: Awake) {}

  /** One more that was closed. */
  add(end: Leaving): void {
    if (end.delivered) return;
    this.leaving.set(end, performance.now() + LONGEST);
    this.awake.hold();
    this.timer ??= repeat(() => this.look(), OFTEN).unref();
  }

  private look(): void {
    const now = performance.now();
    for (const [end, until] of this.leaving) {
      if (!end.delivered && now < until) continue;
      this.leaving.delete(end);
      this.awake.release();
    }
    if (this.leaving.size > 0 || this.timer === null) return;
    stop(this.timer);
    this.timer = null;
  }
}
