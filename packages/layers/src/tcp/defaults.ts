import { HOST, type Wiring } from '@netwright/core';
import { DelayedAck } from './ack.js';
import { AdaptiveRecovery } from './adaptive-recovery.js';
import { ChallengePerConnection } from './challenge.js';
import { Cubic } from './cubic.js';
import { ECN_PASSIVE } from './ecn.js';
import { NO_FAST_OPEN } from './fastopen.js';
import { hashedSequence } from './isn.js';
import { Backlog } from './listen.js';

import { DefaultOptionLayout } from './options.js';
import { hashedPorts } from './ports.js';
import { KeepFirst } from './reassembly.js';

import { JacobsonRtt } from './rtt.js';
import { NagleSegmentation } from './segmentation.js';
import { TcpSession } from './session.js';
import { TwoMsl } from './timewait.js';
import {
  TCP_ACK,
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
  TCP_WINDOW,
  TcpBehaviour,
} from './tokens.js';
import { OpenWindow } from './window.js';

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
  bind(TCP_CHALLENGE)
    .toDynamicValue(() => new ChallengePerConnection())
    .inTransientScope();
  bind(TCP_BEHAVIOUR).to(TcpBehaviour).inTransientScope();
  bind(TCP_SESSION).to(TcpSession).inTransientScope();
}
