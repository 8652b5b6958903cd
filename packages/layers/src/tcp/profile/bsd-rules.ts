import { BSD_TIMEOUTS, type BsdTimeouts } from './bsd-rtt.js';

/** What of FreeBSD's TCP may be chosen (tcp(4)): the sysctls that say how segments are judged, and how large things are. */
export interface FreebsdRules {
  /** Resets and SYNs in the window end a connection, as RFC 793 has it; else RFC 5961 sections 3 and 4 hold. */
  insecureReset: boolean;
  insecureSyn: boolean;
  /** Acknowledgements of what was never sent, or is long acknowledged, are judged as RFC 793 has it. */
  insecureAck: boolean;
  /** Segments without timestamps are taken where both ends agreed on them (RFC 7323 section 3.2 lets drop them). */
  toleratesMissingTimestamps: boolean;
  /** net.inet.tcp.icmp_may_rst: errors of ICMP that nobody else sends end a connection that is being opened. */
  icmpMayReset: boolean;
  /** net.inet.tcp.syncookies_only: SYN-ACKs are not sent again, and answers are good as long as a cookie would be. */
  cookiesOnly: boolean;
  /** kern.ipc.maxsockbuf: bytes of the largest buffer. */
  largestBuffer: number;
  /** net.inet.tcp.minmss: a peer that asks for less gets segments of this size. */
  leastSegment: number;
  /** net.inet.tcp.mssdflt and v6mssdflt: what a peer can take that says nothing. */
  defaultSegment: number;
  defaultSegment6: number;
  /** net.inet.tcp.rexmit_drop_options: the third SYN and later ones offer nothing but their MSS. */
  dropsOptions: boolean;
  /** net.inet.tcp.pmtud_blackhole_detection, and the sizes that it tries over IPv4 and IPv6. */
  blackHole: boolean;
  blackHoleSize: number;
  blackHoleSize6: number;
  /** ms: 2 MSL (net.inet.tcp.msl), and how long an acknowledgement waits (delacktime); 0 acknowledges at once. */
  timeWait: number;
  delayedAck: number;
  /** Challenge ACKs of a connection in a second (ack_war_cnt); Infinity for no limit. */
  challenges: number;
  timeouts: BsdTimeouts;
}

/** As the system comes. */
export function freebsdRules(): FreebsdRules {
  return {
    insecureReset: false,
    insecureSyn: false,
    insecureAck: false,
    toleratesMissingTimestamps: false,
    icmpMayReset: true,
    cookiesOnly: false,
    largestBuffer: 2 * 1024 * 1024,
    leastSegment: 216,
    defaultSegment: 536,
    defaultSegment6: 1220,
    dropsOptions: false,
    blackHole: false,
    blackHoleSize: 1200,
    blackHoleSize6: 1220,
    timeWait: 60_000,
    delayedAck: 40,
    challenges: 5,
    timeouts: { ...BSD_TIMEOUTS },
  };
}
