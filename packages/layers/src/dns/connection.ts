import type { Timer } from '@netwright/core';
import type { Answered, Attempt, NameServer } from './attempt.js';
import { type DnsQuestion, decodeMessage, encodeQuery } from './codec.js';
import { answers } from './outcome.js';
import { Deframer, framed, type Stream, type StreamConnector } from './stream.js';

interface Waiting {
  readonly question: DnsQuestion;
  readonly ignored: (bytes: Uint8Array) => void;
  readonly done: Answered;
}

/** How long a connection is kept for further questions, and who measures it. */
export interface Keeping {
  /** ms; 0: it ends with the last answer. */
  readonly idle: number;
  timer(action: () => void): Timer;
}

/** A connection to a server: questions leave as they come, answers come in any order (RFC 7766 section 6.2.1.1). */
export class DnsConnection {
  /** False once it has ended, or a question on it has waited for too long: others need another one. */
  usable = true;
  private readonly waiting = new Map<number, Waiting>();
  private readonly deframer = new Deframer();
  private readonly timer: Timer | null;
  private stream: Stream | null = null;
  private answered = false;

  /** @throws coded errors: no route, no port. */
  constructor(
    tcp: StreamConnector,
    server: NameServer,
    private readonly keeping: Keeping,
    private readonly ended: () => void,
  ) {
    this.timer = keeping.idle > 0 ? keeping.timer(() => this.end()) : null;
    const handler = {
      data: (bytes: Uint8Array) => this.heard(bytes),
      // A server that has said all is asked no more on this connection.
      end: () => this.end(),
      closed: () => this.end(),
    };
    this.stream = tcp.connect({ ...server, handler });
  }

  /** Whether a server has answered on it: one that ends then was idle, and is no bad sign. */
  get proven(): boolean {
    return this.answered;
  }

  /**
   * Asks. `done` gets null where the connection ends before the answer.
   * @param id the message id, unless another question has it: the next one that is free then.
   */
  ask(question: DnsQuestion, id: number, ignored: (bytes: Uint8Array) => void, done: Answered): Attempt {
    let own = id;
    while (this.waiting.has(own)) own = (own + 1) & 0xffff;
    this.timer?.stop();
    this.waiting.set(own, { question, ignored, done });
    const query = framed(encodeQuery(own, question, 0));
    if (this.stream === null || this.stream.write(query) < query.length) this.end();
    return {
      cancel: () => {
        if (!this.waiting.delete(own)) return;
        this.usable = false;
        this.rest();
      },
    };
  }

  /** Ends it: questions that wait get null. */
  end(): void {
    const { stream } = this;
    if (stream === null) return;
    this.stream = null;
    this.usable = false;
    this.timer?.stop();
    if (this.answered && this.waiting.size === 0 && stream.close !== undefined) stream.close();
    else stream.abort();
    this.ended();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { done } of waiting) done(null);
  }

  private heard(bytes: Uint8Array): void {
    for (const each of this.deframer.push(bytes)) {
      const message = decodeMessage(each);
      const asked = message === undefined ? undefined : this.waiting.get(message.id);
      if (message === undefined || asked === undefined || !answers(message, message.id, asked.question)) {
        const [first] = this.waiting.values();
        first?.ignored(each);
        continue;
      }
      this.answered = true;
      this.waiting.delete(message.id);
      this.rest();
      asked.done(message);
    }
  }

  /** Nothing is asked at the moment. */
  private rest(): void {
    if (this.waiting.size > 0) return;
    if (!this.usable || this.timer === null) this.end();
    else this.timer.start(this.keeping.idle);
  }
}

/** The connections of a resolver: one to each server at a time (RFC 7766 section 6.2.2). */
export class DnsConnections {
  private readonly open = new Map<string, DnsConnection>();

  constructor(private readonly keeping: Keeping) {}

  get size(): number {
    return this.open.size;
  }

  /** Asks a server, on the connection to it that there is, or on a new one. One that was idle and ends counts for nothing. */
  ask(
    tcp: StreamConnector,
    server: NameServer,
    question: DnsQuestion,
    id: number,
    ignored: (bytes: Uint8Array) => void,
    done: Answered,
  ): Attempt {
    let attempt: Attempt | null = null;
    let over = false;
    const finish: Answered = (message) => {
      over = true;
      done(message);
    };
    const anew = (): Attempt | null => {
      try {
        return this.connect(tcp, server).ask(question, id, ignored, finish);
      } catch {
        // No route, no free port: this server cannot be asked now.
        finish(null);
        return null;
      }
    };
    const known = this.find(server);
    if (known === undefined) attempt = anew();
    else {
      const { proven } = known;
      const first = known.ask(question, id, ignored, (message) => {
        if (message === null && proven && !over) attempt = anew();
        else finish(message);
      });
      // It may have ended at once.
      attempt ??= first;
    }
    return {
      cancel: () => {
        over = true;
        attempt?.cancel();
      },
    };
  }

  /** Ends them all. */
  clear(): void {
    for (const each of [...this.open.values()]) each.end();
  }

  private find(server: NameServer): DnsConnection | undefined {
    const known = this.open.get(keyOf(server));
    return known?.usable === true ? known : undefined;
  }

  private connect(tcp: StreamConnector, server: NameServer): DnsConnection {
    const key = keyOf(server);
    const made: DnsConnection = new DnsConnection(tcp, server, this.keeping, () => {
      if (this.open.get(key) === made) this.open.delete(key);
    });
    this.open.set(key, made);
    return made;
  }
}

function keyOf({ address, port }: NameServer): string {
  return `${address} ${port}`;
}
