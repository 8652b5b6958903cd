import type { NetwrightError } from '@netwright/core';
import type { TcpHandler, TcpSession } from '@netwright/layers';
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

/** One end of a connection over the stack, as a handle drives it. Errors are UV's negative numbers. */
export class StackEnd implements TcpHandler {
  readonly readsAfterReset = true;
  owner: EndOwner | null = null;
  session!: TcpSession;
  /** Why it broke off, until somebody was told; 0 while it did not. */
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

  /** Bytes that can be read now. */
  get waiting(): number {
    return this.session.receiver.readable;
  }

  /** Whether nothing follows the bytes that wait. */
  get finished(): boolean {
    return this.session.receiver.finished || (this.over && this.failure === 0);
  }

  /** Whether both ends are done with it, or it broke off. */
  get hungUp(): boolean {
    return this.over || (this.session.receiver.finished && this.session.sender.finished);
  }

  /** Takes bytes off. @returns how many. */
  read(into: Uint8Array): number {
    return this.session.readInto(into);
  }

  /** Whether it may still be written to. */
  get healthy(): boolean {
    return !this.over && this.session.writable;
  }

  /** How many bytes `write` would take now; negative where it would fail. */
  get room(): number {
    if (!this.healthy) return this.takeFailure() || uvCode('EPIPE');
    return this.session.writableBytes;
  }

  /** Queues bytes. @returns how many were taken. */
  write(bytes: Uint8Array, at: number): number {
    const { room } = this;
    return room < 0 ? room : this.session.write(bytes, at);
  }

  /** The failure, which is told once: after it a broken connection is merely closed. */
  takeFailure(): number {
    const { failure } = this;
    this.failure = 0;
    return failure;
  }

  /** Nothing more will be written. */
  shutdown(): number {
    if (this.over) return uvCode('ENOTCONN');
    this.session.shutdown();
    return 0;
  }

  /** The handle lets go; the stack ends the connection in good order. */
  close(): void {
    this.owner = null;
    this.session.close();
  }

  /** Ends it with a reset. */
  reset(): void {
    this.owner = null;
    this.session.abort();
    this.session.close();
  }

  get local(): Place {
    const { localAddress, localPort } = this.session.id;
    return { address: localAddress, port: localPort };
  }

  get remote(): Place {
    const { remoteAddress, remotePort } = this.session.id;
    return { address: remoteAddress, port: remotePort };
  }
}
