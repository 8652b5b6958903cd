import { State, seqDistance, type TcpSession } from '@netwright/layers';
import type { TcpInfo } from '../socket/tcp-info.js';

/** FreeBSD's numbers of the states (tcp_fsm.h). */
export const BSD_STATE: Record<number, number> = {
  [State.Closed]: 0,
  [State.Listen]: 1,
  [State.SynSent]: 2,
  [State.SynReceived]: 3,
  [State.Established]: 4,
  [State.CloseWait]: 5,
  [State.FinWait1]: 6,
  [State.Closing]: 7,
  [State.LastAck]: 8,
  [State.FinWait2]: 9,
  [State.TimeWait]: 10,
};

/** Names of states, of Linux and of FreeBSD, with the number that FreeBSD has. */
export const BSD_STATE_NAMES: Record<string, number> = {
  TCPS_CLOSED: 0,
  TCPS_LISTEN: 1,
  TCPS_SYN_SENT: 2,
  TCPS_SYN_RECEIVED: 3,
  TCPS_ESTABLISHED: 4,
  TCPS_CLOSE_WAIT: 5,
  TCPS_FIN_WAIT_1: 6,
  TCPS_CLOSING: 7,
  TCPS_LAST_ACK: 8,
  TCPS_FIN_WAIT_2: 9,
  TCPS_TIME_WAIT: 10,
  TCP_CLOSE: 0,
  TCP_LISTEN: 1,
  TCP_SYN_SENT: 2,
  TCP_SYN_RECV: 3,
  TCP_ESTABLISHED: 4,
  TCP_CLOSE_WAIT: 5,
  TCP_FIN_WAIT1: 6,
  TCP_CLOSING: 7,
  TCP_LAST_ACK: 8,
  TCP_FIN_WAIT2: 9,
  TCP_TIME_WAIT: 10,
};

/** ssthresh where there is none: the largest window there may be. */
const NO_THRESHOLD = 0xffff << 14;

/** TCP_INFO as FreeBSD tells it, over what is told of Linux's fields: windows are in bytes (tcp(4), struct tcp_info). */
export function bsdTcpInfo(session: TcpSession, common: TcpInfo): TcpInfo {
  const { sender, receiver } = session;
  const { facts } = session.transmitter;
  const flight = seqDistance(sender.sndUna, sender.sndNxt);
  const ssthresh = Math.floor(sender.congestion.ssthresh);
  const { fastOpening, ecn } = session;
  return {
    ...common,
    tcpi_state: BSD_STATE[session.state],
    tcpi_options:
      (facts.timestamps ? 1 : 0) |
      (facts.sackPermitted ? 2 : 0) |
      (facts.windowScale >= 0 ? 4 : 0) |
      (ecn.agreed && !ecn.accurate ? 8 : 0) |
      (fastOpening.dataTaken ? 0x20 : 0) |
      (ecn.accurate ? 0x40 : 0),
    tcpi_snd_cwnd: Math.floor(sender.congestion.cwnd),
    tcpi_snd_ssthresh: Math.min(ssthresh, NO_THRESHOLD),
    tcpi_snd_wnd: sender.sndWnd,
    tcpi_rcv_space: receiver.window(),
    tcpi_snd_mss: sender.mss + session.transmitter.usualOptions,
    tcpi_rcv_mss: sender.mss + session.transmitter.usualOptions,
    tcpi_snd_nxt: sender.sndNxt >>> 0,
    tcpi_snd_una: sender.sndUna >>> 0,
    tcpi_snd_max: sender.sndNxt >>> 0,
    tcpi_rcv_nxt: receiver.rcvNxt >>> 0,
    tcpi_snd_wscale: sender.windowShift,
    tcpi_rcv_wscale: receiver.windowShift,
    tcpi_snd_rexmitpack: sender.retransmissions,
    tcpi_rcv_ooopack: receiver.disorderedSegments,
    tcpi_snd_zerowin: sender.timer.probes,
    tcpi_toe_tid: 0,
    tcpi_rcv_numsacks: facts.sackBlocks,
    tcpi_rxtshift: sender.timer.backoffs,
    __tcpi_unacked: flight,
    tcpi_unacked: flight,
  };
}
