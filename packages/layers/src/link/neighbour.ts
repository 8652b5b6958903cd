import type { IpAddress, NetworkInterface, Packet } from '@netwright/core';

/**
 * A station on the link, by its network address: what a network layer sends to. It is made once, kept by paths, and
 * knows its hardware address or finds it (ARP for IPv4, neighbour discovery for IPv6).
 */
export interface Neighbour {
  readonly address: IpAddress;
  readonly interface: NetworkInterface;
  /**
   * Sends a packet that starts with its network header, now or when the hardware address is known; takes ownership.
   * While it is not known a few packets wait; when it cannot be found they are given to `Neighbours.onUnreachable`.
   */
  send(packet: Packet, etherType: number): void;
  /** A transport has heard from it (RFC 4861 section 7.3.1, used for ARP too): it need not be asked again for a while. */
  confirm(): void;
  /** A transport hears nothing (RFC 1122 section 2.3.2.1, higher-layer advice): what is known may be wrong, ask anew. */
  doubt?(): void;
}

/** Finds neighbours. */
export interface Neighbours {
  /** The neighbour with this address on this interface; always the same object while it is known. */
  neighbour(address: IpAddress, via: NetworkInterface): Neighbour;
  /** The one that everybody on the link hears, or a multicast group. */
  group(address: IpAddress, via: NetworkInterface): Neighbour;
  /** Gets a packet whose neighbour did not answer, to report it to the sender; takes ownership. */
  onUnreachable: ((packet: Packet) => void) | null;
  /** Is told of an address of ours that is given up because another station has it. */
  onLost?: ((address: IpAddress, via: NetworkInterface) => void) | null;
  /** Is told of each neighbour that did not answer, before it gets the packets that waited for it. */
  onFailure?: ((address: IpAddress, via: NetworkInterface) => void) | null;
}

/** Whether a layer finds neighbours. */
export function isNeighbours(layer: object): layer is Neighbours {
  return 'neighbour' in layer && 'group' in layer;
}
