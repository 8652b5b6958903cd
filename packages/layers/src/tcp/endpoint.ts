import type { Packet } from '@netwright/core';
import { fail } from '../errors.js';
import { applySettings } from './buffers.js';
import type { CongestionControl } from './congestion/congestion.js';
import { TcpConnection } from './connection.js';
import { type TcpInfo, tcpInfo } from './info/tcp-info.js';
import { WHY } from './reasons.js';
import type { TcpSettings } from './settings.js';
import { maySend, State, synchronized } from './state.js';

/** What an application may do with a connection. */
export abstract class TcpEndpoint extends TcpConnection {
  /**
   * Queues bytes to be sent; they are copied. They may be queued before the connection is established.
   * @returns how many were taken: fewer than given when the send buffer is full; `handler.writable` tells when there
   * is room again.
   * @throws EPIPE after `shutdown` or `close`, ENOTCONN when the connection is over, EINVAL for bytes that are not there.
   */
  write(bytes: Uint8Array, at = 0, length = bytes.length - at): number {
    // What is not there would be sent as whatever lay in that memory before.
    if (!Number.isInteger(length) || length < 0 || !(Number.isInteger(at) && at >= 0 && at + length <= bytes.length))
      throw fail('EINVAL', {
        problem: `There are no ${length} bytes at ${at} of ${bytes.length}`,
        expected: 'Count again.',
      });
    if (this.sender.finished) throw fail('EPIPE', { remote: this.remote });
    if (this.state === State.Closed) throw fail('ENOTCONN', { protocol: 'TCP' });
    const taken = Math.min(length, this.writableBytes);
    if (taken < length) this.waitForRoom();
    if (taken > 0) this.sender.enqueue(bytes, at, taken);
    if (taken > 0 || length > 0) this.touch();
    return taken;
  }

  /**
   * As `write`, without the PUSH flag of RFC 9293 section 3.9.1.2: what does not fill a segment waits for more or
   * for `push`, but no longer than a retransmission timeout, after which it is pushed, too.
   */
  writeMore(bytes: Uint8Array): number {
    this.sender.corked = this.sender.moreComes = true;
    return this.write(bytes);
  }

  /** Pushes what was written so far: it leaves, and its end tells the peer not to wait for more. */
  push(): void {
    this.sender.corked = this.sender.moreComes = false;
    this.touch();
  }

  /**
   * Throws away what was written and not sent yet (RFC 9293 section 3.9.1.7), without an end of the connection. What was
   * sent is sent again until it arrives. @returns how many bytes were thrown away.
   */
  flush(): number {
    const unsent = this.sender.flush();
    this.touch();
    return unsent;
  }

  /** IP options of the last segment that had some, with our address and time noted where they ask for it. */
  get headerOptions(): Uint8Array | undefined {
    return this.receiver.headerOptions;
  }

  /** The Differentiated Services codepoint of the last segment (RFC 9293 section 3.9.1.9). */
  get dscp(): number {
    return this.receiver.trafficClass >> 2;
  }

  /** Room in the send buffer, in bytes. */
  get writableBytes(): number {
    return this.sender.buffer.room;
  }

  /** As `write`, and marks everything queued so far as urgent (RFC 9293 section 3.8.5). */
  writeUrgent(bytes: Uint8Array): number {
    const { turn } = this.surroundings.host;
    turn.enter();
    try {
      const taken = this.write(bytes);
      this.sender.markUrgent();
      return taken;
    } finally {
      turn.leave();
    }
  }

  /** Takes up to `bytes` of what has arrived; an empty array when nothing has. For applications that pull. */
  read(bytes = Number.POSITIVE_INFINITY): Uint8Array {
    const length = Math.min(bytes, this.receiver.readable);
    const data = new Uint8Array(length);
    this.readInto(data);
    return data;
  }

  /** As `read`, into memory of the caller's. @returns how many bytes. */
  readInto(into: Uint8Array): number {
    const length = Math.min(into.length, this.receiver.readable);
    if (length === 0) return 0;
    this.receiver.queue.read(0, length, into, 0);
    this.receiver.consumed(length);
    this.touch();
    return length;
  }

  /** Stops handing data to `handler.data`; the window closes as the buffer fills. */
  pause(): void {
    this.delivery.paused = true;
  }

  /** Hands data over again. */
  resume(): void {
    this.delivery.paused = false;
    this.touch();
  }

  /** While corked, only full segments leave. */
  cork(corked: boolean): void {
    this.sender.corked = corked;
    this.touch();
  }

  /** What is queued so far ends a record: what is written next goes into other segments (MSG_EOR). */
  endRecord(): void {
    this.sender.endRecord();
  }

  /** Acknowledges at once what waits to be acknowledged (TCP_QUICKACK). */
  acknowledge(): void {
    this.surroundings.host.turn.run(() => this.acknowledgeLate());
  }

