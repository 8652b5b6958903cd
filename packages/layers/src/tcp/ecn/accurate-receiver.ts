import { CONGESTION_EXPERIENCED, NOT_ECT } from './codepoint.js';
import { type AccEcnReport, fieldsFor, fit, fitAccEcn } from './option.js';

/** Bytes after which a counter is told anew at least: a fourth of what 24 bits can say (RFC 9768 section 3.2.3.3). */
const TELL_AFTER = 1 << 22;
/** Segments with the option after a change: the first shows two counters that moved, the second which one moves on. */
const TELL_CHANGE = 2;
/** All options of a segment, in bytes. */
const OPTION_SPACE = 40;

/** The receiving half of accurate feedback (RFC 9768 section 3.2): what has come, and what there is to tell of it. */
export class AccurateReceiver implements AccEcnReport {
  /** r.e1b, r.e0b and r.ceb without what they begin with: bytes of payload, by ECN field. */
  readonly bytes: number[] = [0, 0, 0, 0];
  /** Counters in the option that the next segment carries; -1 for none, and the bytes that it adds. */
  fields = -1;
  size = 0;
  /** Marked packets that no segment of ours has told of. */
  untold = 0;
  /** The ECN field has changed with data: the peer should hear at once. */
  changed = false;
  /** How many segments should carry the option. */
  private wanted = 0;
  /** Counters that the next option must tell. */
  private required = 0;
  private previous = NOT_ECT;
  private optionSentAt = Number.NEGATIVE_INFINITY;
  /** The duplicate that was reported beside the option last. */
  private reported: number | null = null;

  /** The handshake has shown the ECN field of the peer's SYN or SYN-ACK; so many segments tell the counters. */
  begin(codepoint: number, wanted: number): void {
    this.previous = codepoint;
    this.wanted = wanted;
  }

  /** A segment came, or several that were put together on their way in, with `length` bytes of payload. */
  arrived(codepoint: number, length: number, segments: number): void {
    const marked = codepoint === CONGESTION_EXPERIENCED;
    if (marked) this.untold += segments;
    if (codepoint !== NOT_ECT && length > 0) {
      const before = this.bytes[codepoint];
      this.bytes[codepoint] = before + length;
      this.required = Math.max(this.required, fieldsFor(codepoint));
      const whole = Math.floor(before / TELL_AFTER) !== Math.floor((before + length) / TELL_AFTER);
      if (whole) this.wanted = Math.max(this.wanted, 1);
    }
    const change = codepoint !== this.previous;
    this.previous = codepoint;
    if (change) this.changed = true;
    if (change || marked) this.wanted = TELL_CHANGE;
  }

  /**
   * Decides on the option of the next segment, beside `used` bytes of options and so many SACK blocks.
   * @param due whether it is to be sent though nothing calls for it.
   * @returns SACK blocks that remain.
   */
  plan(used: number, sackBlocks: number, due: boolean): number {
    this.drop();
    if (!due && this.wanted === 0) return sackBlocks;
    const room = OPTION_SPACE - used - (sackBlocks > 0 ? 4 + 8 * sackBlocks : 0);
    // Two NOPs stand before a SACK option: some of this one may take their place.
    fitAccEcn(this.required, room, sackBlocks > 0 ? 2 : 0, sackBlocks);
    this.fields = fit.fields;
    this.size = fit.size;
    return fit.sackBlocks;
  }

  /** The same for a SYN-ACK with `used` bytes of other options, `spare` of which are padding. */
  planHandshake(used: number, spare: number): void {
    fitAccEcn(0, OPTION_SPACE - used, spare, 0);
    this.fields = fit.fields;
    this.size = fit.size;
  }

  /** The next segment carries none. */
  drop(): void {
    this.fields = -1;
    this.size = 0;
  }

  /** ms since a segment last carried the option. */
  silence(now: number): number {
    return now - this.optionSentAt;
  }

  /** A segment has told the ACE counter; with the option, beside the report of a `duplicate` or none. */
  told(now: number, duplicate: number | null): void {
    this.untold = 0;
    this.changed = false;
    if (this.fields < 0) return;
    this.optionSentAt = now;
    this.required = 0;
    if (this.wanted > 0) this.wanted--;
    if (duplicate !== null) this.reported = duplicate;
  }

  /** @returns whether a duplicate that begins at `seq` was reported beside an option before: that report did not arrive. */
  repeats(seq: number): boolean {
    return this.reported === seq;
  }
}
