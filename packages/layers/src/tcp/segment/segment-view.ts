import { IpAddress, type Packet } from '@netwright/core';
import { AT, formatFlags, HEADER_SIZE } from '../header.js';

/** A segment as hooks see it, in either direction: reads and changes it in place. Valid during the call. */
export class SegmentView {
  /** The packet itself; `packet.start` is at the TCP header. */
  packet!: Packet;

  /** Shows another packet. */
  at(packet: Packet): this {
    this.packet = packet;
    return this;
  }

  get source(): IpAddress {
    return IpAddress.read(this.packet.view, this.packet.sourceAt, this.packet.addressLength);
  }

  get destination(): IpAddress {
    return IpAddress.read(this.packet.view, this.packet.destinationAt, this.packet.addressLength);
  }

  get sourcePort(): number {
    return this.get16(AT.sourcePort);
  }
  set sourcePort(port: number) {
    this.set16(AT.sourcePort, port);
  }

  get destinationPort(): number {
    return this.get16(AT.destinationPort);
  }
  set destinationPort(port: number) {
    this.set16(AT.destinationPort, port);
  }

  /** 0 .. 2^32 - 1 */
  get sequence(): number {
    return this.packet.view.getUint32(this.packet.start + AT.sequence);
  }
  set sequence(seq: number) {
    this.packet.view.setUint32(this.packet.start + AT.sequence, seq);
  }

  get acknowledgment(): number {
    return this.packet.view.getUint32(this.packet.start + AT.acknowledgment);
  }
  set acknowledgment(ack: number) {
    this.packet.view.setUint32(this.packet.start + AT.acknowledgment, ack);
  }

  /** The eight flag bits. */
  get flags(): number {
    return this.packet.view.getUint8(this.packet.start + AT.flags);
  }
  set flags(flags: number) {
    this.packet.view.setUint8(this.packet.start + AT.flags, flags);
  }

  get window(): number {
    return this.get16(AT.window);
  }
  set window(window: number) {
    this.set16(AT.window, window);
  }

  get urgentPointer(): number {
    return this.get16(AT.urgentPointer);
  }
  set urgentPointer(pointer: number) {
    this.set16(AT.urgentPointer, pointer);
  }

  /** The option bytes themselves, not a copy. */
  get options(): Uint8Array {
    const { start } = this.packet;
    return this.packet.bytes.subarray(start + HEADER_SIZE, start + this.headerSize);
  }

  /** The payload bytes themselves, not a copy. */
  get payload(): Uint8Array {
    return this.packet.bytes.subarray(this.packet.start + this.headerSize, this.packet.end);
  }
  /** @throws RangeError when the slot of the packet has no room for it. */
  set payload(data: Uint8Array) {
    const { packet } = this;
    const bytes = data.buffer === packet.bytes.buffer ? data.slice() : data;
    const at = packet.start + this.headerSize;
    if (bytes.length > packet.end - at + packet.tailroom) throw new RangeError(`no room for ${bytes.length} bytes`);
    packet.end = at;
    packet.write(bytes);
  }

  /** Bytes of header with options. */
  get headerSize(): number {
    return (this.packet.view.getUint8(this.packet.start + AT.dataOffset) >> 4) * 4;
  }

  toString(): string {
    return `${this.source}:${this.sourcePort} > ${this.destination}:${this.destinationPort} ${formatFlags(this.flags)} seq ${this.sequence} ack ${this.acknowledgment} length ${this.payload.length}`;
  }

  private get16(field: number): number {
    return this.packet.view.getUint16(this.packet.start + field);
  }

  private set16(field: number, value: number): void {
    this.packet.view.setUint16(this.packet.start + field, value);
  }
}
