import type { Packet } from '@netwright/core';

/**
 * Packets that wait, each with a time; first in, first out. It doubles when it is full and never shrinks, so a steady
 * flow allocates nothing. Times must be put in in order.
 */
export class PacketRing {
  count = 0;
  private head = 0;
  private packets: (Packet | null)[];
  private times: Float64Array;

  /** @param size a power of two. */
  constructor(size = 64) {
    this.packets = new Array(size).fill(null);
    this.times = new Float64Array(size);
  }

  /** The time of the first; Infinity when there is none. */
  get next(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[this.head];
  }

  push(packet: Packet, at: number): void {
    if (this.count === this.packets.length) this.grow();
    const place = (this.head + this.count++) & (this.packets.length - 1);
    this.packets[place] = packet;
    this.times[place] = at;
  }

  /** Takes the first out; the ring must not be empty. */
  shift(): Packet {
    const packet = this.packets[this.head] as Packet;
    this.packets[this.head] = null;
    this.head = (this.head + 1) & (this.packets.length - 1);
    this.count--;
    return packet;
  }

  private grow(): void {
    const size = this.packets.length;
    const packets: (Packet | null)[] = new Array(size * 2).fill(null);
    const times = new Float64Array(size * 2);
    for (let i = 0; i < this.count; i++) {
      const from = (this.head + i) & (size - 1);
      packets[i] = this.packets[from];
      times[i] = this.times[from];
    }
    this.packets = packets;
    this.times = times;
    this.head = 0;
  }
}
