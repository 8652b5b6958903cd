import type { TcpFrame } from './tcp-frame.js';

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

const before = (a: number, b: number) => ((a - b) | 0) < 0;
const latest = (a: number, b: number) => (before(a, b) ? b : a);

/** A rule that a frame breaks, and what is wrong in words. */
export type Report = (rule: Rule, found: string) => void;

/** The rules of the sequence space, by what they are called in error codes. */
export type Rule =
  | 'INVARIANT_ACK_BACK'
  | 'INVARIANT_ACK_AHEAD'
  | 'INVARIANT_GAP'
  | 'INVARIANT_ACKED'
  | 'INVARIANT_WINDOW'
  | 'INVARIANT_WINDOW_SHRUNK'
  | 'INVARIANT_FIN'
  | 'INVARIANT_MSS'
  | 'INVARIANT_TIMESTAMP';

/** One end of a connection, as the frames that it sends and receives show it: what it may know, and what it has said. */
export class ConnectionView {
  /** Number of the last frame that it sent. */
  lastFrame = 0;
  /** Its own initial sequence number, and the peer's. */
  iss: number | null = null;
  private irs: number | null = null;
  /** Behind the last sequence number that it has sent. */
  private sent = 0;
  /** The sequence number of its FIN. */
  private fin: number | null = null;
  /** The oldest that the peer has not acknowledged. */
  private una = 0;
  /** How far the peer has let it send; null before it has said so. */
  private edge: number | null = null;
  private peerMss = Number.POSITIVE_INFINITY;
  /** Shifts of the windows: its own and the peer's, as offered; -1 is none. */
  private ownScale = -1;
  private peerScale = -1;

  /** What has arrived without a hole up to here, and what lies beyond, in order. */
  private arrived = 0;
  private readonly beyond: { from: number; to: number }[] = [];
  /** The last acknowledgement that it has sent, and the right edge that it has told. */
  private acked: number | null = null;
  private told: number | null = null;
  private tsVal: number | null = null;
  /** The latest SYN that came when the connection had begun. */
  private asked: { seq: number; scale: number; mss: number } | null = null;

  constructor(
    /** '10.0.0.2:49152' */
    readonly local: string,
    readonly remote: string,
  ) {}

  /** Whether a SYN that it sends begins another connection between the same ends. */
  isAnother(frame: TcpFrame): boolean {
    return this.iss !== null && frame.seq !== this.iss;
  }

  /** The connection follows `old`, between the same ends: the SYN that asked for it came while that one was there. */
  follow(old: ConnectionView): void {
    if (old.asked !== null) this.hearsSyn(old.asked.seq, old.asked.scale, old.asked.mss);
  }

  /** It has sent this frame. */
  sends(frame: TcpFrame, segmentSize: number, report: Report): void {
    const { flags } = frame;
    if ((flags & RST) !== 0) return;
    if ((flags & SYN) !== 0) this.sendsSyn(frame);
    if (this.iss === null) return;
    if ((flags & ACK) !== 0) this.sendsAck(frame, report);
    this.sendsText(frame, segmentSize, report);
    if (!frame.hasTimestamp) return;
    if (this.tsVal !== null && before(frame.tsVal, this.tsVal)) {
      report('INVARIANT_TIMESTAMP', `its timestamp is ${this.tsVal - frame.tsVal} less than that of the one before`);
    }
    this.tsVal = frame.tsVal;
  }

  /** A frame without fault has reached it. */
  receives(frame: TcpFrame): void {
    const { flags, seq } = frame;
    if ((flags & RST) !== 0) return;
    if ((flags & SYN) !== 0) {
      if (this.acked !== null) {
        // A duplicate, or one that asks for another connection.
        this.asked = { seq, scale: frame.scale, mss: frame.mss };
        return;
      }
      this.hearsSyn(seq, frame.scale, frame.mss);
    }
    if (this.irs === null) return;
    const from = (flags & SYN) === 0 ? seq : (seq + 1) | 0;
    const to = (from + frame.length + ((flags & FIN) === 0 ? 0 : 1)) | 0;
    if (from !== to) this.arrives(from, to);
    if ((flags & ACK) !== 0) this.hears(frame);
  }

  private hearsSyn(seq: number, scale: number, mss: number): void {
    this.irs = seq;
    this.arrived = (seq + 1) | 0;
    this.beyond.length = 0;
    this.peerScale = scale;
    if (mss >= 0) this.peerMss = mss;
  }

  private sendsSyn(frame: TcpFrame): void {
    if (this.iss !== null) return;
    this.iss = this.una = frame.seq;
    this.sent = (frame.seq + 1) | 0;
    this.ownScale = frame.scale;
  }

