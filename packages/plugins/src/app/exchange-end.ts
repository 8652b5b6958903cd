import type { Host, NetwrightError, Timer, Transfer } from '@netwright/core';
import { State, type TcpHandler, type TcpSession } from '@netwright/layers';
import { Digest } from './digest.js';
import { Outbox } from './outbox.js';
import { Payload } from './payload.js';

/** How one end of an exchange behaves. */
export interface Habits {
  /** Bytes that it sends. */
  readonly size: number;
  /** It ends what it sends as soon as all is sent; else when the peer has ended. */
  readonly endsFirst: boolean;
  /** In how many pieces it writes, and how many ms lie between them. */
  readonly pieces: number;
  readonly pause: number;
  /** It stops reading behind so many bytes, for so many ms. */
  readonly stallAt: number;
  readonly stallFor: number;
}

/** One end of one connection of an exchange. */
export class ExchangeEnd implements TcpHandler, Transfer {
  session: TcpSession | null = null;
  outcome = 'open';
  ended = false;
  receivedEnd = false;
  private outbox: Outbox | null = null;
  private readonly payload: Payload;
  private readonly digest = new Digest();
  private readonly gone = new Digest();
  /** Bytes given to the outbox. */
  private given = 0;
  private stalled = false;
  private readonly next: Timer;
  private readonly resume: Timer;

  constructor(
    host: Host,
    private readonly habits: Habits,
    seed: number,
  ) {
    this.payload = new Payload(seed);
    this.next = host.timer(() => this.send());
    this.resume = host.timer(() => this.session?.resume());
  }

  get local(): string {
    const id = this.session?.id;
    return id === undefined ? '' : `${id.localAddress}:${id.localPort}`;
  }

  get remote(): string {
    const id = this.session?.id;
    return id === undefined ? '' : `${id.remoteAddress}:${id.remotePort}`;
  }

  get sent(): number {
    return this.gone.bytes;
  }

  get received(): number {
    return this.digest.bytes;
  }

  get receivedDigest(): string {
    return this.digest.sha256;
  }

  /** Whether nothing more will come or go: TIME-WAIT is not waited for. */
  get over(): boolean {
    if (this.outcome !== 'open') return true;
    return this.ended && this.receivedEnd && this.session?.state === State.TimeWait;
  }

  sentDigest(bytes: number): string {
    return bytes === this.gone.bytes ? this.gone.sha256 : this.payload.digest(bytes);
  }

  stop(): void {
    this.next.stop();
    this.resume.stop();
  }

  established(): void {
    this.begin();
  }

  /** The connection is there: begins to send. */
  begin(): void {
    this.outbox = new Outbox(this.session as TcpSession);
    this.next.start(this.habits.pause);
  }

  data(bytes: Uint8Array): void {
    this.digest.add(bytes);
    if (this.stalled || this.digest.bytes <= this.habits.stallAt) return;
    this.stalled = true;
    this.session?.pause();
    this.resume.start(this.habits.stallFor);
  }

  writable(): void {
    this.outbox?.flush();
    this.finish();
  }

  end(): void {
    this.receivedEnd = true;
    this.finish();
  }

  closed(_session: TcpSession, error: NetwrightError | null): void {
    this.outcome = error === null ? 'complete' : error.code;
    this.stop();
    this.outbox?.clear();
  }

  private send(): void {
    const { size, pieces, pause } = this.habits;
    const length = Math.min(Math.ceil(size / pieces), size - this.given);
    if (length > 0) this.outbox?.send(this.payload.bytes(this.given, length), this.gone);
    this.given += length;
    if (this.given < size) this.next.start(pause);
    else this.finish();
  }

  /** Ends what it sends, when it is time. */
  private finish(): void {
    const { size, endsFirst } = this.habits;
    if (this.ended || this.outbox === null || this.given < size || this.gone.bytes < size) return;
    if (!endsFirst && !this.receivedEnd) return;
    this.ended = true;
    this.outbox.end();
  }
}
