import type { IpAddress, Override, Scope } from '@netwright/core';
import { fail } from '../../errors.js';
import type { TcpHandler } from '../handler.js';
import type { TcpSession } from '../session.js';
import type { TcpSettings } from '../settings.js';
import type { Completion, ListenFacts, ListenPolicy } from './listen-policy.js';

/** How long a connection that was opened fast and reset counts as pending (RFC 7413 section 5.1): ms. */
const RESET_COUNTS = 60_000;

/** What is first waited for after a SYN-ACK: ms. It doubles each time. */
const FIRST_TIMEOUT = 1000;
const LAST_TIMEOUT = 120_000;

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
  /**
   * How many connections may be open before their handshake is complete (RFC 7413, PendingFastOpenRequests); left out:
   * as many as `tcp.fastopen` says; 0 for none.
   */
  fastOpen?: number;
  /**
   * ms for which a connection is not told of while nothing but its handshake has come; 0, or left out, tells at once. It
   * is counted in SYN-ACKs, after 1, 2, 4, … s, and rounded up.
   */
  deferAccept?: number;
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
  /** How many connections may be open before their handshake is complete. */
  fastOpenLimit = 0;
  /** When a SYN was last answered with a cookie, in ms. */
  cookieAt = Number.NEGATIVE_INFINITY;
  /** For how many SYN-ACKs a bare answer is not enough. */
  private deferral = 0;
  private readonly fastOpens = new Set<TcpSession>();
  /** When those that were reset do not count any more, in ms. */
  private readonly resets: number[] = [];
  /** Those whose bare answer has come. */
  private readonly answered = new WeakSet<TcpSession>();
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

  /** Says for how many ms bare answers are not enough: {@link ListenOptions.deferAccept}. */
  deferAccept(wait: number): void {
    this.deferral = 0;
    let timeout = FIRST_TIMEOUT;
    for (let passed = 0; passed < wait && this.deferral < 255; passed += timeout / 2) {
      this.deferral++;
      timeout = Math.min(2 * timeout, 2 * LAST_TIMEOUT);
    }
  }

  /** Whether one more connection may be opened fast at `now`. */
  mayOpenFast(now: number): boolean {
    while (this.resets.length > 0 && this.resets[0] <= now) this.resets.shift();
    return this.fastOpens.size + this.resets.length < this.fastOpenLimit;
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

  /** @internal See SessionSurroundings. */
  completes(session: TcpSession, bare: boolean): Completion {
    const deferred = bare && session.sender.timer.backoffs < this.deferral;
    const completion = deferred ? 'later' : (this.policy.complete?.(this) ?? 'now');
    if (completion === 'later') this.answered.add(session);
    return completion;
  }

  /** @internal */
  answersOf(session: TcpSession): number {
    const { synAckRetries } = this.settings;
    return this.answered.has(session) ? Math.max(synAckRetries, this.deferral) : synAckRetries;
  }

  /** @internal Who has answered is asked again at the end of the time alone, for one more chance. */
  answersNow(session: TcpSession): boolean {
    return this.deferral === 0 || !this.answered.has(session) || session.sender.timer.backoffs >= this.deferral;
  }

  /** @internal The handshake is complete of a connection that was opened fast. */
  confirmed(session: TcpSession): void {
    this.fastOpens.delete(session);
  }

  /** @internal A connection of this listener is established, or opened fast. */
  established(session: TcpSession): void {
    if (session.fastOpening.pending) this.fastOpens.add(session);
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
    if (this.fastOpens.delete(session) && session.fastOpening.reset) this.resets.push(session.now + RESET_COUNTS);
    const at = this.queue.indexOf(session);
    if (at >= 0) this.queue.splice(at, 1);
  }
}
