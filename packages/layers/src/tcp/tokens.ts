import { token } from '@netwright/core';
import { inject, injectable } from 'inversify';
import type { Authentication } from './authentication/authentication.js';
import type { ChallengePolicy } from './challenge.js';
import type { CongestionControl } from './congestion/congestion.js';
import type { EcnPolicy } from './ecn/policy.js';
import type { FastOpen } from './open/fastopen.js';
import type { InitialSequence } from './open/isn.js';
import type { ListenPolicy } from './open/listen-policy.js';
import type { EphemeralPorts } from './open/ports.js';
import type { AckPolicy } from './receive/ack.js';
import type { ReassemblyPolicy } from './receive/reassembly.js';
import type { WindowPolicy } from './receive/window.js';
import type { LossRecovery } from './recovery/recovery.js';
import type { RttEstimator } from './recovery/rtt.js';
import type { OptionLayout } from './segment/options.js';
import type { Segmentation } from './send/segmentation.js';
import type { WindowValidation } from './send/window-validation.js';
import type { TcpSession } from './session.js';
import type { TimeWaitPolicy } from './timewait.js';

/** The whole connection. */
export const TCP_SESSION = token<TcpSession>('tcp.session', {
  scope: 'socket',
  contract: 'TcpSession',
  fallback: 'TcpSession',
  changes: 'any step (sendSyn, sendSynAck, sendAck, sendData, sendFin, sendReset) and any state, by a subclass',
});
/** Initial sequence numbers. */
export const TCP_ISN = token<InitialSequence>('tcp.isn', {
  scope: 'socket',
  contract: 'InitialSequence',
  fallback: 'HashedSequence (RFC 9293 section 3.4.1)',
  changes: 'the sequence number that a connection begins with',
});
/** Ephemeral ports. */
export const TCP_PORTS = token<EphemeralPorts>('tcp.ports', {
  scope: 'socket',
  contract: 'EphemeralPorts',
  fallback: 'HashedPorts (RFC 6056 section 3.3.4)',
  changes: 'the local port of a connection that did not ask for one',
});
/** Options. */
export const TCP_OPTIONS = token<OptionLayout>('tcp.options', {
  scope: 'socket',
  contract: 'OptionLayout',
  fallback: 'DefaultOptionLayout (MSS, SACK permitted, timestamps, NOP, window scale)',
  changes: 'which options each kind of segment carries, in which order',
});
/** Segmentation. */
export const TCP_SEGMENTATION = token<Segmentation>('tcp.segmentation', {
  scope: 'socket',
  contract: 'Segmentation',
  fallback: 'NagleSegmentation (RFC 9293 sections 3.7.4 and 3.8.6.2.1)',
  changes: 'how the stream is cut into segments, when a small one waits, which ones push',
});
/** Acknowledgements. */
export const TCP_ACK = token<AckPolicy>('tcp.ack', {
  scope: 'socket',
  contract: 'AckPolicy',
  fallback: 'DelayedAck (40 ms, every second segment)',
  changes: 'when what was received is acknowledged',
});
/** The receive window. */
export const TCP_WINDOW = token<WindowPolicy>('tcp.window', {
  scope: 'socket',
  contract: 'WindowPolicy',
  fallback: 'OpenWindow (the free room of the receive buffer)',
  changes: 'what window is advertised, and its scale',
});
/** Reassembly. */
export const TCP_REASSEMBLY = token<ReassemblyPolicy>('tcp.reassembly', {
  scope: 'socket',
  contract: 'ReassemblyPolicy',
  fallback: 'KeepFirst',
  changes: 'which bytes win where segments overlap, and how many ranges are kept',
});
/** Round-trip time. */
export const TCP_RTT = token<RttEstimator>('tcp.rtt', {
  scope: 'socket',
  contract: 'RttEstimator',
  fallback: 'JacobsonRtt (RFC 6298)',
  changes: 'the retransmission timeout',
});
/** Loss recovery. */
export const TCP_RECOVERY = token<LossRecovery>('tcp.recovery', {
  scope: 'socket',
  contract: 'LossRecovery',
  fallback: 'AdaptiveRecovery: RACK-TLP (RFC 8985) with SACK, NewReno (RFC 6582) without',
  changes: 'what is taken for lost, and when it is sent again',
});
/** Congestion control. */
export const TCP_CONGESTION = token<CongestionControl>('tcp.congestion', {
  scope: 'socket',
  contract: 'CongestionControl',
  fallback: 'Cubic (RFC 9438) with HyStart++ (RFC 9406) and IW10 (RFC 6928)',
  changes: 'how much may be in flight',
});
/** Validation of the congestion window. */
export const TCP_VALIDATION = token<WindowValidation>('tcp.validation', {
  scope: 'socket',
  contract: 'WindowValidation',
  fallback: 'WindowUsage: a window that is not used does not grow',
  changes: 'when a congestion window may grow, and what is left of one that was not used',
});
/** Listening. */
export const TCP_LISTEN = token<ListenPolicy>('tcp.listen', {
  scope: 'socket',
  contract: 'ListenPolicy',
  fallback: 'Backlog',
  changes: 'whether a SYN is taken, ignored, refused or answered with a cookie',
});
/** TIME-WAIT. */
export const TCP_TIMEWAIT = token<TimeWaitPolicy>('tcp.timewait', {
  scope: 'socket',
  contract: 'TimeWaitPolicy',
  fallback: 'TwoMsl (60 s)',
  changes: 'how long the end of a connection is remembered, and when its ports may be used again',
});
/** Challenge ACKs. */
export const TCP_CHALLENGE = token<ChallengePolicy>('tcp.challenge', {
  scope: 'socket',
  contract: 'ChallengePolicy',
  fallback: 'ChallengePerConnection (RFC 5961, 10 a second)',
  changes: 'how many challenge ACKs are sent',
});
/** Fast open. */
export const TCP_FASTOPEN = token<FastOpen>('tcp.fastopen', {
  scope: 'socket',
  contract: 'FastOpen',
  fallback: 'none: no option is sent',
  changes: 'the fast open option of SYN and SYN-ACK, and whether data goes with them',
});
/** Explicit congestion notification. */
export const TCP_ECN = token<EcnPolicy>('tcp.ecn', {
  scope: 'socket',
  contract: 'EcnPolicy',
  fallback: 'ECN_PASSIVE: agrees when asked',
  changes: 'whether and how connections take part in ECN (RFC 3168, RFC 9768)',
});
/** Signed segments. */
export const TCP_AUTHENTICATION = token<Authentication>('tcp.authentication', {
  scope: 'socket',
  contract: 'Authentication',
  fallback: 'none: nobody has a key, and signatures are not looked at',
  changes: 'which peers sign their segments, and by which keys (RFC 2385, RFC 5925)',
});

