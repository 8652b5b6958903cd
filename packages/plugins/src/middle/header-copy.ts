import type { Packet, PacketPool } from '@netwright/core';
import { ACK, OPTION } from '@netwright/layers';
import type { OptionPlaces } from './segment-options.js';
import { SegmentPlace } from './segment-place.js';

/** What a segment of one's own says. */
export interface Crafted {
  sequence: number;
  acknowledgment: number;
  /** As it stands in the header, scaled. */
  window: number;
  flags: number;
  /** Ranges of a selective acknowledgement: pairs of sequence numbers. */
  sack: readonly number[];
}

/** Ethernet with a tag, IP with all options, TCP without. */
const LARGEST = 18 + 60 + 20;

/**
 * The headers of the newest segment of one direction: segments of one's own look like it, with its addresses, its TTL
 * and its timestamps.
 */
export class HeaderCopy {
  /** Whether a segment has been seen. */
  known = false;
  /** The flags of congestion notification that go on until the peer says otherwise. */
  flags = 0;
  private readonly bytes = new Uint8Array(LARGEST);
  private networkAt = 0;
  private tcpAt = 0;
  private hasTimestamps = false;
  private tsVal = 0;
  private tsEcr = 0;
  private readonly place = new SegmentPlace();

  /** Bytes that timestamps take of each segment. */
  get optionBytes(): number {
    return this.hasTimestamps ? 12 : 0;
  }

  /** Bytes of network and transport header. */
  get headerBytes(): number {
    return this.tcpAt + 20 + this.optionBytes - this.networkAt;
  }

  /** Takes the headers of a segment down. */
  keep(packet: Packet, place: SegmentPlace, options: OptionPlaces): void {
    const { view, start } = packet;
    const length = place.tcp + 20 - start;
    for (let i = 0; i < length; i++) this.bytes[i] = view.getUint8(start + i);
    this.networkAt = place.network - start;
    this.tcpAt = place.tcp - start;
    this.hasTimestamps = options.timestamps !== 0;
    if (this.hasTimestamps) {
      this.tsVal = view.getUint32(options.timestamps + 2);
      this.tsEcr = view.getUint32(options.timestamps + 6);
    }
    this.flags = place.flags & (ECE | CWR);
    this.known = true;
  }

  /** Makes a segment with `payload[from..to)`. @returns null when there is no memory for it. */
  craft(pool: PacketPool, crafted: Crafted, payload: Uint8Array, from: number, to: number): Packet | null {
    const { sack } = crafted;
    const sackBytes = sack.length === 0 ? 0 : 4 + 4 * sack.length;
    const header = this.tcpAt + 20 + this.optionBytes + sackBytes;
    const packet = pool.take(header + to - from);
    if (packet === null) return null;
    const at = packet.append(header + to - from);
    const { view, bytes } = packet;
    bytes.set(this.bytes.subarray(0, this.tcpAt + 20), at);
    const tcp = at + this.tcpAt;
    view.setUint32(tcp + 4, crafted.sequence);
    view.setUint32(tcp + 8, crafted.acknowledgment);
    const words = (20 + this.optionBytes + sackBytes) >>> 2;
    view.setUint8(tcp + 12, (words << 4) | (view.getUint8(tcp + 12) & 15));
    view.setUint8(tcp + 13, crafted.flags | ACK);
    view.setUint16(tcp + 14, crafted.window);
    view.setUint16(tcp + 18, 0);
    this.writeOptions(view, tcp + 20, sack);
    bytes.set(payload.subarray(from, to), at + header);
    this.place.setTo(packet, at + this.networkAt, tcp);
    this.place.seal(packet.end);
    return packet;
  }

  private writeOptions(view: DataView, at: number, sack: readonly number[]): void {
    if (this.hasTimestamps) {
      view.setUint32(at, 0x0101080a);
      view.setUint32(at + 4, this.tsVal);
      view.setUint32(at + 8, this.tsEcr);
      at += 12;
    }
    if (sack.length === 0) return;
    view.setUint32(at, (0x0101 << 16) | (OPTION.sack << 8) | (2 + 4 * sack.length));
    for (const [i, each] of sack.entries()) view.setUint32(at + 4 + 4 * i, each);
  }
}

const ECE = 0x40;
const CWR = 0x80;
