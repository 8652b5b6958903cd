import type { IpAddress, Layer, NetworkInterface, Packet } from '@netwright/core';
import type { Network, NetworkError } from './network.js';

/** What the layer of error messages (ICMP) asks of the network layer below it. */
export interface ControlledNetwork extends Network {
  /** Passes an error about a packet of ours to the transport it came from, and learns path MTUs. @returns whether somebody wanted it. */
  failed(error: NetworkError, protocol: number, totalLength: number, headerSize?: number): boolean;
  /**
   * A gateway tells of a better one for the destination of a packet of ours (ICMP redirect, which came by `via`).
   * @returns whether it is believed. Left out: redirects come another way.
   */
  redirected?(told: NetworkError, target: IpAddress, via: NetworkInterface, protocol: number): boolean;
  /** Whether `address` means everybody on one of our links, or a group. */
  isBroadcast(address: IpAddress): boolean;
}

/** Whether a network layer passes errors on. */
export function isControlledNetwork(layer: Layer): layer is ControlledNetwork {
  return 'failed' in layer && 'path' in layer;
}

/** The layer that tells senders what became of their packets: the network layer calls it. */
export interface ErrorReporter extends Layer {
  /**
   * Sends an error about a received packet, unless a rule or the rate limit forbids it; borrows the packet, whose
   * `network` is the offset of its network header.
   * @param rest the four bytes behind the checksum: the next-hop MTU, or the pointer in the upper byte.
   */
  report(packet: Packet, type: number, code: number, rest?: number): void;
}

/** Whether a layer reports errors. */
export function isErrorReporter(layer: Layer): layer is ErrorReporter {
  return 'report' in layer;
}

/** A layer whose messages are those of another one, by type: MLD's are ICMPv6's. */
export interface MessageTaker extends Layer {
  readonly types: readonly number[];
}

/** Whether a layer takes messages by type. */
export function isMessageTaker(layer: Layer): layer is MessageTaker {
  return 'types' in layer;
}
