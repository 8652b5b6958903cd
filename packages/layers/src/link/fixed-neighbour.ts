import type { IpAddress, MacAddress, NetworkInterface, Packet } from '@netwright/core';
import type { LinkLayer } from './link-layer.js';
import type { Neighbour } from './neighbour.js';

/** A destination whose hardware address needs no question: a group, everybody, or the stack itself. */
export class FixedNeighbour implements Neighbour {
  readonly interface: NetworkInterface;

  constructor(
    private readonly link: LinkLayer,
    readonly address: IpAddress,
    via: NetworkInterface,
    readonly mac: MacAddress,
  ) {
    this.interface = via;
  }

  send(packet: Packet, etherType: number): void {
    packet.interface = this.interface;
    this.link.send(packet, this.mac, etherType);
  }

  confirm(): void {}
}
