import type { Host } from '@netwright/core';
import type { TcpSession } from './session.js';
import { State } from './state.js';

/** Hands what has arrived in order over to the program, then the end. */
export class Delivery {
  paused = false;
  /** Bytes that the application is looking at just now: they count as read. */
  handing = 0;
  private endTold = false;

  constructor(
    private readonly session: TcpSession,
    private readonly host: Host,
  ) {}

  run(): void {
    const { session } = this;
    const { receiver, handler } = session;
    if (handler.data !== undefined) this.hand();
    else if (receiver.readable > 0 && !this.paused) this.tell(handler.readable);
    if (receiver.pushed && receiver.readable === 0) {
      receiver.pushed = false;
      this.tell(handler.pushed);
    }
    if (receiver.finished && receiver.readable === 0 && !this.endTold && session.state !== State.Closed) {
      this.endTold = true;
      this.tell(handler.end);
    }
  }

  private hand(): void {
    const { session } = this;
    const { receiver, handler } = session;
    while (receiver.readable > 0 && !this.paused && session.state !== State.Closed) {
      const bytes = receiver.queue.peek(receiver.readable);
      const { length } = bytes;
      const before = receiver.readable;
      this.handing = length;
      try {
        handler.data?.(bytes, session);
      } catch (error) {
        this.host.fault(error);
      }
      this.handing = 0;
      // The handler may have ended the connection, and with it the buffer.
      if (receiver.readable === 0) break;
      // It may have read on by itself.
      const rest = length - (before - receiver.readable);
      if (rest > 0) receiver.consumed(rest);
    }
  }

  private tell(callback: ((session: TcpSession) => void) | undefined): void {
    try {
      callback?.call(this.session.handler, this.session);
    } catch (error) {
      this.host.fault(error);
    }
  }
}
