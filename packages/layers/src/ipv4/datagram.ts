import type { Packet } from '@netwright/core';
import type { FragmentPolicy } from '../ip/tokens.js';

/** Bytes `start`..`end` of a datagram's payload, at `at` of a held packet. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly packet: Packet;
}

/** A datagram of which fragments have come. It holds a reference to each packet for each piece it uses of it. */
export class Datagram {
  /** In order, without overlaps. */
  pieces: Piece[] = [];
  /** Bytes of payload; -1 until the last fragment has come. */
  total = -1;
  /** Bytes of payload that are here. */
  held = 0;
  /** How many fragments have come, and the packet memory they were in. */
  fragments = 0;
  memory = 0;
  /** Fragments overlapped and the policy discards such datagrams: what still comes is dropped, too (RFC 5722). */
  discarded = false;
  /** One bit for each ECN codepoint seen. */
  ecn = 0;
  /** The next one in its row of the table. */
  next: Datagram | null = null;

  constructor(
    readonly source: number,
    readonly destination: number,
    /** Protocol and identification as one number. */
    readonly identity: number,
    readonly hash: number,
    /** When its first fragment came, ms of the clock. */
    readonly since: number,
  ) {}

  get complete(): boolean {
    return this.held === this.total;
  }

  /** The fragment with the transport header, if it has come. */
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
  add(packet: Packet, at: number, start: number, end: number, policy: FragmentPolicy): void {
    const pieces: Piece[] = [];
    /** Where what is left of the new fragment begins: pieces that win cut it from the left on. */
    let from = start;
    let used = 0;
    const keepNew = (until: number) => {
      if (from >= until) return;
      pieces.push({ start: from, end: until, at: at + from - start, packet: packet.retain() });
      used += until - from;
    };
    for (const piece of this.pieces) {
      if (piece.end <= start || end <= piece.start) {
        if (piece.start >= end) {
          keepNew(end);
          from = end;
        }
        pieces.push(piece);
      } else if (policy.prefersNew(piece.start, piece.end, start, end)) {
        this.cut(piece, start, end, pieces);
      } else {
        keepNew(piece.start);
        from = Math.max(from, piece.end);
        pieces.push(piece);
      }
    }
    keepNew(end);
    packet.release();
    this.held += used;
    this.pieces = pieces.sort((a, b) => a.start - b.start);
  }

  /** Copies the payload to `at`. */
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

  /** What is left of `piece` without `start`..`end`: nothing, one end of it, or both. */
  private cut(piece: Piece, start: number, end: number, into: Piece[]): void {
    const { packet } = piece;
    this.held -= Math.min(piece.end, end) - Math.max(piece.start, start);
    if (piece.start < start) into.push({ ...piece, end: start, packet: packet.retain() });
    if (end < piece.end) into.push({ ...piece, start: end, at: piece.at + end - piece.start, packet: packet.retain() });
    packet.release();
  }
}
