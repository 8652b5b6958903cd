import type { Timer } from '@netwright/core';
import { ACK } from '../header.js';
import { WHY } from '../reasons.js';
import type { Sender } from '../send/sender.js';
import type { SendingSession } from '../send/sending.js';
import { seqAdd } from '../sequence.js';
import type { TcpBehaviour } from '../tokens.js';

/** ms */
const PACING_GRAIN = 1;
/** Retransmissions of one segment in a row after which a program hears of it (RFC 9293 section 3.8.3: R1). */
const TROUBLE = 3;
/** ms that sending may make up for when the host's timer was late: on a busy machine pacing would stay below its rate. */
const PACING_LATE = 10;

/**
 * The timer of the sending half: one for the retransmission timeout, for what loss recovery waits for, and for
 * probing a closed window, since no two of them are needed at a time (RFC 9293 section 3.8.6.1, RFC 8985 section 8).
 */
export class RetransmissionTimer {
  /** When the retransmission timeout is, in ms; Infinity while nothing is in flight. */
  rtoAt = Number.POSITIVE_INFINITY;
  /** How often it has come in a row. */
  backoffs = 0;
  /** How often the peer was asked for a window, or sent what lies beyond it, since it last said anything. */
  unanswered = 0;
  /** Those of them that asked for a window; and timeouts since the connection began. */
  probes = 0;
  timeouts = 0;
  /** When the first attempt was made of those in a row, in ms. */
  private triedSince = 0;
  /** When a closed window was asked for first that has stayed closed, in ms; -1 for none. */
  private stalledSince = -1;
  /** When pacing lets the next segment go; and when it was found to hold one back, Infinity while it does not. */
  private nextSendAt = 0;
  private paceAt = Number.POSITIVE_INFINITY;
  /** Pacing lets go what it has held back, perhaps later than it was due. */
  private released = false;
  private readonly timer: Timer;

  constructor(
    private readonly sender: Sender,
    private readonly session: SendingSession,
    private readonly behaviour: TcpBehaviour,
    timer: (action: () => void) => Timer,
  ) {
    this.timer = timer(() => this.expired());
  }

  get armed(): boolean {
    return this.timer.armed;
  }

  /** Something is in flight: it runs, unless it does already (RFC 6298 section 5.1). */
  arm(): void {
    this.begin();
    this.set();
  }

  /** As `arm`, for who sets it when more has been sent. */
  begin(): void {
    if (this.rtoAt === Number.POSITIVE_INFINITY) this.restart();
  }

  /** New data was acknowledged (RFC 6298 section 5.3). */
  restart(): void {
    this.stalledSince = -1;
    this.rtoAt = this.session.now + this.behaviour.rtt.rto;
  }

  /** Linux: where there was nothing to ask, what was sent has waited all the time. */
  private restartFromOldest(): void {
    const { first } = this.sender.flight;
    if (first !== undefined) this.rtoAt = Math.max(this.session.now, first.sentAt + this.behaviour.rtt.rto);
  }

  /** It comes in `ms` already. */
  hasten(ms: number): void {
    this.rtoAt = Math.min(this.rtoAt, this.session.now + ms);
    this.set();
  }

  /** Whether pacing at `rate` bytes a ms holds the next segment back: it is sent when its time comes. */
  paces(rate: number): boolean {
    // A millisecond's worth may go at once: timers of hosts are no finer.
    // Compared with the very time that the timer is set to: rounded otherwise it could come due without end.
    const at = this.nextSendAt - PACING_GRAIN;
    if (rate > 0 && at > this.session.now) {
      this.paceAt = at;
      return true;
    }
    if (this.paceAt !== Number.POSITIVE_INFINITY) this.release();
    return false;
  }

  /** `bytes` were sent. */
  paced(bytes: number, rate: number): void {
    if (rate <= 0) return;
    const earliest = this.released ? this.session.now - PACING_LATE : this.session.now;
    this.nextSendAt = Math.max(this.nextSendAt, earliest) + bytes / rate;
  }

  /** What loss recovery or pacing waits for may have changed. */
  set(): void {
    // What stops sending after a release is not pacing, unless it holds back again.
    this.released = false;
    const at = Math.min(this.rtoAt, this.behaviour.recovery.deadline, this.paceAt);
    if (at !== this.timer.deadline) this.timer.startAt(at);
  }

  stop(): void {
    this.rtoAt = this.paceAt = Number.POSITIVE_INFINITY;
    this.timer.stop();
  }

  /** The window is closed, or too small to send into, and nothing is in flight that would bring an acknowledgement. */
  persist(): void {
    if (this.paceAt !== Number.POSITIVE_INFINITY) {
      this.set();
      return;
    }
    // What the application has corked is not held back for longer than that, either (tcp(7), TCP_CORK).
    const { rtt } = this.behaviour;
    this.timer.startAt(this.clamped(this.session.now + (rtt.probeInterval?.(this.probes) ?? rtt.rto)));
  }

