import type { NetwrightError } from '@netwright/core';
import {
  BsdSession,
  LinuxSession,
  State,
  seqDistance,
  type TcpHandler,
  type TcpSession,
  type TcpSettings,
} from '@netwright/layers';
import { UrgentByte } from '../freebsd/urgent.js';
import { Unsupported } from '../outcome.js';
import type { Environment } from '../run/environment.js';
import type { Control } from './control.js';
import { type Attempt, failure, type Result, success } from './descriptor.js';
import { ErrorQueue, STAMP } from './error-queue.js';
import { icmpErrno } from './icmp-errno.js';

/** Flags of send and recv (Linux's numbers). */
export const MSG = {
  oob: 0x1,
  peek: 0x2,
  trunc: 0x20,
  dontWait: 0x40,
  endOfRecord: 0x80,
  endOfFile: 0x200,
  waitAll: 0x100,
  errorQueue: 0x2000,
  noSignal: 0x4000,
  more: 0x8000,
  zeroCopy: 0x4000000,
};
/** Events of poll. */
export const POLL = { in: 0x1, pri: 0x2, out: 0x4, err: 0x8, hup: 0x10, rdNorm: 0x40, wrNorm: 0x100, rdHup: 0x2000 };

/** Zeros to write: scripts compare payloads with zeros. */
export const ZEROS = new Uint8Array(65536);

/** How much of a buffer must be free before Linux calls a socket writable. */
const WRITABLE_SHARE = 1 / 3;

/** The half of a TCP socket that moves data: what read, write, poll and their like do with a connection. */
export abstract class Transfer {
  nonblocking = false;
  session: TcpSession | null = null;
  /** What is chosen before there is a connection. */
  settings: Partial<TcpSettings> = {};
  /** TCP_MAXSEG; 0 for none. */
  maxSegment = 0;
  corked = false;
  /** SO_RCVLOWAT, and TCP_INQ. */
  readLowWater = 1;
  tellsInq = false;
  readonly errors = new ErrorQueue();
  /** SO_RCVTIMEO and SO_SNDTIMEO, in ms; 0 waits for ever. */
  readTimeout = 0;
  writeTimeout = 0;
  /** SO_OOBINLINE, and what is urgent where it is not. */
  urgentInLine = false;
  private readonly urgent = new UrgentByte();

  /** IP_RECVERR: errors of the path are told at once. */
  protected hearsErrors = false;

  protected established = false;
  protected over = false;
  protected noMoreReading = false;
  private error: string | null = null;
  private urgentSeen = false;
  private wasWritable = false;
  private roomMade = 0;

  constructor(protected readonly environment: Environment) {}

  readonly handler: TcpHandler = {
    readsAfterReset: true,
    established: (session) => this.becameEstablished(session),
    urgent: (session) => {
      this.urgentSeen = true;
      this.urgent.announced(session);
    },
    trouble: (session, trouble) => {
      if (typeof trouble === 'string' || !this.linux || !this.hearsErrors) return;
      this.error = icmpErrno(trouble);
      session.softError = null;
    },
    closed: (session, error) => this.becameClosed(session, error),
  };

  /** The error that waits to be told, which is told then: SO_ERROR. */
  takeError(): string | null {
    const { error } = this;
    this.error = null;
    return error;
  }

  /** As `takeError`, or what the path has said that ended nothing: getsockopt of SO_ERROR. */
  takeAnyError(): string | null {
    const { session } = this;
    const error = this.takeError();
    if (error !== null || session === null || !this.linux || session.softError === null) return error;
    const soft = icmpErrno(session.softError);
    session.softError = null;
    return soft;
  }

  /** Nothing is left to do with the connection: for a program TIME-WAIT is the end. */
  get gone(): boolean {
    return this.over || (this.linux && this.session?.state === State.TimeWait);
  }

