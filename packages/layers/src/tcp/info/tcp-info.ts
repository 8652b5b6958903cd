import { unpacedRate } from '../congestion/pacing.js';
import type { TcpSession } from '../session.js';
import { stateName } from '../state.js';
import { CongestionState, congestionStateOf } from './congestion-state.js';
import { SendLimit } from './send-limits.js';

/** Slow start threshold before the first loss, as Linux says it. */
const INFINITE = 0x7fffffff;
/** How far a path reorders while nothing is known of it, in segments (RFC 5681). */
const REORDERING = 3;

/** Linux counts whole segments; windows that were halved have fractions. */
function segmentsOf(bytes: number, mss: number): number {
  return bytes >= Number.MAX_SAFE_INTEGER ? INFINITE : Math.min(Math.floor(bytes / mss + 1e-6), INFINITE);
}

/** Segments that a SYN or data in flight make: a SYN counts by itself, and no SYN-ACK of a passive open (Linux). */
function inFlight({ sender, passive }: TcpSession): number {
  const { flight, mss, opened } = sender;
  if (flight.count === 0) return 0;
  return opened ? Math.ceil(flight.load / mss) : flight.count - (passive ? 1 : 0);
}

/**
 * What Linux's TCP_INFO tells of a connection, by its names. Times are in ms, rates in bytes a second, windows named
 * `cwnd` and `ssthresh` and counts of segments in segments, all else in bytes. It is made when it is asked for, and costs
 * nothing before. `now` is the time of the clock, in ms.
 */
export function tcpInfo(session: TcpSession, now: number) {
  const { sender, receiver, transmitter, behaviour, ecn } = session;
  const { flight, congestion, rtt, mss, limits, timer, rate } = sender;
  const { facts } = transmitter;
  const { recovery } = behaviour;
  const state = congestionStateOf(session);
  let again = 0;
  for (let i = 0; i < flight.count; i++) {
    const each = flight.at(i);
    if (each.retransmitted && !each.sacked && !each.lost) again += Math.max(1, Math.ceil(each.length / mss));
  }
  const repairing = state === CongestionState.Recovery || state === CongestionState.Loss;
  const departed = sender.sack ? 0 : Math.ceil(recovery.departed / mss);
  const rateOf = rtt.srtt > 0 ? congestion.pacingRate || unpacedRate(congestion, rtt.srtt) : 0;
  const synAcknowledged = session.passive && sender.opened ? 1 : 0;
  return {
    /** 'ESTABLISHED' */
    state: stateName(session.state),
    /** 'Open', 'Disorder', 'CWR', 'Recovery' or 'Loss'. */
    ca_state: state,
    /** Timeouts in a row, probes without an answer, and how often the timeout was doubled. */
    retransmits: flight.count > 0 ? timer.backoffs : 0,
    probes: timer.probes + session.keepAliveProbes,
    backoff: (behaviour.rtt.doublings ?? timer.backoffs) + (behaviour.rtt.probeDoublings ?? 0),
    /** What both ends have agreed on. */
    options: {
      timestamps: facts.timestamps,
      sack: facts.sackPermitted,
      wscale: facts.windowScale >= 0,
      ecn: ecn.agreed,
      ecn_seen: ecn.seen,
      syn_data: session.fastOpening.dataTaken,
    },
    snd_wscale: sender.windowShift,
    rcv_wscale: receiver.windowShift,
    rto: rtt.rto,
    ato: behaviour.ack.wait ?? 0,
    snd_mss: Math.min(mss, sender.halfWindow),
    rcv_mss: receiver.segmentSize,
    unacked: inFlight(session),
    sacked: Math.ceil(flight.sackedLoad / mss) + departed,
    lost: Math.ceil(flight.lostLoad / mss) + (repairing ? again : 0),
    retrans: again,
    /** Linux has this field, and 0 in it. */
    fackets: 0,
    /** ms since then. */
    last_data_sent: now - Math.max(sender.lastSentAt, session.openedAt),
    last_data_recv: now - Math.max(receiver.dataAt, session.openedAt),
    last_ack_recv: now - Math.max(session.ackHeardAt, session.openedAt),
    pmtu: transmitter.path.mtu,
    /** How far the window may open: the receive buffer, where the policy does not say less. */
    rcv_ssthresh: receiver.opens,
    rtt: rtt.srtt,
    rttvar: rtt.rttvar,
    snd_ssthresh: segmentsOf(congestion.ssthresh, mss),
    snd_cwnd: segmentsOf(congestion.cwnd, mss),
    advmss: facts.mss - (facts.timestamps ? 12 : 0),
    reordering: recovery.reordering ?? REORDERING,
    rcv_rtt: receiver.tuning?.rtt ?? 0,
    /** The most that the application took in a round trip. */
    rcv_space: receiver.tuning?.space ?? 0,
    total_retrans: sender.retransmissions + Math.max(0, sender.handshakes - 1),
    pacing_rate: Math.floor(1000 * (sender.maxPacingRate > 0 ? Math.min(rateOf, sender.maxPacingRate) : rateOf)),
    max_pacing_rate: sender.maxPacingRate > 0 ? 1000 * sender.maxPacingRate : Number.POSITIVE_INFINITY,
    /** The SYN of an active open counts, and both FINs. */
    bytes_acked: sender.acknowledgedBytes - synAcknowledged,
    bytes_received: receiver.ackFacts.received + (receiver.finished ? 1 : 0),
    segs_out: transmitter.segments,
    /** The SYN of a passive open counts, too. */
    segs_in: session.segmentsReceived + (session.passive ? 1 : 0),
    notsent_bytes: sender.unsent,
    /** Infinity before the first measurement. */
    min_rtt: rtt.min,
    data_segs_in: receiver.dataSegments,
    data_segs_out: transmitter.dataSegments,
    delivery_rate: Math.floor(1000 * rate.best),
    delivery_rate_app_limited: rate.bestAppLimited,
    /** How long something was queued or in flight, and of that, how long a window or the buffer held it back. */
    busy_time: limits.busy(now),
    rwnd_limited: limits.time(SendLimit.ReceiveWindow, now),
    sndbuf_limited: limits.time(SendLimit.SendBuffer, now),
    /** Not of Linux: the same for the other limits, and what it is just now. */
    cwnd_limited: limits.time(SendLimit.CongestionWindow, now),
    pacing_limited: limits.time(SendLimit.Pacing, now),
    limited_by: limits.name,
    delivered: sender.arrivedPackets,
    delivered_ce: ecn.deliveredMarks,
    bytes_sent: sender.sentBytes,
    bytes_retrans: sender.resentBytes,
    dsack_dups: sender.duplicatesReported,
    reord_seen: recovery.reorderings ?? 0,
    rcv_ooopack: receiver.disorderedSegments,
    snd_wnd: sender.sndWnd,
    rcv_wnd: receiver.told,
    /** The flow label of a connection stays. */
    rehash: 0,
    total_rto: timer.timeouts,
    /** Not of Linux: the keys of a connection that is signed by TCP-AO; null for any other. */
    signature_keys: transmitter.authenticator?.keys ?? null,
  };
}

/** See {@link tcpInfo}. */
export type TcpInfo = ReturnType<typeof tcpInfo>;
