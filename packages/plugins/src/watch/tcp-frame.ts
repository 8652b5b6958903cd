import { addSums, ChecksumState, type Packet } from '@netwright/core';

const ETHERNET = 14;
const VLAN = 0x8100;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const TCP = 6;

/** A TCP segment as it stands in an Ethernet frame. One is made and filled anew for each frame: keep nothing of it. */
export class TcpFrame {
  /** Both ends, as numbers that are the same for the same address. */
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  flags = 0;
  /** Signed 32 bits, as all sequence numbers here. */
  seq = 0;
  ack = 0;
  /** As in the field. */
  window = 0;
  /** Bytes of text. */
  length = 0;
  /** Bytes of its addresses, and where in the packet memory they stand, the source first. */
  addressLength = 4;
  addressesAt = 0;
  /** Of its options; -1 where it has none. */
  mss = -1;
  scale = -1;
  hasTimestamp = false;
  tsVal = 0;
  private packet: Packet | null = null;
  private networkAt = 0;
  private segmentAt = 0;
  private end = 0;

  /** Reads a frame. @returns whether it is a TCP segment in one piece; its checksums are not looked at. */
  read(packet: Packet): boolean {
    const { view, start, end } = packet;
    if (end - start < ETHERNET + 40) return false;
    let at = start + ETHERNET;
    let type = view.getUint16(at - 2);
    if (type === VLAN) {
      type = view.getUint16(at + 2);
      at += 4;
    }
    this.packet = packet;
    this.networkAt = at;
    if (type === IPV4) {
      const header = (view.getUint8(at) & 15) * 4;
      if (view.getUint8(at + 9) !== TCP || (view.getUint16(at + 6) & 0x3fff) !== 0) return false;
      this.end = at + view.getUint16(at + 2);
      this.segmentAt = at + header;
      this.addressesAt = at + 12;
      this.addressLength = 4;
      this.source = view.getUint32(at + 12);
      this.destination = view.getUint32(at + 16);
    } else if (type === IPV6) {
      if (view.getUint8(at + 6) !== TCP) return false;
      this.end = at + 40 + view.getUint16(at + 4);
      this.segmentAt = at + 40;
      this.addressesAt = at + 8;
      this.addressLength = 16;
      this.source = folded(view, at + 8);
      this.destination = folded(view, at + 24);
    } else return false;
    return this.readSegment(view, end);
  }

  /** Whether all its checksums hold, or were left to a device, or verified by one. */
  get intact(): boolean {
    const { packet, networkAt, segmentAt, addressesAt, addressLength, end } = this;
    if (packet === null) return false;
    const { pool } = packet;
    if (addressLength === 4 && pool.sum(networkAt, segmentAt - networkAt) !== 0xffff) return false;
    if (packet.checksum !== ChecksumState.Plain) return true;
    const pseudo = addSums(pool.sum(addressesAt, 2 * addressLength), TCP + (end - segmentAt));
    return addSums(pool.sum(segmentAt, end - segmentAt), pseudo) === 0xffff;
  }

  private readSegment(view: DataView, frameEnd: number): boolean {
    const at = this.segmentAt;
    if (this.end > frameEnd || this.end - at < 20) return false;
    const header = (view.getUint8(at + 12) >>> 4) * 4;
    if (header < 20 || at + header > this.end) return false;
    this.sourcePort = view.getUint16(at);
    this.destinationPort = view.getUint16(at + 2);
    this.seq = view.getInt32(at + 4);
    this.ack = view.getInt32(at + 8);
    this.flags = view.getUint8(at + 13);
    this.window = view.getUint16(at + 14);
    this.length = this.end - at - header;
    this.mss = this.scale = -1;
    this.hasTimestamp = false;
    this.readOptions(view, at + 20, at + header);
    return true;
  }

  private readOptions(view: DataView, from: number, end: number): void {
    for (let at = from; at < end; ) {
      const kind = view.getUint8(at);
      if (kind === 0) return;
      if (kind === 1) {
        at++;
        continue;
      }
      const length = at + 1 < end ? view.getUint8(at + 1) : 0;
      if (length < 2 || at + length > end) return;
      if (kind === 2 && length === 4) this.mss = view.getUint16(at + 2);
      // RFC 7323 section 2.3: a shift above 14 is taken for 14.
      else if (kind === 3 && length === 3) this.scale = Math.min(view.getUint8(at + 2), 14);
      else if (kind === 8 && length === 10) {
        this.hasTimestamp = true;
        this.tsVal = view.getInt32(at + 2);
      }
      at += length;
    }
  }
}

/** An IPv6 address as a number of 32 bits: enough to tell the ends of a few thousand connections apart. */
function folded(view: DataView, at: number): number {
  let hash = 0;
  for (let i = 0; i < 16; i += 4) hash = Math.imul(hash ^ view.getInt32(at + i), 0x85ebca6b) ^ (hash >>> 15);
  return hash >>> 0;
}
