import {
  APPLICATION,
  type Application,
  type ApplicationContext,
  type ApplicationFactory,
  DEVICE,
  type Device,
  type DeviceReceiver,
  definePlugin,
  duration,
  FRAME_FIELDS,
  HOST,
  type Host,
  implementation,
  Layer,
  LINK,
  type LinkContext,
  layer,
  layerToken,
  NO_OFFLOAD,
  type Override,
  type Packet,
  type PacketPool,
  ratio,
  reason,
  SCOPE,
  type Scope,
  token,
  WATCHER,
} from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import { inject, injectable } from 'inversify';
import { z } from 'zod';

/** A stack of two toy protocols: the builder knows none of the real ones, and its tests need none. */

/** What a socket says first: chosen when the socket is made. */
export interface Greeting {
  word(): string;
}
export const GREETING = token<Greeting>('toy.greeting', {
  scope: 'socket',
  contract: 'Greeting',
  fallback: 'Hello',
  changes: 'what a socket says',
});

/** The mark on each note: one for the stack. */
export interface Mark {
  readonly mark: string;
}
export const MARK = token<Mark>('toy.mark', {
  scope: 'stack',
  contract: 'Mark',
  fallback: 'PlainMark',
  changes: 'the mark before each word',
});

@injectable()
export class PlainMark implements Mark {
  static made = 0;
  readonly mark = '-';
  constructor() {
    PlainMark.made++;
  }
}

/** The default greeting takes a token of the stack: it must be the stack's own. */
@injectable()
export class Hello implements Greeting {
  constructor(
    @inject(MARK) readonly mark: Mark,
    @inject(HOST) readonly host: Host,
  ) {}

  word(): string {
    return `${this.mark.mark}hello`;
  }
}

const SAID = reason('note.said', GREETING, MARK);

@layer({ name: 'wire', over: [] })
export class Wire extends Layer {
  constructor(@inject(HOST) private readonly host: Host) {
    super();
  }

  receive(packet: Packet): void {
    const upper = packet.length > 0 ? this.uppers.get(packet.bytes[packet.start]) : undefined;
    packet.strip(Math.min(1, packet.length));
    if (upper === undefined) packet.release();
    else upper.receive(packet);
  }

  send(packet: Packet, key: number): void {
    packet.bytes[packet.prepend(1)] = key;
    const [via] = this.host.interfaces;
    if (via === undefined) packet.release();
    else via.transmit(packet);
  }
}

export interface NoteOptions {
  readonly limit: number;
}
export const NOTE_OPTIONS = token<NoteOptions>('note.options');

@layer({ name: 'note', over: [{ layer: 'wire', key: 1 }] })
export class Note extends Layer {
  readonly heard: string[] = [];
  private wire: Wire | null = null;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(NOTE_OPTIONS) readonly options: NoteOptions,
    @inject(SCOPE) private readonly scope: Scope,
  ) {
    super();
  }

  override attached(lower: Layer): void {
    this.wire = lower as Wire;
  }

  receive(packet: Packet): void {
    if (this.heard.length < this.options.limit) this.heard.push(new TextDecoder().decode(packet.toBytes()));
    packet.release();
  }

  /** A socket: it resolves its greeting now and never again. */
  socket(overrides: readonly Override[] = []) {
    const scope = this.scope.derive(overrides);
    const greeting = scope.get(GREETING);
    return {
      greeting,
      say: () =>
        this.host.turn.run(() => {
          const packet = this.host.pool.takeWith(new TextEncoder().encode(greeting.word()));
          if (packet === null || this.wire === null) return;
          packet.reason = SAID;
          packet.decider = scope;
          this.wire.send(packet, 1);
        }),
    };
  }
}

/** An application that says `times` words, `every` so often, and is done when it has heard as many. */
class Talk implements Application {
  private said = 0;
  private readonly note: Note;
  private readonly timer;
  private readonly socket;

  constructor(
    private readonly context: ApplicationContext,
    private readonly options: { times: number; every: number },
  ) {
    this.note = context.stack.layer(Note) as Note;
    this.socket = this.note.socket(context.overrides);
    this.timer = context.stack.host.timer(() => this.say());
  }

  start(): void {
    if (this.options.times > 0) this.timer.start(this.options.every);
  }

  stop(): void {
    this.timer.stop();
  }

  report() {
    return { said: this.said, heard: this.note.heard.length, last: this.note.heard.at(-1) ?? '' };
  }

  done(): boolean {
    return this.said === this.options.times && this.note.heard.length >= this.options.times;
  }

  private say(): void {
    this.socket.say();
    this.said++;
    this.context.print(`${this.context.stack.name} said ${this.said}`);
    if (this.said < this.options.times) this.timer.start(this.options.every);
  }
}