  private sendsAck(frame: TcpFrame, report: Report): void {
    const { ack } = frame;
    if (this.irs === null) return;
    if (this.acked !== null && before(ack, this.acked)) {
      report('INVARIANT_ACK_BACK', `it acknowledges ${this.ofPeer(ack)} after ${this.ofPeer(this.acked)}`);
    }
    if (before(this.arrived, ack)) {
      report(
        'INVARIANT_ACK_AHEAD',
        `it acknowledges ${this.ofPeer(ack)}, and has all up to ${this.ofPeer(this.arrived)}`,
      );
    }
    this.acked = this.acked === null ? ack : latest(this.acked, ack);
    const told = (ack + (frame.window << this.shift(this.ownScale, frame.flags))) | 0;
    if (this.told !== null && before(told, this.told)) {
      const by = (this.told - told) | 0;
      report('INVARIANT_WINDOW_SHRUNK', `it takes back ${by} bytes of the window that it has offered`);
    }
    this.told = this.told === null ? told : latest(this.told, told);
  }

  private sendsText(frame: TcpFrame, segmentSize: number, report: Report): void {
    const fin = (frame.flags & FIN) !== 0;
    if (frame.length === 0 && !fin) return;
    const from = (frame.flags & SYN) === 0 ? frame.seq : (frame.seq + 1) | 0;
    const to = (from + frame.length) | 0;
    const end = fin ? (to + 1) | 0 : to;
    if (before(this.sent, from)) {
      report('INVARIANT_GAP', `it sends ${this.own(from)}, and has sent only up to ${this.own(this.sent)}`);
    }
    if (before(end, this.una) || end === this.una) {
      report('INVARIANT_ACKED', `it sends ${this.own(from)} to ${this.own(end)}, all acknowledged before`);
    }
    this.judgeFin(fin, to, end, report);
    this.judgeWindow(from, to, report);
    const largest = segmentSize > 0 ? Math.min(segmentSize, frame.length) : frame.length;
    if (largest > this.peerMss)
      report('INVARIANT_MSS', `it sends ${largest} bytes, and the peer takes ${this.peerMss}`);
    this.sent = latest(this.sent, end);
  }

  private judgeFin(fin: boolean, to: number, end: number, report: Report): void {
    if (this.fin === null) {
      if (!fin) return;
      if (before(to, this.sent)) {
        report('INVARIANT_FIN', `its FIN is ${this.own(to)}, and it has sent up to ${this.own(this.sent)}`);
      }
      this.fin = to;
    } else if (before((this.fin + 1) | 0, end) || (fin && to !== this.fin)) {
      report('INVARIANT_FIN', `it sends up to ${this.own(end)}, and its FIN was ${this.own(this.fin)}`);
    }
  }

  private judgeWindow(from: number, to: number, report: Report): void {
    const { edge } = this;
    if (edge === null || !before(edge, to)) return;
    // RFC 9293 section 3.8.6.1: one octet may probe a window that is closed.
    if (from === edge && ((to - from) | 0) === 1) return;
    report('INVARIANT_WINDOW', `it sends up to ${this.own(to)}, and the peer's window ends at ${this.own(edge)}`);
  }

  private arrives(from: number, to: number): void {
    if (!before(this.arrived, to)) return;
    if (!before(this.arrived, from)) this.arrived = to;
    else this.keep(from, to);
    while (this.beyond.length > 0 && !before(this.arrived, this.beyond[0].from)) {
      this.arrived = latest(this.arrived, (this.beyond.shift() as { to: number }).to);
    }
  }

  private keep(from: number, to: number): void {
    const at = this.beyond.findIndex((each) => !before(each.from, from));
    this.beyond.splice(at < 0 ? this.beyond.length : at, 0, { from, to });
  }

  private hears(frame: TcpFrame): void {
    const { ack, flags } = frame;
    if (this.iss === null || before(this.sent, ack) || before(ack, this.una)) return;
    if (this.accepts(frame.seq)) this.una = ack;
    const edge = (ack + (frame.window << this.shift(this.peerScale, flags))) | 0;
    this.edge = this.edge === null ? edge : latest(this.edge, edge);
  }

  /** A segment outside of its window is dropped, and so is its acknowledgement (RFC 9293 section 3.10.7.4). */
  private accepts(seq: number): boolean {
    const { acked, told } = this;
    return acked === null || told === null || seq === acked || (!before(seq, acked) && before(seq, told));
  }

  /** RFC 7323 section 2.2: windows are scaled when both have said so, and never in a SYN. */
  private shift(scale: number, flags: number): number {
    return (flags & SYN) !== 0 || this.ownScale < 0 || this.peerScale < 0 ? 0 : scale;
  }

  private own(seq: number): number {
    return (seq - (this.iss ?? 0)) | 0;
  }

  private ofPeer(seq: number): number {
    return (seq - (this.irs ?? 0)) | 0;
  }
}