  /** The last timeout was no sign of congestion, the way was broken: as if it had not come (RFC 6069 section 4.2). */
  takeBack(): void {
    const { rtt } = this.behaviour;
    if (this.backoffs === 0 || this.rtoAt === Number.POSITIVE_INFINITY || rtt.takeBack === undefined) return;
    const since = this.rtoAt - rtt.rto;
    rtt.takeBack();
    this.rtoAt = Math.max(since + rtt.rto, this.session.now);
    this.set();
  }

  /** Whether the peer has been silent for too long, after so many attempts in a row. */
  private patienceEnds(attempts: number): boolean {
    const { userTimeout, retryLimit } = this.session;
    if (userTimeout === 0) return attempts >= retryLimit;
    // Of an opening both count.
    if (!this.sender.opened && attempts >= retryLimit) return true;
    return attempts > 0 && this.session.now - this.triedSince >= userTimeout;
  }

  /** A time of this timer, but not after the user timeout (RFC 5482). */
  private clamped(at: number): number {
    const { userTimeout } = this.session;
    if (userTimeout === 0) return at;
    if (this.session.endsStalls === true && this.stalledSince >= 0)
      return Math.min(at, this.stalledSince + userTimeout);
    return this.unanswered > 0 ? Math.min(at, this.triedSince + userTimeout) : at;
  }

  private release(): void {
    this.paceAt = Number.POSITIVE_INFINITY;
    this.released = true;
  }

  private expired(): void {
    const { sender, session } = this;
    if (this.paceAt <= session.now) {
      this.release();
      sender.output();
      this.released = false;
      return;
    }
    if (sender.flight.count === 0) {
      if (sender.unsent > 0 || sender.finWaits) this.probeWindow();
    } else if (this.behaviour.recovery.deadline <= session.now) {
      // RFC 8985 section 7.3: after a probe the retransmission timeout begins anew, even where both were due.
      const { retransmissions, sentBytes } = sender;
      this.behaviour.recovery.due(sender);
      const nothing = sender.retransmissions === retransmissions && sender.sentBytes === sentBytes;
      if (nothing && this.behaviour.rtt.measuresReports === true) this.restartFromOldest();
      else this.restart();
      sender.output();
    } else if (session.now < this.rtoAt) this.set();
    else if (this.patienceEnds(sender.beyondWindow ? this.unanswered : this.backoffs)) session.giveUp();
    else this.retransmit();
  }

  /** RFC 6298 sections 5.4 to 5.6, RFC 5681 section 3.1. */
  private retransmit(): void {
    const { sender, session } = this;
    const { rtt, recovery, congestion, validation } = this.behaviour;
    const outstanding = sender.flight.load - sender.flight.sackedLoad;
    sender.lostFor = WHY.retransmitTimeout;
    sender.release();
    // What stands at SND.UNA and was reported is no longer there: who has it would have acknowledged it.
    if (sender.flight.first?.sacked === true) sender.flight.forgetSacked();
    // A SYN or SYN-ACK goes alone: what it carried, or what followed it, waits for the answer.
    if (sender.opened || sender.flight.first === undefined) recovery.expired(sender);
    else sender.flight.markLost(sender.flight.first);
    const doubled = session.timedOut(this.backoffs);
    // A lost SYN says nothing about the window of data to come (RFC 6928 section 2).
    if (sender.opened) {
      congestion.expired(outstanding, sender.mss, this.backoffs === 0, session.now);
      validation.expired?.();
    }
    // Of an opening the first attempt is the SYN itself.
    if (this.backoffs === 0) this.triedSince = sender.opened ? session.now : session.now - rtt.rto;
    this.backoffs++;
    this.timeouts++;
    this.unanswered++;
    if (doubled) rtt.backOff();
    this.restart();
    this.rtoAt = this.clamped(this.rtoAt);
    sender.output();
    if (this.backoffs === TROUBLE) session.report('retransmissions');
  }

  /** RFC 9293 section 3.8.6.1: the peer's answer tells its window; as long as it answers, the connection stays. */
  private probeWindow(): void {
    const { sender, session } = this;
    if (sender.sndWnd > 0) {
      if (sender.unsent > 0) sender.sendWhatFits();
      else sender.output();
      this.arm();
      return;
    }
    const { userTimeout } = session;
    if (this.stalledSince < 0) this.stalledSince = session.now;
    const stalls = session.endsStalls === true && userTimeout > 0 && session.now - this.stalledSince >= userTimeout;
    if (stalls || this.patienceEnds(this.unanswered)) {
      session.giveUp();
      return;
    }
    if (this.probes === 0) this.triedSince = session.now;
    if (session.probesWithData && sender.unsent > 0) sender.probeWindow();
    else session.emit(ACK, seqAdd(sender.sndUna, -1), 0, 0, WHY.windowProbe, false);
    this.unanswered++;
    this.probes++;
    this.backoffs++;
    const { rtt } = this.behaviour;
    if (rtt.backOffProbe !== undefined) rtt.backOffProbe();
    else rtt.backOff();
    this.persist();
  }
}
