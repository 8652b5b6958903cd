import type { Host, Timer } from '@netwright/core';
import type { Datagrams, StreamConnector } from '@netwright/layers';
import {
  type Attempt,
  askByDatagram,
  askByStream,
  type DnsMessage,
  decodeMessage,
  type NameServer,
} from '@netwright/layers';

/** What questions are asked over. */
export interface QuestionNet {
  readonly host: Host;
  readonly udp: Datagrams;
  readonly tcp: StreamConnector | null;
}

/** How long, and how often. */
export interface Patience {
  /** ms for the first round over all servers; each further one takes twice as long. */
  readonly timeout: number;
  /** ms that no round exceeds; 0: no limit. */
  readonly maxTimeout: number;
  readonly tries: number;
}

/**
 * One question to the servers of a channel, as c-ares asks: each in turn, round after round; the first that answers at
 * all has answered, also where it refuses.
 */
export class Question {
  private readonly timer: Timer;
  private attempt: Attempt | null = null;
  private tried = 0;
  private over = false;
  /** What the last server's failure is called. */
  private failure = 'ETIMEOUT';

  /** @param done is called once, with a message or with a code. */
  constructor(
    private readonly net: QuestionNet,
    private readonly servers: readonly NameServer[],
    private readonly name: string,
    private readonly type: string,
    private readonly patience: Patience,
    private readonly done: (message: DnsMessage | null, code: string) => void,
  ) {
    this.timer = net.host.timer(() => this.failed('ETIMEOUT'));
  }

  start(): void {
    this.net.host.turn.run(() => this.ask(false));
  }

  /** Gives up; `done` is not called. */
  cancel(): void {
    this.over = true;
    this.timer.stop();
    this.attempt?.cancel();
    this.attempt = null;
  }

  private ask(overStream: boolean): void {
    const { servers, patience, net } = this;
    const round = Math.floor(this.tried / servers.length);
    if (round >= patience.tries) {
      this.finish(null, this.failure);
      return;
    }
    const server = servers[this.tried % servers.length];
    const wait = patience.timeout * 2 ** round;
    this.timer.start(patience.maxTimeout > 0 ? Math.min(wait, patience.maxTimeout) : wait);
    const question = { name: this.name, type: this.type };
    const id = net.host.random.uint32() & 0xffff;
    const ignored = (bytes: Uint8Array) => {
      if (bytes.length > 1 && bytes[0] === id >> 8 && bytes[1] === (id & 255)) this.garbled(bytes);
    };
    // An attempt may fail before it is there to be kept.
    let answered = false;
    const heard = (message: DnsMessage | null) => {
      answered = true;
      this.attempt = null;
      this.heard(message, overStream);
    };
    const attempt =
      overStream && net.tcp !== null
        ? askByStream(net.tcp, server, question, id, ignored, heard)
        : askByDatagram(net.udp, server, question, id, 0, ignored, heard);
    if (!answered) this.attempt = attempt;
  }

  private heard(message: DnsMessage | null, overStream: boolean): void {
    if (this.over) return;
    if (message === null) this.failed('ECONNREFUSED');
    else if (message.truncated && !overStream && this.net.tcp !== null) this.ask(true);
    else this.finish(message, '');
  }

  /** What cannot be read but bears our number is the server's answer all the same; others' messages are not. */
  private garbled(bytes: Uint8Array): void {
    if (!this.over && decodeMessage(bytes) === undefined) this.failed('EBADRESP');
  }

  private failed(code: string): void {
    this.attempt?.cancel();
    this.attempt = null;
    this.failure = code;
    this.tried++;
    this.ask(false);
  }

  private finish(message: DnsMessage | null, code: string): void {
    if (this.over) return;
    this.cancel();
    this.done(message, code);
  }
}
