import { addSums, type Packet, replaceInSum } from '@netwright/core';
import { ETHERNET_SIZE, EtherType, TCP_HEADER, TCP_PROTOCOL } from '@netwright/layers';

/** What a frame is for whoever rewrites TCP. */
export enum Kind {
  /** A whole TCP segment, of which every place is known. */
  Segment = 0,
  /** A part of a TCP segment: its numbers cannot be translated. */
  Fragment = 1,
  /** Anything else. */
  Other = 2,
  /** TCP whose lengths do not fit, or whose header checksum is wrong. */
  Malformed = 3,
}

/** Places in a header, in bytes from its first. */
const IPV4_TOTAL = 2;
const IPV4_FRAGMENT = 6;
const IPV4_PROTOCOL = 9;
const IPV4_CHECKSUM = 10;
const IPV4_SOURCE = 12;
const IPV6_PAYLOAD = 4;
const IPV6_NEXT = 6;
const IPV6_SOURCE = 8;
const IPV6_SIZE = 40;
const SEQUENCE = 4;
const ACKNOWLEDGMENT = 8;
const OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
const CHECKSUM = 16;

/**
 * Where the headers of a frame lie in the packet memory, read in place and used again for the next one. What it writes
 * it corrects the checksum by (RFC 1624), so that a frame costs what its changes cost.
 */
export class SegmentPlace {
  network = 0;
  tcp = 0;
  /** Where the payload begins and ends; a frame may have padding behind it. */
  payload = 0;
  end = 0;
  version = 4;
  private packet: Packet | null = null;

  get sequence(): number {
    return this.view.getUint32(this.tcp + SEQUENCE);
  }
  get acknowledgment(): number {
    return this.view.getUint32(this.tcp + ACKNOWLEDGMENT);
  }
  get flags(): number {
    return this.view.getUint8(this.tcp + FLAGS);
  }
  get window(): number {
    return this.view.getUint16(this.tcp + WINDOW);
  }
  get sourcePort(): number {
    return this.view.getUint16(this.tcp);
  }
  get destinationPort(): number {
    return this.view.getUint16(this.tcp + 2);
  }
  /** Where both addresses begin, and the bytes of one. */
  get addresses(): number {
    return this.network + (this.version === 4 ? IPV4_SOURCE : IPV6_SOURCE);
  }
  get addressLength(): number {
    return this.version === 4 ? 4 : 16;
  }
  get view(): DataView {
    return (this.packet as Packet).view;
  }

  /** Finds the headers of a frame. */
  find(packet: Packet): Kind {
    this.packet = packet;
    const { view, start } = packet;
    if (packet.end - start < ETHERNET_SIZE + 20) return Kind.Other;
    let at = start + ETHERNET_SIZE;
    let type = view.getUint16(at - 2);
    if (type === EtherType.Vlan) {
      at += 4;
      type = view.getUint16(at - 2);
    }
    this.network = at;
    if (type === EtherType.Ipv4) return this.findIpv4(view, at, packet.end);
    if (type === EtherType.Ipv6) return this.findIpv6(view, at, packet.end);
    return Kind.Other;
  }

  /** Takes the headers to lie where the caller has put them; {@link seal} completes them. */
  setTo(packet: Packet, network: number, tcp: number): void {
    this.packet = packet;
    this.network = network;
    this.tcp = tcp;
    this.version = packet.view.getUint8(network) >>> 4;
  }

  /** Whether the checksum of the segment holds (RFC 9293 section 3.1). */
  get intact(): boolean {
    const { pool } = this.packet as Packet;
    return addSums(this.pseudo(this.end - this.tcp), pool.sum(this.tcp, this.end - this.tcp)) === 0xffff;
  }

  /** Writes 32 bits at `at`, and corrects the checksum. */
  put32(at: number, value: number): void {
    this.put16(at, value >>> 16);
    this.put16(at + 2, value & 0xffff);
  }

