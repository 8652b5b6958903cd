import type { NetworkInterface } from '../interface.js';
import type { Decider, Reason } from '../reason.js';
import type { PacketPool } from './pool.js';

/** How far the transport checksum of a packet has been taken. */
export enum ChecksumState {
  /** Received: not looked at yet. Sent: complete in the header. */
  Plain = 0,
  /** Received: the device has verified it, do not verify again. */
  Verified = 1,
  /** Sent: the header holds the pseudo-header sum only; the device completes it. */
  Partial = 2,
}

/**
 * One packet: a slot of the pool's memory, with the bytes in use at `start`..`end` (offsets into that memory).
 *
 * *Ownership*: whoever holds a packet owns it and must hand it on or `release()` it, exactly once. `receive(packet)`
 * and `send(packet)` take ownership. Whoever keeps a packet beyond a call that others also hold uses `retain()`.
 *
 * Headers are read and written in place: `packet.view.getUint16(packet.start + 2)`.
 */
export class Packet {
  /** Offset of the first byte in use. */
  start = 0;
  /** Offset after the last byte in use. */
  end = 0;
  /** Offset of the network header (IPv4, IPv6), once a network layer has seen or written it. */
  network = 0;
  /** Offset of the transport header, once known. */
  transport = 0;
  /** Offsets of the network addresses in the packet: a transport reads them in place. */
  sourceAt = 0;
  destinationAt = 0;
  /** 4 or 16 bytes. */
  addressLength = 4;
  /** TOS or traffic class byte: DSCP in the upper six bits, ECN in the lower two. */
  trafficClass = 0;
  /** TTL or hop limit as received. */
  hopLimit = 0;
  /** True when the frame came to a link-layer broadcast or multicast address, or to an IP one. */
  broadcast = false;
  checksum: ChecksumState = ChecksumState.Plain;
  /** Bytes of transport payload per segment where this packet is a super-segment; 0 where it is one packet. */
  segmentSize = 0;
  /** The interface it came in by, or is to leave by. */
  interface: NetworkInterface | null = null;
  /** Why the stack emits it: set where the packet is made. */
  reason: Reason | null = null;
  /** Whose bindings decided: asked for names only when somebody watches. */
  decider: Decider | null = null;

  private holders = 0;

  constructor(
    /** The pool it belongs to. */
    readonly pool: PacketPool,
    /** The slot: first byte, and bytes in it. */
    readonly base: number,
    readonly capacity: number,
    /** The whole packet memory; index it with `start`. */
    readonly view: DataView,
    readonly bytes: Uint8Array,
  ) {}

  /** Bytes in use. */
  get length(): number {
    return this.end - this.start;
  }

  /** How many more bytes fit before `start`. */
  get headroom(): number {
    return this.start - this.base;
  }

  /** How many more bytes fit after `end`. */
  get tailroom(): number {
    return this.base + this.capacity - this.end;
  }

  /** True while more than one holds it: then nobody may write to it, and whoever hands it to another stack copies it. */
  get shared(): boolean {
    return this.holders > 1;
  }

  /** Puts `bytes` more in front and returns their offset. @throws RangeError when the headroom is used up. */
  prepend(bytes: number): number {
    if (this.start - bytes < this.base)
      throw new RangeError(`packet has ${this.headroom} bytes of headroom, not ${bytes}`);
    this.start -= bytes;
    return this.start;
  }

  /** Puts `bytes` more behind and returns their offset. @throws RangeError when the slot is full. */
  append(bytes: number): number {
    const at = this.end;
    if (bytes > this.tailroom) throw new RangeError(`packet has ${this.tailroom} bytes of tailroom, not ${bytes}`);
    this.end = at + bytes;
    return at;
  }

  /** Copies `data` behind the bytes in use. @throws RangeError when the slot is full. */
  write(data: Uint8Array): void {
    this.bytes.set(data, this.append(data.length));
  }

  /** Takes `bytes` off the front: a header has been read. */
  strip(bytes: number): void {
    this.start += bytes;
  }

  /** Cuts the packet to `length` bytes: padding behind a datagram. */
  trim(length: number): void {
    if (length < this.end - this.start) this.end = this.start + length;
  }

  /** A copy of the bytes in use, for tests, traces and applications that keep them. */
  toBytes(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  /** One more holder. */
  retain(): this {
    this.holders++;
    return this;
  }

  /** One holder less; the last one gives the slot back. @throws Error on a double release, which would corrupt another packet. */
  release(): void {
    if (this.holders === 0) throw new Error('packet released twice');
    if (--this.holders === 0) this.pool.giveBack(this);
  }

  /** Called by the pool alone: a clean packet with all headroom free. */
  reset(headroom: number): this {
    this.holders = 1;
    this.start = this.end = this.base + headroom;
    this.network = this.transport = this.sourceAt = this.destinationAt = 0;
    this.addressLength = 4;
    this.trafficClass = 0;
    this.hopLimit = 0;
    this.broadcast = false;
    this.checksum = ChecksumState.Plain;
    this.segmentSize = 0;
    this.interface = null;
    this.reason = null;
    this.decider = null;
    return this;
  }
}
