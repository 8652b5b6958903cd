import { Mismatch } from '../outcome.js';
import type { ScriptPacket, ScriptPlain, ScriptTcp } from '../parse/packet.js';
import { compareDatagram, compareIcmp, compareSegments, type SeenSegments, type Strictness } from './compare.js';
import { describePacket, describeSegment } from './describe.js';
import { CARRIERS } from './encapsulate.js';
import type { Environment } from './environment.js';
import type { Flows } from './flows.js';
import { readFrame, readSegment, type SeenPacket, type WireSegment } from './frame.js';
import { tunnelFor, unwrap } from './unwrap.js';

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;

/** What was sent and has been looked at, for traces. */
export interface TraceLine {
  readonly at: number;
  readonly text: string;
}

/** Takes what the stack sends, in order, and holds it against what a script expects. */
export class Observer {
  private readonly seen: SeenPacket[] = [];

  constructor(
    private readonly environment: Environment,
    private readonly flows: Flows,
    private readonly strictness: Strictness,
    /** Whether each segment must be expected by itself. */
    private readonly strictSegments: boolean,
    private readonly trace: (line: TraceLine) => void,
  ) {}

  /**
   * Takes the next packet, or packets, that the stack sends until `deadline`, and compares.
   * @param latest ms of the clock: what comes later is late, whatever it is.
   * @param advance lets time run until something happens, at most until then; false when nothing does.
   * @returns when the first and the last of them were sent.
   * @throws Mismatch
   */
  expect(expected: ScriptPacket, latest: number, advance: () => boolean): { first: number; last: number } {
    const packet = this.next(advance);
    // Nothing here is the end of a tunnel.
    if (expected.kind === 'tunneled' && (packet === null || !CARRIERS.has(packet.protocol))) throw tunnelFor(expected);
    if (packet === null) throw new Mismatch('nothing was sent', describePacket(expected), 'nothing');
    if (packet.at > latest) {
      const actual = `${(packet.at / 1000).toFixed(3)} ${this.tell(packet)}`;
      throw new Mismatch(
        'it came too late',
        `${(latest / 1000).toFixed(3)} at the latest, ${describePacket(expected)}`,
        actual,
      );
    }
    if (expected.kind !== 'tunneled') return this.compare(expected, packet, !this.strictSegments, advance);
    return this.compare(expected.packet, unwrap(expected, packet), false, advance);
  }

  private compare(
    expected: ScriptPlain,
    packet: SeenPacket,
    merges: boolean,
    advance: () => boolean,
  ): { first: number; last: number } {
    if (expected.kind === 'icmp') {
      compareIcmp(expected, packet);
      return { first: packet.at, last: packet.at };
    }
    if (expected.kind === 'udp') {
      if (packet.protocol !== 17) throw new Mismatch('another protocol', describePacket(expected), this.tell(packet));
      compareDatagram(expected, packet);
      return { first: packet.at, last: packet.at };
    }
    const segment = packet.protocol === 6 ? readSegment(packet.content) : undefined;
    if (segment === undefined) throw new Mismatch('another protocol', describePacket(expected), this.tell(packet));
    const flow = this.flows.ofSeen(expected.ports, segment);
    const { merged, last } = this.merge(expected, packet, segment, merges ? advance : null);
    compareSegments(expected, merged, flow, this.strictness);
    return { first: packet.at, last };
  }

  /** When the packet that comes next was sent; null where none waits. */
  peek(): SeenPacket | null {
    this.collect();
    return this.seen[0] ?? null;
  }

  /** A packet that nobody expects, in words. */
  tell(packet: SeenPacket): string {
    const segment = packet.protocol === 6 ? readSegment(packet.content) : undefined;
    if (segment === undefined)
      return packet.protocol === 17 ? `udp (${packet.content.length - 8})` : `protocol ${packet.protocol}`;
    return describeSegment(segment, segment.payload.length, this.flows.toTell(segment));
  }

  private next(advance: () => boolean): SeenPacket | null {
    for (;;) {
      this.collect();
      const packet = this.seen.shift();
      if (packet !== undefined) return packet;
      if (!advance()) return null;
    }
  }

  private collect(): void {
    for (const frame of this.environment.device.captured.splice(0)) {
      const packet = readFrame(frame);
      if (packet === null) continue;
      this.seen.push(packet);
      this.trace({
        at: packet.at,
        text: `> ${this.tell(packet)}${packet.reason === '' ? '' : `  // ${packet.reason}`}`,
      });
    }
  }

  /** Segments that follow one another count as one, up to the length that is expected. */
  private merge(
    expected: ScriptTcp,
    packet: SeenPacket,
    segment: WireSegment,
    /** Null where each segment counts by itself. */
    advance: (() => boolean) | null,
  ): { merged: SeenSegments; last: number } {
    let { length } = segment.payload;
    let { flags } = segment;
    let zeros = segment.payload.every((byte) => byte === 0);
    let last = packet.at;
    while (advance !== null && length > 0 && length < expected.length && (flags & FIN) === 0) {
      const follower = this.follower(segment, length, advance);
      if (follower === null) break;
      this.seen.shift();
      length += follower.segment.payload.length;
      flags |= follower.segment.flags;
      zeros &&= follower.segment.payload.every((byte) => byte === 0);
      last = follower.packet.at;
    }
    return { merged: { packet, segment, length, flags, zeros }, last };
  }

  private follower(
    first: WireSegment,
    length: number,
    advance: () => boolean,
  ): { packet: SeenPacket; segment: WireSegment } | null {
    let packet = this.peek();
    while (packet === null && advance()) packet = this.peek();
    const segment = packet !== null && packet.protocol === 6 ? readSegment(packet.content) : undefined;
    if (packet === null || segment === undefined) return null;
    const follows =
      segment.sourcePort === first.sourcePort &&
      segment.destinationPort === first.destinationPort &&
      segment.seq === ((first.seq + length) | 0) &&
      segment.ack === first.ack &&
      segment.payload.length > 0 &&
      (segment.flags & (SYN | RST)) === 0;
    return follows ? { packet, segment } : null;
  }
}
