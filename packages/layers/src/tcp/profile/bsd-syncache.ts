import { ACK, RST, SYN } from '../header.js';
import type { Receiver } from '../receive/receiver.js';
import type { Segment } from '../segment/segment.js';
import type { Sender } from '../send/sender.js';
import type { Transmitter } from '../send/transmitter.js';
import { seqAdd, seqAtMost, seqBefore } from '../sequence.js';
import type { FreebsdRules } from './bsd-rules.js';

/** What becomes of a segment for a connection that a listener has answered. */
export const Verdict = {
  Ignore: 0,
  /** It completes the handshake. */
  Complete: 1,
  /** The SYN again. */
  Answer: 2,
  /** RFC 5961: an acknowledgement of what is expected. */
  Challenge: 3,
  /** A reset is the answer. */
  Refuse: 4,
  /** The peer does not want it any more. */
  Reset: 5,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** FreeBSD's syncache(4): what is there of a connection before its handshake is complete judges segments by itself. */
export class BsdSyncache {
  constructor(private readonly rules: FreebsdRules) {}

  judge(
    segment: Segment,
    connection: {
      readonly transmitter: Transmitter;
      readonly receiver: Receiver;
      readonly sender: Sender;
      now: number;
    },
  ): Verdict {
    const { flags } = segment;
    const { transmitter, receiver, sender } = connection;
    if ((flags & RST) !== 0) return this.judgeReset(segment.seq, receiver);
    if ((flags & SYN) !== 0) return (flags & ACK) === 0 ? Verdict.Answer : Verdict.Refuse;
    if ((flags & ACK) === 0) return Verdict.Ignore;
    if (transmitter.facts.timestamps) {
      if (!segment.hasTimestamp && !this.rules.toleratesMissingTimestamps) return Verdict.Ignore;
      if (segment.hasTimestamp && receiver.outdated(segment, connection.now)) return Verdict.Ignore;
    }
    const end = seqAdd(receiver.irs, receiver.offered);
    if (seqAtMost(segment.seq, receiver.irs) || seqBefore(end, segment.seq)) return Verdict.Challenge;
    return segment.ack === seqAdd(sender.iss, 1) ? Verdict.Complete : Verdict.Refuse;
  }

  /** RFC 5961 section 3.2. */
  private judgeReset(seq: number, { rcvNxt, offered }: Receiver): Verdict {
    if (seq === rcvNxt) return Verdict.Reset;
    if (!seqAtMost(rcvNxt, seq) || !seqBefore(seq, seqAdd(rcvNxt, offered))) return Verdict.Ignore;
    return this.rules.insecureReset ? Verdict.Reset : Verdict.Challenge;
  }
}
