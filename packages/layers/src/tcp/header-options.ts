import type { IpAddress, Packet } from '@netwright/core';
import type { HeaderOptions, NoPath, Path, PathOptions } from '../ip/network.js';
import { pathChoices } from './path-choices.js';
import type { Segment } from './segment/segment.js';
import type { TcpSession } from './session.js';

/** Bytes from the source address of a header without options to the segment behind it: two addresses of IPv4. */
const ADDRESSES = 8;

/** What is needed of the layer. */
export interface RouteFinder {
  findPath(remote: IpAddress, source: IpAddress, choices: PathOptions): Path | NoPath;
  /** The options of packets of this version; undefined where it has none. */
  headerOptionsOf(packet: Packet): HeaderOptions | undefined;
}

/** Whether options stand between the addresses of a received packet and its segment: asked of each, so it costs little. */
export function hasHeaderOptions({ addressLength, start, sourceAt }: Packet): boolean {
  return addressLength === 4 && start - sourceAt > ADDRESSES;
}

/** What becomes of the choices for the way back to a packet's sender: it has the source route, reversed (RFC 9293 section 3.9.2.1). */
export function answering(choices: PathOptions, finder: RouteFinder, packet: Packet): PathOptions {
  if (!hasHeaderOptions(packet)) return choices;
  const headerOptions = finder.headerOptionsOf(packet)?.returnRoute(packet);
  return headerOptions === undefined ? choices : { ...choices, headerOptions };
}

/**
 * A segment of a connection came with IP options: the program may see them, and a source route in them replaces the one
 * that a passive open has saved (RFC 9293 section 3.9.2.1). One outside of the window, which anybody could send, does not.
 */
export function noteHeaderOptions(session: TcpSession, finder: RouteFinder, packet: Packet, segment: Segment): void {
  const { receiver, transmitter, id, scope } = session;
  const options = finder.headerOptionsOf(packet);
  if (options === undefined || !receiver.acceptable(segment)) return;
  receiver.headerOptions = options.of(packet);
  const headerOptions = session.passive ? options.returnRoute(packet) : undefined;
  if (headerOptions === undefined) return;
  const path = finder.findPath(id.remoteAddress, id.localAddress, { ...pathChoices(scope), headerOptions });
  if (typeof path !== 'string') transmitter.path = path;
}
