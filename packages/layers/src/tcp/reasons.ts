import { type AnyToken, type Reason, reason } from '@netwright/core';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import {
  TCP_ACK,
  TCP_AUTHENTICATION,
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
} from './tokens.js';

/** A reason of ours: who signs it, and what is chosen for each packet below, count, too. */
function why(name: string, ...tokens: AnyToken[]): Reason {
  return reason(name, ...tokens, TCP_AUTHENTICATION, IP_ID, IP_TTL);
}

/** Why a segment is sent. */
export const WHY = {
  syn: why('tcp.syn', TCP_SESSION, TCP_ISN, TCP_PORTS, TCP_OPTIONS, TCP_WINDOW, TCP_ECN, TCP_FASTOPEN),
  synAck: why('tcp.synack', TCP_SESSION, TCP_ISN, TCP_LISTEN, TCP_OPTIONS, TCP_WINDOW, TCP_ECN, TCP_FASTOPEN),
  synCookie: why('tcp.synack.cookie', TCP_LISTEN, TCP_OPTIONS, TCP_WINDOW, TCP_ECN),
  synRetransmit: why('tcp.retransmit.syn', TCP_SESSION, TCP_RTT),
  synAckRetransmit: why('tcp.retransmit.synack', TCP_SESSION, TCP_RTT),
  handshakeAck: why('tcp.handshake.ack', TCP_SESSION, TCP_OPTIONS, TCP_WINDOW),
  data: why('tcp.data', TCP_SESSION, TCP_SEGMENTATION, TCP_CONGESTION, TCP_VALIDATION, TCP_OPTIONS),
  fin: why('tcp.fin', TCP_SESSION),
  retransmitFast: why('tcp.retransmit.fast', TCP_SESSION, TCP_RECOVERY),
  retransmitSynData: why('tcp.retransmit.syn-data', TCP_SESSION, TCP_FASTOPEN),
  retransmitSmaller: reason('tcp.retransmit.pmtu', TCP_SESSION),
  retransmitTimeout: why('tcp.retransmit.rto', TCP_SESSION, TCP_RTT, TCP_RECOVERY),
  pathProbe: why('tcp.probe.path', TCP_SESSION, TCP_CONGESTION),
  lossProbe: why('tcp.probe.loss', TCP_SESSION, TCP_RECOVERY),
  windowProbe: why('tcp.probe.window', TCP_SESSION, TCP_RTT),
  keepAlive: why('tcp.probe.keepalive', TCP_SESSION),
  ack: why('tcp.ack', TCP_SESSION, TCP_ACK, TCP_WINDOW),
  ackDelayed: why('tcp.ack.delayed', TCP_SESSION, TCP_ACK, TCP_WINDOW),
  ackOutOfOrder: why('tcp.ack.out-of-order', TCP_SESSION, TCP_ACK, TCP_REASSEMBLY),
  ackUnacceptable: why('tcp.ack.unacceptable', TCP_SESSION),
  ackMarked: why('tcp.ack.marked', TCP_SESSION, TCP_ECN),
  ackTimeWait: why('tcp.ack.time-wait', TCP_SESSION, TCP_TIMEWAIT),
  windowUpdate: why('tcp.window-update', TCP_SESSION, TCP_WINDOW),
  challenge: why('tcp.challenge', TCP_SESSION, TCP_CHALLENGE),
  resetNoConnection: why('tcp.reset.no-connection'),
  resetNotListening: why('tcp.reset.refused', TCP_LISTEN),
  resetHandshake: why('tcp.reset.handshake', TCP_SESSION),
  resetAborted: why('tcp.reset.aborted', TCP_SESSION),
  resetUnread: why('tcp.reset.unread-data', TCP_SESSION),
  resetTimeout: why('tcp.reset.timeout', TCP_SESSION),
  hook: why('tcp.hook.injected', TCP_SESSION),
} as const;
