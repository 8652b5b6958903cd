import { OpenWindow, type WindowArrival, type WindowFacts, type WindowPolicy } from '../receive/window.js';
import { costOf, ReceiveMemory } from './linux-memory.js';

/** The most that a SYN can say. */
const FIRST = 65_535;
/** What somebody could choose a buffer to be at most: net.core.rmem_max. */
const MOST_CHOSEN = 4 << 20;
/** What share of the buffer is for bytes, in 256ths, while nothing is known of the peer's segments. */
const HALF = 128;
/** A shorter segment does not open the window. */
const TELLING = 128;
/** What the buffer may grow to (tcp_rmem), by which short segments open the window or do not. */
const LARGEST = 15_728_640;

/**
 * Windows as Linux has them. The buffer counts what keeps the bytes, too: what share of it is for bytes the peer's full
 * segments tell. The window begins with half of it and opens by two segments for each full one that comes; short ones,
 * which waste room, do not open it. One for each connection.
 */
export class SlowlyOpening extends OpenWindow implements WindowPolicy {
  readonly rounding = 'up';
  /** How far it may open by now (rcv_ssthresh): bytes; 0 before the connection is there. */
  opening = 0;
  private share = HALF;
  private clamp = 0;
  /** The clamp that somebody has asked for, until the peer's segments tell another share. */
  private asked = 0;
  /** Something was read since it was asked whether a window is worth telling. */
  private read = false;
  private readonly memory = new ReceiveMemory();

  /** @param first bytes to begin with: a route may ask for another window than the usual one. */
  constructor(private readonly first = Number.POSITIVE_INFINITY) {
    super();
  }

  override initial(limit: number, ownSegment = 1460, clamp = Number.POSITIVE_INFINITY): number {
    return Math.min(FIRST, this.taken(limit, ownSegment, clamp));
  }

  /** A size that somebody has chosen is all that there will be, and half of it is for bytes. */
  override scale(limit: number, chosen = false): number {
    return super.scale(chosen ? limit >> 1 : Math.max(limit, MOST_CHOSEN));
  }

  taken(limit: number, ownSegment = 1460, clamp = Number.POSITIVE_INFINITY): number {
    const bytes = Math.min(limit >> 1, clamp);
    return Math.min(bytes > ownSegment ? bytes - (bytes % ownSegment) : bytes, this.first);
  }

  override window(facts: WindowFacts): number {
    this.begin(facts);
    const { limit, shift, told, clamp } = facts;
    if (clamp !== this.asked) {
      this.asked = clamp;
      this.clampTo(clamp, told);
    }
    const allowed = this.forBytes(limit);
    const full = Math.min(this.clamp, allowed);
    const segment = Math.min(facts.segmentSize, full);
    let free = this.forBytes(limit - this.memory.used);
    if (free < full >> 1) {
      free -= free % (1 << shift);
      if (free < allowed >> 4 || free < segment) return 0;
    }
    free = Math.min(free, this.opening);
    if (shift > 0) return Math.ceil(free / (1 << shift)) * (1 << shift);
    if (told <= free - segment || told > free) return free - (free % segment);
    return segment === full && free > told + (full >> 1) ? free : told;
  }

  /** A program that has read tells the peer at once where that doubles the window. */
  worthTelling(facts: WindowFacts, window: number): boolean {
    const { read } = this;
    this.read = false;
    return read && 2 * facts.advertised <= this.clamp && window > 0 && window >= 2 * facts.advertised;
  }

  /** What fits into the buffer's memory is taken whole, wherever it ends. */
  admits(facts: WindowFacts): boolean {
    return facts.advertised > 0 && this.memory.used <= facts.limit;
  }

  kept(facts: WindowFacts, arrival: WindowArrival): boolean {
    this.begin(facts);
    const { length, options, ahead } = arrival;
    const cost = costOf(length, options);
    if (!ahead) this.memory.keep(length, options, cost);
    if (length > facts.segmentSize) this.measure(facts, length, cost);
    const opens = length >= TELLING && (!ahead || arrival.sack) && this.open(facts, length, cost);
    if (ahead) this.memory.keepAhead(length, cost);
    return opens;
  }

  joined(bytes: number): void {
    this.memory.join(bytes);
  }

  freed(bytes: number): void {
    this.read = true;
    this.memory.free(bytes);
  }

  private begin({ limit, ownSegment, told, clamp, shift }: WindowFacts): void {
    if (this.opening > 0) return;
    this.asked = clamp;
    const most = this.forBytes(limit);
    this.clamp = Math.min(clamp, most, FIRST << shift);
    // A segment more may come than was asked for.
    if (this.clamp > 2 * ownSegment && this.clamp + ownSegment > most)
      this.clamp = Math.max(2 * ownSegment, most - ownSegment);
    this.opening = Math.min(told, this.clamp);
  }

  /** A larger segment than before tells what share of the buffer is for bytes. */
  private measure({ limit, told }: WindowFacts, length: number, cost: number): void {
    const share = Math.min(255, Math.floor((256 * length) / cost));
    if (share === this.share) return;
    this.share = share;
    this.clampTo(this.forBytes(limit), told);
  }

  private clampTo(clamp: number, told: number): void {
    this.opening = clamp < this.clamp ? Math.min(this.opening, clamp) : Math.max(Math.min(told, clamp), this.opening);
    this.clamp = clamp;
  }

  private open(facts: WindowFacts, length: number, cost: number): boolean {
    const room = Math.min(this.clamp, this.forBytes(facts.limit - this.memory.used)) - this.opening;
    if (room <= 0) return false;
    const growth = this.forBytes(cost) <= length ? 2 * facts.ownSegment : this.growthOfShort(facts, length, cost);
    if (growth === 0) return false;
    this.opening += Math.min(room, Math.max(growth, 2 * length));
    return true;
  }

  /** The smaller the window is of what it may become, the more room a segment may waste. */
  private growthOfShort(facts: WindowFacts, length: number, cost: number): number {
    let wasted = this.forBytes(cost) >> 1;
    for (let window = this.forBytes(LARGEST) >> 1; this.opening <= window; window >>= 1, wasted >>= 1)
      if (wasted <= length) return 2 * Math.max(facts.segmentSize, Math.min(length, facts.ownSegment));
    return 0;
  }

  private forBytes(space: number): number {
    return Math.floor((space * this.share) / 256);
  }
}