  /** Changes numbers of the connection that is there, and of those to come. */
  configure(changes: Partial<TcpSettings>): Result {
    this.settings = { ...this.settings, ...changes };
    this.session?.configure(changes);
    return success();
  }

  /** Something has happened: the error queue may have news, and room may have come where there was none. */
  observe(): void {
    const writable = (this.readiness() & POLL.out) !== 0;
    if (writable && !this.wasWritable) this.roomMade++;
    this.wasWritable = writable;
    if (this.session !== null) this.errors.observe(this.session, this.environment.clock.now());
  }

  /** The world that it lives in. */
  get inDrill(): Environment {
    return this.environment;
  }

  get linux(): boolean {
    return this.environment.options.profile.name === 'linux';
  }

  /** Whether connect() waits for data (TCP_FASTOPEN_CONNECT). */
  protected abstract readonly waitsForData: boolean;

  read(bytes: number, flags = 0): Attempt {
    const known = MSG.peek | MSG.dontWait | MSG.trunc | MSG.noSignal | MSG.waitAll | MSG.oob;
    if ((flags & ~known) !== 0) throw new Unsupported(`recv with flags 0x${flags.toString(16)}`);
    const least = (flags & MSG.waitAll) !== 0 ? bytes : Math.min(this.readLowWater, bytes);
    return this.limited(this.readTimeout, () => {
      const { session } = this;
      const waits = this.nonblocking || (flags & MSG.dontWait) !== 0;
      if (this.waitsForData) return waits ? failure('EAGAIN') : null;
      if (session === null) return failure('ENOTCONN');
      if ((flags & MSG.oob) !== 0) {
        if (this.linux && this.urgentInLine) return failure('EINVAL');
        return this.urgent.take(session, (flags & MSG.peek) !== 0);
      }
      const { receiver } = session;
      const together = this.readableAtOnce(session);
      const ended = receiver.finished || this.over || this.noMoreReading;
      if (receiver.readable > 0) {
        if (receiver.readable < least && !waits && !ended) return null;
        const taken = Math.min(bytes, together);
        if ((flags & MSG.peek) === 0) session.read(taken);
        return success(taken);
      }
      // After the peer's FIN there is nothing to be told but that (recv(2)).
      if (this.linux && receiver.finished) return success(0);
      const error = this.takeError();
      if (error !== null) return failure(error);
      if (ended || bytes === 0) return success(0);
      return waits ? failure('EAGAIN') : null;
    });
  }

  /** Bytes that one read takes: it stops where something is urgent. */
  private readableAtOnce(session: TcpSession): number {
    const { readable } = session.receiver;
    if (readable === 0) return 0;
    if (!this.urgentInLine) return this.urgent.before(session, readable);
    return this.linux ? this.urgent.distance(session) || readable : readable;
  }

  /** SIOCINQ: what can be read at once; SIOCATMARK: whether something urgent is next. */
  get inQueue(): number {
    const { session } = this;
    if (session === null) return 0;
    const { readable } = session.receiver;
    return this.urgentInLine ? readable : this.urgent.distance(session) || readable;
  }

  /** SIOCOUTQ: bytes that are written and not acknowledged, the FIN among them once it has a place. */
  get outQueue(): number {
    const { session } = this;
    if (session?.dataFlows !== true) return 0;
    const { sndUna, sndNxt, unsent, finWaits } = session.sender;
    return seqDistance(sndUna, sndNxt) + unsent + (finWaits ? 1 : 0);
  }

  get atMark(): number {
    return this.session !== null && this.urgent.distance(this.session) === 0 ? 1 : 0;
  }

  /** A call that fails with EAGAIN when it has blocked for `ms`; 0 waits for ever. */
  protected limited(ms: number, attempt: Attempt, late = (): Result => failure('EAGAIN')): Attempt {
    if (ms === 0) return attempt;
    const { clock } = this.environment;
    const deadline = clock.now() + ms;
    // The clock must stop there, so that somebody looks.
    clock.alarm(() => {}).set(deadline);
    return () => attempt() ?? (clock.now() < deadline ? null : late());
  }

