import { HOST, type Host, Layer, layer, MacAddress, type NetworkInterface, type Packet } from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import type { LinkLayer } from '../link/link-layer.js';
import { ETHERNET, ETHERNET_SIZE, EtherType, FIRST_ETHERTYPE, readSnap, SNAP_SIZE, TAG_SIZE } from './header.js';
import { ETHERNET_OPTIONS, type EthernetOptions, ethernetSettings } from './settings.js';

/**
 * Ethernet II with 802.1Q. Frames come in when they are addressed to the interface, to everybody, or to a group that
 * was joined; frames go out with the header written in place.
 *
 * Received frames are each counted once more: `received` is the sum of `delivered` and the reasons for dropping.
 */
@layer({ name: 'ethernet', over: [] })
export class Ethernet extends Layer implements LinkLayer {
  readonly hardwareType = 1;
  readonly counters = {
    received: 0,
    delivered: 0,
    /** Shorter than a header. */
    tooShort: 0,
    /** Addressed to another station, or to a group that nobody joined. */
    notForUs: 0,
    /** Tagged for another VLAN, or untagged where a tag is due. */
    wrongVlan: 0,
    /** More than one tag (QinQ). */
    doubleTagged: 0,
    /** IEEE 802.3 length instead of a type, and no SNAP behind it (RFC 1042): LLC, which nothing here speaks. */
    llc: 0,
    /** No layer takes this type. */
    unknownType: 0,
    sent: 0,
  };

