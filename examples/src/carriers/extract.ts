import { frameFields, type NetworkInterface, type Packet, type Tap } from 'netwright';
import { BitSink } from './bits.js';

/** One frame's fields, under Wireshark's names. */
export type Frame = Readonly<Record<string, unknown>> & { readonly bytes: Uint8Array };

/** Reads a frame of the client's that has arrived. @returns its fields, or null where it is somebody else's. */
export function received(direction: 'in' | 'out', packet: Packet): Frame | null {
  if (direction !== 'in') return null;
  const bytes = packet.toBytes();
  const fields = frameFields(bytes);
  return fields['ip.src'] === '10.0.0.2' ? Object.assign(fields, { bytes }) : null;
}

/** One place in a frame that carries bits. */
export interface Carried {
  readonly value: number;
  readonly bits: number;
}

/** Sees the frames that arrive and puts the bits that they carry together. */
export class Extractor implements Tap {
  /** Counted until the message was complete. */
  connections = 0;
  packets = 0;
  bits = 0;
  /** When it was, in ms of virtual time. */
  doneAt = 0;
  private readonly sink = new BitSink();

  /** @param read what one frame carries, in the order in which it was put there. */
  constructor(private readonly read: (frame: Frame) => readonly Carried[]) {}

  get message(): string | null {
    return this.sink.message;
  }

  frame(direction: 'in' | 'out', packet: Packet, _via: NetworkInterface, at: number): void {
    if (this.message !== null) return;
    const frame = received(direction, packet);
    if (frame === null) return;
    const carried = this.read(frame);
    if (isSyn(frame)) this.connections++;
    if (carried.length > 0) this.packets++;
    for (const { value, bits } of carried) {
      this.sink.put(value, bits);
      this.bits += bits;
    }
    this.doneAt = at;
  }
}

/** Whether it opens a connection. */
export function isSyn(frame: Frame): boolean {
  return frame['tcp.flags'] === 'S';
}
