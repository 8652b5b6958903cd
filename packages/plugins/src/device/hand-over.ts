import { ChecksumState, type Packet, type PacketPool } from '@netwright/core';

/**
 * Makes a frame that one stack has sent into one that another receives; takes ownership. In the same memory it is the
 * very packet, and what the sender knew about it is forgotten; else a copy in the receiver's memory.
 * @returns null when the receiver's memory has no slot.
 */
export function handOver(packet: Packet, pool: PacketPool, checksum: ChecksumState): Packet | null {
  if (packet.pool !== pool) return copyOver(packet, pool, checksum);
  packet.network = packet.transport = packet.sourceAt = packet.destinationAt = 0;
  packet.addressLength = 4;
  packet.trafficClass = packet.hopLimit = 0;
  packet.broadcast = false;
  packet.checksum = checksum;
  packet.interface = null;
  packet.reason = null;
  packet.decider = null;
  return packet;
}

function copyOver(packet: Packet, pool: PacketPool, checksum: ChecksumState): Packet | null {
  const copy = copyFrame(packet, pool, checksum);
  packet.release();
  return copy;
}

/** A copy of a sent frame for one more receiver; `packet` stays whose it is. */
export function copyFrame(packet: Packet, pool: PacketPool, checksum: ChecksumState): Packet | null {
  const length = packet.end - packet.start;
  const copy = pool.take(length);
  if (copy === null) return null;
  copy.bytes.set(packet.bytes.subarray(packet.start, packet.end), copy.append(length));
  copy.segmentSize = packet.segmentSize;
  copy.checksum = checksum;
  return copy;
}

/** What a receiver may assume of the checksums in a frame that came from memory. */
export function receivedChecksum(offloaded: boolean): ChecksumState {
  return offloaded ? ChecksumState.Verified : ChecksumState.Plain;
}