  /** VLAN id by interface index; 0 is none. */
  private readonly vlans: number[] = [];
  /** Joined groups by interface index: how often each 48-bit address was joined. */
  private readonly groups: Map<number, number>[] = [];
  private readonly settings;
  // One call site for each layer above keeps the calls direct: a shared one would be megamorphic.
  private ipv4: Layer | undefined;
  private ipv6: Layer | undefined;
  private arp: Layer | undefined;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ETHERNET_OPTIONS) options: EthernetOptions = {},
  ) {
    super();
    this.settings = ethernetSettings.parse(options);
    host.counters.set(this.name, this.counters);
  }

  override registerLayer(upper: Layer): this {
    super.registerLayer(upper);
    this.findUppers();
    return this;
  }

  override unregisterLayer(upper: Layer): void {
    super.unregisterLayer(upper);
    this.findUppers();
  }

  /** @throws EINVAL for a VLAN of an interface that is not there */
  override start(): void {
    for (const name of Object.keys(this.settings.vlan)) {
      if (this.host.interfaces.some((each) => each.name === name)) continue;
      const expected = `Interfaces: ${this.host.interfaces.map((each) => each.name).join(', ')}.`;
      throw fail('EINVAL', { problem: `"vlan" names the interface "${name}", which is not there`, expected });
    }
    for (const each of this.host.interfaces) {
      this.vlans[each.index] = this.settings.vlan[each.name] ?? 0;
      each.link = this;
    }
  }

  override stop(): void {
    for (const each of this.host.interfaces) if (each.link === this) each.link = null;
  }

  receive(packet: Packet): void {
    const { counters } = this;
    counters.received++;
    const { view, start } = packet;
    const via = packet.interface as NetworkInterface;
    if (packet.end - start < ETHERNET_SIZE) {
      counters.tooShort++;
      packet.release();
      return;
    }
    if (!via.mac.isAt(view, start) && !this.accepts(packet, via)) {
      counters.notForUs++;
      packet.release();
      return;
    }
    let type = view.getUint16(start + ETHERNET.type);
    packet.strip(ETHERNET_SIZE);
    if (type === EtherType.Vlan || type === EtherType.ServiceVlan || this.vlans[via.index] !== 0) {
      if (!this.untag(packet, via, type)) {
        packet.release();
        return;
      }
      if (packet.start !== start + ETHERNET_SIZE) type = view.getUint16(packet.start - 2);
    }
    if (type === EtherType.Ipv4 && this.ipv4 !== undefined) {
      counters.delivered++;
      this.ipv4.receive(packet);
    } else if (type === EtherType.Ipv6 && this.ipv6 !== undefined) {
      counters.delivered++;
      this.ipv6.receive(packet);
    } else if (type === EtherType.Arp && this.arp !== undefined) {
      counters.delivered++;
      this.arp.receive(packet);
    } else this.receiveOther(packet, type);
  }

  send(packet: Packet, destination: MacAddress, etherType: number): void {
    const { view } = packet;
    const via = packet.interface as NetworkInterface;
    this.counters.sent++;
    const vlan = this.vlans[via.index];
    let at: number;
    // An interface that was attached after the start has no VLAN.
    if (vlan === 0 || vlan === undefined) at = packet.prepend(ETHERNET_SIZE);
    else {
      at = packet.prepend(ETHERNET_SIZE + TAG_SIZE);
      view.setUint16(at + ETHERNET.type, EtherType.Vlan);
      view.setUint16(at + ETHERNET.tag, vlan);
    }
    destination.write(view, at + ETHERNET.destination);
    via.mac.write(view, at + ETHERNET.source);
    view.setUint16(at + (vlan === 0 || vlan === undefined ? ETHERNET.type : ETHERNET.taggedType), etherType);
    via.transmit(packet);
  }

  join(group: MacAddress, via: NetworkInterface): void {
    this.groups[via.index] ??= new Map();
    const joined = this.groups[via.index];
    const key = groupKey(group);
    joined.set(key, (joined.get(key) ?? 0) + 1);
  }

  leave(group: MacAddress, via: NetworkInterface): void {
    const joined = this.groups[via.index];
    const key = groupKey(group);
    const count = joined?.get(key) ?? 0;
    if (count > 1) joined.set(key, count - 1);
    else joined?.delete(key);
  }

  /** Whether a frame that is not addressed to the interface is taken all the same. */
  private accepts(packet: Packet, via: NetworkInterface): boolean {
    const { view, start } = packet;
    const high = view.getUint16(start);
    if ((high & 0x0100) === 0) return this.settings.promiscuous;
    packet.broadcast = true;
    const low = view.getUint32(start + 2);
    if (MacAddress.broadcast.high === high && MacAddress.broadcast.low === low) return true;
    return this.settings.promiscuous || this.groups[via.index]?.has(high * 0x100000000 + low) === true;
  }

  /** Takes the tag off, if the frame has one. @returns whether the frame belongs to the interface's VLAN. */
  private untag(packet: Packet, via: NetworkInterface, type: number): boolean {
    const { counters } = this;
    const vlan = this.vlans[via.index] ?? 0;
    if (type === EtherType.ServiceVlan) {
      counters.doubleTagged++;
      return false;
    }
    if (type !== EtherType.Vlan) {
      if (vlan === 0) return true;
      counters.wrongVlan++;
      return false;
    }
    if (packet.length < TAG_SIZE) {
      counters.tooShort++;
      return false;
    }
    const id = packet.view.getUint16(packet.start) & 0xfff;
    const inner = packet.view.getUint16(packet.start + 2);
    if (inner === EtherType.Vlan || inner === EtherType.ServiceVlan) {
      counters.doubleTagged++;
      return false;
    }
    // A priority tag (id 0) belongs to no VLAN: IEEE 802.1Q treats the frame as untagged.
    if (id !== vlan) {
      counters.wrongVlan++;
      return false;
    }
    packet.strip(TAG_SIZE);
    return true;
  }

  private receiveOther(packet: Packet, typeOrLength: number): void {
    const type = typeOrLength < FIRST_ETHERTYPE ? unwrapSnap(packet, typeOrLength) : typeOrLength;
    const upper = this.uppers.get(type);
    if (upper !== undefined) {
      this.counters.delivered++;
      upper.receive(packet);
      return;
    }
    if (type < FIRST_ETHERTYPE) this.counters.llc++;
    else this.counters.unknownType++;
    packet.release();
  }

  private findUppers(): void {
    this.ipv4 = this.uppers.get(EtherType.Ipv4);
    this.ipv6 = this.uppers.get(EtherType.Ipv6);
    this.arp = this.uppers.get(EtherType.Arp);
  }
}

/** Takes LLC and SNAP off (RFC 1042). @returns the EtherType behind them; the length where they are not there */
function unwrapSnap(packet: Packet, length: number): number {
  const type = length > packet.length ? undefined : readSnap(packet.view, packet.start, length);
  if (type === undefined || type < FIRST_ETHERTYPE) return length;
  packet.trim(length);
  packet.strip(SNAP_SIZE);
  return type;
}

/** 48 bits fit a double exactly. */
function groupKey(group: MacAddress): number {
  return group.high * 0x100000000 + group.low;
}
