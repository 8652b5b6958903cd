import type { Packet } from '@netwright/core';

/** Bytes `start`..`end` of what was fragmented, at `at` of a held packet. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly packet: Packet;
}

/** A datagram of which fragments have come. It holds a reference to each packet for each piece it uses of it. */
export abstract class PartialDatagram {
  /** In order, without overlaps. */
  pieces: Piece[] = [];
  /** Bytes of what was fragmented; -1 until the last fragment has come. */
  total = -1;
  /** Bytes of it that are here. */
  held = 0;
  /** How many fragments have come, and the packet memory they were in. */
  fragments = 0;
  memory = 0;
  /** Fragments overlapped and such datagrams are discarded: what still comes is dropped, too (RFC 5722). */
  discarded = false;
  /** One bit for each ECN codepoint seen. */
  ecn = 0;
  /** The next one in its row of the table. */
  next: this | null = null;

  constructor(
    readonly hash: number,
    /** When its first fragment came, ms of the clock. */
    readonly since: number,
  ) {}

  get complete(): boolean {
    return this.held === this.total;
  }

  /** The fragment that begins it, if it has come. */
  get first(): Packet | null {
    const [piece] = this.pieces;
    return piece !== undefined && piece.start === 0 ? piece.packet : null;
  }

  /** RFC 3168 section 5.3: a mark beside Not-ECT is not to be trusted. */
  get mixedMarks(): boolean {
    return (this.ecn & 0b1001) === 0b1001;
  }

  /** RFC 3168 section 5.3: the whole is marked if any fragment was. */
  get marked(): boolean {
    return (this.ecn & 0b1000) !== 0;
  }

  /** Whether the fragment overlaps what is here: 'same' where it is one that came before, once more. */
  overlap(start: number, end: number): 'none' | 'same' | 'some' {
    for (const piece of this.pieces) {
      if (piece.start === start && piece.end === end) return 'same';
      if (piece.start < end && start < piece.end) return 'some';
    }
    return 'none';
  }

  /** Copies what is here to `at`. */
  copyTo(bytes: Uint8Array, at: number): void {
    for (const { start, end, packet, at: from } of this.pieces) {
      bytes.set(packet.bytes.subarray(from, from + end - start), at + start);
    }
  }

  /** Lets go of all packets. */
  release(): void {
    for (const { packet } of this.pieces) packet.release();
    this.pieces = [];
    this.held = 0;
    this.memory = 0;
  }
}
