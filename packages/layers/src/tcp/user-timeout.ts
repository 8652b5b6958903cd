import type { TcpSettings } from './settings.js';

/** RFC 9293 section 3.9.1.1: the usual user timeout, which is advertised where the program has none of its own, in ms. */
const USUAL = 300_000;

/** ADV_UTO of RFC 5482 section 3: what the option tells the peer, in ms; 0 where it is not sent. */
export function advertisedTimeout({ userTimeout, userTimeoutOption }: TcpSettings): number {
  if (!userTimeoutOption) return 0;
  return userTimeout || USUAL;
}

/**
 * The user timeout in ms; 0 for none. What the program has set the peer cannot change; else it is what section 3.1 of
 * RFC 5482 makes of both wishes.
 * @param remote what the peer has asked for, in ms; 0 for nothing.
 * @param rto ms: the lower limit is larger than the retransmission timeout.
 */
export function adoptedTimeout(settings: TcpSettings, remote: number, rto: number): number {
  const { userTimeout, userTimeoutOption, userTimeoutLower, userTimeoutUpper } = settings;
  if (userTimeout > 0 || !userTimeoutOption || remote === 0) return userTimeout;
  // The limit that the RTO makes stands above the upper one: a timeout within it would end what is only slow.
  return Math.max(Math.min(userTimeoutUpper, Math.max(USUAL, remote, userTimeoutLower)), rto + 1);
}
