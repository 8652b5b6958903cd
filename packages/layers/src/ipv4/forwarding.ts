import { ChecksumState, IpAddress, type NetworkInterface, type Packet, replaceInSum } from '@netwright/core';
import { EtherType } from '../ethernet/header.js';
import type { ErrorReporter } from '../ip/control.js';
import type { Route, Routes } from '../ip/tokens.js';
import type { Neighbour, Neighbours } from '../link/neighbour.js';
import type { Ipv4Addresses } from './addresses.js';
import { fragmentIpv4 } from './fragmentation.js';
import { Fragment, IPV4, IPV4_SIZE, ipv4HeaderSize, sealIpv4 } from './header.js';
import { IpOptionKind } from './header-options.js';
import type { OptionProcessing } from './option-processing.js';
import { IPV4_FORWARD } from './reasons.js';
import { advance, findSourceRoute, nextGateway } from './source-route.js';

/** The code of an unreachable that says so. */
export const SOURCE_ROUTE_FAILED = 5;

/** What became of packets for others. */
export interface ForwardCounters {
  forwarded: number;
  notForUs: number;
  badOptions: number;
  sourceRouted: number;
  noRoute: number;
  ttlExceeded: number;
  fragmentationNeeded: number;
  noMemory: number;
}

/** Carries packets between interfaces, as a router does (RFC 1812 section 5). */
export class Forwarder {
  neighbours: Neighbours | null = null;
  reporter: ErrorReporter | null = null;

  constructor(
    private readonly routes: Routes,
    private readonly addresses: Ipv4Addresses,
    private readonly options: OptionProcessing,
    private readonly counters: ForwardCounters,
  ) {}

  /** Takes a checked packet that starts with its IP header; takes ownership. */
  forward(packet: Packet): void {
    const why = this.pass(packet, -1);
    if (why === null) return;
    this.counters[why]++;
    packet.release();
  }

  /** As `forward`, for one that is addressed to us, with a source route that goes on. */
  routeOn(packet: Packet): void {
    const why = this.pass(packet, findSourceRoute(this.optionsOf(packet)));
    if (why === null) return;
    this.counters[why]++;
    packet.release();
  }

  /** @param routeAt where the source route stands among the options, when it says where the packet goes; else -1 */
  private pass(packet: Packet, routeAt: number): keyof ForwardCounters | null {
    const { view, start } = packet;
    if (packet.broadcast || this.neighbours === null) return 'notForUs';
    const headerSize = ipv4HeaderSize(view, start);
    if (headerSize > IPV4_SIZE && routeAt < 0) {
      const verdict = this.options.judge(packet, headerSize);
      if (verdict === 'badOptions' || verdict === 'sourceRouted') return verdict;
    }
    const destination =
      routeAt < 0 ? IpAddress.read(view, start + IPV4.destination, 4) : nextGateway(this.optionsOf(packet), routeAt);
    const life = view.getUint16(start + IPV4.ttl);
    if (life < 0x200) {
      this.reporter?.report(packet, 11, 0);
      return 'ttlExceeded';
    }
    const route = this.routes.lookup(destination);
    if (headerSize > IPV4_SIZE && this.strays(packet, route)) {
      this.reporter?.report(packet, 3, SOURCE_ROUTE_FAILED);
      return 'sourceRouted';
    }
    if (route === null) {
      this.reporter?.report(packet, 3, 0);
      return 'noRoute';
    }
    const out = route.interface;
    // RFC 2644: nobody outside gets at everybody inside.
    if (route.via === null && this.addresses.isBroadcastOn(destination.d, out)) return 'notForUs';
    const total = packet.end - start;
    const fits = total <= out.mtu || (packet.segmentSize > 0 && total <= out.device.offload.segmentation);
    if (!fits && (view.getUint16(start + IPV4.fragment) & Fragment.Dont) !== 0) {
      this.reporter?.report(packet, 3, 4, out.mtu);
      return 'fragmentationNeeded';
    }
    if (headerSize > IPV4_SIZE) {
      if (!this.rewrite(packet, routeAt, destination, this.options.addressOn(out, route.via ?? destination)))
        return 'badOptions';
    } else {
      // RFC 1624: only the word with the TTL has changed.
      const sum = replaceInSum(~view.getUint16(start + IPV4.checksum) & 0xffff, life, life - 0x100);
      view.setUint16(start + IPV4.ttl, life - 0x100);
      view.setUint16(start + IPV4.checksum, ~sum & 0xffff);
    }
    packet.reason = IPV4_FORWARD;
    packet.decider = null;
    if (packet.checksum === ChecksumState.Verified) packet.checksum = ChecksumState.Plain;
    return this.leave(packet, this.neighbours.neighbour(route.via ?? destination, out), out, fits);
  }

  /** Whether a source route cannot be kept: it leads nowhere, or is strict and its next address is not on a link of ours. */
  private strays(packet: Packet, route: Route | null): boolean {
    const options = this.optionsOf(packet);
    const at = findSourceRoute(options);
    if (at < 0) return false;
    return route === null || (options[at] === IpOptionKind.StrictSourceRoute && route.via !== null);
  }

  /** Writes to the header of a packet with options. @returns false where a timestamp finds neither room nor count */
  private rewrite(packet: Packet, routeAt: number, destination: IpAddress, own: IpAddress): boolean {
    const { view, start } = packet;
    if (routeAt >= 0) {
      advance(this.optionsOf(packet), routeAt, own);
      destination.write(view, start + IPV4.destination);
    }
    view.setUint8(start + IPV4.ttl, view.getUint8(start + IPV4.ttl) - 1);
    const recorded = this.options.recordAt(packet, start, own);
    sealIpv4(view, start, packet.pool.sum);
    return recorded;
  }

  private optionsOf({ bytes, view, start }: Packet): Uint8Array {
    return bytes.subarray(start + IPV4_SIZE, start + ipv4HeaderSize(view, start));
  }

  private leave(
    packet: Packet,
    neighbour: Neighbour,
    out: NetworkInterface,
    fits: boolean,
  ): keyof ForwardCounters | null {
    if (fits) {
      this.counters.forwarded++;
      neighbour.send(packet, EtherType.Ipv4);
      return null;
    }
    packet.retain();
    const fragments = fragmentIpv4(packet, out.mtu);
    if (fragments === null) return 'noMemory';
    packet.release();
    this.counters.forwarded++;
    for (const each of fragments) neighbour.send(each, EtherType.Ipv4);
    return null;
  }
}
