import { seqDistance } from '@netwright/layers';
import { EditLog } from './edit-log.js';
import type { Rewriter, Rewriting } from './rewriter.js';

/** Bytes that came before those in front of them, or that are not decided on. */
interface Held {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What came of the bytes of a segment. */
export interface Ruling {
  /** What may go on now: [from, to) of the sent stream. Nothing where both are equal. */
  from: number;
  to: number;
  /** The bytes of that range as they were sent, `bytes[0]` at `from`; null where they are those of the segment. */
  bytes: Uint8Array | null;
  /** Whether the end of the stream goes along. */
  fin: boolean;
}

/** Bytes held at most for one direction, as large a window as anybody leaves open; more are dropped, and sent again. */
const HELD_LIMIT = 4 * 1024 * 1024;
/** Edits of one stream that are not acknowledged, at most, and those that are kept all the same. */
const EDIT_LIMIT = 65_536;
const EDITS_KEPT = 256;

/**
 * One direction of a connection under way: which bytes have been decided on, which are held, what was done to them,
 * and what the receiver has said. Offsets count from the SYN, which has 0; *sent* ones are those of the end that sends,
 * *received* ones those of the end that receives.
 */
export class Half {
  readonly log = new EditLog();
  /** Up to here, an offset of the sent stream, it is decided what the receiver gets. */
  decided = 1;
  /** Where the FIN lies in the sent stream; -1 while it has not been seen. */
  fin = -1;
  /** The receiver's acknowledgement and the right edge of its window, as received offsets. */
  acknowledged = 1;
  edge = 1;
  /** The acknowledgement that the sender was last told: it never goes back. */
  told = 1;
  rewriter: Rewriter | null = null;
  /** Bytes that were held and found no room. */
  overflowed = 0;
  private readonly held: Held[] = [];
  private heldBytes = 0;
  private readonly ruling: Ruling = { from: 0, to: 0, bytes: null, fin: false };

  /** @param isn the sender's initial sequence number. */
  constructor(readonly isn: number) {}

  /** Whether the end of the stream has gone on. */
  get ended(): boolean {
    return this.fin >= 0 && this.decided > this.fin;
  }

  /** Whether bytes wait that only more bytes decide on. */
  get waiting(): boolean {
    return this.held.length > 0 && this.held[0].at === this.decided;
  }

  /** Whether they may wait in vain: where something has come that lies behind a gap, more is under way. */
  get patient(): boolean {
    const last = this.held[this.held.length - 1];
    return this.waiting && this.fin < 0 && last.at + last.bytes.length === this.reach;
  }

  /** Whether anything is held or was changed: then this connection cannot go on without whoever stands here. */
  get touched(): boolean {
    return !this.log.nothing || this.held.length > 0;
  }

  /** The offset that a sequence number of the sender means. */
  sentOffset(sequence: number): number {
    return this.decided + seqDistance((this.isn + this.decided) | 0, sequence | 0);
  }

  /** The offset that an acknowledgement of the receiver means. */
  receivedOffset(acknowledgment: number): number {
    const near = this.log.image(this.decided);
    return near + seqDistance((this.isn + near) | 0, acknowledgment | 0);
  }

  /** The sequence number of an offset, of either stream. */
  sequence(offset: number): number {
    return (this.isn + offset) >>> 0;
  }

  /**
   * Takes the bytes [from, from + bytes.length) of the sent stream, and the end where `fin` says so.
   * @param bytes borrowed. @returns what goes on; the object is used again.
   */
  take(from: number, bytes: Uint8Array, fin: boolean): Ruling {
    if (fin && this.fin < 0) this.fin = from + bytes.length;
    const to = this.fin < 0 ? from + bytes.length : Math.min(from + bytes.length, this.fin);
    const fresh = this.decided;
    const { ruling } = this;
    ruling.bytes = null;
    ruling.fin = false;
    ruling.from = ruling.to = from;
    if (from > this.reach) {
      this.hold(from, bytes.subarray(0, to - from));
      return ruling;
    }
    if (to > fresh) this.decide(Math.max(from, fresh), bytes.subarray(Math.max(0, fresh - from), to - from));
    else if (this.fin === to && this.waiting) this.decide(to, EMPTY);
    this.endWhenDue();
    // A retransmission may hold what was decided before, and what has just been.
    const end = this.ended ? this.fin : this.decided;
    ruling.from = Math.min(from, fresh);
    ruling.to = to >= fresh ? end : Math.min(to, end);
    ruling.fin = this.ended && ruling.to === this.fin;
    if (ruling.to > to || from > fresh) ruling.bytes = this.joined(ruling.from, ruling.to, from, bytes);
    this.released.length = 0;
    return ruling;
  }

  /** Decides on all that waits in order: nobody waits for more. @returns what goes on. */
  giveUp(): Ruling {
    const { ruling } = this;
    const from = this.decided;
    this.decide(from, EMPTY, true);
    this.endWhenDue();
    ruling.from = from;
    ruling.to = this.ended ? this.fin : this.decided;
    ruling.fin = this.ended;
    ruling.bytes = this.joined(from, ruling.to, from, EMPTY);
    this.released.length = 0;
    return ruling;
  }

  /** Adds bytes where the stream stands. @returns where they begin in the received stream, or -1 where the stream is over or has no room for edits. */
  inject(put: Uint8Array): number {
    if (this.ended || this.log.count >= EDIT_LIMIT) return -1;
    return this.log.replace(this.decided, 0, put).from;
  }

