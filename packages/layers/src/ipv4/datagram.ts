import type { Packet } from '@netwright/core';
import { PartialDatagram, type Piece } from '../ip/datagram.js';
import type { FragmentPolicy } from '../ip/tokens.js';

/** A datagram of which fragments have come; where they overlap, a policy says which bytes count. */
export class Ipv4Datagram extends PartialDatagram {
  constructor(
    readonly source: number,
    readonly destination: number,
    /** Protocol and identification as one number. */
    readonly identity: number,
    hash: number,
    since: number,
  ) {
    super(hash, since);
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

  /** What is left of `piece` without `start`..`end`: nothing, one end of it, or both. */
  private cut(piece: Piece, start: number, end: number, into: Piece[]): void {
    const { packet } = piece;
    this.held -= Math.min(piece.end, end) - Math.max(piece.start, start);
    if (piece.start < start) into.push({ ...piece, end: start, packet: packet.retain() });
    if (end < piece.end) into.push({ ...piece, start: end, at: piece.at + end - piece.start, packet: packet.retain() });
    packet.release();
  }
}
