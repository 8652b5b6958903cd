import type { Packet } from '@netwright/core';
import { ALL_FLAGS, AT, HEADER_SIZE } from '../header.js';
import { readOptions } from './options.js';

/** How many SACK blocks fit into the options of one segment. */
export const MAX_SACK_BLOCKS = 4;

/**
 * A received segment, taken apart. The layer has one and fills it again for each packet: read it during the call,
 * keep nothing of it.
 */
export class Segment {
  sourcePort = 0;
  destinationPort = 0;
  /** SEG.SEQ, SEG.ACK as signed 32-bit integers. */
  seq = 0;
  ack = 0;
  /** The eight flags, and AE above them. */
  flags = 0;
  /** SEG.WND as sent, not scaled. */
  window = 0;
  /** SEG.UP */
  urgentPointer = 0;
  /** Bytes of payload, and where in the packet's memory they begin. */
  length = 0;
  payloadAt = 0;
  packet: Packet | null = null;

  /** Maximum segment size option; 0 where absent. */
  mss = 0;
  /** Window scale option; -1 where absent. */
  windowScale = -1;
  sackPermitted = false;
  hasTimestamp = false;
  tsVal = 0;
  tsEcr = 0;
  /** Left and right edges in pairs. */
  readonly sack = new Int32Array(2 * MAX_SACK_BLOCKS);
  sackBlocks = 0;
  /** What the user timeout option says, in ms; 0 where absent (RFC 5482). */
  userTimeout = 0;
  /** AccECN option (RFC 9768 section 3.2.3): its kind, 0 where absent; where its counters are, and their bytes. */
  accEcnKind = 0;
  accEcnAt = 0;
  accEcnLength = 0;
  /** The option that signs it: its kind, 0 where absent, -1 where it is none that can be; where its bytes are, and how many. */
  authKind = 0;
  authAt = 0;
  authLength = 0;
  /** Fast open cookie: bytes and offset; -1 where the option is absent or malformed. */
  cookieLength = -1;
  /** It came in the experimental option. */
  experimentalCookie = false;
  cookieAt = 0;

  /** SEG.LEN: what it takes of sequence space; SYN and FIN count. */
  get sequenceLength(): number {
    return this.length + ((this.flags & 0x02) >> 1) + (this.flags & 0x01);
  }

  /** How many segments came in this one packet, which the device may have put together. */
  get count(): number {
    const size = this.packet === null ? 0 : this.packet.segmentSize;
    return size > 0 && this.length > size ? Math.ceil(this.length / size) : 1;
  }

  /**
   * Takes `packet` apart; its first byte is the TCP header's.
   * @returns whether it is a segment: header complete, data offset sound, options well-formed enough to go on.
   */
  read(packet: Packet): boolean {
    const { view, start: at } = packet;
    const total = packet.end - at;
    if (total < HEADER_SIZE) return false;
    const size = (view.getUint8(at + AT.dataOffset) >> 4) << 2;
    if (size < HEADER_SIZE || size > total) return false;
    this.packet = packet;
    this.sourcePort = view.getUint16(at);
    this.destinationPort = view.getUint16(at + AT.destinationPort);
    this.seq = view.getInt32(at + AT.sequence);
    this.ack = view.getInt32(at + AT.acknowledgment);
    this.flags = view.getUint16(at + AT.dataOffset) & ALL_FLAGS;
    this.window = view.getUint16(at + AT.window);
    this.urgentPointer = view.getUint16(at + AT.urgentPointer);
    this.payloadAt = at + size;
    this.length = total - size;
    this.mss = 0;
    this.windowScale = -1;
    this.sackPermitted = false;
    this.hasTimestamp = false;
    this.sackBlocks = 0;
    this.userTimeout = 0;
    this.accEcnKind = 0;
    this.authKind = 0;
    this.cookieLength = -1;
    if (size > HEADER_SIZE) readOptions(view, at + AT.options, at + size, this);
    return true;
  }

  /** A copy of the fast open cookie: empty where it asks for one, null without the option. */
  readCookie(): Uint8Array | null {
    if (this.cookieLength < 0 || this.packet === null) return null;
    return this.packet.bytes.slice(this.cookieAt, this.cookieAt + this.cookieLength);
  }

  /** Drops the first `bytes` of sequence space that lie before the window: the SYN first, then payload. */
  trimFront(bytes: number): void {
    this.seq = (this.seq + bytes) | 0;
    if ((this.flags & 0x02) !== 0 && bytes > 0) {
      this.flags &= ~0x02;
      bytes--;
    }
    this.payloadAt += bytes;
    this.length -= bytes;
  }
}
