import type { Packet } from '@netwright/core';
import type { Ipv6Counter } from './counters.js';
import { EXTENSION, IPV6, IPV6_SIZE, isSizedExtension, NextHeader } from './header.js';

/** Option types that need no action (RFC 8200 section 4.2, RFC 2711). */
const PAD1 = 0;
const PADN = 1;
const ROUTER_ALERT = 5;

/** Codes of ICMPv6 parameter problems (RFC 4443 section 3.4, RFC 7112 section 5). */
export const Problem = { Field: 0, NextHeader: 1, Option: 2, IncompleteChain: 3 } as const;

/** Walks over the extension headers of a received packet; one object does for all of them. */
export class ExtensionChain {
  /** What comes next: an upper-layer protocol, or a fragment header. */
  protocol = 0;
  /** Where it begins. */
  at = 0;
  /** Where the field is that names it. */
  field = 0;
  /** The code of the parameter problem to report; -1 where the packet is dropped in silence. */
  code = -1;
  /** What is wrong, from the IPv6 header on. */
  pointer = 0;
  private count = 0;

  constructor(private readonly limit: number) {}

  /** Walks from the IPv6 header of a packet on. @returns why it is dropped, or null. */
  begin(packet: Packet): Ipv6Counter | null {
    this.count = 0;
    const { network, view } = packet;
    return this.walk(packet, network + IPV6_SIZE, view.getUint8(network + IPV6.nextHeader), network + IPV6.nextHeader);
  }

  /** Goes on at `at`, behind a fragment header: what was before it has been looked at. */
  walk(packet: Packet, at: number, protocol: number, field: number): Ipv6Counter | null {
    const { view, network, end } = packet;
    this.code = -1;
    while (isSizedExtension(protocol)) {
      if (protocol === NextHeader.HopByHop && at !== network + IPV6_SIZE) {
        // It may stand in one place only (RFC 8200 section 4.1).
        return this.problem(Problem.NextHeader, field - network, 'badExtension');
      }
      const size = at + 8 > end ? 0 : (view.getUint8(at + EXTENSION.length) + 1) << 3;
      if (size === 0 || at + size > end || ++this.count > this.limit) return 'badExtension';
      if (protocol !== NextHeader.Routing) {
        const why = this.options(packet, at + EXTENSION.options, at + size);
        if (why !== null) return why;
      } else if (view.getUint8(at + EXTENSION.segmentsLeft) !== 0) {
        // No routing type is known here; type 0 is gone for good (RFC 8200 section 4.4, RFC 5095).
        return this.problem(Problem.Field, at + EXTENSION.routingType - network, 'routed');
      }
      field = at;
      protocol = view.getUint8(at);
      at += size;
    }
    this.protocol = protocol;
    this.at = at;
    this.field = field;
    return null;
  }

  /** RFC 8200 section 4.2: the two highest bits say what to do with an option that is not known. */
  private options(packet: Packet, at: number, end: number): Ipv6Counter | null {
    const { view, network } = packet;
    while (at < end) {
      const type = view.getUint8(at);
      if (type === PAD1) {
        at++;
        continue;
      }
      const next = at + 1 < end ? at + 2 + view.getUint8(at + 1) : end + 1;
      if (next > end) return 'badOption';
      if (type !== PADN && type !== ROUTER_ALERT && type >>> 6 !== 0) {
        const told = type >>> 6 === 2 || (type >>> 6 === 3 && view.getUint8(packet.destinationAt) !== 0xff);
        return told ? this.problem(Problem.Option, at - network, 'badOption') : 'badOption';
      }
      at = next;
    }
    return null;
  }

  private problem(code: number, pointer: number, why: Ipv6Counter): Ipv6Counter {
    this.code = code;
    this.pointer = pointer;
    return why;
  }
}
