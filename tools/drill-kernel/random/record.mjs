// What one side sent, in numbers that do not depend on its initial ones.
import { describeOptions, Flows, flagLetters, readFrame, readSegment } from './drill.mjs';

const SYN = 0x02;
const ACK = 0x10;
/** What the first timestamp is called. */
export const FIRST_STAMP = 100;

/** Takes frames as they are sent, and keeps segments. */
export class Record {
  constructor(addresses) {
    this.segments = [];
    this.flows = new Flows(addresses, () => true);
  }

  /** @param event the number of events that had happened before it was sent. */
  take(frame, event) {
    const packet = readFrame(frame);
    if (packet === null || packet.protocol !== 6) return;
    const segment = readSegment(packet.content);
    const flow = this.flows.ofSeen(null, segment);
    if ((segment.flags & SYN) !== 0 && !flow.mapped) flow.mapLocal(0, segment.seq);
    const stamp = stampOf(segment.options);
    if (stamp !== null && (segment.flags & SYN) !== 0) flow.mapStamp(FIRST_STAMP, stamp);
    const own = { ...flow.seen, tsVal: () => 0 };
    const seq = flow.toScript(segment.seq);
    this.segments.push({
      at: frame.at,
      event,
      reason: frame.reason,
      flags: flagLetters(segment.flags),
      seq,
      length: segment.payload.length,
      end: seq + segment.payload.length + (segment.flags & SYN ? 1 : 0) + (segment.flags & 1),
      ack: segment.flags & ACK ? segment.ack >>> 0 : null,
      window: segment.window,
      urgent: segment.urgent,
      ecn: packet.trafficClass & 3,
      options: describeOptions(segment.options, own).join(','),
      stamp: stamp === null ? null : flow.stampToScript(stamp),
    });
  }
}

function stampOf(options) {
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  for (let at = 0; at < options.length && options[at] !== 0; at += options[at] === 1 ? 1 : options[at + 1] || 99)
    if (options[at] === 8) return view.getUint32(at + 2);
  return null;
}

/** A segment in the script's words. */
export function describe({ flags, seq, length, ack, window, urgent, options, ecn }, before = '>') {
  const marks = ecn === 0 ? '' : `[${['', 'ect1', 'ect0', 'ce'][ecn]}] `;
  const parts = [`${before} ${marks}${flags}`, `${seq}:${seq + length}(${length})`];
  if (ack !== null) parts.push(`ack ${ack}`);
  parts.push(`win ${window}`);
  if (flags.includes('U')) parts.push(`urg ${urgent}`);
  if (options !== '') parts.push(`<${options}>`);
  return parts.join(' ');
}