  /** Goes on with another congestion control, from the window that the present one has come to (TCP_CONGESTION). */
  useCongestion(control: CongestionControl): void {
    const { cwnd, ssthresh } = this.behaviour.congestion;
    control.begin(this.sender.mss, this.now);
    if (cwnd > 0) {
      control.cwnd = cwnd;
      control.ssthresh = ssthresh;
    }
    this.behaviour.congestion = control;
    this.touch();
  }

  /** Keep-alive probes without an answer. */
  get keepAliveProbes(): number {
    return this.timers.unanswered;
  }

  /** What TCP_INFO tells of a connection, as it is now. */
  info(): TcpInfo {
    return tcpInfo(this.self, this.surroundings.host.clock.now());
  }

  /** Sends small segments at once (TCP_NODELAY). */
  setNoDelay(noDelay: boolean): void {
    this.sender.noDelay = noDelay;
    this.touch();
  }

  /** Nothing more will be written: a FIN follows the last byte. The peer may go on sending. */
  shutdown(): void {
    if (this.sender.finished || this.state === State.Closed) return;
    if (this.state === State.SynSent) {
      this.finish(null);
      return;
    }
    this.sender.finished = true;
    if (this.state === State.Established || this.fastOpening.pending) this.enter(State.FinWait1);
    else if (this.state === State.CloseWait) this.enter(State.LastAck);
    this.touch();
  }

  /**
   * Neither writes nor reads any more. When data was not read the peer gets a reset, since it would take a FIN for a
   * sign that all of it was (RFC 2525 section 2.17). How long what was written may take is the setting `linger`.
   */
  close(): void {
    if (this.state === State.Closed) this.receiver.close();
    if (this.closedByUser || this.state === State.Closed) return;
    if (this.settings.linger === 0) {
      this.abort();
      return;
    }
    this.closedByUser = true;
    this.surroundings.host.turn.run(() => this.leave());
  }

  /** What `close` does: a reset where something was not read, else a FIN, and the wait for the peer's. */
  protected leave(): void {
    if (this.receiver.readable > this.delivery.handing && this.dataFlows && this.state !== State.TimeWait) {
      this.sendReset(WHY.resetUnread);
      this.finish(null);
      return;
    }
    this.shutdown();
    this.finishWhenRead();
    if (this.state === State.FinWait2) this.timers.waitForFin();
    else this.timers.limitClosing();
  }

  /** Ends it at once, with a reset. */
  abort(): void {
    if (this.state === State.Closed) return;
    const { turn } = this.surroundings.host;
    // Nothing is handed over any more: it may be called within the hand-over.
    this.closedByUser = true;
    turn.enter();
    try {
      if (this.state !== State.SynSent && this.state !== State.TimeWait) this.sendReset(WHY.resetAborted);
      this.finish(null);
    } finally {
      turn.leave();
    }
  }

  /** The numbers that this connection goes by. */
  get settings(): Readonly<TcpSettings> {
    return this.surroundings.settings;
  }

  /**
   * Changes numbers of this connection alone: buffers, retries and keep-alive, from now on. What the SYN has said
   * (MSS, scale, timestamps, SACK) stays as it was agreed.
   * @param anew whether keep-alive begins anew with its numbers; else they hold from its next probe on.
   */
  configure(changes: Partial<TcpSettings>, anew = true): void {
    const names = Object.keys(changes);
    const settings = { ...this.surroundings.settings, noDelay: this.sender.noDelay, ...changes };
    this.surroundings = { ...this.surroundings, settings };
    const buffers = [this.sender.buffer.limit, this.receiver.limit];
    const { tuning } = this.receiver;
    applySettings(settings, this.sender, this.receiver, this.transmitter);
    // What has grown by itself stays, unless a size is asked for.
    if (!names.some((name) => name.startsWith('sendBuffer'))) this.sender.buffer.limit = buffers[0];
    if (!names.some((name) => name.startsWith('receiveBuffer'))) {
      this.receiver.limit = buffers[1];
      this.receiver.tuning = tuning;
    }
    const watched = anew && synchronized(this.state) && this.state !== State.TimeWait;
    this.timers.configure(settings, watched && names.some((name) => name.startsWith('keepAlive')));
    this.touch();
  }

  /** Sends a segment of the program's own making: `edit` gets an empty ACK and changes it at will; it is summed after. */
  inject(edit: (packet: Packet) => void): void {
    const { turn } = this.surroundings.host;
    turn.run(() => this.transmitter.inject(this.sender.sndNxt, this.receiver.rcvNxt, edit));
  }

  /** Whether the application may still write. */
  get writable(): boolean {
    return maySend(this.state) && !this.sender.finished;
  }
}
