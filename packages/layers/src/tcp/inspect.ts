import type { Fields } from '@netwright/core';
import { CONGESTION_EXPERIENCED, ECT_0, ECT_1 } from './ecn/codepoint.js';
import { type CongestionNotification, Feedback } from './ecn/notification.js';
import type { TcpSession } from './session.js';
import { stateName } from './state.js';

/** What {@link inspectTcp} needs of the layer. */
export interface Inspected {
  readonly connections: number;
  readonly blocks: { readonly inUse: number };
  sessions(): TcpSession[];
}

/**
 * The connections of a layer as fields: '49152-10.0.0.1:80.state', and without the local port where that is enough to
 * know it, '10.0.0.1:80.state'. States are written as the kernel's tools do: CLOSE_WAIT.
 */
export function inspectTcp(tcp: Inspected): Fields {
  const fields: Fields = { 'held.connections': tcp.connections, 'held.blocks': tcp.blocks.inUse };
  const sessions = tcp.sessions();
  const ends = sessions.map(({ id }) => `${id.remoteAddress}:${id.remotePort}`);
  for (const [i, session] of sessions.entries()) {
    const alone = ends.indexOf(ends[i]) === ends.lastIndexOf(ends[i]);
    for (const [name, value] of Object.entries(stateOf(session))) {
      fields[`${session.id.localPort}-${ends[i]}.${name}`] = value;
      if (alone) fields[`${ends[i]}.${name}`] = value;
    }
  }
  return fields;
}

/** What marks have come and were told of: packets, and bytes of payload where feedback is accurate. */
function ecnOf({
  feedback,
  failed,
  receivedMarks,
  deliveredMarks,
  receiving,
  sending,
}: CongestionNotification): Fields {
  if (feedback === Feedback.None) return { ecn: 'none' };
  const marks = { 'ecn.receivedMarks': receivedMarks, 'ecn.deliveredMarks': deliveredMarks };
  if (receiving === null || sending === null || feedback === Feedback.Classic) return { ecn: 'classic', ...marks };
  return {
    ecn: 'accurate',
    ...marks,
    'ecn.failed': failed,
    'ecn.receivedBytes.ect0': receiving.bytes[ECT_0],
    'ecn.receivedBytes.ect1': receiving.bytes[ECT_1],
    'ecn.receivedBytes.ce': receiving.bytes[CONGESTION_EXPERIENCED],
    'ecn.deliveredBytes.ect0': sending.bytes[ECT_0],
    'ecn.deliveredBytes.ect1': sending.bytes[ECT_1],
    'ecn.deliveredBytes.ce': sending.bytes[CONGESTION_EXPERIENCED],
  };
}

/** Sequence numbers count from the initial ones; times are ms, all else bytes and counts. */
function stateOf({ state, sender, receiver, behaviour, ecn }: TcpSession): Fields {
  const own = (seq: number) => (seq - sender.iss) | 0;
  const peers = (seq: number) => (seq - receiver.irs) | 0;
  return {
    state: stateName(state).replaceAll('-', '_'),
    iss: sender.iss >>> 0,
    irs: receiver.irs >>> 0,
    sndUna: own(sender.sndUna),
    sndNxt: own(sender.sndNxt),
    sndWnd: sender.sndWnd,
    queued: sender.queued,
    unsent: sender.unsent,
    sentBytes: sender.sentBytes,
    ackedBytes: sender.acknowledgedBytes,
    retransmissions: sender.retransmissions,
    inFlight: sender.flight.count,
    cwnd: sender.congestion.cwnd,
    mss: sender.mss,
    srtt: behaviour.rtt.srtt,
    rto: behaviour.rtt.rto,
    rcvNxt: peers(receiver.rcvNxt),
    rcvWnd: receiver.advertised,
    readable: receiver.readable,
    finSent: sender.finSent,
    finReceived: receiver.finished,
    ...ecnOf(ecn),
  };
}
