import { ACK, RST } from '../header.js';
import type { Segment } from '../segment/segment.js';
import { seqAtMost, seqBefore } from '../sequence.js';
import { TcpSession } from '../session.js';
import { State } from '../state.js';

/** ms after which a SYN goes again when the answer to it was for another one. */
const SOON = 2;

/** A connection as Linux has it, where RFC 9293 leaves a choice. */
export class LinuxSession extends TcpSession {
  private answering: Segment | null = null;

  override receive(segment: Segment): void {
    this.answering = segment;
    super.receive(segment);
    this.answering = null;
  }

  /** What the peer answers may be an old connection, which the reset ends: the SYN need not wait for its timeout. */
  protected override inSynSent(segment: Segment): void {
    const { sender } = this;
    const acks = (segment.flags & (ACK | RST)) === ACK;
    const other = seqAtMost(segment.ack, sender.iss) || seqBefore(sender.sndNxt, segment.ack);
    super.inSynSent(segment);
    if (acks && other && this.state === State.SynSent && sender.handshakes === 1) sender.timer.hasten(SOON);
  }

  /** TCP_LINGER2 of less than nothing: who acknowledges the FIN is told that nobody is there any more. */
  override abort(): void {
    const { answering } = this;
    if (answering === null || this.state !== State.FinWait2) super.abort();
    else {
      this.resetFor(answering);
      this.finish(null);
    }
  }
}
