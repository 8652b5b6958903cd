import { ChecksumState, IpAddress, type Packet } from '@netwright/core';
import { EtherType } from '../ethernet/header.js';
import type { ErrorReporter } from '../ip/control.js';
import type { Routes } from '../ip/tokens.js';
import type { Neighbours } from '../link/neighbour.js';
import { isLinkLocal, isUnspecified } from './addresses.js';
import type { ExtensionChain } from './extensions.js';
import { IPV6, NextHeader } from './header.js';
import { IPV6_FORWARD } from './reasons.js';

/** What became of packets for others. */
export interface Forward6Counters {
  forwarded: number;
  notForUs: number;
  noRoute: number;
  hopLimitExceeded: number;
  tooBig: number;
  badOption: number;
  badExtension: number;
}

/** Carries packets between interfaces, as a router does; it never cuts them (RFC 8200 section 4.5). */
export class Forwarder6 {
  neighbours: Neighbours | null = null;
  reporter: ErrorReporter | null = null;

  constructor(
    private readonly routes: Routes,
    private readonly chain: ExtensionChain,
    private readonly counters: Forward6Counters,
  ) {}

  /** Takes a checked packet that starts with its IP header; takes ownership. */
  forward(packet: Packet): void {
    const why = this.pass(packet);
    if (why === null) return;
    this.counters[why]++;
    packet.release();
  }

  private pass(packet: Packet): keyof Forward6Counters | null {
    const { view, start, sourceAt, destinationAt } = packet;
    if (packet.broadcast || this.neighbours === null || isUnspecified(view, sourceAt)) return 'notForUs';
    const destination = IpAddress.read(view, destinationAt, 16);
    // RFC 4291 section 2.5.6: what belongs to a link stays there.
    if (isLinkLocal(destination) || isLinkLocal(IpAddress.read(view, sourceAt, 16))) return 'notForUs';
    if (view.getUint8(start + IPV6.nextHeader) === NextHeader.HopByHop) {
      const why = this.chain.begin(packet);
      if (why === 'badOption' || why === 'badExtension') {
        if (this.chain.code >= 0) this.reporter?.report(packet, 4, this.chain.code, this.chain.pointer);
        return why;
      }
    }
    const hops = view.getUint8(start + IPV6.hopLimit);
    if (hops < 2) {
      this.reporter?.report(packet, 3, 0);
      return 'hopLimitExceeded';
    }
    const route = this.routes.lookup(destination);
    if (route === null) {
      this.reporter?.report(packet, 1, 0);
      return 'noRoute';
    }
    const out = route.interface;
    const total = packet.end - start;
    if (total > out.mtu && !(packet.segmentSize > 0 && total <= out.device.offload.segmentation)) {
      this.reporter?.report(packet, 2, 0, out.mtu);
      return 'tooBig';
    }
    view.setUint8(start + IPV6.hopLimit, hops - 1);
    packet.reason = IPV6_FORWARD;
    packet.decider = null;
    if (packet.checksum === ChecksumState.Verified) packet.checksum = ChecksumState.Plain;
    this.counters.forwarded++;
    this.neighbours.neighbour(route.via ?? destination, out).send(packet, EtherType.Ipv6);
    return null;
  }
}
