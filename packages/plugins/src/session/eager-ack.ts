import type { Segment } from '@netwright/layers';
import { TCP_WHY, TcpSession } from '@netwright/layers';
import { injectable, injectFromBase } from 'inversify';

/**
 * Acknowledges every segment with data on its own, at once, instead of once for what came together: what a sender in
 * slow start likes best, and what acknowledgement storms look like.
 */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
export class EagerAckSession extends TcpSession {
  protected override takeText(segment: Segment): void {
    const { length } = segment;
    super.takeText(segment);
    if (length > 0) this.acknowledgeNow(TCP_WHY.ack);
  }
}
