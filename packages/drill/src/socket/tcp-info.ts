import { type CongestionNotification, CongestionState, State, synchronized, type TcpSession } from '@netwright/layers';
import { Unsupported } from '../outcome.js';

/** TCP_INFO of a connection, with Linux's names and units: µs where Linux has them, else ms. */
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
const CA_NUMBER = [
  CongestionState.Open,
  CongestionState.Disorder,
  CongestionState.CWR,
  CongestionState.Recovery,
  CongestionState.Loss,
] as const;

/** Bytes of segments that nobody has told anything about, and of the timestamp option. */
const UNKNOWN_MSS = 536;
const LEAST_MSS = 88;
const TIMESTAMPS = 12;

/** Bytes of the option of RFC 2385 with its padding. */
const SIGNATURE = 20;

/** Fields that Linux has in µs. */
const MICROSECONDS = ['rto', 'ato', 'rtt', 'rttvar', 'rcv_rtt', 'busy_time', 'rwnd_limited', 'sndbuf_limited'] as const;

/** A snapshot. Fields that cannot be known from here are not in it: who asks for one is told `unsupported`. */
export function tcpInfo(session: TcpSession): TcpInfo {
  const { options, ca_state, limited_by: _, ...told } = session.info();
  const info: Record<string, number> = {};
  for (const [name, value] of Object.entries(told)) if (typeof value === 'number') info[`tcpi_${name}`] = value;
  for (const name of MICROSECONDS) info[`tcpi_${name}`] = Math.round(told[name] * 1000);
  info.tcpi_min_rtt = Number.isFinite(told.min_rtt) ? Math.round(told.min_rtt * 1000) : 0xffffffff;
  // -1 as an unsigned number of 64 bits stands for no limit.
  if (!Number.isFinite(told.max_pacing_rate)) info.tcpi_max_pacing_rate = 2 ** 64 - 1;
  info.tcpi_state = LINUX_STATE[session.state];
  info.tcpi_ca_state = CA_NUMBER.indexOf(ca_state);
  const bits = [options.timestamps, options.sack, options.wscale, options.ecn, options.ecn_seen, options.syn_data];
  bits.push(false, session.fastOpening.passively);
  info.tcpi_options = bits.reduce((sum, on, bit) => sum + (on ? 1 << bit : 0), 0);
  // Linux leaves the signature out of account here, and not where it cuts segments.
  if (session.transmitter.authenticator !== null) info.tcpi_snd_mss += SIGNATURE;
  if (info.tcpi_rcv_space === 0 && synchronized(session.state)) info.tcpi_rcv_space = 10 * session.receiver.ownSegment;
  if (session.state === State.SynSent) Object.assign(info, openingInfo(session));
  return { ...info, ...ecnInfo(session.ecn) };
}

/** What Linux tells of a connection whose SYN waits for its answer: nothing is agreed on, and guesses are told. */
function openingInfo({ transmitter, behaviour, sender }: TcpSession): TcpInfo {
  const { facts } = transmitter;
  return {
    tcpi_options: 0,
    tcpi_snd_mss: UNKNOWN_MSS - (facts.timestamps ? TIMESTAMPS : 0),
    tcpi_rcv_mss: LEAST_MSS,
    tcpi_advmss: facts.mss,
    tcpi_rttvar: behaviour.rtt.rttvar > 0 ? Math.round(behaviour.rtt.rttvar * 1000) : 250_000,
    tcpi_snd_cwnd: sender.timer.backoffs > 0 ? 1 : 10,
  };
}

/** What RFC 9768 counts: packets, and bytes of payload by how they arrived. */
function ecnInfo(ecn: CongestionNotification): TcpInfo {
  const { sending, receiving, feedback } = ecn;
  return {
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