  /** What recvmsg tells beside data. */
  receivedControl(): Control[] {
    const { session, errors } = this;
    if (session === null) return [];
    const control: Control[] = [];
    if ((errors.stampFlags & STAMP.rxSoftware) !== 0 && (errors.stampFlags & STAMP.software) !== 0)
      control.push({ level: 'SOL_SOCKET', type: 'SCM_TIMESTAMPING', data: { at: session.receiver.dataAt } });
    if (this.tellsInq) {
      const { readable, finished } = session.receiver;
      // The end counts as something to read.
      control.push({ level: 'SOL_TCP', type: 'TCP_CM_INQ', data: readable + (finished ? 1 : 0) });
    }
    return control;
  }

  write(bytes: number, flags = 0, stamps: number | null = null): Attempt {
    const known = MSG.oob | MSG.dontWait | MSG.noSignal | MSG.more | MSG.endOfRecord | MSG.zeroCopy | MSG.endOfFile;
    if ((flags & ~known) !== 0) throw new Unsupported(`send with flags 0x${(flags & ~known).toString(16)}`);
    return this.waitAndWrite(bytes, 0, flags, stamps);
  }

  /** Writes `bytes`, of which `queued` are already: waits for the connection, and for room. */
  protected waitAndWrite(bytes: number, queued: number, flags: number, stamps: number | null = null): Attempt {
    let done = queued;
    let unpushed = 0;
    let blocked = false;
    const finished = (result: Result, session: TcpSession) => {
      const whole = (flags & MSG.endOfRecord) !== 0 && done === bytes;
      this.errors.wrote(session, done, (flags & MSG.zeroCopy) !== 0, stamps, whole);
      if (whole) session.endRecord();
      if ((flags & MSG.endOfFile) !== 0 && done === bytes) session.shutdown();
      this.observe();
      return result;
    };
    const late = () => (done > 0 && this.session !== null ? finished(success(done), this.session) : failure('EAGAIN'));
    const attempt = () => {
      const refused = this.linux ? null : this.refusesToSend();
      if (refused !== null) return failure(refused);
      const { session } = this;
      // What was taken is told first, and the error by the next call.
      if (this.over && this.established && done > queued && session !== null) return finished(success(done), session);
      const error = done === queued || !this.established ? this.takeError() : null;
      if (error !== null) return failure(error);
      const waits = this.nonblocking || (flags & MSG.dontWait) !== 0 ? failure('EAGAIN') : null;
      if (session === null) return failure(this.linux ? 'EPIPE' : 'ENOTCONN');
      if (this.over || session.sender.finished) return failure('EPIPE');
      if (!this.established && waits !== null) return waits;
      session.sender.corked = this.corked || (flags & MSG.more) !== 0;
      // Who waits for room waits for a share of it.
      const asleep = blocked && !session.sender.buffer.isFree(WRITABLE_SHARE);
      while (done < bytes && !asleep) {
        const piece = Math.min(bytes - done, session.sender.buffer.nextPiece, ZEROS.length);
        // A part is no end: nothing pushes there, unless half of the largest window has gone without.
        unpushed += piece;
        const due = unpushed > session.sender.maxWindow / 2;
        if (due) unpushed = 0;
        session.sender.moreComes = (flags & MSG.more) !== 0 || (done + piece < bytes && !due);
        const taken =
          (flags & MSG.oob) === 0 ? session.write(ZEROS, 0, piece) : session.writeUrgent(ZEROS.subarray(0, piece));
        done += taken;
        // What leaves at once makes room for more.
        if (taken === 0) break;
      }
      session.sender.moreComes = (flags & MSG.more) !== 0;
      // MSG_MORE holds back what this call has brought, not what later acknowledgements let go.
      session.sender.corked = this.corked;
      // What waits for the connection goes with the handshake's last acknowledgement.
      if (!this.established) return waits;
      if (done === bytes) return finished(success(done), session);
      if (waits === null) {
        blocked = true;
        return null;
      }
      return done > 0 ? finished(success(done), session) : waits;
    };
    return this.limited(this.writeTimeout, attempt, late);
  }

