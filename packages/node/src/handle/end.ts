import type { NetwrightError } from '@netwright/core';
import { State, type TcpHandler, type TcpSession, type TcpSettings } from '@netwright/layers';
import { uvCode } from '../binding.js';
import type { Place } from '../family.js';

/** Who is told of what happens to an end: a handle. Called within turns of the stack. */
export interface EndOwner {
  /** The connection is established (0), or could not be: UV's code. */
  opened(status: number): void;
  /** There is something to read: bytes, the end, or the error. */
  arrived(): void;
  /** There is room to write again. */
  roomy(): void;
  /** The connection is over. */
  broken(): void;
}

/** One end of a connection, as a handle drives it. Errors are UV's negative numbers. */
export interface End {
  owner: EndOwner | null;
  /** Why it broke off, until somebody was told; 0 while it did not. */
  readonly failure: number;
  /** Bytes that can be read now. */
  readonly waiting: number;
  /** Whether nothing follows the bytes that wait. */
  readonly finished: boolean;
  /** Whether both ends are done with it, or it broke off. */
  readonly hungUp: boolean;
  /** Whether the peer has all that was written and the end of it, or can have no more. */
  readonly delivered: boolean;
  /** Whether the peer has closed, too, or can no more. */
  readonly parted: boolean;
  /** Takes bytes off. @returns how many. */
  read(into: Uint8Array): number;
  /** Whether it may still be written to. */
  readonly healthy: boolean;
  /** How many bytes `write` would take now, where it is healthy. */
  readonly writableBytes: number;
  /** The same; negative where it would fail, which counts as having been told. */
  readonly room: number;
  /** Queues bytes from `at` on. @returns how many were taken. */
  write(bytes: Uint8Array, at?: number): number;
  /** The failure, which is told once: after it a broken connection is merely closed. */
  takeFailure(): number;
  /** Nothing more will be written. */
  shutdown(): number;
  /** The handle lets go; the connection ends in good order. */
  close(): void;
  /** Ends it with a reset. */
  reset(): void;
  configure(changes: Partial<TcpSettings>): void;
  readonly local: Place;
  /** null where both ends are done with the connection: the kernel has forgotten it by then (ENOTCONN). */
  readonly remote: Place | null;
}

/** One end of a connection over the stack. */
export class StackEnd implements TcpHandler, End {
  readonly readsAfterReset = true;
  owner: EndOwner | null = null;
  session!: TcpSession;
  failure = 0;
  private over = false;

  // What the session tells.

  established(): void {
    this.owner?.opened(0);
  }

  readable(): void {
    this.owner?.arrived();
  }

  end(): void {
    this.owner?.arrived();
  }

  writable(): void {
    this.owner?.roomy();
  }

  closed(session: TcpSession, error: NetwrightError | null): void {
    this.over = true;
    // Linux has a reset after the end of what the peer sends for a broken pipe.
    const { finished } = session.receiver;
    if (error !== null) this.failure = uvCode(error.code === 'ECONNRESET' && finished ? 'EPIPE' : error.code);
    else if (!finished) this.failure = uvCode('ECONNABORTED');
    const { owner } = this;
    if (owner === null) return;
    if (this.failure !== 0) owner.opened(this.failure);
    owner.broken();
  }

  // What the handle asks.

  get waiting(): number {
    return this.session.receiver.readable;
  }

  get finished(): boolean {
    return this.session.receiver.finished || (this.over && this.failure === 0);
  }

  get hungUp(): boolean {
    return this.over || (this.session.receiver.finished && this.session.sender.finished);
  }

  get delivered(): boolean {
    const { sender } = this.session;
    return this.over || (sender.finSent && sender.flight.count === 0);
  }

  get parted(): boolean {
    return this.over || this.session.state === State.TimeWait;
  }

  read(into: Uint8Array): number {
    return this.session.readInto(into);
  }

  get healthy(): boolean {
    return !this.over && this.session.writable;
  }

  get room(): number {
    if (!this.healthy) return this.takeFailure() || uvCode('EPIPE');
    return this.session.writableBytes;
  }

  get writableBytes(): number {
    return this.session.writableBytes;
  }

  write(bytes: Uint8Array, at = 0): number {
    const { room } = this;
    return room < 0 ? room : this.session.write(bytes, at);
  }

  takeFailure(): number {
    const { failure } = this;
    this.failure = 0;
    return failure;
  }

  shutdown(): number {
    if (this.over) return uvCode('ENOTCONN');
    this.session.shutdown();
    return 0;
  }

  close(): void {
    this.owner = null;
    this.session.close();
  }

  reset(): void {
    this.owner = null;
    this.session.abort();
    this.session.close();
  }

  configure(changes: Partial<TcpSettings>): void {
    this.session.configure(changes);
  }

  get local(): Place {
    const { localAddress, localPort } = this.session.id;
    return { address: localAddress, port: localPort };
  }

  get remote(): Place | null {
    if (this.parted) return null;
    const { remoteAddress, remotePort } = this.session.id;
    return { address: remoteAddress, port: remotePort };
  }
}
