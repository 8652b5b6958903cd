import { OpenWindow, type WindowFacts } from '../receive/window.js';

/** The most that a SYN can say. */
const FIRST = 65_535;
/** Bytes of a segment on the usual link. */
const SEGMENT = 1460;
/** What somebody could choose a buffer to be at most: net.core.rmem_max. */
const MOST_CHOSEN = 4 << 20;
/** Payload of the peer's segments before one has come that is larger. */
const UNKNOWN = 536;
/** Bytes of memory that a packet takes besides its payload: within a block of a power of two, and beside that. */
const WITHIN = 424;
const BESIDE = 256;
const PAGE = 4096;
/** The share of a receive buffer that is for bytes is known in 256ths. */
const PARTS = 256;

/** What of a receive buffer is for bytes before segments have told: the rest is for what keeps them. */
function forBytes(buffer: number, segment: number): number {
  const bytes = Math.floor(buffer / 2);
  return bytes > segment ? bytes - (bytes % segment) : bytes;
}

/** Bytes of memory that a packet with so much payload takes. What does not fit into one page lies in further ones. */
function memoryOf(payload: number): number {
  const further = payload + WITHIN - PAGE;
  if (further > 0) return PAGE * (1 + Math.ceil(further / PAGE)) + BESIDE;
  return 2 ** Math.ceil(Math.log2(payload + WITHIN)) + BESIDE;
}

/**
 * Opens slowly, as Linux does. It begins with half of the buffer, in whole segments, and opens by two of them for each one that makes
 * good use of the memory that it takes; what the buffer has room for follows from the memory of what waits in it. So
 * small segments close the window sooner than large ones. One for each connection.
 */
export class SlowlyOpening extends OpenWindow {
  private open = 0;
  /** What it opens to at most before it has opened once. */
  private bound = Number.POSITIVE_INFINITY;
  /** The share of memory that is payload, in 256ths, and the payload of the segment that told. */
  private share = PARTS / 2;
  private full = UNKNOWN;
  /** Memory that the bytes take which wait, and how many they are. */
  private memory = 0;
  private kept = 0;

  /** @param first bytes to begin with: a route may ask for another window than the usual one. */
  constructor(private readonly first = Number.POSITIVE_INFINITY) {
    super();
  }

  override initial(limit: number, segment = SEGMENT): number {
    return Math.min(FIRST, forBytes(limit, segment), this.first);
  }

  /** A size that somebody has chosen is all that there will be, and half of it is for bytes. */
  override scale(limit: number, chosen = false): number {
    return super.scale(chosen ? limit >> 1 : Math.max(limit, MOST_CHOSEN));
  }

  taken(limit: number, segment = SEGMENT): number {
    return Math.min(forBytes(limit, segment), this.first);
  }

  admits(facts: WindowFacts): boolean {
    this.settle(facts);
    return facts.advertised > 0 && this.memory <= facts.limit;
  }

  arrived(payload: number, facts: WindowFacts): boolean {
    const memory = memoryOf(payload);
    let another = false;
    if (payload >= this.full && payload !== this.full) {
      this.full = Math.min(payload, facts.ownSegment);
      const share = Math.max(1, Math.floor((PARTS * payload) / memory));
      another = share !== this.share;
      if (another) {
        this.begin(facts);
        this.share = share;
        this.open = Math.min(this.open, this.bytesIn(facts.limit));
      }
    }
    this.settle(facts);
    this.memory += memory;
    this.kept += payload;
    if (this.bytesIn(memory) > payload) return another;
    this.begin(facts);
    const room = this.bytesIn(facts.limit - this.memory) - this.open;
    this.bound = Number.POSITIVE_INFINITY;
    if (room > 0) this.open += Math.min(room, 2 * Math.max(facts.ownSegment, payload));
    return another;
  }

  override window(facts: WindowFacts): number {
    this.settle(facts);
    const room = Math.max(0, Math.min(this.bytesIn(facts.limit - this.memory), this.opens(facts)));
    if (facts.scaled) return room;
    // What is not scaled is told in whole segments.
    const step = Math.min(facts.limit / 2, facts.segmentSize);
    if (room - facts.advertised < step) return facts.advertised;
    return room < step ? room : room - (room % step);
  }

  /** How far the window may open, in bytes. */
  opens(facts: WindowFacts): number {
    this.begin(facts);
    return Math.min(this.open, this.bound);
  }

  private begin({ limit, ownSegment }: WindowFacts): void {
    if (this.open > 0) return;
    this.open = Math.min(forBytes(limit, ownSegment), this.first);
    const half = Math.floor(limit / 2);
    this.bound = half > ownSegment ? half - ownSegment : half;
  }

  private bytesIn(memory: number): number {
    return Math.floor((memory * this.share) / PARTS);
  }

  /** What was read since lets go of its memory; what a hole held back waits now, too. */
  private settle({ buffered }: WindowFacts): void {
    if (buffered < this.kept) this.memory *= buffered / this.kept;
    else this.memory += ((buffered - this.kept) * PARTS) / this.share;
    this.kept = buffered;
  }
}
