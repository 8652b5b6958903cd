import type { Packet } from '@netwright/core';

/** Room for packets that wait, shared by all neighbours of a stack. */
export interface WaitingRoom {
  /** Whether one more packet may wait; it has been counted then. */
  admit(): boolean;
  /** `count` packets wait no longer; `lost` packets were dropped for want of room. */
  discharge(count: number, lost: number): void;
}

/**
 * Packets for a neighbour whose hardware address is being asked for. Where too many wait the oldest is dropped: RFC 1122
 * section 2.3.2.2 and RFC 4861 section 7.2.2 ask to keep the latest, which their senders have not yet given up.
 */
export class WaitingPackets {
  private packets: Packet[] = [];
  private types: number[] = [];

  constructor(
    private readonly room: WaitingRoom,
    /** How many there may be. */
    private readonly limit: number,
  ) {}

  get count(): number {
    return this.packets.length;
  }

  /** The one that waits for longest. */
  get first(): Packet | undefined {
    return this.packets[0];
  }

  /** Keeps a packet, or drops it where others take all the room; takes ownership. */
  add(packet: Packet, etherType: number): void {
    if (this.count >= this.limit) this.dropOldest();
    if (!this.room.admit()) {
      if (this.count === 0) {
        this.room.discharge(0, 1);
        packet.release();
        return;
      }
      this.dropOldest();
      this.room.admit();
    }
    this.packets.push(packet);
    this.types.push(etherType);
  }

  /** They wait no longer. @returns them: the caller's now */
  take(): Packet[] {
    const { packets } = this;
    if (packets.length === 0) return packets;
    this.packets = [];
    this.types = [];
    this.room.discharge(packets.length, 0);
    return packets;
  }

  /** Sends them all, in the order in which they came. */
  sendBy(send: (packet: Packet, etherType: number) => void): void {
    const { types } = this;
    const packets = this.take();
    for (let i = 0; i < packets.length; i++) send(packets[i], types[i]);
  }

  private dropOldest(): void {
    this.packets.shift()?.release();
    this.types.shift();
    this.room.discharge(1, 1);
  }
}
