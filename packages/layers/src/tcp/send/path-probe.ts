import type { Flight, SentSegment } from './flight.js';

/** What segments may be while nothing is known: payload and options, in bytes (RFC 4821 section 7.2, as Linux has it). */
export const MTU_BASE = 1024;
/** No path is taken to be worse. */
const FLOOR = 48;
/** A search that has come so near is over, in bytes; how long what was found holds, in ms (RFC 4821 section 7.3). */
const NEAR = 8;
const LIFETIME = 600_000;
/** Segments of window that a probe wants: a loss must not be taken for more than one. */
const WINDOW = 11;
/** Segments behind the probe that tell its loss. */
const TELLTALES = 4;
/** Timeouts in a row after which a path that is not probed yet may be a black hole (RFC 4821 section 7.7). */
const DOUBT = 3;

/** RFC 4821 section 7.8: the share of losses that is too much, packets that tell it, and timeouts' time in a row that it lasts. */
const TOO_MANY = 0.1;
const ENOUGH = 10;
const LASTING = 3;

/** When paths are probed. */
export type MtuProbing = 'never' | 'black-hole' | 'always';

/** What a probe depends on. */
export interface ProbeFacts {
  readonly mss: number;
  readonly unsent: number;
  readonly sndWnd: number;
  readonly flight: Flight;
  readonly congestion: { readonly cwnd: number };
}

/** What {@link headway} depends on. */
interface ProbeBehaviour {
  readonly rtt: { readonly srtt: number };
  readonly congestion: { readonly cwnd: number };
}

/**
 * Packetization layer path MTU discovery (RFC 4821): larger segments are tried on real data, so that a path that
 * drops them without a word is used as it is. A probe that is lost says nothing of congestion.
 */
export class PathProbe {
  private enabled: boolean;
  /** Segments begin small; else they are larger than what is known to pass, as Linux's are, and teach nothing. */
  private readonly cautious: boolean;
  private low: number;
  private high: number;
  private probe: SentSegment | null = null;
  private size = 0;
  /** When the search last came to an end, in ms. */
  private foundAt = 0;
  private duplicates = 0;
  /** When the next probe may leave, in ms: losses that congestion control was spared are to be rarer than its own. */
  private restUntil = 0;

  /** What segments were before they became larger; null where the larger size is beyond doubt. And what was counted since. */
  private raisedFrom: number | null = null;
  private countedAt = 0;
  private arrivedBefore = 0;
  private resentBefore = 0;
  private lossy = 0;

  /**
   * @param options bytes that options take of each segment.
   * @param largest payload of the largest segment that both ends would take.
   * @param base payload and options of a segment while nothing is known.
   */
  constructor(
    mode: MtuProbing,
    private readonly options: number,
    private readonly largest: number,
    private readonly base = MTU_BASE,
    /** Payload of segments until a probe has told more; null for what is certain. */
    private first: number | null = null,
  ) {
    this.enabled = mode === 'always';
    this.cautious = first === null;
    this.high = largest;
    this.low = Math.min(first === null ? base - options : base, largest);
  }

  /** The payload that segments may have now. */
  get mss(): number {
    if (!this.enabled) return this.largest;
    return this.first === null ? this.low : Math.min(this.first, this.largest);
  }

  /** Bytes of a probe that may go now; 0 for none. */
  next({ mss, unsent, sndWnd, flight, congestion }: ProbeFacts, now: number): number {
    if (!this.enabled || this.probe !== null || flight.sackedCount > 0 || flight.lostCount > 0) return 0;
    if (now < this.restUntil) return 0;
    if (this.high - this.low < NEAR) {
      if (now - this.foundAt < LIFETIME || this.high >= this.largest) return 0;
      this.high = this.largest;
      this.foundAt = now;
    }
    const size = (this.low + this.high + 1) >> 1;
    const needed = size + TELLTALES * mss;
    const room = congestion.cwnd - flight.pipe;
    if (unsent < needed || sndWnd - flight.bytes < needed || congestion.cwnd < WINDOW * mss || room < 2 * mss) return 0;
    return size;
  }