/** All behaviours of one connection, resolved together when it is made. */
@injectable()
export class TcpBehaviour {
  constructor(
    @inject(TCP_ISN) readonly isn: InitialSequence,
    @inject(TCP_OPTIONS) readonly options: OptionLayout,
    @inject(TCP_SEGMENTATION) readonly segmentation: Segmentation,
    @inject(TCP_ACK) readonly ack: AckPolicy,
    @inject(TCP_WINDOW) readonly window: WindowPolicy,
    @inject(TCP_REASSEMBLY) readonly reassembly: ReassemblyPolicy,
    @inject(TCP_RTT) readonly rtt: RttEstimator,
    @inject(TCP_RECOVERY) readonly recovery: LossRecovery,
    @inject(TCP_CONGESTION) public congestion: CongestionControl,
    @inject(TCP_TIMEWAIT) readonly timewait: TimeWaitPolicy,
    @inject(TCP_CHALLENGE) readonly challenge: ChallengePolicy,
    @inject(TCP_FASTOPEN) readonly fastOpen: FastOpen,
    @inject(TCP_ECN) readonly ecn: EcnPolicy,
    @inject(TCP_AUTHENTICATION) readonly authentication: Authentication,
    @inject(TCP_VALIDATION) readonly validation: WindowValidation,
  ) {}
}

/** What a session is made with. */
export const TCP_BEHAVIOUR = token<TcpBehaviour>('tcp.behaviour');
