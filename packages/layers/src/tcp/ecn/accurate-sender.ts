import type { Segment } from '../segment/segment.js';
import { CONGESTION_EXPERIENCED } from './codepoint.js';
import { aceOf } from './handshake.js';
import { countedBy, counterAt, counterMoved } from './option.js';

/** What the counter of marked packets begins with on the wire (RFC 9768 section 3.2.1). */
export const FIRST_ACE = 5;
/** More packets than this may have been marked without a trace in three bits. */
const ACE_SAYS = 7;
/** Packets an acknowledgement from which the counters of bytes say how many packets were marked. */
const MANY = 16;
/** Packets that acknowledgements cover on the average where they are thinned out on their way. */
const THINNED = 4;
/** Weight of one acknowledgement in that average. */
const WEIGHT = 1 / 64;
/** Bytes after which a first option comes too late: its counters may have gone round. */
const TOO_LATE = (1 << 23) - 1;

/** What is known of the options that the peer sends. */
export const Seen = { Nothing: 0, Empty: 1, Counters: 2, Broken: 3 } as const;
export type Seen = (typeof Seen)[keyof typeof Seen];

/** The sending half of accurate feedback: what the peer says of what it has received. */
export class AccurateSender {
  /** s.e1b, s.e0b and s.ceb without what they begin with: bytes of payload, by ECN field. */
  readonly bytes: number[] = [0, 0, 0, 0];
  options: Seen = Seen.Nothing;
  /** The counter that moved last, and is taken to move on where no option says so; 0 for none. */
  private moving = 0;
  private average = 0;
  /** The counter of marked bytes as it was told last, how many marked packets were known then, and packets since. */
  private toldBytes = 0;
  private toldMarks = 0;
  private packetsSince = 0;

  /**
   * The first option, or the first with counters, shows what the path makes of them: none begins with 0 at either end
   * (section 3.2.3.2.4).
   */
  look(segment: Segment): void {
    const { accEcnKind: kind, accEcnAt: at, accEcnLength: length, packet } = segment;
    if (kind === 0 || packet === null || this.options >= Seen.Counters) return;
    if (length < 3) this.options = Seen.Empty;
    else if (counterAt(packet.view, at, 0) === 0) this.options = Seen.Broken;
    else if (length >= 9 && counterAt(packet.view, at, 2) === 0) this.options = Seen.Broken;
    else this.options = Seen.Counters;
  }

  /**
   * How many packets more were marked, by a segment that tells of `packets` newly delivered ones with `bytes` of payload.
   * @param known marked packets told of before.
   * @param reliable whether `packets` can be believed: nothing is missing, or SACK says what.
   */
  marks(
    segment: Segment,
    packets: number,
    bytes: number,
    known: number,
    mss: number,
    sent: number,
    reliable: boolean,
  ): number {
    const before = this.bytes[CONGESTION_EXPERIENCED];
    const counted = this.count(segment, bytes, sent);
    if (packets > 0) this.average += (packets - this.average) * WEIGHT;
    const least = (aceOf(segment.flags) - FIRST_ACE - known) & ACE_SAYS;
    if (packets <= ACE_SAYS) return least;
    // RFC 9768 appendix A.2: the most that fits to the counter, and what else is told decides between the two.
    const most = packets - ((packets - least) & ACE_SAYS);
    if (!counted) return this.average > THINNED ? least : most;
    const marked = this.bytes[CONGESTION_EXPERIENCED] - before;
    if (marked === 0) return least;
    if (packets >= MANY && reliable) {
      if (marked >= bytes) return most;
      const share = Math.ceil((marked * packets) / bytes);
      return Math.min(most, least + share - (share & ACE_SAYS));
    }
    return marked <= least * mss && marked < (most * mss) / 2 ? least : most;
  }

  /**
   * Section 3.2.3.2.5: whether marked bytes are told of, but no marked packet, since the counter was told last; the three
   * bits of the other cannot have gone round meanwhile.
   * @param known marked packets told of so far, with this segment.
   */
  contradicts({ accEcnKind, accEcnAt, accEcnLength, packet }: Segment, packets: number, known: number): boolean {
    this.packetsSince += packets;
    if (accEcnKind === 0 || packet === null || this.options !== Seen.Counters) return false;
    for (let i = 0; i < 3; i++) {
      const codepoint = countedBy(accEcnKind, i, accEcnLength);
      if (codepoint !== CONGESTION_EXPERIENCED) continue;
      const { toldBytes, toldMarks, packetsSince } = this;
      this.toldBytes = counterAt(packet.view, accEcnAt, i);
      this.toldMarks = known;
      this.packetsSince = 0;
      const moved = (this.toldBytes - toldBytes) & 0xffffff;
      return moved > 0 && moved <= TOO_LATE && known === toldMarks && packetsSince <= ACE_SAYS;
    }
    return false;
  }

  /** Brings the counters of bytes up to date. @returns whether they can be relied upon. */
  private count(segment: Segment, bytes: number, sent: number): boolean {
    if (this.options === Seen.Broken) return false;
    if (segment.accEcnKind === 0) return this.estimate(bytes, sent);
    this.look(segment);
    if ((this.options as Seen) === Seen.Broken) return false;
    return this.read(segment);
  }

  private estimate(bytes: number, sent: number): boolean {
    if (this.options === Seen.Nothing && sent >= TOO_LATE) this.options = Seen.Broken;
    if (this.moving === 0) return false;
    this.bytes[this.moving] += bytes;
    return true;
  }

  private read(segment: Segment): boolean {
    const { accEcnKind: kind, accEcnAt: at, accEcnLength: length, packet } = segment;
    if (packet === null) return false;
    const expected = this.moving;
    let certain = expected !== 0;
    let moved = 0;
    let several = false;
    for (let i = 0; i < 3; i++) {
      const codepoint = countedBy(kind, i, length);
      if (codepoint < 0) break;
      const delta = counterMoved(counterAt(packet.view, at, i), codepoint, this.bytes[codepoint]);
      if (delta === 0) continue;
      this.bytes[codepoint] += delta;
      // An estimate was too high; or the counter of another field moves.
      if (delta < 0) several = true;
      if (codepoint === expected) continue;
      if (moved === 0) moved = codepoint;
      else several = true;
    }
    if (moved !== 0) this.moving = moved;
    if (several) {
      this.moving = 0;
      certain = false;
    }
    return certain;
  }
}
