import { TcpSession } from '@netwright/layers';
import { injectable, injectFromBase } from 'inversify';

/**
 * Begins with sequence number 5555, whichever end opens: the smallest session of one's own. A step that sends is
 * overridden, chooses the number, and does what it always does.
 */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
export class FiveFiveSession extends TcpSession {
  protected override sendSyn(): void {
    this.useInitialSequence(5555);
    super.sendSyn();
  }

  protected override sendSynAck(): void {
    this.useInitialSequence(5555);
    super.sendSynAck();
  }
}