/** A link of the toy world: copies frames from any end to all the others after `latency`, or loses them. */
function string(context: LinkContext, options: { latency: number; loss: number }) {
  const ends: { receiver: DeviceReceiver | null }[] = [];
  let up = true;
  return {
    name: context.name,
    setUp(to: boolean) {
      up = to;
    },
    attach(endpoint: string, _pool: PacketPool): Device {
      const end: { receiver: DeviceReceiver | null } = { receiver: null };
      ends.push(end);
      const deliver = (frames: Uint8Array[]) => {
        for (const other of ends) {
          if (other === end || other.receiver === null) continue;
          const { pool } = other.receiver;
          const batch = frames.flatMap((each) => pool.takeWith(each) ?? []);
          other.receiver.receive(batch, batch.length);
        }
      };
      return {
        name: `string ${endpoint}`,
        mtu: 1500,
        address: null,
        offload: NO_OFFLOAD,
        open(receiver) {
          end.receiver = receiver;
        },
        send(batch, count) {
          const frames: Uint8Array[] = [];
          for (let i = 0; i < count; i++) {
            if (up && context.random.float() >= options.loss) frames.push(batch[i].toBytes());
            batch[i].release();
          }
          const { clock } = context;
          if (frames.length > 0) clock.alarm(() => deliver(frames)).set(clock.now() + options.latency);
        },
        close() {
          end.receiver = null;
        },
      };
    },
  };
}

const stringOptions = z.strictObject({ latency: duration().default(1), loss: ratio().default(0) });
const talkOptions = z.strictObject({ times: z.int().min(0).default(1), every: duration().default(10) });

/** Implementations that cannot be made right: the classes and what is wrong with them. */
export class Lost extends Hello {}

/** What watchers of the toy world have done, in order. */
export const watched: string[] = [];

export const toy = definePlugin<{ limit: number }>({
  name: 'toy',
  version: '1.0.0',
  summary: 'Toy protocols',
  options: z.strictObject({ limit: z.int().min(1).default(1000) }),
  layers: [Wire, Note],
  bind({ bind, options }) {
    bind(NOTE_OPTIONS).toConstantValue(options);
    bind(MARK).to(PlainMark).inSingletonScope();
  },
  socket({ bind }) {
    bind(GREETING).to(Hello).inTransientScope();
  },
  implementations: [
    implementation<Greeting, { word: string }>({
      name: 'greeting.fixed',
      token: GREETING,
      summary: 'Always the same word',
      options: z.strictObject({ word: z.string().default('hi') }),
      provide: ({ word }) => ({ value: { word: () => word } }),
    }),
    implementation<Greeting>({
      name: 'greeting.lost',
      token: GREETING,
      summary: 'Its class lost the injection of its base',
      provide: () => ({ class: Lost }),
    }),
    implementation<Mark, { mark: string }>({
      name: 'mark.fixed',
      token: MARK,
      summary: 'A mark of your choice',
      options: z.strictObject({ mark: z.string() }),
      provide: ({ mark }) => ({ value: { mark } }),
    }),
    implementation<ApplicationFactory, { times: number; every: number }>({
      name: 'talk',
      token: APPLICATION,
      summary: 'Says some words',
      options: talkOptions,
      provide: (options) => ({ value: (context) => new Talk(context, options) }),
    }),
    implementation({
      name: 'string',
      token: LINK,
      summary: 'A string between tins',
      options: stringOptions,
      provide: (options: { latency: number; loss: number }) => ({
        value: (context: LinkContext) => string(context, options),
      }),
    }),
    implementation({
      name: 'tin',
      token: DEVICE,
      summary: 'A device that leads nowhere',
      provide: () => ({ value: () => new MemoryDevice({ name: 'tin' }) }),
    }),
    implementation({
      name: 'eye',
      token: WATCHER,
      summary: 'Notes frames',
      provide: () => ({
        value: () => ({
          start: () => void watched.push('eye starts'),
          stop: () => void watched.push('eye stops'),
          tap: (stack: { name: string }) => ({
            frame: (direction: string, packet: Packet, _via: unknown, at: number) =>
              void watched.push(
                `${at} ${stack.name} ${direction} ${new TextDecoder().decode(packet.toBytes().slice(1))}`,
              ),
          }),
        }),
      }),
    }),
    implementation({
      name: 'toy.fields',
      token: FRAME_FIELDS,
      summary: 'The fields of notes',
      provide: () => ({
        value: (bytes: Uint8Array) => ({
          'note.key': bytes[0],
          'note.text': new TextDecoder().decode(bytes.slice(1)),
        }),
      }),
    }),
  ],
});

@layer({ name: 'memo', over: [{ layer: 'wire', key: 1 }] })
class Memo extends Layer {
  receive(packet: Packet): void {
    packet.release();
  }
}

@layer({ name: 'hen', over: [{ layer: 'egg' }] })
class Hen extends Layer {
  receive(packet: Packet): void {
    packet.release();
  }
}

@layer({ name: 'egg', over: [{ layer: 'hen' }, { layer: 'wire', key: 9 }] })
class Egg extends Layer {
  receive(packet: Packet): void {
    packet.release();
  }
}

/** Needs what nobody binds. */
@layer({ name: 'needy', over: [] })
class Needy extends Layer {
  constructor(@inject(layerToken('nobody')) readonly nobody: Layer) {
    super();
  }

  receive(packet: Packet): void {
    packet.release();
  }
}

/** A layer class that lost what its base injects. */
@layer({ name: 'stray', over: [{ layer: 'wire', key: 2 }] })
class Base extends Layer {
  constructor(@inject(HOST) readonly host: Host) {
    super();
  }

  receive(packet: Packet): void {
    packet.release();
  }
}
class Stray extends Base {}

/** Layers that do not fit together. */
export const misfits = definePlugin({ name: 'misfits', version: '1.0.0', layers: [Memo, Hen, Egg, Needy, Stray] });
