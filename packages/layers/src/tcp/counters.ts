/** What a TCP layer counts. */
export function tcpCounters() {
  return {
    segmentsIn: 0,
    malformed: 0,
    badChecksum: 0,
    /** Segments for nobody, and resets sent for them. */
    noConnection: 0,
    resetsSent: 0,
    activeOpens: 0,
    passiveOpens: 0,
    /** SYNs that a listener ignored or refused, or that found the table full. */
    synsIgnored: 0,
    synsRefused: 0,
    /** SYNs that were answered with a cookie, and cookies that came back. */
    cookiesSent: 0,
    cookiesReturned: 0,
    /** Passive opens whose data flowed before the handshake was complete. */
    fastOpens: 0,
    /** Segments that were not signed as they should be (RFC 2385, RFC 5925). */
    unauthentic: 0,
    established: 0,
    closed: 0,
  };
}
