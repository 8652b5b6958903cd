import { HOST, type Wiring } from '@netwright/core';
import { NO_AUTHENTICATION } from './authentication/authentication.js';
import { ChallengePerConnection } from './challenge.js';
import { Cubic } from './congestion/cubic.js';
import { ECN_PASSIVE } from './ecn/policy.js';
import { NO_FAST_OPEN } from './open/fastopen.js';
import { hashedSequence } from './open/isn.js';
import { Backlog } from './open/listen-policy.js';
import { hashedPorts } from './open/ports.js';
import { DelayedAck } from './receive/ack.js';
import { KeepFirst } from './receive/reassembly.js';
import { OpenWindow } from './receive/window.js';
import { AdaptiveRecovery } from './recovery/adaptive-recovery.js';

import { JacobsonRtt } from './recovery/rtt.js';
import { DefaultOptionLayout } from './segment/options.js';
import { NagleSegmentation } from './send/segmentation.js';
import { WindowUsage } from './send/window-usage.js';
import { TcpSession } from './session.js';
import { TwoMsl } from './timewait.js';
import {
  TCP_ACK,
  TCP_AUTHENTICATION,
  TCP_BEHAVIOUR,
  TCP_CHALLENGE,
  TCP_CONGESTION,
  TCP_ECN,
  TCP_FASTOPEN,
  TCP_ISN,
  TCP_LISTEN,
  TCP_OPTIONS,
  TCP_PORTS,
  TCP_REASSEMBLY,
  TCP_RECOVERY,
  TCP_RTT,
  TCP_SEGMENTATION,
  TCP_SESSION,
  TCP_TIMEWAIT,
  TCP_VALIDATION,
  TCP_WINDOW,
  TcpBehaviour,
} from './tokens.js';

/** What stands behind the tokens of TCP when nothing is overridden. */
export function tcpDefaults({ bind }: Pick<Wiring<unknown>, 'bind'>): void {
  // Without state of a connection: one for all.
  bind(TCP_ISN).toDynamicValue(({ get }) => hashedSequence(get(HOST)));
  bind(TCP_PORTS).toDynamicValue(({ get }) => hashedPorts(get(HOST)));
  bind(TCP_OPTIONS).toConstantValue(new DefaultOptionLayout());
  bind(TCP_SEGMENTATION).toConstantValue(new NagleSegmentation());
  bind(TCP_ACK).toConstantValue(new DelayedAck());
  bind(TCP_WINDOW).toConstantValue(new OpenWindow());
  bind(TCP_REASSEMBLY).toConstantValue(new KeepFirst());
  bind(TCP_TIMEWAIT).toConstantValue(new TwoMsl());
  bind(TCP_LISTEN).toConstantValue(new Backlog());
  bind(TCP_FASTOPEN).toConstantValue(NO_FAST_OPEN);
  bind(TCP_ECN).toConstantValue(ECN_PASSIVE);
  bind(TCP_AUTHENTICATION).toConstantValue(NO_AUTHENTICATION);
  // With state of a connection: one for each.
  bind(TCP_RTT)
    .toDynamicValue(() => new JacobsonRtt())
    .inTransientScope();
  bind(TCP_RECOVERY)
    .toDynamicValue(() => new AdaptiveRecovery())
    .inTransientScope();
  bind(TCP_CONGESTION)
    .toDynamicValue(() => new Cubic())
    .inTransientScope();
  bind(TCP_VALIDATION)
    .toDynamicValue(() => new WindowUsage())
    .inTransientScope();
  bind(TCP_CHALLENGE)
    .toDynamicValue(() => new ChallengePerConnection())
    .inTransientScope();
  bind(TCP_BEHAVIOUR).to(TcpBehaviour).inTransientScope();
  bind(TCP_SESSION).to(TcpSession).inTransientScope();
}
