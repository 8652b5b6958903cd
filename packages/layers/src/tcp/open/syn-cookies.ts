import type { Host } from '@netwright/core';
import { ACK, ECE, RST, SYN } from '../header.js';
import { perStack } from '../per-stack.js';
import { Segment } from '../segment/segment.js';
import { seqAdd } from '../sequence.js';
import { type ConnectionId, connectionWords, secret } from './isn.js';
import { SipHash } from './siphash.js';

/** How long a slot of time is, in ms, and how many of them a cookie lives: one to two minutes. */
const SLOT = 60_000;
const LIFE = 2;
/** How long after a listener has sent its last cookie one may come back: ms. */
export const COOKIE_LIFE = LIFE * SLOT;

/** The eight high bits of a cookie tell its slot, the rest is hash and MSS. */
const HASHED = 0xffffff;

/** The MSS that a cookie can tell, over IPv4 and over IPv6: those that are common (RFC 4987 section 3.6). */
const MSS_4 = [536, 1300, 1440, 1460];
const MSS_6 = [1220, 1420, 1440, 8940];

/** What the lowest six bits of the timestamp in a SYN-ACK tell: the peer's window scale (15: none), SACK, ECN. */
const STAMP_BITS = 63;
const NO_SCALE = 15;
const SACK_BIT = 16;
const ECN_BIT = 32;

/**
 * SYN cookies (RFC 4987 section 3.6): the initial sequence number of a SYN-ACK is a keyed hash of the connection and of
 * the time, with the peer's MSS in it; its acknowledgement says that this stack has sent it, and when. What else the SYN
 * has said goes into the timestamp, which the peer echoes; a SYN without timestamps gets no scale and no SACK.
 */
export class SynCookies {
  private readonly constant: SipHash;
  private readonly timed: SipHash;
  private readonly stamps: SipHash;
  private readonly words = new Int32Array(9);
  private readonly timedWords = new Int32Array(10);
  /** What an acknowledgement brings back of its SYN. */
  private readonly syn = new Segment();

  constructor(host: Host) {
    this.constant = new SipHash(secret(host, 'tcp.cookies constant'));
    this.timed = new SipHash(secret(host, 'tcp.cookies timed'));
    this.stamps = new SipHash(secret(host, 'tcp.cookies stamps'));
  }

  /** The initial sequence number that answers `syn` at `now`. */
  sequence(id: ConnectionId, syn: Segment, now: number): number {
    const slot = Math.floor(now / SLOT);
    const sizes = sizesOf(id);
    let index = sizes.length - 1;
    while (index > 0 && sizes[index] > syn.mss) index--;
    const data = (this.hashAt(id, slot) + index) & HASHED;
    return (this.hash(this.constant, id) + syn.seq + (slot << 24) + data) | 0;
  }

  /** What the connection's clock of timestamps is ahead of the stack's. */
  stampOffset(id: ConnectionId): number {
    return this.hash(this.stamps, id);
  }

  /** The timestamp that answers `syn`. @param ecn whether ECN is agreed. */
  stamp(id: ConnectionId, syn: Segment, scale: boolean, sack: boolean, ecn: boolean, now: number): number {
    const told =
      (scale && syn.windowScale >= 0 ? syn.windowScale : NO_SCALE) |
      (sack && syn.sackPermitted ? SACK_BIT : 0) |
      (ecn ? ECN_BIT : 0);
    const clock = Math.floor(now);
    let value = (clock & ~STAMP_BITS) | told;
    // It must not be of the future: what is sent next would be older.
    if (((value - clock) | 0) > 0) value -= STAMP_BITS + 1;
    return (value + this.stampOffset(id)) | 0;
  }

  /**
   * The SYN that `segment` answers the cookie of, as far as it is known again; null where it is no cookie of ours, or an
   * old one. Valid until the next call.
   */
  recover(id: ConnectionId, segment: Segment, now: number): Segment | null {
    if ((segment.flags & (SYN | ACK | RST)) !== ACK) return null;
    const seq = seqAdd(segment.seq, -1);
    const slot = Math.floor(now / SLOT);
    const rest = (segment.ack - 1 - this.hash(this.constant, id) - seq) | 0;
    const age = (slot - (rest >>> 24)) & 0xff;
    if (age >= LIFE) return null;
    const index = (rest - this.hashAt(id, slot - age)) & HASHED;
    const sizes = sizesOf(id);
    if (index >= sizes.length) return null;
    const { syn } = this;
    const told = segment.hasTimestamp ? (segment.tsEcr - this.stampOffset(id)) & STAMP_BITS : NO_SCALE;
    syn.seq = seq;
    syn.flags = SYN | ((told & ECN_BIT) === 0 ? 0 : ECE);
    syn.mss = sizes[index];
    syn.windowScale = (told & NO_SCALE) === NO_SCALE ? -1 : told & NO_SCALE;
    syn.sackPermitted = (told & SACK_BIT) !== 0;
    syn.hasTimestamp = segment.hasTimestamp;
    syn.tsVal = segment.tsVal;
    return syn;
  }

  private hash(cipher: SipHash, id: ConnectionId): number {
    return cipher.hash(connectionWords(id, this.words));
  }

  private hashAt(id: ConnectionId, slot: number): number {
    const { timedWords } = this;
    connectionWords(id, timedWords);
    timedWords[9] = slot;
    return this.timed.hash(timedWords);
  }
}

function sizesOf(id: ConnectionId): readonly number[] {
  return id.remoteAddress.version === 4 ? MSS_4 : MSS_6;
}

/** The one of a stack: what it has sent, it must know again. */
export const synCookies = perStack((host) => new SynCookies(host));
