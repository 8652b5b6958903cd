import type { IpAddress, Packet } from '@netwright/core';
import { PartialDatagram } from '../ip/datagram.js';

/** A datagram of which fragments have come. Its pieces never overlap: such a datagram is discarded (RFC 5722). */
export class Ipv6Datagram extends PartialDatagram {
  /** Of the first fragment: bytes in front of its fragment header, the offset of the field that names that one, and what it names. */
  headers = 0;
  field = 0;
  protocol = 0;

  constructor(
    readonly source: IpAddress,
    readonly destination: IpAddress,
    readonly identification: number,
    hash: number,
    since: number,
  ) {
    super(hash, since);
  }

  /** Adds bytes `start`..`end`, found at `at` of `packet`; takes ownership. */
  add(packet: Packet, at: number, start: number, end: number): void {
    const behind = this.pieces.findIndex((piece) => piece.start > start);
    this.pieces.splice(behind < 0 ? this.pieces.length : behind, 0, { start, end, at, packet });
    this.held += end - start;
  }
}
