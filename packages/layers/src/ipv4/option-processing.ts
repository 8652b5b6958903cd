import { type Host, IpAddress, type NetworkInterface, type Packet } from '@netwright/core';
import type { ErrorReporter } from '../ip/control.js';
import type { HeaderOptions } from '../ip/network.js';
import type { Ipv4Addresses } from './addresses.js';
import { IPV4, IPV4_SIZE, ipv4HeaderSize } from './header.js';
import { checkIpOptions, IpOptionKind, type OptionsVerdict, readIpOptions, writeIpOptions } from './header-options.js';
import { record } from './record.js';
import { returnRoute } from './source-route.js';

/** The options of packets: what received ones forbid and tell, what an answer carries, and what is noted on the way. */
export class OptionProcessing implements HeaderOptions {
  /** Tells senders of options that make no sense. */
  reporter: ErrorReporter | null = null;

  constructor(
    private readonly host: Host,
    private readonly addresses: Ipv4Addresses,
    /** Whether source routes are wanted at all. */
    private readonly routed: boolean,
  ) {}

  /** Looks at the options of a packet that starts with its header. @returns what to do, or why it is dropped. */
  judge(packet: Packet, headerSize: number): OptionsVerdict['sourceRoute'] | 'badOptions' | 'sourceRouted' {
    const verdict = checkIpOptions(packet.bytes.subarray(packet.start + IPV4_SIZE, packet.start + headerSize));
    if (verdict.bad >= 0) {
      this.report(packet, verdict.bad);
      return 'badOptions';
    }
    return this.routed || verdict.sourceRoute === 'none' ? verdict.sourceRoute : 'sourceRouted';
  }

  /** RFC 792: the pointer of a parameter problem stands in the upper byte of the four behind the checksum. */
  report(packet: Packet, offset: number): void {
    this.reporter?.report(packet, 12, 0, (IPV4_SIZE + offset) * 0x1000000);
  }

  /** The options of a received packet, with ours recorded where they ask for it (RFC 1122 section 3.2.1.8 (e)): a copy. */
  of(packet: Packet): Uint8Array | undefined {
    const options = this.asTheyCame(packet)?.slice();
    if (options === undefined) return undefined;
    record(options, IpAddress.read(packet.view, packet.destinationAt, 4), this.wall(), (each) =>
      this.addresses.isOwn(each),
    );
    return options;
  }

  /** The source route that leads back to the sender of a received packet; undefined where it came without one. */
  returnRoute(packet: Packet): Uint8Array | undefined {
    const options = this.asTheyCame(packet);
    return options === undefined ? undefined : returnRoute(options, IpAddress.read(packet.view, packet.sourceAt, 4));
  }

  /**
   * What the answer to an echo request carries (RFC 1122 section 3.2.2.6): record route and timestamp as they came, which
   * are written to when the answer leaves, and the source route reversed.
   */
  echoed(packet: Packet): Uint8Array | undefined {
    const options = this.asTheyCame(packet);
    if (options === undefined) return undefined;
    const back = this.returnRoute(packet);
    const kept = (readIpOptions(options) ?? []).filter(
      ({ kind }) => kind === IpOptionKind.RecordRoute || kind === IpOptionKind.Timestamp,
    );
    const all = [...(back === undefined ? [] : (readIpOptions(back) ?? [])), ...kept];
    return all.length === 0 ? undefined : writeIpOptions(all);
  }

  /** Writes the options of a packet that leaves from `source`; `at` is its header. */
  write(packet: Packet, at: number, options: Uint8Array, source: IpAddress): void {
    packet.bytes.set(options, at + IPV4.options);
    this.recordAt(packet, at, source);
  }

  /** Notes that a packet of ours, or one for others, leaves here: `at` is its header. @returns false where it cannot. */
  recordAt(packet: Packet, at: number, own: IpAddress): boolean {
    const options = packet.bytes.subarray(at + IPV4.options, at + ipv4HeaderSize(packet.view, at));
    return record(options, own, this.wall(), (each) => this.addresses.isOwn(each));
  }

  /** The address that a packet has passed by when it leaves by `via`. */
  addressOn(via: NetworkInterface, hop: IpAddress): IpAddress {
    return this.addresses.sourceOn(via, hop) ?? IpAddress.any;
  }

  /** Borrowed. */
  private asTheyCame(packet: Packet): Uint8Array | undefined {
    const { network, view } = packet;
    const size = ipv4HeaderSize(view, network);
    return size > IPV4_SIZE ? packet.bytes.subarray(network + IPV4_SIZE, network + size) : undefined;
  }

  private wall(): number {
    const { clock } = this.host;
    return clock.epoch + clock.now();
  }
}
