import type { Packet } from '@netwright/core';

/**
 * A beat on the wire, 8 bytes in network order:
 *
 *   0  kind      1 = beat, 2 = answer
 *   1  zero
 *   2  sender    chosen by whoever beats
 *   4  number    of the beat
 */
export const BEAT = { kind: 0, sender: 2, number: 4 } as const;
export const BEAT_SIZE = 8;

export enum Kind {
  Beat = 1,
  Answer = 2,
}

/** Whether the packet is a beat or an answer; what is not is dropped. */
export function isBeat({ view, start, length }: Packet): boolean {
  if (length !== BEAT_SIZE || view.getUint8(start + 1) !== 0) return false;
  const kind = view.getUint8(start + BEAT.kind);
  return kind === Kind.Beat || kind === Kind.Answer;
}

/** Appends a beat to an empty packet. */
export function writeBeat(packet: Packet, kind: Kind, sender: number, number: number): void {
  const at = packet.append(BEAT_SIZE);
  const { view } = packet;
  view.setUint16(at, kind << 8);
  view.setUint16(at + BEAT.sender, sender);
  view.setUint32(at + BEAT.number, number);
}
