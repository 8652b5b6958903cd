import { seqAdd, seqAtMost, seqDistance, type TcpSession } from '@netwright/layers';
import type { Control } from './control.js';

/** Bits of SO_TIMESTAMPING (Linux's Documentation/networking/timestamping). */
export const STAMP = {
  txSoftware: 0x2,
  rxSoftware: 0x8,
  software: 0x10,
  id: 0x80,
  txSched: 0x100,
  txAck: 0x200,
  onlyStamps: 0x800,
  idTcp: 0x10000,
};
/** What a call may ask for by a control message. */
const PER_CALL = STAMP.txSoftware | STAMP.txSched | STAMP.txAck | 1;

/** Numbers of sock_extended_err. */
const ORIGIN = { timestamping: 4, zeroCopy: 5 };
const COPIED = 1;
const ENOMSG = 42;
const TOLD = { left: 0, scheduled: 1, acknowledged: 2 };

/** A write whose last byte is watched: [.., end). */
interface Watched {
  end: number;
  key: number;
  flags: number;
  left: boolean;
  /** What is written next goes into other segments. */
  sealed: boolean;
}

type Entry =
  | { readonly kind: 'stamp'; readonly info: number; readonly key: number; readonly at: number }
  | { readonly kind: 'copies'; readonly from: number; to: number };

/** The error queue of a TCP socket: when what was sent has left and was acknowledged, and which buffers are free again. */
export class ErrorQueue {
  /** SO_TIMESTAMPING and SO_ZEROCOPY. */
  stampFlags = 0;
  zeroCopy = false;
  private keyBase = 0;
  private readonly entries: Entry[] = [];
  private readonly watched: Watched[] = [];
  /** Zero-copy calls that are not acknowledged yet, by where their data ends. */
  private readonly copies: { end: number; from: number; to: number }[] = [];
  private nextCopy = 0;

  get length(): number {
    return this.entries.length;
  }

  /** SO_TIMESTAMPING: keys count bytes from what is acknowledged now, or, with OPT_ID_TCP, from what is written. */
  setStamps(flags: number, session: TcpSession | null): void {
    if ((flags & ~this.stampFlags & STAMP.id) !== 0 && session !== null)
      this.keyBase = (flags & STAMP.idTcp) === 0 ? session.sender.sndUna : endOf(session);
    this.stampFlags = flags;
  }

  /** A write has queued its last byte. @param asked what its control message asks for, null for nothing. */
  wrote(session: TcpSession, bytes: number, zeroCopy: boolean, asked: number | null, sealed = false): void {
    if (bytes === 0) return;
    const end = endOf(session);
    const flags = asked === null ? this.stampFlags : (this.stampFlags & ~PER_CALL) | asked;
    if ((flags & (STAMP.txSoftware | STAMP.txSched | STAMP.txAck)) !== 0) {
      const key = (flags & STAMP.id) === 0 ? 0 : (seqDistance(this.keyBase, end) - 1) >>> 0;
      // What still waits and is joined by more leaves with it: one stamp is left, the later one's.
      const before = this.watched.at(-1);
      if (before !== undefined && !before.sealed && !seqAtMost(before.end, session.sender.sndNxt))
        Object.assign(before, { end, key, flags: before.flags | flags, sealed });
      else this.watched.push({ end, key, flags, left: false, sealed });
    }
    if (!zeroCopy || !this.zeroCopy) return;
    const id = this.nextCopy++;
    const last = this.copies.at(-1);
    // What waits in one piece is freed in one piece.
    if (last !== undefined && last.to + 1 === id && !seqAtMost(last.end, session.sender.sndNxt)) {
      last.end = end;
      last.to = id;
    } else this.copies.push({ end, from: id, to: id });
  }

  /** Looks what has become of what was written; called whenever something has happened. */
  observe(session: TcpSession, now: number): void {
    const { sndUna, sndNxt } = session.sender;
    // An acknowledgement is told before what it lets go.
    while (this.watched.length > 0 && seqAtMost(this.watched[0].end, sndUna)) {
      const [each] = this.watched.splice(0, 1);
      if (!each.left) this.leaves(each, now);
      if ((each.flags & STAMP.txAck) !== 0) this.stamp(TOLD.acknowledged, each.key, now);
    }
    for (const each of this.watched) if (!each.left && seqAtMost(each.end, sndNxt)) this.leaves(each, now);
    while (this.copies.length > 0 && seqAtMost(this.copies[0].end, sndUna)) this.freed();
  }

  /** Nothing will be acknowledged any more: all buffers are free. */
  ended(): void {
    while (this.copies.length > 0) this.freed();
  }

  /** Whether the oldest message carries what was sent: stamps do, unless SOF_TIMESTAMPING_OPT_TSONLY is asked for. */
  get carriesData(): boolean {
    return this.entries[0]?.kind === 'stamp' && (this.stampFlags & STAMP.onlyStamps) === 0;
  }

  /** Takes the oldest message: its control messages; null where there is none. */
  take(): Control[] | null {
    const entry = this.entries.shift();
    if (entry === undefined) return null;
    const error = (data: Record<string, number>): Control => ({ level: 'IP', type: 'RECVERR', data });
    if (entry.kind === 'copies') {
      const { from, to } = entry;
      // A link without scatter and gather has its packets copied, and says so.
      return [error({ ee_errno: 0, ee_origin: ORIGIN.zeroCopy, ee_code: COPIED, ee_info: from, ee_data: to })];
    }
    const { info, key, at } = entry;
    const told = error({ ee_errno: ENOMSG, ee_origin: ORIGIN.timestamping, ee_info: info, ee_data: key });
    if ((this.stampFlags & STAMP.software) === 0) return [told];
    return [{ level: 'SOL_SOCKET', type: 'SCM_TIMESTAMPING', data: { at } }, told];
  }

  private leaves(each: Watched, now: number): void {
    each.left = true;
    if ((each.flags & STAMP.txSched) !== 0) this.stamp(TOLD.scheduled, each.key, now);
    if ((each.flags & STAMP.txSoftware) !== 0) this.stamp(TOLD.left, each.key, now);
  }

  private stamp(info: number, key: number, at: number): void {
    this.entries.push({ kind: 'stamp', info, key, at });
  }

  /** Neighbouring ranges that nobody has taken yet are told as one (Linux's Documentation/networking/msg_zerocopy). */
  private freed(): void {
    const [{ from, to }] = this.copies.splice(0, 1);
    const last = this.entries.at(-1);
    if (last?.kind === 'copies' && last.to + 1 === from) last.to = to;
    else this.entries.push({ kind: 'copies', from, to });
  }
}

/** Behind the last byte that is queued. */
function endOf({ sender }: TcpSession): number {
  return seqAdd(sender.sndNxt, sender.unsent);
}
