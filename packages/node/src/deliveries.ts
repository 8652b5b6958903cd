import { AsyncResource } from 'node:async_hooks';

/** Something that has news for the program. */
export interface Deliverer {
  /** Tells the program of one thing, which `what` names; it may throw what the program throws. */
  deliver(what: number): void;
}

/** Node's own step between two callbacks: `process.nextTick` and promises are served. */
const serveTicks = (process as unknown as { _tickCallback: () => void })._tickCallback;

/**
 * News for the program, in order. They are told outside the turns of the stack, each as the event loop tells its own:
 * after each one its promises and ticks have their turn, and what it throws is an uncaught exception of its own.
 */
export class Deliveries {
  private readonly queue: Deliverer[] = [];
  private readonly what: number[] = [];
  private scheduled = false;
  private telling = false;
  /** Callbacks do not inherit the asynchronous context of whoever made the stack work. */
  private readonly context = new AsyncResource('NETWRIGHT', { requireManualDestroy: true });
  private readonly tellAll = () => this.tell();

  /** Adds one thing to be told. */
  push(to: Deliverer, what: number): void {
    this.queue.push(to);
    this.what.push(what);
    if (this.scheduled || this.telling) return;
    this.schedule();
  }

  /** Runs what makes the stack work, and tells then what came of it. */
  after(work: () => void): void {
    if (this.telling) {
      work();
      return;
    }
    // Whatever is pushed meanwhile is told right after: it needs no appointment.
    this.telling = true;
    try {
      this.context.runInAsyncScope(work);
    } finally {
      this.telling = false;
      if (this.queue.length > 0) this.context.runInAsyncScope(this.tellAll);
    }
  }

  private schedule(): void {
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.queue.length > 0) this.context.runInAsyncScope(this.tellAll);
    });
  }

  /** What is added meanwhile waits: the event loop sees to its own in between. */
  private tell(): void {
    if (this.telling) return;
    const { queue, what } = this;
    const count = queue.length;
    let told = 0;
    this.telling = true;
    try {
      while (told < count) {
        const at = told++;
        queue[at].deliver(what[at]);
        if (told < count) serveTicks.call(process);
      }
    } finally {
      this.telling = false;
      queue.splice(0, told);
      what.splice(0, told);
      if (queue.length > 0 && !this.scheduled) this.schedule();
    }
  }
}
