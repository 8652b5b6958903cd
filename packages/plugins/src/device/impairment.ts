import { ChecksumState, type Packet, type Random } from '@netwright/core';
import { markCongestion } from './mark.js';

/** Losses that come in bursts: the two-state model of Gilbert and Elliott. */
export interface BurstOptions {
  /** Probability, for each frame, of a burst beginning. */
  enter: number;
  /** Probability, for each frame, of the burst ending: bursts are 1 / leave frames long on average. */
  leave: number;
  /** Share of frames lost within a burst; 1 unless said otherwise. */
  loss?: number;
}

/** How many frames may wait where `rate` is the bottleneck; those that come on top are dropped. */
export interface QueueOptions {
  frames?: number;
  bytes?: number;
}

/** What happens to frames in one direction. Everything is off unless it is named. */
export interface ImpairmentOptions {
  /** Ms from the last bit sent to the frame received. */
  latency?: number;
  /** The latency varies by up to so many ms to either side, evenly; frames keep their order (`reorder` changes it). */
  jitter?: number;
  /** Share of frames that are lost, each on its own. */
  loss?: number;
  burst?: BurstOptions;
  /** Share of frames that arrive `reorderDelay` later than they would, behind frames sent after them. */
  reorder?: number;
  /** Ms; 5 unless said otherwise. */
  reorderDelay?: number;
  /** Share of frames that arrive twice. */
  duplicate?: number;
  /** Share of frames of which one bit is flipped. */
  corrupt?: number;
  /** Share of ECN-capable packets that are marked as having met congestion (RFC 3168 section 5). */
  mark?: number;
  /** Bits per second at which frames are put on the line, one after the other; 0 is no limit. */
  rate?: number;
  /** What may wait for `rate`; 1000 frames unless said otherwise, as a Linux interface. */
  queue?: QueueOptions;
}

/** What has become of the frames of one direction. A type, so that it is one of the host's `Counters` too. */
export type ImpairmentCounters = {
  sent: number;
  delivered: number;
  /** By `loss` or `burst`, or since the link was down. */
  lost: number;
  duplicated: number;
  corrupted: number;
  reordered: number;
  /** Marked as having met congestion. */
  marked: number;
  /** No room in the queue of the rate limiter. */
  queueDropped: number;
  /** Larger than the MTU. */
  oversized: number;
  /** Nobody was there to receive them: the other end is closed. */
  unreceived: number;
  /** No packet slot was free for a copy. */
  noSlot: number;
};

const DEFAULT_QUEUE: QueueOptions = { frames: 1000 };

/**
 * Decides what happens to each frame of one direction. Each impairment draws from a source of its own, for every frame
 * and whatever the others decide: turning one on leaves the pattern of the others as it was.
 */
export class Impairment {
  readonly counters: ImpairmentCounters = {
    sent: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    corrupted: 0,
    reordered: 0,
    marked: 0,
    queueDropped: 0,
    oversized: 0,
    unreceived: 0,
    noSlot: 0,
  };
  /** Of the frame admitted last: when it arrives, ms of the clock. */
  at = 0;
  /** Of the frame admitted last: it comes late, behind others. */
  late = false;
  /** Of the frame admitted last: it arrives twice. */
  twice = false;

  private latency = 0;
  private jitter = 0;
  private loss = 0;
  private burst: BurstOptions | null = null;
  private reorder = 0;
  private reorderDelay = 0;
  private duplicate = 0;
  private corrupt = 0;
  private mark = 0;
  /** Ms for one byte; 0 is no limit. */
  private byteTime = 0;
  private queueBytes = 0;
  private backlog: Backlog | null = null;
  private draws: Record<'jitter' | 'loss' | 'burst' | 'reorder' | 'duplicate' | 'corrupt' | 'mark', Random>;

  private inBurst = false;
  /** When the line has sent what waits. */
  private idleAt = 0;
  /** No frame that keeps its place arrives before this one. */
  private lastAt = 0;

  constructor(random: Random, options: ImpairmentOptions = {}) {
    this.draws = drawsFrom(random);
    this.change(options);
  }

