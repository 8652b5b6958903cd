import type { NetworkError } from '../ip/network.js';
import { AT } from './header.js';
import type { TcpSession } from './session.js';

/**
 * Whether a report that a segment was too large may be true (RFC 5927 section 7.2). That segments of this size have
 * arrived speaks against it, until the one that it is about had to be sent again: a connection that makes progress shows
 * it to be false. Who asks for no such doubt believes all that are about something in flight.
 */
export function mayBeTooBig({ sender, transmitter, settings }: TcpSession, error: NetworkError): boolean {
  if (error.kind !== 'fragmentation-needed' || !settings.tooBigDoubted) return true;
  const { path, room } = transmitter;
  // What the message claims to pass, as payload; a router that did not say means less than what it got.
  const claimed = error.mtu === 0 ? 0 : room - (path.mtu - error.mtu);
  if (claimed >= sender.largestArrived) return true;
  const segment = sender.flight.containing(error.view.getInt32(error.at + AT.sequence));
  return segment !== undefined && segment.transmissions > 1;
}