  /** Reads what the receiver says of its window. @returns the acknowledgement for the sender, a sent offset. */
  acknowledge(received: number, window: number): number {
    if (received >= this.acknowledged) {
      this.acknowledged = received;
      this.edge = received + window;
      if (this.log.count > EDITS_KEPT) this.log.forget(this.told, received);
    }
    this.told = Math.max(this.told, Math.min(this.log.original(received), this.decided));
    return this.told;
  }

  /** What of the sent stream is held, oldest place first: pairs of sent offsets, as many as fit. @returns how many pairs. */
  heldRanges(into: number[], limit: number): number {
    let count = 0;
    for (const { at, bytes } of this.held) {
      if (at === this.decided) continue;
      if (count > 0 && into[2 * count - 1] === at) into[2 * count - 1] = at + bytes.length;
      else if (count < limit) {
        into[2 * count] = at;
        into[2 * count + 1] = at + bytes.length;
        count++;
      } else break;
    }
    return count;
  }

  /** What has left `held` by the last ruling. */
  private readonly released: Held[] = [];
  private shown: Uint8Array = EMPTY;
  /** What is put in front of the first byte shown: the byte before it has gone on, so it goes with the one behind it. */
  private ahead: Uint8Array = EMPTY;
  private readonly rewriting: Rewriting = {
    replace: (at, removed, put) => {
      if (at === 0 && removed === 0) this.ahead = concat(this.ahead, put);
      else {
        if (at > 0) this.putAhead();
        this.edit(at, removed, at > 0 ? put : concat(this.ahead, put));
        this.ahead = EMPTY;
      }
    },
  };

  /** Where the bytes that stand in order end. */
  private get reach(): number {
    let end = this.decided;
    for (const { at, bytes } of this.held) {
      if (at !== end) break;
      end += bytes.length;
    }
    return end;
  }

  /** Shows the rewriter what stands in order, of which `next`, at `at`, is the newest. */
  private decide(at: number, next: Uint8Array, over = false): void {
    const { held, rewriter } = this;
    const direct = held.length === 0;
    if (!direct && next.length > 0) this.hold(at, next);
    const bytes = direct ? next : this.inOrder();
    const last = over || (this.fin >= 0 && this.decided + bytes.length >= this.fin);
    this.shown = bytes;
    let count = rewriter === null ? bytes.length : rewriter.look(bytes, last, this.rewriting);
    if (this.putAhead()) count = Math.max(1, count);
    this.decided += last ? bytes.length : count;
    if (!direct) this.release();
    else if (count < bytes.length && !last) this.hold(this.decided, bytes.subarray(count));
  }

  /** @returns whether anything was. */
  private putAhead(): boolean {
    const { ahead, shown } = this;
    this.ahead = EMPTY;
    if (ahead.length === 0 || shown.length === 0) return false;
    this.edit(0, 1, concat(ahead, shown.subarray(0, 1)));
    return true;
  }

  private edit(at: number, removed: number, put: Uint8Array): void {
    if (this.log.count < EDIT_LIMIT) this.log.replace(this.decided + at, removed, put);
  }

  private endWhenDue(): void {
    if (this.fin >= 0 && this.decided === this.fin) this.decided = this.fin + 1;
  }

  /** Keeps bytes that are not there yet. */
  private hold(at: number, bytes: Uint8Array): void {
    const { held } = this;
    let end = at + bytes.length;
    let place = 0;
    while (place < held.length && held[place].at + held[place].bytes.length <= at) place++;
    let from = at;
    while (from < end) {
      const next = held[place];
      // What is there already stays: the peer would keep what came first, too.
      if (next !== undefined && next.at <= from) {
        from = Math.max(from, next.at + next.bytes.length);
        place++;
        continue;
      }
      const stop = next === undefined ? end : Math.min(end, next.at);
      const room = HELD_LIMIT - this.heldBytes;
      if (stop - from > room) {
        this.overflowed += stop - from;
        end = from;
        break;
      }
      held.splice(place, 0, { at: from, bytes: bytes.slice(from - at, stop - at) });
      this.heldBytes += stop - from;
      place++;
      from = stop;
    }
  }

  /** What is held in order from `decided` on, in one piece. */
  private inOrder(): Uint8Array {
    const { held } = this;
    let [count, end] = [0, this.decided];
    while (count < held.length && held[count].at === end) end += held[count++].bytes.length;
    if (count === 0) return EMPTY;
    if (count === 1) return held[0].bytes;
    const whole: Held = { at: this.decided, bytes: new Uint8Array(end - this.decided) };
    for (let i = 0; i < count; i++) whole.bytes.set(held[i].bytes, held[i].at - whole.at);
    held.splice(0, count, whole);
    return whole.bytes;
  }

  /** Lets go of what is decided. */
  private release(): void {
    const { held } = this;
    const first = held[0];
    if (first === undefined || first.at >= this.decided) return;
    const length = this.decided - first.at;
    this.released.push({ at: first.at, bytes: first.bytes.subarray(0, length) });
    this.heldBytes -= length;
    if (length === first.bytes.length) held.shift();
    else held[0] = { at: this.decided, bytes: first.bytes.subarray(length) };
  }

  /** [from, to) in one piece: those of the segment, which begins at `at`, and those that were held. */
  private joined(from: number, to: number, at: number, bytes: Uint8Array): Uint8Array {
    const whole = new Uint8Array(to - from);
    whole.set(bytes.subarray(0, to - at), at - from);
    for (const each of this.released) {
      const begin = Math.max(each.at, from);
      const end = Math.min(each.at + each.bytes.length, to);
      if (begin < end) whole.set(each.bytes.subarray(begin - each.at, end - each.at), begin - from);
    }
    return whole;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

const EMPTY = new Uint8Array(0);
