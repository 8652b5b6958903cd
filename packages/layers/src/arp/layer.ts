import {
  Cidr,
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  MacAddress,
  type NetworkInterface,
  type Packet,
  type Reason,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { EtherType, multicastMac } from '../ethernet/header.js';
import { FixedNeighbour } from '../link/fixed-neighbour.js';
import { isLinkLayer, type LinkLayer } from '../link/link-layer.js';
import type { Neighbour, Neighbours } from '../link/neighbour.js';
import { Claims } from './claims.js';
import { ARP, ARP_SIZE, ArpOperation, isArp, writeArp } from './header.js';
import type { ArpNeighbour, ArpState } from './neighbour.js';
import {
  ARP_ANNOUNCE,
  ARP_DEFEND,
  ARP_POLL,
  ARP_PROBE,
  ARP_PROXY,
  ARP_REPLY,
  ARP_REQUEST,
  ARP_RETRY,
} from './reasons.js';
import { ARP_OPTIONS, type ArpOptions, type ArpSettings, arpSettings } from './settings.js';
import { ArpTable } from './table.js';

/** RFC 5227 section 1.1: ANNOUNCE_NUM; ANNOUNCE_INTERVAL and DEFEND_INTERVAL, ms. */
const ANNOUNCE_NUM = 2;
const ANNOUNCE_INTERVAL = 2000;
const DEFEND_INTERVAL = 10_000;

/** One line of the table, for people. */
export interface ArpEntry {
  readonly address: IpAddress;
  /** Zero while it is not known. */
  readonly mac: MacAddress;
  readonly state: ArpState;
  readonly interface: NetworkInterface;
  /** Packets that wait for it. */
  readonly pending: number;
}

/**
 * ARP (RFC 826, RFC 1122 section 2.3.2, RFC 5227): answers for the addresses of the interface that is asked, and
 * finds the hardware addresses of neighbours.
 *
 * It learns from packets that are meant for it, and updates neighbours that it knows; a stranger's unsolicited packet
 * makes no entry.
 */
@layer({ name: 'arp', over: [{ layer: 'ethernet', key: EtherType.Arp }] })
export class Arp extends Layer implements Neighbours {
  readonly counters = {
    received: 0,
    /** Not ARP for IPv4 over Ethernet, truncated, or sent from a group address. */
    malformed: 0,
    requestsIn: 0,
    repliesIn: 0,
    /** Neither request nor reply. */
    otherIn: 0,
    /** Packets of our own that came back. */
    echoes: 0,
    requestsOut: 0,
    repliesOut: 0,
    announcements: 0,
    /** Neighbours learned. */
    learned: 0,
    /** Neighbours whose hardware address changed. */
    moved: 0,
    /** Claims that a permanent neighbour had another hardware address: ignored. */
    movedPermanent: 0,
    /** Packets that were not meant for us, about strangers: ignored. */
    unsolicited: 0,
    /** Others that claimed an address of ours. */
    conflicts: 0,
    /** Neighbours that did not answer. */
    unanswered: 0,
    pendingDropped: 0,
    evicted: 0,
    /** No packet slot was free. */
    noMemory: 0,
  };
  onUnreachable: ((packet: Packet) => void) | null = null;
  onLost: ((address: IpAddress, via: NetworkInterface) => void) | null = null;
  onFailure: ((address: IpAddress, via: NetworkInterface) => void) | null = null;

  private readonly settings: ArpSettings;
  private readonly proxied: Cidr[];
  private link: LinkLayer | null = null;
  private table: ArpTable | null = null;
  private readonly claims: Claims;
  /** When each address was defended last, ms of the clock. */
  private readonly defendedAt = new Map<number, number>();

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ARP_OPTIONS) options: ArpOptions = {},
  ) {
    super();
    this.settings = arpSettings.parse(options);
    this.claims = new Claims(host, host.random.fork('arp'), this.settings.probes, (address, via) =>
      this.request(IpAddress.any, address, via, MacAddress.broadcast, ARP_PROBE),
    );
    this.proxied = this.settings.proxy.map((text) => Cidr.parse(text) as Cidr);
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (!isLinkLayer(lower)) return;
    this.link = lower;
    this.table = new ArpTable(this.host, this.settings, lower, this, this.counters);
  }

  /** @throws NOT_ON_LINK, ADDRESS_IN_USE */
  override start(): void | Promise<void> {
    for (const { address, mac } of this.settings.entries) {
      const ip = IpAddress.parse(address) as IpAddress;
      const via = this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.contains(ip)));
      if (via === undefined) throw fail('NOT_ON_LINK', { address });
      this.set(ip, MacAddress.parse(mac) as MacAddress, via);
    }
    const { probes, announce } = this.settings;
    if (probes > 0)
      return this.claims
        .beginAll(this.host.interfaces)
        .then(() => this.announceRound(Math.max(announce, ANNOUNCE_NUM)));
    this.announceRound(announce);
  }

  override stop(): void {
    this.claims.clear();
    this.table?.clear();
  }

  override inspect(): Fields {
    return {
      'held.neighbours': this.table?.size ?? 0,
      'held.packets': this.table?.pending ?? 0,
      'held.claims': this.claims.size,
    };
  }

  receive(packet: Packet): void {
    const { counters } = this;
    const { view, start } = packet;
    const via = packet.interface as NetworkInterface;
    counters.received++;
    if (!isArp(view, start, packet.end - start)) {
      counters.malformed++;
      packet.release();
      return;
    }
    const operation = view.getUint16(start + ARP.operation);
    if (operation === ArpOperation.Request) counters.requestsIn++;
    else if (operation === ArpOperation.Reply) counters.repliesIn++;
    else {
      counters.otherIn++;
      packet.release();
      return;
    }
    if (via.mac.isAt(view, start + ARP.senderMac)) {
      counters.echoes++;
      packet.release();
      return;
    }
    const sender = view.getInt32(start + ARP.senderIp);
    const target = view.getInt32(start + ARP.targetIp);
    if (this.claims.size > 0) this.claims.heard(sender, target, MacAddress.read(view, start + ARP.senderMac), via);
    if (this.owns(via, sender)) {
      this.conflict(sender, packet, via);
      packet.release();
      return;
    }
    const forUs = this.owns(via, target);
    this.learn(sender, packet, via, operation, forUs);
    if (operation === ArpOperation.Request && (forUs || this.answersFor(via, target, sender))) {
      this.answer(packet, via, forUs ? ARP_REPLY : ARP_PROXY);
    } else packet.release();
  }

  neighbour(address: IpAddress, via: NetworkInterface): Neighbour {
    const table = this.requireTable();
    // Everything comes back on a loopback device: whoever is asked for there is the stack itself.
    if (via.device.loopback === true) return new FixedNeighbour(table.link, address, via, via.mac);
    return table.get(address, via);
  }

  group(address: IpAddress, via: NetworkInterface): Neighbour {
    const mac = address.isMulticast ? multicastMac(address) : MacAddress.broadcast;
    return new FixedNeighbour(this.requireTable().link, address, via, mac);
  }

  /** Makes a permanent entry: it is never asked for, never expires, and nobody on the link can change it. */
  set(address: IpAddress, mac: MacAddress, via: NetworkInterface): void {
    this.host.turn.run(() => this.requireTable().get(address, via).learn(mac, 'permanent'));
  }

  /** Forgets a neighbour; packets that wait for it are dropped. */
  remove(address: IpAddress, via: NetworkInterface): void {
    const table = this.requireTable();
    const neighbour = table.find(address.d, via);
    if (neighbour !== undefined) table.remove(neighbour);
  }

  /** The table as of now. */
  entries(): ArpEntry[] {
    const table = this.requireTable();
    table.prune();
    const now = table.now();
    return table.all().map((each) => ({
      address: each.address,
      mac: each.mac,
      state: each.stateAt(now),
      interface: each.interface,
      pending: each.pending,
    }));
  }

  /** Tells the link that `address` is ours (RFC 5227 section 2.3: a request whose sender and target are the same). */
  announce(address: IpAddress, via: NetworkInterface, why: Reason = ARP_ANNOUNCE): void {
    this.counters.announcements++;
    this.request(address, address, via, MacAddress.broadcast, why);
  }

  /**
   * Asks whether somebody else has an address (RFC 5227 section 2.1), for who would like to use it.
   * @returns who has it, or null; after 4 to 7 s where nobody has, with `probes` at 3.
   */
  claim(address: IpAddress, via: NetworkInterface): Promise<MacAddress | null> {
    return this.claims.begin(address, via);
  }

  /** @internal the table asks for a neighbour */
  ask(neighbour: ArpNeighbour, attempt: number): void {
    const via = neighbour.interface;
    const source = sourceFor(via, neighbour.address);
    const polled = neighbour.state === 'probe';
    const why = polled ? ARP_POLL : attempt === 0 ? ARP_REQUEST : ARP_RETRY;
    this.counters.requestsOut++;
    this.request(source, neighbour.address, via, polled ? neighbour.mac : MacAddress.broadcast, why);
  }

  /** @internal nobody answered */
  unreachable(neighbour: ArpNeighbour, packets: Packet[]): void {
    this.counters.unanswered++;
    this.onFailure?.(neighbour.address, neighbour.interface);
    for (const packet of packets) {
      if (this.onUnreachable === null) packet.release();
      else this.onUnreachable(packet);
    }
  }

  private owns(via: NetworkInterface, bits: number): boolean {
    const { addresses } = via;
    for (let i = 0; i < addresses.length; i++) {
      const { address } = addresses[i];
      if (address.d === bits && address.version === 4) return true;
    }
    return false;
  }

  /** Whether the stack answers for an address that is another's: never for the asker's own, which would be a conflict. */
  private answersFor(via: NetworkInterface, target: number, sender: number): boolean {
    if (this.proxied.length === 0 || target === sender) return false;
    const address = IpAddress.v4(target);
    if (!this.proxied.some((each) => each.contains(address))) return false;
    // A neighbour that is known on this link answers for itself.
    return this.requireTable().find(target, via) === undefined;
  }

  private learn(sender: number, packet: Packet, via: NetworkInterface, operation: number, forUs: boolean): void {
    // A probe says 0.0.0.0: its sender has no address yet (RFC 5227 section 2.1.1).
    if (sender === 0 || this.table === null) return;
    const known = this.table.find(sender, via);
    if (known === undefined) {
      const meant = forUs && operation === ArpOperation.Request;
      if (!(meant || this.settings.acceptUnsolicited) || !this.onLink(via, sender)) {
        this.counters.unsolicited++;
        return;
      }
      this.counters.learned++;
    }
    const mac = MacAddress.read(packet.view, packet.start + ARP.senderMac);
    const neighbour = known ?? this.table.get(IpAddress.v4(sender), via);
    if (!neighbour.mac.equals(mac) && !neighbour.mac.equals(MacAddress.zero)) {
      if (neighbour.state === 'permanent') this.counters.movedPermanent++;
      else this.counters.moved++;
    }
    // An answer that nobody asked for moves a neighbour, as RFC 826 has it, but is no proof that it hears us.
    const answered = neighbour.asking && operation === ArpOperation.Reply && forUs;
    neighbour.learn(mac, answered ? 'answered' : 'overheard');
  }

  private onLink(via: NetworkInterface, bits: number): boolean {
    const address = IpAddress.v4(bits);
    return !address.isMulticast && !address.isBroadcast && via.addresses.some((each) => each.contains(address));
  }

  /** Turns the request into its reply, in place. */
  private answer(packet: Packet, via: NetworkInterface, why: Reason): void {
    const { view, start } = packet;
    const asker = MacAddress.read(view, start + ARP.senderMac);
    const askerIp = view.getInt32(start + ARP.senderIp);
    const target = view.getInt32(start + ARP.targetIp);
    packet.trim(ARP_SIZE);
    view.setUint16(start + ARP.operation, ArpOperation.Reply);
    via.mac.write(view, start + ARP.senderMac);
    view.setInt32(start + ARP.senderIp, target);
    asker.write(view, start + ARP.targetMac);
    view.setInt32(start + ARP.targetIp, askerIp);
    packet.broadcast = false;
    packet.reason = why;
    packet.decider = null;
    packet.interface = via;
    this.counters.repliesOut++;
    this.link?.send(packet, asker, EtherType.Arp);
  }

  private request(source: IpAddress, target: IpAddress, via: NetworkInterface, to: MacAddress, why: Reason): void {
    const packet = this.host.pool.take(ARP_SIZE);
    if (packet === null) {
      this.counters.noMemory++;
      return;
    }
    writeArp(packet.view, packet.append(ARP_SIZE), {
      operation: ArpOperation.Request,
      senderMac: via.mac,
      senderIp: source,
      targetMac: MacAddress.zero,
      targetIp: target,
    });
    packet.reason = why;
    packet.interface = via;
    this.requireTable().link.send(packet, to, EtherType.Arp);
  }

  /** RFC 5227 section 2.4: defend the address once in a while, or give it up. */
  private conflict(address: number, packet: Packet, via: NetworkInterface): void {
    this.counters.conflicts++;
    this.claims.conflict(via);
    const { now } = this.host.turn;
    const { defend } = this.settings;
    const recent = now - (this.defendedAt.get(address) ?? Number.NEGATIVE_INFINITY) < DEFEND_INTERVAL;
    const kept = defend === 'always' || (defend === 'once' && !recent);
    if (kept && recent) return;
    const other = MacAddress.read(packet.view, packet.start + ARP.senderMac);
    const own = IpAddress.v4(address);
    const what = kept ? 'another station uses our address' : 'our address is given up: another station uses it';
    this.host.logger.warn(what, { address: `${own}`, station: `${other}` });
    this.defendedAt.set(address, now);
    if (kept) this.announce(own, via, ARP_DEFEND);
    else this.onLost?.(own, via);
  }

  private announceRound(left: number): void {
    if (left === 0) return;
    this.host.turn.run(() => {
      for (const via of this.host.interfaces) {
        for (const { address } of via.addresses) if (address.version === 4) this.announce(address, via);
      }
    });
    if (left > 1) this.host.timer(() => this.announceRound(left - 1)).start(ANNOUNCE_INTERVAL);
  }

  private requireTable(): ArpTable {
    if (this.table === null) throw fail('LAYER_NOT_ATTACHED', { layer: this.name, lower: 'ethernet' });
    return this.table;
  }
}

/** The address to ask from: one of the neighbour's network, else any of the interface (RFC 826 leaves it open). */
function sourceFor(via: NetworkInterface, target: IpAddress): IpAddress {
  let first: IpAddress | undefined;
  for (const each of via.addresses) {
    if (each.address.version !== 4) continue;
    if (each.contains(target)) return each.address;
    first ??= each.address;
  }
  return first ?? IpAddress.any;
}
