import type { TcpSettings } from './settings.js';

/** RFC 9293 section 3.9.1.1: the usual user timeout, which is advertised where the program has none of its own, in ms. */
const USUAL = 300_000;

/** ADV_UTO of RFC 5482 section 3: what the option tells the peer, in ms; 0 where it is not sent. */
export function advertisedTimeout(settings: TcpSettings): number {
  if (!settings.userTimeoutOption) return 0;
  return chosenTimeout(settings) || USUAL;
}

/** What the program has set, in ms, within the limits where they hold for it; 0 for nothing. */
export function chosenTimeout(settings: TcpSettings): number {
  const { userTimeout, userTimeoutBounded, userTimeoutLower, userTimeoutUpper } = settings;
  if (userTimeout === 0 || !userTimeoutBounded) return userTimeout;
  return Math.min(userTimeoutUpper, Math.max(userTimeout, userTimeoutLower));
}

/**
 * The user timeout in ms; 0 for none. What the program has set the peer cannot change; else it is what section 3.1 of
 * RFC 5482 makes of both wishes.
 * @param remote what the peer has asked for, in ms; 0 for nothing.
 * @param rto ms: the lower limit is larger than the retransmission timeout.
 */
export function adoptedTimeout(settings: TcpSettings, remote: number, rto: number): number {
  const { userTimeoutOption, userTimeoutLower, userTimeoutUpper } = settings;
  const userTimeout = chosenTimeout(settings);
  if (userTimeout > 0 || !userTimeoutOption || remote === 0) return userTimeout;
  // The limit that the RTO makes stands above the upper one: a timeout within it would end what is only slow.
  return Math.max(Math.min(userTimeoutUpper, Math.max(USUAL, remote, userTimeoutLower)), rto + 1);
}
