import type { Host, IpAddress, Random, Timer } from '@netwright/core';
import type { Datagrams } from '../ip/datagrams.js';
import { type Answered, type Attempt, askByDatagram, type NameServer } from './attempt.js';
import type { DnsMessage, DnsQuestion } from './codec.js';
import type { DnsConnections } from './connection.js';
import { judge, type Outcome } from './outcome.js';
import type { DnsSettings } from './settings.js';
import type { StreamConnector } from './stream.js';

/** What queries are asked in. */
export interface QueryWorld {
  readonly host: Host;
  readonly random: Random;
  readonly settings: DnsSettings;
  readonly servers: readonly NameServer[];
  readonly udp: Datagrams | null;
  readonly tcp: StreamConnector | null;
  readonly connections: DnsConnections;
  /** An address of ours to ask a server from; undefined where there is no choice. */
  sourceFor(server: NameServer): IpAddress | undefined;
  readonly counters: { sent: number; overStream: number; ignored: number; timeouts: number };
}

/**
 * One question, put to the servers in turn until one of them answers: round after round, each with twice the time.
 * Every attempt has an id and a port of its own.
 */
export class DnsQuery {
  private readonly timer: Timer;
  private attempt: Attempt | null = null;
  private tried = 0;
  /** What a server said that would not answer; null while none has spoken. */
  private refusal: string | null = null;
  private over = false;
  /** Whether EDNS is still used: some servers know nothing of it (RFC 6891 section 7). */
  private extended: boolean;

  /** @param first the server to begin with. @param done is called once. */
  constructor(
    private readonly world: QueryWorld,
    private readonly question: DnsQuestion,
    private readonly first: number,
    private readonly done: (outcome: Outcome) => void,
  ) {
    this.timer = world.host.timer(() => this.timedOut());
    this.extended = world.settings.payloadSize > 0;
  }

  start(): void {
    this.ask(this.world.udp === null);
  }

  /** Gives up; `done` is not called. */
  cancel(): void {
    this.over = true;
    this.timer.stop();
    this.attempt?.cancel();
    this.attempt = null;
  }

  private get server(): NameServer {
    const { servers } = this.world;
    return servers[(this.first + this.tried) % servers.length];
  }

  private ask(overStream: boolean): void {
    const { world, question, server } = this;
    const { settings, counters, udp, tcp } = world;
    const round = Math.floor(this.tried / world.servers.length);
    if (round >= settings.attempts) {
      this.finish(this.refusal === null ? { kind: 'timeout' } : { kind: 'failed', why: this.refusal });
      return;
    }
    this.timer.start(settings.timeout * 2 ** round);
    const id = world.random.uint32() & 0xffff;
    const ignored = () => {
      counters.ignored++;
    };
    // An attempt may fail before it is there to be kept.
    let answered = false;
    const heard: Answered = (message) => {
      answered = true;
      this.attempt = null;
      this.heard(message, overStream);
    };
    counters.sent++;
    let attempt: Attempt | null = null;
    if (overStream && tcp !== null) {
      counters.overStream++;
      attempt = world.connections.ask(tcp, server, question, id, ignored, heard);
    } else if (udp !== null) {
      const size = this.extended ? settings.payloadSize : 0;
      attempt = askByDatagram(udp, server, question, id, size, ignored, heard, world.sourceFor(server));
    }
    if (!answered) this.attempt = attempt;
  }

  private heard(message: DnsMessage | null, overStream: boolean): void {
    if (this.over) return;
    if (message === null) {
      this.refusal ??= `${this.server.address} cannot be reached`;
      this.next();
      return;
    }
    const unknown = message.rcode === 'FORMERR' || message.rcode === 'NOTIMP';
    if (unknown && this.extended && !overStream) {
      this.extended = false;
      this.ask(false);
      return;
    }
    if (message.truncated && !overStream) {
      if (this.world.tcp !== null) {
        this.ask(true);
        return;
      }
      this.refusal = 'the answer does not fit into a datagram, and the stack has no tcp layer';
      this.next();
      return;
    }
    const outcome = judge(message, this.question);
    if (outcome.kind === 'failed') {
      this.refusal = `${this.server.address} said ${outcome.why}`;
      this.next();
    } else this.finish(outcome);
  }

  private timedOut(): void {
    this.world.counters.timeouts++;
    this.attempt?.cancel();
    this.attempt = null;
    this.next();
  }

  private next(): void {
    this.tried++;
    this.ask(this.world.udp === null);
  }

  private finish(outcome: Outcome): void {
    if (this.over) return;
    this.cancel();
    this.done(outcome);
  }
}
