import type { Clock } from './time/clock.js';

/** Something to do once at the end of a turn: a connection that has received, and may acknowledge. */
export interface TurnTask {
  turnEnd(): void;
}

/** Something with output gathered during a turn. */
export interface Flushable {
  flush(): void;
}

/**
 * One unit of work of the stack: a received batch, an expired timer, a call by the application. What is decided once
 * for the whole of it (acknowledgements, sending) is done when the outermost `leave` comes: one acknowledgement a
 * batch, one hand-over to the device a turn, one reading of the clock.
 */
export class Turn {
  /** The time at which the turn began, in ms of the clock. */
  now = 0;
  private depth = 0;
  private tasks: TurnTask[] = [];
  private spare: TurnTask[] = [];
  private readonly flushables: Flushable[] = [];

  constructor(private readonly clock: Clock) {
    this.now = clock.now();
  }

  /** Whether a turn is under way. */
  get active(): boolean {
    return this.depth > 0;
  }

  /** Begins a turn, or a part of the one under way. */
  enter(): void {
    if (this.depth++ === 0) this.now = this.clock.now();
  }

  /** Ends what `enter` began; the outermost one does the deferred tasks and sends. Use `finally`. */
  leave(): void {
    if (this.depth === 1) {
      try {
        while (this.tasks.length > 0) this.runTasks();
        // Flushing may not run tasks: devices deliver in turns of their own.
        for (const each of this.flushables) each.flush();
      } finally {
        this.flushables.length = 0;
        this.depth = 0;
      }
      return;
    }
    this.depth--;
  }

  /** Runs `action` as a turn of its own, or within the one under way. */
  run(action: () => void): void {
    this.enter();
    try {
      action();
    } finally {
      this.leave();
    }
  }

  /** Calls `task.turnEnd()` when this turn ends. The caller sees to it that a task is deferred once. */
  defer(task: TurnTask): void {
    this.tasks.push(task);
  }

  /** Calls `flush()` when this turn ends, after its tasks; outside a turn, at once. */
  flushLater(each: Flushable): void {
    this.flushables.push(each);
    if (this.depth === 0) {
      this.enter();
      this.leave();
    }
  }

  private runTasks(): void {
    const tasks = this.tasks;
    this.tasks = this.spare;
    this.spare = tasks;
    for (let i = 0; i < tasks.length; i++) tasks[i].turnEnd();
    tasks.length = 0;
  }
}
