import { addSums, type Decider, type Packet, type Reason } from '@netwright/core';
import type { Path } from '../ip/network.js';
import { ACK, AT, HEADER_SIZE, RST, SYN, writeTcpHeader } from './header.js';
import { ALIGNED_TIMESTAMP } from './segment/options.js';
import type { Segment } from './segment/segment.js';
import { TCP_PROTOCOL } from './send/transmitter.js';
import { seqAdd } from './sequence.js';
import type { TcpSettings } from './settings.js';

/**
 * Whether a segment with these flags is answered by a reset where nobody takes it.
 * @param port {@link TcpSettings.closedPorts}, or that somebody listens there.
 */
export function isRefused(flags: number, port: TcpSettings['closedPorts'] | 'listening'): boolean {
  // A listener has nothing to say to a segment that neither opens nor acknowledges (section 3.10.7.2, step 4).
  if (port === 'listening') return (flags & (SYN | ACK)) !== 0;
  return port === 'reset' || (port === 'drop-syn' && (flags & SYN) === 0);
}

/**
 * Answers a segment that nobody wants (RFC 9293 section 3.10.7.1): with its own ACK as sequence number where it has
 * one, else with 0 and an acknowledgement of it. A reset is never answered.
 * @param path back to where it came from.
 * @param stamps whether it carries a timestamp where the segment does: of zero, and an echo (RFC 7323 section 5.2).
 * @returns whether a reset was sent.
 */
export function sendResetFor(
  segment: Segment,
  packet: Packet,
  path: Path,
  why: Reason,
  decider: Decider,
  stamps = false,
): boolean {
  if ((segment.flags & RST) !== 0) return false;
  const { view, pool } = packet;
  const stamped = stamps && segment.hasTimestamp;
  const size = HEADER_SIZE + (stamped ? 12 : 0);
  const reset = pool.take(size);
  if (reset === null) return false;
  const acks = (segment.flags & ACK) !== 0;
  const at = reset.append(size);
  writeTcpHeader(view, at, {
    sourcePort: segment.destinationPort,
    destinationPort: segment.sourcePort,
    sequence: acks ? segment.ack : 0,
    acknowledgment: acks ? 0 : seqAdd(segment.seq, segment.sequenceLength),
    size,
    reserved: 0,
    flags: acks ? RST : RST | ACK,
    window: 0,
    checksum: 0,
    urgentPointer: 0,
  });
  if (stamped) {
    view.setInt32(at + AT.options, ALIGNED_TIMESTAMP);
    view.setInt32(at + AT.options + 4, 0);
    view.setInt32(at + AT.options + 8, segment.tsVal);
  }
  const pseudo = addSums(path.addressSum, TCP_PROTOCOL + size);
  view.setUint16(at + AT.checksum, ~addSums(pseudo, pool.sum(at, size)) & 0xffff);
  reset.transport = at;
  reset.reason = why;
  reset.decider = decider;
  path.network.send(reset, path, TCP_PROTOCOL, true);
  return true;
}
