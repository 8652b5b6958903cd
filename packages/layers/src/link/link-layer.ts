import type { Layer, MacAddress, NetworkInterface, Packet } from '@netwright/core';

/** The layer that frames packets for the link, as network layers and ARP see it. */
export interface LinkLayer extends Layer {
  /** The hardware type of RFC 826: 1 is Ethernet. */
  readonly hardwareType: number;
  /**
   * Writes the link header in front and hands the frame to `packet.interface`, which must be set; takes ownership.
   * @param etherType what the packet is: 0x0800 for IPv4.
   */
  send(packet: Packet, destination: MacAddress, etherType: number): void;
  /** Frames to this multicast address are received on `via` from now on; joins are counted. */
  join(group: MacAddress, via: NetworkInterface): void;
  /** Takes one `join` back. */
  leave(group: MacAddress, via: NetworkInterface): void;
}

/** Whether a layer frames packets for a link. */
export function isLinkLayer(layer: Layer): layer is LinkLayer {
  return 'hardwareType' in layer;
}
