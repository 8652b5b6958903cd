import { addSums, type Packet } from '@netwright/core';
import { TCP_PROTOCOL } from './send/transmitter.js';

/** RFC 9293 section 3.1: pseudo-header and segment sum to all ones. Both addresses lie side by side in either version's header. */
export function checksumHolds(packet: Packet): boolean {
  const { pool, start } = packet;
  const total = packet.end - start;
  const pseudo = addSums(pool.sum(packet.sourceAt, 2 * packet.addressLength), TCP_PROTOCOL + total);
  return addSums(pseudo, pool.sum(start, total)) === 0xffff;
}
