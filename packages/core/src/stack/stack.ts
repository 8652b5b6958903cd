import { fail } from '../errors.js';
import { StackEmitter } from '../events.js';
import type { Host } from '../host.js';
import type { Layer } from '../layer.js';

/** Something that a stack starts after its layers and stops before them: an application, a watcher. */
export interface Part {
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}

/**
 * Layers on a host, started in order and stopped in reverse: `new Stack(host, [ethernet, arp, ipv4, tcp])`.
 * The builder makes it from a manifest; by hand it is made from layers that were registered on one another.
 */
export class Stack {
  readonly events = new StackEmitter();
  /** Timers that still ran when everything had stopped: 0, unless a layer or an application has forgotten one. */
  forgottenTimers = 0;
  private state: 'new' | 'started' | 'stopped' = 'new';
  /** What has been started, to be stopped in reverse. */
  private readonly running: (() => void | Promise<void>)[] = [];

  /**
   * @param layers the lowest first.
   * @param parts started after the layers, in order.
   * @param around started before the interfaces open and stopped after they are closed: watchers, which see it all.
   */
  constructor(
    readonly host: Host,
    readonly layers: readonly Layer[],
    readonly parts: Part[] = [],
    readonly around: Part[] = [],
  ) {}

  get name(): string {
    return this.host.name;
  }

  get started(): boolean {
    return this.state === 'started';
  }

  /** The layer of this class, or undefined. */
  layer<L extends Layer>(kind: abstract new (...parameters: never[]) => L): L | undefined {
    return this.layers.find((each): each is L => each instanceof kind);
  }

  /**
   * Starts what is around, opens the interfaces, starts the layers, the lowest first, then the parts. When one fails,
   * what was started before it is stopped again and the error is thrown.
   * @throws STACK_STARTED, STACK_STOPPED, and what a device, layer or part throws.
   */
  async start(): Promise<this> {
    if (this.state !== 'new') throw fail('STACK_STARTED', { stack: this.name });
    this.state = 'started';
    try {
      for (const part of this.inOrder()) {
        // What starts at once is not waited for: a stack of such parts has started when the call returns.
        const begun = this.begin(part);
        if (begun !== undefined) await begun;
        if (!this.started) await this.interrupted();
      }
    } catch (error) {
      // What fails while it is undone is a consequence: the first error says why.
      await this.stop().catch(() => {});
      throw error;
    }
    this.events.emit('started');
    return this;
  }

  /** What is started, one after the other. */
  private *inOrder(): Iterable<Part> {
    yield* this.around;
    for (const each of this.host.interfaces) yield { start: () => each.open(), stop: () => each.close() };
    for (const each of this.layers) yield each.declaration.over.length === 0 ? this.lowest(each) : each;
    yield* this.parts;
  }

  /** A layer over nothing sits on the interfaces: it gets the frames of those that no other layer has taken. */
  private lowest(layer: Layer): Part {
    const { interfaces } = this.host;
    const attach = () => {
      for (const each of interfaces) each.link ??= layer;
    };
    return {
      start: () => {
        const started = layer.start();
        return started instanceof Promise ? started.then(attach) : attach();
      },
      stop: async () => {
        await layer.stop();
        for (const each of interfaces) if (each.link === layer) each.link = null;
      },
    };
  }

  /** @returns undefined where it has started already. */
  private begin(part: Part): void | Promise<void> {
    // Filed before it starts: what fails half way has something to undo, too.
    this.running.push(() => part.stop?.());
    return part.start?.();
  }

  /** Somebody has stopped it meanwhile. */
  private async interrupted(): Promise<never> {
    await this.undo();
    throw fail('STACK_STOPPED', { stack: this.name });
  }

  /**
   * Stops parts and layers in reverse order, then closes the interfaces. It may be called at any time, and again.
   * Everything is stopped even when something fails; the first error is thrown then.
   */
  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    const errors = await this.undo();
    this.forgottenTimers = this.host.timers.armed;
    this.host.timers.clear();
    this.events.emit('stopped');
    if (errors.length > 0) throw errors[0];
  }

  /** Stops what runs, the last one first. @returns what was thrown. */
  private async undo(): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (let each = this.running.pop(); each !== undefined; each = this.running.pop()) {
      try {
        await each();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}
