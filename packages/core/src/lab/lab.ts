import type { NetwrightError } from '../errors.js';
import type { Application, Link, Watcher } from '../lab.js';
import type { BuiltStack } from '../stack/build.js';
import type { Clock } from '../time/clock.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { Breath, drive } from './drive.js';
import type { Outages } from './outages.js';
import type { LabPlan } from './plan.js';
import { type FrameJury, judgeReport, type ValidationResult } from './validate.js';

/** What a run of a lab came to. */
export interface LabResult {
  /** 'done': every application that says when it is done; 'time': its time was up; 'idle': nothing was left to happen; 'stopped': by `stop()`; 'break': by its `breakWhen`. */
  readonly ended: 'done' | 'time' | 'idle' | 'stopped' | 'break';
  /** ms of the lab's clock. */
  readonly time: number;
  /** What the applications report, by 'node/application'. */
  readonly reports: Record<string, Record<string, string | number | boolean>>;
  readonly validation: readonly ValidationResult[];
  /** What watchers have found wrong. */
  readonly problems: readonly NetwrightError[];
  /** Whether every validation passed, and no watcher has found anything wrong. */
  readonly passed: boolean;
}

/** How far a lab runs. */
export interface LabRunOptions {
  /** ms of the lab's clock; else the manifest's `stop_time`. */
  until?: number;
  /** Asked after each event on the virtual clock: `true` ends the run there, with everything as it stands. */
  breakWhen?: () => boolean;
  /** Goes on when every application is done. */
  pastDone?: boolean;
}

/** How often, in ms, applications are asked in real time whether they are done. */
const POLL = 20;

/** Several stacks, the links between them, and one clock. */
export class Lab {
  readonly links = new Map<string, Link>();
  readonly nodes = new Map<string, BuiltStack>();
  /** The applications, by 'node/application'. */
  readonly apps = new Map<string, Application>();
  readonly watchers: Watcher[] = [];
  readonly outages: Outages[] = [];
  private state: 'new' | 'started' | 'stopped' = 'new';
  private watching: Watcher[] = [];

  constructor(
    readonly plan: LabPlan,
    readonly clock: Clock,
    /** When a run ends at the latest, in ms of the clock. */
    private readonly stopTime: number,
    private readonly jury: FrameJury | null,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  /** Whether time is virtual: a run then takes only as long as it computes. */
  get virtual(): boolean {
    return this.clock instanceof VirtualClock;
  }

  /**
   * Starts the watchers, then the nodes in the manifest's order. When one fails, all are stopped and the error is
   * thrown. `run` does it, too.
   */
  async start(): Promise<this> {
    if (this.state !== 'new') return this;
    this.state = 'started';
    try {
      for (const each of this.watchers) {
        this.watching.push(each);
        await each.start?.();
      }
      for (const each of this.outages) each.start();
      for (const [name, node] of this.nodes) await drive(this.clock, node.start(), `the start of "${name}"`);
    } catch (error) {
      await this.stop().catch(() => {});
      throw error;
    }
    return this;
  }

  /**
   * Lets time run until every application that has a `done()` is done, until `until` (ms of the lab's clock; else the
   * manifest's `stop_time`), or until nothing is left to happen. It may be called again to go on.
   */
  async run(options: LabRunOptions = {}): Promise<LabResult> {
    await this.start();
    const until = options.until ?? this.stopTime;
    const ended =
      this.clock instanceof VirtualClock ? await this.runVirtual(this.clock, until, options) : await this.wait(until);
    return this.result(ended);
  }

  /** Stops the nodes in reverse order, then the watchers. Everything is stopped even when something fails; the first error is thrown then. */
  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    for (const each of this.outages) each.stop();
    const errors: unknown[] = [];
    const attempt = async (stopping: Promise<void> | undefined) => {
      try {
        await stopping;
      } catch (error) {
        errors.push(error);
      }
    };
    for (const [name, node] of [...this.nodes].reverse()) {
      await attempt(drive(this.clock, node.stop(), `the stop of "${name}"`));
    }
    for (const each of this.watching.reverse()) await attempt((async () => each.stop?.())());
    this.watching = [];
    if (errors.length > 0) throw errors[0];
  }

  /** What it has come to up to now. */
  result(ended: LabResult['ended']): LabResult {
    const reports: LabResult['reports'] = {};
    for (const [name, app] of this.apps) if (app.report !== undefined) reports[name] = app.report();
    const validation = this.plan.validations.map((each) =>
      each.frames === undefined || this.jury === null ? judgeReport(each, this.apps) : this.jury.result(each),
    );
    const problems = this.watchers.flatMap((each) => each.problems?.() ?? []);
    const passed = validation.every((each) => each.passed) && problems.length === 0;
    return { ended, time: this.clock.now(), reports, validation, problems, passed };
  }

  private async runVirtual(
    clock: VirtualClock,
    until: number,
    { breakWhen, pastDone = false }: LabRunOptions,
  ): Promise<LabResult['ended']> {
    const breath = new Breath();
    for (;;) {
      await breath.take();
      const { over } = this;
      if (over !== null && !(pastDone && over === 'done')) return over;
      if (clock.step(until)) {
        if (breakWhen?.() === true) return 'break';
        continue;
      }
      if (clock.next !== Number.POSITIVE_INFINITY) {
        clock.runUntil(until);
        return 'time';
      }
      // A program may wait for something of the real world, a file for one: it has a moment to come back.
      await breath.take(1);
      if (clock.next === Number.POSITIVE_INFINITY) return this.over ?? 'idle';
    }
  }

  private async wait(until: number): Promise<LabResult['ended']> {
    const breath = new Breath();
    while (this.over === null && this.clock.now() < until) {
      await breath.take(Math.min(POLL, until - this.clock.now()));
    }
    return this.over ?? 'time';
  }

  private get over(): 'done' | 'stopped' | null {
    if (this.state === 'stopped') return 'stopped';
    let waited = false;
    for (const app of this.apps.values()) {
      if (app.done === undefined) continue;
      if (!app.done()) return null;
      waited = true;
    }
    return waited ? 'done' : null;
  }
}
