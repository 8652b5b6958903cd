import { IpAddress, type Packet } from '@netwright/core';
import type { DatagramOrigin } from '../ip/datagrams.js';
import type { Path } from '../ip/network.js';
import { DESTINATION_PORT, LENGTH, SOURCE_PORT, UDP_HEADER } from './header.js';

/** Where a datagram came from: answer with `socket.send(data, from.port, from.address, from.to)`. */
export type UdpOrigin = DatagramOrigin;

/** A received datagram that may be kept. */
export interface ReceivedDatagram {
  readonly data: Uint8Array;
  readonly from: UdpOrigin;
}

/** A datagram as hooks see it, in either direction: reads and changes it in place. Valid during the call. */
export class Datagram {
  /** The packet itself; `packet.start` is at the UDP header. */
  packet!: Packet;

  /** Shows another packet. */
  at(packet: Packet): this {
    this.packet = packet;
    return this;
  }

  get sourcePort(): number {
    return this.packet.view.getUint16(this.packet.start + SOURCE_PORT);
  }
  set sourcePort(port: number) {
    this.packet.view.setUint16(this.packet.start + SOURCE_PORT, port);
  }

  get destinationPort(): number {
    return this.packet.view.getUint16(this.packet.start + DESTINATION_PORT);
  }
  set destinationPort(port: number) {
    this.packet.view.setUint16(this.packet.start + DESTINATION_PORT, port);
  }

  get source(): IpAddress {
    const { view, sourceAt, addressLength } = this.packet;
    return IpAddress.read(view, sourceAt, addressLength);
  }

  get destination(): IpAddress {
    const { view, destinationAt, addressLength } = this.packet;
    return IpAddress.read(view, destinationAt, addressLength);
  }

  /** The bytes themselves, not a copy. */
  get payload(): Uint8Array {
    const { packet } = this;
    return packet.bytes.subarray(packet.start + UDP_HEADER, packet.end);
  }
  /** @throws RangeError when the slot of the packet has no room for it. */
  set payload(data: Uint8Array) {
    // What is put in may be a part of what is there.
    const bytes = data.buffer === this.packet.bytes.buffer ? new Uint8Array(data) : data;
    const end = this.packet.end;
    this.packet.end = this.packet.start + UDP_HEADER;
    try {
      this.packet.write(bytes);
    } catch (error) {
      this.packet.end = end;
      throw error;
    }
  }
}

/** Writes in front of an outgoing payload what a hook wants to see: both addresses and the header. */
export function dress(packet: Packet, path: Path, sourcePort: number, destinationPort: number): Packet {
  const { view } = packet;
  const at = packet.prepend(UDP_HEADER);
  view.setUint16(at + SOURCE_PORT, sourcePort);
  view.setUint16(at + DESTINATION_PORT, destinationPort);
  // Length and checksum are written when the hook is done.
  view.setUint32(at + LENGTH, 0);
  packet.transport = at;
  packet.addressLength = path.source.size;
  packet.sourceAt = at - 2 * packet.addressLength;
  packet.destinationAt = at - packet.addressLength;
  path.source.write(view, packet.sourceAt);
  path.destination.write(view, packet.destinationAt);
  return packet;
}
