import {
  APPLICATION,
  type Application,
  type ApplicationContext,
  byteSize,
  duration,
  implementation,
  ipAddress,
  type Random,
  ratio,
  type Timer,
  type Transfer,
} from '@netwright/core';
import type { Tcp } from '@netwright/layers';
import { z } from 'zod';
import { ExchangeEnd, type Habits } from './exchange-end.js';
import { tcpOf } from './tcp.js';

const exchangeOptions = z.strictObject({
  port: z.int().min(1).max(65535).default(7000).describe('where it listens, and where its peers do'),
  peers: z.array(ipAddress()).default([]).describe('to whom it connects'),
  connections: z.int().min(0).default(1).describe('how many connections it makes to each peer'),
  bytes: byteSize().prefault('32KiB').describe('how much each end of a connection sends at most'),
  within: duration().prefault('1s').describe('when it connects: drawn from 0 to this'),
  stall: z
    .strictObject({
      share: ratio().default(1).describe('of its connections'),
      for: duration().prefault('1s').describe('how long'),
    })
    .optional()
    .describe('it stops reading once, somewhere in what comes'),
});

/**
 * Talks both ways over connections that it makes and takes, in a manner drawn from the stack's chance for each end: how
 * much, in which pieces, with which pauses, who ends first. Put one on each node; a check compares all ends.
 */
export const exchange = implementation({
  name: 'exchange',
  token: APPLICATION,
  summary:
    'Both a client and a server: sends and receives seeded bytes both ways, with half-closes, pauses and stalls.',
  options: exchangeOptions,
  provide: (chosen: z.output<typeof exchangeOptions>) => ({
    value: (context: ApplicationContext) => new Exchange(chosen, context),
  }),
});

class Exchange implements Application {
  private readonly ends: ExchangeEnd[] = [];
  private readonly random: Random;
  private readonly timers: Timer[] = [];
  private planned: number;
  private accepted = 0;

  constructor(
    private readonly options: z.output<typeof exchangeOptions>,
    private readonly context: ApplicationContext,
  ) {
    this.random = context.stack.host.random.fork(`exchange ${options.port}`);
    this.planned = options.peers.length * options.connections;
  }

  start(): void {
    const { context, options, random } = this;
    const { host } = context.stack;
    const tcp = tcpOf(context, 'exchange');
    tcp.listen({
      port: options.port,
      overrides: context.overrides,
      onConnection: (session) => {
        const end = this.end(`accepted ${this.accepted++}`, false);
        end.session = session;
        end.begin();
        return end;
      },
    });
    for (const [i, peer] of options.peers.entries()) {
      for (let j = 0; j < options.connections; j++) {
        const timer = host.timer(() => this.connect(tcp, peer, `to ${i} ${j}`));
        this.timers.push(timer);
        timer.start(random.float() * options.within);
      }
    }
  }

  stop(): void {
    for (const each of this.timers) each.stop();
    for (const each of this.ends) each.stop();
  }

  done(): boolean {
    return this.planned === 0 && this.ends.every((each) => each.over);
  }

  failure(): string | null {
    return this.ends.find(({ outcome }) => outcome !== 'open' && outcome !== 'complete')?.outcome ?? null;
  }

  transfers(): readonly Transfer[] {
    return this.ends;
  }

  report(): Record<string, number> {
    const sum = (of: (end: ExchangeEnd) => number) => this.ends.reduce((total, end) => total + of(end), 0);
    return {
      connections: this.ends.length,
      open: this.planned + sum((end) => Number(!end.over)),
      sent: sum((end) => end.sent),
      received: sum((end) => end.received),
    };
  }

  private connect(tcp: Tcp, address: Parameters<Tcp['connect']>[0]['address'], name: string): void {
    this.planned--;
    const end = this.end(name, true);
    const { overrides } = this.context;
    end.session = tcp.connect({ address, port: this.options.port, overrides, handler: end });
  }

  /** One end with habits of its own: another connection's draws do not change them. */
  private end(name: string, active: boolean): ExchangeEnd {
    const { bytes, stall } = this.options;
    const random = this.random.fork(name);
    // Some are empty, some tiny, some as large as they may be; most lie between.
    const size = [0, 1, 1461, bytes][random.uint32() % 12] ?? Math.floor(random.float() * bytes);
    const stalls = stall !== undefined && random.float() < stall.share;
    const habits: Habits = {
      size: Math.min(size, bytes),
      // The one that connects must not wait for the end of the one that waits for it.
      endsFirst: active || random.uint32() % 2 === 0,
      pieces: 1 + (random.uint32() % 5),
      pause: random.uint32() % 2 === 0 ? 0 : random.float() * 100,
      stallAt: stalls ? Math.floor(random.float() * bytes) : Number.POSITIVE_INFINITY,
      stallFor: stall?.for ?? 0,
    };
    const made = new ExchangeEnd(this.context.stack.host, habits, random.uint32());
    this.ends.push(made);
    return made;
  }
}
