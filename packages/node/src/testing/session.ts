import type { Reason } from '@netwright/core';
import { type Segment, State, seqDistance, type TcpBehaviour, TcpSession } from '@netwright/layers';
import type { Conduct, Moment, Plan } from './conduct.js';

/** The peer's `tcp.session`: as any other, until its conduct says otherwise. */
export class MisbehavingSession extends TcpSession {
  /** It alone neither hears nor speaks any more. */
  silent = false;
  private readonly done = new Set<Plan>();

  constructor(
    behaviour: TcpBehaviour,
    private readonly conduct: Conduct,
  ) {
    super(behaviour);
  }

  private get mute(): boolean {
    return this.silent || this.conduct.silent;
  }

  override receive(segment: Segment): void {
    if (this.mute) return;
    super.receive(segment);
    // Before the application hears of it: a reset after so many bytes comes in the place of an answer to them.
    this.carryOut();
  }

  override turnEnd(): void {
    super.turnEnd();
    this.carryOut();
  }

  protected override transmit(
    flags: number,
    seq: number,
    offset: number,
    length: number,
    why: Reason,
    fresh: boolean,
  ): void {
    if (!this.mute) super.transmit(flags, seq, offset, length, why, fresh);
  }

  protected override sendSyn(): void {
    if (!this.mute) super.sendSyn();
  }

  protected override sendSynAck(): void {
    if (!this.mute) super.sendSynAck();
  }

  protected override sendReset(why: Reason): void {
    if (!this.mute) super.sendReset(why);
  }

  private carryOut(): void {
    for (const plan of this.conduct.plans) {
      if (this.state < State.Established) return;
      if (this.done.has(plan) || !this.hasCome(plan.at)) continue;
      this.done.add(plan);
      plan.act(this);
    }
  }

  private hasCome({ direction, bytes }: Moment): boolean {
    const { sender, receiver } = this;
    const [first, next] =
      direction === 'received' ? [receiver.irs, receiver.rcvNxt] : ([sender.iss, sender.sndNxt] as const);
    // The SYN has a number of its own.
    return seqDistance(first, next) - 1 >= bytes;
  }
}
