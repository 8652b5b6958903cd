import type { Host, Timer } from '@netwright/core';
import type { TcpConnection } from './connection.js';
import { ACK } from './header.js';
import { WHY } from './reasons.js';
import { seqAdd } from './sequence.js';
import type { TcpSettings } from './settings.js';
import { State, synchronized } from './state.js';
import { adoptedTimeout, chosenTimeout } from './user-timeout.js';

/** The timers of a connection besides retransmission. Each is made when it is first needed: an idle connection has none. */
export class SessionTimers {
  private acknowledgement: Timer | null = null;
  /** 2 MSL, and the wait for the peer's FIN: never both. */
  private ending: Timer | null = null;
  private keepAlive: Timer | null = null;
  private opening: Timer | null = null;
  private closing: Timer | null = null;
  private readonly begunAt: number;
  probes = 0;
  /** When the last of them was sent. */
  private probedAt = 0;

  constructor(
    private readonly session: TcpConnection,
    private readonly host: Host,
    private settings: TcpSettings,
  ) {
    this.begunAt = host.turn.now;
  }

  /** The user timeout in ms; 0 counts retries instead. What a peer has asked for holds while both ends are in step (RFC 5482 section 3.3). */
  get userTimeout(): number {
    const { settings, session } = this;
    if (!settings.userTimeoutOption || !synchronized(session.state)) return chosenTimeout(settings);
    return adoptedTimeout(settings, session.receiver.peerUserTimeout, session.behaviour.rtt.rto);
  }

  /** ms: keep-alive begins later than an adopted user timeout (RFC 5482 section 4.2). */
  private get keepAliveIdle(): number {
    const { keepAliveIdle, userTimeoutOption } = this.settings;
    return userTimeoutOption ? Math.max(keepAliveIdle, this.userTimeout + 1) : keepAliveIdle;
  }

  /** An active open is given up when its time is over, however many SYNs were sent. */
  limitOpening(): void {
    const { openTimeout } = this.settings;
    if (openTimeout === 0) return;
    this.opening ??= this.host.timer(() => {
      if (!synchronized(this.session.state)) this.session.giveUp();
    });
    this.opening.startAt(this.begunAt + openTimeout);
  }

  /** After close() the peer has so long to acknowledge what is on its way (SO_LINGER). */
  limitClosing(): void {
    const { linger } = this.settings;
    if (linger < 0 || this.session.state === State.Closed) return;
    this.closing ??= this.host.timer(() => {
      if (!this.session.sender.finAcknowledged) this.session.abort();
    });
    this.closing.startAt(this.session.now + linger);
  }

  /** Acknowledges in `wait` ms unless it is done before; `anew`: nothing has waited since the last acknowledgement. */
  delayAcknowledgement(wait: number, anew: boolean): void {
    this.acknowledgement ??= this.host.timer(() => this.session.acknowledgeLate(true));
    const at = this.session.now + wait;
    // A timer of what was acknowledged already was left where it stood.
    if (anew || at < this.acknowledgement.deadline) this.acknowledgement.startAt(at);
  }

  /** TIME-WAIT, anew. */
  timeWait(duration: number): void {
    this.acknowledgement?.stop();
    this.keepAlive?.stop();
    this.ending ??= this.host.timer(() => this.session.expireTimeWait());
    this.ending.startAt(this.session.now + duration);
  }

  /** After close() the peer's FIN is waited for, but not for ever. */
  waitForFin(): void {
    const { finWait2Timeout } = this.settings;
    if (finWait2Timeout < 0) {
      this.session.abort();
      return;
    }
    this.ending ??= this.host.timer(() => this.session.expireTimeWait());
    this.ending.startAt(this.session.now + finWait2Timeout);
  }

  /** Whether an idle connection is probed. */
  private get watched(): boolean {
    return this.settings.keepAlive || this.session.transmitter.authenticator?.keepsAlive === true;
  }

  /** The connection is established: watch it when that is asked for (RFC 9293 section 3.8.4). */
  startKeepAlive(): void {
    if (!this.watched) return;
    this.keepAlive ??= this.host.timer(() => this.probe());
    this.probes = 0;
    this.keepAlive.startAt(this.session.now + this.keepAliveIdle);
  }

  /** Goes by other numbers from now on. @param anew whether keep-alive begins anew with them. */
  configure(settings: TcpSettings, anew: boolean): void {
    this.settings = settings;
    if (this.opening?.armed === true) this.limitOpening();
    if (!this.watched) this.keepAlive?.stop();
    else if (anew) this.startKeepAlive();
  }

  /** Probes that nothing was heard after. */
  get unanswered(): number {
    return this.session.heardAt >= this.probedAt ? 0 : this.probes;
  }

  stop(): void {
    this.opening?.stop();
    this.closing?.stop();
    this.acknowledgement?.stop();
    this.ending?.stop();
    this.keepAlive?.stop();
  }

  private probe(): void {
    const { session, settings } = this;
    const timer = this.keepAlive as Timer;
    const { sender, heardAt } = session;
    if (this.probes > 0 && heardAt >= this.probedAt) this.probes = 0;
    const quiet = session.now - heardAt;
    // What is in flight asks for an answer by itself (RFC 9293 section 3.8.4).
    if (sender.flight.count > 0) {
      timer.startAt(session.now + this.keepAliveIdle);
      return;
    }
    if (this.probes === 0 && quiet < this.keepAliveIdle) {
      // Something came meanwhile: the timer was left where it stood, and is set for the rest now.
      timer.startAt(heardAt + this.keepAliveIdle);
      return;
    }
    const { keepAliveProbes } = settings;
    const { userTimeout } = this;
    if (userTimeout > 0 ? this.probes > 0 && quiet >= userTimeout : this.probes >= keepAliveProbes) {
      session.giveUp(true);
      return;
    }
    this.probes++;
    this.probedAt = session.now;
    // SND.NXT - 1: an old octet, which the peer must acknowledge.
    session.emit(ACK, seqAdd(sender.sndNxt, -1), 0, settings.keepAliveOctet ? 1 : 0, WHY.keepAlive, false);
    timer.startAt(session.now + settings.keepAliveInterval);
  }
}
