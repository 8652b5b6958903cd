import { type CongestionNotification, State, type TcpSession } from '@netwright/layers';
import { Unsupported } from '../outcome.js';

/** TCP_INFO of a connection, with Linux's names; times in µs where Linux has them in µs, else in ms. */
export type TcpInfo = Readonly<Record<string, number>>;

/** Linux's numbers of the states. */
const LINUX_STATE: Record<number, number> = {
  [State.Closed]: 7,
  [State.Listen]: 10,
  [State.SynSent]: 2,
  [State.SynReceived]: 3,
  [State.Established]: 1,
  [State.FinWait1]: 4,
  [State.FinWait2]: 5,
  [State.CloseWait]: 8,
  [State.Closing]: 11,
  [State.LastAck]: 9,
  [State.TimeWait]: 6,
};

/** What Linux calls the state of congestion control. */
export const CA_STATE = { TCP_CA_Open: 0, TCP_CA_Disorder: 1, TCP_CA_CWR: 2, TCP_CA_Recovery: 3, TCP_CA_Loss: 4 };

/** Bits of tcpi_options. */
const OPTION_BITS = { timestamps: 1, sack: 2, windowScale: 4, ecn: 8, ecnSeen: 16, synData: 32 };

/** Slow start threshold before the first loss. */
const INFINITE = 0x7fffffff;

/** A snapshot. Fields that cannot be known from here are not in it: who asks for one is told `unsupported`. */
export function tcpInfo(session: TcpSession): TcpInfo {
  const { sender, receiver, transmitter, behaviour, ecn } = session;
  const { flight, congestion, rtt, mss } = sender;
  const { facts } = transmitter;
  let retransmitted = 0;
  for (let i = 0; i < flight.count; i++) {
    const each = flight.at(i);
    if (each.retransmitted && !each.sacked && !each.lost) retransmitted++;
  }
  // Linux counts whole packets.
  const packets = (bytes: number) => Math.floor(bytes / mss + 1e-6);
  const recovering = behaviour.recovery.recovering;
  const timedOut = sender.timer.backoffs > 0 || (!recovering && flight.lostCount > 0);
  const caState = timedOut ? 4 : recovering ? 3 : ecn.reducing(sender.sndUna) ? 2 : flight.sackedCount > 0 ? 1 : 0;
  const micro = (ms: number) => Math.round(ms * 1000);
  return {
    tcpi_state: LINUX_STATE[session.state],
    tcpi_ca_state: caState,
    tcpi_retransmits: sender.timer.backoffs,
    tcpi_backoff: sender.timer.backoffs,
    tcpi_options:
      (facts.timestamps ? OPTION_BITS.timestamps : 0) |
      (facts.sackPermitted ? OPTION_BITS.sack : 0) |
      (facts.windowScale >= 0 ? OPTION_BITS.windowScale : 0) |
      (ecn.agreed ? OPTION_BITS.ecn : 0) |
      (ecn.seen ? OPTION_BITS.ecnSeen : 0) |
      (session.fastOpening.dataTaken ? OPTION_BITS.synData : 0),
    tcpi_snd_wscale: sender.windowShift,
    tcpi_rcv_wscale: receiver.windowShift,
    tcpi_rto: micro(rtt.rto),
    tcpi_snd_mss: mss,
    tcpi_rcv_mss: receiver.ackFacts.segmentSize,
    tcpi_advmss: facts.mss - (facts.timestamps ? 12 : 0),
    tcpi_unacked: unacknowledged(session),
    tcpi_sacked: Math.ceil(flight.sackedBytes / mss),
    tcpi_lost: Math.ceil(flight.lostBytes / mss) + (recovering || timedOut ? retransmitted : 0),
    tcpi_retrans: retransmitted,
    tcpi_total_retrans: sender.retransmissions,
    tcpi_rtt: micro(rtt.srtt),
    tcpi_rttvar: micro(rtt.rttvar),
    tcpi_min_rtt: Number.isFinite(rtt.min) ? micro(rtt.min) : 0xffffffff,
    tcpi_snd_cwnd: packets(congestion.cwnd),
    tcpi_snd_ssthresh: congestion.ssthresh >= INFINITE ? INFINITE : packets(congestion.ssthresh),
    tcpi_pmtu: transmitter.path.mtu,
    tcpi_notsent_bytes: sender.unsent,
    tcpi_bytes_acked: sender.acknowledgedBytes,
    tcpi_bytes_received: receiver.ackFacts.received,
    tcpi_snd_wnd: sender.sndWnd,
    tcpi_delivered: sender.arrivedPackets,
    ...ecnInfo(ecn),
  };
}

/** Linux counts a SYN by itself, and no SYN-ACK of a passive open. */
function unacknowledged({ sender, passive }: TcpSession): number {
  const { flight, mss, opened } = sender;
  if (flight.count === 0) return 0;
  return opened ? Math.ceil(flight.bytes / mss) : flight.count - (passive ? 1 : 0);
}

/** What RFC 9768 counts: packets, and bytes of payload by how they arrived. */
function ecnInfo(ecn: CongestionNotification): TcpInfo {
  const { sending, receiving, feedback } = ecn;
  return {
    tcpi_delivered_ce: ecn.deliveredMarks,
    tcpi_received_ce: ecn.receivedMarks,
    tcpi_delivered_e1_bytes: sending?.bytes[1] ?? 0,
    tcpi_delivered_e0_bytes: sending?.bytes[2] ?? 0,
    tcpi_delivered_ce_bytes: sending?.bytes[3] ?? 0,
    tcpi_received_e1_bytes: receiving?.bytes[1] ?? 0,
    tcpi_received_e0_bytes: receiving?.bytes[2] ?? 0,
    tcpi_received_ce_bytes: receiving?.bytes[3] ?? 0,
    tcpi_accecn_fail_mode: ecn.failed,
    tcpi_accecn_opt_seen: sending?.options ?? 0,
    tcpi_ecn_mode: feedback,
  };
}

/** Fields of TCP_INFO that Linux has and this snapshot cannot tell. */
export function unknownField(name: string): never {
  throw new Unsupported(`${name} of TCP_INFO`);
}