  sent(segment: SentSegment, size: number): void {
    this.probe = segment;
    this.size = size;
    this.duplicates = 0;
  }

  /** Something was acknowledged up to `arrived`. @returns whether larger segments may leave from now on. */
  passed(segment: SentSegment, now: number): boolean {
    if (segment !== this.probe) return this.enabled && this.cautious && this.carried(segment.length, now);
    this.probe = null;
    this.first = null;
    this.raise(this.size, now);
    return true;
  }

  /** Section 7.1: what is no probe, and larger than what is known to pass, has passed. */
  private carried(length: number, now: number): boolean {
    if (length <= this.low || length > this.high) return false;
    this.raise(length, now);
    return true;
  }

  private raise(size: number, now: number): void {
    this.raisedFrom ??= this.low;
    this.countedAt = -1;
    this.lossy = 0;
    this.low = size;
    this.foundAt = now;
  }

  /**
   * MTU verification (section 7.8): a path of several ways may lose what is too large for one of them.
   * @param arrived packets that have arrived since the connection began. @param resent those that were sent again.
   * @returns whether what segments had become is taken back.
   */
  verify(now: number, rto: number, arrived: number, resent: number): boolean {
    if (this.raisedFrom === null) return false;
    const passed = arrived - this.arrivedBefore;
    const lost = resent - this.resentBefore;
    const begins = this.countedAt < 0;
    if (!begins && (now - this.countedAt < rto || passed < ENOUGH)) return false;
    this.countedAt = now;
    this.arrivedBefore = arrived;
    this.resentBefore = resent;
    if (begins) return false;
    if (lost <= TOO_MANY * passed) {
      this.raisedFrom = null;
      return false;
    }
    if (++this.lossy < LASTING) return false;
    this.high = this.low - 1;
    this.low = this.raisedFrom;
    this.raisedFrom = null;
    this.foundAt = now;
    return true;
  }

  /**
   * The probe where it alone is lost: it is the oldest, and enough behind it has arrived. It is to be sent again in
   * pieces.
   * @param headway ms until the next probe (RFC 4821 section 7.6.2): a round trip for each segment of the window.
   */
  lost(flight: Flight, duplicate: boolean, now: number, headway: number): SentSegment | null {
    const { probe } = this;
    if (probe === null || flight.first !== probe) return null;
    if (duplicate) this.duplicates++;
    if (Math.max(flight.sackedCount, this.duplicates) < TELLTALES - 1) return null;
    this.probe = null;
    // Others are missing, too: that is congestion, and says nothing of the size (section 7.6.4).
    if (missesMore(flight)) return null;
    this.high = this.size - 1;
    this.foundAt = now;
    this.restUntil = now + headway;
    return probe;
  }

  /**
   * The retransmission timer has expired `times` in a row before: what a probe would say is not to be told from loss.
   * @param headway as {@link lost} has it; five times as much where a probe cost this (section 7.6.3).
   */
  timedOut(times: number, now: number, headway: number): boolean {
    if (this.probe !== null) this.restUntil = now + 5 * headway;
    this.probe = null;
    if (times < DOUBT) return false;
    const half = Math.max(FLOOR, (this.low + this.options) >> 1) - this.options;
    this.low = Math.min(this.low, this.enabled ? half : this.base - this.options);
    this.raisedFrom = null;
    this.enabled = true;
    this.first = null;
    this.foundAt = now;
    return true;
  }

  /** ICMP has told the size of the path. */
  limit(mss: number): void {
    this.high = Math.min(this.high, mss);
    this.low = Math.min(this.low, mss);
    if (this.first !== null) this.first = Math.min(this.first, mss);
  }
}

/** ms that congestion control needs to find its next loss at least: a round trip for each segment of its window. */
export function headway({ rtt, congestion }: ProbeBehaviour, mss: number): number {
  return rtt.srtt * Math.ceil(congestion.cwnd / mss);
}

/** Whether something between the oldest segment and the last that has arrived did not arrive. */
function missesMore(flight: Flight): boolean {
  for (let i = 1, arrived = 0; arrived < flight.sackedCount; i++) {
    if (!flight.at(i).sacked) return true;
    arrived++;
  }
  return false;
}