  /** Writes 16 bits at `at`, and corrects the checksum (RFC 1624 section 3, equation 3). */
  put16(at: number, value: number): void {
    const { view } = this;
    const before = view.getUint16(at);
    if (before === value) return;
    view.setUint16(at, value);
    // A word at an odd place counts with its bytes exchanged (RFC 1071 section 2).
    const odd = ((at - this.tcp) & 1) !== 0;
    const sum = ~view.getUint16(this.tcp + CHECKSUM) & 0xffff;
    const corrected = odd ? replaceInSum(sum, swapped(before), swapped(value)) : replaceInSum(sum, before, value);
    view.setUint16(this.tcp + CHECKSUM, ~corrected & 0xffff);
  }

  /** Writes one byte at `at`, and corrects the checksum. */
  put8(at: number, value: number): void {
    const word = at - ((at - this.tcp) & 1);
    const before = this.view.getUint16(word);
    this.put16(word, word === at ? (value << 8) | (before & 0xff) : (before & 0xff00) | value);
  }

  putSequence(value: number): void {
    this.put32(this.tcp + SEQUENCE, value);
  }
  putAcknowledgment(value: number): void {
    this.put32(this.tcp + ACKNOWLEDGMENT, value);
  }
  putWindow(value: number): void {
    this.put16(this.tcp + WINDOW, value);
  }

  /** Writes flags, and corrects the checksum. */
  putFlags(flags: number): void {
    this.put8(this.tcp + FLAGS, flags);
  }

  /** Writes lengths and all checksums anew: a segment whose payload ends at `end`. */
  seal(end: number): void {
    const { view, network, tcp } = this;
    const { pool } = this.packet as Packet;
    this.end = end;
    if (this.version === 4) {
      view.setUint16(network + IPV4_TOTAL, end - network);
      view.setUint16(network + IPV4_CHECKSUM, 0);
      view.setUint16(network + IPV4_CHECKSUM, ~pool.sum(network, tcp - network) & 0xffff);
    } else view.setUint16(network + IPV6_PAYLOAD, end - tcp);
    view.setUint16(tcp + CHECKSUM, 0);
    view.setUint16(tcp + CHECKSUM, ~addSums(this.pseudo(end - tcp), pool.sum(tcp, end - tcp)) & 0xffff);
  }

  private pseudo(length: number): number {
    const { pool } = this.packet as Packet;
    return addSums(pool.sum(this.addresses, 2 * this.addressLength), TCP_PROTOCOL + length);
  }

  private findIpv4(view: DataView, at: number, end: number): Kind {
    this.version = 4;
    if (view.getUint8(at + IPV4_PROTOCOL) !== TCP_PROTOCOL) return Kind.Other;
    const size = (view.getUint8(at) & 15) << 2;
    const total = view.getUint16(at + IPV4_TOTAL);
    if (size < 20 || at + total > end || total < size) return Kind.Malformed;
    if ((this.packet as Packet).pool.sum(at, size) !== 0xffff) return Kind.Malformed;
    if ((view.getUint16(at + IPV4_FRAGMENT) & 0x3fff) !== 0) return Kind.Fragment;
    return this.findTcp(view, at + size, at + total);
  }

  private findIpv6(view: DataView, at: number, end: number): Kind {
    this.version = 6;
    if (at + IPV6_SIZE > end || view.getUint8(at + IPV6_NEXT) !== TCP_PROTOCOL) return Kind.Other;
    const stop = at + IPV6_SIZE + view.getUint16(at + IPV6_PAYLOAD);
    return stop > end ? Kind.Malformed : this.findTcp(view, at + IPV6_SIZE, stop);
  }

  private findTcp(view: DataView, tcp: number, end: number): Kind {
    if (tcp + TCP_HEADER > end) return Kind.Malformed;
    const size = (view.getUint8(tcp + OFFSET) >>> 4) << 2;
    if (size < TCP_HEADER || tcp + size > end) return Kind.Malformed;
    this.tcp = tcp;
    this.payload = tcp + size;
    this.end = end;
    return Kind.Segment;
  }
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}
