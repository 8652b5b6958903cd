import { ChecksumState, IpAddress, type NetworkInterface, type Packet, replaceInSum } from '@netwright/core';
import { EtherType } from '../ethernet/header.js';
import type { ErrorReporter } from '../ip/control.js';
import type { Routes } from '../ip/tokens.js';
import type { Neighbour, Neighbours } from '../link/neighbour.js';
import type { Ipv4Addresses } from './addresses.js';
import { inspectOptions } from './admission.js';
import { fragmentIpv4 } from './fragmentation.js';
import { Fragment, IPV4, IPV4_SIZE, ipv4HeaderSize } from './header.js';
import { IPV4_FORWARD } from './reasons.js';

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
    private readonly counters: ForwardCounters,
  ) {}

  /** Takes a checked packet that starts with its IP header; takes ownership. */
  forward(packet: Packet): void {
    const why = this.pass(packet);
    if (why === null) return;
    this.counters[why]++;
    packet.release();
  }

  private pass(packet: Packet): keyof ForwardCounters | null {
    const { view, start } = packet;
    if (packet.broadcast || this.neighbours === null) return 'notForUs';
    const headerSize = ipv4HeaderSize(view, start);
    if (headerSize > IPV4_SIZE) {
      const verdict = inspectOptions(packet, headerSize);
      if (verdict.bad >= 0) {
        this.reporter?.report(packet, 12, 0, (IPV4_SIZE + verdict.bad) * 0x1000000);
        return 'badOptions';
      }
      // RFC 7126 section 4.3: who chooses the way of its packets gets around the filters.
      if (verdict.sourceRoute !== 'none') return 'sourceRouted';
    }
    const destination = IpAddress.read(view, start + IPV4.destination, 4);
    const life = view.getUint16(start + IPV4.ttl);
    if (life < 0x200) {
      this.reporter?.report(packet, 11, 0);
      return 'ttlExceeded';
    }
    const route = this.routes.lookup(destination);
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
    // RFC 1624: only the word with the TTL has changed.
    const sum = replaceInSum(~view.getUint16(start + IPV4.checksum) & 0xffff, life, life - 0x100);
    view.setUint16(start + IPV4.ttl, life - 0x100);
    view.setUint16(start + IPV4.checksum, ~sum & 0xffff);
    packet.reason = IPV4_FORWARD;
    packet.decider = null;
    if (packet.checksum === ChecksumState.Verified) packet.checksum = ChecksumState.Plain;
    return this.leave(packet, this.neighbours.neighbour(route.via ?? destination, out), out, fits);
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