  /**
   * From now on these options hold, and no others. What is under way stays as it is.
   * @param random another source; left out, the draws go on where they were.
   */
  change(options: ImpairmentOptions, random?: Random): void {
    this.latency = options.latency ?? 0;
    this.jitter = options.jitter ?? 0;
    this.loss = options.loss ?? 0;
    this.burst = options.burst ?? null;
    this.inBurst = false;
    this.reorder = options.reorder ?? 0;
    this.reorderDelay = options.reorderDelay ?? 5;
    this.duplicate = options.duplicate ?? 0;
    this.corrupt = options.corrupt ?? 0;
    this.mark = options.mark ?? 0;
    const rate = options.rate ?? 0;
    this.byteTime = rate > 0 ? 8000 / rate : 0;
    const queue = options.queue ?? DEFAULT_QUEUE;
    this.queueBytes = queue.bytes ?? Number.POSITIVE_INFINITY;
    this.backlog = rate > 0 && queue.frames !== undefined ? new Backlog(queue.frames) : null;
    if (random !== undefined) this.draws = drawsFrom(random);
  }

  /**
   * A frame is put on the line at `now`. May flip a bit of it.
   * @returns false when it does not arrive: release it. Else `at`, `late` and `twice` say how it does.
   */
  admit(packet: Packet, now: number): boolean {
    const { counters, draws } = this;
    const length = packet.end - packet.start;
    const lost = this.loses();
    const wobble = this.jitter > 0 ? (draws.jitter.float() * 2 - 1) * this.jitter : 0;
    this.late = this.reorder > 0 && draws.reorder.float() < this.reorder;
    this.twice = this.duplicate > 0 && draws.duplicate.float() < this.duplicate;
    const corrupted = this.corrupt > 0 && draws.corrupt.float() < this.corrupt;
    const marks = this.mark > 0 && draws.mark.float() < this.mark;
    const bit = this.corrupt > 0 ? Math.floor(draws.corrupt.float() * length * 8) : 0;

    let departs = now;
    if (this.byteTime > 0) {
      if (!this.hasRoom(length, now)) {
        counters.queueDropped++;
        return false;
      }
      // Lost frames take their time on the line too: they are lost on the way, not before it.
      this.idleAt = departs = Math.max(now, this.idleAt) + length * this.byteTime;
      this.backlog?.add(departs);
    }
    if (lost) {
      counters.lost++;
      return false;
    }
    if (marks && markCongestion(packet)) counters.marked++;
    if (corrupted && length > 0) {
      packet.bytes[packet.start + (bit >>> 3)] ^= 1 << (bit & 7);
      // Whoever has verified it did so before.
      if (packet.checksum === ChecksumState.Verified) packet.checksum = ChecksumState.Plain;
      counters.corrupted++;
    }
    this.lastAt = Math.max(this.lastAt, departs + Math.max(0, this.latency + wobble));
    this.at = this.late ? this.lastAt + this.reorderDelay : this.lastAt;
    if (this.late) counters.reordered++;
    if (this.twice) counters.duplicated++;
    return true;
  }

  private loses(): boolean {
    const alone = this.loss > 0 && this.draws.loss.float() < this.loss;
    const { burst } = this;
    if (burst === null) return alone;
    const draw = this.draws.burst;
    if (draw.float() < (this.inBurst ? burst.leave : burst.enter)) this.inBurst = !this.inBurst;
    return (draw.float() < (burst.loss ?? 1) && this.inBurst) || alone;
  }

  private hasRoom(length: number, now: number): boolean {
    if (this.idleAt <= now) return true;
    if ((this.idleAt - now) / this.byteTime + length > this.queueBytes) return false;
    return this.backlog === null || this.backlog.hasRoom(now);
  }
}

/** A source for each impairment: another one's draws do not move it. */
function drawsFrom(
  random: Random,
): Record<'jitter' | 'loss' | 'burst' | 'reorder' | 'duplicate' | 'corrupt' | 'mark', Random> {
  return {
    jitter: random.fork('jitter'),
    loss: random.fork('loss'),
    burst: random.fork('burst'),
    reorder: random.fork('reorder'),
    duplicate: random.fork('duplicate'),
    corrupt: random.fork('corrupt'),
    mark: random.fork('mark'),
  };
}

/** The departure times of the frames that wait for the rate limiter. */
class Backlog {
  private readonly times: Float64Array;
  private head = 0;
  private count = 0;

  constructor(private readonly limit: number) {
    // The frame that is being sent does not wait.
    this.times = new Float64Array(limit + 1);
  }

  hasRoom(now: number): boolean {
    while (this.count > 0 && this.times[this.head] <= now) {
      this.head = (this.head + 1) % this.times.length;
      this.count--;
    }
    return this.count <= this.limit;
  }

  add(departs: number): void {
    // An idle line takes frames without asking for room: what has left makes it.
    if (this.count === this.times.length) this.count = 0;
    this.times[(this.head + this.count++) % this.times.length] = departs;
  }
}
