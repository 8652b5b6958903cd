import type { IpAddress, Override, Scope } from '@netwright/core';
import { fail } from '../../errors.js';
import type { TcpHandler } from '../handler.js';
import type { TcpSession } from '../session.js';
import type { TcpSettings } from '../settings.js';

/** What a listening policy knows when a SYN comes. */
export interface ListenFacts {
  /** Connections that have answered a SYN and are not established. */
  readonly halfOpen: number;
  /** Established connections that nobody has accepted. */
  readonly waiting: number;
  /** Connections of this listener that are established and not closed. */
  readonly open: number;
  /** How many may be half open or waiting; how many may be open. */
  readonly backlog: number;
  readonly limit: number;
}

/** What becomes of a SYN. */
export type Admission = 'accept' | 'ignore' | 'refuse';

/** Decides about SYNs. */
export interface ListenPolicy {
  admit(facts: ListenFacts): Admission;
}

/** Ignores SYNs while the backlog is full, since the peer tries again; refuses them at the limit of open connections. */
export class Backlog implements ListenPolicy {
  admit(facts: ListenFacts): Admission {
    if (facts.open + facts.halfOpen >= facts.limit) return 'refuse';
    return facts.halfOpen + facts.waiting >= facts.backlog ? 'ignore' : 'accept';
  }
}

/** Always the same answer: a closed port that is open for those who know, or a filtered one. */
export class AlwaysAdmit implements ListenPolicy {
  constructor(private readonly admission: Admission) {}

  admit(): Admission {
    return this.admission;
  }
}

/** How to listen. */
export interface ListenOptions {
  /** 1..65535 */
  port: number;
  /** One of the stack's addresses; 0.0.0.0 or :: all of that version; left out: all of both. */
  address?: IpAddress | string;
  /** How many connections may be half open, or wait to be accepted; 128 unless said otherwise. */
  backlog?: number;
  /** How many may be open at a time; no limit unless said otherwise. */
  limit?: number;
  /** Behaviours of this listener's connections alone. */
  overrides?: readonly Override[];
  /** Numbers of this listener's connections alone. */
  settings?: Partial<TcpSettings>;
  /**
   * Called when a connection is established, before its first data; what it returns handles the connection. Without
   * it connections wait for `accept()`.
   */
  onConnection?(session: TcpSession): TcpHandler | undefined;
}

/** What a listener needs of the layer. */
export interface ListenerHome {
  unlisten(listener: Listener): void;
}

/** A port in LISTEN. */
export class Listener implements ListenFacts {
  halfOpen = 0;
  open = 0;
  closed = false;
  private readonly queue: TcpSession[] = [];
  private readonly acceptors: { resolve: (session: TcpSession) => void; reject: (error: Error) => void }[] = [];

  constructor(
    private readonly home: ListenerHome,
    readonly port: number,
    readonly address: IpAddress | null,
    readonly scope: Scope,
    readonly policy: ListenPolicy,
    readonly settings: TcpSettings,
    readonly backlog: number,
    readonly limit: number,
    private readonly onConnection: ListenOptions['onConnection'],
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  /** The next established connection. @throws EBADF when the listener is closed. */
  accept(): Promise<TcpSession> {
    const session = this.queue.shift();
    if (session !== undefined) return Promise.resolve(session);
    if (this.closed) return Promise.reject(fail('EBADF', { protocol: 'tcp' }));
    return new Promise((resolve, reject) => this.acceptors.push({ resolve, reject }));
  }

  /** Stops listening. Connections that wait to be accepted are reset; accepted ones go on. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.home.unlisten(this);
    for (const session of this.queue.splice(0)) session.abort();
    for (const { reject } of this.acceptors.splice(0)) reject(fail('EBADF', { protocol: 'tcp' }));
  }

  /** @internal A connection of this listener is established. */
  established(session: TcpSession): void {
    this.halfOpen--;
    this.open++;
    if (this.closed) {
      session.abort();
      return;
    }
    if (this.onConnection !== undefined) {
      const handler = this.onConnection(session);
      if (handler !== undefined) session.handler = handler;
      return;
    }
    const acceptor = this.acceptors.shift();
    if (acceptor !== undefined) acceptor.resolve(session);
    else this.queue.push(session);
  }

  /** @internal A connection of this listener has ended. */
  ended(session: TcpSession, wasEstablished: boolean): void {
    if (!wasEstablished) {
      this.halfOpen--;
      return;
    }
    this.open--;
    const at = this.queue.indexOf(session);
    if (at >= 0) this.queue.splice(at, 1);
  }
}