  /** Why FreeBSD sends nothing (send(2)): nothing may be sent any more, before whatever else went wrong; or not yet. */
  private refusesToSend(): string | null {
    const { session } = this;
    if (session === null) return 'ENOTCONN';
    if (this.over || session.sender.finished) return 'EPIPE';
    return this.established ? null : 'ENOTCONN';
  }

  shutdown(how: number): Result {
    const { session } = this;
    if (!this.linux) return this.shutdownBsd(how);
    if (how < 0 || how > 2) return failure('EINVAL');
    if (session === null || (!this.established && session.state !== State.SynSent)) return failure('ENOTCONN');
    if (this.gone) return failure('ENOTCONN');
    if (how !== 1) {
      this.noMoreReading = true;
      if (session instanceof LinuxSession) session.stopReading();
    }
    if (how !== 0) session.shutdown();
    return success();
  }

  /** shutdown(2): also while it connects, when the FIN follows the handshake. */
  private shutdownBsd(how: number): Result {
    const { session } = this;
    if (how < 0 || how > 2) return failure('EINVAL');
    if (session === null || this.over || session.state === State.TimeWait) return failure('ENOTCONN');
    if (how !== 1) {
      this.noMoreReading = true;
      if (session instanceof BsdSession) session.stopReading();
    }
    if (how !== 0) session.shutdown();
    return success();
  }

  progress(): { readable: number; writable: number } {
    const { session } = this;
    if (session === null) return { readable: 0, writable: 0 };
    const ended = session.receiver.finished || this.over ? 1 : 0;
    const writable = this.linux ? this.roomMade : session.sender.acknowledgedBytes;
    return { readable: session.receiver.ackFacts.received + ended, writable };
  }

  readiness(): number {
    if (this.waitsForData) return POLL.out | POLL.wrNorm;
    const { session } = this;
    if (session === null) return POLL.out | POLL.hup | POLL.wrNorm;
    let events = 0;
    const { receiver, sender } = session;
    const ended = receiver.finished || this.over || this.noMoreReading;
    if (receiver.readable >= this.readLowWater || ended) events |= POLL.in | POLL.rdNorm;
    if (ended) events |= POLL.rdHup;
    if (this.over || (ended && sender.finished)) events |= POLL.hup;
    if (this.error !== null || this.errors.length > 0) events |= POLL.err;
    if (this.linux ? this.urgent.waits(session) : this.urgentSeen) events |= POLL.pri;
    const free = session.state === State.Closed || sender.buffer.isFree(WRITABLE_SHARE);
    if (this.over || sender.finished || (session.dataFlows && free)) events |= POLL.out | POLL.wrNorm;
    return events;
  }

  /** Nothing is left of the connection that there was. */
  protected startAnew(): void {
    this.established = this.over = this.noMoreReading = false;
    this.error = null;
  }

  protected becameEstablished(session: TcpSession): void {
    this.established = true;
    const options = session.transmitter.facts.timestamps ? 12 : 0;
    if (this.maxSegment > 0) session.sender.mss = Math.min(session.sender.mss, this.maxSegment - options);
    if (this.corked) session.sender.corked = true;
  }

  private becameClosed(session: TcpSession, error: NetwrightError | null): void {
    this.over = true;
    this.errors.ended();
    if (error === null) return;
    this.error = error.code;
    if (!this.linux) return;
    const { softError, receiver, sender } = session;
    if (error.code === 'ECONNRESET' && receiver.finished && !sender.finished) this.error = 'EPIPE';
    else if (error.code !== 'ECONNRESET' && softError !== null) this.error = icmpErrno(softError);
  }
}
