import { addSums, type Decider, type Packet, type Reason } from '@netwright/core';
import type { Path } from '../ip/network.js';
import { ACK, AT, HEADER_SIZE, RST, writeTcpHeader } from './header.js';
import type { Segment } from './segment/segment.js';
import { TCP_PROTOCOL } from './send/transmitter.js';
import { seqAdd } from './sequence.js';

/**
 * Answers a segment that nobody wants (RFC 9293 section 3.10.7.1): with its own ACK as sequence number where it has
 * one, else with 0 and an acknowledgement of it. A reset is never answered.
 * @param path back to where it came from.
 * @returns whether a reset was sent.
 */
export function sendResetFor(segment: Segment, packet: Packet, path: Path, why: Reason, decider: Decider): boolean {
  if ((segment.flags & RST) !== 0) return false;
  const { view, pool } = packet;
  const reset = pool.take(HEADER_SIZE);
  if (reset === null) return false;
  const acks = (segment.flags & ACK) !== 0;
  const at = reset.append(HEADER_SIZE);
  writeTcpHeader(view, at, {
    sourcePort: segment.destinationPort,
    destinationPort: segment.sourcePort,
    sequence: acks ? segment.ack : 0,
    acknowledgment: acks ? 0 : seqAdd(segment.seq, segment.sequenceLength),
    size: HEADER_SIZE,
    reserved: 0,
    flags: acks ? RST : RST | ACK,
    window: 0,
    checksum: 0,
    urgentPointer: 0,
  });
  const pseudo = addSums(path.addressSum, TCP_PROTOCOL + HEADER_SIZE);
  view.setUint16(at + AT.checksum, ~addSums(pseudo, pool.sum(at, HEADER_SIZE)) & 0xffff);
  reset.transport = at;
  reset.reason = why;
  reset.decider = decider;
  path.network.send(reset, path, TCP_PROTOCOL, true);
  return true;
}
