import type { IpAddress, Packet } from '@netwright/core';

/** Bytes `start`..`end` of the fragmentable part, at `at` of a held packet. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly packet: Packet;
}

/** A datagram of which fragments have come. Its pieces never overlap: such a datagram is discarded (RFC 5722). */
export class Datagram6 {
  /** In order. */
  pieces: Piece[] = [];
  /** Bytes of the fragmentable part; -1 until the last fragment has come. */
  total = -1;
  /** Bytes of it that are here. */
  held = 0;
  /** Packet memory that the fragments are in. */
  memory = 0;
  /** Fragments overlapped: what still comes is dropped, too. */
  discarded = false;
  /** One bit for each ECN codepoint seen. */
  ecn = 0;
  /** Of the first fragment: bytes in front of its fragment header, the offset of the field that names that one, and what it names. */
  headers = 0;
  field = 0;
  protocol = 0;
  /** The next one in its row of the table. */
  next: Datagram6 | null = null;

  constructor(
    readonly source: IpAddress,
    readonly destination: IpAddress,
    readonly identification: number,
    readonly hash: number,
    /** When its first fragment came, ms of the clock. */
    readonly since: number,
  ) {}

  get complete(): boolean {
    return this.held === this.total;
  }

  /** The fragment with the headers, if it has come. */
  get first(): Packet | null {
    const [piece] = this.pieces;
    return piece !== undefined && piece.start === 0 ? piece.packet : null;
  }

  /** Whether the fragment overlaps what is here: 'same' where it is one that came before, once more. */
  overlap(start: number, end: number): 'none' | 'same' | 'some' {
    for (const piece of this.pieces) {
      if (piece.start === start && piece.end === end) return 'same';
      if (piece.start < end && start < piece.end) return 'some';
    }
    return 'none';
  }

  /** Adds bytes `start`..`end`, found at `at` of `packet`; takes ownership. */
  add(packet: Packet, at: number, start: number, end: number): void {
    const behind = this.pieces.findIndex((piece) => piece.start > start);
    this.pieces.splice(behind < 0 ? this.pieces.length : behind, 0, { start, end, at, packet });
    this.held += end - start;
    this.memory += packet.capacity;
  }

  /** Copies the fragmentable part to `at`. */
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
