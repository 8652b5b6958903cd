// The other side of a random script: it knows what the stack has sent, and answers as a receiver on a bad path would;
// sometimes it says what no receiver would.
import { FIRST_STAMP } from './record.mjs';

export class Peer {
  constructor(dice, agreed) {
    Object.assign(this, { dice, agreed });
    /** What it sends: the next new byte, and what it has left out so far. */
    this.next = 1;
    this.holes = [];
    this.finished = false;
    /** What it has of the stack's bytes: ranges in order, those that came last first. */
    this.nextWanted = 1;
    this.ranges = [];
    this.seen = 0;
    this.queue = [];
    this.window = agreed.window;
    this.echo = FIRST_STAMP;
    this.echoSeen = FIRST_STAMP;
    this.stackAck = 1;
    this.stackEdge = 0;
    this.highest = 1;
  }

  /** Looks at what the stack has sent since the last time. */
  watch(sent) {
    for (; this.seen < sent.length; this.seen++) {
      const each = sent[this.seen];
      if (each.flags.includes('R') || each.flags.includes('S')) continue;
      if (each.ack !== null) {
        this.stackAck = Math.max(this.stackAck, each.ack);
        this.stackEdge = Math.max(this.stackEdge, each.ack + each.window * 2 ** this.agreed.stackShift);
      }
      this.echoSeen = each.stamp ?? this.echoSeen;
      if (each.end > each.seq) this.queue.push(each);
      this.highest = Math.max(this.highest, each.end);
    }
  }

  /** A segment of the stack arrives. @returns the duplicate range, where it is one */
  receive({ seq, end, stamp }) {
    if (stamp !== null && seq <= this.nextWanted) this.echo = Math.max(stamp, this.echo);
    const had = end <= this.nextWanted || this.ranges.some(([from, to]) => from <= seq && end <= to);
    if (had) return [seq, end];
    let merged = [Math.max(seq, this.nextWanted), end];
    const apart = [];
    for (const range of this.ranges) {
      if (range[1] < merged[0] || merged[1] < range[0]) apart.push(range);
      else merged = [Math.min(range[0], merged[0]), Math.max(range[1], merged[1])];
    }
    this.ranges = [merged, ...apart];
    if (merged[0] <= this.nextWanted) {
      this.nextWanted = merged[1];
      this.ranges = apart;
    }
    return null;
  }

  /** An acknowledgment of what it has. @param extra a duplicate range, or ranges that say something else */
  acknowledgment({ duplicate = null, ack = this.nextWanted, blocks = null, window = this.window, flags = '' } = {}) {
    const ranges = [...(duplicate === null ? [] : [duplicate]), ...(blocks ?? this.ranges)];
    return this.segment({ flags: `.${flags}`, ack, window, ranges });
  }

  segment({
    flags,
    seq = this.next,
    length = 0,
    ack = this.nextWanted,
    window = this.window,
    ranges = [],
    urgent = null,
    mark = '',
  }) {
    const { timestamps, sack, peerShift } = this.agreed;
    const options = [];
    if (timestamps) options.push('nop', 'nop', `TS val ${this.clock} ecr ${this.echo}`);
    if (sack && ranges.length > 0) {
      const fits = ranges.slice(0, timestamps ? 3 : 4);
      options.push('nop', 'nop', `sack ${fits.map(([from, to]) => `${from}:${to}`).join(' ')}`);
    }
    const parts = [`< ${mark}${flags} ${seq}:${seq + length}(${length})`];
    if (flags.includes('.')) parts.push(`ack ${ack}`);
    parts.push(`win ${Math.min(65535, window >> peerShift)}`);
    if (urgent !== null) parts.push(`urg ${urgent}`);
    if (options.length > 0) parts.push(`<${options.join(',')}>`);
    return parts.join(' ');
  }
}
